/* SPDX-License-Identifier: MIT */
/* Sections cited are of the Armv7-M Architecture Reference Manual, DDI 0403. */
#include "core/borrowed.h"

#define SYST_CSR 0xE000E010u
#define SYST_CSR_CHOICES 0x7u
#define DWT_CYCCNT 0xE0001004u
#define MPU_CTRL 0xE000ED94u
#define FP_CTRL_KEY 0x2u
#define FP_CTRL_ENABLE 0x1u
#define XPSR_T (1u << 24)

enum { HALT_TIMEOUT_US = 200000 };

/* SP is one of MSP and PSP. */
#define ALL_SLOTS (((1ull << SLOT_CORE_COUNT) - 1) & ~(1ull << SLOT_SP))
#define ALWAYS_USED (1u << SLOT_PC | 1u << SLOT_XPSR | 1u << SLOT_SPECIAL)

/* The C_MASKINTS that stands must not change together with C_HALT (C1.6.2). */
#define DHCSR_RUN (DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_MASKINTS)
#define DHCSR_HALTED (DHCSR_RUN | DHCSR_C_HALT)

const struct target_region *borrowed_ram(const struct target *target, uint32_t size)
{
    const struct target_region *best = NULL;
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_RAM && (!best || regions[i].size > best->size))
            best = &regions[i];
    return best && best->size >= size ? best : NULL;
}

/* Those of the main line (DDI 0403, C1.8.3; DDI 0419, C1.8). */
static bool counts_cycles(const struct target *target)
{
    return target->profile->fault_status;
}

void borrowed_queue_look(struct borrowed_core *core)
{
    struct ops *ops = &core->target->ops;

    ops_read32(ops, MPU_CTRL, &core->mpu_ctrl);
    ops_read32(ops, FP_CTRL, &core->fp_ctrl);
    ops_read32(ops, SYST_CSR, &core->systick);
    if (counts_cycles(core->target))
        ops_read32(ops, DWT_CYCCNT, &core->cycles);
}

void borrowed_queue_take(struct borrowed_core *core)
{
    struct target *target = core->target;
    struct ops *ops = &target->ops;

    core->strayed = false;
    ops_write32(ops, DHCSR, DHCSR_HALTED);
    ops_write32(ops, SYST_CSR, 0); /* its count stays */
    ops_write32(ops, MPU_CTRL, 0);
    ops_write32(ops, FP_CTRL, FP_CTRL_KEY);
    for (unsigned i = 0; i < target->dwt.count; i++)
        ops_write32(ops, DWT_FUNCTION(i), 0);
    ops_reg_write(ops, 20, 0); /* CONTROL: privileged, MSP; no priority masks */
    ops_reg_write(ops, 16, XPSR_T | (target->regs.word[SLOT_XPSR] & XPSR_IPSR));
    watchpoints_forget(target);
}

enum err borrowed_take(struct borrowed_core *core)
{
    enum err err = regs_need(core->target);

    if (err)
        return err;
    core_take_reset(core->target);
    borrowed_queue_look(core);
    borrowed_queue_take(core);
    err = core_flush_halted(core->target);
    core->target->borrowed = !err;
    return err;
}

static void queue_give_back(struct borrowed_core *core)
{
    struct target *target = core->target;
    struct ops *ops = &target->ops;

    ops_write32(ops, MPU_CTRL, core->mpu_ctrl);
    ops_write32(ops, FP_CTRL, FP_CTRL_KEY | (core->fp_ctrl & FP_CTRL_ENABLE));
    ops_write32(ops, SYST_CSR, core->systick & SYST_CSR_CHOICES);
    if (counts_cycles(target))
        ops_write32(ops, DWT_CYCCNT, core->cycles);
    ops_write32(ops, SCB_DFSR, DFSR_ALL);
    ops_write32(ops, DHCSR, target->masked ? DHCSR_HALTED : DHCSR_HALTED & ~DHCSR_C_MASKINTS);
    regs_queue_dirty(target);
}

enum err borrowed_give_back(struct borrowed_core *core)
{
    struct target *target = core->target;

    if (target->state != TARGET_HALTED || !regs_are_known(target))
        return ERR_OK;
    target->regs.dirty |= core->strayed ? ALL_SLOTS : core->used | ALWAYS_USED;
    target->regs.dirty &= ALL_SLOTS;
    queue_give_back(core);
    target->borrowed = false;
    target->icsr_epoch = 0; /* interrupts may have come meanwhile */
    enum err err = core_flush_halted(target);
    if (!err)
        target->regs.dirty = 0;
    return err;
}

void borrowed_queue_start(struct borrowed_core *core, uint32_t pc, const uint32_t *arguments,
                          unsigned count)
{
    struct ops *ops = &core->target->ops;

    for (unsigned i = 0; i < count; i++)
        ops_reg_write(ops, i, arguments[i]);
    ops_reg_write(ops, 15, pc);
}

void borrowed_queue_go(struct borrowed_core *core)
{
    ops_write32(&core->target->ops, DHCSR, DHCSR_RUN);
}

enum err borrowed_halt(struct borrowed_core *core)
{
    struct target *target = core->target;

    ops_write32(&target->ops, DHCSR, DHCSR_HALTED);
    ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    return core_flush_halted(target);
}

static enum err check_reset(struct borrowed_core *core)
{
    struct target *target = core->target;

    if (!core_take_reset(target))
        return ERR_OK;
    core_new_epoch(target);
    return job_fail(target->job, ERR_RESET_LOST,
                    "the target was reset while a %s ran (by a watchdog or NRST)", core->by);
}

/* A wait was in vain: what was the core doing instead? */
static enum err explain_timeout(struct borrowed_core *core)
{
    struct target *target = core->target;
    uint32_t before = 0, pc = 0;

    job_clear(target->job);
    ops_read32(&target->ops, DHCSR, &before);
    enum err err = core_flush(target);
    core_saw_dhcsr(target, before);
    if (!err)
        err = borrowed_halt(core);
    if (!err)
        err = check_reset(core);
    if (err)
        return err;
    ops_reg_read(&target->ops, 15, &pc);
    err = core_flush_halted(target);
    if (err)
        return err;
    return job_fail(target->job, ERR_LOADER, "the %s did not finish: %s at 0x%08x", core->by,
                    before & DHCSR_S_LOCKUP ? "locked up"
                    : before & DHCSR_S_HALT ? "stopped"
                                            : "still busy",
                    pc);
}

/* Cancelled or refused in mid-queue, the routine may still run. */
static enum err stop_after(struct borrowed_core *core, enum err err)
{
    if (core->target->state == TARGET_HALTED)
        borrowed_halt(core);
    return err;
}

enum err borrowed_flush(struct borrowed_core *core, bool pause)
{
    struct target *target = core->target;
    struct ops *ops = &target->ops;

    if (pause) {
        ops_write32(ops, DHCSR, DHCSR_HALTED);
        ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    }
    enum err err = core_flush(target);
    core->strayed = core->strayed || err;
    if (err == ERR_TIMEOUT)
        return explain_timeout(core);
    return err ? stop_after(core, err) : check_reset(core);
}
