/* SPDX-License-Identifier: MIT */
/* How long a gdb is left without an answer. */
#include "gdb/gdb_client_internal.h"

/* gdb reminds of an answer with '-' after 2 s and 4 s (remotetimeout), and takes what comes after 6
 * for the answer to what it asks next; lldb gives up after 5. Who asks for less than that is told
 * after 1.5 s that the probe is stuck; a probe that gets on is late, and gets all the time that the
 * client has: a machine may be busy, a wire slow. `?` may come with the first connection. */
enum { QUICK_LIMIT_MS = 1500, WHY_LIMIT_MS = 5000, LLDB_LIMIT_MS = 4500, LAST_REMINDER = 2 };

static uint64_t limit_of(const struct gdb_request *request)
{
    return request->letter == '?' ? WHY_LIMIT_MS : QUICK_LIMIT_MS;
}

/* gdb is told that no program runs, and the worker that it was: whatever it finds out about the
 * core still. */
static void answer_no_program(struct gdb_client *gdb, struct gdb_request *request)
{
    struct gdb_request *ended =
        gdb_request_create(gdb, gdb->host->log, gdb_run_ended, request_destroy, NULL, 0);

    gdb_client_reply(gdb, request, "W00", 3);
    if (!ended)
        return;
    ended->client = gdb->client;
    worker_post(gdb->host->worker, &ended->request);
}

static bool is_being_halted(const struct gdb_client *gdb, const struct gdb_request *request)
{
    return request->letter == '?' && request == gdb->flight &&
           worker_is_connected(gdb->host->worker);
}

/* The core is being halted, but that takes its time: it will stand before the next packet is
 * served. What the worker says of it yet, nobody asks for any more. */
static void answer_what_is_known(struct gdb_client *gdb, struct gdb_request *request)
{
    static const char text[] = "T05thread:1;";

    gdb_client_reply(gdb, request, text, sizeof text - 1);
}

/* `?` must not be answered by an error: gdb 13 would ask for ever. */
static void answer_late(struct gdb_client *gdb, struct gdb_request *request)
{
    static const char text[] =
        "E.no answer in time: the probe is busy for another session, slow (--speed), or stuck";

    log_line(gdb->host->log, LOG_WARN, "a packet '%c' took longer than %llu ms",
             request->letter ? request->letter : ' ',
             (unsigned long long)(uv_now(gdb->host->loop) - request->posed_ms));
    if (is_being_halted(gdb, request))
        answer_what_is_known(gdb, request);
    else if (request->letter == '?')
        answer_no_program(gdb, request);
    else
        gdb_client_reply(gdb, request, gdb->error_message ? text : "E01",
                         gdb->error_message ? sizeof text - 1 : 3);
}

/* Late, but not stuck, and the client waits. */
static bool may_take_more(const struct gdb_client *gdb, const struct gdb_request *request)
{
    uint64_t waited = uv_now(gdb->host->loop) - request->posed_ms;

    return worker_progress(gdb->host->worker) != request->progress &&
           request->reminders < LAST_REMINDER && !(gdb->is_lldb && waited >= LLDB_LIMIT_MS);
}

static void set_deadline(struct gdb_client *gdb, struct gdb_request *request, uint64_t limit_ms)
{
    request->deadline_ms = uv_now(gdb->host->loop) + limit_ms;
    request->progress = worker_progress(gdb->host->worker);
    request->overdue = false;
}

static void on_late(uv_timer_t *timer)
{
    struct gdb_client *gdb = timer->data;
    struct gdb_request *request = gdb_client_unanswered(gdb);

    if (!request || gdb->closing)
        return;
    if (!request->overdue) {
        /* On a busy machine the answer may be here already, and the loop looks at timers first. */
        request->overdue = true;
        uv_timer_start(timer, on_late, 1, 0);
        return;
    }
    if (may_take_more(gdb, request)) {
        gdb_client_pay_ack(gdb, request); /* else gdb says it again */
        set_deadline(gdb, request, QUICK_LIMIT_MS);
        gdb_client_watch_time(gdb);
        return;
    }
    bool goes_on = is_being_halted(gdb, request);
    answer_late(gdb, request);
    if (request == gdb->flight)
        atomic_store(&request->request.job.cancelled, !goes_on);
    else
        gdb_request_destroy(gdb_client_dequeue(gdb));
    gdb_client_watch_time(gdb);
}

void gdb_client_reminded(struct gdb_client *gdb)
{
    struct gdb_request *request = gdb_client_unanswered(gdb);

    if (!request || !request->quick || ++request->reminders != LAST_REMINDER)
        return;
    set_deadline(gdb, request, QUICK_LIMIT_MS);
    gdb_client_watch_time(gdb);
}

void gdb_client_watch_time(struct gdb_client *gdb)
{
    struct gdb_request *request = gdb_client_unanswered(gdb);

    if (!gdb->spoke)
        return; /* the clock of its silence runs */
    /* A client that does not read does not wait either. */
    if (!request || !request->quick || gdb->connection.congested) {
        uv_timer_stop(&gdb->timer);
        return;
    }
    uint64_t now = uv_now(gdb->host->loop);
    if (request->deadline_ms == 0) {
        request->posed_ms = now;
        set_deadline(gdb, request, limit_of(request));
    }
    uv_timer_start(&gdb->timer, on_late,
                   request->deadline_ms > now ? request->deadline_ms - now : 0, 0);
}
