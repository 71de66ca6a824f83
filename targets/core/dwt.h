/* SPDX-License-Identifier: MIT */
/* The data watchpoint unit: how what is watched is given to comparators. Armv7-M and Armv6-M (DDI
 * 0403, C1.8): an aligned power of two each. Armv8-M (DDI 0553, DWT_FUNCTIONn): a byte, half-word
 * or word each, or two beside each other any range. Pure arithmetic; watchpoints.c writes the
 * result. */
#ifndef PROBED_DWT_H
#define PROBED_DWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target.h"

#define DWT_CTRL 0xE0001000u
#define DWT_COMP(n) (0xE0001020u + 16u * (n))
#define DWT_MASK(n) (0xE0001024u + 16u * (n))
#define DWT_FUNCTION(n) (0xE0001028u + 16u * (n))
#define DWT_FUNCTION_UNKNOWN 0xFu       /* in written[]: somebody else wrote to the comparator */
#define DWT_FUNCTION_MATCHED (1u << 24) /* clears when read */

enum { DWT_MAX = 4, NOBODYS = 255 };
enum dwt_kind { DWT_MASKS, DWT_PAIRS };

struct dwt_slot {
    uint32_t comp, mask, function; /* function 0: free; mask: of DWT_MASKS */
    uint8_t watchpoint;            /* index in the target's list; NOBODYS: of none any more */
    bool linked; /* the address of another one's value: not free, without function */
};

struct dwt {
    enum dwt_kind kind;
    uint8_t count;    /* comparators we use, at most DWT_MAX */
    uint8_t mask_max; /* DWT_MASKS: log2 of the largest range of one comparator */
    uint8_t limits;   /* DWT_PAIRS: bit n: number n can end the range that n - 1 begins */
    uint32_t epoch;   /* in which written[] is what the chip holds; 0: not known */
    struct dwt_slot written[DWT_MAX];
    uint32_t matched[DWT_MAX]; /* FUNCTION as read since the core was let go: MATCHED adds up */
};

/* What is to be watched; `index` goes to dwt_slot.watchpoint. Not empty, nor beyond the end. */
struct dwt_watch {
    uint32_t address, length;
    enum watch_kind kind;
    uint8_t index;
};

/* One that is for accesses of this value alone: 1, 2 or 4 bytes, as many as are accessed at once.
 * Armv7-M, where comparator 1 is made for it (DWT_FUNCTION_VALUE stays set). */
struct dwt_value {
    struct dwt_watch watch;
    uint32_t value;
};
#define DWT_FUNCTION_VALUE (1u << 8) /* DATAVMATCH */
enum { DWT_VALUE_COMPARATOR = 1 };

/* What is read of DWT_FUNCTION of all comparators: which of them can end a range. */
uint8_t dwt_limits(const uint32_t *functions, unsigned count);
/* Finds comparators for all of them, into `slots` (DWT_MAX). False: they do not suffice. */
bool dwt_plan(const struct dwt *dwt, const struct dwt_watch *watches, size_t count,
              struct dwt_slot *slots);
/* The same with one that compares (NULL: none). */
bool dwt_plan_with(const struct dwt *dwt, const struct dwt_value *value,
                   const struct dwt_watch *watches, size_t count, struct dwt_slot *slots);

/* Cuts [address, address + length) into naturally aligned powers of two, none above
 * 2^mask_max. Returns how many pieces that makes and stores the first `room` of them. */
size_t dwt_cut(uint32_t address, uint32_t length, uint8_t mask_max, struct dwt_slot *pieces,
               size_t room);

#endif
