/* SPDX-License-Identifier: MIT */
#include "session/program_text.h"

#include "session/session.h"

void session_listen(struct session *session, struct text_listener *listener)
{
    listener->next = session->listeners;
    session->listeners = listener;
}

void session_unlisten(struct session *session, struct text_listener *listener)
{
    for (struct text_listener **at = &session->listeners; *at; at = &(*at)->next)
        if (*at == listener) {
            *at = listener->next;
            return;
        }
}

/* A job's text goes to who began it; a look at the running core is on behalf of all who wait. */
static void tell_whom_it_concerns(struct session *session, const struct program_text *text)
{
    const struct job *job = session->current;

    if (!job || (text->source == TEXT_RTT && session->rtt_shown))
        client_text_to_waiting(session, text->bytes, text->length);
    else if (job->output)
        job->output(job->user, text->bytes, text->length);
}

void session_say(struct session *session, const struct program_text *text)
{
    for (struct text_listener *at = session->listeners, *next; at; at = next) {
        next = at->next; /* it may have heard enough */
        at->text(at, text);
    }
    if (!program_port_takes(session, text))
        tell_whom_it_concerns(session, text);
}

void session_hear(void *user, const struct program_text *text)
{
    session_say(user, text);
}
