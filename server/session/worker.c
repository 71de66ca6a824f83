/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdlib.h>

#include "session/discovery.h"
#include "session/events.h"
#include "session/rtt_service.h"
#include "session/swo_service.h"
#include "session/worker_internal.h"

static struct worker *worker_of(struct session *session)
{
    return (struct worker *)((char *)session - offsetof(struct worker, session));
}

/* --- requests --- */

void worker_connect(struct request *request, struct session *session)
{
    struct worker *worker = worker_of(session);

    worker->connect_asked = true;
    request->err = worker_try_connect(worker, &request->job);
    if (!request->err && worker->setup.program)
        request->err = worker_check_program(worker, &request->job);
}

void worker_watch(struct request *request, struct session *session)
{
    session->watchers++;
}

void worker_unwatch(struct request *request, struct session *session)
{
    session->watchers--;
}

void worker_stop(struct request *request, struct session *session)
{
    pollers_end(session, &request->job);
    session_finish(session);
    rtt_service_free(session);
    swo_service_free(session);
    streams_free(session);
    worker_of(session)->stopping = true;
}

/* What may run between the slices of another owner's long job. Those that would disturb the long
 * one are refused by packet_run(), at once and not after the time limit. */
static bool may_run_between(const struct request *request, void *user)
{
    const struct request *running = user;

    return request->between && request->owner != running->owner;
}

/* Not in the middle of what must not be cut in two, where others only ask. */
static void look_between(struct worker *worker)
{
    if (!worker->running->job.sections)
        pollers_look(&worker->session, &worker->idle_job);
}

/* job->between of the running job. The nested job gets no `between` of its own. */
static void run_others(void *user)
{
    struct worker *worker = user;
    struct request *request;

    look_between(worker);
    while ((request = mailbox_take_if(&worker->inbox, may_run_between, worker->running))) {
        request->job.progress = &worker->progress;
        request->run(request, &worker->session);
        mailbox_put(worker->setup.answers, request);
    }
}

/* job->waiting of the running job. */
static bool others_wait(void *user)
{
    struct worker *worker = user;

    return mailbox_has(&worker->inbox, may_run_between, worker->running);
}

static void run(struct worker *worker, struct request *request)
{
    worker->session.cause = request->owner;
    under_way_begin(&worker->session, request);
    worker->running = request;
    request->job.between = run_others;
    request->job.waiting = others_wait;
    request->job.progress = &worker->progress;
    request->job.between_user = worker;
    request->run(request, &worker->session);
    worker->running = NULL;
    worker->session.cause = NULL;
    under_way_end(&worker->session);
    worker_report_connection(worker);
    mailbox_put(worker->setup.answers, request);
}

/* --- the thread --- */

static enum err find_probe(void *user, struct probe_info *info, struct job *job)
{
    const struct worker_setup *setup = &((struct worker *)user)->setup;

    return discovery_find(setup->selectors, setup->selector_count, info, job);
}

static void worker_main(void *user)
{
    struct worker *worker = user;

    if (!worker->setup.info.driver) {
        worker->setup.options.find = find_probe;
        worker->setup.options.find_user = worker;
    }
    session_init(&worker->session, worker->setup.log, &worker->setup.options, &worker->setup.info,
                 worker->setup.wire);
    worker->session.notices = worker->setup.answers;
    worker->session.stream_route = worker->setup.streams;
    if (worker->setup.program || worker->setup.options.elf)
        rtt_service_learn(&worker->session, worker->setup.program ? worker->setup.program
                                                                  : worker->setup.options.elf);
    rtt_service_begin(&worker->session);
    swo_service_begin(&worker->session);
    worker->route = (struct events_route){.owner = worker->setup.user, .done = worker->setup.event};
    events_begin(&worker->session, &worker->route);
    while (!worker->stopping) {
        struct request *request = mailbox_take(&worker->inbox);

        if (!request)
            request = worker_wait(worker);
        if (request)
            run(worker, request);
    }
}

/* --- for the loop --- */

struct worker *worker_start(const struct worker_setup *setup)
{
    struct worker *worker = calloc(1, sizeof *worker);

    if (!worker)
        return NULL;
    worker->setup = *setup;
    job_init(&worker->idle_job, setup->log);
    worker->idle_job.progress = &worker->progress;
    if (!mailbox_init(&worker->inbox, NULL)) {
        free(worker);
        return NULL;
    }
    if (uv_thread_create(&worker->thread, worker_main, worker) != 0) {
        mailbox_finish(&worker->inbox);
        free(worker);
        return NULL;
    }
    return worker;
}

unsigned worker_progress(const struct worker *worker)
{
    return atomic_load(&worker->progress);
}

bool worker_is_connected(const struct worker *worker)
{
    return atomic_load(&worker->connected);
}

void worker_post(struct worker *worker, struct request *request)
{
    mailbox_put(&worker->inbox, request);
}

void worker_join(struct worker *worker)
{
    struct request *request;

    uv_thread_join(&worker->thread);
    while ((request = mailbox_take(&worker->inbox)))
        request_destroy(request);
    mailbox_finish(&worker->inbox);
    free(worker);
}
