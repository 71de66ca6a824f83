/* SPDX-License-Identifier: MIT */
/* The flash patch and breakpoint unit (DDI 0403, C1.11): which comparator holds which address.
 * Pure arithmetic; breakpoints.c writes the result. */
#ifndef PROBED_FPB_H
#define PROBED_FPB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FP_CTRL 0xE0002000u
#define FP_COMP0 0xE0002008u
#define FP_CTRL_ENABLE_KEY 0x3u
#define FP_COMP_UNKNOWN 0xFFFFFFFFu /* in written[]: somebody else wrote to the comparator */

enum { FPB_MAX = 32 };

struct fpb {
    uint8_t revision;   /* 0: FPBv1, REPLACE bits, addresses below 0x20000000; 1: FPBv2, anywhere */
    uint8_t count;      /* instruction comparators */
    uint32_t epoch;     /* in which written[] is what the chip holds; 0: not known */
    bool switch_unsure; /* FP_CTRL may be off */
    uint32_t written[FPB_MAX];
    struct {
        bool is_one;
        uint8_t index;
        uint32_t value;
    } lifted; /* out of the way of one instruction: what is to be put back */
};

/* What FP_CTRL says of the unit; nothing written yet. */
void fpb_init(struct fpb *fpb, uint32_t fp_ctrl);
bool fpb_can_reach(const struct fpb *fpb, uint32_t address);
/* The comparator value that breaks at `address`. */
uint32_t fpb_encode(const struct fpb *fpb, uint32_t address);
/* A comparator's value without the breakpoint at `address`, if it is one of its own. */
uint32_t fpb_without(const struct fpb *fpb, uint32_t value, uint32_t address);
/* Finds comparators for all addresses, leaving those in `slots` (FPB_MAX values, in and out) where
 * they stand. Both halves of one word share a v1 comparator. Returns how many were placed: earlier
 * addresses first. */
size_t fpb_plan(const struct fpb *fpb, const uint32_t *addresses, size_t count, uint32_t *slots);

#endif
