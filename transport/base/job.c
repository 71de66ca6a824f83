/* SPDX-License-Identifier: MIT */
#include "base/job.h"

#include <stdarg.h>
#include <stdio.h>

void job_init(struct job *job, const struct log *log)
{
    *job = (struct job){.log = log};
    atomic_init(&job->cancelled, false);
}

enum err job_fail(struct job *job, enum err code, const char *format, ...)
{
    va_list args;

    if (job->error != ERR_OK)
        return code;
    job->error = code;
    va_start(args, format);
    vsnprintf(job->text, sizeof job->text, format, args);
    va_end(args);
    log_line(job->log, LOG_DEBUG, "%s", job->text);
    return code;
}

void job_clear(struct job *job)
{
    job->error = ERR_OK;
    job->text[0] = '\0';
}

const char *job_text(const struct job *job, enum err code)
{
    return job->text[0] ? job->text : err_text(code);
}

void job_print(struct job *job, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (!job->output)
        return;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length > 0)
        job->output(job->user, text,
                    (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

bool job_others_wait(struct job *job)
{
    return job->between && (!job->waiting || job->waiting(job->between_user));
}

enum err job_checkpoint(struct job *job)
{
    if (job->between)
        job->between(job->between_user);
    return job_cancelled(job) ? job_fail(job, ERR_CANCELLED, "interrupted") : ERR_OK;
}
