/* SPDX-License-Identifier: MIT */
/* The system side of the STM32H7: power control (RM0433, 6.8), whose supply and voltage scale are
 * as asked at once, and system configuration (12.3), which keeps what is written. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { WORDS = 0x400 / 4 };

struct latches {
    uint32_t words[WORDS];
};

static void reset_latches(struct sim_part *part)
{
    memset(part->state, 0, sizeof(struct latches));
}

/* --- PWR --- */

enum { PWR_CR1 = 0x00, PWR_CSR1 = 0x04, PWR_CR3 = 0x0C, PWR_D3CR = 0x18 };
#define CR1_RESET 0xF000C000u
#define CR1_DBP (1u << 8)
#define CR3_RESET 0x00000006u  /* LDOEN, SCUEN */
#define D3CR_RESET 0x00004000u /* VOS: scale 3 */
#define VOS (3u << 14)
#define VOSRDY (1u << 13) /* of D3CR, and ACTVOSRDY of CSR1 */

static bool read_pwr(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct latches *pwr = part->state;

    *value = pwr->words[offset / 4];
    if (offset == PWR_CSR1)
        *value = (pwr->words[PWR_D3CR / 4] & VOS) | VOSRDY;
    else if (offset == PWR_D3CR)
        *value |= VOSRDY;
    return true;
}

static bool write_pwr(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct latches *pwr = part->state;

    pwr->words[offset / 4] = value;
    if (offset == PWR_CR1)
        part->board->backup_open = value & CR1_DBP;
    return true;
}

static void reset_pwr(struct sim_part *part)
{
    struct latches *pwr = part->state;

    reset_latches(part);
    pwr->words[PWR_CR1 / 4] = CR1_RESET;
    pwr->words[PWR_CR3 / 4] = CR3_RESET;
    pwr->words[PWR_D3CR / 4] = D3CR_RESET;
    part->board->backup_open = false;
}

const struct sim_device sim_device_h7_pwr = {
    .state_size = sizeof(struct latches),
    .read = read_pwr,
    .write = write_pwr,
    .reset = reset_pwr,
};

/* --- SYSCFG --- */

enum { PKGR = 0x124 };
#define LQFP144 2u

static bool read_syscfg(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct latches *syscfg = part->state;

    *value = offset == PKGR ? LQFP144 : syscfg->words[offset / 4];
    return true;
}

static bool write_syscfg(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct latches *syscfg = part->state;

    syscfg->words[offset / 4] = value;
    return true;
}

const struct sim_device sim_device_h7_syscfg = {
    .state_size = sizeof(struct latches),
    .read = read_syscfg,
    .write = write_syscfg,
    .reset = reset_latches,
};
