/* SPDX-License-Identifier: MIT */
/* What has to be on the chip before the core runs, and the writes that let it go (DDI 0403,
 * C1.6.2).
 */
#include "core/core.h"

#include <string.h>

static uint32_t dhcsr_base(bool masked)
{
    return DHCSR_KEY | DHCSR_C_DEBUGEN | (masked ? DHCSR_C_MASKINTS : 0);
}

/* C1.6.2: C_MASKINTS may change only while the core is halted, and never in the write that clears
 * C_HALT. */
static void queue_mask(struct core *core, bool masked, bool *missed)
{
    if (masked != core->masked || core->mask_unsure)
        ops_write32_loosely(&core->ops, DHCSR, dhcsr_base(masked) | DHCSR_C_HALT, missed);
    core->masked = masked;
}

void core_queue_mask(struct core *core, bool masked)
{
    queue_mask(core, masked, NULL);
}

void core_queue_mask_loosely(struct core *core, bool masked)
{
    queue_mask(core, masked, core->mask_unsure ? NULL : &core->missed);
}

void core_queue_prepare(struct core *core, uint32_t exclude)
{
    regs_queue_dirty(core);
    breakpoints_queue(core, exclude);
    watchpoints_queue(core);
    cpu_caches_queue(core);
}

void core_queue_prepare_step(struct core *core, uint32_t pc, bool masked)
{
    regs_queue_dirty(core);
    breakpoints_queue_lift(core, pc);
    watchpoints_queue_for_step(core);
    cpu_caches_queue(core);
    queue_mask(core, masked, &core->missed);
}

void core_queue_demcr(struct core *core, uint32_t value)
{
    ops_write32(&core->ops, DEMCR, value);
    core->demcr = value;
}

void core_queue_catch(struct core *core, bool faults)
{
    uint32_t more = faults ? core->profile->fault_catches : 0;
    uint32_t value = DEMCR_TRCENA | core->vector_catch | more;

    if (value != core->demcr)
        core_queue_demcr(core, value);
}

void core_queue_go(struct core *core, uint32_t dhcsr_bits, bool masked)
{
    core_queue_mask(core, masked);
    memset(core->dwt.matched, 0, sizeof core->dwt.matched);
    ops_write32(&core->ops, SCB_DFSR, DFSR_ALL);
    ops_write32(&core->ops, DHCSR, dhcsr_base(masked) | dhcsr_bits);
}

void core_prepared(struct core *core, enum err err)
{
    breakpoints_flushed(core, err);
    core->mask_unsure = err || core->missed;
    core->missed = false;
    if (err) {
        watchpoints_forget(core);
        core->demcr = 0;
    } else {
        core->regs.dirty = 0;
        cpu_caches_done(core);
    }
}
