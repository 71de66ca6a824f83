/* SPDX-License-Identifier: MIT */
/* Power control of the STM32F4 (RM0368, 5.4): the regulator's scale is ready at once. */
#include "sim/stm32/stm32_internal.h"

enum { CR = 0x00, CSR = 0x04 };
#define CR_RESET 0x00008000u    /* scale 2 */
#define CR_WRITABLE 0x0000EFF3u /* VOS, ADCDC1, LVDS.., DBP, PLS, PVDE, PDDS, LPDS */
#define CSR_VOSRDY (1u << 14)
#define CSR_WRITABLE 0x00000300u /* EWUP, BRE */
#define CSR_BRE (1u << 9)
#define CSR_BRR_SHIFT 6 /* the backup regulator is ready: this far below its enable */

struct pwr {
    uint32_t cr, csr;
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct pwr *pwr = part->state;

    *value = 0;
    if (offset == CR)
        *value = pwr->cr;
    else if (offset == CSR)
        *value = pwr->csr | CSR_VOSRDY | (pwr->csr & CSR_BRE) >> CSR_BRR_SHIFT;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;

    if (offset == CR)
        pwr->cr = value & CR_WRITABLE;
    else if (offset == CSR)
        pwr->csr = value & CSR_WRITABLE;
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct pwr *)part->state = (struct pwr){.cr = CR_RESET};
}

const struct sim_device sim_device_f4_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read,
    .write = write,
    .reset = reset,
};
