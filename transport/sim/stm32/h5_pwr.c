/* SPDX-License-Identifier: MIT */
/* Power control of the STM32H5 (RM0481, chapter 10): a voltage scale is reached at once; the rest
 * keeps what is written. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { PMSR = 0x04, VOSCR = 0x10, VOSSR = 0x14, BDSR = 0x28, VMSR = 0x3C, LAST = 0x104 };
#define VOS(voscr) ((voscr)&0x30u)
#define VOSSR_READY (1u << 3 | 1u << 13) /* VOSRDY, ACTVOSRDY */

struct pwr {
    uint32_t registers[LAST / 4 + 1];
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct pwr *pwr = part->state;

    if (offset == VOSSR)
        *value = VOSSR_READY | VOS(pwr->registers[VOSCR / 4]) << 10; /* ACTVOS */
    else
        *value = offset <= LAST ? pwr->registers[offset / 4] : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;

    if (offset <= LAST && offset != PMSR && offset != BDSR && offset != VMSR)
        pwr->registers[offset / 4] = value;
    return true;
}

static void reset(struct sim_part *part)
{
    memset(part->state, 0, sizeof(struct pwr));
}

const struct sim_device sim_device_h5_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read,
    .write = write,
    .reset = reset,
};
