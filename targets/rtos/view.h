/* SPDX-License-Identifier: MIT */
/* What is read of a halted program's memory to find its threads: in blocks, each once a look, and
 * those that the last look needed together in one flush, so that a list that did not change costs
 * one. A pointer of the program may point anywhere: only memory is read, never a peripheral.
 * Worker thread. */
#ifndef PROBED_RTOS_VIEW_H
#define PROBED_RTOS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct core;

enum {
    VIEW_BLOCK = 32,
    VIEW_BLOCKS = 4096,       /* no more is read in a look */
    VIEW_PATIENCE_US = 700000 /* nor longer */
};

struct view_block {
    uint32_t address;       /* multiple of VIEW_BLOCK */
    bool used, good, tried; /* in this look; what is neither good nor tried is not read yet */
    uint8_t data[VIEW_BLOCK];
};

struct view {
    struct core *core;
    struct view_block *blocks; /* owned */
    size_t count, capacity, latest;
    uint64_t until_us;
    bool gathers; /* from block `gathered` on, which are not read yet */
    size_t gathered;
    enum err err;        /* no target any more, or no memory here: nothing is read after it */
    bool late, refused;  /* time or room were up; the program has no such memory.. */
    uint32_t refused_at; /* ..the first of those addresses */
};

/* A new look: what the last one used is read again. */
void view_begin(struct view *view, struct core *core);
/* The same look, later: there is time again. */
void view_go_on(struct view *view);
void view_free(struct view *view);
/* Somebody will read this: what is missing of it is fetched in one flush. */
void view_want(struct view *view, uint32_t address, size_t length);
/* Until view_gathered() what is asked for is noted: what of it is not here reads as zeros.. */
void view_gather(struct view *view);
/* ..and then fetched in one flush. False: all was here. Who asks again gets further. */
bool view_gathered(struct view *view);
/* False: it cannot be read (refused, late or err say why), and `to` is all zeros. */
bool view_read(struct view *view, uint32_t address, void *to, size_t length);
/* One word or less, zero if it cannot be read. */
uint32_t view_word(struct view *view, uint32_t address);
uint16_t view_half(struct view *view, uint32_t address);
uint8_t view_byte(struct view *view, uint32_t address);
/* Text up to a NUL or what is no text, at most size - 1 bytes. */
void view_text(struct view *view, uint32_t address, char *text, size_t size);
/* A program can have data, or code, there. No traffic. */
bool view_is_memory(const struct view *view, uint32_t address);
bool view_is_ram(const struct view *view, uint32_t address);

#endif
