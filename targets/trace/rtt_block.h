/* SPDX-License-Identifier: MIT */
/* SEGGER RTT's control block in the target's RAM: what its bytes say, and whether that can be true.
 * Whatever stands there may be anybody's garbage: nothing is taken for an address or a size before
 * it was held against what RAM there is. Pure.
 *
 * Source: SEGGER RTT V8.56a, SEGGER_RTT.h (SEGGER_RTT_CB, SEGGER_RTT_BUFFER_UP). */
#ifndef PROBED_RTT_BLOCK_H
#define PROBED_RTT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RTT_ID = 16,         /* bytes: text, then zeros */
    RTT_HEADER = 24,     /* ..and the numbers of up and down channels */
    RTT_DESCRIPTOR = 24, /* bytes a channel */
    RTT_CHANNELS = 32,   /* of each direction that are looked at */
    RTT_COUNT_MAX = 255, /* more in one direction nobody has */
    RTT_SIZE_MAX = 1 << 20,
    RTT_WRITE_AT = 12, /* in a descriptor: the writer's offset.. */
    RTT_READ_AT = 16,  /* ..and the reader's */
    RTT_FLAGS_AT = 20,
};

#define RTT_DEFAULT_ID "SEGGER RTT"

enum rtt_mode { RTT_SKIP, RTT_TRIM, RTT_BLOCK }; /* flags 1:0, when a text does not fit */
#define RTT_MODE 3u

struct rtt_channel {
    uint32_t name;   /* address of its text; 0: none */
    uint32_t buffer; /* 0: not in use */
    uint32_t size;   /* bytes there; one always stays empty */
    uint32_t write, read;
    uint32_t flags;
};

/* Whether all of it is RAM of the target. */
struct rtt_ram {
    bool (*holds)(const void *user, uint32_t address, uint32_t length);
    const void *user;
};

/* Offset of the first id at a word's place, `length` if there is none. */
size_t rtt_find_id(const uint8_t *bytes, size_t length, const uint8_t id[RTT_ID]);
/* RTT_HEADER bytes at `address`: the id, and counts that fit into RAM there. */
bool rtt_header(const uint8_t *bytes, const uint8_t id[RTT_ID], uint32_t address,
                const struct rtt_ram *ram, unsigned *up, unsigned *down);
void rtt_channel_get(const uint8_t *bytes, struct rtt_channel *channel);
/* It is in use, and all that it says can be true. */
bool rtt_channel_good(const struct rtt_channel *channel, const struct rtt_ram *ram);

/* A stretch of a ring buffer, in up to two pieces. */
struct rtt_span {
    uint32_t address[2], length[2]; /* 0: there is none */
    uint32_t next;                  /* the offset behind them */
};
/* What there is to read, at most `limit` bytes; channel is good. Returns how many. */
uint32_t rtt_filled(const struct rtt_channel *channel, uint32_t limit, struct rtt_span *span);
/* What there is room for. */
uint32_t rtt_free(const struct rtt_channel *channel, uint32_t limit, struct rtt_span *span);

#endif
