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

static bool is_one_of(const struct gdb_request *request, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(request->payload, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(request, names) is_one_of(request, names, sizeof(names) / sizeof *(names))

/* 0x03 ends it instead of a core that runs. */
static bool is_cancellable(const struct gdb_request *request)
{
    return gdb_request_is_packet(request) && !request->resumes &&
           (!request->quick || IS_ONE_OF(request, slow_questions));
}

void gdb_client_cancel(struct gdb_request *request)
{
    if (is_cancellable(request))
        atomic_store(&request->request.job.cancelled, true);
}

static void post_interrupt(struct gdb_client *gdb)
{
    if (gdb->interrupting || !gdb->client)
        return;
    struct gdb_request *request = gdb_request_create(gdb, gdb->host->log, gdb_run_interrupt,
                                                     gdb_client_interrupt_done, NULL, 0);
    if (!request)
        return;
    gdb->interrupting = true;
    request->client = gdb->client;
    worker_post(gdb->host->worker, &request->request);
}

/* It belongs to the newest request: the one that runs, or the stop that is waited for. */
void gdb_client_interrupt(struct gdb_client *gdb)
{
    struct gdb_request *newest = gdb->last ? gdb->last : gdb->flight;
    bool runs = newest && gdb_request_is_packet(newest) && !newest->answered;

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

void gdb_client_interrupt_meets(struct gdb_client *gdb, struct gdb_request *request)
{
    gdb->is_lldb |= IS_ONE_OF(request, lldb_only);
    if (IS_ONE_OF(request, forgetful))
        gdb->interrupt = false;
    if (!request->goes_on || !gdb->interrupt || gdb->waiting)
        return;
    if (uv_now(gdb->host->loop) - gdb->stopped_ms > KEPT_MS)
        gdb->interrupt = false;
    request->interrupt_first = gdb->interrupt;
}

void gdb_client_told_stop(struct gdb_client *gdb, const char *reply, size_t length)
{
    bool by_itself = length >= 3 && reply[0] == 'T' && memcmp(reply, "T02", 3) != 0;

    gdb->waiting = false;
    gdb->stopped_ms = uv_now(gdb->host->loop);
    if (!by_itself || gdb->is_lldb)
        gdb->interrupt = false;
}

void gdb_client_interrupt_after(struct gdb_client *gdb, const struct gdb_request *request)
{
    if (IS_ONE_OF(request, forgetful))
        gdb->stopped_ms = uv_now(gdb->host->loop);
    if (request->goes_on && request->outcome == PACKET_REPLY)
        gdb_client_told_stop(gdb, (const char *)request->reply.data, request->reply.length);
    else if (request->interrupted && !request->goes_on && is_cancellable(request))
        gdb->interrupt = false; /* it has ended this */
    if (request->actions & CLIENT_RESET)
        gdb->interrupt = false;
    if (gdb->waiting && gdb->interrupt)
        post_interrupt(gdb);
}
