/* SPDX-License-Identifier: MIT */
/* Power control of the STM32U5 (RM0456, chapter 10): voltage range, booster and regulator are as
 * asked for at once; the rest keeps what is written. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { CR3 = 0x08, VOSR = 0x0C, SVMCR = 0x10, SR = 0x38, SVMSR = 0x3C, BDSR = 0x40, LAST = 0x9C };
#define CR3_REGSEL (1u << 1)      /* SVMSR.REGS says the same */
#define VOSR_WRITABLE 0x00070000u /* BOOSTEN, VOS */
#define VOSR_BOOSTEN (1u << 18)
#define VOSR_BOOSTRDY (1u << 14)
#define VOSR_VOSRDY (1u << 15)
#define VOSR_VOS 0x00030000u
#define SVMSR_ACTVOSRDY (1u << 15)

struct pwr {
    uint32_t registers[LAST / 4 + 1];
};

static uint32_t vosr(const struct pwr *pwr)
{
    uint32_t value = pwr->registers[VOSR / 4];

    return value | VOSR_VOSRDY | (value & VOSR_BOOSTEN ? VOSR_BOOSTRDY : 0);
}

/* Of the monitors of the other supplies all is well as soon as they are on: the bits are the same.
 */
static uint32_t svmsr(const struct pwr *pwr)
{
    return (pwr->registers[CR3 / 4] & CR3_REGSEL) | SVMSR_ACTVOSRDY |
           (pwr->registers[VOSR / 4] & VOSR_VOS) | (pwr->registers[SVMCR / 4] & 0x0F000000);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct pwr *pwr = part->state;

    if (offset == VOSR)
        *value = vosr(pwr);
    else if (offset == SVMSR)
        *value = svmsr(pwr);
    else
        *value = offset <= LAST ? pwr->registers[offset / 4] : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;

    if (offset == VOSR)
        pwr->registers[VOSR / 4] = value & VOSR_WRITABLE;
    else if (offset <= LAST && offset != SR && offset != SVMSR && offset != BDSR)
        pwr->registers[offset / 4] = value;
    return true;
}

static void reset(struct sim_part *part)
{
    memset(part->state, 0, sizeof(struct pwr));
}

const struct sim_device sim_device_u5_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read,
    .write = write,
    .reset = reset,
};
