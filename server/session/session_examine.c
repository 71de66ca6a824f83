/* SPDX-License-Identifier: MIT */
/* The doctor in the middle of a session. */
#include "session/session.h"

static enum err may_examine(const struct session *session, struct job *job)
{
    if (session_nested(session) || under_way_load(session))
        return under_way_refuse(session, job);
    if (session->acting && session->acting->flash)
        return job_fail(job, ERR_BUSY, "this gdb is programming the flash: not before that ends");
    return ERR_OK;
}

/* What happened so far is told as it is; that it cannot be looked at is what is examined. */
static void note_what_happened(struct session *session, struct job *job)
{
    if (session_connected(session))
        (void)session_measure(session, job);
    if (!session->probe_gone)
        job_clear(job);
}

enum err session_examine(struct session *session, struct job *job,
                         const struct doctor_limits *limits, struct measurements *measured)
{
    struct job *before = session_enter(session, job);
    unsigned core = session_select_core(session, 0);
    enum err err = may_examine(session, job);

    if (!err)
        err = session_open(session, job);
    if (!err) {
        note_what_happened(session, job);
        err = job->err;
    }
    if (!err && !session->target)
        err = session_create_target(session);
    if (!err)
        err = target_examine(session->target, limits, measured);
    if (err == ERR_PROBE_GONE)
        session->probe_gone = true;
    if (!err)
        note_what_happened(session, job);
    session_select_core(session, core);
    session_leave(session, before);
    return err;
}
