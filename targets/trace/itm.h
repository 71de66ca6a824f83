/* SPDX-License-Identifier: MIT */
/* The packets of ITM and DWT (DDI 0403, appendix D4), found in a stream of bytes that comes in
 * pieces of any size. Pure; no allocation.
 *
 * Decoding begins at once: the first byte is taken for the first one of a packet. A synchronisation
 * packet puts right what began, or went, wrong. */
#ifndef PROBED_ITM_H
#define PROBED_ITM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum itm_kind {
    ITM_SYNC,
    ITM_OVERFLOW,     /* the chip lost packets before this one */
    ITM_TIME,         /* local timestamp: `value` ticks since the one before; `late` */
    ITM_GLOBAL_TIME,  /* the lower part of it: bits 25:0; `changed` */
    ITM_GLOBAL_HIGH,  /* the upper part: bits from 26 on */
    ITM_SOFTWARE,     /* `size` bytes written to stimulus port `source` */
    ITM_EVENTS,       /* DWT's event counters wrapped: a bit each, in `value` */
    ITM_EXCEPTION,    /* `value` is the number (as IPSR has it), `event` what happened */
    ITM_PC,           /* a sample: `value` */
    ITM_ASLEEP,       /* a sample of a core that slept */
    ITM_PROHIBITED,   /* a sample that the core's state forbids (Armv8-M) */
    ITM_DATA_PC,      /* comparator `source` matched: the instruction at `value` did it.. */
    ITM_DATA_ADDRESS, /* ..at an address that ends in these 16 bits.. */
    ITM_DATA_READ,    /* ..and read `size` bytes: `value` */
    ITM_DATA_WRITE,   /* ..or wrote them */
    ITM_BAD,          /* no packet begins like that, or goes on like that: `value` is the byte */
};

enum itm_event { ITM_ENTERED = 1, ITM_EXITED = 2, ITM_RETURNED = 3 };

struct itm_packet {
    enum itm_kind kind;
    uint8_t source;
    uint8_t size;
    enum itm_event event;
    bool late;    /* of a local timestamp: it, or what it is of, was delayed */
    bool changed; /* of a global timestamp: its clock did, or its upper part */
    uint64_t value;
};

struct itm_decoder {
    void (*found)(void *user, const struct itm_packet *packet);
    void *user;
    uint8_t header;
    bool continued; /* the packet goes on until a byte's bit 7 is clear, else for `wanted` bytes */
    uint8_t wanted, got;
    uint8_t page;   /* of stimulus ports */
    unsigned zeros; /* in a row */
    bool loose;     /* the last of them where a packet begins: a sync packet may come of it */
    uint64_t value;
    uint64_t packets, bad; /* since itm_init() */
};

void itm_init(struct itm_decoder *decoder, void (*found)(void *user, const struct itm_packet *),
              void *user);
void itm_feed(struct itm_decoder *decoder, const uint8_t *bytes, size_t length);
/* It stands between two packets: who begins to listen here is in step. */
bool itm_is_between(const struct itm_decoder *decoder);

#endif
