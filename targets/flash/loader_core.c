/* SPDX-License-Identifier: MIT */
/* Sections cited are of the Armv7-M Architecture Reference Manual, DDI 0403. */
#include "flash/loader_core.h"

#define MPU_CTRL 0xE000ED94u
#define FP_CTRL_KEY 0x2u
#define FP_CTRL_ENABLE 0x1u
#define XPSR_T (1u << 24)

enum { HALT_TIMEOUT_US = 200000 };

/* SP is one of MSP and PSP. The routines touch r0 to r10 and have no stack. */
#define ALL_SLOTS (((1ull << SLOT_CORE_COUNT) - 1) & ~(1ull << SLOT_SP))
#define USED_SLOTS (0x7FFu | 1u << SLOT_PC | 1u << SLOT_XPSR | 1u << SLOT_SPECIAL)

/* The C_MASKINTS that stands must not change together with C_HALT (C1.6.2). */
#define DHCSR_RUN (DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_MASKINTS)
#define DHCSR_HALTED (DHCSR_RUN | DHCSR_C_HALT)

enum err loader_core_take(struct loader *loader)
{
    struct target *target = loader->target;
    struct ops *ops = &target->ops;
    enum err err = regs_need(target);

    if (err)
        return err;
    loader->strayed = false;
    core_take_reset(target);
    ops_read32(ops, MPU_CTRL, &loader->mpu_ctrl);
    ops_read32(ops, FP_CTRL, &loader->fp_ctrl);
    ops_write32(ops, DHCSR, DHCSR_HALTED);
    ops_write32(ops, MPU_CTRL, 0);
    ops_write32(ops, FP_CTRL, FP_CTRL_KEY);
    for (unsigned i = 0; i < target->dwt.count; i++)
        ops_write32(ops, DWT_FUNCTION(i), 0);
    ops_reg_write(ops, 20, 0); /* CONTROL: privileged, MSP; no priority masks */
    ops_reg_write(ops, 16, XPSR_T | (target->regs.word[SLOT_XPSR] & XPSR_IPSR));
    watchpoints_forget(target);
    err = core_flush_halted(target);
    target->borrowed = !err;
    return err;
}

enum err loader_core_give_back(struct loader *loader)
{
    struct target *target = loader->target;
    struct ops *ops = &target->ops;

    if (target->state != TARGET_HALTED || !regs_are_known(target))
        return ERR_OK; /* it was reset or is gone: nothing to go back to */
    target->regs.dirty |= loader->strayed ? ALL_SLOTS : USED_SLOTS;
    target->regs.dirty &= ALL_SLOTS;
    regs_queue_dirty(target);
    ops_write32(ops, MPU_CTRL, loader->mpu_ctrl);
    ops_write32(ops, FP_CTRL, FP_CTRL_KEY | (loader->fp_ctrl & FP_CTRL_ENABLE));
    ops_write32(ops, SCB_DFSR, DFSR_ALL);
    ops_write32(ops, DHCSR, target->masked ? DHCSR_HALTED : DHCSR_HALTED & ~DHCSR_C_MASKINTS);
    target->borrowed = false;
    enum err err = core_flush_halted(target);
    if (!err)
        target->regs.dirty = 0;
    return err;
}

void loader_core_queue_start(struct loader *loader, uint32_t pc, const uint32_t *arguments,
                             unsigned count)
{
    struct ops *ops = &loader->target->ops;

    for (unsigned i = 0; i < count; i++)
        ops_reg_write(ops, i, arguments[i]);
    ops_reg_write(ops, 15, pc);
    loader_core_queue_go(loader);
}

void loader_core_queue_go(struct loader *loader)
{
    ops_write32(&loader->target->ops, DHCSR, DHCSR_RUN);
}

enum err loader_core_halt(struct loader *loader)
{
    struct target *target = loader->target;

    ops_write32(&target->ops, DHCSR, DHCSR_HALTED);
    ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    return core_flush_halted(target);
}

static enum err check_reset(struct target *target)
{
    if (!core_take_reset(target))
        return ERR_OK;
    core_new_epoch(target);
    return job_fail(target->job, ERR_RESET_LOST,
                    "the target was reset while a flash loader ran (by a watchdog or NRST)");
}

/* A wait was in vain: what was the core doing instead? */
static enum err explain_timeout(struct loader *loader)
{
    struct target *target = loader->target;
    uint32_t before = 0, pc = 0;

    job_clear(target->job);
    ops_read32(&target->ops, DHCSR, &before);
    enum err err = core_flush(target);
    core_saw_dhcsr(target, before);
    if (!err)
        err = loader_core_halt(loader);
    if (!err)
        err = check_reset(target);
    if (err)
        return err;
    ops_reg_read(&target->ops, 15, &pc);
    err = core_flush_halted(target);
    if (err)
        return err;
    return job_fail(target->job, ERR_LOADER, "the flash loader did not finish: %s at 0x%08x",
                    before & DHCSR_S_LOCKUP ? "locked up"
                    : before & DHCSR_S_HALT ? "stopped"
                                            : "still busy",
                    pc);
}

/* Cancelled or refused in mid-queue, the routine may still run. */
static enum err stop_after(struct loader *loader, enum err err)
{
    if (loader->target->state == TARGET_HALTED)
        loader_core_halt(loader);
    return err;
}

enum err loader_core_flush(struct loader *loader, bool pause)
{
    struct target *target = loader->target;
    struct ops *ops = &target->ops;

    if (pause) {
        ops_write32(ops, DHCSR, DHCSR_HALTED);
        ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    }
    enum err err = core_flush(target);
    loader->strayed = loader->strayed || err;
    if (err == ERR_TIMEOUT)
        return explain_timeout(loader);
    return err ? stop_after(loader, err) : check_reset(target);
}
