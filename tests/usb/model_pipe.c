/* SPDX-License-Identifier: MIT */
#include "model_pipe.h"

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

static enum err fail(struct model_pipe *pipe, struct usb_exchange *x, struct job *job)
{
    switch (pipe->fault) {
    case PIPE_FAULT_TIMEOUT:
        sim_board_advance_us(pipe->board, x->timeout_ms * 1000u);
        return job_fail(job, ERR_PROBE, "the probe did not answer in time");
    case PIPE_FAULT_STALL:
        pipe->halted = true;
        return job_fail(job, ERR_PROBE, "the probe refused the command (USB stall)");
    case PIPE_FAULT_DISCONNECT:
        pipe->gone = true;
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    case PIPE_FAULT_SHORT:
        x->in_length /= 2;
        return ERR_OK;
    case PIPE_FAULT_GARBAGE:
        for (size_t i = 0; x->in && i < x->in_length; i++)
            ((uint8_t *)x->in)[i] = (uint8_t)(i * 37 + 11);
        return ERR_OK;
    case PIPE_FAULT_STALE:
        if (x->in && pipe->stale_length > 0) {
            x->in_length =
                pipe->stale_length < x->in_capacity ? pipe->stale_length : x->in_capacity;
            memcpy(x->in, pipe->stale, x->in_length);
        }
        return ERR_OK;
    default:
        return ERR_OK;
    }
}

static enum err exchange(struct usb_pipe *base, struct usb_exchange *x, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;
    bool fails = ++pipe->exchanges == pipe->fail_at;
    uint8_t fresh[8192];

    x->in_length = 0;
    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    if (pipe->halted)
        return job_fail(job, ERR_PROBE, "the probe refused the command (USB stall)");
    if (pipe->mute) {
        sim_board_advance_us(pipe->board, x->timeout_ms * 1000u);
        return job_fail(job, ERR_PROBE, "the probe did not answer in time");
    }
    const uint8_t *bytes = x->command;
    if (bytes[0] == 0xF2 && bytes[1] == 0x3C)
        pipe->nrst_low = bytes[2] == 0;
    if (pipe->spy)
        pipe->spy(pipe->spy_user, x);
    if (fails && pipe->fault == PIPE_FAULT_REFUSED) {
        sim_board_advance_us(pipe->board, x->timeout_ms * 1000u);
        return job_fail(job, ERR_PROBE, "the probe did not answer in time");
    }
    stlink_model_out(pipe->model, x->command, x->command_length);
    pass_transfer(pipe, x->command_length);
    if (x->out) {
        stlink_model_out(pipe->model, x->out, x->out_length);
        pass_transfer(pipe, x->out_length);
    }
    if (x->in) {
        x->in_length = stlink_model_in(pipe->model, x->in, x->in_capacity);
        pass_transfer(pipe, x->in_length);
        memcpy(fresh, x->in, x->in_length);
    }
    enum err error = fails ? fail(pipe, x, job) : ERR_OK;
    if (x->in && !fails) {
        memcpy(pipe->stale, fresh, x->in_length);
        pipe->stale_length = x->in_length;
        if (x->in_length == 0)
            return job_fail(job, ERR_PROBE, "the probe did not answer in time");
    }
    return error;
}

static enum err recover(struct usb_pipe *base, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;
    uint8_t drained[64];

    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    pipe->halted = false;
    while (stlink_model_in(pipe->model, drained, sizeof drained) > 0)
        ;
    return ERR_OK;
}

static enum err reset(struct usb_pipe *base, struct job *job)
{
    struct model_pipe *pipe = (struct model_pipe *)base;

    if (pipe->gone)
        return job_fail(job, ERR_PROBE_GONE, "the probe was unplugged");
    pipe->resets++;
    stlink_model_usb_reset(pipe->model);
    return ERR_OK;
}

static void close_pipe(struct usb_pipe *base)
{
    (void)base; /* on the caller's memory */
}

static const struct usb_pipe_driver model_pipe_driver = {
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
    *pipe =
        (struct model_pipe){.pipe.driver = &model_pipe_driver,
                            .model = model,
                            .board = board,
                            .clock = {.now_us = now_us, .sleep_us = sleep_us, .is_virtual = true}};
}
