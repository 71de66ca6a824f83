/* SPDX-License-Identifier: MIT */
/* What a flash that erases itself keeps busy: the bank, and what may show it elsewhere. Nothing
 * else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/core.h"

enum { BANK1 = 0x08000000, BANK2 = 0x08040000, BANK_SIZE = 0x40000, CCM = 0x10000000 };

static const struct target_region regions[] = {
    {.name = "bank 1", .kind = REGION_FLASH, .start = BANK1, .size = BANK_SIZE},
    {.name = "bank 2", .kind = REGION_FLASH, .start = BANK2, .size = BANK_SIZE},
    {.name = "ccm", .kind = REGION_RAM, .start = CCM, .size = 0x10000},
    {.name = "system memory", .kind = REGION_ROM, .start = 0x1FFF0000, .size = 0x8000},
    {.name = "sram", .kind = REGION_RAM, .start = 0x20000000, .size = 0x20000},
    {.name = "peripherals", .kind = REGION_DEVICE, .start = 0x40000000, .size = 0x20000000},
};

static void what_is_busy_and_what_is_not(void **state)
{
    static const struct {
        uint32_t address;
        size_t length;
        bool touches;
    } cases[] = {
        {BANK1, 1, true},       {BANK1 + BANK_SIZE - 1, 1, true},
        {BANK2, 4, false},      {BANK2 - 4, 8, true},
        {BANK1 - 4, 4, true}, /* nobody knows what shows there */
        {0, 4, true},           {CCM, 4, false},
        {0x1FFF0000, 4, true},  {0x20000000, 4, false},
        {0x40022000, 4, false}, {0xE000ED00, 4, false},
    };
    static struct target target;
    struct core core = {.target = &target};

    (void)state;
    target.regions.count = sizeof regions / sizeof *regions;
    for (size_t i = 0; i < target.regions.count; i++)
        target.regions.items[i] = regions[i];
    for (unsigned busy = 0; busy < 2; busy++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            target.busy.count = busy;
            target.busy.parts[0].start = BANK1;
            target.busy.parts[0].size = BANK_SIZE;
            assert_int_equal(busy_touches(&core, cases[i].address, cases[i].length),
                             busy && cases[i].touches);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_busy_and_what_is_not)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
