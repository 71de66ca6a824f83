/* SPDX-License-Identifier: MIT */
/* A step of one instruction. Interrupts that came due are let through before it, and masked during
 * it: so neither does a step end in a handler, nor does `while (!tick);` wait for ever. */
#include "core/core.h"
#include "core/step.h"
#include "core/stop.h"

void target_set_maskisr(struct target *target, enum target_maskisr mode)
{
    target->core->maskisr = mode;
}

enum target_maskisr target_maskisr(const struct target *target)
{
    return target->core->maskisr;
}

/* A stop at the end of a step that nobody hears of is the step's own. */
static enum err step_instruction(struct core *core, struct target_stop *stop)
{
    enum err mark = core_mark(core);
    bool served, stopped;
    struct stop_facts facts = {0};
    struct hw_step hw_step =
        step_single(core, core->regs.word[SLOT_PC], core->maskisr != MASKISR_OFF);
    struct step_place before = step_place(core);

    enum err err = step_past_handlers(core, &hw_step, before, &facts, &stopped, stop);
    if (err)
        return step_rescue(core, err, mark, stop);
    return stopped ? ERR_OK : step_explained(core, &facts, &served, stop);
}

static enum err let_handlers_run(struct core *core, bool *returned, struct target_stop *stop)
{
    struct hw_step hw_step = step_single(core, core->regs.word[SLOT_PC], true);
    bool pending = false;
    enum err err = ERR_OK;

    if (core->maskisr == MASKISR_AUTO)
        err = step_pending(core, &hw_step, core->regs.word[SLOT_SPECIAL], &pending);
    return !err && pending ? step_handlers(core, returned, stop) : err;
}

static enum err step(struct core *core, struct target_stop *stop)
{
    bool passed = false, returned = true;
    enum err err = regs_need(core);

    stop->reason = STOP_NONE;
    if (!err)
        err = step_over_bkpt(core, &passed, stop);
    if (err || passed)
        return err;
    err = let_handlers_run(core, &returned, stop);
    if (!err && returned)
        err = regs_need(core);
    return err || !returned ? err : step_instruction(core, stop);
}

enum err target_step(struct target *target, struct target_stop *stop)
{
    struct core *core = target->core;
    enum err mark = core_mark(core);
    enum err err = step(core, stop);

    return err == ERR_CANCELLED ? step_stand(core, mark, stop) : err;
}
