/* SPDX-License-Identifier: MIT */
#include "daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon_signals.h"
#include "station.h"
#include "station_places.h"

struct daemon {
    struct daemon_setup setup;
    struct peer_rules peers;
    uv_loop_t loop;
    uv_async_t stop_wake;
    struct daemon_signals signals;
    struct station_plans plans;
    struct station **stations; /* one a plan; those from `made` on are NULL */
    size_t made;
    size_t running; /* they have something with the loop */
    size_t tried;   /* to connect, once */
    size_t cores;   /* other cores of chips that have got a port */
    size_t leaving; /* they are on their way out */
    int exit_code;
};

/* --- what the stations say --- */

static void set_exit_code(void *user, int code)
{
    ((struct daemon *)user)->exit_code = code;
}

static void on_leaves(void *user)
{
    struct daemon *daemon = user;

    if (++daemon->leaving >= daemon->plans.count)
        daemon->signals.asked = true; /* the next one may end the process */
}

static void leave_all(void *user)
{
    struct daemon *daemon = user;

    daemon->leaving = daemon->plans.count;
    daemon->signals.asked = true;
    for (size_t i = 0; i < daemon->made; i++)
        station_leave(daemon->stations[i]);
}

/* In the order of the stations, whichever of them is the quickest. */
static void on_tried(void *user)
{
    struct daemon *daemon = user;

    if (++daemon->tried < daemon->plans.count)
        return;
    for (size_t i = 0; i < daemon->made; i++)
        station_open_core(daemon->stations[i]);
}

static bool place_core(void *user, const struct station_plan *plan, struct endpoint *endpoint)
{
    struct daemon *daemon = user;

    return daemon->tried >= daemon->plans.count &&
           station_places_core(&daemon->plans, plan, daemon->cores++, endpoint);
}

static void on_idle(void *user)
{
    struct daemon *daemon = user;
    size_t gdbs = 0;

    for (size_t i = 0; i < daemon->made; i++)
        gdbs += station_gdbs(daemon->stations[i]);
    if (gdbs == 0)
        leave_all(daemon);
}

static void on_ended(void *user)
{
    struct daemon *daemon = user;

    if (--daemon->running > 0)
        return;
    uv_close((uv_handle_t *)&daemon->stop_wake, NULL);
    daemon_signals_stop(&daemon->signals);
}

static void on_stop(uv_async_t *async)
{
    leave_all(async->data);
}

/* --- life --- */

static int learn_users(struct daemon *daemon)
{
    char why[160];

    if (peer_rules_init(&daemon->peers, daemon->setup.options->allow_users, why, sizeof why))
        return DAEMON_OK;
    log_line(&daemon->setup.log, LOG_ERROR, "%s", why);
    return DAEMON_USAGE;
}

static bool open_loop(struct daemon *daemon)
{
    if (uv_loop_init(&daemon->loop) != 0)
        return false;
    uv_async_init(&daemon->loop, &daemon->stop_wake, on_stop);
    daemon->stop_wake.data = daemon;
    daemon->signals = (struct daemon_signals){
        .log = &daemon->setup.log,
        .not_interrupts = daemon->setup.options->gdb.is_pipe,
        .stop = &daemon->stop_wake,
    };
    if (daemon->setup.signals)
        daemon_signals_start(&daemon->signals, &daemon->loop);
    return true;
}

static int open_station(struct daemon *daemon, const struct station_plan *plan)
{
    struct station_setup setup = {
        .loop = &daemon->loop,
        .options = daemon->setup.options,
        .plan = plan,
        .log = &daemon->setup.log,
        .peers = &daemon->peers,
        .ready = daemon->setup.ready,
        .ready_user = daemon->setup.user,
        .exit_code = set_exit_code,
        .leave_all = leave_all,
        .leaves = on_leaves,
        .tried = on_tried,
        .core_place = place_core,
        .idle = on_idle,
        .ended = on_ended,
        .user = daemon,
    };
    int code = station_create(&setup, &daemon->stations[daemon->made++]);

    daemon->running += code == DAEMON_OK;
    return code;
}

static int open_stations(struct daemon *daemon)
{
    const struct daemon_setup *setup = &daemon->setup;
    int code = station_plan_all(setup->options, &setup->log, &daemon->plans);

    if (code != DAEMON_OK)
        return code;
    daemon->stations = calloc(daemon->plans.count, sizeof(struct station *));
    if (!daemon->stations)
        return DAEMON_FAILED;
    for (size_t i = 0; i < daemon->plans.count && code == DAEMON_OK; i++)
        code = open_station(daemon, &daemon->plans.items[i]);
    return code;
}

int daemon_create(const struct daemon_setup *setup, struct daemon **created)
{
    struct daemon *daemon = calloc(1, sizeof *daemon);

    *created = NULL;
    if (!daemon)
        return DAEMON_FAILED;
    daemon->setup = *setup;
    if (!open_loop(daemon)) {
        log_line(&setup->log, LOG_ERROR, "cannot make an event loop: %s", strerror(errno));
        free(daemon);
        return DAEMON_FAILED;
    }
    int code = learn_users(daemon);
    if (code == DAEMON_OK)
        code = open_stations(daemon);
    if (code != DAEMON_OK) {
        daemon_destroy(daemon);
        return code;
    }
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
    if (daemon->running > 0) { /* daemon_run() was not called, or not all could be started */
        leave_all(daemon);
        uv_run(&daemon->loop, UV_RUN_DEFAULT);
    }
    uv_walk(&daemon->loop, close_handle, NULL);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    uv_loop_close(&daemon->loop);
    for (size_t i = 0; i < daemon->made; i++)
        station_destroy(daemon->stations[i]);
    free(daemon->stations);
    free(daemon->plans.items);
    free(daemon);
}
