/* SPDX-License-Identifier: MIT */
/* What has to be on the chip before the core runs, and the writes that let it go (DDI 0403,
 * C1.6.2).
 */
#include "core/core.h"

void core_queue_prepare(struct target *target, uint32_t exclude)
{
    regs_queue_dirty(target);
    breakpoints_queue(target, exclude);
    watchpoints_queue(target);
}

void core_queue_demcr(struct target *target, uint32_t value)
{
    ops_write32(&target->ops, DEMCR, value);
    target->demcr = value;
}

void core_queue_catch(struct target *target, bool faults)
{
    uint32_t more = faults ? target->profile->fault_catches : 0;
    uint32_t value = DEMCR_TRCENA | target->vector_catch | more;

    if (value != target->demcr)
        core_queue_demcr(target, value);
}

static uint32_t dhcsr_base(bool masked)
{
    return DHCSR_KEY | DHCSR_C_DEBUGEN | (masked ? DHCSR_C_MASKINTS : 0);
}

/* C1.6.2: C_MASKINTS may change only while the core is halted, and never in the write that clears
 * C_HALT. */
void core_queue_mask(struct target *target, bool masked)
{
    if (masked != target->masked || target->mask_unsure)
        ops_write32(&target->ops, DHCSR, dhcsr_base(masked) | DHCSR_C_HALT);
    target->masked = masked;
}

void core_queue_go(struct target *target, uint32_t dhcsr_bits, bool masked)
{
    core_queue_mask(target, masked);
    ops_write32(&target->ops, SCB_DFSR, DFSR_ALL);
    ops_write32(&target->ops, DHCSR, dhcsr_base(masked) | dhcsr_bits);
}

void core_prepared(struct target *target, enum err err)
{
    breakpoints_flushed(target, err);
    target->mask_unsure = err != ERR_OK;
    if (err) {
        watchpoints_forget(target);
        target->demcr = 0;
    } else {
        target->regs.dirty = 0;
    }
}
