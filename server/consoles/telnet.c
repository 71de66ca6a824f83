/* SPDX-License-Identifier: MIT */
#include "consoles/telnet.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libtelnet.h>

#include "consoles/completion.h"
#include "consoles/line_editor.h"
#include "session/worker.h"

enum {
    AHEAD = 4096,      /* bytes typed while a command runs */
    QUIET_LIMIT = 256, /* bytes of one telnet command; what we ask for needs nine */
    CHUNK = 512,
    CTRL_C = 3,
    CTRL_U = 21,
    RUBOUT = 127,
};

struct telnet_session {
    struct shell shell; /* first */
    telnet_t *telnet;
    struct line_editor editor;
    char ahead[AHEAD]; /* not yet given to the editor; a ring */
    size_t ahead_first, ahead_length;
    unsigned quiet;    /* bytes since libtelnet last had something to say */
    bool prompting;    /* prompt and line are on the terminal, no command runs */
    bool in_line;      /* a command's text did not end its line yet */
    bool after_return; /* it ended in '\r' */
};

static struct telnet_session *session_of(struct shell *shell)
{
    return (struct telnet_session *)shell; /* its first member */
}

/* --- what is written --- */

static void write_bytes(struct telnet_session *session, const struct buf *out)
{
    if (out->length > 0)
        telnet_send(session->telnet, (const char *)out->data, out->length);
}

static void write_text(struct telnet_session *session, const char *text, size_t length)
{
    char memory[2 * CHUNK];
    struct buf out;

    while (length > 0) {
        size_t part = length < CHUNK ? length : CHUNK;

        buf_init(&out, memory, sizeof memory);
        for (size_t i = 0; i < part; i++) {
            if (text[i] == '\n' && !session->after_return)
                buf_byte(&out, '\r');
            session->after_return = text[i] == '\r';
            buf_byte(&out, (uint8_t)text[i]);
        }
        session->in_line = text[part - 1] != '\n';
        write_bytes(session, &out);
        text += part;
        length -= part;
    }
}

static void write_line(struct telnet_session *session, const char *text)
{
    write_text(session, text, strlen(text));
    write_text(session, "\n", 1);
}

static void end_line(struct telnet_session *session)
{
    if (session->in_line)
        write_text(session, "\n", 1);
}

typedef void editor_view(const struct line_editor *editor, struct buf *out);

static void view(struct telnet_session *session, editor_view *how)
{
    char memory[LINE_OUTPUT];
    struct buf out;

    buf_init(&out, memory, sizeof memory);
    how(&session->editor, &out);
    write_bytes(session, &out);
    session->in_line = false;
}

static void prompt(struct telnet_session *session)
{
    session->prompting = true;
    view(session, line_editor_show);
}

/* Lines that have nothing to do with the one being typed. */
static void interject(struct telnet_session *session, const char *text, size_t length)
{
    if (session->prompting)
        view(session, line_editor_hide);
    else
        end_line(session);
    write_text(session, text, length);
    end_line(session);
    if (session->prompting)
        view(session, line_editor_show);
}

/* --- what is typed --- */

static void complete(struct telnet_session *session)
{
    struct line_editor *editor = &session->editor;
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
        write_bytes(session, &out);
        buf_clear(&out);
        line_editor_show(editor, &out);
    }
    write_bytes(session, &out);
}

static void take_line(struct telnet_session *session, bool too_long)
{
    char line[LINE_SIZE];

    session->prompting = false;
    session->in_line = false;
    memcpy(line, session->editor.line, session->editor.length + 1);
    line_editor_next(&session->editor);
    if (too_long) {
        write_line(session, "Error: the line is longer than 4095 characters and was not run");
        prompt(session);
    } else if (line[strspn(line, " ")] == '\0') {
        prompt(session);
    } else {
        shell_run(&session->shell, line);
    }
}

static void take_byte(struct telnet_session *session, uint8_t byte)
{
    char memory[LINE_OUTPUT];
    struct buf out;

    buf_init(&out, memory, sizeof memory);
    enum line_event event = line_editor_byte(&session->editor, byte, &out);
    write_bytes(session, &out);
    switch (event) {
    case LINE_READY:
    case LINE_TOO_LONG:
        take_line(session, event == LINE_TOO_LONG);
        break;
    case LINE_COMPLETE:
        complete(session);
        break;
    case LINE_INTERRUPT:
        prompt(session);
        break;
    case LINE_END:
        shell_finish(&session->shell);
        break;
    case LINE_NOTHING:
        break;
    }
}

/* There is room for it. */
static void put_ahead(struct telnet_session *session, char byte)
{
    session->ahead[(session->ahead_first + session->ahead_length++) % AHEAD] = byte;
}

static uint8_t take_ahead(struct telnet_session *session)
{
    char byte = session->ahead[session->ahead_first];

    session->ahead_first = (session->ahead_first + 1) % AHEAD;
    session->ahead_length--;
    return (uint8_t)byte;
}

static bool proceed(struct shell *shell)
{
    struct telnet_session *session = session_of(shell);

    /* A person who left has no use for the rest. A script that wrote all it had to say has. */
    if (shell->ended && session->editor.editing) {
        shell_close(shell);
        return true;
    }
    while (session->ahead_length > 0 && !shell->flight && !shell->closing &&
           !shell->connection.congested)
        take_byte(session, take_ahead(session));
    return session->ahead_length == 0;
}

/* Ctrl-C belongs to the command that runs; what was typed behind that is forgotten. Lines before it
 * have their turn first. */
static void interrupt(struct telnet_session *session)
{
    proceed(&session->shell);
    if (session->shell.flight) {
        session->ahead_length = 0;
        shell_cancel(&session->shell);
    } else if (session->ahead_length < AHEAD) {
        put_ahead(session, CTRL_C);
    }
}

/* --- telnet --- */

static void take_key(struct telnet_session *session, char key)
{
    if (key == CTRL_C)
        interrupt(session);
    else if (session->ahead_length < AHEAD) /* always: bytes() feeds one at a time */
        put_ahead(session, key);
}

static void take_data(struct telnet_session *session, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!shell_hears(&session->shell, (uint8_t)bytes[i], session->editor.editing, '\n'))
            return;
        take_key(session, bytes[i]);
    }
}

static void take_command(struct telnet_session *session, unsigned char command)
{
    switch (command) {
    case TELNET_IP:
    case TELNET_BREAK:
    case TELNET_ABORT:
        interrupt(session);
        break;
    case TELNET_AYT:
        proceed(&session->shell); /* what was typed before it */
        interject(session, "yes\n", 4);
        break;
    case TELNET_EC:
        take_key(session, RUBOUT);
        break;
    case TELNET_EL:
        take_key(session, CTRL_U);
        break;
    default:
        break;
    }
}

/* NAWS, RFC 1073. */
static void take_option(struct telnet_session *session, const struct subnegotiate_t *option)
{
    const unsigned char *bytes = (const unsigned char *)option->buffer;

    if (option->telopt != TELNET_TELOPT_NAWS || option->size != 4)
        return;
    unsigned width = (unsigned)(bytes[0] << 8 | bytes[1]);
    line_editor_resize(&session->editor, width ? width : 80);
}

static void on_telnet(telnet_t *telnet, telnet_event_t *event, void *user)
{
    struct telnet_session *session = user;

    (void)telnet;
    session->quiet = 0;
    switch (event->type) {
    case TELNET_EV_DATA:
        take_data(session, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_SEND:
        shell_write(&session->shell, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_IAC:
        take_command(session, event->iac.cmd);
        break;
    case TELNET_EV_DO:
    case TELNET_EV_DONT:
        if (event->neg.telopt == TELNET_TELOPT_ECHO)
            session->editor.editing = event->type == TELNET_EV_DO;
        break;
    case TELNET_EV_SUBNEGOTIATION:
        take_option(session, &event->sub);
        break;
    case TELNET_EV_COMPRESS: /* libtelnet obeys, asked or not */
    case TELNET_EV_ERROR:
        log_line(session->shell.host->log, LOG_WARN,
                 "a telnet client breaks the protocol: closing it");
        shell_close(&session->shell);
        break;
    default:
        break;
    }
}

/* One by one, so that libtelnet never holds more than there is room for here. */
static size_t take_bytes(struct shell *shell, const char *bytes, size_t length)
{
    struct telnet_session *session = session_of(shell);
    size_t used = 0;

    while (used < length && !shell->closing && !shell->connection.congested) {
        if (session->ahead_length == AHEAD) {
            proceed(shell);
            if (session->ahead_length == AHEAD)
                break;
        }
        telnet_recv(session->telnet, bytes + used++, 1);
        if (++session->quiet > QUIET_LIMIT) {
            log_line(shell->host->log, LOG_WARN,
                     "a telnet client sends an option without end: closing it");
            shell_close(shell);
        }
    }
    if (!shell->closing)
        proceed(shell);
    return used;
}

/* --- commands and news --- */

static void take_output(struct shell *shell, const char *text, size_t length)
{
    write_text(session_of(shell), text, length);
}

/* To whoever is there it means nothing. */
static void alone(struct shell *shell)
{
    telnet_iac(session_of(shell)->telnet, TELNET_NOP);
}

static void finished(struct shell *shell, const struct message *message)
{
    struct telnet_session *session = session_of(shell);

    end_line(session);
    if (message->error != ERR_OK) {
        write_text(session, "Error: ", 7);
        write_line(session, job_text(&message->job, message->error));
    }
    if (message->wish == MONITOR_NOTHING)
        prompt(session);
}

/* Who asked for it knows it. */
static void take_news(struct shell *shell, const struct message *message, bool own)
{
    if (!own)
        interject(session_of(shell), message->payload, message->length);
}

/* --- life --- */

static void begin(struct shell *shell)
{
    struct telnet_session *session = session_of(shell);
    uv_os_fd_t handle;
    int on = 1;

    /* The mark behind an interrupt is sent urgent: without this the byte would be missing. */
    if (uv_fileno(&shell->connection.socket.handle, &handle) == 0)
        (void)setsockopt(handle, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
    telnet_negotiate(session->telnet, TELNET_WILL, TELNET_TELOPT_SGA);
    telnet_negotiate(session->telnet, TELNET_WILL, TELNET_TELOPT_ECHO);
    telnet_negotiate(session->telnet, TELNET_DO, TELNET_TELOPT_SGA);
    telnet_negotiate(session->telnet, TELNET_DO, TELNET_TELOPT_NAWS);
    write_line(session, "probed: help lists the commands, exit leaves");
    prompt(session);
    shell_watch(shell, true);
}

static void destroy(struct shell *shell)
{
    struct telnet_session *session = session_of(shell);

    telnet_free(session->telnet);
    free(session);
}

struct shell *telnet_session_create(const struct shell_host *host, uv_stream_t *listener)
{
    static const telnet_telopt_t options[] = {
        {TELNET_TELOPT_ECHO, TELNET_WILL, TELNET_DONT},
        {TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO},
        {TELNET_TELOPT_NAWS, TELNET_WONT, TELNET_DO},
        {-1, 0, 0},
    };
    static const struct shell_kind kind = {
        .name = "telnet",
        .begin = begin,
        .bytes = take_bytes,
        .proceed = proceed,
        .output = take_output,
        .alone = alone,
        .finished = finished,
        .news = take_news,
        .destroy = destroy,
    };
    struct telnet_session *session = calloc(1, sizeof *session);

    if (!session)
        return NULL;
    session->telnet = telnet_init(options, on_telnet, 0, session);
    if (!session->telnet) {
        free(session);
        return NULL;
    }
    line_editor_init(&session->editor);
    shell_open(&session->shell, &kind, host, listener);
    return &session->shell;
}
