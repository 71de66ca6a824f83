/* SPDX-License-Identifier: MIT */
#include "station.h"

#include <stdlib.h>
#include <string.h>

#include "commands/monitor.h"
#include "consoles/ports.h"
#include "daemon.h"
#include "daemon_text.h"
#include "gdb/gdb_port.h"
#include "net/stranger_log.h"
#include "pack/pack.h"
#include "session/mailbox.h"
#include "session/worker.h"
#include "station_files.h"
#include "station_session.h"
#include "streams/streams.h"

enum { STRANGERS_MS = 60000 }; /* until it is told how many more there were */

struct station {
    struct station_setup setup;
    struct log log;
    struct stranger_log strangers;
    struct station_files files;
    struct worker *worker;
    struct mailbox answers; /* from the worker */
    uv_async_t answers_wake;
    struct gdb_port gdbs;
    struct gdb_port core_gdbs;           /* of the chip's other core: */
    char core_name[PROBE_SELECTOR + 32]; /* in ready lines; empty: it has none, as far as known */
    struct endpoint core_place;
    bool core_placed, core_served;
    struct ports ports; /* telnet and TCL */
    struct streams streams;

    struct request *job;  /* the first try to connect, or a command of -c, with the worker */
    struct request *stop; /* the worker's last, allocated while there is memory */
    size_t next_command;
    const char *selector;
    bool connected; /* once at least: commands may run */
    bool served;    /* gdb can come, or is there */
    bool leaving;
};

static void end_step(struct station *station);

static void leave(struct station *station)
{
    if (station->leaving)
        return;
    station->setup.leaves(station->setup.user);
    station_leave(station);
}

static void leave_with(struct station *station, int exit_code)
{
    station->setup.exit_code(station->setup.user, exit_code);
    leave(station);
}

/* What no other station would fare better with. */
static void leave_all(struct station *station)
{
    station->setup.exit_code(station->setup.user, DAEMON_FAILED);
    station->setup.leave_all(station->setup.user);
}

/* --- gdbs --- */

static void on_gdb_left(void *user, bool spoke, bool extended)
{
    struct station *station = user;
    const struct options *options = station->setup.options;
    bool stays = options->stays_if_extended && extended;
    bool last = options->gdb.is_pipe || (options->once && !stays && spoke);

    if (station->leaving)
        end_step(station);
    else if (station_gdbs(station) == 0 && last)
        station->setup.idle(station->setup.user);
}

static void on_shutdown(void *user, int exit_code)
{
    struct station *station = user;

    log_line(&station->log, LOG_INFO, "a command ends the %s",
             station->setup.plan->alone ? "daemon" : "station");
    if (!station->leaving && exit_code != DAEMON_OK)
        station->setup.exit_code(station->setup.user, exit_code);
    leave(station);
}

/* --- start --- */

static void post_job(struct station *station, struct request *job)
{
    station->job = job;
    if (!job) {
        leave_all(station);
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

    if (command)
        command->request.who = is_file ? "a file of -f" : "the command line";
    post_job(station, command ? &command->request : NULL);
}

static void fail(struct station *station, const char *why)
{
    log_line(&station->log, LOG_ERROR, "%s", why);
    leave_all(station);
}

static void on_ready(void *user, const char *service, const struct endpoint *endpoint)
{
    const struct station_setup *setup = &((struct station *)user)->setup;

    setup->ready(setup->ready_user, setup->plan->name, service, endpoint);
}

/* gdb last: who waits for its port may use the others too. */
static void serve(struct station *station)
{
    const struct station_plan *plan = station->setup.plan;
    struct endpoint gdb = plan->gdb;
    char why[200];

    station->served = true;
    if (!ports_open(&station->ports, &plan->tcl, &plan->telnet,
                    station->setup.options->telnet_optional, why, sizeof why) ||
        !streams_open_places(&station->streams, plan->streams, plan->stream_count, why,
                             sizeof why) ||
        !gdb_port_open(&station->gdbs, &gdb, why, sizeof why))
        fail(station, why);
    else if (!gdb.is_off)
        on_ready(station, "gdb", &gdb);
}

/* That it cannot be had costs nothing that was asked for. */
void station_open_core(struct station *station)
{
    const struct station_setup *setup = &station->setup;
    char why[200];

    if (station->core_name[0] && !station->core_placed)
        station->core_placed = setup->core_place(setup->user, setup->plan, &station->core_place);
    if (!station->core_placed || !station->served || station->core_served || station->leaving)
        return;
    station->core_served = true;
    if (gdb_port_open(&station->core_gdbs, &station->core_place, why, sizeof why))
        setup->ready(setup->ready_user, station->core_name, "gdb", &station->core_place);
    else
        log_line(&station->log, LOG_WARN, "no gdb port for %s: %s", station->core_name, why);
}

static bool may_run_next(const struct station *station)
{
    const struct options *options = station->setup.options;
    size_t next = station->next_command;

    if (next >= options->command_count)
        return false;
    return station->connected ||
           (!options->command_is_file[next] && monitor_asks_why(options->commands[next]));
}

/* Commands once connected, in order; then the ports. Not connected: the ports, and the commands
 * when the target appears, but for those that ask why it does not. */
static void start_step(struct station *station)
{
    const struct options *options = station->setup.options;

    if (station->leaving || station->job)
        return;
    if (may_run_next(station)) {
        size_t next = station->next_command++;
        post_command(station, options->commands[next], options->command_is_file[next]);
    } else if (!station->served) {
        serve(station);
        station_open_core(station);
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
    station->connected |= request->err == ERR_OK;
    /* Which probe: only the user knows. */
    if (first && request->err == ERR_ARGUMENT && station->setup.plan->alone)
        leave_with(station, DAEMON_USAGE);
    else if (first && !station->connected && station->setup.options->needs_target)
        leave_with(station, DAEMON_NO_TARGET);
    request_destroy(request);
    if (first)
        station->setup.tried(station->setup.user);
    start_step(station);
}

static void on_core(struct request *request)
{
    struct station *station = request->owner;
    const struct core_notice *notice = (const struct core_notice *)request;
    const char *name = station->setup.plan->name;

    snprintf(station->core_name, sizeof station->core_name, "%s%s%s", name, name[0] ? ", " : "",
             notice->name);
    request_destroy(request);
    station_open_core(station);
}

static void on_command_done(struct request *request)
{
    struct station *station = request->owner;
    const struct command_request *command = (struct command_request *)request;

    station->job = NULL;
    if (request->err != ERR_OK) {
        bool file = command->is_file;
        /* A file's sentence names it, and the line. */
        log_line(&station->log, LOG_ERROR, "%s%s%s%s", file ? "" : "-c ", file ? "" : command->text,
                 file ? "" : ": ", job_text(&request->job, request->err));
        /* Whatever ends it, not all was done that was asked. */
        station->setup.exit_code(station->setup.user, DAEMON_FAILED);
        if (file || station->setup.options->strict)
            leave(station);
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

/* When the last gdb and console of it is gone, the worker follows. */
static void end_step(struct station *station)
{
    if (station_gdbs(station) > 0 || station->ports.count > 0 || station->streams.count > 0 ||
        !station->stop)
        return;
    worker_post(station->worker, station->stop);
    station->stop = NULL;
}

size_t station_gdbs(const struct station *station)
{
    return station->gdbs.count + station->core_gdbs.count;
}

void station_leave(struct station *station)
{
    if (station->leaving)
        return;
    station->leaving = true;
    if (station->job)
        request_cancel(station->job);
    gdb_port_close(&station->gdbs);
    gdb_port_close(&station->core_gdbs);
    ports_close(&station->ports);
    streams_close(&station->streams);
    end_step(station);
}

static void on_ports_empty(void *user)
{
    struct station *station = user;

    if (station->leaving)
        end_step(station);
}

/* --- life --- */

static int start_worker(struct station *station)
{
    const struct options *options = station->setup.options;
    const struct station_plan *plan = station->setup.plan;
    struct worker_setup setup = {
        .log = &station->log,
        .options = station_session(options),
        .streams = &station->streams.route,
        .info = plan->info,
        .selectors = &station->selector,
        .selector_count = plan->selector[0] ? 1 : 0,
        .chip = options->chip,
        .program = options->program,
        .tries_once = options->needs_target,
        .wire = station->files.wire,
        .answers = &station->answers,
        .connected = on_connected,
        .event = on_event,
        .core = on_core,
        .user = station,
    };

    setup.options.files = station->files.directory;
    setup.options.description = pack_description(station->files.pack);
    station->stop = plain_request(station, worker_stop, on_stopped);
    if (station->stop)
        station->worker = worker_start(&setup);
    return station->worker ? DAEMON_OK : DAEMON_FAILED;
}

static void prepare_gdbs(struct station *station, struct gdb_port *port, unsigned core)
{
    gdb_port_init(port, station->setup.loop, &station->log, &station->strangers.log,
                  station->worker, station->setup.peers);
    port->host.core = core;
    port->left = on_gdb_left;
    port->shutdown = on_shutdown;
    port->user = station;
}

static void prepare_ports(struct station *station)
{
    const struct station_setup *setup = &station->setup;

    prepare_gdbs(station, &station->gdbs, 0);
    prepare_gdbs(station, &station->core_gdbs, 1);
    ports_init(&station->ports, setup->loop, &station->log, &station->strangers.log,
               station->worker, setup->peers);
    station->ports.ready = on_ready;
    station->ports.shutdown = on_shutdown;
    station->ports.empty = on_ports_empty;
    station->ports.user = station;
    station->streams.host.worker = station->worker;
    station->streams.ready = on_ready;
    station->streams.empty = on_ports_empty;
    station->streams.user = station;
}

/* log.write of a station with a name. */
static void write_named(void *user, enum log_level level, const char *line)
{
    const struct station_setup *setup = &((struct station *)user)->setup;
    char text[800];

    snprintf(text, sizeof text, "%s: %s", setup->plan->name, line);
    setup->log->write(setup->log->user, level, text);
}

int station_create(const struct station_setup *setup, struct station **created)
{
    struct station *station = calloc(1, sizeof *station);

    *created = NULL;
    if (!station)
        return DAEMON_FAILED;
    station->setup = *setup;
    station->selector = setup->plan->selector;
    station->log =
        setup->plan->name[0] ? (struct log){setup->log->level, write_named, station} : *setup->log;
    stranger_log_init(&station->strangers, setup->loop, &station->log, STRANGERS_MS);
    uv_async_init(setup->loop, &station->answers_wake, on_answers);
    station->answers_wake.data = station;
    *created = station;
    if (!mailbox_init(&station->answers, &station->answers_wake))
        return DAEMON_FAILED;
    streams_init(&station->streams, setup->loop, &station->log, &station->strangers.log,
                 setup->peers);
    if (!station_files_open(&station->files, setup->options, setup->plan, &station->log))
        return DAEMON_FAILED;
    int code = start_worker(station);
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
    stranger_log_flush(&station->strangers);
    request_destroy(station->stop);
    mailbox_finish(&station->answers);
    station_files_close(&station->files);
    free(station);
}
