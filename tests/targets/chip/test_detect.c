/* SPDX-License-Identifier: MIT */
/* From id registers to a chip, its memories and the warnings it deserves. */
#include "chip/detect.h"
#include "chip/flash_size.h"

#include "fake_chip.h"

struct found {
    enum err err;
    struct target_chip chip;
    struct target_core core;
    struct detect_regions regions;
    struct job job;
};

static void detect(struct fake_chip *fake, struct found *found)
{
    struct probe *probe = fake_chip_open(fake, &found->job);
    struct ops ops;

    ops_init(&ops, probe);
    fake->flushes = 0;
    found->err = detect_chip(&ops, fake->dpidr, &found->chip, &found->core, &found->regions);
    probe_close(probe);
}

static const struct target_region *region_at(const struct found *found, uint32_t address)
{
    for (size_t i = 0; i < found->regions.count; i++)
        if (address - found->regions.items[i].start < found->regions.items[i].size)
            return &found->regions.items[i];
    return NULL;
}

static void a_blue_pill_is_known(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    fake_chip_bluepill(&fake);
    detect(&fake, &found);
    assert_int_equal(found.err, ERR_OK);
    assert_string_equal(found.chip.name, "STM32F101/F102/F103 medium-density");
    assert_string_equal(found.core.name, "Cortex-M3");
    assert_string_equal(found.chip.warning, "");
    assert_int_equal(found.chip.dev_id, 0x410);
    assert_int_equal(found.chip.idcode, 0x20036410);
    assert_int_equal(found.core.cpuid, 0x411FC231);
    assert_int_equal(found.chip.dpidr, 0x1BA01477);
    assert_int_equal(found.chip.flash_size, 0x10000);
    assert_false(found.chip.flash_size_guessed);
    assert_int_equal(found.chip.ram_size, 20 * 1024);
    assert_false(found.chip.readout_protected);
    assert_int_equal(fake.flushes, 3);
}

/* 64 KiB whose upper address line is not looked at show twice; many a "C8" has 128 KiB. */
static void flash_that_begins_again_is_no_larger(void **state)
{
    static const bool shows_twice[] = {true, false};

    (void)state;
    for (size_t n = 0; n < 2; n++) {
        struct fake_chip fake;
        struct found found;
        struct ops ops;

        fake_chip_bluepill(&fake);
        for (uint32_t i = 0; i < 16; i++) {
            fake_chip_word(&fake, 0x08000000 + 4 * i, 0x01010101 * i);
            fake_chip_word(&fake, 0x08010000 + 4 * i, shows_twice[n] ? 0x01010101 * i : 7 * i);
        }
        fake_chip_word(&fake, 0x0801FFFC, 0xFFFFFFFF);
        detect(&fake, &found);
        struct probe *probe = fake_chip_open(&fake, &found.job);
        ops_init(&ops, probe);
        found.err = flash_size_override(&ops, &found.chip, 0x20000, &found.regions);
        assert_int_equal(found.err, shows_twice[n] ? ERR_ARGUMENT : ERR_OK);
        if (found.err)
            assert_non_null(strstr(found.job.text, "at 0x08010000 it begins again"));
        assert_int_equal(found.chip.flash_size, shows_twice[n] ? 0x10000 : 0x20000);
        assert_int_equal(region_at(&found, 0x08000000)->size, found.chip.flash_size);
        probe_close(probe);
    }
}

static void a_blue_pill_has_its_memories(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    fake_chip_bluepill(&fake);
    detect(&fake, &found);
    const struct target_region *flash = region_at(&found, 0x0800FFFF);
    assert_int_equal(flash->kind, REGION_FLASH);
    assert_int_equal(flash->start, 0x08000000);
    assert_int_equal(flash->sector_size, 1024);
    assert_null(region_at(&found, 0x08010000));
    const struct target_region *alias = region_at(&found, 0x00000000);
    assert_int_equal(alias->kind, REGION_FLASH_ALIAS);
    assert_int_equal(alias->size, 0x10000);
    assert_int_equal(alias->sector_size, 1024);
    assert_int_equal(alias->shows, 0x08000000);
    assert_null(region_at(&found, 0x60000000)); /* no FSMC */
    assert_int_equal(region_at(&found, 0x20004FFF)->kind, REGION_RAM);
    assert_null(region_at(&found, 0x20005000));
    assert_int_equal(region_at(&found, 0x1FFFF000)->kind, REGION_ROM);
    assert_int_equal(region_at(&found, 0x1FFFF7FF)->kind, REGION_ROM);
    assert_int_equal(region_at(&found, 0x1FFFF800)->kind, REGION_DEVICE);
    assert_int_equal(region_at(&found, 0x40010C00)->kind, REGION_DEVICE);
    assert_int_equal(region_at(&found, 0xE000ED00)->kind, REGION_DEVICE);
}

static void a_size_register_without_a_size(void **state)
{
    static const uint32_t bad[] = {0x00000000, 0x0000FFFF, 0x0000E7D0};
    struct fake_chip fake;
    struct found found;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        fake_chip_bluepill(&fake);
        fake_chip_word(&fake, 0x1FFFF7E0, bad[i]);
        detect(&fake, &found);
        assert_int_equal(found.err, ERR_OK);
        assert_true(found.chip.flash_size_guessed);
        assert_int_equal(found.chip.flash_size, 0x10000);
        assert_non_null(strstr(found.chip.warning, "64 KiB assumed"));
    }
}

static void a_protected_chip_may_hide_its_size(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    fake_chip_bluepill(&fake);
    fake_chip_word(&fake, 0x4002201C, 0x03FFFFFE);
    for (size_t i = 0; i < fake.count; i++)
        if (fake.words[i].address == 0x1FFFF7E0)
            fake.words[i].address = 0x10; /* not there any more */
    detect(&fake, &found);
    assert_int_equal(found.err, ERR_OK);
    assert_true(found.chip.readout_protected);
    assert_true(found.chip.flash_size_guessed);
    assert_string_equal(found.chip.warning,
                        "the flash is read-protected; removing that erases it; the flash size "
                        "cannot be read: 64 KiB assumed");
    assert_int_equal(found.job.err, ERR_OK);
}

/* Each contradiction alone is named, and whose chip it likely is; none is refused. */
static void copies_are_suspected(void **state)
{
    static const struct {
        uint32_t dpidr, cpuid, idcode, size_word;
        uint16_t maker, part;
        const char *seen, *likely;
    } rows[] = {
        {0x2BA01477, 0x412FC230, 0x20036410, 0xFFFF0040, 0x43B, 0x4C3,
         "its core is r2p0 (CPUID 0x412fc230), its debug port is 0x2ba01477, its ROM table names "
         "maker 4:3b",
         "a CKS32, APM32 or GD32"},
        {0x2BA01477, 0x411FC231, 0x20036410, 0xFFFF0040, 0x020, 0x410,
         "but its debug port is 0x2ba01477;", "an APM32, CKS32 or CH32"},
        {0x1BA01477, 0x412FC231, 0x20036410, 0xFFFF0040, 0x020, 0x410,
         "but its core is r2p1 (CPUID 0x412fc231);", "an APM32, CKS32 or CH32"},
        {0x1BA01477, 0x411FC231, 0x20036410, 0xFFFF0040, 0x43B, 0x4C3,
         "but its ROM table names maker 4:3b;", "an APM32, CKS32 or CH32"},
        {0x2BA01477, 0x412FC231, 0x20000410, 0xFFFF0040, 0x43B, 0x4C3, "its core is r2p1",
         "a CH32;"},
        {0x1BA01477, 0x411FC231, 0x13030410, 0xFFFF0040, 0x020, 0x410, "its revision is 1303;",
         "a GD32;"},
        {0x1BA01477, 0x411FC231, 0x20036410, 0x00140040, 0x020, 0x410,
         "its size register tells of 20 KiB RAM;", "a GD32;"},
        {0x1BA01477, 0x412FC231, 0x20036410, 0xFFFF0040, 0x751, 0x76F,
         "its ROM table names maker 7:51;", "a GD32;"},
        {0x2BA01477, 0x412FC231, 0x20036410, 0xFFFF0040, 0x055, 0x29B, "maker 0:55;",
         "an HK32 or CS32;"},
    };
    struct fake_chip fake;
    struct found found;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_chip_bluepill(&fake);
        fake.dpidr = rows[i].dpidr;
        fake_chip_word(&fake, 0xE000ED00, rows[i].cpuid);
        fake_chip_word(&fake, 0xE0042000, rows[i].idcode);
        fake_chip_word(&fake, 0x1FFFF7E0, rows[i].size_word);
        fake_chip_rom(&fake, rows[i].maker, rows[i].part);
        detect(&fake, &found);
        assert_int_equal(found.err, ERR_OK);
        assert_true(found.chip.copy_suspected);
        assert_int_equal(found.chip.flash_size, 0x10000);
        assert_non_null(strstr(found.chip.warning, rows[i].seen));
        assert_non_null(strstr(found.chip.warning, rows[i].likely));
        assert_non_null(strstr(found.chip.warning, "debugging works, what differs: "));
    }
}

/* Revisions that are not in any table, a size register behind a lock, other families: no sign. */
static void genuine_chips_are_not_accused(void **state)
{
    static const struct {
        uint32_t address, value;
    } words[] = {{0xE0042000, 0x20366410},
                 {0xE0042000, 0x00006410},
                 {0x1FFFF7E0, 0x00000000},
                 {0x1FFFF7E0, 0xFFFFFFFF},
                 {0x1FFFF7E0, 0xFFFF0080}};
    struct fake_chip fake;
    struct found found;

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fake_chip_bluepill(&fake);
        fake_chip_word(&fake, words[i].address, words[i].value);
        detect(&fake, &found);
        assert_false(found.chip.copy_suspected);
        assert_null(strstr(found.chip.warning, "copy"));
    }
}

static void an_early_f405_is_no_f2(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.dpidr = 0x2BA01477;
    fake_chip_word(&fake, 0xE000ED00, 0x410FC241);
    fake_chip_word(&fake, 0xE0042000, 0x20006411);
    fake_chip_word(&fake, 0x1FFF7A20, 0x0400FFFF); /* 1024 KiB in the upper half */
    fake_chip_word(&fake, 0x40023C14, 0x0FFFAAED);
    fake_chip_rom(&fake, 0x020, 0x411);
    detect(&fake, &found);
    assert_int_equal(found.chip.dev_id, 0x413);
    assert_int_equal(found.chip.flash_size, 0x100000);
    assert_false(found.chip.readout_protected);
    assert_string_equal(found.chip.warning, "");
    fake_chip_word(&fake, 0x40023C14, 0x0FFF00ED);
    detect(&fake, &found);
    assert_true(found.chip.readout_protected);
}

/* Its DBGMCU has no clock: the id reads 0, the ROM table knows. */
static void an_m0_is_found_by_its_rom_table(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    memset(&fake, 0, sizeof fake);
    fake.dpidr = 0x0BB11477;
    fake_chip_word(&fake, 0xE000ED00, 0x410CC200);
    fake_chip_word(&fake, 0x40015800, 0);
    fake_chip_word(&fake, 0x1FFFF7CC, 64);
    fake_chip_word(&fake, 0x4002201C, 0);
    fake_chip_rom(&fake, 0x020, 0x440);
    detect(&fake, &found);
    assert_int_equal(found.chip.dev_id, 0x440);
    assert_string_equal(found.core.name, "Cortex-M0");
    assert_int_equal(found.chip.flash_size, 0x10000);
}

static void an_m7_may_be_f7_or_h7(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    memset(&fake, 0, sizeof fake);
    fake_chip_word(&fake, 0xE000ED00, 0x411FC271);
    fake_chip_word(&fake, 0x5C001000, 0x20036450);
    fake_chip_word(&fake, 0x1FF1E880, 2048);
    fake_chip_word(&fake, 0x5200201C, 0xAA00);
    detect(&fake, &found);
    assert_int_equal(found.err, ERR_OK);
    assert_int_equal(found.chip.dev_id, 0x450);
    assert_int_equal(found.chip.flash_size, 0x200000);
    fake_chip_word(&fake, 0xE0042000, 0x10006449);
    fake_chip_word(&fake, 0x1FF0F440, 1024u << 16);
    fake_chip_word(&fake, 0x40023C14, 0xAA00);
    detect(&fake, &found);
    assert_int_equal(found.chip.dev_id, 0x449);
}

/* 0x444 on a Cortex-M33 is another maker's chip, with other pages. */
static void an_id_with_the_wrong_core_is_unknown(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    memset(&fake, 0, sizeof fake);
    fake_chip_word(&fake, 0xE000ED00, 0x410FD213);
    fake_chip_word(&fake, 0xE0044000, 0x00000444);
    detect(&fake, &found);
    assert_int_equal(found.err, ERR_OK);
    assert_string_equal(found.chip.name, "unknown chip");
    assert_int_equal(found.chip.dev_id, 0);
    assert_int_equal(found.chip.flash_size, 0);
    assert_string_equal(
        found.chip.warning,
        "id code 0x00000444 is not known with a Cortex-M33: it can be debugged, but not "
        "programmed by what probed knows; a CMSIS-Pack of its maker's programs "
        "it: --pack FILE.pack --chip NAME");
    assert_int_equal(region_at(&found, 0x20000000)->kind, REGION_RAM);
}

static void nonsense_is_no_core(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    memset(&fake, 0, sizeof fake);
    fake_chip_word(&fake, 0xE000ED00, 0);
    detect(&fake, &found);
    assert_int_equal(found.err, ERR_NO_TARGET);
    assert_non_null(strstr(found.job.text, "CPUID reads 0x00000000"));
}

static void l1_counts_its_own_way(void **state)
{
    struct fake_chip fake;
    struct found found;

    (void)state;
    memset(&fake, 0, sizeof fake);
    fake_chip_word(&fake, 0xE000ED00, 0x412FC230);
    fake_chip_word(&fake, 0xE0042000, 0x10186436);
    fake_chip_word(&fake, 0x1FF800CC, 0);
    fake_chip_word(&fake, 0x40023C1C, 0xAA);
    detect(&fake, &found);
    assert_int_equal(found.chip.flash_size, 384 * 1024);
    assert_false(found.chip.flash_size_guessed);
    fake_chip_word(&fake, 0x1FF800CC, 1);
    detect(&fake, &found);
    assert_int_equal(found.chip.flash_size, 256 * 1024);
}

static void radio_chip(struct fake_chip *fake, uint16_t dev_id, uint32_t kib, uint32_t optr,
                       uint32_t sfr)
{
    memset(fake, 0, sizeof *fake);
    fake_chip_word(fake, 0xE000ED00, 0x410FC241);
    fake_chip_word(fake, 0xE0042000, 0x20016000u | dev_id);
    fake_chip_word(fake, 0x1FFF75E0, kib);
    fake_chip_word(fake, 0x58004020, optr);
    fake_chip_word(fake, 0x58004080, sfr);
}

/* From a page on the second core has flash for itself, if either register says so. */
static void what_the_radio_keeps_is_no_memory(void **state)
{
    static const struct {
        uint16_t dev_id;
        uint32_t kib, optr, sfr, end, kept;
    } rows[] = {
        {0x495, 1024, 0x3FFFF1AA, 0xF4, 0x080F4000, 0xC000},   /* as delivered */
        {0x495, 1024, 0x3FFFF1AA, 0x1CB, 0x080CB000, 0x35000}, /* ESE alone says it */
        {0x495, 1024, 0x3FFFF0AA, 0x1F4, 0x08100000, 0},
        {0x495, 512, 0x3FFFF1AA, 0xF4, 0x08080000, 0}, /* behind the end */
        {0x494, 320, 0x3FFFF1AA, 0x39, 0x0801C800, 0x33800},
        {0x497, 256, 0x3FFFF0AA, 0xFF, 0x08040000, 0},
        {0x497, 256, 0x3FFFF0AA, 0x40, 0x08020000, 0x20000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake_chip fake;
        struct found found;

        radio_chip(&fake, rows[i].dev_id, rows[i].kib, rows[i].optr, rows[i].sfr);
        detect(&fake, &found);
        assert_int_equal(found.err, ERR_OK);
        assert_int_equal(found.chip.flash_size, rows[i].kib * 1024);
        assert_int_equal(found.chip.flash_kept, rows[i].kept);
        assert_int_equal(region_at(&found, rows[i].end - 1)->kind, REGION_FLASH);
        assert_null(region_at(&found, rows[i].end));
        assert_int_equal(region_at(&found, rows[i].end - 0x08000001)->kind, REGION_FLASH_ALIAS);
        assert_null(region_at(&found, rows[i].end - 0x08000000));
        assert_string_equal(found.chip.warning, "");
    }
}

/* The smallest WL have no SRAM1 at all; that of the WB1x ends long before SRAM2 begins. */
static void ram_is_where_a_smaller_radio_chip_has_it(void **state)
{
    static const struct {
        uint16_t dev_id;
        uint32_t kib;
        uint32_t last[2], nothing;
    } rows[] = {
        {0x494, 320, {0x20002FFC, 0x20038FFC}, 0x20003000},
        {0x497, 256, {0x20000000, 0x2000FFFC}, 0x20010000},
        {0x497, 128, {0x20003FFC, 0x2000FFFC}, 0x20004000},
        {0x497, 64, {0x20008000, 0x2000CFFC}, 0x20000000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake_chip fake;
        struct found found;

        radio_chip(&fake, rows[i].dev_id, rows[i].kib, 0x3FFFF0AA, 0x1FF);
        detect(&fake, &found);
        assert_non_null(region_at(&found, rows[i].last[0]));
        assert_non_null(region_at(&found, rows[i].last[1]));
        assert_null(region_at(&found, rows[i].nothing));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blue_pill_is_known),
        cmocka_unit_test(flash_that_begins_again_is_no_larger),
        cmocka_unit_test(a_blue_pill_has_its_memories),
        cmocka_unit_test(a_size_register_without_a_size),
        cmocka_unit_test(a_protected_chip_may_hide_its_size),
        cmocka_unit_test(copies_are_suspected),
        cmocka_unit_test(genuine_chips_are_not_accused),
        cmocka_unit_test(an_early_f405_is_no_f2),
        cmocka_unit_test(an_m0_is_found_by_its_rom_table),
        cmocka_unit_test(an_m7_may_be_f7_or_h7),
        cmocka_unit_test(an_id_with_the_wrong_core_is_unknown),
        cmocka_unit_test(nonsense_is_no_core),
        cmocka_unit_test(l1_counts_its_own_way),
        cmocka_unit_test(what_the_radio_keeps_is_no_memory),
        cmocka_unit_test(ram_is_where_a_smaller_radio_chip_has_it),
    };

    return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}
