/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "probe/driver.h"
#include "probe/wire_log.h"

/* S_RETIRE_ST and S_RESET_ST (DDI 0403, C1.6.2). */
#define DHCSR_CLEARED_BY_READ 0x03000000u

enum err probe_list_add(struct probe_list *list, const struct probe_info *info)
{
    struct probe_info *items = realloc(list->items, (list->count + 1) * sizeof *items);

    if (!items)
        return ERR_NO_MEMORY;
    list->items = items;
    items[list->count++] = *info;
    return ERR_OK;
}

enum err probe_scan_drivers(const struct probe_driver *const drivers[], struct probe_list *list,
                            struct job *job)
{
    struct job failed; /* the first of them */

    *list = (struct probe_list){0};
    job_init(&failed, job->log);
    for (size_t i = 0; drivers[i]; i++) {
        struct job own;

        job_init(&own, job->log);
        enum err err = drivers[i]->scan ? drivers[i]->scan(list, &own) : ERR_OK;
        if (err)
            job_fail(&failed, err, "%s", job_text(&own, err));
    }
    if (failed.err == ERR_OK)
        return ERR_OK;
    if (list->count == 0)
        return job_fail(job, failed.err, "%s", failed.text);
    log_line(job->log, LOG_WARN, "not all probes may be found: %s", failed.text);
    return ERR_OK;
}

enum err probe_scan(struct probe_list *list, struct job *job)
{
    return probe_scan_drivers(probe_drivers, list, job);
}

void probe_list_free(struct probe_list *list)
{
    free(list->items);
    *list = (struct probe_list){0};
}

enum err probe_open(const struct probe_info *info, struct job *job, FILE *wire,
                    struct probe **probe)
{
    struct probe *made = calloc(1, sizeof *made);

    *probe = NULL;
    if (!made)
        return job_fail(job, ERR_NO_MEMORY, "out of memory");
    made->driver = info->driver;
    made->info = *info;
    made->job = job;
    made->clock = clock_real();
    made->wire = wire;
    enum err err = made->driver->open(made);
    if (err) {
        free(made);
        return err;
    }
    wire_log_open(made);
    *probe = made;
    return ERR_OK;
}

void probe_close(struct probe *probe)
{
    if (!probe)
        return;
    if (probe->stats.repeats)
        log_line(probe->job->log, LOG_WARN,
                 "accesses garbled on the wire and repeated, %" PRIu64 " of them%s",
                 probe->stats.repeats, probe_hint(probe, ERR_PARITY));
    probe->driver->close(probe);
    free(probe);
}

void probe_set_job(struct probe *probe, struct job *job)
{
    probe->job = job;
}

struct job *probe_job(const struct probe *probe)
{
    return probe->job;
}

struct clock *probe_clock(const struct probe *probe)
{
    return probe->wire ? &((struct probe *)(uintptr_t)probe)->told : probe->clock;
}

const struct probe_info *probe_info(const struct probe *probe)
{
    return &probe->info;
}

const struct probe_stats *probe_stats(struct probe *probe)
{
    return &probe->stats;
}

bool probe_outlives_cable(const struct probe *probe)
{
    return probe->driver->outlives_cable;
}

bool probe_is_recorded(const struct probe_info *info)
{
    return info->driver && info->driver->recorded;
}

const char *probe_driver_name(const struct probe *probe)
{
    return probe->driver->name;
}

enum err probe_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    uint32_t value = 0;

    probe->dhcsr_seen = 0;
    enum err err = probe->driver->connect(probe, how, &value);
    wire_log_call(probe, wire_connect_name(how), err, &value);
    if (dpidr)
        *dpidr = value;
    return err;
}

enum err probe_disconnect(struct probe *probe)
{
    enum err err = probe->driver->disconnect(probe);

    wire_log_call(probe, "disconnect", err, NULL);
    return err;
}

enum err probe_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    char request[32];
    uint32_t actual = 0;
    enum err err = probe->driver->set_speed(probe, khz, &actual);

    snprintf(request, sizeof request, "speed %u", khz);
    wire_log_call(probe, request, err, &actual);
    if (!err) {
        probe->speed_khz = actual;
        probe->asked_khz = khz;
        if (actual)
            probe->now_khz = actual;
    }
    if (actual_khz)
        *actual_khz = actual;
    return err;
}

uint32_t probe_asked_khz(const struct probe *probe)
{
    return probe->asked_khz;
}

uint32_t probe_speed_khz(const struct probe *probe)
{
    return probe->speed_khz;
}

uint32_t probe_now_khz(const struct probe *probe)
{
    return probe->now_khz;
}

bool probe_one_speed(const struct probe *probe)
{
    return probe->one_speed;
}

const char *probe_hint(const struct probe *probe, enum err err)
{
    if (err != ERR_PARITY)
        return "";
    return probe->one_speed ? ": shorten the wires, connect GND"
                            : ": lower the speed, shorten the wires, connect GND";
}

enum err probe_nrst(struct probe *probe, enum probe_nrst level)
{
    enum err err = probe->driver->nrst(probe, level);

    wire_log_call(probe, wire_nrst_name(level), err, NULL);
    return err;
}

enum err probe_vtref(struct probe *probe, uint32_t *millivolts)
{
    enum err err = probe->driver->vtref ? probe->driver->vtref(probe, millivolts)
                                        : job_fail(probe->job, ERR_UNSUPPORTED,
                                                   "a %s probe cannot measure the target voltage",
                                                   probe->driver->name);

    wire_log_call(probe, "vtref", err, millivolts);
    return err;
}

void probe_say_supply(struct probe *probe, uint32_t millivolts)
{
    probe->supply_mv = millivolts;
}

enum err probe_supply(struct probe *probe, uint32_t *millivolts)
{
    if (!probe->supply_mv)
        return probe_vtref(probe, millivolts);
    *millivolts = probe->supply_mv;
    return ERR_OK;
}

size_t probe_serial_take(struct probe *probe, char *text, size_t capacity)
{
    return probe->driver->serial_take ? probe->driver->serial_take(probe, text, capacity) : 0;
}

bool probe_serial_listens(struct probe *probe)
{
    return probe->driver->serial_listens && probe->driver->serial_listens(probe);
}

void probe_serial_put(struct probe *probe, char character)
{
    if (probe->driver->serial_put)
        probe->driver->serial_put(probe, character);
}

enum err probe_command(struct probe *probe, int argc, const char *const argv[])
{
    if (!probe->driver->command)
        return job_fail(probe->job, ERR_UNSUPPORTED, "a %s probe has no commands of its own",
                        probe->driver->name);
    char request[200], reply[1000] = "";
    wire_control_request(argc, argv, request, sizeof request);
    enum err err = probe->driver->command(probe, argc, argv, reply, sizeof reply);
    wire_log_control(probe, request, err, reply);
    if (!err)
        job_print(probe->job, "%s", reply);
    return err;
}

/* --- the trace wire --- */

/* A record takes what was taken when it was made. */
uint32_t probe_trace_limit(const struct probe *probe)
{
    if (probe->driver->recorded)
        return UINT32_MAX;
    return probe->driver->trace_limit ? probe->driver->trace_limit(probe) : 0;
}

enum err probe_trace_start(struct probe *probe, uint32_t baud)
{
    uint32_t limit = probe_trace_limit(probe);

    if (!limit)
        return job_fail(probe->job, ERR_UNSUPPORTED, "this probe has no input for SWO");
    if (baud == 0 || baud > limit)
        return job_fail(probe->job, ERR_ARGUMENT,
                        "this probe takes SWO at up to %u baud: not at %u", limit, baud);
    enum err err = probe->driver->trace_start ? probe->driver->trace_start(probe, baud) : ERR_OK;
    wire_log_trace_start(probe, baud);
    probe->traces = err == ERR_OK;
    return err;
}

enum err probe_trace_read(struct probe *probe, uint8_t *bytes, size_t capacity, size_t *count)
{
    *count = 0;
    if (!probe->traces || !probe->driver->trace_read)
        return ERR_OK;
    enum err err = probe->driver->trace_read(probe, bytes, capacity, count);
    wire_log_trace(probe, bytes, *count);
    return err;
}

enum err probe_trace_stop(struct probe *probe)
{
    if (!probe->traces)
        return ERR_OK;
    probe->traces = false;
    wire_log_trace_start(probe, 0);
    return probe->driver->trace_stop ? probe->driver->trace_stop(probe) : ERR_OK;
}

bool probe_traces(const struct probe *probe)
{
    return probe->traces;
}

enum err probe_run(struct probe *probe, struct op *ops, size_t count)
{
    probe->stats.flushes++;
    probe->stats.operations += count;
    probe->failed = NULL;
    probe->failed_address_known = false;
    uint32_t before = probe->dhcsr_seen;
    enum err err = probe->driver->run(probe, ops, count);
    wire_log_ops(probe, ops, count, err, probe->dhcsr_seen & ~before);
    probe->wait_timed_out = err == ERR_TIMEOUT && probe->failed && probe->failed->kind == OP_WAIT;
    probe->failed = NULL; /* the operations are the caller's again */
    return err;
}

bool probe_wait_timed_out(const struct probe *probe)
{
    return probe->wait_timed_out;
}

bool probe_failed_address(const struct probe *probe, uint32_t *address)
{
    *address = probe->failed_address;
    return probe->failed_address_known;
}

void probe_look_into_caches(struct probe *probe, uint8_t ap, bool on)
{
    uint8_t bit = ap < DAP_AP_COUNT ? (uint8_t)(1u << ap) : 0;

    probe->dap.cacheable = (uint8_t)(on ? probe->dap.cacheable | bit : probe->dap.cacheable & ~bit);
}

void probe_note_dhcsr(struct probe *probe, uint32_t dhcsr)
{
    probe->dhcsr_seen |= dhcsr & DHCSR_CLEARED_BY_READ;
}

static const struct {
    enum swd_ack ack;
    enum err code;
    const char *name;
} outcomes[] = {
    {SWD_WAIT, ERR_WAIT, "WAIT"},
    {SWD_FAULT, ERR_FAULT, "FAULT"},
    {SWD_NONE, ERR_NO_TARGET, "no ACK"},
    {SWD_PARITY, ERR_PARITY, "wrong parity"},
};

static void describe_op(const struct op *op, uint32_t address, char *text, size_t size)
{
    switch (op->kind) {
    case OP_READ:
    case OP_WAIT:
        snprintf(text, size, "AP%u read of %u bits at 0x%08x", op->ap, op->width * 8u, address);
        break;
    case OP_WRITE:
        snprintf(text, size, "AP%u write of %u bits at 0x%08x", op->ap, op->width * 8u, address);
        break;
    case OP_REG_READ:
    case OP_REG_WRITE:
        snprintf(text, size, "AP%u %s of core register %u", op->ap,
                 op->kind == OP_REG_READ ? "read" : "write", op->address);
        break;
    case OP_BARRIER:
        snprintf(text, size, "end of the writes before");
        break;
    case OP_DP_READ:
    case OP_DP_WRITE:
        snprintf(text, size, "DP %s of register 0x%X", op->kind == OP_DP_READ ? "read" : "write",
                 address);
        break;
    case OP_AP_READ:
    case OP_AP_WRITE:
        snprintf(text, size, "AP%u %s of register 0x%02X", op->ap,
                 op->kind == OP_AP_READ ? "read" : "write", address);
        break;
    }
}

enum err probe_fail_op(struct probe *probe, const struct op *op, uint32_t address, enum swd_ack ack)
{
    char what[80];
    enum err code = ERR_PROBE;
    const char *name = "an ACK that does not exist";

    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (outcomes[i].ack == ack) {
            code = outcomes[i].code;
            name = outcomes[i].name;
        }
    }
    probe->failed = op;
    probe->failed_address = address;
    probe->failed_address_known = op->kind == OP_READ || op->kind == OP_WRITE;
    describe_op(op, address, what, sizeof what);
    return job_fail(probe->job, code, "%s: %s: %s%s", what, name, err_text(code),
                    probe_hint(probe, code));
}
