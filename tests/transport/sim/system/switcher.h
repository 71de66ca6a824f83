/* SPDX-License-Identifier: MIT */
/* What the switcher program and the test that runs it agree upon. */
#ifndef TEST_SWITCHER_H
#define TEST_SWITCHER_H

#include <stdint.h>

#define SWITCHER_RESULT 0x20004800u
#define SWITCHER_ROUNDS 100000u
#define SWITCHER_TASKS 2u

struct switcher_result {
    uint32_t hash[SWITCHER_TASKS];
    uint32_t switches; /* by PendSV */
    uint32_t ticks;    /* SysTick interrupts, each of which asks for a switch */
    uint32_t done;     /* tasks that ended */
};

/* One round of a task's work, the same on the host. */
static inline uint32_t switcher_round(uint32_t hash, uint32_t round)
{
    hash ^= round * 2654435761u;
    hash = hash << 13 | hash >> 19;
    if (hash & 1)
        hash += hash / (round % 97 + 1);
    return hash * 5 + 0xE6546B64u;
}

#endif
