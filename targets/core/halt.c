/* SPDX-License-Identifier: MIT */
/* Halting the core. */
#include "core/core.h"

#include "core/stop.h"

enum err core_halt_now(struct core *core, uint32_t timeout_us, enum stop_reason plain,
                       struct target_stop *stop)
{
    struct stop_facts facts = {0};
    enum stop_verdict verdict;
    uint32_t before = 0, mask = core->masked ? DHCSR_C_MASKINTS : 0;

    ops_read32(&core->ops, DHCSR, &before);
    ops_write32(&core->ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT | mask);
    ops_wait32(&core->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, timeout_us);
    stop_queue(core, true, &facts);
    stop_queue_matches(core);
    regs_queue_read(core);
    enum err err = core_flush(core);
    if (err)
        return err;
    core->state = TARGET_HALTED;
    core->stop_pending = false;
    regs_valid(core);
    core_saw_dhcsr(core, before);
    /* Once halted it does not show S_LOCKUP any more. */
    err = stop_explain(core, &facts, before & DHCSR_S_LOCKUP ? STOP_FAULT : plain, stop);
    if (!err)
        err = stop_filter_ask(core, STOP_OF_HALT, stop, &verdict);
    if (!err && verdict != VERDICT_STOP)
        stop_plain(core, plain, stop);
    return err;
}
