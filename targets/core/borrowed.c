/* SPDX-License-Identifier: MIT */
/* Sections cited are of the Armv7-M Architecture Reference Manual, DDI 0403. */
#include "core/borrowed.h"

#include "base/bytes.h"

#define SYST_CSR 0xE000E010u
#define SYST_CSR_CHOICES 0x7u
#define DWT_CYCCNT 0xE0001004u
#define MPU_CTRL 0xE000ED94u
#define FP_CTRL_KEY 0x2u
#define FP_CTRL_ENABLE 0x1u
#define XPSR_T (1u << 24)
#define NOT_READ 0xFFFFFFFFu /* no FP_CTRL: bits 27 to 15 are zero (C1.11.3) */

enum { HALT_TIMEOUT_US = 200000, PRIMASK = 1 };

/* SP is one of MSP and PSP. */
#define ALL_SLOTS (((1ull << (SLOT_SPECIAL + 1)) - 1) & ~(1ull << SLOT_SP))
#define ALWAYS_USED (1u << SLOT_PC | 1u << SLOT_XPSR | 1u << SLOT_SPECIAL)

/* The C_MASKINTS that stands must not change together with C_HALT (C1.6.2). */
#define DHCSR_RUN (DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_MASKINTS)
#define DHCSR_HALTED (DHCSR_RUN | DHCSR_C_HALT)

bool target_is_borrowed(const struct target *target)
{
    bool borrowed = false;

    for (unsigned i = 0; i < target->core_count; i++)
        borrowed |= target->cores[i].borrowed;
    return borrowed;
}

const struct target_region *borrowed_ram(const struct core *core, uint32_t size)
{
    const struct target_region *best = NULL;
    size_t count;
    const struct target_region *regions = target_regions(core->target, &count);

    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_RAM && (!best || regions[i].size > best->size))
            best = &regions[i];
    return best && best->size >= size ? best : NULL;
}

/* Those of the main line (DDI 0403, C1.8.3; DDI 0419, C1.8). */
static bool counts_cycles(const struct core *core)
{
    return core->profile->fault_status;
}

void borrowed_queue_look(struct borrowed_core *lent)
{
    struct ops *ops = &lent->core->ops;

    lent->fp_ctrl = NOT_READ;
    ops_read32(ops, MPU_CTRL, &lent->mpu_ctrl);
    ops_read32(ops, SYST_CSR, &lent->systick);
    if (lent->vectors)
        ops_read32(ops, SCB_VTOR, &lent->vtor);
    if (counts_cycles(lent->core))
        ops_read32(ops, DWT_CYCCNT, &lent->cycles);
    ops_read32(ops, FP_CTRL, &lent->fp_ctrl); /* the last one */
}

void borrowed_queue_take(struct borrowed_core *lent)
{
    struct core *core = lent->core;
    struct ops *ops = &core->ops;

    lent->strayed = false;
    ops_write32(ops, DHCSR, DHCSR_HALTED);
    cpu_caches_queue_off(core);
    ops_write32(ops, SYST_CSR, 0); /* its count stays */
    ops_write32(ops, MPU_CTRL, 0);
    if (lent->vectors)
        ops_write32(ops, SCB_VTOR, lent->vectors);
    ops_write32(ops, FP_CTRL, FP_CTRL_KEY);
    for (unsigned i = 0; i < core->dwt.count; i++)
        ops_write32(ops, DWT_FUNCTION(i), 0);
    /* CONTROL: privileged, MSP; no priority masks, lest a fault becomes another one, where
     * C_MASKINTS can be relied on. */
    ops_reg_write(ops, 20, core->profile->late_mask ? PRIMASK : 0);
    ops_reg_write(ops, 16, XPSR_T | (core->regs.word[SLOT_XPSR] & XPSR_IPSR));
    watchpoints_forget(core);
}

static void queue_give_back(struct borrowed_core *lent)
{
    struct core *core = lent->core;
    struct ops *ops = &core->ops;

    cpu_caches_queue_back(core);
    ops_write32(ops, MPU_CTRL, lent->mpu_ctrl);
    if (lent->vectors)
        ops_write32(ops, SCB_VTOR, lent->vtor);
    ops_write32(ops, FP_CTRL, FP_CTRL_KEY | (lent->fp_ctrl & FP_CTRL_ENABLE));
    ops_write32(ops, SYST_CSR, lent->systick & SYST_CSR_CHOICES);
    if (counts_cycles(core))
        ops_write32(ops, DWT_CYCCNT, lent->cycles);
    ops_write32(ops, SCB_DFSR, DFSR_ALL);
    ops_write32(ops, DHCSR, core->masked ? DHCSR_HALTED : DHCSR_HALTED & ~DHCSR_C_MASKINTS);
    regs_queue_dirty(core);
}

/* A system reset takes everything back but the debug units, and C_MASKINTS, which may change only
 * while the core is halted (C1.6.2): the program would run without interrupts and breakpoints. */
static void give_back_after_reset(struct borrowed_core *lent)
{
    struct core *core = lent->core;
    struct ops *ops = &core->ops;
    enum err mark = core_mark(core);

    ops_write32(ops, FP_CTRL, FP_CTRL_KEY | (lent->fp_ctrl & FP_CTRL_ENABLE));
    ops_write32(ops, DHCSR, DHCSR_HALTED);
    ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    ops_write32(ops, DHCSR, DHCSR_HALTED & ~DHCSR_C_MASKINTS);
    if (core->state != TARGET_HALTED)
        ops_write32(ops, DHCSR, DHCSR_RUN & ~DHCSR_C_MASKINTS);
    if (ops_flush(ops) != ERR_OK)
        core->mask_unsure = true;
    core_rollback(core, mark); /* what there is to tell is the reset */
}

/* Of the stacks. */
static uint64_t limits_of(const struct core *core)
{
    return (core->profile->limits ? 1ull << SLOT_MSPLIM : 0) |
           (core->profile->banks ? 1ull << SLOT_MSPLIM_S : 0);
}

enum err borrowed_give_back(struct borrowed_core *lent)
{
    struct core *core = lent->core;
    uint64_t others = core->regs.dirty & ~ALL_SLOTS; /* the floating point's: not what is lent */

    if (core->state != TARGET_HALTED || !regs_are_known(core)) {
        if (core->state != TARGET_ABSENT)
            give_back_after_reset(lent);
        return ERR_OK;
    }
    core->regs.dirty |= lent->strayed ? ALL_SLOTS : lent->used | ALWAYS_USED;
    core->regs.dirty &= ALL_SLOTS;
    if (lent->used & 1u << SLOT_MSP)
        core->regs.dirty |= limits_of(core);
    queue_give_back(lent);
    core->borrowed = false;
    core->icsr_epoch = 0; /* interrupts may have come meanwhile */
    enum err err = core_flush_halted(core);
    core->regs.dirty = (err ? core->regs.dirty : 0) | others;
    if (err) /* with the next resume, as the registers */
        core->fpb.switch_unsure = core->mask_unsure = true;
    return err;
}

/* What was found is known, or else nothing was changed. */
static enum err undo_take(struct borrowed_core *lent, enum err err)
{
    struct job_failure failure;

    if (lent->fp_ctrl == NOT_READ)
        return err;
    job_set_aside(lent->core->target->job, &failure);
    borrowed_give_back(lent);
    job_take_back(lent->core->target->job, &failure, BORROWED_NOT_GIVEN_BACK);
    return err;
}

enum err borrowed_take(struct borrowed_core *lent)
{
    enum err err = regs_need(lent->core);

    if (err)
        return err;
    core_take_reset(lent->core);
    borrowed_queue_look(lent);
    borrowed_queue_take(lent);
    err = core_flush_halted(lent->core);
    lent->core->borrowed = !err;
    return err ? undo_take(lent, err) : ERR_OK;
}

void borrowed_queue_stack(struct borrowed_core *lent, uint32_t top)
{
    for (unsigned slot = 0; slot < SLOT_CORE_COUNT; slot++)
        if (limits_of(lent->core) >> slot & 1)
            ops_reg_write(&lent->core->ops, regs_selector(slot), 0);
    ops_reg_write(&lent->core->ops, regs_selector(SLOT_SP), top);
}

void borrowed_queue_start(struct borrowed_core *lent, uint32_t pc, const uint32_t *arguments,
                          unsigned count)
{
    struct ops *ops = &lent->core->ops;

    for (unsigned i = 0; i < count; i++)
        ops_reg_write(ops, i, arguments[i]);
    ops_reg_write(ops, 15, pc);
}

void borrowed_queue_go(struct borrowed_core *lent)
{
    ops_write32(&lent->core->ops, DHCSR, DHCSR_RUN);
}

enum err borrowed_halt(struct borrowed_core *lent)
{
    struct core *core = lent->core;

    ops_write32(&core->ops, DHCSR, DHCSR_HALTED);
    ops_wait32(&core->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    return core_flush_halted(core);
}

static enum err check_reset(struct borrowed_core *lent)
{
    struct core *core = lent->core;

    if (!core_take_reset(core))
        return ERR_OK;
    core_new_epoch(core);
    return job_fail(core->target->job, ERR_RESET_LOST,
                    "the target was reset while a %s ran (by a watchdog or NRST)", lent->by);
}

/* A wait was in vain: what was the core doing instead? */
static enum err explain_timeout(struct borrowed_core *lent)
{
    struct core *core = lent->core;
    uint32_t before = 0, pc = 0;

    job_clear(core->target->job);
    ops_read32(&core->ops, DHCSR, &before);
    enum err err = core_flush(core);
    core_saw_dhcsr(core, before);
    if (!err)
        err = borrowed_halt(lent);
    if (!err)
        err = check_reset(lent);
    if (err)
        return err;
    ops_reg_read(&core->ops, 15, &pc);
    err = core_flush_halted(core);
    if (err)
        return err;
    return job_fail(core->target->job, ERR_LOADER, "the %s did not finish: %s at 0x%08x", lent->by,
                    before & DHCSR_S_LOCKUP ? "locked up"
                    : before & DHCSR_S_HALT ? "stopped"
                                            : "still busy",
                    pc);
}

/* Cancelled or refused in mid-queue, the routine may still run. */
static enum err stop_after(struct borrowed_core *lent, enum err err)
{
    if (lent->core->state == TARGET_HALTED)
        borrowed_halt(lent);
    return err;
}

enum err borrowed_flush(struct borrowed_core *lent, bool pause)
{
    struct core *core = lent->core;
    struct ops *ops = &core->ops;

    if (pause) {
        ops_write32(ops, DHCSR, DHCSR_HALTED);
        ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    }
    enum err err = core_flush(core);
    lent->strayed = lent->strayed || err;
    if (core_wait_failed(core, err))
        return explain_timeout(lent);
    return err ? stop_after(lent, err) : check_reset(lent);
}

enum err borrowed_await(struct borrowed_core *lent, uint32_t timeout_us, struct borrowed_end *end)
{
    struct core *core = lent->core;
    enum err mark = core_mark(core);

    ops_wait32(&core->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, timeout_us);
    ops_reg_read(&core->ops, SLOT_PC, &end->pc);
    ops_reg_read(&core->ops, 0, &end->r0);
    enum err err = core_flush(core);
    end->ended = !core_wait_failed(core, err);
    if (!end->ended)
        core_rollback(core, mark);
    if (!end->ended || !err)
        return check_reset(lent);
    lent->strayed = true;
    return stop_after(lent, err);
}

/* --- out of a fault --- */

#define BKPT 0xBE00BE00u
#define BX_LR 0xBF004770u            /* and a NOP */
#define EXC_RETURN_FIRST 0xFFFFFF80u /* of Armv8-M: DDI 0553, B3.18 */
#define DHCSR_ONE_STEP (DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_MASKINTS | DHCSR_C_STEP)
#define CFSR_READ_FAULT 0x00008200u /* PRECISERR, BFARVALID */
#define HFSR_FORCED (1u << 30)
enum { IPSR_NMI = 2, IPSR_HARDFAULT = 3, IPSR_BUSFAULT = 5 };

void borrowed_vectors(uint32_t at, uint8_t bytes[BORROWED_VECTORS])
{
    put_le32(bytes, BKPT); /* in place of a stack and the vector of a reset */
    put_le32(bytes + 4, BKPT);
    put_le32(bytes + 4 * IPSR_NMI, at | 1);
    put_le32(bytes + 4 * IPSR_HARDFAULT, at | 1);
}

/* The exception has to end as one: only a return takes it out of the active ones (B1.5.8). */
bool borrowed_leave_fault(struct borrowed_core *lent, uint32_t scratch)
{
    struct core *core = lent->core;
    struct ops *ops = &core->ops;
    uint32_t xpsr = 0, lr = 0;

    lent->strayed = true;
    ops_reg_read(ops, 16, &xpsr);
    ops_reg_read(ops, 14, &lr);
    if (core_flush_halted(core) != ERR_OK)
        return false;
    uint32_t exception = xpsr & XPSR_IPSR;
    bool known = exception == IPSR_NMI || exception == IPSR_HARDFAULT || exception == IPSR_BUSFAULT;
    if (lr < EXC_RETURN_FIRST || !known || ecc_clear(core) != ERR_OK)
        return false;
    ops_write32(ops, scratch, BX_LR);
    ops_reg_write(ops, 15, scratch);
    ops_write32(ops, DHCSR, DHCSR_ONE_STEP);
    ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    ops_write32(ops, DHCSR, DHCSR_HALTED);
    if (core->profile->fault_status) {
        ops_write32(ops, SCB_CFSR, CFSR_READ_FAULT);
        ops_write32(ops, SCB_CFSR + 4, HFSR_FORCED);
    }
    ops_write32(ops, SCB_DFSR, DFSR_ALL);
    ops_reg_read(ops, 16, &xpsr);
    return core_flush_halted(core) == ERR_OK && (xpsr & XPSR_IPSR) != exception;
}

bool borrowed_take_nmi(struct borrowed_core *lent, uint32_t scratch)
{
    struct core *core = lent->core;
    struct ops *ops = &core->ops;
    uint32_t xpsr = 0;

    core->ecc.nmi = false;
    ops_reg_write(ops, 15, lent->vectors);
    borrowed_queue_go(lent);
    ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_TIMEOUT_US);
    ops_reg_read(ops, 16, &xpsr);
    if (core_flush_halted(core) != ERR_OK)
        return false;
    return !(xpsr & XPSR_IPSR) || borrowed_leave_fault(lent, scratch); /* none came */
}
