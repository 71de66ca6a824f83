/* SPDX-License-Identifier: MIT */
/* A pipe to a probe's firmware: commands one way, replies the other, whatever carries them (USB
 * bulk endpoints: usb.h). Drivers of probes speak to it and to nothing below; tests put a modelled
 * probe behind it. Used by one thread. */
#ifndef PROBED_PIPE_H
#define PROBED_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/job.h"

/* A command, and behind it either data to the probe or a reply from it. */
struct pipe_exchange {
    const void *command;
    size_t command_length;
    const void *out; /* second OUT transfer, or NULL */
    size_t out_length;
    void *in; /* IN transfer, or NULL */
    size_t in_capacity;
    size_t in_length; /* bytes that came */
    bool from_trace; /* the IN transfer is from where the probe puts what comes on its trace wire */
    bool zero_packet; /* the command's end shows only by a packet of its own if it fills its last */
    unsigned timeout_ms;
};

/* Most exchanges that may be under way at once. */
enum { PIPE_DEPTH = 8 };

struct pipe {
    const struct pipe_driver *driver;
    uint64_t transfers, bytes; /* completed, both directions */
};

struct pipe_driver {
    /* Up to PIPE_DEPTH exchanges are under way: begin() submits all transfers of one together (it
     * and its buffers stay the caller's, untouched until its end), end() waits until all of the
     * oldest have ended. On error of either (ERR_PROBE_GONE; ERR_PROBE: no answer in time, or a
     * stall) none is left under way and the job has the sentence; what the probe still holds must
     * be cleared by recover(). */
    enum err (*begin)(struct pipe *pipe, struct pipe_exchange *exchange, struct job *job);
    enum err (*end)(struct pipe *pipe, struct job *job);
    /* Clears halts and reads away stale replies. */
    enum err (*recover)(struct pipe *pipe, struct job *job);
    /* The last resort: resets the probe's USB, where its other functions (a serial port, a disk)
     * drop out too. */
    enum err (*reset)(struct pipe *pipe, struct job *job);
    void (*close)(struct pipe *pipe);
};

/* One by itself, from its beginning to its end. */
static inline enum err pipe_exchange_alone(struct pipe *pipe, struct pipe_exchange *exchange,
                                           struct job *job)
{
    enum err err = pipe->driver->begin(pipe, exchange, job);

    return !err ? pipe->driver->end(pipe, job) : err;
}

#endif
