/* SPDX-License-Identifier: MIT */
/* Prescalers as all families have them (RM0008, 7.3.2; RM0368, 6.3.3). */
#include "sim/stm32/stm32_internal.h"

/* HPRE: 2 4 8 16 64 128 256 512; there is no 32. */
uint32_t sim_hpre_khz(uint32_t khz, uint32_t code)
{
    uint32_t shift = code & 7;

    return code < 8 ? khz : khz >> (shift < 4 ? shift + 1 : shift + 2);
}

/* PPRE: 2 4 8 16. */
uint32_t sim_ppre_khz(uint32_t khz, uint32_t code, bool timer)
{
    return code < 4 ? khz : khz >> ((code & 3) + (timer ? 0 : 1));
}
