/* SPDX-License-Identifier: MIT */
#include "core/stop_filter.h"

#include "core/core.h"

/* What was a BKPT of the program's is behind it, whoever served it. */
static void pass_bkpt(struct core *core, const struct target_stop *stop)
{
    if (stop->reason == STOP_BKPT && core->regs.word[SLOT_PC] == stop->pc)
        regs_set_slot(core, SLOT_PC, stop->pc + 2);
}

enum err stop_filter_ask(struct core *core, enum stop_of of, struct target_stop *stop,
                         enum stop_verdict *verdict)
{
    enum err err = ERR_OK;

    *verdict = VERDICT_STOP;
    for (size_t i = 0; stop_filters[i] && !err && *verdict == VERDICT_STOP; i++)
        err = stop_filters[i]->look(core, of, stop, verdict);
    if (!err && *verdict == VERDICT_STOP)
        core->stop = *stop;
    if (!err && *verdict == VERDICT_SERVED)
        pass_bkpt(core, stop);
    return err;
}
