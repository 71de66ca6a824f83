/* SPDX-License-Identifier: MIT */
/* Where the registers of a thread that does not run are, and what else will be read when somebody
 * asks for them: an IDE shows every call stack at every stop, so that the words that the kernel
 * saved, the tops of the stacks and the code that they lead back to are fetched for a group of
 * threads at once. */
#include <string.h>

#include "core/core.h"
#include "core/memory.h"
#include "rtos/rtos_internal.h"

enum {
    GROUP = 8,              /* threads */
    PASSES = 4,             /* a pointer, what it points to, and that behind the FPU's registers */
    PARTS = CACHE_LINES - 1 /* of the core's cache, together */
};

struct group {
    struct kernel_look look;
    size_t count;
    size_t threads[GROUP]; /* their places in rtos->threads */
    struct frame frames[GROUP];
    bool found[GROUP];
};

static struct kernel_look look_again(struct rtos *rtos, const struct core *core)
{
    size_t kernel = 0;

    while (rtos_kernels[kernel] != rtos->kernel)
        kernel++;
    struct kernel_look look = rtos_kernel_look(rtos, core, kernel);
    look.current = rtos->current;
    return look;
}

static void find(struct group *group, size_t i)
{
    struct rtos *rtos = group->look.rtos;

    memset(&group->frames[i], 0, sizeof group->frames[i]);
    group->found[i] = rtos->kernel->frame(&group->look, rtos->threads[group->threads[i]].handle,
                                          &group->frames[i]);
}

/* This one, and those behind it of which nobody asked before. */
static void choose(struct rtos *rtos, size_t first, struct group *group)
{
    for (size_t n = 0; n < rtos->count && group->count < GROUP; n++) {
        size_t i = (first + n) % rtos->count;

        if (i == 0 || rtos->ahead[i]) /* the first one runs */
            continue;
        rtos->ahead[i] = true;
        group->threads[group->count++] = i;
    }
}

static void want_words(struct view *view, const struct frame *frame)
{
    for (unsigned slot = 0; slot < FRAME_SLOTS; slot++)
        if (frame->at[slot])
            view_want(view, frame->at[slot], 4);
}

/* The first one alone, by which a kernel's file may learn how its frames look. */
static void find_frames(struct group *group)
{
    struct view *view = group->look.view;
    bool more = true;

    find(group, 0);
    for (int pass = 0; more && pass < PASSES; pass++) {
        view_gather(view);
        for (size_t i = 0; i < group->count; i++) {
            find(group, i);
            want_words(view, &group->frames[i]);
        }
        more = view_gathered(view);
    }
    for (size_t i = 0; i < group->count; i++)
        find(group, i);
}

/* --- what gdb reads to show a call stack --- */

static uint32_t word_of(struct group *group, size_t i, enum frame_slot slot)
{
    uint32_t address = group->frames[i].at[slot];

    return address ? view_word(group->look.view, address) : 0;
}

static void want_top(struct core *core, uint32_t sp)
{
    memory_want(core, cache_line_of(sp), CACHE_LINE, PARTS);
    memory_want(core, cache_line_of(sp) + CACHE_LINE, CACHE_LINE, PARTS);
}

static enum err read_stacks(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->found[i]) {
            struct rtos *rtos = group->look.rtos;

            rtos_known(rtos, rtos->threads[group->threads[i]].handle)->sp = group->frames[i].sp;
            want_top(core, group->frames[i].sp);
            memory_want_code(core, word_of(group, i, FRAME_PC) & ~1u, PARTS);
        }
    return memory_read_wanted(core);
}

static enum err read_callers(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->found[i])
            memory_want_callers(core, group->frames[i].sp, word_of(group, i, FRAME_LR), PARTS);
    return memory_read_wanted(core);
}

static enum err read_ahead(struct rtos *rtos, struct core *core, size_t first)
{
    struct group group = {.look = look_again(rtos, core)};

    choose(rtos, first, &group);
    find_frames(&group);
    enum err err = rtos->view.err ? rtos->view.err : read_stacks(core, &group);
    return err ? err : read_callers(core, &group);
}

/* gdb keeps the registers of threads that its step did not let go, and asks for memory alone. */
enum err rtos_read_ahead(struct rtos *rtos, struct target *target, uint32_t address)
{
    const struct rtos_known *known = NULL;

    for (size_t i = 0; i < rtos->known_count && !known; i++)
        if (rtos->known[i].sp && address - cache_line_of(rtos->known[i].sp) < 2 * CACHE_LINE)
            known = &rtos->known[i];
    if (!known || target_state(target) != TARGET_HALTED ||
        memory_is_cached(target->core, address, 1))
        return ERR_OK;
    uint32_t id = known->id;
    enum err err = rtos_look(rtos, target);
    const struct rtos_thread *thread = err ? NULL : rtos_find(rtos, id);
    if (!thread || !rtos->has_threads || thread == rtos->threads)
        return err;
    memset(rtos->ahead, 0, sizeof rtos->ahead); /* what was read before is too old */
    view_go_on(&rtos->view);
    return read_ahead(rtos, target->core, (size_t)(thread - rtos->threads));
}

/* --- one of them --- */

static enum err find_one(struct rtos *rtos, struct core *core, const struct rtos_thread *thread)
{
    struct kernel_look look = look_again(rtos, core);
    size_t place = (size_t)(thread - rtos->threads);

    view_go_on(&rtos->view);
    enum err err = rtos->ahead[place] ? ERR_OK : read_ahead(rtos, core, place);
    if (err)
        return err;
    memset(&rtos->frame, 0, sizeof rtos->frame);
    rtos->frame_found = rtos->kernel->frame(&look, thread->handle, &rtos->frame);
    rtos->frame_of = rtos->view.err ? 0 : thread->id;
    return rtos->view.err;
}

enum err rtos_frame(struct rtos *rtos, struct target *target, uint32_t id,
                    const struct frame **frame)
{
    enum err err = rtos_look(rtos, target);
    const struct rtos_thread *thread = rtos_find(rtos, id);

    *frame = &rtos->frame;
    if (err)
        return err;
    if (!thread || !rtos->has_threads)
        return job_fail(target->job, ERR_ARGUMENT, "there is no thread %u any more", (unsigned)id);
    if (target_state(target) != TARGET_HALTED)
        return job_fail(target->job, ERR_NOT_HALTED, "the core runs; halt it first (Ctrl-C)");
    if (rtos->frame_of != id)
        err = find_one(rtos, target->core, thread);
    if (!err && !rtos->frame_found)
        return job_fail(target->job, ERR_FAULT,
                        "thread %u (%s): what %s keeps of its registers at 0x%08x is nothing that "
                        "a switch of threads leaves",
                        (unsigned)id, thread->name, rtos->kernel->name, thread->handle);
    return err;
}
