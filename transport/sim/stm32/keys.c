/* SPDX-License-Identifier: MIT */
/* The keys of flash controllers: PM0075, 2.3.1; RM0368, 3.5.1. */
#include "sim/stm32/stm32_internal.h"

bool sim_key_take(struct sim_keys *keys, const uint32_t words[2], bool open, uint32_t value,
                  bool *opens)
{
    if (keys->blocked || open || value != words[keys->step]) {
        keys->blocked = true;
        return false;
    }
    keys->step ^= 1;
    *opens = keys->step == 0;
    return true;
}
