/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32F746, whose flash shows on two buses and whose core starts where
 * an option says. */
#include <string.h>

#include "core/core.h"
#include "flash/stm32/stm32f4.h"
#include "flash_bench.h"

/* Sectors 0 to 3 have 32 KiB, 4 has 128 and the others 256. */
enum { SECTOR_4 = 0x08020000, SECTOR_5 = 0x08040000, SOME = 8 * KIB, ALL = 1024 * KIB };
enum { BY_ITCM = 0x00200000, ITCM = 0 };
#define ART_ON 0x00000300u
#define FLASH_ACR 0x40023C00u
#define NVIC_ISER 0xE000E100u
#define NVIC_ISPR 0xE000E200u
#define SCB_VTOR 0xE000ED08u
#define IWDG_BY_HARDWARE (1u << 5)
#define WWDG_BY_HARDWARE (1u << 4)

static uint8_t image[ALL];
static const struct flash_options *const options = &stm32f74x_option_table;

static int up(void **state)
{
    if (bench_up_at(state, "nucleo-f746,still", 8000))
        return -1;
    ((struct bench *)*state)->driver = &stm32f7_flash;
    return 0;
}

static bool nobody(void *user)
{
    (void)user;
    return false;
}

static struct flash_report load(struct bench *bench, uint32_t address, uint32_t length)
{
    return bench_loaded(bench, address, image + (address - FLASH), length);
}

/* 16 us a word, and a tenth more; to find it there again, a tenth. */
static void a_whole_chip_costs_little_more_than_its_flash(void **state)
{
    enum { FLASH_US = ALL / 4 * 16 };
    struct bench *bench = *state;
    struct flash_report report;

    bench->waiting = nobody;
    bench_fill(image, sizeof image, 1);
    report = load(bench, FLASH, ALL);
    assert_int_equal(report.bytes_programmed, ALL);
    assert_in_range(report.elapsed_us, FLASH_US, FLASH_US / 10 * 11);
    bench_load_again(bench, image, ALL, report.elapsed_us);
}

static void sectors_of_every_size_are_erased_when_they_must_be(void **state)
{
    static const struct {
        uint32_t address, size;
    } sectors[] = {{FLASH + 0x8000, 32 * KIB}, {SECTOR_4, 128 * KIB}, {SECTOR_5, 256 * KIB}};
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    for (size_t i = 0; i < 3; i++)
        load(bench, sectors[i].address, SOME);
    for (size_t i = 0; i < 3; i++) {
        image[sectors[i].address - FLASH + 77] ^= 0xFF;
        struct flash_report report = load(bench, sectors[i].address, SOME);
        assert_int_equal(report.sectors_erased, 1);
        assert_int_equal(report.bytes_erased, sectors[i].size);
        for (size_t n = 0; n < 3; n++)
            bench_assert_memory(bench, sectors[n].address, image + (sectors[n].address - FLASH),
                                SOME);
    }
}

/* A program linked for the bus that runs it fastest. */
static void what_is_linked_for_the_other_bus_is_loaded_into_the_flash(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 3);
    assert_int_equal(bench_load(bench, BY_ITCM, image, SOME, NULL), ERR_OK);
    bench_assert_memory(bench, FLASH, image, SOME);
    bench_assert_memory(bench, BY_ITCM, image, SOME);
}

static void the_core_has_memory_of_its_own(void **state)
{
    struct bench *bench = *state;
    const struct target_region *itcm = target_region_at(bench->target, ITCM + 0x3FFC);

    assert_int_equal(itcm->kind, REGION_RAM);
    bench_ok(bench, target_write(bench->target, ITCM, "\x12\x34\x56\x78", 4));
    assert_int_equal(bench_word(bench, ITCM), 0x78563412);
    assert_int_equal(target_region_at(bench->target, 0x2004FFFC)->kind, REGION_RAM);
}

/* The accelerator before the other bus would go on showing what was there. */
static void the_accelerator_is_emptied_and_as_it_was(void **state)
{
    struct bench *bench = *state;
    uint32_t on = ART_ON;

    bench_ok(bench, target_write_width(bench->target, FLASH_ACR, 4, &on, 1));
    bench_fill(image, SOME, 1);
    load(bench, FLASH, SOME);
    assert_int_equal(bench_word(bench, FLASH_ACR), ART_ON);
}

/* --- option bytes --- */

static void a_protected_sector_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state state_of = bench_option_state(bench, options);

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 200 * KIB);
    bench_ok(bench,
             option_blocks_set(&bench->job, options, bench->target, 4, 4, true, state_of.stored));
    bench_ok(bench, options->write(bench->target, &state_of));
    image[0x20000] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, 200 * KIB, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "0x08020000 is write protected by the option bytes"));
    assert_non_null(strstr(bench->job.text, "flash: unchanged"));
    bench_job(bench);
    image[0x20000] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, 200 * KIB);
}

static void set_field(struct bench *bench, struct option_state *state, const char *word)
{
    bench_ok(bench, option_take(&bench->job, options, bench->target, 1, &word, state->stored));
}

static void it_starts_from_where_an_option_says(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = bench_option_state(bench, options);

    assert_int_equal(bench_word(bench, 0xE000ED08), BY_ITCM);
    set_field(bench, &wanted, "BOOT_ADD0=0x2000");
    bench_ok(bench, options->write(bench->target, &wanted));
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    assert_int_equal(bench_word(bench, 0xE000ED08), FLASH);
    assert_int_equal(bench_option_state(bench, options).stored[1], 0x00402000);
}

/* Watchdogs that run from reset on would end the erase in its midst. */
static void protection_ends_although_watchdogs_run(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = bench_option_state(bench, options);

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, SOME);
    wanted.stored[0] &= ~(IWDG_BY_HARDWARE | WWDG_BY_HARDWARE);
    bench_ok(bench, options->write(bench->target, &wanted));
    bench_ok(bench, options->lock(bench->target));
    bench_power_cycle(bench);
    assert_true(target_chip(bench->target)->readout_protected);
    assert_int_equal(bench_load(bench, FLASH, image, SOME, NULL), ERR_PROTECTED);
    bench_job(bench);
    bench_ok(bench, options->unlock(bench->target));
    bench_power_cycle(bench);
    assert_false(target_chip(bench->target)->readout_protected);
    assert_int_equal(bench_option_state(bench, options).stored[0] & ~1u, wanted.stored[0] & ~1u);
    bench_assert_filled(bench, FLASH, 0xFF, SOME);
}

/* The first Cortex-M7 enter in spite of the mask what is pending when that is set: the routines
 * would never come back from a program's handler. */
static void what_is_pending_waits_for_the_routines(void **state)
{
    enum { EXTI0 = 1 << 6, R_PRIMASK = 19 };
    static const uint32_t stays[] = {0xE7FEE7FE}; /* b . */
    struct bench *bench = *state;
    const uint32_t handler = RAM + 0x4000, vectors = RAM + 0x5000, on = EXTI0;

    bench_fill(image, sizeof image, 3);
    bench_ok(bench, target_write(bench->target, handler, stays, sizeof stays));
    bench_ok(bench, target_write(bench->target, vectors + 4 * (16 + 6),
                                 &(const uint32_t){handler + 1}, 4));
    bench_ok(bench, target_write(bench->target, SCB_VTOR, &vectors, 4));
    bench_ok(bench, target_write(bench->target, NVIC_ISER, &on, 4));
    bench_ok(bench, target_write(bench->target, NVIC_ISPR, &on, 4));
    load(bench, FLASH, SOME);
    load(bench, FLASH, SOME); /* the sums alone */
    bench_assert_memory(bench, FLASH, image, SOME);
    assert_int_equal(bench_word(bench, NVIC_ISPR), EXTI0);
    uint64_t primask = 1;
    bench_ok(bench, target_read_register(bench->target, R_PRIMASK, &primask));
    assert_int_equal(primask, 0);
}

static void level_2_is_for_ever(void **state)
{
    bench_assert_level_2_is_for_ever(*state, options, 0xCC);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(a_whole_chip_costs_little_more_than_its_flash),
        TEST(sectors_of_every_size_are_erased_when_they_must_be),
        TEST(what_is_linked_for_the_other_bus_is_loaded_into_the_flash),
        TEST(the_core_has_memory_of_its_own),
        TEST(the_accelerator_is_emptied_and_as_it_was),
        TEST(a_protected_sector_is_named),
        TEST(it_starts_from_where_an_option_says),
        TEST(protection_ends_although_watchdogs_run),
        TEST(what_is_pending_waits_for_the_routines),
        TEST(level_2_is_for_ever),
    };

    return cmocka_run_group_tests_name("f7_load", tests, NULL, NULL);
}
