/* SPDX-License-Identifier: MIT */
/* Halting the core. */
#include "core/core.h"

enum err core_halt_now(struct target *target, uint32_t timeout_us, enum stop_reason plain,
                       struct target_stop *stop)
{
    struct stop_facts facts = {0};
    uint32_t before = 0, mask = target->masked ? DHCSR_C_MASKINTS : 0;

    ops_read32(&target->ops, DHCSR, &before);
    ops_write32(&target->ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT | mask);
    ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, timeout_us);
    stop_queue(target, true, &facts);
    stop_queue_matches(target, &facts);
    regs_queue_read(target);
    enum err err = core_flush(target);
    if (err)
        return err;
    target->state = TARGET_HALTED;
    target->stop_pending = false;
    regs_valid(target);
    core_saw_dhcsr(target, before);
    /* Once halted it does not show S_LOCKUP any more. */
    return stop_explain(target, &facts, before & DHCSR_S_LOCKUP ? STOP_FAULT : plain, stop);
}
