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

struct tcl_console {
    struct console console; /* first */
    char line[LINE_SIZE];
    size_t length;
    bool too_long;
    unsigned alone; /* seconds */
    char *result;   /* of the command that runs; as large as it had to be so far */
    size_t result_length, result_room;
    bool result_lost;
};

static struct tcl_console *tcl_of(struct console *console)
{
    return (struct tcl_console *)console; /* its first member */
}

/* --- results --- */

static void forget_result(struct tcl_console *tcl)
{
    free(tcl->result);
    tcl->result = NULL;
    tcl->result_length = tcl->result_room = 0;
    tcl->result_lost = false;
}

static bool grow(struct tcl_console *tcl, size_t length)
{
    size_t room = tcl->result_room ? tcl->result_room : LINE_SIZE;

    while (room < length)
        room *= 2;
    char *result = room <= TCL_RESULT_MAX ? realloc(tcl->result, room) : NULL;
    if (!result)
        return false;
    tcl->result = result;
    tcl->result_room = room;
    return true;
}

static void append(struct tcl_console *tcl, const char *text, size_t length)
{
    if (length == 0)
        return;
    if (tcl->result_length + length > tcl->result_room && !grow(tcl, tcl->result_length + length)) {
        tcl->result_lost = true;
        return;
    }
    memcpy(tcl->result + tcl->result_length, text, length);
    tcl->result_length += length;
}

static void append_text(struct tcl_console *tcl, const char *text)
{
    append(tcl, text, strlen(text));
}

static void send_result(struct tcl_console *tcl)
{
    static const char end = END;

    if (tcl->result_lost) {
        forget_result(tcl);
        append_text(tcl, "Error: the result is longer than 524288 bytes");
    }
    if (tcl->result_length > 0)
        console_write(&tcl->console, tcl->result, tcl->result_length);
    console_write(&tcl->console, &end, 1);
    forget_result(tcl);
}

static void send_text(struct tcl_console *tcl, const char *text)
{
    append_text(tcl, text);
    send_result(tcl);
}

/* --- commands --- */

static bool is_word(const struct monitor_words *words, int index, const char *word)
{
    return index < words->count && strcmp(words->words[index], word) == 0;
}

/* What concerns this connection and not the target. `at`: the word behind the name. */
static void set_notifications(struct tcl_console *tcl, const struct monitor_words *words, int at)
{
    if (is_word(words, at, "on") || is_word(words, at, "off"))
        console_watch(&tcl->console, is_word(words, at, "on"));
    else if (words->count > at)
        append_text(tcl, "Error: usage: tcl_notifications [on|off]");
    if (tcl->result_length == 0)
        append_text(tcl, tcl->console.unwatch ? "Target Notification output is enabled"
                                              : "Target Notification output is disabled");
    send_result(tcl);
}

static void run(struct tcl_console *tcl)
{
    const char *line = tcl->line, *rest = line;
    struct monitor_words words;
    bool plain = !monitor_split(&rest, &words) && !rest;

    if (plain && is_word(&words, 0, "tcl_notifications"))
        set_notifications(tcl, &words, 1);
    else if (plain && is_word(&words, 0, "tcl") && is_word(&words, 1, "notifications"))
        set_notifications(tcl, &words, 2);
    else if (plain && words.count == 0)
        send_result(tcl);
    else if (plain && words.count == 2 && is_word(&words, 0, "capture"))
        console_run(&tcl->console, words.words[1]);
    else
        console_run(&tcl->console, line);
}

static void take_command(struct tcl_console *tcl)
{
    bool too_long = tcl->too_long;

    tcl->line[tcl->length] = '\0';
    tcl->length = 0;
    tcl->too_long = false;
    if (too_long)
        send_text(tcl, "Error: the command is longer than 4095 bytes and was not run");
    else
        run(tcl);
}

static size_t take_bytes(struct console *console, const char *bytes, size_t length)
{
    struct tcl_console *tcl = tcl_of(console);
    size_t used = 0;

    while (used < length && !console->flight && !console->closing &&
           !console->connection.congested) {
        char byte = bytes[used++];

        if (!console_hears(console, (uint8_t)byte, false, END))
            break;
        if (byte == END)
            take_command(tcl);
        else if (tcl->length < sizeof tcl->line - 1)
            tcl->line[tcl->length++] = byte;
        else
            tcl->too_long = true;
    }
    return used;
}

static bool proceed(struct console *console)
{
    return !console->flight; /* what is left is the connection's */
}

static void take_output(struct console *console, const char *text, size_t length)
{
    append(tcl_of(console), text, length);
}

/* There is nothing in the protocol that could be said in between. */
static void alone(struct console *console)
{
    if (++tcl_of(console)->alone >= ALONE_S)
        console_close(console);
}

static void finished(struct console *console, const struct command_request *command)
{
    struct tcl_console *tcl = tcl_of(console);

    tcl->alone = 0;
    if (command->request.err != ERR_OK)
        append_text(tcl, job_text(&command->request.job, command->request.err));
    else if (command->value && tcl->result_length > 0 &&
             tcl->result[tcl->result_length - 1] == '\n')
        tcl->result_length--;
    send_result(tcl);
}

/* --- notifications: what OpenOCD's events are called --- */

static void notify(struct console *console, const char *text)
{
    char line[80];
    int length = snprintf(line, sizeof line, "type %s\r\n%c", text, END);

    console_write(console, line, (size_t)length);
}

static void take_event(struct console *console, const struct event_notice *notice, bool own)
{
    static const char *const pool[][5] = {
        [EVENT_FOUND] = {"target_event event examine-end"},
        [EVENT_LOST] = {"target_state state unknown"},
        [EVENT_RUNNING] = {"target_event event resume-start", "target_event event resumed",
                           "target_state state running", "target_event event resume-end"},
        [EVENT_HALTED] = {"target_event event gdb-halt", "target_state state halted",
                          "target_event event halted"},
    };
    static const char *const resets[] = {
        [TARGET_RESET_RUN] = "target_reset mode run",
        [TARGET_RESET_HALT] = "target_reset mode halt",
        [TARGET_RESET_INIT] = "target_reset mode init",
    };

    (void)own; /* the result comes behind them */
    if (notice->event == EVENT_RESET) {
        notify(console, resets[notice->reset]);
        return;
    }
    for (size_t i = 0; pool[notice->event][i]; i++)
        notify(console, pool[notice->event][i]);
}

/* --- life --- */

static void begin(struct console *console)
{
    (void)console; /* says nothing first */
}

static void destroy(struct console *console)
{
    struct tcl_console *tcl = tcl_of(console);

    free(tcl->result);
    free(tcl);
}

struct console *tcl_console_create(const struct console_host *host, uv_stream_t *listener)
{
    static const struct console_kind kind = {
        .name = "tcl",
        .begin = begin,
        .bytes = take_bytes,
        .proceed = proceed,
        .output = take_output,
        .alone = alone,
        .finished = finished,
        .event = take_event,
        .destroy = destroy,
    };
    struct tcl_console *tcl = calloc(1, sizeof *tcl);

    if (!tcl)
        return NULL;
    console_open(&tcl->console, &kind, host, listener);
    return &tcl->console;
}
