/* SPDX-License-Identifier: MIT */
#include "session/events.h"

#include <stdlib.h>
#include <string.h>

#include "commands/monitor_commands.h"

void events_begin(struct event_state *state, const struct session *session)
{
    state->connected = session_connected(session);
    state->halted = state->connected && target_state(session->target) == TARGET_HALTED;
    state->resets = session->resets;
}

size_t events_look(struct event_state *state, const struct session *session,
                   enum session_event events[EVENT_AT_ONCE])
{
    struct event_state before = *state;
    size_t count = 0;

    events_begin(state, session);
    if (before.connected && !state->connected)
        events[count++] = EVENT_LOST;
    if (!before.connected && state->connected)
        events[count++] = EVENT_FOUND;
    if (before.resets != state->resets)
        events[count++] = EVENT_RESET;
    if (before.connected && state->connected && before.halted && !state->halted)
        events[count++] = EVENT_RUNNING;
    if (!before.halted && state->halted)
        events[count++] = EVENT_HALTED;
    return count;
}

static void append(void *user, const char *text, size_t length)
{
    buf_put(user, text, length);
}

/* As the command `halt` says it. */
static void describe_halt(struct session *session, struct job *job, struct buf *text)
{
    struct monitor monitor = {.session = session, .job = job};
    struct job *before = session_enter(session, job);

    job->output = append;
    job->user = text;
    if (monitor_print_halted(&monitor) != ERR_OK)
        buf_printf(text, "halted, but its registers cannot be read: %s\n",
                   job_text(job, job->error));
    job->output = NULL;
    session_leave(session, before);
}

void events_describe(struct session *session, struct job *job, enum session_event events,
                     struct buf *text)
{
    switch (events) {
    case EVENT_FOUND:
        buf_printf(text, "connected: %s\n", target_chip(session->target)->name);
        break;
    case EVENT_LOST:
        buf_printf(text, "lost the target: %s\n", session->why_absent);
        break;
    case EVENT_RESET:
        buf_text(text, "the target was reset\n");
        break;
    case EVENT_RUNNING:
        buf_text(text, "the core runs\n");
        break;
    case EVENT_HALTED:
        describe_halt(session, job, text);
        break;
    }
}

enum { EVENT_TEXT = 1024 };

struct event_notice *event_notice_create(const struct log *log, enum session_event event,
                                         const char *text, size_t length)
{
    struct event_notice *notice = calloc(1, sizeof *notice + length);

    if (!notice)
        return NULL;
    request_init(&notice->request, log, NULL, NULL, NULL);
    notice->event = event;
    notice->length = length;
    memcpy(notice->text, text, length);
    return notice;
}

static void tell(struct session *session, enum session_event event, const void *cause, void *owner,
                 void (*done)(struct request *notice))
{
    char memory[EVENT_TEXT];
    struct buf text;
    struct job job;

    job_init(&job, session->log);
    buf_init(&text, memory, sizeof memory);
    events_describe(session, &job, event, &text);
    struct event_notice *notice =
        event_notice_create(session->log, event, (const char *)text.data, text.length);
    if (!notice)
        return;
    notice->request.owner = owner;
    notice->request.done = done;
    notice->reset = session->last_reset;
    notice->cause = cause;
    session_notify(session, &notice->request);
}

void events_tell(struct session *session, struct event_state *state, const void *cause, void *owner,
                 void (*done)(struct request *notice))
{
    enum session_event events[EVENT_AT_ONCE];
    size_t count = events_look(state, session, events);

    for (size_t i = 0; i < count && session->watchers > 0; i++)
        tell(session, events[i], cause, owner, done);
}
