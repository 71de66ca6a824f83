/* SPDX-License-Identifier: MIT */
#include "probe/ops.h"

#include "probe/driver.h"

void ops_init(struct ops *ops, struct probe *probe)
{
    ops->probe = probe;
    ops->ap = 0;
    ops->count = 0;
    ops->dhcsr_seen = 0;
    ops->err = ERR_OK;
}

static void send_queued(struct ops *ops)
{
    if (ops->err == ERR_OK && ops->count) {
        ops->err = probe_run(ops->probe, ops->list, ops->count);
        ops->dhcsr_seen |= ops->probe->dhcsr_seen;
        ops->probe->dhcsr_seen = 0;
        job_progress(ops->probe->job);
    }
    ops->count = 0;
}

static void append(struct ops *ops, const struct op *op)
{
    if (ops->err != ERR_OK)
        return;
    if (ops->count == OPS_CAPACITY)
        send_queued(ops);
    ops->list[ops->count] = *op;
    ops->list[ops->count++].ap = ops->ap;
}

/* What stands before a misaligned operation is still sent: "the first error" is in queue order. */
static void append_memory(struct ops *ops, const struct op *op)
{
    bool width_ok = op->width == 1 || op->width == 2 || op->width == 4;

    if (width_ok && op->address % op->width == 0) {
        if (op->count)
            append(ops, op);
        return;
    }
    send_queued(ops);
    if (ops->err == ERR_OK)
        ops->err =
            job_fail(ops->probe->job, ERR_ALIGNMENT,
                     "0x%08x cannot be accessed in units of %u bytes", op->address, op->width);
}

static struct op read_of_word(uint32_t address, uint32_t *value)
{
    return (struct op){.kind = OP_READ,
                       .width = 4,
                       .increment = true,
                       .address = address,
                       .count = 1,
                       .result = value};
}

void ops_read32(struct ops *ops, uint32_t address, uint32_t *value)
{
    struct op op = read_of_word(address, value);

    append_memory(ops, &op);
}

void ops_read32_still(struct ops *ops, uint32_t address, uint32_t *value)
{
    struct op op = read_of_word(address, value);

    op.still = true;
    append_memory(ops, &op);
}

void ops_collect32(struct ops *ops, uint32_t address, uint32_t *bits)
{
    struct op op = read_of_word(address, bits);

    op.adds_up = true;
    append_memory(ops, &op);
}

static struct op write_of_one(uint32_t address, uint8_t width, uint32_t value)
{
    return (struct op){.kind = OP_WRITE,
                       .width = width,
                       .increment = true,
                       .address = address,
                       .count = 1,
                       .inline_data = true,
                       .value = value};
}

static void write_one(struct ops *ops, uint32_t address, uint8_t width, uint32_t value)
{
    struct op op = write_of_one(address, width, value);

    append_memory(ops, &op);
}

void ops_write32_loosely(struct ops *ops, uint32_t address, uint32_t value, bool *missed)
{
    struct op op = write_of_one(address, 4, value);

    op.missed = missed;
    append_memory(ops, &op);
}

void ops_write32(struct ops *ops, uint32_t address, uint32_t value)
{
    write_one(ops, address, 4, value);
}

void ops_write16(struct ops *ops, uint32_t address, uint16_t value)
{
    write_one(ops, address, 2, value);
}

void ops_write8(struct ops *ops, uint32_t address, uint8_t value)
{
    write_one(ops, address, 1, value);
}

void ops_read(struct ops *ops, uint32_t address, unsigned width, void *data, uint32_t count)
{
    append_memory(ops, &(struct op){.kind = OP_READ,
                                    .width = (uint8_t)width,
                                    .increment = true,
                                    .address = address,
                                    .count = count,
                                    .data = data});
}

void ops_write(struct ops *ops, uint32_t address, unsigned width, const void *data, uint32_t count)
{
    /* One struct serves reads and writes; a write never changes what `data` points to. */
    append_memory(ops, &(struct op){.kind = OP_WRITE,
                                    .width = (uint8_t)width,
                                    .increment = true,
                                    .address = address,
                                    .count = count,
                                    .data = (void *)(uintptr_t)data});
}

void ops_reg_read(struct ops *ops, unsigned regsel, uint32_t *value)
{
    append(ops, &(struct op){.kind = OP_REG_READ, .address = regsel, .result = value});
}

void ops_reg_write(struct ops *ops, unsigned regsel, uint32_t value)
{
    append(ops, &(struct op){.kind = OP_REG_WRITE, .address = regsel, .value = value});
}

void ops_wait32(struct ops *ops, uint32_t address, uint32_t mask, uint32_t value,
                uint32_t timeout_us)
{
    append_memory(ops, &(struct op){.kind = OP_WAIT,
                                    .width = 4,
                                    .address = address,
                                    .count = 1,
                                    .mask = mask,
                                    .value = value,
                                    .timeout_us = timeout_us});
}

void ops_barrier(struct ops *ops)
{
    append(ops, &(struct op){.kind = OP_BARRIER});
}

void ops_sleep(struct ops *ops, uint64_t us)
{
    enum { SLICE_US = 10000 };
    struct probe *probe = ops->probe;

    send_queued(ops);
    for (uint64_t slice; us > 0 && ops->err == ERR_OK; us -= slice) {
        slice = us < SLICE_US ? us : SLICE_US;
        if (job_cancelled(probe->job))
            ops->err = job_fail(probe->job, ERR_CANCELLED, "interrupted");
        else
            clock_sleep_us(probe->clock, slice);
    }
}

void ops_dp_read(struct ops *ops, uint32_t reg, uint32_t *value)
{
    append(ops, &(struct op){.kind = OP_DP_READ, .address = reg, .result = value});
}

void ops_dp_write(struct ops *ops, uint32_t reg, uint32_t value)
{
    append(ops, &(struct op){.kind = OP_DP_WRITE, .address = reg, .value = value});
}

void ops_ap_read(struct ops *ops, uint32_t reg, uint32_t *value)
{
    append(ops, &(struct op){.kind = OP_AP_READ, .address = reg, .result = value});
}

void ops_ap_write(struct ops *ops, uint32_t reg, uint32_t value)
{
    append(ops, &(struct op){.kind = OP_AP_WRITE, .address = reg, .value = value});
}

enum err ops_flush(struct ops *ops)
{
    send_queued(ops);
    enum err err = ops->err;
    ops->err = ERR_OK;
    return err;
}

enum err ops_flush_or_refused(struct ops *ops, bool *refused)
{
    struct job *job = probe_job(ops->probe);
    bool had_failed = job->err != ERR_OK;
    enum err err = ops_flush(ops);

    *refused = err == ERR_FAULT;
    if (!*refused)
        return err;
    if (!had_failed)
        job_clear(job);
    return ERR_OK;
}

uint32_t ops_take_dhcsr_sticky(struct ops *ops)
{
    uint32_t seen = ops->dhcsr_seen;

    ops->dhcsr_seen = 0;
    return seen;
}
