/* SPDX-License-Identifier: MIT */
#include "model_pipe.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static void pass_transfer(struct model_pipe *pipe, size_t bytes)
{
    bool alone = pipe->used <= 1;

    sim_board_advance_us(pipe->board, bus_time_ns(&pipe->firmware, bytes, alone) / 1000);
    pipe->pipe.transfers++;
    pipe->pipe.bytes += bytes;
}

static enum err time_out(struct model_pipe *pipe, const struct pipe_exchange *x, struct job *job)
{
    sim_board_advance_us(pipe->board, x->timeout_ms * 1000u);
    return job_fail(job, ERR_PROBE, "the probe did not answer in time");
}

/* What is alike for both directions; ERR_OK: the transfer happens, whatever becomes of its bytes.
 */
static enum err fail(struct model_pipe *pipe, enum pipe_fault fault, const struct pipe_exchange *x,
                     struct job *job)
{
    switch (fault) {
    case PIPE_FAULT_TIMEOUT:
    case PIPE_FAULT_LATE:
        return time_out(pipe, x, job);
    case PIPE_FAULT_STALL:
        pipe->halted = true;
        return job_fail(job, ERR_PROBE, "the probe refused the command (USB stall)");
    case PIPE_FAULT_DISCONNECT:
        pipe->gone = true;
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    default:
        return ERR_OK;
    }
}

static enum pipe_fault fault_here(struct model_pipe *pipe, bool reply)
{
    if (++pipe->points < PIPE_POINTS_KEPT)
        pipe->replies[pipe->points] = reply;
    return pipe->points == pipe->fail_at ? pipe->fault : PIPE_FAULT_NONE;
}

static void make_rubbish(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(i * 37 + 11);
}

static enum err put_out(struct model_pipe *pipe, const struct pipe_exchange *x, const void *bytes,
                        size_t length, struct job *job)
{
    const struct firmware *firmware = &pipe->firmware;
    uint8_t rubbish[PIPE_BUFFER];
    enum pipe_fault fault = fault_here(pipe, false);
    enum err err = fail(pipe, fault, x, job);

    if (err)
        return err;
    make_rubbish(rubbish, length);
    size_t taken = fault == PIPE_FAULT_SHORT ? length / 2 : length;
    (void)firmware->driver->out(firmware->model, fault == PIPE_FAULT_GARBAGE ? rubbish : bytes,
                                taken);
    pass_transfer(pipe, taken);
    return taken == length ? ERR_OK
                           : job_fail(job, ERR_PROBE, "the probe took only part of a command");
}

static void keep_late(struct model_pipe *pipe)
{
    struct pipe_reply *reply = &pipe->late[pipe->late_count];

    assert(pipe->late_count < PIPE_LATE_MAX);
    reply->length =
        pipe->firmware.driver->in(pipe->firmware.model, reply->bytes, sizeof reply->bytes);
    pipe->late_count += reply->length > 0;
}

/* The oldest reply there is: a late one, or the model's. */
static void take_reply(struct model_pipe *pipe, struct pipe_exchange *x)
{
    const struct firmware *firmware = &pipe->firmware;

    if (x->from_trace) {
        x->in_length = firmware->driver->trace_in(firmware->model, x->in, x->in_capacity);
        return;
    }
    if (pipe->late_count == 0) {
        x->in_length = firmware->driver->in(firmware->model, x->in, x->in_capacity);
        return;
    }
    if (pipe->late_count < PIPE_LATE_MAX)
        keep_late(pipe);
    struct pipe_reply *first = &pipe->late[0];
    x->in_length = first->length < x->in_capacity ? first->length : x->in_capacity;
    memcpy(x->in, first->bytes, x->in_length);
    memmove(first, first + 1, --pipe->late_count * sizeof *first);
}

static enum err get_in(struct model_pipe *pipe, struct pipe_exchange *x, struct job *job)
{
    enum pipe_fault fault = fault_here(pipe, true);
    enum err err = fail(pipe, fault, x, job);

    if (fault == PIPE_FAULT_LATE) {
        keep_late(pipe);
        pipe->under_way = true;
    }
    if (err)
        return err;
    take_reply(pipe, x);
    pass_transfer(pipe, x->in_length);
    if (fault == PIPE_FAULT_SHORT)
        x->in_length /= 2;
    if (fault == PIPE_FAULT_GARBAGE)
        make_rubbish(x->in, x->in_length);
    if (fault == PIPE_FAULT_ECHO && x->command)
        memcpy(x->in, x->command,
               x->in_length < x->command_length ? x->in_length : x->command_length);
    if (fault == PIPE_FAULT_STALE && pipe->stale.length > 0) {
        x->in_length = pipe->stale.length < x->in_capacity ? pipe->stale.length : x->in_capacity;
        memcpy(x->in, pipe->stale.bytes, x->in_length);
    }
    if (fault == PIPE_FAULT_NONE) {
        memcpy(pipe->stale.bytes, x->in, x->in_length);
        pipe->stale.length = x->in_length;
    }
    return x->in_length > 0 ? ERR_OK : time_out(pipe, x, job);
}

static enum err check(struct model_pipe *pipe, const struct pipe_exchange *x, struct job *job)
{
    pipe->gone |= !sim_board_probe_present(pipe->board);
    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    if (pipe->halted)
        return job_fail(job, ERR_PROBE, "the probe refused the command (USB stall)");
    return pipe->mute ? time_out(pipe, x, job) : ERR_OK;
}

static enum err drop_all(struct model_pipe *pipe, enum err err)
{
    pipe->used = pipe->sent = 0;
    return err;
}

/* Whether the probe has a buffer for one more: the others' replies are still in it. */
static bool has_room(const struct model_pipe *pipe)
{
    return pipe->firmware.packets == 0 || pipe->sent < pipe->firmware.packets;
}

static enum err send_waiting(struct model_pipe *pipe, struct job *job)
{
    enum err err = ERR_OK;

    while (!err && pipe->sent < pipe->used && has_room(pipe)) {
        struct pipe_exchange *x = pipe->exchanges[pipe->sent++];

        if (pipe->spy && x->command)
            pipe->spy(pipe->spy_user, x);
        if (x->command)
            err = put_out(pipe, x, x->command, x->command_length, job);
        if (!err && x->out)
            err = put_out(pipe, x, x->out, x->out_length, job);
    }
    return err;
}

static enum err begin(struct pipe *base, struct pipe_exchange *x, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;
    enum err err = check(pipe, x, job);

    x->in_length = 0;
    assert(pipe->used < PIPE_DEPTH);
    pipe->exchanges[pipe->used++] = x;
    if (!err)
        err = send_waiting(pipe, job);
    return err ? drop_all(pipe, err) : ERR_OK;
}

static enum err end(struct pipe *base, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;

    assert(pipe->used > 0);
    struct pipe_exchange *x = pipe->exchanges[0];
    enum err err = check(pipe, x, job);

    if (!err && x->in)
        err = get_in(pipe, x, job);
    pipe->used--;
    pipe->sent--;
    for (size_t i = 0; i < pipe->used; i++)
        pipe->exchanges[i] = pipe->exchanges[i + 1];
    if (!err)
        err = send_waiting(pipe, job);
    return err ? drop_all(pipe, err) : ERR_OK;
}

static enum err recover(struct pipe *base, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;
    uint8_t drained[1024];

    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    pipe->halted = false;
    while (pipe->firmware.driver->in(pipe->firmware.model, drained, sizeof drained) > 0)
        ;
    if (!pipe->under_way)
        pipe->late_count = 0;
    pipe->under_way = false;
    return ERR_OK;
}

static enum err reset(struct pipe *base, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;

    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    pipe->resets++;
    pipe->late_count = 0;
    pipe->firmware.driver->usb_reset(pipe->firmware.model);
    return ERR_OK;
}

static void close_pipe(struct pipe *base)
{
    (void)base; /* on the caller's memory */
}

static const struct pipe_driver model_pipe_driver = {
    .begin = begin, .end = end, .recover = recover, .reset = reset, .close = close_pipe};

static struct model_pipe *of_clock(struct clock *clock)
{
    return (struct model_pipe *)(void *)((char *)clock - offsetof(struct model_pipe, clock));
}

static uint64_t now_us(struct clock *clock)
{
    return sim_board_now_us(of_clock(clock)->board);
}

static void sleep_us(struct clock *clock, uint64_t us)
{
    sim_board_advance_us(of_clock(clock)->board, us);
}

void model_pipe_init(struct model_pipe *pipe, struct firmware firmware, struct sim_board *board)
{
    *pipe = (struct model_pipe){
        .pipe.driver = &model_pipe_driver,
        .firmware = firmware,
        .board = board,
        .clock = {
            .now_us = now_us, .sleep_us = sleep_us, .is_virtual = true, .stands_still = true}};
}
