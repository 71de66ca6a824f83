/* SPDX-License-Identifier: MIT */
#include "consoles/tcl.h"

#include <stdlib.h>
#include <string.h>

#include "commands/monitor_words.h"
#include "consoles/line_editor.h"
#include "session/worker.h"

enum {
    END = 0x1A,
    ALONE_S = 30, /* whoever sends no more and got no answer for so long is gone */
};

struct tcl_session {
    struct shell shell; /* first */
    char line[LINE_SIZE];
    size_t length;
    bool too_long;
    unsigned alone; /* seconds */
    char *result;   /* of the command that runs; as large as it had to be so far */
    size_t result_length, result_room;
    bool result_lost;
};

static struct tcl_session *session_of(struct shell *shell)
{
    return (struct tcl_session *)shell; /* its first member */
}

/* --- results --- */

static void forget_result(struct tcl_session *session)
{
    free(session->result);
    session->result = NULL;
    session->result_length = session->result_room = 0;
    session->result_lost = false;
}

static bool grow(struct tcl_session *session, size_t length)
{
    size_t room = session->result_room ? session->result_room : LINE_SIZE;

    while (room < length)
        room *= 2;
    char *result = room <= TCL_RESULT_MAX ? realloc(session->result, room) : NULL;
    if (!result)
        return false;
    session->result = result;
    session->result_room = room;
    return true;
}

static void append(struct tcl_session *session, const char *text, size_t length)
{
    if (length == 0)
        return;
    if (session->result_length + length > session->result_room &&
        !grow(session, session->result_length + length)) {
        session->result_lost = true;
        return;
    }
    memcpy(session->result + session->result_length, text, length);
    session->result_length += length;
}

static void append_text(struct tcl_session *session, const char *text)
{
    append(session, text, strlen(text));
}

static void send_result(struct tcl_session *session)
{
    static const char end = END;

    if (session->result_lost) {
        forget_result(session);
        append_text(session, "Error: the result is longer than 524288 bytes");
    }
    if (session->result_length > 0)
        shell_write(&session->shell, session->result, session->result_length);
    shell_write(&session->shell, &end, 1);
    forget_result(session);
}

static void send_text(struct tcl_session *session, const char *text)
{
    append_text(session, text);
    send_result(session);
}

/* --- commands --- */

static bool is_word(const struct monitor_words *words, int index, const char *word)
{
    return index < words->count && strcmp(words->words[index], word) == 0;
}

/* What concerns this connection and not the target. `at`: the word behind the name. */
static void set_notifications(struct tcl_session *session, const struct monitor_words *words,
                              int at)
{
    if (is_word(words, at, "on") || is_word(words, at, "off"))
        shell_watch(&session->shell, is_word(words, at, "on"));
    else if (words->count > at)
        append_text(session, "Error: usage: tcl_notifications [on|off]");
    if (session->result_length == 0)
        append_text(session, session->shell.unwatch ? "Target Notification output is enabled"
                                                    : "Target Notification output is disabled");
    send_result(session);
}

static void run(struct tcl_session *session)
{
    const char *line = session->line, *rest = line;
    struct monitor_words words;
    bool plain = !monitor_split(&rest, &words) && !rest;

    if (plain && is_word(&words, 0, "tcl_notifications"))
        set_notifications(session, &words, 1);
    else if (plain && is_word(&words, 0, "tcl") && is_word(&words, 1, "notifications"))
        set_notifications(session, &words, 2);
    else if (plain && words.count == 0)
        send_result(session);
    else if (plain && words.count == 2 && is_word(&words, 0, "capture"))
        shell_run(&session->shell, words.words[1]);
    else
        shell_run(&session->shell, line);
}

static void take_command(struct tcl_session *session)
{
    bool too_long = session->too_long;

    session->line[session->length] = '\0';
    session->length = 0;
    session->too_long = false;
    if (too_long)
        send_text(session, "Error: the command is longer than 4095 bytes and was not run");
    else
        run(session);
}

static size_t take_bytes(struct shell *shell, const char *bytes, size_t length)
{
    struct tcl_session *session = session_of(shell);
    size_t used = 0;

    while (used < length && !shell->flight && !shell->closing && !shell->connection.congested) {
        char byte = bytes[used++];

        if (!shell_hears(shell, (uint8_t)byte, false, END))
            break;
        if (byte == END)
            take_command(session);
        else if (session->length < sizeof session->line - 1)
            session->line[session->length++] = byte;
        else
            session->too_long = true;
    }
    return used;
}

static bool proceed(struct shell *shell)
{
    return !shell->flight; /* what is left is the connection's */
}

static void take_output(struct shell *shell, const char *text, size_t length)
{
    append(session_of(shell), text, length);
}

/* There is nothing in the protocol that could be said in between. */
static void alone(struct shell *shell)
{
    if (++session_of(shell)->alone >= ALONE_S)
        shell_close(shell);
}

static void finished(struct shell *shell, const struct message *message)
{
    struct tcl_session *session = session_of(shell);

    session->alone = 0;
    if (message->error != ERR_OK)
        append_text(session, job_text(&message->job, message->error));
    else if (message->value && session->result_length > 0 &&
             session->result[session->result_length - 1] == '\n')
        session->result_length--;
    send_result(session);
}

/* --- notifications: what OpenOCD's events are called --- */

static void notify(struct shell *shell, const char *text)
{
    char line[80];
    int length = snprintf(line, sizeof line, "type %s\r\n%c", text, END);

    shell_write(shell, line, (size_t)length);
}

static void take_news(struct shell *shell, const struct message *message, bool own)
{
    static const char *const texts[][5] = {
        [NEWS_FOUND] = {"target_event event examine-end"},
        [NEWS_LOST] = {"target_state state unknown"},
        [NEWS_RUNNING] = {"target_event event resume-start", "target_event event resumed",
                          "target_state state running", "target_event event resume-end"},
        [NEWS_HALTED] = {"target_event event gdb-halt", "target_state state halted",
                         "target_event event halted"},
    };
    static const char *const resets[] = {
        [TARGET_RESET_RUN] = "target_reset mode run",
        [TARGET_RESET_HALT] = "target_reset mode halt",
        [TARGET_RESET_INIT] = "target_reset mode init",
    };

    (void)own; /* the result comes behind them */
    if (message->news == NEWS_RESET) {
        notify(shell, resets[message->reset]);
        return;
    }
    for (size_t i = 0; texts[message->news][i]; i++)
        notify(shell, texts[message->news][i]);
}

/* --- life --- */

static void begin(struct shell *shell)
{
    (void)shell; /* says nothing first */
}

static void destroy(struct shell *shell)
{
    struct tcl_session *session = session_of(shell);

    free(session->result);
    free(session);
}

struct shell *tcl_session_create(const struct shell_host *host, uv_stream_t *listener)
{
    static const struct shell_kind kind = {
        .name = "tcl",
        .begin = begin,
        .bytes = take_bytes,
        .proceed = proceed,
        .output = take_output,
        .alone = alone,
        .finished = finished,
        .news = take_news,
        .destroy = destroy,
    };
    struct tcl_session *session = calloc(1, sizeof *session);

    if (!session)
        return NULL;
    shell_open(&session->shell, &kind, host, listener);
    return &session->shell;
}
