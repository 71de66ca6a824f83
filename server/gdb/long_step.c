/* SPDX-License-Identifier: MIT */
#include "gdb/long_step.h"

#include <inttypes.h>
#include <uv.h>

#include "gdb/gdb_console.h"

#define LONG_NS (2 * UINT64_C(1000000000))
/* gdb by itself asks for the next step at once; a person takes longer. */
#define PAUSE_NS UINT64_C(250000000)

static void tell(const struct long_step *step)
{
    struct gdb_line *line = &step->call->gdb->line;
    bool room = target_comparator_free(step->call->session->target);

    if (line->told || uv_hrtime() - line->since_ns < LONG_NS)
        return;
    line->told = true;
    gdb_console_say(step->call->client,
                    "still inside the line of 0x%08" PRIx32 " after 2 s: it %s. Ctrl-C stops it; "
                    "%s.",
                    line->start,
                    room ? "seems to wait in a loop, which is stepped instruction by instruction"
                         : "is stepped instruction by instruction, for breakpoints have taken all "
                           "comparators of the chip",
                    room ? "`advance LINE` or `until LINE` then runs on at full speed"
                         : "with one breakpoint fewer it goes much faster");
}

/* job->between */
static void look(void *user)
{
    struct long_step *step = user;

    tell(step);
    if (step->between)
        step->between(step->between_user);
}

static bool goes_on(const struct gdb_line *line, uint32_t start, uint32_t end)
{
    return line->start == start && line->end == end && uv_hrtime() - line->left_ns < PAUSE_NS;
}

static bool others_wait(void *user)
{
    const struct long_step *step = user;

    return step->waiting && step->waiting(step->between_user);
}

void long_step_begin(struct long_step *step, struct packet_call *call, uint32_t start, uint32_t end)
{
    struct gdb_line *line = &call->gdb->line;
    struct job *job = call->job;

    if (!goes_on(line, start, end))
        *line = (struct gdb_line){.start = start, .end = end, .since_ns = uv_hrtime()};
    *step = (struct long_step){.call = call,
                               .job = job,
                               .between = job->between,
                               .waiting = job->waiting,
                               .between_user = job->between_user};
    job->between = look;
    job->waiting = others_wait;
    job->between_user = step;
    tell(step);
}

void long_step_end(struct long_step *step)
{
    step->call->gdb->line.left_ns = uv_hrtime();
    step->job->between = step->between;
    step->job->waiting = step->waiting;
    step->job->between_user = step->between_user;
}
