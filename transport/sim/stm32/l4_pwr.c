/* SPDX-License-Identifier: MIT */
/* Power control of the STM32L4 (RM0351, 5.4), G4 (RM0440, 6.4), G0 (RM0444, 4.4) and C0
 * (RM0490, 5.4): the regulator's range and mode are ready at once; the rest keeps what is written.
 */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { CR1 = 0x00, CR3 = 0x08, SR1 = 0x10, SR2 = 0x14, SCR = 0x18, CR5 = 0x80 };
#define CR1_LPMS 7u
enum { LPMS_STANDBY = 3 };    /* and above: Shutdown */
#define CR1_RESET 0x00000200u /* range 1 */
#define CR3_RESET 0x00008000u /* EIWUL */
#define CR5_RESET 0x00000100u /* no boost; of the G4 */
#define SR2_REGLPS (1u << 8)

struct pwr {
    uint32_t registers[CR5 / 4 + 1];
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct pwr *pwr = part->state;

    *value = offset <= CR5 ? pwr->registers[offset / 4] : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;

    if (offset <= CR5 && offset != SR1 && offset != SR2 && offset != SCR)
        pwr->registers[offset / 4] = value;
    part->board->standby_chosen = (pwr->registers[CR1 / 4] & CR1_LPMS) >= LPMS_STANDBY;
    return true;
}

static void reset(struct sim_part *part)
{
    struct pwr *pwr = part->state;

    memset(pwr, 0, sizeof *pwr);
    pwr->registers[CR1 / 4] = part->row->facts ? *(const uint32_t *)part->row->facts : CR1_RESET;
    pwr->registers[CR3 / 4] = CR3_RESET;
    pwr->registers[SR2 / 4] = SR2_REGLPS;
    pwr->registers[CR5 / 4] = CR5_RESET;
    part->board->standby_chosen = false;
}

const struct sim_device sim_device_l4_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read,
    .write = write,
    .reset = reset,
};
const uint32_t sim_l4_pwr_g0 = CR1_RESET | 1u << 3; /* FPD_STOP */
