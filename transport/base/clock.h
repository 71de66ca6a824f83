/* SPDX-License-Identifier: MIT */
/* Time as an object: a probe on USB lives in real time, the simulated board in a virtual one,
 * where a 20 s mass erase passes in microseconds. Code with time limits asks the probe's clock. */
#ifndef PROBED_CLOCK_H
#define PROBED_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
    /* Microseconds since some fixed start; never goes back. */
    uint64_t (*now_us)(struct clock *clock);
    /* Lets `us` pass. On a virtual clock the simulated world moves on meanwhile. */
    void (*sleep_us)(struct clock *clock, uint64_t us);
    /* sleep_us() does not block the caller for that time. */
    bool is_virtual;
    /* Waiting elsewhere makes nothing pass. */
    bool stands_still;
};

/* The machine's monotonic clock; shared, stateless, any thread. */
struct clock *clock_real(void);

static inline uint64_t clock_now_us(struct clock *clock)
{
    return clock->now_us(clock);
}

static inline void clock_sleep_us(struct clock *clock, uint64_t us)
{
    clock->sleep_us(clock, us);
}

#endif
