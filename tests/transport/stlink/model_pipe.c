/* SPDX-License-Identifier: MIT */
#include "model_pipe.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* Full speed: a transfer costs a frame slot, and 64-byte packets follow each other. */
enum { TRANSFER_US = 125, PACKET_NS = 52600, PACKET = 64 };

static void pass_transfer(struct model_pipe *pipe, size_t bytes)
{
    uint64_t packets = (bytes + PACKET - 1) / PACKET;

    sim_board_advance_us(pipe->board, TRANSFER_US + packets * PACKET_NS / 1000);
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
    uint8_t rubbish[PIPE_BUFFER];
    enum pipe_fault fault = fault_here(pipe, false);
    enum err err = fail(pipe, fault, x, job);

    if (err)
        return err;
    make_rubbish(rubbish, length);
    size_t taken = fault == PIPE_FAULT_SHORT ? length / 2 : length;
    stlink_model_out(pipe->model, fault == PIPE_FAULT_GARBAGE ? rubbish : bytes, taken);
    pass_transfer(pipe, taken);
    return taken == length ? ERR_OK
                           : job_fail(job, ERR_PROBE, "the probe took only part of a command");
}

static void keep_late(struct model_pipe *pipe)
{
    struct pipe_reply *reply = &pipe->late[pipe->late_count];

    assert(pipe->late_count < PIPE_LATE_MAX);
    reply->length = stlink_model_in(pipe->model, reply->bytes, sizeof reply->bytes);
    pipe->late_count += reply->length > 0;
}

/* The oldest reply there is: a late one, or the model's. */
static void take_reply(struct model_pipe *pipe, struct pipe_exchange *x)
{
    if (x->from_trace) {
        x->in_length = stlink_model_trace_in(pipe->model, x->in, x->in_capacity);
        return;
    }
    if (pipe->late_count == 0) {
        x->in_length = stlink_model_in(pipe->model, x->in, x->in_capacity);
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

static enum err exchange(struct pipe *base, struct pipe_exchange *x, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;
    const uint8_t *bytes = x->command;
    enum err err = ERR_OK;

    x->in_length = 0;
    pipe->gone |= !sim_board_probe_present(pipe->board);
    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    if (pipe->halted)
        return job_fail(job, ERR_PROBE, "the probe refused the command (USB stall)");
    if (pipe->mute)
        return time_out(pipe, x, job);
    if (bytes && bytes[0] == 0xF2 && bytes[1] == 0x3C)
        pipe->nrst_low = bytes[2] == 0;
    if (pipe->spy && bytes)
        pipe->spy(pipe->spy_user, x);
    if (bytes)
        err = put_out(pipe, x, bytes, x->command_length, job);
    if (!err && x->out)
        err = put_out(pipe, x, x->out, x->out_length, job);
    return !err && x->in ? get_in(pipe, x, job) : err;
}

static enum err recover(struct pipe *base, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;
    uint8_t drained[64];

    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    pipe->halted = false;
    while (stlink_model_in(pipe->model, drained, sizeof drained) > 0)
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
    stlink_model_usb_reset(pipe->model);
    return ERR_OK;
}

static void close_pipe(struct pipe *base)
{
    (void)base; /* on the caller's memory */
}

static const struct pipe_driver model_pipe_driver = {
    .exchange = exchange, .recover = recover, .reset = reset, .close = close_pipe};

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

void model_pipe_init(struct model_pipe *pipe, struct stlink_model *model, struct sim_board *board)
{
    *pipe = (struct model_pipe){
        .pipe.driver = &model_pipe_driver,
        .model = model,
        .board = board,
        .clock = {
            .now_us = now_us, .sleep_us = sleep_us, .is_virtual = true, .stands_still = true}};
}
