/* SPDX-License-Identifier: MIT */
#include "session/poller.h"

#include "session/session.h"

void poller_add(struct session *session, struct poller *poller)
{
    poller->next = session->pollers;
    session->pollers = poller;
}

void pollers_hurry(struct session *session)
{
    for (struct poller *poller = session->pollers; poller; poller = poller->next)
        poller->due_us = 0;
}

/* Of those that are due together, that has its turn which had fewer. */
static bool is_before(const struct poller *one, const struct poller *other)
{
    return one->due_us < other->due_us ||
           (one->due_us == other->due_us && one->looks < other->looks);
}

/* The one that is due first of those that are wanted. */
static struct poller *first_due(struct session *session)
{
    struct poller *first = NULL;

    for (struct poller *poller = session->pollers; poller; poller = poller->next)
        if ((!first || is_before(poller, first)) && poller->wanted(poller, session))
            first = poller;
    return first;
}

static uint64_t now_us(const struct session *session)
{
    return clock_now_us(probe_clock(session->probe));
}

/* What a routine of ours has in RAM meanwhile is no program's. */
static bool may_look(const struct session *session)
{
    return session_connected(session) && !target_is_borrowed(session->target);
}

/* Theirs is the first core. Only the time may be asked for once it is known that somebody wants to
 * know: to look at a simulated board's clock is to let it run. */
static struct poller *next_poller(struct session *session)
{
    unsigned core = session_select_core(session, 0);
    struct poller *poller = may_look(session) ? first_due(session) : NULL;

    session_select_core(session, core);
    return poller;
}

uint64_t pollers_wait_us(struct session *session)
{
    const struct poller *poller = next_poller(session);

    if (!poller || poller->due_us == 0)
        return poller ? 0 : POLLER_NEVER;
    uint64_t now = now_us(session);
    return poller->due_us > now ? poller->due_us - now : 0;
}

bool pollers_look(struct session *session, struct job *job)
{
    struct poller *poller = next_poller(session);

    if (!poller || poller->due_us > now_us(session))
        return false;
    unsigned core = session_select_core(session, 0);
    job_clear(job);
    struct job *before = session_enter(session, job);
    poller->looks++;
    uint64_t wait = poller->look(poller, session, job);
    uint64_t now = session->probe ? now_us(session) : 0;
    poller->due_us = wait < POLLER_NEVER - now ? now + wait : POLLER_NEVER;
    session_leave(session, before);
    session_select_core(session, core);
    return true;
}

void pollers_restart(struct session *session)
{
    for (struct poller *poller = session->pollers; poller; poller = poller->next)
        if (poller->restarts)
            poller->restarts(poller, session);
}

void pollers_end(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    unsigned core = session_select_core(session, 0);

    for (struct poller *poller = session->pollers; poller; poller = poller->next)
        if (poller->leaves && session_connected(session))
            poller->leaves(poller, session);
    session->pollers = NULL;
    session_select_core(session, core);
    session_leave(session, before);
}
