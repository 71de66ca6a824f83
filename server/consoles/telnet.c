/* SPDX-License-Identifier: MIT */
#include "consoles/telnet.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libtelnet.h>

#include "base/wrapped.h"
#include "consoles/completion.h"
#include "consoles/line_editor.h"
#include "consoles/type_ahead.h"
#include "session/worker.h"

enum {
    QUIET_LIMIT = 256, /* bytes of one telnet command; what we ask for needs nine */
    CHUNK = 512,
    CTRL_C = 3,
    CTRL_U = 21,
    RUBOUT = 127,
};

struct telnet_console {
    struct console console; /* first */
    telnet_t *protocol;
    struct line_editor editor;
    struct type_ahead ahead; /* not yet given to the editor */
    unsigned quiet;          /* bytes since libtelnet last had something to say */
    bool prompting;          /* prompt and line are on the terminal, no command runs */
    bool in_line;            /* a command's text did not end its line yet */
    bool after_return;       /* it ended in '\r' */
};

static struct telnet_console *telnet_of(struct console *console)
{
    return (struct telnet_console *)console; /* its first member */
}

/* --- what is written --- */

static void write_bytes(struct telnet_console *telnet, const struct buf *out)
{
    if (out->length > 0)
        telnet_send(telnet->protocol, (const char *)out->data, out->length);
}

static void write_text(struct telnet_console *telnet, const char *text, size_t length)
{
    char memory[2 * CHUNK];
    struct buf out;

    while (length > 0) {
        size_t part = length < CHUNK ? length : CHUNK;

        buf_init(&out, memory, sizeof memory);
        for (size_t i = 0; i < part; i++) {
            if (text[i] == '\n' && !telnet->after_return)
                buf_byte(&out, '\r');
            telnet->after_return = text[i] == '\r';
            buf_byte(&out, (uint8_t)text[i]);
        }
        telnet->in_line = text[part - 1] != '\n';
        write_bytes(telnet, &out);
        text += part;
        length -= part;
    }
}

static void write_line(struct telnet_console *telnet, const char *text)
{
    write_text(telnet, text, strlen(text));
    write_text(telnet, "\n", 1);
}

static void write_error(struct telnet_console *telnet, const char *why)
{
    static const char mark[] = "Error: ";
    char lines[JOB_TEXT];

    wrapped_copy(why, (int)strlen(mark), lines, sizeof lines);
    write_text(telnet, mark, strlen(mark));
    write_line(telnet, lines);
}

static void end_line(struct telnet_console *telnet)
{
    if (telnet->in_line)
        write_text(telnet, "\n", 1);
}

typedef void editor_view(const struct line_editor *editor, struct buf *out);

static void view(struct telnet_console *telnet, editor_view *how)
{
    char memory[LINE_OUTPUT];
    struct buf out;

    buf_init(&out, memory, sizeof memory);
    how(&telnet->editor, &out);
    write_bytes(telnet, &out);
    telnet->in_line = false;
}

static void prompt(struct telnet_console *telnet)
{
    telnet->prompting = true;
    view(telnet, line_editor_show);
}

/* Lines that have nothing to do with the one being typed. */
static void interject(struct telnet_console *telnet, const char *text, size_t length)
{
    if (telnet->prompting)
        view(telnet, line_editor_hide);
    else
        end_line(telnet);
    write_text(telnet, text, length);
    end_line(telnet);
    if (telnet->prompting)
        view(telnet, line_editor_show);
}

/* --- what is typed --- */

static void complete(struct telnet_console *telnet)
{
    struct line_editor *editor = &telnet->editor;
    char memory[COMPLETION_OUTPUT];
    struct completion found;
    struct buf out;

    buf_init(&out, memory, sizeof memory);
    completion_find(&found, editor->line, editor->cursor, monitor_commands, monitor_command_count);
    size_t common = completion_common(&found);
    if (common > found.typed)
        line_editor_insert(editor, found.words[0].text + found.typed, common - found.typed, &out);
    if (found.count == 1)
        line_editor_insert(editor, " ", 1, &out);
    else if (found.count == 0)
        buf_byte(&out, '\a');
    else if (common == found.typed) {
        buf_text(&out, "\r\n");
        completion_list(&found, editor->width, &out);
        write_bytes(telnet, &out);
        buf_clear(&out);
        line_editor_show(editor, &out);
    }
    write_bytes(telnet, &out);
}

static void take_line(struct telnet_console *telnet, bool too_long)
{
    char line[LINE_SIZE];

    telnet->prompting = false;
    telnet->in_line = false;
    memcpy(line, telnet->editor.line, telnet->editor.length + 1);
    line_editor_next(&telnet->editor);
    if (too_long) {
        write_line(telnet, "Error: the line is longer than 4095 characters and was not run");
        prompt(telnet);
    } else if (line[strspn(line, " ")] == '\0') {
        prompt(telnet);
    } else {
        console_run(&telnet->console, line);
    }
}

static void take_byte(struct telnet_console *telnet, uint8_t byte)
{
    char memory[LINE_OUTPUT];
    struct buf out;

    buf_init(&out, memory, sizeof memory);
    enum line_event event = line_editor_byte(&telnet->editor, byte, &out);
    write_bytes(telnet, &out);
    switch (event) {
    case LINE_READY:
    case LINE_TOO_LONG:
        take_line(telnet, event == LINE_TOO_LONG);
        break;
    case LINE_COMPLETE:
        complete(telnet);
        break;
    case LINE_INTERRUPT:
        prompt(telnet);
        break;
    case LINE_END:
        console_finish(&telnet->console);
        break;
    case LINE_NOTHING:
        break;
    }
}

static bool may_take(const struct telnet_console *telnet)
{
    const struct console *console = &telnet->console;

    return telnet->ahead.length > 0 && !console->flight && !console->closing &&
           !console->connection.congested;
}

static bool proceed(struct console *console)
{
    struct telnet_console *telnet = telnet_of(console);

    /* A person who left has no use for the rest. A script that wrote all it had to say has. */
    if (console->ended && telnet->editor.editing) {
        console_close(console);
        return true;
    }
    if (console_has_had_its_turn(console))
        return false;
    for (unsigned keys = 0; keys < CONSOLE_PORTION && may_take(telnet); keys++)
        take_byte(telnet, type_ahead_take(&telnet->ahead));
    if (may_take(telnet))
        console_go_on(console);
    /* One that came while there was more to take than a turn of the loop has time for. */
    if (console->flight && type_ahead_forget_through(&telnet->ahead, CTRL_C))
        console_cancel(console);
    return telnet->ahead.length == 0;
}

/* Ctrl-C belongs to the command that runs; what was typed between the two is forgotten. Lines
 * before that have their turn first. */
static void interrupt(struct telnet_console *telnet)
{
    proceed(&telnet->console);
    if (telnet->console.flight) {
        telnet->ahead.length = 0;
        console_cancel(&telnet->console);
    } else if (!type_ahead_is_full(&telnet->ahead)) {
        type_ahead_put(&telnet->ahead, CTRL_C);
    }
}

/* --- telnet --- */

static void take_key(struct telnet_console *telnet, char key)
{
    if (key == CTRL_C)
        interrupt(telnet);
    else if (!type_ahead_is_full(&telnet->ahead)) /* always: bytes() feeds one at a time */
        type_ahead_put(&telnet->ahead, key);
}

static void take_data(struct telnet_console *telnet, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!console_hears(&telnet->console, (uint8_t)bytes[i], telnet->editor.editing, '\n'))
            return;
        take_key(telnet, bytes[i]);
    }
}

static void take_command(struct telnet_console *telnet, unsigned char command)
{
    switch (command) {
    case TELNET_IP:
    case TELNET_BREAK:
    case TELNET_ABORT:
        interrupt(telnet);
        break;
    case TELNET_AYT:
        proceed(&telnet->console); /* what was typed before it */
        interject(telnet, "yes\n", 4);
        break;
    case TELNET_EC:
        take_key(telnet, RUBOUT);
        break;
    case TELNET_EL:
        take_key(telnet, CTRL_U);
        break;
    default:
        break;
    }
}

/* NAWS, RFC 1073. */
static void take_option(struct telnet_console *telnet, const struct subnegotiate_t *option)
{
    const unsigned char *bytes = (const unsigned char *)option->buffer;

    if (option->telopt != TELNET_TELOPT_NAWS || option->size != 4)
        return;
    unsigned width = (unsigned)(bytes[0] << 8 | bytes[1]);
    line_editor_resize(&telnet->editor, width ? width : 80);
}

static void on_telnet(telnet_t *protocol, telnet_event_t *event, void *user)
{
    struct telnet_console *telnet = user;

    (void)protocol;
    telnet->quiet = 0;
    switch (event->type) {
    case TELNET_EV_DATA:
        take_data(telnet, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_SEND:
        console_write(&telnet->console, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_IAC:
        take_command(telnet, event->iac.cmd);
        break;
    case TELNET_EV_DO:
    case TELNET_EV_DONT:
        if (event->neg.telopt == TELNET_TELOPT_ECHO)
            telnet->editor.editing = event->type == TELNET_EV_DO;
        break;
    case TELNET_EV_SUBNEGOTIATION:
        take_option(telnet, &event->sub);
        break;
    case TELNET_EV_COMPRESS: /* libtelnet obeys, asked or not */
    case TELNET_EV_ERROR:
        log_line(telnet->console.host->strangers, LOG_WARN,
                 "a telnet client breaks the protocol: closing it");
        console_close(&telnet->console);
        break;
    default:
        break;
    }
}

/* One by one, so that libtelnet never holds more than there is room for here. */
static size_t take_bytes(struct console *console, const char *bytes, size_t length)
{
    struct telnet_console *telnet = telnet_of(console);
    size_t used = 0;

    while (used < length && !console->closing && !console->connection.congested) {
        if (type_ahead_is_full(&telnet->ahead))
            proceed(console);
        if (type_ahead_is_full(&telnet->ahead))
            break;
        telnet_recv(telnet->protocol, bytes + used++, 1);
        if (++telnet->quiet > QUIET_LIMIT) {
            log_line(console->host->strangers, LOG_WARN,
                     "a telnet client sends an option without end: closing it");
            console_close(console);
        }
    }
    if (!console->closing)
        proceed(console);
    return used;
}

/* --- commands and events --- */

static void take_output(struct console *console, const char *text, size_t length)
{
    write_text(telnet_of(console), text, length);
}

/* To whoever is there it means nothing. */
static void alone(struct console *console)
{
    telnet_iac(telnet_of(console)->protocol, TELNET_NOP);
}

static void finished(struct console *console, const struct command_request *command)
{
    struct telnet_console *telnet = telnet_of(console);

    end_line(telnet);
    if (command->request.err != ERR_OK)
        write_error(telnet, job_text(&command->request.job, command->request.err));
    if (command->outcome == MONITOR_NOTHING)
        prompt(telnet);
}

/* Who does not read is no worse than that for what the program says. */
static void take_line_of_program(struct console *console, const struct event_notice *notice)
{
    if (console->connection.congested)
        return;
    console->connection.patient = true;
    interject(telnet_of(console), notice->text, notice->length);
    console->connection.patient = false;
}

/* Who asked for it knows it. */
static void take_event(struct console *console, const struct event_notice *notice, bool own)
{
    if (notice->event == EVENT_SAID)
        take_line_of_program(console, notice);
    else if (!own)
        interject(telnet_of(console), notice->text, notice->length);
}

/* --- life --- */

static void begin(struct console *console)
{
    struct telnet_console *telnet = telnet_of(console);
    uv_os_fd_t handle;
    int on = 1;

    /* The mark behind an interrupt is sent urgent: without this the byte would be missing. */
    if (uv_fileno(&console->connection.socket.handle, &handle) == 0)
        (void)setsockopt(handle, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
    telnet_negotiate(telnet->protocol, TELNET_WILL, TELNET_TELOPT_SGA);
    telnet_negotiate(telnet->protocol, TELNET_WILL, TELNET_TELOPT_ECHO);
    telnet_negotiate(telnet->protocol, TELNET_DO, TELNET_TELOPT_SGA);
    telnet_negotiate(telnet->protocol, TELNET_DO, TELNET_TELOPT_NAWS);
    write_line(telnet, "probed: help lists the commands, exit leaves");
    prompt(telnet);
    console_watch(console, true);
}

static void destroy(struct console *console)
{
    telnet_free(telnet_of(console)->protocol);
    free(console); /* its first member */
}

struct console *telnet_console_create(const struct console_host *host, uv_stream_t *listener)
{
    static const telnet_telopt_t options[] = {
        {TELNET_TELOPT_ECHO, TELNET_WILL, TELNET_DONT},
        {TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO},
        {TELNET_TELOPT_NAWS, TELNET_WONT, TELNET_DO},
        {-1, 0, 0},
    };
    static const struct console_kind kind = {
        .name = "telnet",
        .begin = begin,
        .bytes = take_bytes,
        .proceed = proceed,
        .output = take_output,
        .alone = alone,
        .finished = finished,
        .event = take_event,
        .destroy = destroy,
    };
    struct telnet_console *telnet = calloc(1, sizeof *telnet);

    if (!telnet)
        return NULL;
    telnet->protocol = telnet_init(options, on_telnet, 0, telnet);
    if (!telnet->protocol) {
        free(telnet);
        return NULL;
    }
    line_editor_init(&telnet->editor);
    console_open(&telnet->console, &kind, host, listener);
    return &telnet->console;
}
