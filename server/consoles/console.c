/* SPDX-License-Identifier: MIT */
#include "consoles/console.h"

#include <string.h>

#include "base/visible.h"
#include "session/worker.h"

enum { ALONE_MS = 1000 };

static void destroy_step(struct console *console)
{
    if (console->flight || console->connection.open_handles > 0 || !console->timer_closed)
        return;
    console->host->gone(console->host->user, console);
    message_destroy(console->unwatch);
    console->kind->destroy(console);
}

static void on_timer_closed(uv_handle_t *timer)
{
    struct console *console = timer->data;

    console->timer_closed = true;
    destroy_step(console);
}

static void begin_close(struct console *console, bool orderly)
{
    if (console->closing)
        return;
    console->closing = true;
    console_watch(console, false);
    console_cancel(console);
    uv_close((uv_handle_t *)&console->timer, on_timer_closed);
    if (orderly)
        connection_finish(&console->connection);
    else
        connection_close(&console->connection);
}

void console_finish(struct console *console)
{
    begin_close(console, true);
}

void console_close(struct console *console)
{
    begin_close(console, false);
}

/* --- the client's side --- */

static size_t on_bytes(void *user, const char *bytes, size_t length)
{
    struct console *console = user;
    size_t used = console->closing ? length : console->kind->bytes(console, bytes, length);

    return console->closing ? length : used;
}

bool console_hears(struct console *console, uint8_t byte, bool keys, uint8_t end)
{
    first_line_byte(&console->first_line, byte, keys, end);
    if (!console->first_line.foreign)
        return true;
    if (!console->closing)
        log_line(
            console->host->log, LOG_WARN,
            "a client of the %s port speaks HTTP or another protocol, as a web page would make "
            "a browser do (its first line %s): closing it, nothing was run",
            console->kind->name, console->first_line.foreign);
    console_close(console);
    return false;
}

/* A client that sends no more still gets its answers, then the connection ends. */
static void proceed(struct console *console)
{
    bool idle = !console->closing && console->kind->proceed(console);

    if (!console->closing)
        connection_resume(&console->connection);
    if (console->ended && idle && !console->flight && console->connection.held == 0)
        console_finish(console);
}

/* Whether it only sends no more or is gone cannot be told apart: somebody has to write to it. */
static void on_timer(uv_timer_t *timer)
{
    struct console *console = timer->data;

    if (console->flight)
        console->kind->alone(console);
}

static void on_ended(void *user, bool broken)
{
    struct console *console = user;

    console->ended = true;
    if (console->closing)
        return;
    if (broken) {
        console_close(console);
        return;
    }
    uv_timer_start(&console->timer, on_timer, ALONE_MS, ALONE_MS);
    proceed(console);
}

static void on_drained(void *user)
{
    proceed(user);
}

static void on_closed(void *user)
{
    struct console *console = user;

    begin_close(console, false); /* if it was not asked for */
    destroy_step(console);
}

void console_open(struct console *console, const struct console_kind *kind,
                  const struct console_host *host, uv_stream_t *listener)
{
    static const struct connection_events events = {
        .bytes = on_bytes,
        .ended = on_ended,
        .drained = on_drained,
        .closed = on_closed,
    };

    console->kind = kind;
    console->host = host;
    uv_timer_init(host->loop, &console->timer);
    console->timer.data = console;
    connection_accept(&console->connection, listener, &events, console, host->log);
    kind->begin(console);
}

void console_write(struct console *console, const void *bytes, size_t length)
{
    if (!console->closing && length > 0)
        connection_write(&console->connection, bytes, length);
}

/* --- the worker's side --- */

void console_run(struct console *console, const char *line)
{
    console->flight =
        message_create(MESSAGE_COMMAND, console, console->host->log, line, strlen(line));
    if (console->flight)
        worker_post(console->host->worker, console->flight);
    else
        console_close(console);
}

void console_cancel(struct console *console)
{
    if (console->flight)
        atomic_store(&console->flight->job.cancelled, true);
}

void console_watch(struct console *console, bool on)
{
    const struct console_host *host = console->host;

    if (on == (console->unwatch != NULL))
        return;
    if (!on) {
        worker_post(host->worker, console->unwatch);
        console->unwatch = NULL;
        return;
    }
    struct message *watch = message_create(MESSAGE_WATCH, NULL, host->log, NULL, 0);
    console->unwatch = message_create(MESSAGE_WATCH, NULL, host->log, NULL, 0);
    if (!watch || !console->unwatch) {
        message_destroy(watch);
        message_destroy(console->unwatch);
        console->unwatch = NULL;
        return;
    }
    watch->watchers = 1;
    console->unwatch->watchers = -1;
    worker_post(host->worker, watch);
}

/* The text may be a program's. */
static void take_output(struct console *console, const struct message *message)
{
    const char *text = message->payload, *end = text + message->length;
    char shown[1024];

    atomic_fetch_sub(&console->flight->unsent, message->length);
    while (text < end && !console->closing) {
        size_t used = 0;

        while (text < end && used <= sizeof shown - sizeof(struct visible_piece)) {
            struct visible_piece piece;

            text += visible_next(VISIBLE_TEXT, text, (size_t)(end - text), &piece);
            memcpy(shown + used, piece.text, piece.length);
            used += piece.length;
        }
        console->kind->output(console, shown, used);
    }
}

static void take_end(struct console *console, const struct message *message)
{
    console->flight = NULL;
    if (console->closing)
        return;
    console->kind->finished(console, message);
    if (message->request != MONITOR_NOTHING)
        console_finish(console);
}

void console_take(struct console *console, struct message *message)
{
    const struct console_host *host = console->host;

    if (message->kind == MESSAGE_OUTPUT) {
        take_output(console, message);
    } else {
        take_end(console, message);
        if (message->request == MONITOR_SHUTDOWN)
            host->shutdown(host->user, message->exit_code);
        if (console->closing)
            destroy_step(console);
        else
            proceed(console);
    }
    message_destroy(message);
}

void console_tell(struct console *console, const struct message *events)
{
    if (!console->closing && console->unwatch)
        console->kind->events(console, events, events->requester == console);
}
