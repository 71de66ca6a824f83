/* SPDX-License-Identifier: MIT */
/* Power control of the STM32F2, F4, L0 and L1 (RM0033, 4.4; RM0368, 5.4; RM0390, 5.4; RM0367, 6.4;
 * RM0038, 5.4): whatever is switched is ready at once. */
#include "sim/stm32/stm32_internal.h"

enum { CR = 0x00, CSR = 0x04 };
#define CR_PDDS (1u << 1)
#define CR_ODEN (3u << 16) /* overdrive, and the switch to it; ready in the same bits of CSR */
#define CSR_VOSRDY (1u << 14)
#define CSR_VREFINTRDYF (1u << 3) /* of the L0 and L1 */
#define CSR_WRITABLE 0x00000300u  /* EWUP, BRE */
#define CSR_BRE (1u << 9)
#define CSR_BRR_SHIFT 6 /* the backup regulator is ready: this far below its enable */

static const struct kind {
    uint32_t reset, writable; /* of CR */
    uint32_t ready;           /* in CSR, always */
} kinds[] = {
    [SIM_F4_PWR_F2] = {0, 0x000003F3, 0}, /* FPDS, DBP, PLS, PVDE, PDDS, LPDS */
    /* VOS of two bits, ADCDC1, LVDS and MRLVDS as well */
    [SIM_F4_PWR_SCALES] = {0x00008000, 0x0000EFF3, CSR_VOSRDY},
    [SIM_F4_PWR_OVERDRIVE] = {0x0000C000, 0x003FEFF3, CSR_VOSRDY},
    [SIM_F4_PWR_L0] = {0x00001000, 0x00007FF3, CSR_VREFINTRDYF}, /* DS_EE_KOFF as well */
    [SIM_F4_PWR_L1] = {0x00001000, 0x00005FF3, CSR_VREFINTRDYF},
};

struct pwr {
    uint32_t cr, csr;
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct kind *kind = &kinds[part->row->unit];
    const struct pwr *pwr = part->state;

    *value = 0;
    if (offset == CR)
        *value = pwr->cr;
    else if (offset == CSR)
        *value =
            pwr->csr | kind->ready | (pwr->csr & CSR_BRE) >> CSR_BRR_SHIFT | (pwr->cr & CR_ODEN);
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;

    if (offset == CR) {
        pwr->cr = value & kinds[part->row->unit].writable;
        part->board->standby_chosen = pwr->cr & CR_PDDS;
    } else if (offset == CSR) {
        pwr->csr = value & CSR_WRITABLE;
    }
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct pwr *)part->state = (struct pwr){.cr = kinds[part->row->unit].reset};
    part->board->standby_chosen = false;
}

const struct sim_device sim_device_f4_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read,
    .write = write,
    .reset = reset,
};
