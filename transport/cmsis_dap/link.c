/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/bytes.h"
#include "cmsis_dap/cmsis_dap.h"

/* All of a packet's work must end within 1.5 s: gdb 13 resends after 2 s. */
enum { USB_TIMEOUT_MS = 600, SYNC_READS_MAX = 64, FAILURES_MAX = 3 };

/* --- order after a failure --- */

/* Reads until the one answer that is known comes: all before it is old. An old reply can look like
 * one to any transfer, but not like this one. */
static enum err resynchronise(struct probe *probe)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);
    uint8_t command[CMSIS_PACKET_MAX] = {DAP_INFO, DAP_INFO_PACKET_SIZE}, reply[CMSIS_PACKET_MAX];
    struct pipe_exchange x = {.command = command,
                              .command_length = dap->report_size ? dap->report_size : 2,
                              .in = reply,
                              .in_capacity = sizeof reply,
                              .timeout_ms = USB_TIMEOUT_MS};

    for (int i = 0; i < SYNC_READS_MAX; i++) {
        enum err err = pipe_exchange_alone(dap->pipe, &x, probe->job);
        if (err)
            return err;
        if (x.in_length >= 4 && reply[0] == DAP_INFO && reply[1] == 2 &&
            get_le16(reply + 2) == dap->told_size)
            return ERR_OK;
        x.command = NULL; /* only read on */
    }
    return job_fail(probe->job, ERR_PROBE,
                    "the probe's answers do not belong to its commands: replug it");
}

static enum err recover(struct probe *probe)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);

    if (!dap->dirty)
        return ERR_OK;
    enum err err = dap->pipe->driver->recover(dap->pipe, probe->job);
    if (!err && dap->told_size)
        err = resynchronise(probe);
    if (!err)
        dap->dirty = false;
    return err;
}

/* Some in a row without an answer, although the pipe was cleared between them: only opening it anew
 * can help. */
static enum err count_failure(struct probe *probe, enum err err, bool first_in_job)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);

    dap->dirty = true;
    dap->lost |= err == ERR_PROBE_GONE;
    if (dap->lost || !dap->in_service || ++dap->failures < FAILURES_MAX)
        return err;
    dap->lost = true;
    if (first_in_job)
        job_clear(probe->job);
    return job_fail(probe->job, ERR_PROBE_GONE, "the probe stopped answering");
}

/* --- packets --- */

static void count_traffic(struct probe *probe)
{
    const struct pipe *pipe = cmsis_dap_of(probe)->pipe;

    probe->stats.transfers = pipe->transfers;
    probe->stats.bytes = pipe->bytes;
}

enum err cmsis_dap_begin(struct probe *probe, struct cmsis_flight *flight)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);
    bool first_in_job = probe->job->err == ERR_OK;
    enum err err = recover(probe);

    if (dap->report_size > flight->packet.length) {
        memset(flight->packet.bytes + flight->packet.length, 0,
               dap->report_size - flight->packet.length);
        flight->packet.length = dap->report_size;
    }
    flight->exchange =
        (struct pipe_exchange){.command = flight->packet.bytes,
                               .command_length = flight->packet.length,
                               .in = flight->reply,
                               .in_capacity = dap->packet_size,
                               .zero_packet = flight->packet.length < dap->packet_size,
                               .timeout_ms = USB_TIMEOUT_MS};
    if (!err)
        err = dap->pipe->driver->begin(dap->pipe, &flight->exchange, probe->job);
    return err ? count_failure(probe, err, first_in_job) : ERR_OK;
}

enum err cmsis_dap_end(struct probe *probe, struct cmsis_flight *flight)
{
    struct cmsis_dap *dap = cmsis_dap_of(probe);
    bool first_in_job = probe->job->err == ERR_OK;
    enum err err = dap->pipe->driver->end(dap->pipe, probe->job);

    count_traffic(probe);
    if (err)
        return count_failure(probe, err, first_in_job);
    if (flight->exchange.in_length == 0)
        return cmsis_dap_fail_strange(probe, flight->packet.bytes[0], flight->reply, 0);
    job_progress(probe->job);
    dap->failures = 0;
    return ERR_OK;
}

/* --- single commands --- */

enum err cmsis_dap_fail_strange(struct probe *probe, uint8_t command, const uint8_t *reply,
                                size_t length)
{
    cmsis_dap_of(probe)->dirty = true;
    if (length > 0 && reply[0] == DAP_UNKNOWN)
        return job_fail(probe->job, ERR_PROBE,
                        "the probe does not know CMSIS-DAP command %02X: update its firmware",
                        command);
    if (length > 0 && reply[0] != command)
        return job_fail(probe->job, ERR_PROBE,
                        "the probe answered command %02X with a reply to %02X", command, reply[0]);
    return job_fail(probe->job, ERR_PROBE,
                    "the probe's reply to command %02X (%zu bytes) makes no sense", command,
                    length);
}

/* A reply of an info has as many bytes as it says. */
static bool is_whole(const uint8_t *reply, size_t length)
{
    return length >= 2 && (reply[0] != DAP_INFO || length >= 2u + reply[1]);
}

static enum err ask_once(struct probe *probe, const uint8_t *command, size_t length,
                         struct cmsis_flight *flight)
{
    memcpy(flight->packet.bytes, command, length);
    flight->packet.length = length;
    enum err err = cmsis_dap_begin(probe, flight);
    if (!err)
        err = cmsis_dap_end(probe, flight);
    if (err)
        return err;
    if (flight->reply[0] != command[0] || !is_whole(flight->reply, flight->exchange.in_length))
        return cmsis_dap_fail_strange(probe, command[0], flight->reply, flight->exchange.in_length);
    return ERR_OK;
}

enum err cmsis_dap_ask(struct probe *probe, const uint8_t *command, size_t length, uint8_t *reply,
                       size_t capacity, size_t *got)
{
    struct cmsis_flight *flight = &cmsis_dap_of(probe)->flights[0];
    bool first_in_job = probe->job->err == ERR_OK;
    enum err err = ask_once(probe, command, length, flight);

    if (err == ERR_PROBE) {
        if (first_in_job)
            job_clear(probe->job);
        err = ask_once(probe, command, length, flight);
    }
    if (err)
        return err;
    *got = flight->exchange.in_length < capacity ? flight->exchange.in_length : capacity;
    memcpy(reply, flight->reply, *got);
    return ERR_OK;
}

enum err cmsis_dap_tell(struct probe *probe, const uint8_t *command, size_t length,
                        const char *what)
{
    uint8_t reply[2] = {0};
    size_t got;
    enum err err = cmsis_dap_ask(probe, command, length, reply, sizeof reply, &got);

    if (err || reply[1] == 0)
        return err;
    return job_fail(probe->job, ERR_PROBE, "the probe cannot %s (CMSIS-DAP command %02X)", what,
                    command[0]);
}

enum err cmsis_dap_info(struct probe *probe, uint8_t id, uint8_t *bytes, size_t capacity,
                        size_t *got)
{
    uint8_t command[2] = {DAP_INFO, id}, reply[2 + 255] = {0};
    size_t length;
    enum err err = cmsis_dap_ask(probe, command, sizeof command, reply, sizeof reply, &length);

    *got = 0;
    if (err)
        return err;
    *got = reply[1] < capacity ? reply[1] : capacity;
    memcpy(bytes, reply + 2, *got);
    return ERR_OK;
}
