/* SPDX-License-Identifier: MIT */
#include "desk.h"

#include "gdb/gdb_told.h"

static void append(struct gdb *gdb, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(struct gdb *gdb, const char *format, ...)
{
    size_t used = strlen(gdb->sent);
    va_list args;

    va_start(args, format);
    vsnprintf(gdb->sent + used, sizeof gdb->sent - used, format, args);
    va_end(args);
}

/* gdb_state.send */
static void keep(struct gdb_state *state, const void *payload, size_t length, bool text_of_others)
{
    const char *text = payload;
    struct gdb *gdb = (struct gdb *)state;

    (void)text_of_others;
    append(gdb, text[0] == 'O' ? "[O:" : "[");
    if (text[0] != 'O')
        append(gdb, "%.*s", (int)length, text);
    else
        for (size_t i = 1; i + 1 < length; i += 2) {
            int letter = rsp_hex_digit(text[i]) << 4 | rsp_hex_digit(text[i + 1]);

            assert_in_range(letter, 1, 0xFF); /* a zero would end what is kept */
            append(gdb, "%c", letter);
        }
    append(gdb, "]");
}

/* log.write */
static void keep_line(void *user, enum log_level level, const char *line)
{
    struct desk *desk = user;
    size_t used = strlen(desk->logged);

    (void)level;
    snprintf(desk->logged + used, sizeof desk->logged - used, "%s\n", line);
}

struct gdb *desk_join(struct desk *desk, size_t index)
{
    struct gdb *gdb = &desk->gdb[index];

    gdb->state.send = keep;
    gdb->client = session_client_open(&desk->session, 0, &gdb_told, &gdb->state);
    assert_non_null(gdb->client);
    return gdb;
}

void desk_open(struct desk *desk)
{
    static const struct session_options options;
    static const struct probe_info info;
    struct job job;

    memset(desk, 0, sizeof *desk);
    fake_reset();
    desk->log = (struct log){.level = LOG_WARN, .write = keep_line, .user = desk};
    session_init(&desk->session, &desk->log, &options, &info, NULL);
    job_init(&job, NULL);
    assert_int_equal(session_connect(&desk->session, &job), ERR_OK);
    fake_log();
    desk_join(desk, 0);
}

void desk_close(struct desk *desk)
{
    session_finish(&desk->session);
}

const char *ask_bytes(struct desk *desk, struct gdb *gdb, const void *packet, size_t length)
{
    char *payload = malloc(length + 1);
    struct job job;
    struct buf reply;

    memcpy(payload, packet, length);
    payload[length] = '\0';
    job_init(&job, NULL);
    buf_init(&reply, gdb->reply, RSP_PACKET_SIZE);
    gdb->outcome =
        packet_run(&desk->session, gdb->client, &job, payload, length, &reply, &gdb->actions);
    gdb->left = job.err;
    free(payload);
    assert_false(reply.overflow);
    gdb->reply[reply.length] = '\0';
    gdb->reply_length = reply.length;
    if (gdb->outcome == PACKET_LATER)
        return "LATER";
    return gdb->outcome == PACKET_NO_REPLY ? "NOTHING" : gdb->reply;
}

const char *ask(struct desk *desk, struct gdb *gdb, const char *packet)
{
    return ask_bytes(desk, gdb, packet, strlen(packet));
}

const char *sent(struct gdb *gdb)
{
    static char copy[sizeof gdb->sent];

    memcpy(copy, gdb->sent, sizeof copy);
    gdb->sent[0] = '\0';
    return copy;
}

const char *logged(struct desk *desk)
{
    static char copy[sizeof desk->logged];

    memcpy(copy, desk->logged, sizeof copy);
    desk->logged[0] = '\0';
    return copy;
}

void desk_poll(struct desk *desk)
{
    struct job job;

    job_init(&job, NULL);
    session_poll(&desk->session, &job);
}

void desk_interrupt(struct desk *desk, struct gdb *gdb)
{
    struct job job;

    job_init(&job, NULL);
    packet_interrupt(&desk->session, gdb->client, &job);
}

enum err desk_telnet(struct desk *desk, const char *line)
{
    struct job job;
    struct monitor monitor = {.session = &desk->session, .job = &job};

    job_init(&job, NULL);
    struct job *before = session_enter(&desk->session, &job);
    enum err err = monitor_run(&monitor, line);
    session_leave(&desk->session, before);
    return err;
}
