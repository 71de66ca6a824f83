/* SPDX-License-Identifier: MIT */
/* A job is one packet or command line on its way through the house. This is the small context it
 * carries through all layers: who may cancel it, where its text goes, and what went wrong.
 * One job at a time uses a probe; it runs on the probe's worker thread. */
#ifndef PROBED_JOB_H
#define PROBED_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/log.h"

/* A sentence, or three where it takes as many to explain why nobody answers. */
enum { JOB_TEXT = 800 };

struct job {
    const struct log *log; /* may be NULL */
    atomic_bool cancelled; /* set by any thread, read by the worker */
    unsigned sections;     /* under way that must not be cut in two; worker thread only */
    /* Grows with all that the probe gets done, for who must tell "late" from "stuck"; may be NULL,
     * read by any thread. */
    atomic_uint *progress;

    /* Text for the user while the job runs (progress, command output); NULL drops it. */
    void (*output)(void *user, const char *text, size_t length);
    /* Called at checkpoints of long jobs: lets others' short jobs run; may be NULL. */
    void (*between)(void *between_user);
    /* Is there one of those? For jobs to which a checkpoint costs time. Any moment, also with
     * operations under way; NULL: there may be. */
    bool (*waiting)(void *between_user);
    void *user;         /* of output */
    void *between_user; /* of both: the worker's, so that handlers may redirect the output */

    /* What went wrong: the first failure since job_clear(). Worker thread only. */
    enum err err;
    char text[JOB_TEXT];
};

/* A job without output, cancel or log, for tests and inner work. */
void job_init(struct job *job, const struct log *log);
/* For work inside another job that a cancel of that one does not end; log and progress are its. */
void job_init_within(struct job *job, const struct job *outer);
/* The probe has done something. Worker thread. */
void job_progress(struct job *job);

/* Records `code` with its sentence and returns `code`, so that callers write
 * `return job_fail(job, ERR_FAULT, "AP%u read at 0x%08x: FAULT", ap, address);`
 * A failure already recorded is kept: the first, deepest one knows best. */
enum err job_fail(struct job *job, enum err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Forgets a recorded failure, after it was handled. */
void job_clear(struct job *job);
/* The sentence of the failure, or the code's general text. */
const char *job_text(const struct job *job, enum err code);

/* Something failed, and what it left has to be put right, which may fail, too: the user is told
 * both. */
struct job_failure {
    enum err err;
    char text[JOB_TEXT];
};
/* The job's failure, which is ERR_OK if there is none, so that what follows can fail by itself ..
 */
void job_set_aside(struct job *job, struct job_failure *failure);
/* .. and the job's again. What failed meanwhile follows it behind `but`; alone it stays as it is.
 */
void job_take_back(struct job *job, const struct job_failure *failure, const char *but);

/* Output for the user as it happens: our own words, in which control characters but ends of lines
 * and tabs are shown (visible.h). A program's go to `output` as they are. */
void job_print(struct job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What must not be cut in two (option bytes above all) stands between these two, which may be
 * nested: a cancel is not seen before the end, and checkpoints let nobody else run. Only for work
 * that ends by itself within a few seconds. Worker thread. */
void job_section_begin(struct job *job);
void job_section_end(struct job *job);
/* Inside a section, while the hardware does something by itself that takes long: others' short jobs
 * run. Worker thread. */
void job_serve_others(struct job *job);
/* Is any job of this process in such a section? For who is about to end the process. Any thread. */
bool job_sections_open(void);

/* Worker thread. */
static inline bool job_cancelled(const struct job *job)
{
    return !job->sections &&
           atomic_load_explicit(&((struct job *)(size_t)job)->cancelled, memory_order_relaxed);
}

/* Has a checkpoint now anything to do? */
bool job_others_wait(struct job *job);
/* Long jobs call this between slices of at most 50 ms, with no operation under way and the
 * hardware in a sane state: others' short jobs run, then ERR_CANCELLED if the job should end. */
enum err job_checkpoint(struct job *job);

#endif
