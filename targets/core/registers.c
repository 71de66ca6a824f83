/* SPDX-License-Identifier: MIT */
/* Core registers: fetched together, cached while halted, written back before the core runs.
 * DDI 0403, C1.6.3 (DCRSR) and C1.6.4 (DCRDR). */
#include "core/registers.h"

#include "core/core.h"

const struct target_register *target_registers(const struct target *target, size_t *count)
{
    const struct core *core = target->core;

    *count = core->profile->register_count;
    return core->profile->registers;
}

enum { REGSEL_SPECIAL = 20, REGSEL_MSP_NS = 24, REGSEL_FPSCR = 33, REGSEL_S0 = 64 };

/* Slots stand in DCRSR's order, with gaps. */
unsigned regs_selector(enum reg_slot slot)
{
    if (slot <= SLOT_PSP)
        return slot;
    if (slot == SLOT_SPECIAL)
        return REGSEL_SPECIAL;
    if (slot < SLOT_CORE_COUNT)
        return REGSEL_MSP_NS + slot - SLOT_MSP_NS;
    return slot == SLOT_FPSCR ? REGSEL_FPSCR : REGSEL_S0 + slot - SLOT_S0;
}

static unsigned regsel_slot(unsigned regsel)
{
    unsigned slot = 0;

    while (slot < SLOT_COUNT && regs_selector(slot) != regsel)
        slot++;
    return slot;
}

static bool has_slot(const struct core *core, unsigned slot)
{
    if (slot == SLOT_MSPLIM || slot == SLOT_PSPLIM)
        return core->profile->limits;
    if (slot >= SLOT_MSP_NS && slot < SLOT_CORE_COUNT)
        return core->profile->banks;
    return slot < SLOT_CORE_COUNT || core->profile->fpu;
}

bool regs_are_known(const struct core *core)
{
    return core->regs.epoch == core->epoch;
}

void regs_forget(struct core *core)
{
    core->regs.epoch = 0;
}

void regs_queue_read(struct core *core)
{
    for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
        if (has_slot(core, slot))
            ops_reg_read(&core->ops, regs_selector(slot), &core->regs.word[slot]);
}

void regs_queue_dirty(struct core *core)
{
    if (!regs_are_known(core))
        return;
    for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
        if (core->regs.dirty >> slot & 1)
            ops_reg_write(&core->ops, regs_selector(slot), core->regs.word[slot]);
}

void regs_valid(struct core *core)
{
    core->regs.epoch = core->epoch;
    core->regs.dirty = 0;
    core->regs.seen_us = core_now_us(core);
}

/* Known as long as RAM is: meanwhile somebody may have pressed the reset button. */
static bool is_stale(const struct core *core)
{
    return core_now_us(core) - core->regs.seen_us > CACHE_RAM_LIFE_US;
}

enum err regs_need(struct core *core)
{
    enum err err = core_need_halted(core);

    bool known = regs_are_known(core);
    if (err || (known && !is_stale(core)))
        return err;
    if (!known)
        regs_queue_read(core);
    err = core_flush_halted(core);
    if (err)
        return err;
    if (known)
        core->regs.seen_us = core_now_us(core);
    else
        regs_valid(core);
    return ERR_OK;
}

/* SP is one of MSP and PSP: PSP in thread mode with CONTROL.SPSEL set (B1.4.1). */
static unsigned active_sp_slot(const struct core *core)
{
    bool thread = !(core->regs.word[SLOT_XPSR] & XPSR_IPSR);
    bool spsel = core->regs.word[SLOT_SPECIAL] >> 25 & 1;

    return thread && spsel ? SLOT_PSP : SLOT_MSP;
}

void regs_set_slot(struct core *core, enum reg_slot slot, uint32_t value)
{
    struct register_cache *regs = &core->regs;

    if (slot == SLOT_PC)
        value &= ~1u;
    if (slot == SLOT_SP || slot == SLOT_MSP || slot == SLOT_PSP)
        value &= ~3u;
    if (slot == SLOT_SP || slot == active_sp_slot(core)) {
        regs->word[SLOT_SP] = value;
        slot = active_sp_slot(
            core); /* written by its own name: code that borrows the core runs on MSP */
    }
    regs->word[slot] = value;
    regs->dirty |= 1ull << slot;
}

/* One of them is MSP or PSP, too: which, the security state says. */
static bool is_banked_sp(unsigned slot)
{
    return slot >= SLOT_MSP_NS && slot <= SLOT_PSP_S;
}

/* CONTROL and the exception number choose which stack pointer SP is: let the core sort it out. */
static enum err write_through(struct core *core)
{
    regs_queue_dirty(core);
    enum err err = core_flush_halted(core);
    regs_forget(core);
    return err;
}

static const struct target_register *find_register(struct core *core, size_t index)
{
    size_t count;
    const struct target_register *table = target_registers(core->target, &count);

    if (index < count)
        return &table[index];
    job_fail(core->target->job, ERR_ARGUMENT, "there is no register %zu, they are 0 to %zu", index,
             count - 1);
    return NULL;
}

enum err target_read_register(struct target *target, size_t index, uint64_t *value)
{
    struct core *core = target->core;
    const struct target_register *reg = find_register(core, index);
    enum err err = reg ? regs_need(core) : ERR_ARGUMENT;

    if (!reg || err)
        return err;
    const uint32_t *word = &core->regs.word[regsel_slot(reg->regsel)];
    if (reg->bits == 64)
        *value = word[0] | (uint64_t)word[1] << 32;
    else
        *value = reg->bits == 8 ? (word[0] >> reg->shift & 0xFF) : word[0];
    return ERR_OK;
}

enum err target_write_register(struct target *target, size_t index, uint64_t value)
{
    struct core *core = target->core;
    const struct target_register *reg = find_register(core, index);
    enum err err = reg ? regs_need(core) : ERR_ARGUMENT;

    if (!reg || err)
        return err;
    unsigned slot = regsel_slot(reg->regsel);
    uint32_t word = (uint32_t)value;
    if (reg->bits == 8)
        word = (core->regs.word[slot] & ~(0xFFu << reg->shift)) | (word & 0xFF) << reg->shift;
    bool selects_sp = slot == SLOT_SPECIAL || slot == SLOT_XPSR || is_banked_sp(slot);
    if (selects_sp && word == core->regs.word[slot])
        return ERR_OK;
    if (selects_sp && core->borrowed)
        return job_fail(target->job, ERR_BUSY,
                        "%s cannot be written while flash is being programmed: try again when "
                        "that is done",
                        reg->name);
    regs_set_slot(core, slot, word);
    if (reg->bits == 64)
        regs_set_slot(core, slot + 1, (uint32_t)(value >> 32));
    return selects_sp ? write_through(core) : ERR_OK;
}
