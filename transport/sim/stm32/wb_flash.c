/* SPDX-License-Identifier: MIT */
/* What the flash controller of the STM32WB and WL has besides that of the L4, l4_flash.c: registers
 * of a second core, of which either one can suspend what is to begin (RM0434 and RM0453, PES and
 * PESD). The second core sees the same status, but cannot program by registers of its own (C2CR).
 */
#include "sim/stm32/l4_flash_internal.h"

enum { SR = 0x10, C2ACR = 0x5C, C2SR = 0x60 };
#define ACR_PES (1u << 15)
#define C2ACR_RESET 0x00000200u
#define C2ACR_WRITABLE 0x00008B00u

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_l4_flash *flash = part->state;

    if (offset != C2ACR)
        return sim_device_l4_flash.read(part, offset == C2SR ? SR : offset, value);
    *value = flash->second_acr;
    return true;
}

static void look_whether_suspended(struct sim_part *part)
{
    struct sim_l4_flash *flash = part->state;
    bool suspended = (flash->common.acr | flash->second_acr) & ACR_PES;

    flash->common.sr = (flash->common.sr & ~SIM_L4_PESD) | (suspended ? SIM_L4_PESD : 0);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_l4_flash *flash = part->state;
    bool ok = true;

    if (offset == C2ACR)
        flash->second_acr = value & C2ACR_WRITABLE;
    else
        ok = sim_device_l4_flash.write(part, offset == C2SR ? SR : offset, value);
    look_whether_suspended(part);
    return ok;
}

static void reset(struct sim_part *part)
{
    struct sim_l4_flash *flash = part->state;

    sim_device_l4_flash.reset(part);
    flash->second_acr = C2ACR_RESET;
    flash->common.sr |= sim_l4(part->board)->optverr_at_reset ? SIM_L4_OPTVERR : 0;
}

const struct sim_device sim_device_wb_flash = {
    .state_size = sizeof(struct sim_l4_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
    .always_on = true,
};
