/* SPDX-License-Identifier: MIT */
/* Every chip's row against what was collected elsewhere: test_facts stm32-chips.csv. That list
 * comes from ST's published device data, OpenOCD, stlink, probe-rs and Black Magic Debug, compared
 * with each other; which families are programmed and which refused by name is in test_cores.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/driver.h"
#include "flash/options.h"

enum { FACTS_MAX = 128 };

struct fact {
    uint16_t dev_id;
    char core[8], sectors[64], controller[16];
    uint32_t id_address, flash, size_register, flash_kib, smallest_kib, ram, ram_size, registers,
        erased;
};

static struct fact facts[FACTS_MAX];
static size_t fact_count;

static const char *read_facts(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];

    if (!file)
        return "cannot be read";
    while (fgets(line, sizeof line, file) && fact_count < FACTS_MAX) {
        struct fact *fact = &facts[fact_count];
        unsigned dev_id;

        if (sscanf(line, "%x,%7[^,],%x,%x,%x,%u,%u,%x,%u,%63[^,],%15[^,],%x,%x", &dev_id,
                   fact->core, &fact->id_address, &fact->flash, &fact->size_register,
                   &fact->flash_kib, &fact->smallest_kib, &fact->ram, &fact->ram_size,
                   fact->sectors, fact->controller, &fact->registers, &fact->erased) != 13)
            continue; /* the head */
        fact->dev_id = (uint16_t)dev_id;
        fact_count++;
    }
    fclose(file);
    return fact_count ? NULL : "holds no rows";
}

static uint16_t core_bit(const char *name)
{
    static const struct {
        const char *name;
        uint16_t bit;
    } cores[] = {{"M0", CHIP_M0}, {"M0+", CHIP_M0P}, {"M3", CHIP_M3},   {"M4", CHIP_M4},
                 {"M7", CHIP_M7}, {"M33", CHIP_M33}, {"M55", CHIP_M55}, {"A7", CHIP_A7}};

    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (strcmp(cores[i].name, name) == 0)
            return cores[i].bit;
    fail_msg("no core is called %s", name);
    return 0;
}

/* Runs of equal sectors that follow each other are one, whatever lies between banks. */
static void describe_sectors(const struct chip *chip, char *text, size_t size)
{
    struct chip_sectors runs[CHIP_RUNS_MAX];
    uint32_t flash = chip->flash_max_kib * 1024u;
    bool two_banks = chip_two_banks_chosen(chip, flash, CHIP_BANKS_AS_DELIVERED);
    size_t count = chip_sector_runs(chip, flash, two_banks, runs), used = 0;

    snprintf(text, size, "-");
    for (size_t i = 0; i < count; i++) {
        uint32_t sectors = runs[i].size / runs[i].sector_size;

        for (; i + 1 < count && runs[i + 1].sector_size == runs[i].sector_size; i++)
            sectors += runs[i + 1].size / runs[i].sector_size;
        used += (size_t)snprintf(text + used, size - used, "%s%ux%u", used ? "+" : "",
                                 (unsigned)sectors, (unsigned)runs[i].sector_size);
    }
}

#define EQUAL(what, got, wanted)                                                                \
    do {                                                                                        \
        if ((got) != (wanted))                                                                  \
            fail_msg("0x%03x: %s is 0x%x, elsewhere 0x%x", fact->dev_id, what, (unsigned)(got), \
                     (unsigned)(wanted));                                                       \
    } while (0)

static void check_memories(const struct fact *fact, const struct chip *chip)
{
    char sectors[64];

    EQUAL("largest flash", chip->flash_max_kib, fact->flash_kib);
    EQUAL("smallest flash", chip->flash_guess_kib, fact->smallest_kib);
    EQUAL("RAM", chip->ram_base, fact->ram);
    EQUAL("size of RAM", chip->ram_size, fact->ram_size);
    describe_sectors(chip, sectors, sizeof sectors);
    if (strcmp(sectors, fact->sectors) != 0)
        fail_msg("0x%03x: sectors are %s, elsewhere %s", fact->dev_id, sectors, fact->sectors);
}

static void every_chip_is_as_others_have_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < fact_count; i++) {
        const struct fact *fact = &facts[i];
        const struct chip *chip = chip_by_dev_id(fact->dev_id);

        if (!chip) {
            fail_msg("0x%03x has no row", fact->dev_id);
            return;
        }
        EQUAL("core", chip->cores & core_bit(fact->core), core_bit(fact->core));
        EQUAL("place of the id code", chip->id_address, fact->id_address);
        check_memories(fact, chip);
        if (chip->family == CHIP_NO_FLASH)
            continue;
        EQUAL("flash", chip_family(chip)->flash_base, fact->flash);
        if (chip->family != CHIP_WB0) /* a word that counts otherwise: not used */
            EQUAL("size register", chip->flash_size_reg, fact->size_register);
        EQUAL("controller", chip_family(chip)->controller, fact->registers);
        EQUAL("erased value", chip_family(chip)->erased, fact->erased);
    }
    assert_int_equal(fact_count, chip_count);
}

/* "f4" for the family F4, "f0/f3" for F0. */
static void every_chip_has_the_controller_of_its_family(void **state)
{
    (void)state;
    for (size_t i = 0; i < fact_count; i++) {
        const char *family = chip_family(chip_by_dev_id(facts[i].dev_id))->name;
        char plain[16] = "";

        for (size_t n = 0; *family && n + 1 < sizeof plain; family++)
            if (*family != ' ' && *family != '-')
                plain[n++] = *family;
        if (strcmp(plain, "F1XL") == 0)
            snprintf(plain, sizeof plain, "f1-xl");
        else if (strchr(plain, '/') && plain[0] == 'H') /* H7A/B is h7ab */
            memmove(strchr(plain, '/'), strchr(plain, '/') + 1, strlen(strchr(plain, '/')));
        if (!strcasestr(facts[i].controller, plain) && facts[i].dev_id != 0x4B2)
            fail_msg("0x%03x: %s, elsewhere %s", facts[i].dev_id, plain, facts[i].controller);
    }
}

/* What is programmed can also be unlocked. */
static void no_family_is_programmed_without_its_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < chip_count; i++) {
        struct target target = {.chip = {.dev_id = chips[i].dev_id}};

        if (flash_driver_known(&target))
            assert_non_null(flash_options_for(&target));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chip_is_as_others_have_it),
        cmocka_unit_test(every_chip_has_the_controller_of_its_family),
        cmocka_unit_test(no_family_is_programmed_without_its_options),
    };
    const char *wrong = read_facts(argc > 1 ? argv[1] : "");

    if (wrong) {
        fprintf(stderr, "the list of facts %s\n", wrong);
        return 1;
    }
    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
