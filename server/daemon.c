/* SPDX-License-Identifier: MIT */
#include "daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "consoles/ports.h"
#include "daemon_signals.h"
#include "daemon_text.h"
#include "gdb/gdb_client.h"
#include "net/listener.h"
#include "session/mailbox.h"
#include "session/worker.h"

struct daemon {
    struct daemon_setup setup;
    FILE *wire;
    struct peer_rules peers;
    struct worker *worker;
    struct mailbox answers; /* from the worker */

    uv_loop_t loop;
    uv_async_t answers_wake, stop_wake;
    struct daemon_signals signals;
    struct listener listener;
    struct ports ports; /* telnet and TCL */

    struct gdb_host host;
    struct gdb_client *gdbs[SESSION_CLIENTS];
    size_t gdb_count;
    bool arrival_waits; /* accepted once a gdb that closes is gone */

    struct request *job; /* the first try to connect, or a command of -c, with the worker */
    size_t next_command;
    bool connected; /* once at least: commands may run */
    bool served;    /* gdb can come, or is there */
    bool leaving, stop_posted;
    int exit_code;
};

static void leave(struct daemon *daemon);
static void leave_with(struct daemon *daemon, int exit_code);
static void on_arrived(void *user, uv_stream_t *listener);

/* --- gdbs --- */

static void on_gdb_gone(void *user, struct gdb_client *gdb)
{
    struct daemon *daemon = user;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        if (daemon->gdbs[i] == gdb)
            daemon->gdbs[i] = NULL;
    }
    daemon->gdb_count--;
    log_line(&daemon->setup.log, LOG_DEBUG, "a gdb left, %zu remain", daemon->gdb_count);
    const struct options *options = daemon->setup.options;
    bool stays = options->stays_if_extended && gdb_client_extended(gdb);
    bool last = options->gdb.is_pipe || (options->once && !stays && gdb_client_spoke(gdb));
    if (daemon->gdb_count == 0 && (last || daemon->leaving))
        leave(daemon);
    if (daemon->arrival_waits && daemon->listener.open) {
        daemon->arrival_waits = false;
        on_arrived(daemon, &daemon->listener.socket.stream);
    }
}

static void on_shutdown(void *user, int exit_code)
{
    struct daemon *daemon = user;

    log_line(&daemon->setup.log, LOG_INFO, "a command ends the daemon");
    if (!daemon->leaving && exit_code != DAEMON_OK)
        daemon->exit_code = exit_code;
    leave(daemon);
}

static void on_arrived(void *user, uv_stream_t *listener)
{
    struct daemon *daemon = user;
    size_t seat = 0;
    bool one_closes = false;

    for (; seat < SESSION_CLIENTS && daemon->gdbs[seat]; seat++)
        one_closes |= gdb_client_closing(daemon->gdbs[seat]);
    if (seat == SESSION_CLIENTS && one_closes) {
        daemon->arrival_waits = true; /* libuv asks again only after uv_accept() */
        return;
    }
    if (seat < SESSION_CLIENTS)
        daemon->gdbs[seat] = gdb_client_create(&daemon->host, listener);
    if (seat == SESSION_CLIENTS || !daemon->gdbs[seat]) {
        log_line(&daemon->setup.log, LOG_WARN, "a gdb was turned away: %d are connected already",
                 SESSION_CLIENTS);
        listener_turn_away(&daemon->loop, listener);
        return;
    }
    daemon->gdb_count++;
    log_line(&daemon->setup.log, LOG_DEBUG, "a gdb connected, %zu are here", daemon->gdb_count);
}

/* --- start --- */

static void post_job(struct daemon *daemon, struct request *job)
{
    daemon->job = job;
    if (!job) {
        leave_with(daemon, DAEMON_FAILED);
        return;
    }
    job->job.output = daemon_log_text;
    job->job.user = &daemon->setup.log;
    worker_post(daemon->worker, job);
}

static struct request *plain_request(struct daemon *daemon,
                                     void (*run)(struct request *, struct session *),
                                     void (*done)(struct request *))
{
    struct request *request = malloc(sizeof *request);

    if (request)
        request_init(request, &daemon->setup.log, daemon, run, done);
    return request;
}

static void on_command_done(struct request *request);

static void post_command(struct daemon *daemon, const char *text, bool is_file)
{
    struct command_request *command =
        command_request_create(daemon, &daemon->setup.log, text, is_file, on_command_done, NULL);

    post_job(daemon, command ? &command->request : NULL);
}

static void fail(struct daemon *daemon, const char *why)
{
    log_line(&daemon->setup.log, LOG_ERROR, "%s", why);
    leave_with(daemon, DAEMON_FAILED);
}

/* The one client that standard input and output are. */
static void serve_pipe(struct daemon *daemon)
{
    daemon->served = true;
    daemon->gdbs[0] = gdb_client_open(&daemon->host, STDIN_FILENO, STDOUT_FILENO);
    if (!daemon->gdbs[0]) {
        fail(daemon, "--gdb pipe: standard input and output are no pipes; gdb makes them: target "
                     "extended-remote | probed --gdb pipe");
        return;
    }
    daemon->gdb_count++;
    daemon->setup.ready(daemon->setup.user, "gdb", &daemon->setup.options->gdb);
}

static void start_listening(struct daemon *daemon)
{
    char why[200];

    daemon->served = true;
    if (daemon->setup.options->gdb.is_off)
        return;
    daemon->listener = (struct listener){
        .service = "gdb",
        .peers = &daemon->peers,
        .log = &daemon->setup.log,
        .arrived = on_arrived,
        .user = daemon,
    };
    if (listener_open(&daemon->listener, &daemon->loop, &daemon->setup.options->gdb, why,
                      sizeof why))
        daemon->setup.ready(daemon->setup.user, "gdb", &daemon->listener.endpoint);
    else
        fail(daemon, why);
}

/* gdb last: who waits for its port may use the others too. */
static void serve(struct daemon *daemon)
{
    const struct daemon_setup *setup = &daemon->setup;
    char why[200];

    if (!ports_open(&daemon->ports, setup->options, setup->ready, setup->user, why, sizeof why))
        fail(daemon, why);
    else if (setup->options->gdb.is_pipe)
        serve_pipe(daemon);
    else
        start_listening(daemon);
}

/* Commands once connected, in order; then the ports. Not connected: the ports, and the commands
 * when the target appears. */
static void start_step(struct daemon *daemon)
{
    const struct options *options = daemon->setup.options;

    if (daemon->leaving || daemon->job)
        return;
    if (daemon->connected && daemon->next_command < options->command_count) {
        size_t next = daemon->next_command++;
        post_command(daemon, options->commands[next], options->command_is_file[next]);
    } else if (!daemon->served) {
        serve(daemon);
    }
}

/* --- answers of the worker --- */

static void close_handles(struct daemon *daemon)
{
    uv_close((uv_handle_t *)&daemon->answers_wake, NULL);
    uv_close((uv_handle_t *)&daemon->stop_wake, NULL);
    daemon_signals_stop(&daemon->signals);
}

/* The first try, or a later one of the worker's own. */
static void on_connected(struct request *request)
{
    struct daemon *daemon = request->owner;
    bool first = request == daemon->job;

    if (first)
        daemon->job = NULL;
    daemon->connected |= request->error == ERR_OK;
    if (first && request->error == ERR_ARGUMENT) /* which probe: only the user knows */
        leave_with(daemon, DAEMON_USAGE);
    else if (first && !daemon->connected && daemon->setup.options->needs_target)
        leave_with(daemon, DAEMON_NO_TARGET);
    request_destroy(request);
    start_step(daemon);
}

static void on_command_done(struct request *request)
{
    struct daemon *daemon = request->owner;
    const struct command_request *command = (struct command_request *)request;

    daemon->job = NULL;
    if (request->error != ERR_OK) {
        bool file = command->is_file;
        /* A file's sentence names it, and the line. */
        log_line(&daemon->setup.log, LOG_ERROR, "%s%s%s%s", file ? "" : "-c ",
                 file ? "" : command->text, file ? "" : ": ",
                 job_text(&request->job, request->error));
        daemon->exit_code = DAEMON_FAILED; /* whatever ends it, not all was done that was asked */
        if (file || daemon->setup.options->strict)
            leave(daemon);
    }
    if (command->outcome != MONITOR_NOTHING)
        on_shutdown(daemon, command->exit_code);
    request_destroy(request);
    start_step(daemon);
}

static void on_stopped(struct request *request)
{
    struct daemon *daemon = request->owner;

    request_destroy(request);
    worker_join(daemon->worker);
    daemon->worker = NULL;
    close_handles(daemon);
}

static void on_event(struct request *request)
{
    struct daemon *daemon = request->owner;

    ports_tell(&daemon->ports, (const struct event_notice *)request);
    request_destroy(request);
}

static void on_answers(uv_async_t *async)
{
    struct daemon *daemon = async->data;
    struct request *request;

    while ((request = mailbox_take(&daemon->answers)))
        request->done(request);
}

/* --- end --- */

/* Begins the end; called again when the gdbs are gone, it ends the worker. */
static void leave(struct daemon *daemon)
{
    if (!daemon->leaving) {
        daemon->leaving = true;
        listener_close(&daemon->listener);
        daemon->signals.asked = true; /* the next one may end the process */
        if (daemon->job)
            request_cancel(daemon->job);
        for (size_t i = 0; i < SESSION_CLIENTS; i++) {
            if (daemon->gdbs[i])
                gdb_client_close(daemon->gdbs[i]);
        }
        ports_close(&daemon->ports);
    }
    if (daemon->gdb_count > 0 || daemon->ports.count > 0 || daemon->stop_posted)
        return;
    struct request *stop = plain_request(daemon, worker_stop, on_stopped);
    if (!stop) { /* nothing is left to do it with */
        daemon->exit_code = DAEMON_FAILED;
        uv_stop(&daemon->loop);
        return;
    }
    daemon->stop_posted = true;
    worker_post(daemon->worker, stop);
}

/* --- what consoles ask for --- */

static void on_ports_empty(void *user)
{
    struct daemon *daemon = user;

    if (daemon->leaving)
        leave(daemon);
}

static void leave_with(struct daemon *daemon, int exit_code)
{
    daemon->exit_code = exit_code;
    leave(daemon);
}

static void on_stop(uv_async_t *async)
{
    leave(async->data);
}

/* --- life --- */

static int open_wire(struct daemon *daemon)
{
    const char *path = daemon->setup.options->wire_log;

    if (!path)
        return DAEMON_OK;
    daemon->wire = fopen(path, "we");
    if (daemon->wire)
        return DAEMON_OK;
    log_line(&daemon->setup.log, LOG_ERROR, "--wire-log %s: %s", path, strerror(errno));
    return DAEMON_FAILED;
}

static int learn_users(struct daemon *daemon)
{
    char why[160];

    if (peer_rules_init(&daemon->peers, daemon->setup.options->allow_users, why, sizeof why))
        return DAEMON_OK;
    log_line(&daemon->setup.log, LOG_ERROR, "%s", why);
    return DAEMON_USAGE;
}

static int start_worker(struct daemon *daemon)
{
    const struct options *options = daemon->setup.options;
    struct worker_setup setup = {
        .log = &daemon->setup.log,
        .options = {.connect = options->connect,
                    .speed_khz = options->speed_khz,
                    .reset_halts = options->reset_halts,
                    .load_resets = options->load_resets},
        .selectors = options->probes,
        .selector_count = options->probe_count,
        .chip = options->chip,
        .tries_once = options->needs_target,
        .wire = daemon->wire,
        .answers = &daemon->answers,
        .connected = on_connected,
        .event = on_event,
        .user = daemon,
    };
    struct job job;

    job_init(&job, NULL);
    if (options->sim && probe_sim_info(options->sim, &setup.info, &job) != ERR_OK) {
        log_line(&daemon->setup.log, LOG_ERROR, "--sim: %s", job_text(&job, job.error));
        return DAEMON_USAGE;
    }
    daemon->worker = worker_start(&setup);
    return daemon->worker ? DAEMON_OK : DAEMON_FAILED;
}

static bool open_loop(struct daemon *daemon)
{
    if (uv_loop_init(&daemon->loop) != 0)
        return false;
    uv_async_init(&daemon->loop, &daemon->answers_wake, on_answers);
    uv_async_init(&daemon->loop, &daemon->stop_wake, on_stop);
    daemon->answers_wake.data = daemon;
    daemon->stop_wake.data = daemon;
    daemon->signals = (struct daemon_signals){
        .log = &daemon->setup.log,
        .not_interrupts = daemon->setup.options->gdb.is_pipe,
        .stop = &daemon->stop_wake,
    };
    if (daemon->setup.signals)
        daemon_signals_start(&daemon->signals, &daemon->loop);
    return mailbox_init(&daemon->answers, &daemon->answers_wake);
}

int daemon_create(const struct daemon_setup *setup, struct daemon **created)
{
    struct daemon *daemon = calloc(1, sizeof *daemon);
    int code;

    *created = NULL;
    if (!daemon)
        return DAEMON_FAILED;
    daemon->setup = *setup;
    if (!open_loop(daemon)) {
        log_line(&setup->log, LOG_ERROR, "cannot make an event loop: %s", strerror(errno));
        free(daemon);
        return DAEMON_FAILED;
    }
    code = learn_users(daemon);
    if (code == DAEMON_OK)
        code = open_wire(daemon);
    if (code == DAEMON_OK)
        code = start_worker(daemon);
    if (code != DAEMON_OK) {
        daemon_destroy(daemon);
        return code;
    }
    daemon->host = (struct gdb_host){
        .loop = &daemon->loop,
        .log = &daemon->setup.log,
        .worker = daemon->worker,
        .gone = on_gdb_gone,
        .shutdown = on_shutdown,
        .user = daemon,
    };
    ports_init(&daemon->ports, &daemon->loop, &daemon->setup.log, daemon->worker, &daemon->peers);
    daemon->ports.shutdown = on_shutdown;
    daemon->ports.empty = on_ports_empty;
    daemon->ports.user = daemon;
    post_job(daemon, plain_request(daemon, worker_connect, on_connected));
    *created = daemon;
    return DAEMON_OK;
}

int daemon_run(struct daemon *daemon)
{
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    return daemon->exit_code;
}

void daemon_stop(struct daemon *daemon)
{
    uv_async_send(&daemon->stop_wake);
}

static void close_handle(uv_handle_t *handle, void *user)
{
    (void)user;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void daemon_destroy(struct daemon *daemon)
{
    if (!daemon)
        return;
    if (daemon->worker) { /* daemon_run() was not called */
        leave(daemon);
        uv_run(&daemon->loop, UV_RUN_DEFAULT);
    }
    uv_walk(&daemon->loop, close_handle, NULL);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    uv_loop_close(&daemon->loop);
    mailbox_finish(&daemon->answers);
    if (daemon->wire)
        fclose(daemon->wire);
    free(daemon);
}
