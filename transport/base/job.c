/* SPDX-License-Identifier: MIT */
#include "base/job.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/visible.h"

static atomic_uint sections_open;

void job_init(struct job *job, const struct log *log)
{
    *job = (struct job){.log = log};
    atomic_init(&job->cancelled, false);
}

void job_init_within(struct job *job, const struct job *outer)
{
    job_init(job, outer->log);
    job->progress = outer->progress;
}

void job_progress(struct job *job)
{
    if (job->progress)
        atomic_fetch_add_explicit(job->progress, 1, memory_order_relaxed);
}

enum err job_fail(struct job *job, enum err code, const char *format, ...)
{
    char text[sizeof job->text];
    va_list args;

    if (job->err != ERR_OK)
        return code;
    job->err = code;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    visible_copy(VISIBLE_TEXT, text, strlen(text), job->text, sizeof job->text);
    log_line(job->log, LOG_DEBUG, "%s", job->text);
    return code;
}

void job_clear(struct job *job)
{
    job->err = ERR_OK;
    job->text[0] = '\0';
}

void job_set_aside(struct job *job, struct job_failure *failure)
{
    failure->err = job->err;
    memcpy(failure->text, job->text, sizeof failure->text);
    job_clear(job);
}

void job_take_back(struct job *job, const struct job_failure *failure, const char *but)
{
    char second[160];
    bool also = job->err != ERR_OK;

    if (failure->err == ERR_OK)
        return;
    snprintf(second, sizeof second, "%s", also ? job_text(job, job->err) : "");
    job_clear(job);
    if (also)
        job_fail(job, failure->err, "%.200s; %s: %s", failure->text, but, second);
    else
        job_fail(job, failure->err, "%s", failure->text);
}

const char *job_text(const struct job *job, enum err code)
{
    return job->text[0] ? job->text : err_text(code);
}

void job_print(struct job *job, const char *format, ...)
{
    char text[1024], shown[VISIBLE_GROWTH * sizeof text];
    va_list args;

    if (!job->output)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t length = visible_copy(VISIBLE_TEXT, text, strlen(text), shown, sizeof shown);
    if (length > 0)
        job->output(job->user, shown, length);
}

void job_section_begin(struct job *job)
{
    job->sections++;
    atomic_fetch_add(&sections_open, 1);
}

void job_section_end(struct job *job)
{
    job->sections--;
    atomic_fetch_sub(&sections_open, 1);
}

void job_serve_others(struct job *job)
{
    if (job->between)
        job->between(job->between_user);
}

bool job_sections_open(void)
{
    return atomic_load(&sections_open) > 0;
}

bool job_others_wait(struct job *job)
{
    return job->between && !job->sections && (!job->waiting || job->waiting(job->between_user));
}

enum err job_checkpoint(struct job *job)
{
    if (job->between && !job->sections)
        job->between(job->between_user);
    return job_cancelled(job) ? job_fail(job, ERR_CANCELLED, "interrupted") : ERR_OK;
}
