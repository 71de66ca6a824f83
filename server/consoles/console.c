/* SPDX-License-Identifier: MIT */
#include "consoles/console.h"

#include <string.h>

#include "base/visible.h"
#include "session/worker.h"

enum { ALONE_MS = 1000 };

static void destroy_step(struct shell *shell)
{
    if (shell->flight || shell->connection.open_handles > 0 || !shell->timer_closed)
        return;
    shell->host->gone(shell->host->user, shell);
    message_destroy(shell->unwatch);
    shell->kind->destroy(shell);
}

static void on_timer_closed(uv_handle_t *timer)
{
    struct shell *shell = timer->data;

    shell->timer_closed = true;
    destroy_step(shell);
}

static void begin_close(struct shell *shell, bool orderly)
{
    if (shell->closing)
        return;
    shell->closing = true;
    shell_watch(shell, false);
    shell_cancel(shell);
    uv_close((uv_handle_t *)&shell->timer, on_timer_closed);
    if (orderly)
        connection_finish(&shell->connection);
    else
        connection_close(&shell->connection);
}

void shell_finish(struct shell *shell)
{
    begin_close(shell, true);
}

void shell_close(struct shell *shell)
{
    begin_close(shell, false);
}

/* --- the client's side --- */

static size_t on_bytes(void *user, const char *bytes, size_t length)
{
    struct shell *shell = user;
    size_t used = shell->closing ? length : shell->kind->bytes(shell, bytes, length);

    return shell->closing ? length : used;
}

bool shell_hears(struct shell *shell, uint8_t byte, bool keys, uint8_t end)
{
    first_line_byte(&shell->first_line, byte, keys, end);
    if (!shell->first_line.foreign)
        return true;
    if (!shell->closing)
        log_line(
            shell->host->log, LOG_WARN,
            "a client of the %s port speaks HTTP or another protocol, as a web page would make "
            "a browser do (its first line %s): closing it, nothing was run",
            shell->kind->name, shell->first_line.foreign);
    shell_close(shell);
    return false;
}

/* A client that sends no more still gets its answers, then the connection ends. */
static void proceed(struct shell *shell)
{
    bool idle = !shell->closing && shell->kind->proceed(shell);

    if (!shell->closing)
        connection_resume(&shell->connection);
    if (shell->ended && idle && !shell->flight && shell->connection.held == 0)
        shell_finish(shell);
}

/* Whether it only sends no more or is gone cannot be told apart: somebody has to write to it. */
static void on_timer(uv_timer_t *timer)
{
    struct shell *shell = timer->data;

    if (shell->flight)
        shell->kind->alone(shell);
}

static void on_ended(void *user, bool broken)
{
    struct shell *shell = user;

    shell->ended = true;
    if (shell->closing)
        return;
    if (broken) {
        shell_close(shell);
        return;
    }
    uv_timer_start(&shell->timer, on_timer, ALONE_MS, ALONE_MS);
    proceed(shell);
}

static void on_drained(void *user)
{
    proceed(user);
}

static void on_closed(void *user)
{
    struct shell *shell = user;

    begin_close(shell, false); /* if it was not asked for */
    destroy_step(shell);
}

void shell_open(struct shell *shell, const struct shell_kind *kind, const struct shell_host *host,
                uv_stream_t *listener)
{
    static const struct connection_events events = {
        .bytes = on_bytes,
        .ended = on_ended,
        .drained = on_drained,
        .closed = on_closed,
    };

    shell->kind = kind;
    shell->host = host;
    uv_timer_init(host->loop, &shell->timer);
    shell->timer.data = shell;
    connection_accept(&shell->connection, listener, &events, shell, host->log);
    kind->begin(shell);
}

void shell_write(struct shell *shell, const void *bytes, size_t length)
{
    if (!shell->closing && length > 0)
        connection_write(&shell->connection, bytes, length);
}

/* --- the worker's side --- */

void shell_run(struct shell *shell, const char *line)
{
    shell->flight = message_create(MESSAGE_COMMAND, shell, shell->host->log, line, strlen(line));
    if (shell->flight)
        worker_post(shell->host->worker, shell->flight);
    else
        shell_close(shell);
}

void shell_cancel(struct shell *shell)
{
    if (shell->flight)
        atomic_store(&shell->flight->job.cancelled, true);
}

void shell_watch(struct shell *shell, bool on)
{
    const struct shell_host *host = shell->host;

    if (on == (shell->unwatch != NULL))
        return;
    if (!on) {
        worker_post(host->worker, shell->unwatch);
        shell->unwatch = NULL;
        return;
    }
    struct message *watch = message_create(MESSAGE_WATCH, NULL, host->log, NULL, 0);
    shell->unwatch = message_create(MESSAGE_WATCH, NULL, host->log, NULL, 0);
    if (!watch || !shell->unwatch) {
        message_destroy(watch);
        message_destroy(shell->unwatch);
        shell->unwatch = NULL;
        return;
    }
    watch->watchers = 1;
    shell->unwatch->watchers = -1;
    worker_post(host->worker, watch);
}

/* The text may be a program's. */
static void take_output(struct shell *shell, const struct message *message)
{
    const char *text = message->payload, *end = text + message->length;
    char shown[1024];

    atomic_fetch_sub(&shell->flight->unsent, message->length);
    while (text < end && !shell->closing) {
        size_t used = 0;

        while (text < end && used <= sizeof shown - sizeof(struct visible_piece)) {
            struct visible_piece piece;

            text += visible_next(VISIBLE_TEXT, text, (size_t)(end - text), &piece);
            memcpy(shown + used, piece.text, piece.length);
            used += piece.length;
        }
        shell->kind->output(shell, shown, used);
    }
}

static void take_end(struct shell *shell, const struct message *message)
{
    shell->flight = NULL;
    if (shell->closing)
        return;
    shell->kind->finished(shell, message);
    if (message->wish != MONITOR_NOTHING)
        shell_finish(shell);
}

void shell_take(struct shell *shell, struct message *message)
{
    const struct shell_host *host = shell->host;

    if (message->kind == MESSAGE_OUTPUT) {
        take_output(shell, message);
    } else {
        take_end(shell, message);
        if (message->wish == MONITOR_SHUTDOWN)
            host->shutdown(host->user, message->exit_code);
        if (shell->closing)
            destroy_step(shell);
        else
            proceed(shell);
    }
    message_destroy(message);
}

void shell_tell(struct shell *shell, const struct message *news)
{
    if (!shell->closing && shell->unwatch)
        shell->kind->news(shell, news, news->session == shell);
}
