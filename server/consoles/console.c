/* SPDX-License-Identifier: MIT */
#include "consoles/console.h"

#include <stdlib.h>
#include <string.h>

#include "base/visible.h"
#include "session/worker.h"

enum { ALONE_MS = 1000 };

static void destroy_step(struct console *console)
{
    if (console->flight || console->connection.open_handles > 0 || console->open_handles > 0)
        return;
    console->host->gone(console->host->user, console);
    request_destroy(console->unwatch);
    console->kind->destroy(console);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct console *console = handle->data;

    console->open_handles--;
    destroy_step(console);
}

static void begin_close(struct console *console, bool orderly)
{
    if (console->closing)
        return;
    console->closing = true;
    console_watch(console, false);
    console_cancel(console);
    uv_close((uv_handle_t *)&console->timer, on_handle_closed);
    uv_close((uv_handle_t *)&console->turn, on_handle_closed);
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
            console->host->strangers, LOG_WARN,
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

static void on_next_turn(uv_idle_t *turn)
{
    uv_idle_stop(turn);
    proceed(turn->data);
}

void console_go_on(struct console *console)
{
    uv_idle_start(&console->turn, on_next_turn);
}

bool console_has_had_its_turn(const struct console *console)
{
    return uv_is_active((const uv_handle_t *)&console->turn);
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
    uv_idle_init(host->loop, &console->turn);
    console->timer.data = console->turn.data = console;
    console->open_handles = 2;
    console->connection.portion = CONSOLE_PORTION;
    connection_accept(&console->connection, listener, &events, console, host->strangers);
    connection_name(&console->connection, kind->name, console->who, sizeof console->who);
    kind->begin(console);
}

void console_write(struct console *console, const void *bytes, size_t length)
{
    if (!console->closing && length > 0)
        connection_write(&console->connection, bytes, length);
}

/* --- the worker's side --- */

/* The text may be a program's. */
static void take_output(struct console *console, const char *text, size_t length)
{
    const char *end = text + length;
    char shown[1024];

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

static void on_output(struct request *notice)
{
    const struct command_text *text = (struct command_text *)notice;
    struct console *console = notice->owner;

    atomic_fetch_sub(&console->flight->unsent, text->length);
    take_output(console, text->bytes, text->length);
    request_destroy(notice);
}

static void finish_command(struct console *console, const struct command_request *command)
{
    console->flight = NULL;
    if (console->closing)
        return;
    console->kind->finished(console, command);
    if (command->outcome != MONITOR_NOTHING)
        console_finish(console);
}

static void on_finished(struct request *request)
{
    struct command_request *command = (struct command_request *)request;
    struct console *console = request->owner;
    const struct console_host *host = console->host;

    finish_command(console, command);
    if (command->outcome == MONITOR_SHUTDOWN)
        host->shutdown(host->user, command->exit_code);
    if (console->closing)
        destroy_step(console);
    else
        proceed(console);
    request_destroy(request);
}

void console_run(struct console *console, const char *line)
{
    console->flight =
        command_request_create(console, console->host->log, line, false, on_finished, on_output);
    if (console->flight) {
        console->flight->request.who = console->who;
        worker_post(console->host->worker, &console->flight->request);
    } else
        console_close(console);
}

void console_cancel(struct console *console)
{
    if (console->flight)
        request_cancel(&console->flight->request);
}

static struct request *watch_request(const struct console_host *host,
                                     void (*run)(struct request *, struct session *))
{
    struct request *request = malloc(sizeof *request);

    if (request)
        request_init(request, host->log, NULL, run, request_destroy);
    return request;
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
    struct request *watch = watch_request(host, worker_watch);
    console->unwatch = watch_request(host, worker_unwatch);
    if (!watch || !console->unwatch) {
        request_destroy(watch);
        request_destroy(console->unwatch);
        console->unwatch = NULL;
        return;
    }
    worker_post(host->worker, watch);
}

void console_tell(struct console *console, const struct event_notice *notice)
{
    if (!console->closing && console->unwatch)
        console->kind->event(console, notice, notice->cause == console);
}
