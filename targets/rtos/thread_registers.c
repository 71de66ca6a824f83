/* SPDX-License-Identifier: MIT */
/* Registers of threads that do not run: from where the kernel keeps them, and to there. */
#include <string.h>

#include "core/core.h"
#include "rtos/rtos_internal.h"

/* DCRSR.REGSEL, as target_registers() has it. */
enum {
    SEL_SP = 13,
    SEL_XPSR = 16,
    SEL_MSP,
    SEL_PSP,
    SEL_SPECIAL = 20,
    SEL_PSPLIM = 31,
    SEL_FPSCR = 33,
    SEL_S0 = 64
};
enum {
    SHIFT_BASEPRI = 8,
    SHIFT_CONTROL = 24,
    CONTROL_SPSEL = 2,
    CONTROL_FPCA = 4,
    XPSR_T = 1 << 24
};

/* --- from a register to its word --- */

/* FRAME_SLOTS: none. */
static unsigned slot_of(const struct target_register *reg)
{
    if (reg->regsel < SEL_SP || (reg->regsel > SEL_SP && reg->regsel <= SEL_XPSR))
        return reg->regsel;
    if (reg->regsel == SEL_SPECIAL && reg->shift == SHIFT_CONTROL)
        return FRAME_CONTROL;
    if (reg->regsel == SEL_SPECIAL && reg->shift == SHIFT_BASEPRI)
        return FRAME_BASEPRI;
    if (reg->regsel == SEL_PSPLIM && strcmp(reg->name, "psplim") == 0)
        return FRAME_PSPLIM;
    if (reg->regsel == SEL_FPSCR)
        return FRAME_FPSCR;
    return reg->regsel >= SEL_S0 ? FRAME_S0 + (unsigned)(reg->regsel - SEL_S0) : FRAME_SLOTS;
}

/* gdb does not look further up a stack without these. A kernel that has threads on the main stack
 * has all of them there. */
static bool uses_psp(const struct rtos *rtos, const struct core *core)
{
    return rtos->kernel->on_psp ||
           core->regs.word[SLOT_SPECIAL] & ((uint32_t)CONTROL_SPSEL << SHIFT_CONTROL);
}

/* What the frame says without a word for it. */
static bool implied(struct rtos *rtos, struct target *target, const struct frame *frame,
                    const struct target_register *reg, uint64_t *value)
{
    const struct core *core = target->core;
    bool psp = uses_psp(rtos, core);

    if (reg->regsel == SEL_SP)
        *value = frame->sp;
    else if (reg->regsel == SEL_PSP)
        *value = psp ? frame->sp : core->regs.word[SLOT_PSP];
    else if (reg->regsel == SEL_MSP)
        *value = psp ? core->regs.word[SLOT_MSP] : frame->sp;
    else if (slot_of(reg) == FRAME_CONTROL)
        *value = (psp ? CONTROL_SPSEL : 0u) | (frame->at[FRAME_FPSCR] ? CONTROL_FPCA : 0u);
    else if (slot_of(reg) == FRAME_XPSR)
        *value = XPSR_T;
    else
        return false;
    return true;
}

static const struct target_register *register_at(struct target *target, size_t index)
{
    size_t count;
    const struct target_register *regs = target_registers(target, &count);

    return index < count ? &regs[index] : NULL;
}

static enum err not_kept(struct target *target, enum err err, const struct target_register *reg)
{
    return job_fail(target->job, err,
                    "the kernel did not keep %s of this thread when it left the core",
                    reg ? reg->name : "a register that is not there");
}

/* The word of a slot as the register reads: of PC without what only the branch to it wants. */
static uint64_t as_read(unsigned slot, uint32_t word)
{
    return slot == FRAME_PC        ? word & ~1u
           : slot == FRAME_CONTROL ? (word & 0xFF) | CONTROL_SPSEL
                                   : word;
}

enum err rtos_read_register(struct rtos *rtos, struct target *target, uint32_t id, size_t index,
                            uint64_t *value)
{
    const struct target_register *reg = register_at(target, index);
    const struct frame *frame;
    enum err err = rtos_frame(rtos, target, id, &frame);

    if (err)
        return err;
    unsigned slot = reg ? slot_of(reg) : FRAME_SLOTS;
    if (slot < FRAME_SLOTS && frame->at[slot]) {
        *value = as_read(slot, view_word(&rtos->view, frame->at[slot]));
        if (reg->bits == 64)
            *value |= (uint64_t)view_word(&rtos->view, frame->at[slot + 1]) << 32;
        else if (reg->bits == 8)
            *value &= 0xFF;
        return rtos->view.err;
    }
    if (!reg || !implied(rtos, target, frame, reg, value))
        return not_kept(target, ERR_NOT_HALTED, reg);
    return rtos->view.err;
}

enum err rtos_write_register(struct rtos *rtos, struct target *target, uint32_t id, size_t index,
                             uint64_t value)
{
    const struct target_register *reg = register_at(target, index);
    const struct frame *frame;
    enum err err = rtos_frame(rtos, target, id, &frame);

    if (err)
        return err;
    unsigned slot = reg ? slot_of(reg) : FRAME_SLOTS;
    if (slot >= FRAME_SLOTS || !frame->at[slot])
        return reg && reg->regsel == SEL_SP
                   ? job_fail(target->job, ERR_UNSUPPORTED,
                              "the stack pointer of a thread that does not run is where its "
                              "registers lie: it cannot be set")
                   : not_kept(target, ERR_UNSUPPORTED, reg);
    uint32_t words[2] = {(uint32_t)value, (uint32_t)(value >> 32)};
    if (slot == FRAME_PC)
        words[0] = (words[0] & ~1u) | (view_word(&rtos->view, frame->at[slot]) & 1);
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    return target_write(target, frame->at[slot], bytes, reg->bits / 8);
}

const char *rtos_layout(struct rtos *rtos, struct target *target, uint32_t id)
{
    const struct frame *frame;

    if (id == rtos_running(rtos) || rtos_frame(rtos, target, id, &frame) != ERR_OK)
        return NULL;
    return frame->layout;
}
