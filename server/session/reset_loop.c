/* SPDX-License-Identifier: MIT */
#include "session/reset_loop.h"

#include "base/clock.h"
#include "session/session.h"

enum {
    LOOP_RESETS = 3,     /* one may be a finger, two a boot loader that starts a program */
    APART_US = 10000000, /* a watchdog that is longer is not told from a person */
};

static uint64_t now_us(const struct session *session)
{
    return clock_now_us(probe_clock(session->probe));
}

enum err reset_loop_note(struct session *session, struct job *job)
{
    struct reset_loop *loop = &session->loop;
    uint64_t now = now_us(session);

    if (now - loop->last_us > APART_US)
        *loop = (struct reset_loop){0};
    loop->count++;
    loop->last_us = now;
    if (loop->told || loop->count < LOOP_RESETS)
        return ERR_OK;
    enum err err = target_explain_reset_loop(session->target, loop->text, sizeof loop->text);
    if (err)
        return err;
    loop->told = true;
    log_line(session->log, LOG_WARN, "%s", loop->text);
    return job->err;
}

void reset_loop_goes_on(struct session *session)
{
    if (session->loop.count)
        session->loop.last_us = now_us(session);
}

const char *reset_loop_text(const struct session *session)
{
    const struct reset_loop *loop = &session->loop;
    bool recent = session->probe && now_us(session) - loop->last_us <= APART_US;

    return loop->told && recent ? loop->text : NULL;
}
