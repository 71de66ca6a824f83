/* SPDX-License-Identifier: MIT */
/* Where an instruction leads, as far as its bits tell: pure, from two half-words. Sections cited
 * are of the Armv7-M Architecture Reference Manual, DDI 0403. */
#ifndef PROBED_THUMB_H
#define PROBED_THUMB_H

#include <stdbool.h>
#include <stdint.h>

enum thumb_flow {
    THUMB_ON,    /* to the instruction behind it, if it does not fault */
    THUMB_JUMP,  /* to an address that it names: B, BL; outside an IT block */
    THUMB_OTHER, /* that depends, or is no business of ours: conditions, registers, IT, WFI, BKPT..
                  */
};

struct thumb {
    enum thumb_flow flow;
    uint8_t size;  /* bytes */
    uint32_t next; /* with THUMB_OTHER: the address behind it */
};

/* `second` is looked at if the instruction at `pc` has 32 bits. What is not known is THUMB_OTHER.
 */
struct thumb thumb_decode(uint32_t pc, uint16_t first, uint16_t second);
/* May it write to memory, other than relative to SP? The first half-word tells. */
bool thumb_may_store(uint16_t first);

#endif
