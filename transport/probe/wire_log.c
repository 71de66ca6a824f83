/* SPDX-License-Identifier: MIT */
#include "probe/wire_log.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/visible.h"

static void put_time(struct probe *probe)
{
    fprintf(probe->wire, "%" PRIu64 " %" PRIu64 " ", clock_now_us(probe->clock),
            clock_now_us(clock_real()));
}

/* What SWD runs at, when that is new. */
static void put_speed(struct probe *probe)
{
    if (probe->now_khz == probe->wire_khz)
        return;
    probe->wire_khz = probe->now_khz;
    put_time(probe);
    fprintf(probe->wire, "swclk %u %s\n", probe->now_khz, probe->one_speed ? "fixed" : "chosen");
}

/* --- the clock, for callers --- */

static struct probe *probe_of(struct clock *told)
{
    return (struct probe *)((char *)told - offsetof(struct probe, told));
}

static uint64_t told_now(struct clock *told)
{
    struct probe *probe = probe_of(told);
    uint64_t now = clock_now_us(probe->clock);

    fprintf(probe->wire, "%" PRIu64 " %" PRIu64 " now\n", now, clock_now_us(clock_real()));
    return now;
}

static void told_sleep(struct clock *told, uint64_t us)
{
    clock_sleep_us(probe_of(told)->clock, us);
}

/* --- lines --- */

void wire_log_open(struct probe *probe)
{
    if (!probe->wire)
        return;
    probe->told = (struct clock){.now_us = told_now,
                                 .sleep_us = told_sleep,
                                 .is_virtual = probe->clock->is_virtual,
                                 .stands_still = probe->clock->stands_still};
    fprintf(probe->wire, "# probed wire log 1: %s, %s %s\n", probe->driver->name,
            probe->info.product, probe->info.spec);
    put_speed(probe);
    fflush(probe->wire);
}

static void put_hex(FILE *to, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        fprintf(to, "%02x", data[i]);
}

static void put_write_data(FILE *to, const struct op *op)
{
    uint8_t word[4];

    put_le32(word, op->value);
    fputc(' ', to);
    put_hex(to, op->inline_data ? word : op->data, (size_t)op->width * op->count);
}

void wire_put_request(FILE *to, const struct op *op)
{
    const char *fixed = op->increment ? "" : " fixed";

    switch (op->kind) {
    case OP_READ:
        fprintf(to, "read ap%u %u %08x %u%s", op->ap, op->width, op->address, op->count, fixed);
        break;
    case OP_WRITE:
        fprintf(to, "write ap%u %u %08x %u%s", op->ap, op->width, op->address, op->count, fixed);
        put_write_data(to, op);
        break;
    case OP_REG_READ:
        fprintf(to, "reg ap%u %u", op->ap, op->address);
        break;
    case OP_REG_WRITE:
        fprintf(to, "setreg ap%u %u %08x", op->ap, op->address, op->value);
        break;
    case OP_WAIT:
        fprintf(to, "wait ap%u %08x %08x %08x %u", op->ap, op->address, op->mask, op->value,
                op->timeout_us);
        break;
    case OP_BARRIER:
        fprintf(to, "barrier");
        break;
    case OP_DP_READ:
        fprintf(to, "getdp %02x", op->address);
        break;
    case OP_DP_WRITE:
        fprintf(to, "setdp %02x %08x", op->address, op->value);
        break;
    case OP_AP_READ:
        fprintf(to, "getap%u %02x", op->ap, op->address);
        break;
    case OP_AP_WRITE:
        fprintf(to, "setap%u %02x %08x", op->ap, op->address, op->value);
        break;
    }
}

static void put_error(struct probe *probe, enum err err)
{
    fprintf(probe->wire, " -> error %d %s\n", (int)err, job_text(probe->job, err));
}

static void put_result(FILE *to, const struct op *op)
{
    fputs(" -> ", to);
    if (op->kind == OP_READ && op->data)
        put_hex(to, op->data, (size_t)op->width * op->count);
    else if (op->result)
        fprintf(to, "%08x", *op->result);
    else
        fputs(op->missed && *op->missed ? "missed" : "ok", to);
    fputc('\n', to);
}

/* Where an access failed, and what was read before. */
static void put_broken(struct probe *probe, const struct op *op)
{
    size_t length = (size_t)op->width * op->count;
    uint32_t read = probe->failed_address - op->address;

    if (!probe->failed_address_known)
        return;
    put_time(probe);
    fprintf(probe->wire, "broken %08x ", probe->failed_address);
    if (op->kind == OP_READ && op->data && read <= length)
        put_hex(probe->wire, op->data, read);
    fputc('\n', probe->wire);
}

static void put_op(struct probe *probe, const struct op *op, enum err err)
{
    if (err)
        put_broken(probe, op);
    put_time(probe);
    wire_put_request(probe->wire, op);
    if (err)
        put_error(probe, err);
    else
        put_result(probe->wire, op);
}

void wire_log_ops(struct probe *probe, const struct op *ops, size_t count, enum err err,
                  uint32_t dhcsr)
{
    if (!probe->wire)
        return;
    put_speed(probe);
    put_time(probe);
    fputs("flush\n", probe->wire);
    if (dhcsr) {
        put_time(probe);
        fprintf(probe->wire, "dhcsr %08x\n", dhcsr);
    }
    /* A driver that failed without naming an operation vouches for none. */
    size_t good = !err ? count : probe->failed ? (size_t)(probe->failed - ops) : 0;
    for (size_t i = 0; i < count && i <= good; i++)
        put_op(probe, &ops[i], i == good ? err : ERR_OK);
    fflush(probe->wire);
}

static const char *ack_name(enum swd_ack ack)
{
    switch (ack) {
    case SWD_OK:
        return "ok";
    case SWD_WAIT:
    case SWD_UNSURE:
        return "wait";
    case SWD_FAULT:
        return "fault";
    case SWD_NONE:
        return "none";
    case SWD_PARITY:
        return "parity";
    case SWD_MISMATCH:
        return "mismatch";
    }
    return "garbled";
}

void wire_log_dap(struct probe *probe, const struct dap_access *list, size_t count, size_t done,
                  enum swd_ack ack)
{
    if (!probe->wire)
        return;
    for (size_t i = 0; i < count && i <= done; i++) {
        put_time(probe);
        if (list[i].port == DAP_PORT_DP)
            fputs("dap dp", probe->wire);
        else
            fprintf(probe->wire, "dap ap%u", list[i].port);
        fprintf(probe->wire, " %s %02x", list[i].read ? "read" : "write", list[i].reg);
        if (i < done || !list[i].read)
            fprintf(probe->wire, " %08x", list[i].value);
        fprintf(probe->wire, " %s\n", ack_name(i < done ? SWD_OK : ack));
    }
    if (done == count && ack != SWD_OK) {
        put_time(probe);
        fprintf(probe->wire, "dap end %s\n", ack_name(ack));
    }
}

void wire_log_call(struct probe *probe, const char *request, enum err err, const uint32_t *value)
{
    if (!probe->wire)
        return;
    put_speed(probe);
    put_time(probe);
    fputs(request, probe->wire);
    if (err)
        put_error(probe, err);
    else if (value)
        fprintf(probe->wire, " -> %08x\n", *value);
    else
        fputs(" -> ok\n", probe->wire);
    fflush(probe->wire);
}

void wire_log_trace_start(struct probe *probe, uint32_t baud)
{
    if (!probe->wire)
        return;
    put_time(probe);
    fprintf(probe->wire, "swo at %u\n", baud);
}

void wire_log_trace(struct probe *probe, const uint8_t *bytes, size_t length)
{
    if (!probe->wire || length == 0)
        return;
    put_time(probe);
    fputs("swo ", probe->wire);
    put_hex(probe->wire, bytes, length);
    fputc('\n', probe->wire);
}

void wire_control_request(int argc, const char *const argv[], char *request, size_t size)
{
    struct buf text;

    buf_init(&text, request, size - 1);
    buf_text(&text, "control");
    for (int i = 0; i < argc; i++) {
        char word[80];

        visible_copy(VISIBLE_LINE, argv[i], strlen(argv[i]), word, sizeof word);
        buf_printf(&text, " %s", word);
    }
    request[text.length] = '\0';
}

void wire_log_control(struct probe *probe, const char *request, enum err err, const char *reply)
{
    if (!probe->wire)
        return;
    if (!err && reply[0]) {
        put_time(probe);
        fputs("said ", probe->wire);
        put_hex(probe->wire, (const uint8_t *)reply, strlen(reply));
        fputc('\n', probe->wire);
    }
    wire_log_call(probe, request, err, NULL);
}

bool wire_take_hex(const char *digits, uint8_t *to, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        /* Cut out: sscanf() measures all that is behind, each time. */
        const char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};

        if (sscanf(pair, "%2" SCNx8, &to[i]) != 1)
            return false;
    }
    return true;
}

const char *wire_connect_name(enum probe_connect how)
{
    return how == PROBE_CONNECT_UNDER_RESET ? "connect under-reset" : "connect normal";
}

const char *wire_nrst_name(enum probe_nrst level)
{
    return level == PROBE_NRST_ASSERT ? "nrst assert" : "nrst release";
}
