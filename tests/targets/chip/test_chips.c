/* SPDX-License-Identifier: MIT */
/* Walks the tables of chips: what can be checked without a chip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chip/chips.h"
#include "chip/detect.h"

static void ids_are_sorted_and_unique(void **state)
{
    (void)state;
    assert_int_equal(chip_count, 90);
    for (size_t i = 1; i < chip_count; i++)
        assert_true(chips[i - 1].dev_id < chips[i].dev_id);
    for (size_t i = 0; i < chip_count; i++)
        assert_ptr_equal(chip_by_dev_id(chips[i].dev_id), &chips[i]);
    assert_null(chip_by_dev_id(0x000));
    assert_null(chip_by_dev_id(0xFFF));
}

static void names_fit_and_are_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < chip_count; i++) {
        assert_non_null(chips[i].name);
        assert_in_range(strlen(chips[i].name), 8, 63);
        assert_memory_equal(chips[i].name, "STM32", 5);
    }
    for (size_t i = 0; i < CHIP_FAMILY_COUNT; i++)
        assert_non_null(chip_families[i].name);
}

static void rows_make_sense(void **state)
{
    (void)state;
    for (size_t i = 0; i < chip_count; i++) {
        const struct chip *chip = &chips[i];
        if (chip->family == CHIP_NO_FLASH) {
            assert_int_equal(chip->flash_max_kib, 0);
            continue;
        }
        assert_true(chip->flash_guess_kib > 0);
        assert_true(chip->flash_guess_kib <= chip->flash_max_kib);
        assert_true((chip->layout == CHIP_PAGES) == (chip->page_size != 0));
        assert_true(chip->page_size % 128 == 0);
        assert_true(chip->cores != 0);
        assert_int_equal(chip->flash_size_reg % 2, 0);
        assert_int_equal(chip->uid_address % 4, 0);
        assert_true(chip->ram_size <= 8 * 1024 * 1024);
    }
}

static void families_make_sense(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHIP_NO_FLASH; i++) {
        const struct chip_family *family = &chip_families[i];
        assert_int_equal(family->flash_base, i == CHIP_WB0 ? 0x10040000 : 0x08000000);
        assert_int_equal(family->erased, i == CHIP_L0 || i == CHIP_L1 ? 0x00 : 0xFF);
        assert_int_equal(family->controller % 0x400, 0);
        if (family->rdp.address)
            assert_in_range(family->rdp.address, family->controller, family->controller + 0x7F);
    }
}

/* As the reference manuals' memory maps have them: RM0008, RM0091, RM0316, RM0033, RM0090, RM0385,
 * RM0377, RM0038, RM0351, RM0440, RM0433, RM0434. */
static void controllers_are_where_the_manuals_say(void **state)
{
    static const struct {
        enum chip_family_id family;
        uint32_t controller, rdp;
    } known[] = {
        {CHIP_F1, 0x40022000, 0x4002201C}, {CHIP_F0, 0x40022000, 0x4002201C},
        {CHIP_F3, 0x40022000, 0x4002201C}, {CHIP_F2, 0x40023C00, 0x40023C14},
        {CHIP_F4, 0x40023C00, 0x40023C14}, {CHIP_F7, 0x40023C00, 0x40023C14},
        {CHIP_L0, 0x40022000, 0x4002201C}, {CHIP_L1, 0x40023C00, 0x40023C1C},
        {CHIP_L4, 0x40022000, 0x40022020}, {CHIP_G4, 0x40022000, 0x40022020},
        {CHIP_H7, 0x52002000, 0x5200201C}, {CHIP_WB, 0x58004000, 0x58004020},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_int_equal(chip_families[known[i].family].controller, known[i].controller);
        assert_int_equal(chip_families[known[i].family].rdp.address, known[i].rdp);
    }
}

/* What compat and the monitor know of a family, and what is done to it unasked. */
static void families_have_names_and_registers_in_their_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHIP_NO_FLASH; i++) {
        const struct chip_family *family = &chip_families[i];
        const struct chip_dbgmcu *dbgmcu = &family->dbgmcu;
        uint32_t system =
            family->map & (MAP_SYSTEM_F1 | MAP_SYSTEM_F4 | MAP_SYSTEM_1FF | MAP_SYSTEM_HIGH);
        if (family->openocd)
            assert_memory_equal(family->openocd, "stm32", 5);
        if (family->commands)
            assert_non_null(family->openocd);
        assert_true(system != 0 && (system & (system - 1)) == 0);
        assert_int_equal(dbgmcu->cr != 0, dbgmcu->watchdogs != 0);
        if (dbgmcu->cr)
            assert_in_range(dbgmcu->freeze - dbgmcu->cr, 0, 0x60);
        assert_int_equal(family->watchdog % 0x400, 0);
        assert_int_equal(family->first_ram != 0, (family->map & MAP_ITCM) != 0);
    }
}

static void every_family_has_chips(void **state)
{
    size_t counts[CHIP_FAMILY_COUNT] = {0};

    (void)state;
    for (size_t i = 0; i < chip_count; i++) {
        counts[chips[i].family]++;
        assert_ptr_equal(chip_family_of(chips[i].dev_id), &chip_families[chips[i].family]);
    }
    for (size_t i = 0; i < CHIP_FAMILY_COUNT; i++)
        assert_true(counts[i] > 0);
    assert_ptr_equal(chip_family_of(0), &chip_families[CHIP_NO_FLASH]);
}

/* Runs follow each other, hold whole sectors and add up to the flash. */
static void check_runs(const struct chip *chip, uint32_t size)
{
    struct chip_sectors runs[CHIP_RUNS_MAX];
    size_t count = chip_sector_runs(chip, size, false, runs);
    uint32_t sum = 0;

    assert_in_range(count, 1, CHIP_RUNS_MAX);
    assert_int_equal(runs[0].address, chip_family(chip)->flash_base);
    for (size_t i = 0; i < count; i++) {
        assert_true(runs[i].size > 0);
        assert_int_equal(runs[i].size % runs[i].sector_size, 0);
        if (i && !chip->bank2_kib)
            assert_int_equal(runs[i].address, runs[i - 1].address + runs[i - 1].size);
        if (i)
            assert_true(runs[i].address >= runs[i - 1].address + runs[i - 1].size);
        sum += runs[i].size;
    }
    assert_int_equal(sum, size);
}

static void sectors_add_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < chip_count; i++) {
        if (chips[i].family == CHIP_NO_FLASH)
            continue;
        check_runs(&chips[i], 1024u * chips[i].flash_max_kib);
        check_runs(&chips[i], 1024u * chips[i].flash_guess_kib);
    }
}

static void check_run(const struct chip_sectors *run, uint32_t address, uint32_t count,
                      uint32_t sector_kib)
{
    assert_int_equal(run->address, address);
    assert_int_equal(run->sector_size, sector_kib * 1024);
    assert_int_equal(run->size, count * sector_kib * 1024);
}

static void known_layouts(void **state)
{
    struct chip_sectors runs[CHIP_RUNS_MAX];

    (void)state;
    assert_int_equal(chip_sector_runs(chip_by_dev_id(0x410), 0x10000, false, runs), 1);
    check_run(&runs[0], 0x08000000, 64, 1);
    assert_int_equal(chip_sector_runs(chip_by_dev_id(0x413), 0x100000, false, runs), 3);
    check_run(&runs[1], 0x08010000, 1, 64);
    check_run(&runs[2], 0x08020000, 7, 128);
    /* Two banks: the small sectors come again. */
    assert_int_equal(chip_sector_runs(chip_by_dev_id(0x419), 0x200000, false, runs), 6);
    check_run(&runs[3], 0x08100000, 4, 16);
    check_run(&runs[5], 0x08120000, 7, 128);
    /* A gap between the banks of the smaller part, none in the smallest. */
    assert_int_equal(chip_sector_runs(chip_by_dev_id(0x450), 0x100000, false, runs), 2);
    check_run(&runs[0], 0x08000000, 4, 128);
    check_run(&runs[1], 0x08100000, 4, 128);
    assert_int_equal(chip_sector_runs(chip_by_dev_id(0x450), 0x20000, false, runs), 1);
    check_run(&runs[0], 0x08000000, 1, 128);
    assert_int_equal(chip_sector_runs(chip_by_dev_id(0x457), 0x4000, false, runs), 1);
    assert_int_equal(runs[0].sector_size, 128);
}

/* RM0090, 3.9.10 (DB1M), RM0410, 3.7.6 (nDBANK). */
static void two_banks_may_be_a_choice(void **state)
{
    const struct chip *f429 = chip_by_dev_id(0x419), *f767 = chip_by_dev_id(0x451);
    struct chip_sectors runs[CHIP_RUNS_MAX];

    (void)state;
    assert_true(chip_two_banks_chosen(f429, 0x100000, 0x4FFFAAED));
    assert_false(chip_two_banks_chosen(f429, 0x100000, 0x0FFFAAED));
    assert_false(chip_two_banks_chosen(f429, 0x200000, 0x4FFFAAED)); /* no choice there */
    assert_true(chip_two_banks_chosen(f767, 0x200000, 0xD0FFAAFD));
    assert_false(chip_two_banks_chosen(f767, 0x200000, 0xF0FFAAFD));
    assert_false(chip_two_banks_chosen(chip_by_dev_id(0x413), 0x100000, 0xFFFFFFFF));
    assert_int_equal(chip_sector_runs(f429, 0x100000, true, runs), 6);
    check_run(&runs[3], 0x08080000, 4, 16);
    check_run(&runs[5], 0x080A0000, 3, 128);
    assert_int_equal(chip_sector_runs(f767, 0x200000, false, runs), 3);
    check_run(&runs[2], 0x08040000, 7, 256);
    assert_int_equal(chip_sector_runs(f767, 0x200000, true, runs), 6);
    check_run(&runs[3], 0x08100000, 4, 16);
    check_run(&runs[5], 0x08120000, 7, 128);
}

static void maps_are_sorted_and_do_not_overlap(void **state)
{
    struct detect_regions map;

    (void)state;
    for (size_t i = 0; i < chip_count; i++) {
        detect_map(&chips[i], 1024u * chips[i].flash_max_kib, false, &map);
        assert_in_range(map.count, 4, DETECT_REGIONS_MAX);
        for (size_t r = 0; r < map.count; r++) {
            const struct target_region *region = &map.items[r];
            assert_non_null(region->name);
            assert_true(region->size > 0);
            bool flash = region->kind == REGION_FLASH || region->kind == REGION_FLASH_ALIAS ||
                         region->kind == REGION_EEPROM;
            assert_true(flash == (region->sector_size != 0));
            assert_true((region->kind == REGION_FLASH_ALIAS) == (region->shows != 0));
            if (r)
                assert_true(region->start - 1 >=
                            map.items[r - 1].start + (map.items[r - 1].size - 1));
        }
        /* Nothing was left out for want of room. */
        assert_string_equal(map.items[map.count - 1].name, "private peripherals");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_sorted_and_unique),
        cmocka_unit_test(names_fit_and_are_there),
        cmocka_unit_test(rows_make_sense),
        cmocka_unit_test(families_make_sense),
        cmocka_unit_test(controllers_are_where_the_manuals_say),
        cmocka_unit_test(families_have_names_and_registers_in_their_places),
        cmocka_unit_test(every_family_has_chips),
        cmocka_unit_test(sectors_add_up),
        cmocka_unit_test(known_layouts),
        cmocka_unit_test(two_banks_may_be_a_choice),
        cmocka_unit_test(maps_are_sorted_and_do_not_overlap),
    };

    return cmocka_run_group_tests_name("chips", tests, NULL, NULL);
}
