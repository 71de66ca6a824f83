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
    RSP_INTERRUPT, /* byte 03 outside a packet, or telnet's break (FF F3, RFC 854), which gdb sends
                      after `set remote interrupt-sequence BREAK`, and with a 'g' for `BREAK-g` */
    RSP_ACK,       /* '+', or a run of them: there is one packet that it can be for */
    RSP_NACK,      /* '-' */
    RSP_FOREIGN,   /* no gdb: close the connection. See below */
};

/* A web page can make its browser send a request here, and choose much of it; TLS, TURN and proxies
 * carry bytes of others' choice, too. What gdb never sends is therefore FOREIGN, wherever it
 * stands; words are not looked for, since firmware contains them:
 *  - between packets anything but '+', '-', '$' and interrupts;
 *  - '$' inside a packet: gdb escapes it;
 *  - a control byte in a packet that does not begin as one with binary data does ("X0,4:");
 *  - from a client that is not `known`, also a blank in such a packet, a packet that is too long,
 *    and a wrong checksum. */
struct rsp_decoder {
    int state;
    bool no_ack; /* set by the session once QStartNoAckMode was acknowledged */
    bool known;  /* a right packet came that no method of an HTTP request can spell: a request
                    begins with the method, and a blank follows it (RFC 9112, 3; RFC 9110, 5.6.2) */
    size_t length;
    uint8_t sum, expected;
    bool too_long, bad_digit;
    bool binary;    /* the packet's head says that bytes of any value follow */
    bool spellable; /* so far a method can spell this packet */
    bool after_break;
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
