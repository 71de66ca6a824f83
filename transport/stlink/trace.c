/* SPDX-License-Identifier: MIT */
/* What comes by the trace wire (SWO): a UART in the probe, whose bytes are fetched from an endpoint
 * of their own. What it has no room for is lost without a word. */
#include "base/bytes.h"
#include "stlink/stlink.h"

uint32_t stlink_trace_limit(const struct probe *probe)
{
    const struct stlink *stlink = probe->state;

    return stlink->caps.trace_baud;
}

static enum err send_start(struct probe *probe, uint32_t baud)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};

    stlink_command(command, STLINK_DEBUG, STLINK_TRACE_START);
    put_le16(command + 2, stlink_of(probe)->caps.trace_buffer);
    put_le32(command + 4, baud);
    enum err err = stlink_ask_status(probe, command, reply, sizeof reply, NULL);
    return !err ? ERR_OK
                : job_fail(probe->job, err, "the probe does not begin to take SWO: %s",
                           stlink_status(reply[0])->text);
}

static enum err send_stop(struct probe *probe)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};

    stlink_command(command, STLINK_DEBUG, STLINK_TRACE_STOP);
    return stlink_ask(probe, command, reply, sizeof reply);
}

/* A predecessor may have left it on. */
enum err stlink_trace_start(struct probe *probe, uint32_t baud)
{
    enum err err = send_stop(probe);

    if (!err)
        err = send_start(probe, baud);
    stlink_of(probe)->trace_baud = !err ? baud : 0;
    return err;
}

enum err stlink_trace_stop(struct probe *probe)
{
    stlink_of(probe)->trace_baud = 0;
    return send_stop(probe);
}

enum err stlink_trace_pause(struct probe *probe)
{
    return stlink_of(probe)->trace_baud ? send_stop(probe) : ERR_OK;
}

enum err stlink_trace_resume(struct probe *probe)
{
    uint32_t baud = stlink_of(probe)->trace_baud;

    return baud ? send_start(probe, baud) : ERR_OK;
}

/* The count has no status before it. */
enum err stlink_trace_read(struct probe *probe, uint8_t *bytes, size_t capacity, size_t *count)
{
    uint8_t command[STLINK_COMMAND_SIZE], reply[2] = {0};

    stlink_command(command, STLINK_DEBUG, STLINK_TRACE_COUNT);
    enum err err = stlink_fetch(probe, command, reply, sizeof reply);
    size_t waiting = get_le16(reply);
    if (err || waiting == 0)
        return err;
    return stlink_fetch_trace(probe, bytes, waiting < capacity ? waiting : capacity, count);
}
