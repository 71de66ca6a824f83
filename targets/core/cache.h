/* SPDX-License-Identifier: MIT */
/* Memory read while the core is halted is read once. Pure data structure, no traffic: the callers
 * decide what may be cached (flash, ROM and RAM, never peripherals) and when it is dropped.
 * RAM goes stale by itself, since DMA goes on while the core stands. */
#ifndef PROBED_CACHE_H
#define PROBED_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CACHE_LINE = 64,
    CACHE_PART = 16,
    CACHE_LINES = 96,
    CACHE_RAM_LIFE_US = 100000,
    CACHE_REFUSALS = 16,
};

/* A line is read by parts: a list of accesses that a probe takes in one trip is short. */
struct cache_line {
    uint32_t address;       /* multiple of CACHE_LINE */
    uint8_t valid, claimed; /* a bit a part: it was read, it is being read; neither: it is free */
    bool ram;
    uint64_t read_at_us; /* the part that was read first */
    uint8_t data[CACHE_LINE];
};

/* A word that the bus refused, and the sentence that told so. */
struct cache_refusal {
    uint32_t address; /* of the word */
    char text[200];   /* empty: this place is free */
};

struct cache {
    uint32_t epoch; /* when all of this was read */
    struct cache_line lines[CACHE_LINES];
    unsigned next; /* the line to give up next */
    struct cache_refusal refusals[CACHE_REFUSALS];
    unsigned next_refusal; /* likewise */
};

static inline uint32_t cache_line_of(uint32_t address)
{
    return address & ~(uint32_t)(CACHE_LINE - 1);
}

static inline uint32_t cache_part_of(uint32_t address)
{
    return address & ~(uint32_t)(CACHE_PART - 1);
}

/* The same cache, emptied if what it holds was read in another epoch. */
struct cache *cache_of_epoch(struct cache *cache, uint32_t epoch);
/* The byte at `address`, and behind it the rest of its part. NULL: not there, or too old. */
const uint8_t *cache_find(struct cache *cache, uint32_t address, uint64_t now_us);
/* Claimed and not committed yet: it is being read. */
bool cache_is_claimed(const struct cache *cache, uint32_t address);
/* How many parts are. */
size_t cache_claimed_parts(const struct cache *cache);
/* Where to read the part to that `address` lies in: parts that follow each other in a line do so
 * there, too. Not valid before cache_commit(). Lines claimed before one commit must be fewer than
 * CACHE_LINES. */
uint8_t *cache_claim(struct cache *cache, uint32_t address, bool ram, uint64_t now_us);
/* Everything claimed and not yet committed has been read (`ok`) or has not. */
void cache_commit(struct cache *cache, bool ok);
/* A read that begins in the word of `address` was refused; `text` is copied. */
void cache_refuse(struct cache *cache, uint32_t address, const char *text);
/* That sentence; NULL: nothing is known of this word. */
const char *cache_refusal(const struct cache *cache, uint32_t address);
/* The refusals too. */
void cache_drop_all(struct cache *cache);
void cache_drop_ram(struct cache *cache);
/* Parts of which a byte lies in it. */
void cache_drop_range(struct cache *cache, uint32_t address, size_t length);

#endif
