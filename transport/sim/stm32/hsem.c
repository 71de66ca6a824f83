/* SPDX-License-Identifier: MIT */
/* The hardware semaphores of WB and WL (RM0434 and RM0453, "Hardware semaphore"): taken by a write
 * and a look, or by a read alone, for the first core, whoever asks; nobody is told of a release. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { SEMAPHORES = 32, R = 0x00, RLR = 0x80, LAST = 0xFC, CR = 0x140, KEYR = 0x144 };
#define LOCK (1u << 31)
#define OWNER 0x00000FFFu /* COREID, PROCID */
#define FIRST_CORE 0x00000400u
#define KEY(value) ((value) >> 16)

struct hsem {
    uint32_t semaphores[SEMAPHORES], key;
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct hsem *hsem = part->state;

    *value = 0;
    if (offset > LAST)
        return true;
    uint32_t *semaphore = &hsem->semaphores[offset / 4 % SEMAPHORES];
    if (offset >= RLR && !*semaphore)
        *semaphore = LOCK | FIRST_CORE;
    *value = *semaphore;
    return true;
}

/* Taken if it is free; released by who has it. */
static void ask(uint32_t *semaphore, uint32_t value)
{
    if (value & LOCK && !*semaphore)
        *semaphore = value & (LOCK | OWNER);
    else if (!(value & LOCK) && (value & OWNER) == (*semaphore & OWNER))
        *semaphore = 0;
}

/* All that a core has. */
static void release(struct hsem *hsem, uint32_t core)
{
    for (unsigned i = 0; i < SEMAPHORES; i++)
        if ((hsem->semaphores[i] & 0xF00) == (core & 0xF00))
            hsem->semaphores[i] = 0;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct hsem *hsem = part->state;

    if (offset < RLR)
        ask(&hsem->semaphores[offset / 4], value);
    else if (offset == KEYR)
        hsem->key = KEY(value);
    else if (offset == CR && KEY(value) == hsem->key)
        release(hsem, value);
    return true;
}

static void reset(struct sim_part *part)
{
    memset(part->state, 0, sizeof(struct hsem));
}

const struct sim_device sim_device_hsem = {
    .state_size = sizeof(struct hsem),
    .read = read,
    .write = write,
    .reset = reset,
};
