/* SPDX-License-Identifier: MIT */
/* Taking over the debug units of a core that goes on with what it does, and giving them back. */
#include "core/attach.h"

#include "chip/chips.h"
#include "core/core.h"
#include "probe/probe.h"

struct found {
    uint32_t dhcsr, cpuid, demcr;
    const struct core_profile *profile;
    uint32_t fp_ctrl, dwt_ctrl, dwt_mask, dwt_functions[DWT_MAX];
};

static enum err look(struct core *core, struct found *found)
{
    ops_read32(&core->ops, DHCSR, &found->dhcsr);
    ops_read32(&core->ops, SCB_CPUID, &found->cpuid);
    ops_read32(&core->ops, DEMCR, &found->demcr);
    enum err err = core_flush(core);
    found->profile = profile_of(found->cpuid);
    return err;
}

/* C_DEBUGEN alone halts nobody; C_HALT is kept as it is. DWT registers need TRCENA (C1.8). */
static enum err take_over(struct core *core, struct found *found)
{
    struct ops *ops = &core->ops;
    uint32_t halt = found->dhcsr & DHCSR_S_HALT ? DHCSR_C_HALT : 0, mvfr0 = 0, id_pfr1 = 0;

    ops_write32(ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | halt);
    core->masked = false;
    core_queue_demcr(core, DEMCR_TRCENA | core->vector_catch);
    ops_read32(ops, FP_CTRL, &found->fp_ctrl);
    ops_read32(ops, DWT_CTRL, &found->dwt_ctrl);
    if (found->profile->with_fpu) /* reads as 0 without one (B4.7.2) */
        ops_read32(ops, SCB_MVFR0, &mvfr0);
    if (found->profile->with_security)
        ops_read32(ops, SCB_ID_PFR1, &id_pfr1);
    enum err err = core_flush(core);
    if (mvfr0)
        found->profile = found->profile->with_fpu;
    if (id_pfr1 & ID_PFR1_SECURITY)
        found->profile = found->profile->with_security;
    return err;
}

/* What the comparators can do. The unimplemented bits of DWT_MASK read as zero (C1.8.8); those of
 * Armv8-M, which have none, say it in DWT_FUNCTION. */
static void queue_ask_comparators(struct core *core, struct found *found)
{
    struct ops *ops = &core->ops;

    for (unsigned i = 0; i < core->dwt.count && core->dwt.kind == DWT_PAIRS; i++)
        ops_read32(ops, DWT_FUNCTION(i), &found->dwt_functions[i]);
    if (core->dwt.count && core->dwt.kind == DWT_MASKS) {
        ops_write32(ops, DWT_MASK(0), 0x1F);
        ops_read32(ops, DWT_MASK(0), &found->dwt_mask);
        ops_write32(ops, DWT_MASK(0), 0);
    }
}

/* Comparators of a session that died are cleared on the way: 0 disables one of either kind. */
static enum err size_units(struct core *core, struct found *found)
{
    struct ops *ops = &core->ops;
    unsigned comparators = found->dwt_ctrl >> 28;

    fpb_init(&core->fpb, found->fp_ctrl);
    comparators = comparators < DWT_MAX ? comparators : DWT_MAX;
    core->dwt = (struct dwt){.kind = found->profile->dwt, .count = (uint8_t)comparators};
    for (unsigned i = 0; i < comparators; i++)
        ops_write32(ops, DWT_FUNCTION(i), 0);
    queue_ask_comparators(core, found);
    if (core->fpb.count)
        ops_write32(ops, FP_CTRL, FP_CTRL_ENABLE_KEY);
    enum err err = core_flush(core);
    core->dwt.mask_max = (uint8_t)(found->dwt_mask & 0x1F);
    core->dwt.limits = dwt_limits(found->dwt_functions, comparators);
    return err;
}

static enum err see_state(struct core *core, const struct found *found, enum stop_reason halted_by)
{
    struct target_stop stop;

    core->stop = (struct target_stop){.reason = STOP_NONE};
    core->no_ahead = false;
    core->state = TARGET_RUNNING;
    if (!(found->dhcsr & DHCSR_S_HALT))
        return ERR_OK;
    return core_halt_now(core, 1000, halted_by, &stop);
}

/* Power was away, or nothing is known of it. */
static void forget_chip(struct target *target)
{
    target->chip.unlocked = false;
    target->chip.readout_protected = target->found_protected;
    target->dbgmcu = (struct dbgmcu){0};
}

static enum err prepare_dbgmcu(struct core *core)
{
    struct target *target = core->target;

    return dbgmcu_prepare(&target->dbgmcu, &chip_family_of(target->chip.dev_id)->dbgmcu,
                          &core->ops);
}

enum err attach_core(struct core *core, enum stop_reason halted_by)
{
    struct found found = {0};

    enum err err = look(core, &found);

    if (!err)
        err = take_over(core, &found);
    if (!err)
        err = size_units(core, &found);
    if (err)
        return err;
    /* After a lost connection what is found is our own, unless power was gone. */
    bool ours = core->attached && (found.dhcsr & DHCSR_C_DEBUGEN);
    if (!ours) {
        core->demcr_original = found.demcr & ~DEMCR_VC_ALL;
        if (core_is_first(core))
            forget_chip(core->target);
    }
    core->profile = found.profile;
    probe_look_into_caches(core->target->probe, core->ops.ap, core->profile->caches);
    core->found.breakpoints = core->fpb.count;
    core->found.watchpoints = core->dwt.count;
    core_new_power_epoch(core);
    err = core_is_first(core) ? prepare_dbgmcu(core) : ERR_OK;
    core->attached = true;
    if (!err)
        err = breakpoints_look_again(core);
    if (!err)
        err = breakpoints_apply(core);
    if (!err)
        err = see_state(core, &found, halted_by);
    /* What happened before we came is no news. */
    core->target->found_reset |= core_take_reset(core);
    return err;
}

static void queue_give_back(struct core *core, bool halted)
{
    struct ops *ops = &core->ops;
    uint32_t base = DHCSR_KEY | DHCSR_C_DEBUGEN;

    if (halted) {
        regs_queue_dirty(core);
        ops_write32(ops, DHCSR, base | DHCSR_C_HALT); /* C_MASKINTS off, while halted */
    }
    breakpoints_queue_remove(core);
    watchpoints_queue_remove(core);
    if (core->fpb.count)
        ops_write32(ops, FP_CTRL, FP_CTRL_ENABLE_KEY & ~1u);
    ops_write32(ops, SCB_DFSR, DFSR_ALL);
    core_queue_demcr(core, core->demcr_original);
    if (!halted)
        ops_write32(ops, DHCSR, DHCSR_KEY);
}

enum err detach_core(struct core *core)
{
    if (core->state == TARGET_ABSENT)
        return ERR_OK;
    queue_give_back(core, core->state == TARGET_HALTED);
    enum err err = core_flush(core);
    breakpoints_flushed(core, err);
    if (!err && core_is_first(core))
        err = dbgmcu_restore(&core->target->dbgmcu, &core->ops);
    core_new_epoch(core);
    core->masked = false;
    core->attached = false;
    core->state = TARGET_ABSENT;
    return err;
}

enum err target_set_vector_catch(struct target *target, uint32_t vc_bits)
{
    struct core *core = target->core;
    enum err err = core_need_connected(core);

    if (err)
        return err;
    core->vector_catch = vc_bits & DEMCR_VC_ALL;
    core_queue_demcr(core, DEMCR_TRCENA | core->vector_catch);
    return core_flush(core);
}

uint32_t target_vector_catch(const struct target *target)
{
    return target->core->vector_catch;
}
