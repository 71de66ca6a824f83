/* SPDX-License-Identifier: MIT */
/* For debug_info.py: functions within functions, as an optimising compiler lays them out. */
#include <stdint.h>

static volatile uint32_t sink, source;

static inline uint32_t innermost(uint32_t value)
{
    for (uint32_t i = 0; i < value; i++)
        sink = i ^ source;
    return sink + value;
}

static inline uint32_t middle(uint32_t value)
{
    uint32_t sum = innermost(value) * 3;

    if (sum & 1)
        sum += innermost(value + 1);
    return sum - source;
}

static uint32_t __attribute__((noinline)) outer(uint32_t value)
{
    return middle(value) + middle(source);
}

int main(void)
{
    for (;;)
        sink = outer(sink);
}
