/* SPDX-License-Identifier: MIT */
#include "session/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/visible.h"
#include "commands/monitor_commands.h"

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
        buf_printf(text, "halted, but its registers cannot be read: %s\n", job_text(job, job->err));
    job->output = NULL;
    session_leave(session, before);
}

/* Lines for a person, each with its line end. May read registers for `job`. */
static void describe(struct session *session, struct job *job, enum session_event event,
                     struct buf *text)
{
    switch (event) {
    case EVENT_FOUND:
        buf_printf(text, "connected: %s\n", target_chip(session->target)->name);
        break;
    case EVENT_LOST:
        buf_printf(text, "lost the target: %s\n", session->core->why_absent);
        break;
    case EVENT_RESET:
        buf_text(text, "the target was reset\n");
        break;
    case EVENT_LOOP:
        buf_printf(text, "%s\n", session->loop.text);
        break;
    case EVENT_SAID:
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

static void send(struct session *session, struct event_notice *notice)
{
    const struct events_route *route = session->consoles.user;

    notice->request.owner = route->owner;
    notice->request.done = route->done;
    notice->reset = session->last_reset;
    session_notify(session, &notice->request);
}

/* --- what the program says --- */

/* Its control characters are shown. */
static void send_line(void *user, const char *text, size_t length)
{
    struct events_route *route = user;
    char shown[VISIBLE_GROWTH * CONSOLE_LINE + 1];

    length = visible_copy(VISIBLE_TEXT, text, length, shown, sizeof shown);
    struct event_notice *notice =
        event_notice_create(route->session->log, EVENT_SAID, shown, length);
    if (notice)
        send(route->session, notice);
}

static uint64_t now_us(const struct session *session)
{
    return session->probe ? clock_now_us(probe_clock(session->probe)) : 0;
}

/* client_ops.text of the consoles. */
static void say(struct client *consoles, const struct session *session, const char *text,
                size_t length)
{
    struct events_route *route = consoles->user;

    console_lines_take(&route->lines, now_us(session), text, length);
}

/* client_ops.event of the consoles. */
static void tell(struct client *consoles, struct session *session, enum session_event event)
{
    struct events_route *route = consoles->user;
    char memory[EVENT_TEXT];
    struct buf text;
    struct job job;

    console_lines_flush(&route->lines, now_us(session));
    job_init(&job, session->log);
    buf_init(&text, memory, sizeof memory);
    describe(session, &job, event, &text);
    struct event_notice *notice =
        event_notice_create(session->log, event, (const char *)text.data, text.length);
    if (!notice)
        return;
    notice->cause = session->cause;
    send(session, notice);
}

void events_begin(struct session *session, struct events_route *route)
{
    static const struct client_ops ops = {.event = tell, .text = say};

    route->lines = (struct console_lines){.out = send_line, .user = route};
    route->session = session;
    session->consoles = (struct client){.ops = &ops, .user = route};
}
