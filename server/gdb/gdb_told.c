/* SPDX-License-Identifier: MIT */
#include "gdb/gdb_told.h"

#include <stdio.h>

#include "gdb/file_io.h"
#include "gdb/gdb_console.h"
#include "gdb/stop_reply.h"

enum { STOP_REPLY_SIZE = 1024, QUESTION_SIZE = 100 };

static void stopped(struct client *client, const struct session *session)
{
    char memory[STOP_REPLY_SIZE];
    struct buf reply;

    stop_reply_say(client, session);
    buf_init(&reply, memory, sizeof memory);
    stop_reply_write(&reply, session, client);
    gdb_send(client, reply.data, reply.length);
}

static void lost(struct client *client, const struct session *session)
{
    gdb_console_say(client, "lost the target: %s", session->core->why_absent);
    gdb_send(client, "X09", 3); /* no T05: nothing stands anywhere */
}

static void load_cut(struct client *client, const char *why)
{
    struct gdb_state *gdb = gdb_of(client);

    gdb->load = LOAD_CUT;
    snprintf(gdb->load_cut, sizeof gdb->load_cut, "%s", why);
}

/* gdb takes it while it waits for a stop, or for the end of a step. */
static bool ask(struct client *client, const struct semihosting_question *question)
{
    char memory[QUESTION_SIZE];
    struct buf packet;

    if (!client->waiting && !gdb_of(client)->steps)
        return false;
    buf_init(&packet, memory, sizeof memory);
    file_io_write(&packet, question);
    gdb_send(client, packet.data, packet.length);
    return true;
}

const struct client_ops gdb_told = {
    .stopped = stopped,
    .lost = lost,
    .text = gdb_console_text,
    .ask = ask,
    .load_cut = load_cut,
};
