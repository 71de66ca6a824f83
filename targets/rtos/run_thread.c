/* SPDX-License-Identifier: MIT */
/* A thread that does not run is stepped from where it stands once its kernel lets it run: until
 * then all run. A breakpoint of our own is where it goes on; that the others find it there, too, is
 * no stop of anybody's. */
#include <stdio.h>

#include "core/core.h"
#include "rtos/rtos_internal.h"

enum { LIMIT_US = 5000000, LOOK_US = 1000, LOOK_MAX_US = 20000 };

struct awaited {
    struct rtos *rtos;
    struct core *core;
    uint32_t handle, pc;
    uint64_t until_us;
    struct target_stop *stop;
};

static enum err place_breakpoint(const struct awaited *wait)
{
    enum err err = breakpoint_add(wait->core, OWNER_INTERNAL, BREAKPOINT_HW, wait->pc);
    const struct target_region *region = target_region_at(wait->core->target, wait->pc);

    if (err || breakpoint_at(wait->core, wait->pc) || breakpoints_have_room(wait->core) ||
        (region && region->kind == REGION_RAM && !fpb_can_reach(&wait->core->fpb, wait->pc)))
        return err;
    return job_fail(wait->core->target->job, ERR_NO_RESOURCE,
                    "to step a thread that does not run takes a comparator where it goes on, and "
                    "all %u of the chip are in use by breakpoints: one fewer, please",
                    wait->core->fpb.count);
}

static void remove_breakpoint(const struct awaited *wait)
{
    breakpoint_remove(wait->core, OWNER_INTERNAL, BREAKPOINT_HW, wait->pc);
}

/* Cancelled, or for too long: why it stands is that, if it does not stand by itself by now. */
static enum err halt(const struct awaited *wait)
{
    struct target *target = wait->core->target;
    struct job uncancellable, *before;

    core_uncancellable_begin(wait->core, &uncancellable, &before);
    enum err err = target_halt(target, wait->stop);
    core_uncancellable_end(wait->core, before);
    if (err)
        return job_fail(target->job, err, "%s", job_text(&uncancellable, err));
    if (wait->stop->reason == STOP_NONE)
        *wait->stop = *target_last_stop(target);
    if (!job_cancelled(target->job) && wait->stop->reason == STOP_REQUEST)
        snprintf(wait->stop->text, sizeof wait->stop->text,
                 "the thread did not run within %d s; halted where the program is",
                 LIMIT_US / 1000000);
    return ERR_OK;
}

/* gdb has to do what the program called it for, and gets no packet before this one is answered. */
static bool asks_gdb(const struct core *core)
{
    const struct semihosting_pending *call = &core->semihosting.pending;

    return call->open && call->asked == SEMI_ASKED;
}

/* Until it stands; others' short jobs run. */
static enum err await_stop(const struct awaited *wait)
{
    struct target *target = wait->core->target;
    enum err mark = core_mark(wait->core);
    uint64_t pause_us = LOOK_US;

    for (;;) {
        enum err err = target_poll(target, wait->stop);

        if (err || wait->stop->reason != STOP_NONE || asks_gdb(wait->core))
            return err;
        if (job_checkpoint(target->job) != ERR_OK)
            core_rollback(wait->core, mark);
        if (job_cancelled(target->job) || wait->core->state != TARGET_RUNNING ||
            core_now_us(wait->core) > wait->until_us)
            return halt(wait);
        clock_sleep_us(probe_clock(target->probe), pause_us);
        pause_us = 2 * pause_us < LOOK_MAX_US ? 2 * pause_us : LOOK_MAX_US;
    }
}

/* *runs: in no handler that got there, too. */
static enum err look(const struct awaited *wait, bool *runs)
{
    enum err err = rtos_look(wait->rtos, wait->core->target);

    *runs = !err && wait->rtos->has_threads && wait->rtos->current == wait->handle &&
            !(wait->core->regs.word[SLOT_XPSR] & XPSR_IPSR);
    return err;
}

/* Somebody else is there. */
static enum err pass(const struct awaited *wait, bool *stopped)
{
    remove_breakpoint(wait);
    enum err err = target_step(wait->core->target, wait->stop);

    *stopped = !err && wait->stop->reason != STOP_STEP;
    return err || *stopped ? err : place_breakpoint(wait);
}

static enum err run(const struct awaited *wait, bool *there)
{
    bool stopped = false;
    enum err err = ERR_OK;

    while (!err && !stopped) {
        err = target_resume(wait->core->target);
        if (!err)
            err = await_stop(wait);
        if (err || wait->stop->reason != STOP_BREAKPOINT_HW || wait->stop->pc != wait->pc)
            return err;
        err = look(wait, there);
        stopped = *there || wait->stop->owners != 0;
        if (!err && !stopped)
            err = pass(wait, &stopped);
        if (!err && !stopped && core_now_us(wait->core) > wait->until_us)
            return halt(wait);
    }
    return err;
}

enum err rtos_run_thread(struct rtos *rtos, struct target *target, uint32_t id,
                         struct target_stop *stop, bool *there)
{
    const struct frame *frame;
    enum err err = rtos_frame(rtos, target, id, &frame);

    *stop = (struct target_stop){.reason = STOP_NONE};
    *there = false;
    if (err)
        return err;
    const struct rtos_thread *thread = rtos_find(rtos, id);
    struct awaited wait = {.rtos = rtos,
                           .core = target->core,
                           .handle = thread->handle,
                           .pc = view_word(&rtos->view, frame->at[FRAME_PC]) & ~1u,
                           .until_us = core_now_us(target->core) + LIMIT_US,
                           .stop = stop};
    err = place_breakpoint(&wait);
    if (!err)
        err = run(&wait, there);
    remove_breakpoint(&wait);
    return err;
}
