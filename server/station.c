/* SPDX-License-Identifier: MIT */
#include "station.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "consoles/ports.h"
#include "daemon.h"
#include "daemon_text.h"
#include "gdb/gdb_client.h"
#include "net/listener.h"
#include "session/mailbox.h"
#include "session/worker.h"

enum { SILENCE_MS = 10000 }; /* gdb speaks at once */

struct station {
    struct station_setup setup;
    struct log log;
    FILE *wire;
    struct worker *worker;
    struct mailbox answers; /* from the worker */
    uv_async_t answers_wake;
    struct listener listener;
    struct ports ports; /* telnet and TCL */

    struct gdb_host host;
    struct gdb_client *gdbs[SESSION_CLIENTS];
    size_t gdb_count;
    bool arrival_waits; /* accepted once a gdb that closes is gone */

    struct request *job;  /* the first try to connect, or a command of -c, with the worker */
    struct request *stop; /* the worker's last, allocated while there is memory */
    size_t next_command;
    bool connected; /* once at least: commands may run */
    bool served;    /* gdb can come, or is there */
    bool leaving;
};

static void on_arrived(void *user, uv_stream_t *listener);
static void end_step(struct station *station);

static void leave_with(struct station *station, int exit_code)
{
    station->setup.exit_code(station->setup.user, exit_code);
    station->setup.leave(station->setup.user);
}

/* --- gdbs --- */

static void on_gdb_gone(void *user, struct gdb_client *gdb)
{
    struct station *station = user;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        if (station->gdbs[i] == gdb)
            station->gdbs[i] = NULL;
    }
    station->gdb_count--;
    log_line(&station->log, LOG_DEBUG, "a gdb left, %zu remain", station->gdb_count);
    const struct options *options = station->setup.options;
    bool stays = options->stays_if_extended && gdb_client_extended(gdb);
    bool last = options->gdb.is_pipe || (options->once && !stays && gdb_client_spoke(gdb));
    if (station->leaving)
        end_step(station);
    else if (station->gdb_count == 0 && last)
        station->setup.leave(station->setup.user);
    if (station->arrival_waits && station->listener.open) {
        station->arrival_waits = false;
        on_arrived(station, &station->listener.socket.stream);
    }
}

static void on_shutdown(void *user, int exit_code)
{
    struct station *station = user;

    log_line(&station->log, LOG_INFO, "a command ends the daemon");
    if (!station->leaving && exit_code != DAEMON_OK)
        station->setup.exit_code(station->setup.user, exit_code);
    station->setup.leave(station->setup.user);
}

/* All places are taken: one that is about to be free, or the oldest that never spoke, makes room.
 * False: all are gdbs. */
static bool make_room(struct station *station)
{
    struct gdb_client *oldest = NULL;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        struct gdb_client *gdb = station->gdbs[i];

        if (gdb_client_closing(gdb))
            return true;
        if (gdb_client_silent_since(gdb) < (oldest ? gdb_client_silent_since(oldest) : UINT64_MAX))
            oldest = gdb;
    }
    if (!oldest)
        return false;
    log_line(&station->log, LOG_INFO, "a gdb takes the place of a client that never spoke");
    gdb_client_close(oldest);
    return true;
}

static void on_arrived(void *user, uv_stream_t *listener)
{
    struct station *station = user;
    size_t seat = 0;

    while (seat < SESSION_CLIENTS && station->gdbs[seat])
        seat++;
    if (seat == SESSION_CLIENTS && make_room(station)) {
        station->arrival_waits = true; /* libuv asks again only after uv_accept() */
        return;
    }
    if (seat < SESSION_CLIENTS)
        station->gdbs[seat] = gdb_client_create(&station->host, listener);
    if (seat == SESSION_CLIENTS || !station->gdbs[seat]) {
        log_line(&station->log, LOG_WARN, "a gdb was turned away: %d are connected already",
                 SESSION_CLIENTS);
        listener_turn_away(station->setup.loop, listener);
        return;
    }
    station->gdb_count++;
    log_line(&station->log, LOG_DEBUG, "a gdb connected, %zu are here", station->gdb_count);
}

/* --- start --- */

static void post_job(struct station *station, struct request *job)
{
    station->job = job;
    if (!job) {
        leave_with(station, DAEMON_FAILED);
        return;
    }
    job->job.output = daemon_log_text;
    job->job.user = &station->log;
    worker_post(station->worker, job);
}

static struct request *plain_request(struct station *station,
                                     void (*run)(struct request *, struct session *),
                                     void (*done)(struct request *))
{
    struct request *request = malloc(sizeof *request);

    if (request)
        request_init(request, &station->log, station, run, done);
    return request;
}

static void on_command_done(struct request *request);

static void post_command(struct station *station, const char *text, bool is_file)
{
    struct command_request *command =
        command_request_create(station, &station->log, text, is_file, on_command_done, NULL);

    post_job(station, command ? &command->request : NULL);
}

static void fail(struct station *station, const char *why)
{
    log_line(&station->log, LOG_ERROR, "%s", why);
    leave_with(station, DAEMON_FAILED);
}

/* The one client that standard input and output are. */
static void serve_pipe(struct station *station)
{
    station->served = true;
    station->gdbs[0] = gdb_client_open(&station->host, STDIN_FILENO, STDOUT_FILENO);
    if (!station->gdbs[0]) {
        fail(station, "--gdb pipe: standard input and output are no pipes; gdb makes them: target "
                      "extended-remote | probed --gdb pipe");
        return;
    }
    station->gdb_count++;
    station->setup.ready(station->setup.ready_user, "gdb", &station->setup.options->gdb);
}

static void start_listening(struct station *station)
{
    char why[200];

    station->served = true;
    if (station->setup.options->gdb.is_off)
        return;
    station->listener = (struct listener){
        .service = "gdb",
        .peers = station->setup.peers,
        .log = &station->log,
        .arrived = on_arrived,
        .user = station,
    };
    if (listener_open(&station->listener, station->setup.loop, &station->setup.options->gdb, why,
                      sizeof why))
        station->setup.ready(station->setup.ready_user, "gdb", &station->listener.endpoint);
    else
        fail(station, why);
}

/* gdb last: who waits for its port may use the others too. */
static void serve(struct station *station)
{
    const struct station_setup *setup = &station->setup;
    char why[200];

    if (!ports_open(&station->ports, setup->options, setup->ready, setup->ready_user, why,
                    sizeof why))
        fail(station, why);
    else if (setup->options->gdb.is_pipe)
        serve_pipe(station);
    else
        start_listening(station);
}

/* Commands once connected, in order; then the ports. Not connected: the ports, and the commands
 * when the target appears. */
static void start_step(struct station *station)
{
    const struct options *options = station->setup.options;

    if (station->leaving || station->job)
        return;
    if (station->connected && station->next_command < options->command_count) {
        size_t next = station->next_command++;
        post_command(station, options->commands[next], options->command_is_file[next]);
    } else if (!station->served) {
        serve(station);
    }
}

/* --- answers of the worker --- */

/* The first try, or a later one of the worker's own. */
static void on_connected(struct request *request)
{
    struct station *station = request->owner;
    bool first = request == station->job;

    if (first)
        station->job = NULL;
    station->connected |= request->error == ERR_OK;
    if (first && request->error == ERR_ARGUMENT) /* which probe: only the user knows */
        leave_with(station, DAEMON_USAGE);
    else if (first && !station->connected && station->setup.options->needs_target)
        leave_with(station, DAEMON_NO_TARGET);
    request_destroy(request);
    start_step(station);
}

static void on_command_done(struct request *request)
{
    struct station *station = request->owner;
    const struct command_request *command = (struct command_request *)request;

    station->job = NULL;
    if (request->error != ERR_OK) {
        bool file = command->is_file;
        /* A file's sentence names it, and the line. */
        log_line(&station->log, LOG_ERROR, "%s%s%s%s", file ? "" : "-c ", file ? "" : command->text,
                 file ? "" : ": ", job_text(&request->job, request->error));
        /* Whatever ends it, not all was done that was asked. */
        station->setup.exit_code(station->setup.user, DAEMON_FAILED);
        if (file || station->setup.options->strict)
            station->setup.leave(station->setup.user);
    }
    if (command->outcome != MONITOR_NOTHING)
        on_shutdown(station, command->exit_code);
    request_destroy(request);
    start_step(station);
}

static void on_wake_closed(uv_handle_t *wake)
{
    struct station *station = wake->data;

    station->setup.ended(station->setup.user);
}

static void on_stopped(struct request *request)
{
    struct station *station = request->owner;

    request_destroy(request);
    worker_join(station->worker);
    station->worker = NULL;
    uv_close((uv_handle_t *)&station->answers_wake, on_wake_closed);
}

static void on_event(struct request *request)
{
    struct station *station = request->owner;

    ports_tell(&station->ports, (const struct event_notice *)request);
    request_destroy(request);
}

static void on_answers(uv_async_t *async)
{
    struct station *station = async->data;
    struct request *request;

    while ((request = mailbox_take(&station->answers)))
        request->done(request);
}

/* --- end --- */

/* When the last of its sessions is gone, the worker follows. */
static void end_step(struct station *station)
{
    if (station->gdb_count > 0 || station->ports.count > 0 || !station->stop)
        return;
    worker_post(station->worker, station->stop);
    station->stop = NULL;
}

void station_leave(struct station *station)
{
    if (station->leaving)
        return;
    station->leaving = true;
    listener_close(&station->listener);
    if (station->job)
        request_cancel(station->job);
    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        if (station->gdbs[i])
            gdb_client_close(station->gdbs[i]);
    }
    ports_close(&station->ports);
    end_step(station);
}

static void on_ports_empty(void *user)
{
    struct station *station = user;

    if (station->leaving)
        end_step(station);
}

/* --- life --- */

static int open_wire(struct station *station)
{
    const char *path = station->setup.options->wire_log;

    if (!path)
        return DAEMON_OK;
    station->wire = fopen(path, "we");
    if (station->wire)
        return DAEMON_OK;
    log_line(&station->log, LOG_ERROR, "--wire-log %s: %s", path, strerror(errno));
    return DAEMON_FAILED;
}

static int start_worker(struct station *station)
{
    const struct options *options = station->setup.options;
    struct worker_setup setup = {
        .log = &station->log,
        .options = {.connect = options->connect,
                    .speed_khz = options->speed_khz,
                    .reset_halts = options->reset_halts,
                    .load_resets = options->load_resets},
        .selectors = options->probes,
        .selector_count = options->probe_count,
        .chip = options->chip,
        .tries_once = options->needs_target,
        .wire = station->wire,
        .answers = &station->answers,
        .connected = on_connected,
        .event = on_event,
        .user = station,
    };
    struct job job;

    job_init(&job, NULL);
    if (options->sim && probe_sim_info(options->sim, &setup.info, &job) != ERR_OK) {
        log_line(&station->log, LOG_ERROR, "--sim: %s", job_text(&job, job.error));
        return DAEMON_USAGE;
    }
    station->stop = plain_request(station, worker_stop, on_stopped);
    if (station->stop)
        station->worker = worker_start(&setup);
    return station->worker ? DAEMON_OK : DAEMON_FAILED;
}

static void prepare_ports(struct station *station)
{
    const struct station_setup *setup = &station->setup;

    station->host = (struct gdb_host){
        .loop = setup->loop,
        .log = &station->log,
        .worker = station->worker,
        .silence_ms = SILENCE_MS,
        .gone = on_gdb_gone,
        .shutdown = on_shutdown,
        .user = station,
    };
    ports_init(&station->ports, setup->loop, &station->log, station->worker, setup->peers);
    station->ports.shutdown = on_shutdown;
    station->ports.empty = on_ports_empty;
    station->ports.user = station;
}

int station_create(const struct station_setup *setup, struct station **created)
{
    struct station *station = calloc(1, sizeof *station);

    *created = NULL;
    if (!station)
        return DAEMON_FAILED;
    station->setup = *setup;
    station->log = *setup->log;
    uv_async_init(setup->loop, &station->answers_wake, on_answers);
    station->answers_wake.data = station;
    *created = station;
    if (!mailbox_init(&station->answers, &station->answers_wake))
        return DAEMON_FAILED;
    int code = open_wire(station);
    if (code == DAEMON_OK)
        code = start_worker(station);
    if (code != DAEMON_OK)
        return code;
    prepare_ports(station);
    post_job(station, plain_request(station, worker_connect, on_connected));
    return DAEMON_OK;
}

void station_destroy(struct station *station)
{
    if (!station)
        return;
    request_destroy(station->stop);
    mailbox_finish(&station->answers);
    if (station->wire)
        fclose(station->wire);
    free(station);
}
