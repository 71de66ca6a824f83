/* SPDX-License-Identifier: MIT */
#include "stlink/stlink.h"

#include <string.h>

#include "base/bytes.h"

/* All of a packet's work must end within 1.5 s: gdb 13 resends after 2 s. */
enum {
    USB_TIMEOUT_MS = 600,
    SYNC_READ = 512,
    SYNC_READS_MAX = 32,
    FAILURES_MAX = 2,
    RETRY_LIMIT_US = 400000,
    RETRY_FIRST_US = 100,
    RETRY_LONGEST_US = 8000
};

/* A reply may come after everything was read away, and nothing in it says to which command it
 * belongs. So one is asked for that has only one answer, which is known: all that comes before it
 * is old. */
static enum err resynchronise(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);
    uint8_t command[STLINK_COMMAND_SIZE], reply[SYNC_READ];
    struct pipe_exchange x = {.command = command,
                              .command_length = sizeof command,
                              .in = reply,
                              .in_capacity = sizeof reply,
                              .timeout_ms = USB_TIMEOUT_MS};

    stlink_command(command, STLINK_GET_VERSION, 0);
    for (int i = 0; i < SYNC_READS_MAX; i++) {
        enum err err = pipe_exchange_alone(stlink->pipe, &x, probe->job);
        if (err)
            return err;
        if (x.in_length == sizeof stlink->version_reply &&
            memcmp(reply, stlink->version_reply, x.in_length) == 0)
            return ERR_OK;
        x.command = NULL; /* only read on */
    }
    return job_fail(probe->job, ERR_PROBE, "the probe's answers do not belong to its commands");
}

static enum err recover(struct probe *probe)
{
    struct stlink *stlink = stlink_of(probe);

    if (!stlink->dirty)
        return ERR_OK;
    enum err err = stlink->pipe->driver->recover(stlink->pipe, probe->job);
    if (!err && stlink->version.generation)
        err = resynchronise(probe);
    if (!err)
        stlink->dirty = false;
    return err;
}

/* Two commands in a row without an answer, although the pipes were cleared between them: only
 * opening it anew, with a USB reset if need be, can help. */
static enum err count_failure(struct probe *probe, enum err err, bool first_in_job)
{
    struct stlink *stlink = stlink_of(probe);

    stlink->dirty = true;
    if (err == ERR_PROBE_GONE || !stlink->in_service || ++stlink->failures < FAILURES_MAX) {
        stlink->lost |= err == ERR_PROBE_GONE;
        return err;
    }
    stlink->lost = true;
    if (first_in_job)
        job_clear(probe->job);
    return job_fail(probe->job, ERR_PROBE_GONE, "the probe stopped answering");
}

static enum err exchange(struct probe *probe, struct pipe_exchange *exchange)
{
    struct stlink *stlink = stlink_of(probe);
    bool first_in_job = probe->job->err == ERR_OK;
    enum err err = recover(probe);

    if (err)
        return count_failure(probe, err, first_in_job);
    exchange->command_length = STLINK_COMMAND_SIZE;
    exchange->timeout_ms = USB_TIMEOUT_MS;
    err = pipe_exchange_alone(stlink->pipe, exchange, probe->job);
    probe->stats.transfers = stlink->pipe->transfers;
    probe->stats.bytes = stlink->pipe->bytes;
    if (err)
        return count_failure(probe, err, first_in_job);
    job_progress(probe->job);
    stlink->failures = 0;
    return ERR_OK;
}

enum err stlink_fetch(struct probe *probe, const uint8_t *command, void *reply, size_t length)
{
    struct pipe_exchange x = {
        .command = command, .in = length ? reply : NULL, .in_capacity = length};

    if (length > 0)
        memset(reply, 0, length);
    enum err err = exchange(probe, &x);
    if (err)
        return err;
    if (x.in_length == length)
        return ERR_OK;
    stlink_of(probe)->dirty = true;
    return job_fail(probe->job, ERR_PROBE,
                    "the probe answered command %02X %02X with %zu bytes instead of %zu",
                    command[0], command[1], x.in_length, length);
}

enum err stlink_fetch_trace(struct probe *probe, uint8_t *bytes, size_t length, size_t *count)
{
    struct pipe_exchange x = {.in = bytes, .in_capacity = length, .from_trace = true};
    enum err err = exchange(probe, &x);

    *count = !err ? x.in_length : 0;
    return err;
}

enum err stlink_tell(struct probe *probe, const uint8_t *command, const void *data, size_t length)
{
    struct pipe_exchange x = {.command = command, .out = data, .out_length = length};

    return exchange(probe, &x);
}

enum err stlink_fail_echo(struct probe *probe, const uint8_t *command)
{
    stlink_of(probe)->dirty = true;
    return job_fail(probe->job, ERR_PROBE,
                    "the probe sent command %02X %02X back instead of an answer", command[0],
                    command[1]);
}

enum err stlink_ask(struct probe *probe, const uint8_t *command, uint8_t *reply, size_t length)
{
    enum err err = stlink_fetch(probe, command, reply, length);

    /* No reply begins like that: the first byte is a status, a version, a mode, a low number. */
    if (!err && length >= 2 && reply[0] == command[0] && reply[1] == command[1])
        return stlink_fail_echo(probe, command);
    return err;
}

enum err stlink_ask_status(struct probe *probe, const uint8_t *command, uint8_t *reply,
                           size_t length, const struct stlink_status **status)
{
    uint64_t end = clock_now_us(probe->clock) + RETRY_LIMIT_US;
    const struct stlink_status *found;

    for (uint64_t pause = RETRY_FIRST_US;; pause = pause < RETRY_LONGEST_US ? 2 * pause : pause) {
        enum err err = stlink_ask(probe, command, reply, length);
        if (err)
            return err;
        found = stlink_status(reply[0]);
        if (status)
            *status = found;
        if (!found->retry || clock_now_us(probe->clock) >= end || job_cancelled(probe->job))
            break;
        clock_sleep_us(probe->clock, pause);
        probe->stats.waits++;
    }
    return found->err;
}

enum err stlink_last_status(struct probe *probe, const struct stlink_status **status,
                            uint32_t *fault_address)
{
    struct stlink *stlink = stlink_of(probe);
    uint8_t command[STLINK_COMMAND_SIZE], reply[12] = {0};
    bool long_form = stlink->caps.last_status2;

    stlink_command(command, STLINK_DEBUG, long_form ? STLINK_LAST_STATUS2 : STLINK_LAST_STATUS);
    enum err err = stlink_ask(probe, command, reply, long_form ? 12 : 2);
    if (err)
        return err;
    *status = stlink_status(reply[0]);
    if (long_form && (*status)->err != ERR_OK)
        *fault_address = get_le32(reply + 4);
    return (*status)->err;
}

enum err stlink_fail(struct probe *probe, const struct op *op, uint32_t address,
                     const struct stlink_status *status)
{
    switch (status->err) {
    case ERR_FAULT:
        return probe_fail_op(probe, op, address, SWD_FAULT);
    case ERR_WAIT:
        return probe_fail_op(probe, op, address, SWD_WAIT);
    case ERR_NO_TARGET:
        return probe_fail_op(probe, op, address, SWD_NONE);
    case ERR_PARITY:
        stlink_of(probe)->wire_proved = false;
        return probe_fail_op(probe, op, address, SWD_PARITY);
    default:
        return job_fail(probe->job, status->err, "access at 0x%08x: %s (ST-Link status %02X)",
                        address, status->text, status->code);
    }
}

void stlink_clear_sticky(struct probe *probe)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};

    if (!stlink_of(probe)->caps.dap_regs)
        return; /* older firmware gives no way to; not known whether it clears them by itself */
    stlink_command(command, STLINK_DEBUG, STLINK_WRITE_DAP);
    put_le16(command + 2, DAP_PORT_DP);
    put_le16(command + 4, DP_ABORT);
    put_le32(command + 6, DP_ABORT_CLEAR_STICKY);
    (void)stlink_ask_status(probe, command, reply, sizeof reply, NULL);
}

bool stlink_write_was_garbled(struct probe *probe)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[8] = {0};

    if (!stlink_of(probe)->caps.dap_regs)
        return false;
    stlink_command(command, STLINK_DEBUG, STLINK_READ_DAP);
    put_le16(command + 2, DAP_PORT_DP);
    put_le16(command + 4, DP_CTRL_STAT);
    return stlink_ask_status(probe, command, reply, sizeof reply, NULL) == ERR_OK &&
           get_le32(reply + 4) & DP_CTRL_WDATAERR;
}
