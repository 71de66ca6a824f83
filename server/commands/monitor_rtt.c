/* SPDX-License-Identifier: MIT */
/* rtt: OpenOCD's words for RTT. */
#include <stdio.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "session/rtt_service.h"
#include "session/stream_port.h"

enum { SLOWEST_MS = 60000 };

static enum err get_service(struct monitor *monitor, struct rtt_service **service)
{
    *service = rtt_service(monitor->session);
    return *service ? ERR_OK : job_fail(monitor->job, ERR_NO_MEMORY, "no memory for RTT");
}

enum err monitor_rtt_setup(struct monitor *monitor, int argc, const char *const argv[])
{
    const char *id = argc > 3 ? argv[3] : RTT_DEFAULT_ID;
    struct rtt_service *service;
    uint32_t start, size;
    enum err err = monitor_address(monitor, argv[1], &start);

    if (!err)
        err = monitor_value(monitor, argv[2], "a size", UINT32_MAX, &size);
    if (!err)
        err = get_service(monitor, &service);
    if (err)
        return err;
    if (!rtt_set_id(&service->rtt, id))
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "'%.40s' cannot be the id of a control block: it has 1 to 15 characters",
                        id);
    service->rtt.start = start;
    service->rtt.size = size;
    rtt_service_restart(service);
    return ERR_OK;
}

/* Found or not, it is no error: the program may not have begun, and is looked at again while
 * somebody listens. */
enum err monitor_rtt_start(struct monitor *monitor, int argc, const char *const argv[])
{
    struct rtt_service *service;
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    (void)argv;
    if (!err)
        err = get_service(monitor, &service);
    if (err)
        return err;
    rtt_service_start(service);
    if (!service->rtt.found)
        job_print(monitor->job, "rtt: Searching for control block '%s'\n",
                  (const char *)service->rtt.id);
    unsigned core = session_select_core(monitor->session, 0);
    err = rtt_service_find(service, monitor->job);
    session_select_core(monitor->session, core);
    if (!err && service->rtt.found)
        job_print(monitor->job, "rtt: Control block found at 0x%x\n", service->rtt.address);
    else if (!err)
        job_print(monitor->job, "rtt: No control block found\n");
    return err;
}

enum err monitor_rtt_stop(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    if (monitor->session->rtt)
        rtt_service_stop(monitor->session->rtt);
    return ERR_OK;
}

enum err monitor_rtt_console(struct monitor *monitor, int argc, const char *const argv[])
{
    struct rtt_service *service;
    bool on;
    enum err err = get_service(monitor, &service);

    (void)argc;
    if (err)
        return err;
    if (!monitor_switch(argv[1], &on))
        return monitor_usage(monitor, argv[0]);
    monitor->session->rtt_shown = on;
    if (on)
        rtt_service_start(service);
    pollers_hurry(monitor->session);
    return ERR_OK;
}

enum err monitor_rtt_polling_interval(struct monitor *monitor, int argc, const char *const argv[])
{
    struct rtt_service *service;
    uint32_t ms;
    enum err err = get_service(monitor, &service);

    if (!err && argc > 1)
        err = monitor_value(monitor, argv[1], "a number of milliseconds", SLOWEST_MS, &ms);
    if (err)
        return err;
    if (argc > 1)
        service->longest_us = ms > 0 ? ms * UINT64_C(1000) : 1000;
    else
        job_print(monitor->job, "%u ms\n", (unsigned)(service->longest_us / 1000));
    return ERR_OK;
}

/* --- what channels there are --- */

/* Reads the block again; an error if there is none. */
static enum err look(struct monitor *monitor, struct rtt **found)
{
    struct session *session = monitor->session;
    struct target *target;
    enum err err = monitor_target(monitor, &target);
    unsigned core = session_select_core(session, 0);

    *found = session->rtt ? &session->rtt->rtt : NULL;
    if (!err && *found && (*found)->found)
        err = rtt_look(*found, target);
    if (!err && *found && (*found)->found)
        err = rtt_read_names(*found, target);
    session_select_core(session, core);
    if (!err && (!*found || !(*found)->found))
        err = job_fail(monitor->job, ERR_ARGUMENT,
                       "rtt: Control block not available: 'rtt start' looks for it");
    return err;
}

/* A channel without a buffer is not in use. */
static void print_lines(struct monitor *monitor, unsigned count, const struct rtt_channel *channels,
                        char (*names)[RTT_NAME])
{
    for (unsigned i = 0; i < count && i < RTT_CHANNELS; i++)
        if (channels[i].size > 0)
            job_print(monitor->job, "%u: %s %u %u\n", i, names[i], channels[i].size,
                      channels[i].flags);
}

/* As a Tcl list of dictionaries. */
static void print_list(struct monitor *monitor, unsigned count, const struct rtt_channel *channels,
                       char (*names)[RTT_NAME])
{
    const char *before = "{";

    for (unsigned i = 0; i < count && i < RTT_CHANNELS; i++) {
        bool plain = names[i][0] && !strpbrk(names[i], " {}[]$\"\\;#");

        if (channels[i].size == 0)
            continue;
        job_print(monitor->job, "%s{name %s%s%s size %u flags %u}", before, plain ? "" : "{",
                  names[i], plain ? "" : "}", channels[i].size, channels[i].flags);
        before = " ";
    }
    job_print(monitor->job, "%s}", before[0] == '{' ? "{" : "");
}

enum err monitor_rtt_channels(struct monitor *monitor, int argc, const char *const argv[])
{
    struct rtt *rtt;
    enum err err = look(monitor, &rtt);

    (void)argc;
    (void)argv;
    if (err || !rtt)
        return err;
    job_print(monitor->job, "Channels: up=%u, down=%u\nUp-channels:\n", rtt->up_count,
              rtt->down_count);
    print_lines(monitor, rtt->up_count, rtt->up, rtt->up_names);
    job_print(monitor->job, "Down-channels:\n");
    print_lines(monitor, rtt->down_count, rtt->down, rtt->down_names);
    return ERR_OK;
}

enum err monitor_rtt_channellist(struct monitor *monitor, int argc, const char *const argv[])
{
    struct rtt *rtt;
    enum err err = look(monitor, &rtt);

    (void)argc;
    (void)argv;
    if (err || !rtt)
        return err;
    print_list(monitor, rtt->up_count, rtt->up, rtt->up_names);
    job_print(monitor->job, " ");
    print_list(monitor, rtt->down_count, rtt->down, rtt->down_names);
    job_print(monitor->job, "\n");
    monitor->value = true;
    return ERR_OK;
}

/* --- ports --- */

enum err monitor_rtt_server_start(struct monitor *monitor, int argc, const char *const argv[])
{
    struct stream_id id = {STREAM_RTT, 0};
    struct endpoint endpoint = {0};
    char why[160];
    uint32_t channel;

    if (!endpoint_parse(argv[1], &endpoint, why, sizeof why))
        return job_fail(monitor->job, ERR_ARGUMENT, "%s", why);
    enum err err =
        monitor_value(monitor, argv[2], "a channel from 0 to 31", RTT_CHANNELS - 1, &channel);
    if (err)
        return err;
    id.number = channel;
    err = stream_port_open(monitor->session, monitor->job, id, argc > 3 ? argv[3] : "", &endpoint);
    if (!err)
        job_print(monitor->job, "Listening on port %u for rtt connections\n", endpoint.port);
    return err;
}

enum err monitor_rtt_server_stop(struct monitor *monitor, int argc, const char *const argv[])
{
    uint32_t port;
    enum err err = monitor_value(monitor, argv[1], "a port", UINT16_MAX, &port);

    (void)argc;
    return err ? err
               : stream_port_close(monitor->session, monitor->job, STREAM_RTT, (uint16_t)port);
}
