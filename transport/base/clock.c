/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

static uint64_t real_now_us(struct clock *clock)
{
    struct timespec now;

    (void)clock;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void real_sleep_us(struct clock *clock, uint64_t us)
{
    struct timespec left = {.tv_sec = (time_t)(us / 1000000),
                            .tv_nsec = (long)(us % 1000000) * 1000};

    (void)clock;
    while (nanosleep(&left, &left) != 0)
        ;
}

struct clock *clock_real(void)
{
    static struct clock real = {.now_us = real_now_us, .sleep_us = real_sleep_us};

    return &real;
}
