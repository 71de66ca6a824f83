/* SPDX-License-Identifier: MIT */
/* The data watchpoint unit (DDI 0403, C1.8): how a range of bytes is cut into comparators.
 * Pure arithmetic; watchpoints.c writes the result. */
#ifndef PROBED_DWT_H
#define PROBED_DWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DWT_CTRL 0xE0001000u
#define DWT_COMP(n) (0xE0001020u + 16u * (n))
#define DWT_MASK(n) (0xE0001024u + 16u * (n))
#define DWT_FUNCTION(n) (0xE0001028u + 16u * (n))
#define DWT_FUNCTION_READ 5u
#define DWT_FUNCTION_WRITE 6u
#define DWT_FUNCTION_ACCESS 7u
#define DWT_FUNCTION_UNKNOWN 0xFu       /* in written[]: somebody else wrote to the comparator */
#define DWT_FUNCTION_MATCHED (1u << 24) /* clears when read */

enum { DWT_MAX = 4, NOBODYS = 255 };

struct dwt_slot {
    uint32_t comp, mask, function; /* function 0: free */
    uint8_t watchpoint;            /* index in the target's list; NOBODYS: of none any more */
};

struct dwt {
    uint8_t count;    /* comparators we use, at most DWT_MAX */
    uint8_t foreign;  /* comparators that work as in Armv8-M, which we do not use */
    uint8_t mask_max; /* log2 of the largest range of one comparator */
    uint32_t epoch;   /* in which written[] is what the chip holds; 0: not known */
    struct dwt_slot written[DWT_MAX];
    uint32_t matched[DWT_MAX]; /* FUNCTION as read since the core was let go: MATCHED adds up */
};

/* Cuts [address, address + length) into naturally aligned powers of two, none above
 * 2^mask_max. Returns how many pieces that makes and stores the first `room` of them. */
size_t dwt_cut(uint32_t address, uint32_t length, uint8_t mask_max, struct dwt_slot *pieces,
               size_t room);

#endif
