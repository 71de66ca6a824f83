/* SPDX-License-Identifier: MIT */
/* 0x03: whom it stops, and what becomes of one that finds nothing to stop.
 *
 * gdb sends it at any time between its resume and the last of the stops that it looks at and passes
 * by (a false condition, a line that is not over): it counts on the next resume to stop at once, as
 * gdbserver's does. So one that no stop has answered is kept, for a client that may expect it. */
#include <string.h>

#include "gdb/gdb_client_internal.h"

/* A person at gdb's prompt meant the stop that is shown, not what is typed next. */
enum { KEPT_MS = 2000 };

/* Questions and commands behind which the core stands anew. */
static const char *const forgetful[] = {"?", "D", "k", "R", "vAttach", "vRun", "vKill"};

/* Quick by gdb's patience, but not on a slow wire. */
static const char *const slow_questions[] = {"qCRC:", "qSearch:"};

/* lldb interrupts when it wants to say something, and knows that this may cross a stop. */
static const char *const lldb_only[] = {"QThreadSuffixSupported", "QListThreadsInStopReply"};

static bool is_one_of(const struct message *message, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(message->payload, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(message, names) is_one_of(message, names, sizeof(names) / sizeof *(names))

/* 0x03 ends it instead of a core that runs. */
static bool is_cancellable(const struct message *message)
{
    return message->kind == MESSAGE_PACKET && !message->resumes &&
           (!message->quick || IS_ONE_OF(message, slow_questions));
}

void gdb_client_cancel(struct message *message)
{
    if (is_cancellable(message))
        atomic_store(&message->job.cancelled, true);
}

static void post_interrupt(struct gdb_client *gdb)
{
    if (gdb->interrupting || !gdb->client)
        return;
    struct message *message = message_create(MESSAGE_INTERRUPT, gdb, gdb->host->log, NULL, 0);
    if (!message)
        return;
    gdb->interrupting = true;
    message->client = gdb->client;
    worker_post(gdb->host->worker, message);
}

/* It belongs to the newest request: the one that runs, or the stop that is waited for. */
void gdb_client_interrupt(struct gdb_client *gdb)
{
    struct message *newest = gdb->last ? gdb->last : gdb->flight;
    bool runs = newest && newest->kind == MESSAGE_PACKET && !newest->answered;

    gdb->interrupt = gdb->waiting || !gdb->is_lldb || (runs && !newest->quick);
    if (runs) {
        newest->interrupted = true;
        gdb_client_cancel(newest);
    }
    if (gdb->waiting)
        post_interrupt(gdb);
    else if (!runs)
        log_line(gdb->host->log, LOG_DEBUG, "an interrupt found the core standing%s",
                 gdb->interrupt ? ": the next resume stops at once" : " and was dropped");
}

void gdb_client_interrupt_meets(struct gdb_client *gdb, struct message *message)
{
    gdb->is_lldb |= IS_ONE_OF(message, lldb_only);
    if (IS_ONE_OF(message, forgetful))
        gdb->interrupt = false;
    if (!message->goes_on || !gdb->interrupt || gdb->waiting)
        return;
    if (uv_now(gdb->host->loop) - gdb->stopped_ms > KEPT_MS)
        gdb->interrupt = false;
    message->interrupt_first = gdb->interrupt;
}

void gdb_client_told_stop(struct gdb_client *gdb, const char *reply, size_t length)
{
    bool by_itself = length >= 3 && reply[0] == 'T' && memcmp(reply, "T02", 3) != 0;

    gdb->waiting = false;
    gdb->stopped_ms = uv_now(gdb->host->loop);
    if (!by_itself || gdb->is_lldb)
        gdb->interrupt = false;
}

void gdb_client_interrupt_after(struct gdb_client *gdb, const struct message *message)
{
    if (IS_ONE_OF(message, forgetful))
        gdb->stopped_ms = uv_now(gdb->host->loop);
    if (message->goes_on && message->outcome == PACKET_REPLY)
        gdb_client_told_stop(gdb, (const char *)message->reply.data, message->reply.length);
    else if (message->interrupted && !message->goes_on && is_cancellable(message))
        gdb->interrupt = false; /* it has ended this */
    if (message->actions & CLIENT_RESET)
        gdb->interrupt = false;
    if (gdb->waiting && gdb->interrupt)
        post_interrupt(gdb);
}
