/* SPDX-License-Identifier: MIT */
/* The framing of gdb's remote serial protocol (gdb manual, appendix E "Overview"): bytes to packets
 * and back. Pure: no I/O, no malloc, no globals; any thread. */
#ifndef PROBED_RSP_H
#define PROBED_RSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes between '$' and '#' that we accept and announce as PacketSize. */
enum { RSP_PACKET_SIZE = 0x4000 };
/* A framed packet at most: every byte escaped, '$', '#', checksum. */
enum { RSP_FRAME_SIZE = 2 * RSP_PACKET_SIZE + 4 };

enum rsp_event {
    RSP_NOTHING,   /* more bytes needed; all input was consumed */
    RSP_PACKET,    /* a packet with a right checksum is in packet/length, unescaped nowhere:
                      binary packets are unescaped by their handlers (rsp_unescape) */
    RSP_BAD,       /* wrong checksum: answer '-' (nothing in no-ack mode) */
    RSP_TOO_LONG,  /* longer than RSP_PACKET_SIZE: was skipped to its end; answer an error */
    RSP_INTERRUPT, /* byte 03 outside a packet */
    RSP_ACK,       /* '+' */
    RSP_NACK,      /* '-' */
    RSP_FOREIGN,   /* no gdb: begins with none of its bytes (TLS, STUN, HTTP in any spelling), or
                      looks like HTTP later ("GET ", "POST ", "Host:"..): close the connection */
};

struct rsp_decoder {
    int state;
    bool no_ack; /* set by the session once QStartNoAckMode was acknowledged */
    size_t length;
    uint8_t sum, expected;
    bool too_long, bad_digit;
    bool begun;     /* the first byte was one of gdb's */
    size_t foreign; /* bytes in junk: the last ones that belonged to no packet */
    char junk[8];
    char packet[RSP_PACKET_SIZE + 1]; /* NUL behind it for convenience */
};

void rsp_decoder_init(struct rsp_decoder *decoder);
/* Consumes bytes until one event is complete; *used says how many of `length` were consumed. */
enum rsp_event rsp_decode(struct rsp_decoder *decoder, const char *bytes, size_t length,
                          size_t *used);

/* Appends '$', the payload with run-length encoding where it saves bytes, '#', checksum. The
 * payload is already escaped where its packet is binary. */
void rsp_encode(struct buf *out, const void *payload, size_t length);
/* 0..15, or -1 if it is none. */
int rsp_hex_digit(char c);
/* Undoes 7D escapes in place; returns the new length, or SIZE_MAX if it ends inside one. */
size_t rsp_unescape(char *data, size_t length);
/* Appends binary data escaped ('#', '$', '}', '*'); as much as fits in `room` encoded bytes;
 * returns how many source bytes that was. */
size_t rsp_escape(struct buf *out, const void *data, size_t length, size_t room);

#endif
