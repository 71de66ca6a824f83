/* SPDX-License-Identifier: MIT */
/* Power control of the STM32WB (RM0434) and WL (RM0453), with the bit that lets the second core go:
 * the regulator's range and mode are ready at once; the rest keeps what is written. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum {
    CR1 = 0x00,
    CR3 = 0x08,
    CR4 = 0x0C,
    SR1 = 0x10,
    SR2 = 0x14,
    SCR = 0x18,
    EXTSCR = 0x88,
    LAST = 0x90,
};
#define CR1_LPMS 7u
enum { LPMS_STANDBY = 3 };    /* and above: Shutdown; of the first core */
#define CR1_RESET 0x00000200u /* range 1 */
#define CR3_RESET 0x00008000u /* EIWUL */
#define CR4_C2BOOT (1u << 15)
#define SR2_READY 0x00000190u /* REGLPS; of the WL FLASHRDY, LDORDY */

struct pwr {
    uint32_t registers[LAST / 4 + 1];
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct pwr *pwr = part->state;

    *value = offset <= LAST ? pwr->registers[offset / 4] : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct pwr *pwr = part->state;

    if (offset > LAST || offset == SR1 || offset == SR2 || offset == SCR || offset == EXTSCR)
        return true;
    if (offset == CR4) /* cleared by a reset alone */
        value |= pwr->registers[offset / 4] & CR4_C2BOOT;
    pwr->registers[offset / 4] = value;
    part->board->standby_chosen = (pwr->registers[CR1 / 4] & CR1_LPMS) >= LPMS_STANDBY;
    return true;
}

static void reset(struct sim_part *part)
{
    struct pwr *pwr = part->state;

    memset(pwr, 0, sizeof *pwr);
    pwr->registers[CR1 / 4] = CR1_RESET;
    pwr->registers[CR3 / 4] = CR3_RESET;
    pwr->registers[SR2 / 4] = SR2_READY;
    part->board->standby_chosen = false;
}

const struct sim_device sim_device_wb_pwr = {
    .state_size = sizeof(struct pwr),
    .read = read,
    .write = write,
    .reset = reset,
};

bool sim_wb_core2_booted(const struct sim_board *board)
{
    const struct pwr *pwr = sim_part_of(board, &sim_device_wb_pwr)->state;

    return pwr->registers[CR4 / 4] & CR4_C2BOOT;
}
