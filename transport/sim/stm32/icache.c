/* SPDX-License-Identifier: MIT */
/* The instruction cache of the STM32L5, U5 and H5 (RM0481, chapter 8): nothing is cached, so that
 * it is invalidated at once. */
#include "sim/stm32/stm32_internal.h"

enum { CR = 0x00, SR = 0x04, IER = 0x08, FCR = 0x0C };
#define CR_EN (1u << 0)
#define CR_CACHEINV (1u << 1)
#define CR_WRITABLE 0x000F0005u /* counters, WAYSEL, EN */
#define CR_RESET 0x00000004u
#define SR_BSYEND (1u << 1)

struct icache {
    uint32_t cr, sr, ier;
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct icache *icache = part->state;

    *value = offset == CR    ? icache->cr
             : offset == SR  ? icache->sr
             : offset == IER ? icache->ier
                             : 0;
    return true;
}

/* To switch it off invalidates it, too. */
static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct icache *icache = part->state;

    if (offset == CR) {
        if (value & CR_CACHEINV || icache->cr & ~value & CR_EN)
            icache->sr |= SR_BSYEND;
        icache->cr = value & CR_WRITABLE;
    } else if (offset == IER) {
        icache->ier = value & 6;
    } else if (offset == FCR) {
        icache->sr &= ~value;
    }
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct icache *)part->state = (struct icache){.cr = CR_RESET};
}

const struct sim_device sim_device_icache = {
    .state_size = sizeof(struct icache),
    .read = read,
    .write = write,
    .reset = reset,
};
