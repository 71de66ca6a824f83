/* SPDX-License-Identifier: MIT */
/* Prescalers as all families have them (RM0008, 7.3.2; RM0368, 6.3.3). */
#include "sim/stm32/stm32_internal.h"

#define PS_PER_S 1000000000000ull
#define PS_A_CYCLE_PER_KHZ 1000000000ull

/* HPRE: 2 4 8 16 64 128 256 512; there is no 32. */
uint32_t sim_hpre_khz(uint32_t khz, uint32_t code)
{
    uint32_t shift = code & 7;

    return code < 8 ? khz : khz >> (shift < 4 ? shift + 1 : shift + 2);
}

/* In two parts, so that neither leaves 64 bits. */
uint64_t sim_ticks_in(uint64_t ps, uint32_t khz, uint64_t divider)
{
    return (ps / PS_PER_S * khz * 1000 + ps % PS_PER_S * khz / PS_A_CYCLE_PER_KHZ) / divider;
}

uint64_t sim_ticks_to_ps(uint64_t ticks, uint32_t khz, uint64_t divider)
{
    uint64_t cycles = ticks * divider, hz = UINT64_C(1000) * khz;

    return cycles / hz * PS_PER_S + cycles % hz * PS_A_CYCLE_PER_KHZ / khz;
}

/* PPRE: 2 4 8 16. */
uint32_t sim_ppre_khz(uint32_t khz, uint32_t code, bool timer)
{
    return code < 4 ? khz : khz >> ((code & 3) + (timer ? 0 : 1));
}
