/* SPDX-License-Identifier: MIT */
/* A peripheral of which programs want no more than that its registers keep what is written: SBS. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { WORDS = 0x400 / 4 };

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const uint32_t *registers = part->state;

    *value = registers[offset / 4 % WORDS];
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    uint32_t *registers = part->state;

    registers[offset / 4 % WORDS] = value;
    return true;
}

static void reset(struct sim_part *part)
{
    memset(part->state, 0, WORDS * 4);
}

const struct sim_device sim_device_latches = {
    .state_size = WORDS * 4,
    .read = read,
    .write = write,
    .reset = reset,
};
