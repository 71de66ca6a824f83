/* SPDX-License-Identifier: MIT */
/* Armv6-M keeps no record of why it faulted (DDI 0419, B1.5.6): what was in the frame, and what the
 * instruction there wanted, tell. Pure. */
#ifndef PROBED_FAULT_V6M_H
#define PROBED_FAULT_V6M_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The core as it was before the instruction that faulted. */
struct fault_v6m {
    uint32_t r[8]; /* R0 to R7 */
    uint32_t sp, pc, xpsr;
    bool fetched; /* the instruction can be read: */
    uint16_t half[2];
};

/* Of the frame at `frame` and the registers that the entry leaves alone, by number. */
void fault_v6m_take(struct fault_v6m *fault, const uint8_t bytes[32], uint32_t frame,
                    const uint32_t *registers);
/* "unaligned access at 0x20000001"; empty: nothing tells. */
void fault_v6m_explain(const struct fault_v6m *fault, char *text, size_t size);

#endif
