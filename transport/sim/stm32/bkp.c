/* SPDX-License-Identifier: MIT */
/* Backup registers of the STM32F1 (RM0008, chapter 6): they keep what is written, through every
 * reset but that of the backup domain. No tamper detection. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum {
    DR1 = 0x04,
    DR10 = 0x28,
    RTCCR = 0x2C,
    CR = 0x30,
    CSR = 0x34,
    WORDS = CSR / 4 + 1,
};

struct bkp {
    uint32_t registers[WORDS]; /* by offset / 4 */
};

static uint32_t writable(uint32_t offset)
{
    if (offset >= DR1 && offset <= DR10)
        return 0xFFFF;
    return offset == RTCCR ? 0x3FF : offset == CR ? 3 : offset == CSR ? 4 : 0;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct bkp *bkp = part->state;

    *value = offset / 4 < WORDS ? bkp->registers[offset / 4] : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct bkp *bkp = part->state;

    if (offset / 4 < WORDS && sim_backup_writable(part->board))
        bkp->registers[offset / 4] = value & writable(offset);
    return true;
}

static void reset(struct sim_part *part) {}

static void power_on(struct sim_part *part)
{
    memset(part->state, 0, sizeof(struct bkp));
}

const struct sim_device sim_device_f1_bkp = {
    .state_size = sizeof(struct bkp),
    .read = read,
    .write = write,
    .reset = reset,
    .power_on = power_on,
    .backed_up = true,
};
