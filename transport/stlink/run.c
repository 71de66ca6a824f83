/* SPDX-License-Identifier: MIT */
/* Operations as ST-Link commands. A flush becomes: scripts of word accesses where the firmware has
 * them, all core registers by one command, and block commands for the rest. Never two commands in
 * flight. */
#include "stlink/stlink.h"

#include "base/bytes.h"

enum { WAIT_FIRST_US = 50, WAIT_LONGEST_US = 2000 };

/* --- waiting, DP and AP --- */

static enum err look_once(struct probe *probe, struct op *op)
{
    return op->ap == 0 ? stlink_read_word(probe, op, op->address, op->result)
                       : stlink_any_word(probe, op, OP_READ, op->address, op->result);
}

static enum err run_wait(struct probe *probe, struct op *op)
{
    uint64_t end = clock_now_us(probe->clock) + op->timeout_us;
    uint32_t value = 0;
    struct op look = *op;

    look.result = &value;
    for (uint64_t pause = WAIT_FIRST_US;;
         pause = 2 * pause < WAIT_LONGEST_US ? 2 * pause : WAIT_LONGEST_US) {
        enum err err = stlink_run_repeated(probe, &look, look_once);
        if (err || (value & op->mask) == op->value)
            return err;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        if (clock_now_us(probe->clock) >= end)
            return job_fail(probe->job, ERR_TIMEOUT, "0x%08x still reads 0x%08x after %u us",
                            op->address, value, op->timeout_us);
        clock_sleep_us(probe->clock, pause);
    }
}

static enum err run_port(struct probe *probe, struct op *op)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};
    const struct stlink_status *status = NULL;
    bool read = op->kind == OP_DP_READ || op->kind == OP_AP_READ;
    bool dp = op->kind == OP_DP_READ || op->kind == OP_DP_WRITE;

    if (!stlink_of(probe)->caps.dap_regs)
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "the probe's firmware %s has no access to debug port registers",
                        probe->info.firmware);
    stlink_command(command, STLINK_DEBUG, read ? STLINK_READ_DAP : STLINK_WRITE_DAP);
    put_le16(command + 2, dp ? DAP_PORT_DP : op->ap);
    put_le16(command + 4, (uint16_t)op->address);
    if (!read)
        put_le32(command + 6, op->value);
    enum err err = stlink_ask_status(probe, command, reply, read ? 8 : 2, &status);
    if (err)
        return status ? stlink_fail(probe, op, op->address, status) : err;
    if (read)
        *op->result = get_le32(reply + 4);
    return ERR_OK;
}

/* --- the queue --- */

static enum err run_once(struct probe *probe, struct op *op)
{
    /* Reading an AP's id needs no opening, and finding APs must not fail on absent ones. */
    bool needs_ap = op->kind != OP_DP_READ && op->kind != OP_DP_WRITE && op->kind != OP_BARRIER &&
                    !(op->kind == OP_AP_READ && op->address == AP_IDR);
    enum err err = needs_ap ? stlink_need_ap(probe, op->ap) : ERR_OK;

    if (err)
        return err;
    switch (op->kind) {
    case OP_REG_READ:
    case OP_REG_WRITE:
        return stlink_run_reg(probe, op);
    case OP_BARRIER:
        return ERR_OK; /* every command here has ended when its status is read */
    default:
        return run_port(probe, op);
    }
}

static enum err run_kind(struct probe *probe, struct op *op)
{
    switch (op->kind) {
    case OP_READ:
    case OP_WRITE:
        return stlink_run_memory(probe, op);
    case OP_WAIT:
        return run_wait(probe, op);
    default:
        return stlink_run_repeated(probe, op, run_once);
    }
}

enum err stlink_run_one(struct probe *probe, struct op *op)
{
    enum err err = run_kind(probe, op);

    probe->failed = !err ? NULL : op; /* not the part of it that was tried */
    return err;
}

static enum err run_rest(struct probe *probe, struct op *ops, size_t first, size_t end, bool *done)
{
    enum err err = stlink_run_all_regs(probe, ops, first, end, done);

    for (size_t i = first; i < end && !err; i++) {
        if (done[i])
            continue;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        err = stlink_run_one(probe, &ops[i]);
        done[i] = !err;
    }
    return err;
}

/* Without a script: register reads in a row still go together. */
static size_t plain_end(const struct op *ops, size_t first, size_t count)
{
    size_t end = first + 1;

    while (ops[first].kind == OP_REG_READ && end < count && ops[end].kind == OP_REG_READ)
        end++;
    return end;
}

static enum err run_some(struct probe *probe, struct op *ops, size_t count)
{
    bool done[STLINK_RUN_MAX] = {false};
    enum err err = ERR_OK;

    for (size_t first = 0, end; first < count && !err; first = end) {
        end = first;
        if (job_cancelled(probe->job))
            return job_fail(probe->job, ERR_CANCELLED, "interrupted");
        if (stlink_of(probe)->caps.rw_misc)
            err = stlink_script_run(probe, ops, first, count, done, &end);
        if (end == first)
            end = plain_end(ops, first, count);
        if (!err)
            err = run_rest(probe, ops, first, end, done);
    }
    return !err ? stlink_learn_all_regs(probe, ops, count) : err;
}

enum err stlink_run(struct probe *probe, struct op *ops, size_t count)
{
    enum err err = ERR_OK;

    for (size_t at = 0, some; at < count && !err; at += some) {
        some = count - at < STLINK_RUN_MAX ? count - at : STLINK_RUN_MAX;
        err = run_some(probe, ops + at, some);
    }
    return err;
}
