/* SPDX-License-Identifier: MIT */
/* Where a program crashed, or hung, with function, file and line. */
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/visible.h"
#include "cli/run.h"

void run_trace_take(struct run *run)
{
    bool in_question = run->outcome == RUN_CRASHED || run->outcome == RUN_TIMED_OUT ||
                       run->outcome == RUN_CANCELLED;
    struct job job;

    if (!in_question || !session_connected(run->session))
        return;
    job_init_within(&job, &run->cli->job);
    struct job *before = session_enter(run->session, &job);
    if (backtrace_take(run->session->target, run->debug_info, &run->trace) != ERR_OK)
        log_line(&run->cli->log, LOG_WARN, "no backtrace: %s", job_text(&job, job.err));
    session_leave(run->session, before);
}

/* Below the folder one is in, as one would type it. */
static const char *short_path(const char *path)
{
    char folder[PATH_MAX];
    size_t length;

    if (!getcwd(folder, sizeof folder))
        return path;
    length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

static void print_frame(struct display *display, unsigned number,
                        const struct backtrace_frame *frame)
{
    char text[500], shown[sizeof text];
    int used = snprintf(text, sizeof text, "  #%-2u 0x%08" PRIx32 " %.200s", number, frame->pc,
                        frame->function ? frame->function : "??");

    if (frame->file)
        snprintf(text + used, sizeof text - (size_t)used, " at %.200s:%u%s",
                 short_path(frame->file), frame->line, frame->inlined ? " (inlined)" : "");
    visible_copy(VISIBLE_LINE, text, strlen(text), shown, sizeof shown);
    display_say(display, "%s", shown);
}

void run_trace_print(const struct run *run)
{
    struct display *display = &run->cli->display;
    const struct backtrace *trace = &run->trace;
    char name[BACKTRACE_EXCEPTION];

    for (size_t i = 0; i < trace->count; i++) {
        if (trace->frames[i].exception)
            display_say(display, "      %s interrupted",
                        backtrace_exception(trace->frames[i].exception, name));
        print_frame(display, (unsigned)i, &trace->frames[i]);
    }
    if (trace->end[0])
        display_say(display, "  %s", trace->end);
    if (trace->count > 0 && !run->debug_info)
        display_say(display, "  (the file has no debug information: compile with -g)");
}
