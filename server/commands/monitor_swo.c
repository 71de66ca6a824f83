/* SPDX-License-Identifier: MIT */
/* SWO and ITM: swo, and OpenOCD's tpiu and itm, Cortex-Debug's CDSWOConfigure and J-Link's SWO. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "session/stream_port.h"
#include "session/swo_service.h"

enum { HZ_MOST = 1000000000, PORTS = 32, EXCEPTIONS_NAMED = 16 };

static enum err get_service(struct monitor *monitor, struct swo_service **service)
{
    *service = swo_service(monitor->session);
    return *service ? ERR_OK : job_fail(monitor->job, ERR_NO_MEMORY, "no memory for SWO");
}

static enum err read_hz(struct monitor *monitor, const char *word, uint32_t *hz)
{
    return monitor_value(monitor, word, "a number of Hz", HZ_MOST, hz);
}

static enum err start(struct monitor *monitor, struct swo_service *service)
{
    enum err err = swo_service_start(service, monitor->job);

    if (!err && !service->set_up)
        job_print(monitor->job, "SWO begins when the core runs: its clock is measured then\n");
    else if (!err)
        job_print(monitor->job, "SWO: %u baud from a clock of %.3f MHz\n", service->plan.baud,
                  service->plan.clock_hz / 1e6);
    return err;
}

/* Settings that count at once, if it is on. */
static enum err restart(struct monitor *monitor, struct swo_service *service)
{
    return service->on ? swo_service_start(service, monitor->job) : ERR_OK;
}

/* --- swo --- */

static void show_exceptions(struct monitor *monitor, const struct swo_counts *counts)
{
    for (unsigned i = 0; i < SWO_EXCEPTIONS; i++)
        if (counts->entered[i] && i < EXCEPTIONS_NAMED)
            job_print(monitor->job, "exception %u: entered %u times\n", i, counts->entered[i]);
        else if (counts->entered[i])
            job_print(monitor->job, "IRQ %u: entered %u times\n", i - EXCEPTIONS_NAMED,
                      counts->entered[i]);
}

static void show_counts(struct monitor *monitor, const struct swo_service *service)
{
    const struct swo_counts *counts = &service->sink.counts;

    job_print(monitor->job,
              "packets %" PRIu64 ", that make no sense %" PRIu64 ", overflows %" PRIu64 "\n",
              counts->packets, counts->bad, counts->overflows);
    if (service->lost || counts->text_lost)
        job_print(monitor->job,
                  "not passed on, for they came too fast: %" PRIu64 " bytes, %" PRIu64
                  " characters of text\n",
                  service->lost, counts->text_lost);
    if (counts->ticks)
        job_print(monitor->job, "time by its stamps: %.6f s\n",
                  (double)counts->ticks / service->plan.clock_hz);
    if (counts->samples || counts->asleep)
        job_print(monitor->job, "samples of the PC: %" PRIu64 ", asleep: %" PRIu64 "\n",
                  counts->samples, counts->asleep);
    show_exceptions(monitor, counts);
}

enum err monitor_swo(struct monitor *monitor, int argc, const char *const argv[])
{
    const struct swo_service *service = monitor->session->swo;

    (void)argc;
    (void)argv;
    if (!service || !service->on) {
        job_print(monitor->job, "SWO is off: 'swo on [CLOCK_HZ [BAUD]]'\n");
        return ERR_OK;
    }
    if (!service->set_up)
        job_print(monitor->job, "SWO begins when the core runs: its clock is measured then\n");
    else
        job_print(monitor->job, "SWO: %u baud from a clock of %.3f MHz, ports 0x%08x\n",
                  service->plan.baud, service->plan.clock_hz / 1e6, service->plan.ports);
    show_counts(monitor, service);
    return ERR_OK;
}

enum err monitor_swo_on(struct monitor *monitor, int argc, const char *const argv[])
{
    struct swo_service *service;
    uint32_t hz = 0, baud = 0;
    enum err err = get_service(monitor, &service);

    if (!err && argc > 1)
        err = read_hz(monitor, argv[1], &hz);
    if (!err && argc > 2)
        err = read_hz(monitor, argv[2], &baud);
    if (err)
        return err;
    service->settings.clock_hz = hz;
    service->settings.baud = baud;
    service->settings.external = false;
    return start(monitor, service);
}

enum err monitor_swo_off(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    if (monitor->session->swo)
        swo_service_stop(monitor->session->swo);
    return ERR_OK;
}

static enum err set_switch(struct monitor *monitor, const char *word, size_t offset)
{
    struct swo_service *service;
    enum err err = get_service(monitor, &service);

    if (err)
        return err;
    if (strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.20s' is neither on nor off", word);
    *(bool *)((char *)&service->settings + offset) = strcmp(word, "on") == 0;
    return restart(monitor, service);
}

enum err monitor_swo_times(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    return set_switch(monitor, argv[1], offsetof(struct swo_settings, times));
}

enum err monitor_swo_exceptions(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    return set_switch(monitor, argv[1], offsetof(struct swo_settings, exceptions));
}

enum err monitor_swo_samples(struct monitor *monitor, int argc, const char *const argv[])
{
    struct swo_service *service;
    uint32_t cycles = 0;
    enum err err = get_service(monitor, &service);

    (void)argc;
    if (!err && strcmp(argv[1], "off") != 0)
        err = monitor_value(monitor, argv[1], "a number of cycles, or off", HZ_MOST, &cycles);
    if (err)
        return err;
    service->settings.sample_cycles = cycles;
    return restart(monitor, service);
}

enum err monitor_swo_port(struct monitor *monitor, int argc, const char *const argv[])
{
    struct stream_id id = {argc > 2 ? STREAM_ITM : STREAM_SWO_RAW, 0};
    struct endpoint endpoint = {0};
    uint32_t number = 0;
    char why[160];
    enum err err = ERR_OK;

    if (!endpoint_parse(argv[1], &endpoint, why, sizeof why))
        return job_fail(monitor->job, ERR_ARGUMENT, "%s", why);
    if (argc > 2)
        err = monitor_value(monitor, argv[2], "a stimulus port from 0 to 31", PORTS - 1, &number);
    if (err)
        return err;
    id.number = number;
    err = stream_port_open(monitor->session, monitor->job, id, "", &endpoint);
    if (!err)
        job_print(monitor->job, "listening on port %u for SWO\n", endpoint.port);
    return err;
}

/* --- others' words for it: what their options ask for --- */

struct wanted {
    uint32_t clock_hz, baud;
    const char *output; /* ":PORT", "-", "external", a path */
    bool formatter, manchester;
};

static enum err open_output(struct monitor *monitor, const char *output)
{
    struct stream_id id = {STREAM_SWO_RAW, 0};
    struct endpoint endpoint = {0};
    char why[160];

    if (strcmp(output, "-") == 0 || strcmp(output, "external") == 0)
        return ERR_OK;
    if (output[0] != ':')
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "SWO is not written to a file here: say :PORT and connect to that, for "
                        "instance 'nc localhost PORT > FILE'");
    if (!endpoint_parse(output + 1, &endpoint, why, sizeof why))
        return job_fail(monitor->job, ERR_ARGUMENT, "%s", why);
    (void)stream_port_close(monitor->session, monitor->job, STREAM_SWO_RAW, endpoint.port);
    job_clear(monitor->job);
    return stream_port_open(monitor->session, monitor->job, id, "", &endpoint);
}

static enum err serve(struct monitor *monitor, const struct wanted *wanted)
{
    struct swo_service *service;
    enum err err = get_service(monitor, &service);

    if (!err && (wanted->formatter || wanted->manchester))
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "SWO comes as a UART sends it, without frames: -protocol uart, "
                        "-formatter off");
    if (!err && wanted->output)
        err = open_output(monitor, wanted->output);
    if (err)
        return err;
    service->settings.clock_hz = wanted->clock_hz;
    service->settings.baud = wanted->baud;
    service->settings.external = wanted->output && strcmp(wanted->output, "external") == 0;
    return start(monitor, service);
}

/* CDSWOConfigure CPU_HZ SWO_HZ OUTPUT */
enum err monitor_swo_cortex_debug(struct monitor *monitor, int argc, const char *const argv[])
{
    struct wanted wanted = {.output = argv[3]};
    enum err err = read_hz(monitor, argv[1], &wanted.clock_hz);

    (void)argc;
    if (!err)
        err = read_hz(monitor, argv[2], &wanted.baud);
    return !err ? serve(monitor, &wanted) : err;
}

/* SWO EnableTarget CPU_HZ SWO_HZ MASK WHAT: 0 as a rate is one's own choice. */
enum err monitor_swo_jlink(struct monitor *monitor, int argc, const char *const argv[])
{
    struct wanted wanted = {0};
    struct swo_service *service;
    uint32_t ports = 0;
    enum err err = read_hz(monitor, argv[1], &wanted.clock_hz);

    if (!err)
        err = read_hz(monitor, argv[2], &wanted.baud);
    if (!err && argc > 3)
        err = monitor_value(monitor, argv[3], "a mask of ports", UINT32_MAX, &ports);
    if (!err)
        err = get_service(monitor, &service);
    if (err)
        return err;
    service->settings.ports = ports ? ports : UINT32_MAX;
    return serve(monitor, &wanted);
}

/* tpiu config disable | external|internal OUTPUT uart|manchester|sync.. FORMATTER CLOCK [BAUD] */
enum err monitor_tpiu_config(struct monitor *monitor, int argc, const char *const argv[])
{
    struct wanted wanted = {0};
    int at = 2;

    if (strcmp(argv[1], "disable") == 0)
        return monitor_swo_off(monitor, argc, argv);
    if (strcmp(argv[1], "external") == 0)
        wanted.output = "external";
    else if (strcmp(argv[1], "internal") == 0 && argc > at)
        wanted.output = argv[at++];
    if (!wanted.output || argc < at + 3 || argc > at + 4)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "tpiu config disable|((external|internal (FILE|:PORT|-)) uart off "
                        "TRACECLKIN_HZ [BAUD])");
    wanted.manchester = strcmp(argv[at], "uart") != 0;
    wanted.formatter = strcmp(argv[at + 1], "on") == 0 || strcmp(argv[at + 1], "1") == 0;
    enum err err = read_hz(monitor, argv[at + 2], &wanted.clock_hz);
    if (!err && argc > at + 3)
        err = read_hz(monitor, argv[at + 3], &wanted.baud);
    return !err ? serve(monitor, &wanted) : err;
}

/* NAME.tpiu configure -protocol uart -output :PORT -traceclk HZ -pin-freq BAUD -formatter off: kept
 * for `enable`. */
enum err monitor_tpiu_configure(struct monitor *monitor, int argc, const char *const argv[])
{
    struct swo_service *service;
    enum err err = get_service(monitor, &service);

    for (int i = 1; i < argc && !err; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "-traceclk") == 0)
            err = read_hz(monitor, value, &service->settings.clock_hz);
        else if (strcmp(argv[i], "-pin-freq") == 0)
            err = read_hz(monitor, value, &service->settings.baud);
        else if (strcmp(argv[i], "-output") == 0)
            err = open_output(monitor, value);
        else if (strcmp(argv[i], "-protocol") == 0 && strcmp(value, "uart") != 0)
            err =
                job_fail(monitor->job, ERR_UNSUPPORTED, "-protocol %.20s: it is uart here", value);
        if (!err && strcmp(argv[i], "-output") == 0)
            service->settings.external = strcmp(value, "external") == 0;
    }
    return !err ? restart(monitor, service) : err;
}

enum err monitor_tpiu_enable(struct monitor *monitor, int argc, const char *const argv[])
{
    struct swo_service *service;
    enum err err = get_service(monitor, &service);

    (void)argc;
    (void)argv;
    return !err ? start(monitor, service) : err;
}

/* itm port N on|off; itm ports on|off */
static enum err set_ports(struct monitor *monitor, uint32_t mask, const char *word)
{
    struct swo_service *service;
    enum err err = get_service(monitor, &service);
    bool on = strcmp(word, "on") == 0 || strcmp(word, "1") == 0;

    if (!err && !on && strcmp(word, "off") != 0 && strcmp(word, "0") != 0)
        err = job_fail(monitor->job, ERR_ARGUMENT, "'%.20s' is neither on nor off", word);
    if (err)
        return err;
    service->settings.ports = on ? service->settings.ports | mask : service->settings.ports & ~mask;
    return restart(monitor, service);
}

enum err monitor_itm_port(struct monitor *monitor, int argc, const char *const argv[])
{
    uint32_t port;
    enum err err =
        monitor_value(monitor, argv[1], "a stimulus port from 0 to 31", PORTS - 1, &port);

    (void)argc;
    return !err ? set_ports(monitor, 1u << port, argv[2]) : err;
}

enum err monitor_itm_ports(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    return set_ports(monitor, UINT32_MAX, argv[1]);
}
