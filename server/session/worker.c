/* SPDX-License-Identifier: MIT */
#include "session/worker.h"

#include <stdlib.h>
#include <string.h>

#include "consoles/worker_consoles.h"
#include "gdb/rsp.h"
#include "session/discovery.h"
#include "session/mailbox.h"
#include "session/meant_chip.h"

enum {
    POLL_FIRST_US = 1000, /* right after a resume: breakpoints often hit at once */
    POLL_LAST_US = 20000,
    RETRY_US = 1000000,   /* between tries to connect */
    STROLL_US = 1000,     /* virtual time that passes every POLL_LAST_US of real time while
                             the simulated core runs and nobody waits for it */
    PRESENCE_US = 500000, /* between looks at a halted core, when consoles are there */
    SLICE_NS = 10000000,  /* a slice of virtual time should take less than this to simulate */
};

/* Where the payloads of one client go: fixed while the client is open. */
struct seat {
    struct worker *worker;
    struct client *client; /* NULL: free */
    void *requester;
};

struct worker {
    struct worker_setup setup; /* fixed before the thread starts */
    uv_thread_t thread;
    struct mailbox inbox;

    /* Worker thread only. */
    struct session session;
    struct seat seats[SESSION_CLIENTS];
    size_t seats_taken;
    struct job idle_job;     /* on whose behalf we poll and retry */
    struct message *running; /* the job others may run between, else NULL */
    uint64_t poll_us;        /* 0: nobody waited when we last looked */
    uint64_t next_try;       /* uv_hrtime() of the next try to connect */
    bool connect_asked, was_connected;
    struct event_state events; /* as the consoles know it */
    char last_why[sizeof((struct session *)0)->why_absent];
};

static void answer(struct worker *worker, struct message *message)
{
    mailbox_put(worker->setup.answers, message);
}

/* client->send: what is lost without memory is lost. */
static void send_payload(void *user, const void *payload, size_t length)
{
    struct seat *seat = user;
    struct message *message =
        message_create(MESSAGE_SEND, seat->requester, seat->worker->setup.log, payload, length);

    if (message)
        answer(seat->worker, message);
}

/* --- clients --- */

static void open_client(struct worker *worker, struct message *message)
{
    struct seat *seat = worker->seats;

    while (seat < worker->seats + SESSION_CLIENTS && seat->client)
        seat++;
    if (seat == worker->seats + SESSION_CLIENTS)
        return;
    *seat = (struct seat){.worker = worker, .requester = message->requester};
    seat->client = session_client_open(&worker->session, send_payload, seat);
    message->client = seat->client;
    if (seat->client)
        worker->seats_taken++;
}

static void close_client(struct worker *worker, struct message *message)
{
    session_client_close(&worker->session, message->client, &message->job);
    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        if (worker->seats[i].client == message->client) {
            worker->seats[i].client = NULL;
            worker->seats_taken--;
        }
    }
}

static void end_client(struct worker *worker, struct message *message)
{
    struct job *before = session_enter(&worker->session, &message->job);

    session_tell_end(&worker->session, message->client);
    session_leave(&worker->session, before);
}

/* --- connecting --- */

/* Whoever connected: a try of ours, or a client's vAttach. The session tells of losses. */
static void report_connection(struct worker *worker)
{
    struct session *session = &worker->session;
    bool connected = session_connected(session);

    if (connected && !worker->was_connected) {
        const struct target_chip *chip = target_chip(session->target);

        log_line(worker->setup.log, LOG_INFO,
                 "connected: %s, %s, %u KiB flash, %u KiB RAM, %u breakpoints, %u watchpoints, %s",
                 chip->name, chip->core, (unsigned)(chip->flash_size / 1024),
                 (unsigned)(chip->ram_size / 1024), chip->breakpoints, chip->watchpoints,
                 target_state(session->target) == TARGET_HALTED ? "halted" : "running");
        if (chip->warning[0])
            log_line(worker->setup.log, LOG_WARN, "%s", chip->warning);
        chip_compare(worker->setup.chip, chip->name, worker->setup.log);
        worker->last_why[0] = '\0';
        if (session_lost_clients(session) > 0)
            log_line(worker->setup.log, LOG_WARN, "the target was away: " SESSION_LOST_TEXT);
    }
    worker->was_connected = connected;
}

static enum err find_probe(void *user, struct probe_info *info, struct job *job)
{
    const struct worker_setup *setup = &((struct worker *)user)->setup;

    return discovery_find(setup->selectors, setup->selector_count, info, job);
}

/* What will be done about it, or what the user can do. */
static const char *what_next(const struct worker *worker, enum err err)
{
    bool once = worker->setup.tries_once;

    if (err == ERR_NO_PROBE)
        return once ? "; PROBED_SIM=bluepill needs none"
                    : ": plug one in, or start again with --sim";
    return once || err == ERR_ARGUMENT ? "" : "; trying again until it works";
}

/* A failure to connect is told when it is a new one. */
static void report_failure(struct worker *worker, enum err err)
{
    const char *why = worker->session.why_absent;

    if (strcmp(worker->last_why, why) == 0)
        return;
    snprintf(worker->last_why, sizeof worker->last_why, "%s", why);
    log_line(worker->setup.log, LOG_WARN, "%s%s", why, what_next(worker, err));
}

static enum err try_connect(struct worker *worker, struct job *job)
{
    enum err err = session_connect(&worker->session, job);

    worker->next_try = uv_hrtime() + RETRY_US * 1000ull;
    if (err == ERR_OK)
        report_connection(worker);
    else
        report_failure(worker, err);
    return err;
}

/* A try of our own; the loop hears of success, since commands may wait for it. */
static void retry_connect(struct worker *worker)
{
    job_clear(&worker->idle_job);
    if (try_connect(worker, &worker->idle_job) != ERR_OK)
        return;
    struct message *events = message_create(MESSAGE_CONNECT, NULL, worker->setup.log, NULL, 0);
    if (events)
        answer(worker, events);
}

/* --- jobs --- */

static void run_packet(struct worker *worker, struct message *message)
{
    /* Its client was told that time is up, or is gone. */
    if (job_cancelled(&message->job) && !packet_may_take_long(message->payload, message->length)) {
        message->outcome = PACKET_NO_REPLY;
        return;
    }
    uint8_t *memory = malloc(RSP_PACKET_SIZE);
    buf_init(&message->reply, memory, memory ? RSP_PACKET_SIZE : 0);
    message->client->interrupted = message->interrupt_first;
    message->outcome =
        packet_run(&worker->session, message->client, &message->job, message->payload,
                   message->length, &message->reply, &message->actions);
}

/* What may run between the slices of another requester's long job: short packets. Those that would
 * disturb the long one are refused by packet_run(), at once and not after the time limit. */
static bool may_run_between(const struct message *message, void *user)
{
    const struct message *running = user;

    if (message->requester == running->requester)
        return false;
    return message->kind == MESSAGE_CLIENT_OPEN ||
           (message->kind == MESSAGE_PACKET &&
            !packet_may_take_long(message->payload, message->length));
}

/* job->between of the running job. The nested job gets no `between` of its own. */
static void run_others(void *user)
{
    struct worker *worker = user;
    struct message *message;

    while ((message = mailbox_take_if(&worker->inbox, may_run_between, worker->running))) {
        if (message->kind == MESSAGE_CLIENT_OPEN)
            open_client(worker, message);
        else
            run_packet(worker, message);
        answer(worker, message);
    }
}

/* job->waiting of the running job. */
static bool others_wait(void *user)
{
    struct worker *worker = user;

    return mailbox_has(&worker->inbox, may_run_between, worker->running);
}

static void run_message(struct worker *worker, struct message *message)
{
    worker->running = message;
    message->job.between = run_others;
    message->job.waiting = others_wait;
    message->job.between_user = worker;
    switch (message->kind) {
    case MESSAGE_CLIENT_OPEN:
        open_client(worker, message);
        break;
    case MESSAGE_CLIENT_CLOSE:
        close_client(worker, message);
        break;
    case MESSAGE_CLIENT_ENDED:
        end_client(worker, message);
        break;
    case MESSAGE_PACKET:
        run_packet(worker, message);
        break;
    case MESSAGE_INTERRUPT:
        session_interrupt(&worker->session, message->client, &message->job);
        break;
    case MESSAGE_COMMAND:
    case MESSAGE_FILE:
        worker_run_command(&worker->session, worker->setup.answers, message);
        break;
    case MESSAGE_CONNECT:
        worker->connect_asked = true;
        message->error = try_connect(worker, &message->job);
        break;
    case MESSAGE_WATCH:
        worker->session.watchers += (unsigned)message->watchers;
        break;
    case MESSAGE_SEND:
    case MESSAGE_OUTPUT:
    case MESSAGE_EVENT:
    case MESSAGE_STOP:
        break;
    }
    worker->running = NULL;
}

/* --- waiting for the next message --- */

static bool time_is_virtual(const struct session *session)
{
    return session->probe && probe_clock(session->probe)->is_virtual;
}

/* A simulated core strolls for those who just look on. */
static bool wants_poll(const struct worker *worker)
{
    const struct session *session = &worker->session;

    return session_wants_poll(session) ||
           (session->watchers > 0 && session_connected(session) &&
            target_state(session->target) != TARGET_HALTED && !time_is_virtual(session));
}

/* Somebody waits for the running core: look, then let some time pass. */
static struct message *poll_core(struct worker *worker)
{
    struct session *session = &worker->session;
    struct message *message = NULL;
    uint64_t started = uv_hrtime();

    if (worker->poll_us == 0)
        worker->poll_us = POLL_FIRST_US;
    job_clear(&worker->idle_job);
    session_poll(session, &worker->idle_job);
    report_connection(worker);
    if (!wants_poll(worker))
        return NULL;
    /* Waiting elsewhere makes no virtual time pass: the simulated core runs inside the sleep. */
    if (time_is_virtual(session))
        clock_sleep_us(probe_clock(session->probe), worker->poll_us);
    else
        message = mailbox_wait(&worker->inbox, worker->poll_us);
    if (uv_hrtime() - started > SLICE_NS && time_is_virtual(session))
        worker->poll_us = worker->poll_us / 2 > POLL_FIRST_US ? worker->poll_us / 2 : POLL_FIRST_US;
    else
        worker->poll_us = worker->poll_us * 2 < POLL_LAST_US ? worker->poll_us * 2 : POLL_LAST_US;
    return message;
}

/* A simulated core that nobody waits for still runs while somebody is there to look at it, slowly:
 * a tenth of this machine's time at most. */
static struct message *stroll(struct worker *worker)
{
    struct message *message = mailbox_wait(&worker->inbox, POLL_LAST_US);

    if (message)
        return message;
    clock_sleep_us(probe_clock(worker->session.probe), STROLL_US);
    if (worker->session.watchers > 0) {
        job_clear(&worker->idle_job);
        session_poll(&worker->session, &worker->idle_job);
    }
    return NULL;
}

static struct message *guard(struct worker *worker)
{
    struct message *message = mailbox_wait(&worker->inbox, PRESENCE_US);

    if (message)
        return message;
    job_clear(&worker->idle_job);
    worker_check_presence(&worker->session, &worker->idle_job);
    return NULL;
}

static struct message *wait_for_message(struct worker *worker)
{
    struct session *session = &worker->session;

    if (wants_poll(worker))
        return poll_core(worker);
    worker->poll_us = 0;
    if (worker->connect_asked && !session_connected(session)) {
        uint64_t now = uv_hrtime();

        if (now >= worker->next_try)
            retry_connect(worker);
        else
            return mailbox_wait(&worker->inbox, (worker->next_try - now) / 1000 + 1);
        return NULL;
    }
    if ((worker->seats_taken > 0 || session->watchers > 0) && time_is_virtual(session) &&
        session->target && target_state(session->target) == TARGET_RUNNING)
        return stroll(worker);
    if (session->watchers > 0 && session_connected(session))
        return guard(worker);
    return mailbox_wait(&worker->inbox, MAILBOX_FOREVER);
}

static void worker_main(void *user)
{
    struct worker *worker = user;
    struct message *message;
    bool stop = false;

    if (!worker->setup.info.driver) {
        worker->setup.options.find = find_probe;
        worker->setup.options.find_user = worker;
    }
    session_init(&worker->session, worker->setup.log, &worker->setup.options, &worker->setup.info,
                 worker->setup.wire);
    while (!stop) {
        message = mailbox_take(&worker->inbox);
        if (!message)
            message = wait_for_message(worker);
        worker_tell_events(&worker->session, &worker->events, worker->setup.answers, NULL);
        if (!message)
            continue;
        stop = message->kind == MESSAGE_STOP;
        if (stop)
            session_finish(&worker->session);
        else
            run_message(worker, message);
        report_connection(worker);
        if (!stop)
            worker_tell_events(&worker->session, &worker->events, worker->setup.answers,
                               message->requester);
        answer(worker, message);
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

void worker_post(struct worker *worker, struct message *message)
{
    mailbox_put(&worker->inbox, message);
}

void worker_join(struct worker *worker)
{
    struct message *message;

    uv_thread_join(&worker->thread);
    while ((message = mailbox_take(&worker->inbox)))
        message_destroy(message);
    mailbox_finish(&worker->inbox);
    free(worker);
}
