/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32G431, G071, C031 and the L476 with its two banks, whose double
 * words are programmed once between two erases; their option bytes. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "flash/stm32/stm32l4.h"
#include "flash_bench.h"

enum { PAGE = 2 * KIB, ALL = 1024 * KIB };
enum { RCC_CR = 0x40021000, ACR = 0x40022000, SR = 0x40022010, CR = 0x40022014, UNIT = 8, PC = 15 };
#define EMPTY (1u << 16)
#define LOCKED 0xC0000000u
enum { OPTR, WRP1AR };

static uint8_t image[ALL];

static const struct kind {
    const char *board;
    uint32_t flash, unit_ns;
    const struct flash_options *options;
    uint32_t acr, optr;
} kinds[] = {
    {"nucleo-g431,still", 128 * KIB, 81690, &stm32g4_option_table, 0x40600, 0xFFEFF8AA},
    {"nucleo-l476,still", ALL, 81690, &stm32l4_option_table, 0x600, 0xFFEFF8AA},
    {"nucleo-g071,still", 128 * KIB, 85000, &stm32g0_128_option_table, 0x40600, 0xFFFFFEAA},
    {"nucleo-c031,still", 32 * KIB, 85000, &stm32c0_32_option_table, 0x40600, 0xFFFFFEAA},
    {"nucleo-g0b1,still", 512 * KIB, 85000, &stm32g0_512_option_table, 0x40600, 0xFFFFFEAA},
};
static const struct kind *kind;

static int up(void **state, const struct kind *of)
{
    kind = of;
    return bench_up_at(state, kind->board, 8000);
}

static int g4(void **state)
{
    return up(state, &kinds[0]);
}

static int l4(void **state)
{
    return up(state, &kinds[1]);
}

static int g0(void **state)
{
    return up(state, &kinds[2]);
}

static int c0(void **state)
{
    return up(state, &kinds[3]);
}

static int g0b(void **state)
{
    return up(state, &kinds[4]);
}

static uint32_t half(void)
{
    return kind->flash / 2;
}

static struct flash_report load(struct bench *bench, uint32_t address, uint32_t length)
{
    return bench_loaded(bench, address, image + (address - FLASH), length);
}

static void set_word(struct bench *bench, uint32_t address, uint32_t word)
{
    bench_ok(bench, target_write_width(bench->target, address, 4, &word, 1));
}

static struct option_state options(struct bench *bench)
{
    return bench_option_state(bench, kind->options);
}

/* --- loading --- */

static void all_of_it_is_loaded_at_the_speed_of_the_flash(void **state)
{
    struct bench *bench = *state;
    uint32_t length = kind->flash < 128 * KIB ? kind->flash : 128 * KIB;
    uint32_t least_ms = length / UNIT * kind->unit_ns / 1000000;

    bench_fill(image, sizeof image, 1);
    uint64_t us = bench_load_blank(bench, image, length, least_ms, least_ms * 11 / 10);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_load_again(bench, image, length, us);
}

/* A changed byte in a page: the double words of the whole page are new ones. */
static void a_page_is_erased_when_it_must_be(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 16 * KIB);
    image[PAGE + 77] ^= 0x01;
    struct flash_report report = load(bench, FLASH, 16 * KIB);
    assert_int_equal(report.sectors_erased, 1);
    assert_int_equal(report.bytes_erased, PAGE);
    assert_int_equal(report.bytes_programmed, PAGE);
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
}

/* Bits that could be cleared are no reason to program a cell again: its ECC could not. */
static void a_cell_is_never_programmed_twice(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    image[4] = 0xFF;
    load(bench, FLASH, PAGE);
    image[4] = 0x0F;
    struct flash_report report = load(bench, FLASH, PAGE);
    assert_int_equal(report.sectors_erased, 1);
    bench_assert_memory(bench, FLASH, image, PAGE);
    memset(image + PAGE, 0xFF, PAGE); /* the rest of a page, later, without an erase */
    memset(image + PAGE, 0x12, 16);
    load(bench, FLASH + PAGE, PAGE);
    memset(image + PAGE + 1024, 0x34, 16);
    report = load(bench, FLASH + PAGE, PAGE);
    assert_int_equal(report.sectors_erased, 0);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
}

/* Errors that the program left would make every operation fail. */
static void stale_errors_and_the_programs_unlock_do_not_matter(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    set_word(bench, FLASH, 0); /* a stray write: PGSERR */
    assert_int_equal(bench_word(bench, SR), 0x80);
    set_word(bench, ACR + 8, 0x45670123);
    set_word(bench, ACR + 8, 0xCDEF89AB);
    assert_int_equal(bench_word(bench, CR) >> 31, 0);
    image[0] ^= 0xFF;
    struct flash_report report = load(bench, FLASH, 4 * KIB);
    assert_int_equal(report.sectors_erased, 1);
    bench_assert_memory(bench, FLASH, image, 4 * KIB);
    assert_int_equal(bench_word(bench, CR), LOCKED);
    assert_int_equal(bench_word(bench, SR), 0);
    assert_int_equal(bench_word(bench, ACR), kind->acr); /* caches are on again */
}

/* A chip that was empty when it was powered goes on to start its boot loader otherwise. */
static void what_was_loaded_is_started(void **state)
{
    static const uint32_t program[] = {RAM + 0x1000, FLASH + 9, 0xE7FEE7FE, 0}; /* b . */
    struct bench *bench = *state;
    uint64_t pc = 0;

    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    assert_int_equal(bench_word(bench, ACR) & EMPTY, EMPTY);
    bench_loaded(bench, FLASH, (const uint8_t *)program, sizeof program);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_ok(bench, target_read_register(bench->target, PC, &pc));
    assert_int_equal(pc, FLASH + 8);
}

/* It bites after 512 ms: fed while a loader runs, and stopped while the core stands behind a `reset
 * init`, which gives the debug component its clock. */
static void a_watchdog_that_runs_does_not_bite(void **state)
{
    enum { IWDG_KR = 0x40003000, RCC_CSR = 0x40021060 };
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_INIT));
    set_word(bench, RCC_CSR, 1u << 23); /* RMVF */
    set_word(bench, IWDG_KR, 0xCCCC);
    load(bench, FLASH, kind->flash < 128 * KIB ? kind->flash : 128 * KIB);
    clock_sleep_us(probe_clock(bench->probe), 2000000);
    load(bench, FLASH, 16 * KIB);
    assert_int_equal(bench_word(bench, RCC_CSR) >> 29 & 1, 0);
}

/* It would be waited for in vain: a reset helps. */
static void half_a_double_word_is_explained(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    set_word(bench, ACR + 8, 0x45670123);
    set_word(bench, ACR + 8, 0xCDEF89AB);
    set_word(bench, CR, 1);
    set_word(bench, FLASH, 1);
    assert_int_equal(bench_load(bench, FLASH, image, PAGE, NULL), ERR_FLASH);
    assert_non_null(strstr(bench->job.text, "in the middle of a double word"));
    bench_job(bench);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    load(bench, FLASH, PAGE);
    bench_assert_memory(bench, FLASH, image, PAGE);
}

static void nothing_is_left_by_an_erase_of_all(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    load(bench, FLASH + kind->flash - 4 * KIB, 4 * KIB);
    bench_job(bench);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    bench_assert_filled(bench, FLASH, 0xFF, 4 * KIB);
    bench_assert_filled(bench, FLASH + kind->flash - 4 * KIB, 0xFF, 4 * KIB);
}

/* Page 256 of 512 is page 0 of the second bank: without its bit page 0 of the first is erased. */
static void pages_of_the_second_bank_are_its_own(void **state)
{
    struct bench *bench = *state;
    uint32_t across = FLASH + half() - 2 * PAGE;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * PAGE);
    load(bench, across, 4 * PAGE);
    image[half()] ^= 0xFF;
    image[half() + PAGE] ^= 0xFF;
    struct flash_report report = load(bench, across, 4 * PAGE);
    assert_int_equal(report.sectors_erased, 2);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    bench_assert_memory(bench, across, image + (across - FLASH), 4 * PAGE);
}

/* The second bank is cheaper to erase as a whole; what is in the first one stays. */
static void a_bank_is_erased_alone(void **state)
{
    struct bench *bench = *state;
    enum { LENGTH = 64 * KIB };
    uint32_t second = FLASH + half();

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * PAGE);
    load(bench, second, LENGTH);
    bench_fill(image + half(), LENGTH, 2);
    struct flash_report report = load(bench, second, LENGTH);
    assert_true(report.mass_erased);
    assert_in_range(report.elapsed_us / 1000, 660, 1100); /* page by page 700 ms more */
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    bench_assert_memory(bench, second, image + half(), LENGTH);
    bench_assert_filled(bench, second + LENGTH, 0xFF, KIB);
}

/* nSWAP_BANK: the bank that shows first is the second one, by its bits, and by its registers of
 * write protection. */
static void a_bank_that_shows_first_is_erased_where_it_shows(void **state)
{
    enum { WRP2AR = 0x4002204C };
    struct bench *bench = *state;
    struct option_state wanted = options(bench);
    const char *word = "nSWAP_BANK=on";

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * PAGE);
    bench_ok(bench,
             option_take(&bench->job, kind->options, bench->target, 1, &word, wanted.stored));
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    bench_ok(bench, kind->options->load(bench->target));
    bench_assert_memory(bench, FLASH + half(), image, 4 * PAGE);
    bench_assert_filled(bench, FLASH, 0xFF, 4 * PAGE);
    bench_fill(image + half(), 4 * PAGE, 2);
    memcpy(image, image + half(), 4 * PAGE);
    load(bench, FLASH, 4 * PAGE); /* blank */
    image[PAGE] ^= 0xFF;
    load(bench, FLASH, 4 * PAGE);
    load(bench, FLASH + half(), 4 * PAGE);
    bench_assert_memory(bench, FLASH, image, 4 * PAGE);
    wanted = options(bench);
    bench_ok(bench, option_blocks_set(&bench->job, kind->options, bench->target, 0, 1, true,
                                      wanted.stored));
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    bench_ok(bench, kind->options->load(bench->target));
    assert_int_equal(bench_word(bench, WRP2AR) & 0x7F007F, 1 << 16);
    image[PAGE] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, 4 * PAGE, NULL), ERR_PROTECTED);
    bench_job(bench);
    load(bench, FLASH + half(), PAGE);
    bench_ok(bench, flash_erase_now(bench->target, FLASH + half(), half()));
}

/* MSI is faster during a load only, and only where no program has set up clocks. */
static void the_core_is_clocked_as_before_a_load(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    assert_int_equal(bench_word(bench, RCC_CR), 0x63);
    load(bench, FLASH, PAGE);
    assert_int_equal(bench_word(bench, RCC_CR),
                     0x6B); /* the same range, chosen by the bits that say it */
    assert_int_equal(bench_word(bench, ACR), kind->acr);
    set_word(bench, RCC_CR, 0x99 | 1 << 8); /* the program's: 24 MHz, and HSI16 */
    set_word(bench, ACR, kind->acr | 3);
    load(bench, FLASH + PAGE, PAGE);
    assert_int_equal(bench_word(bench, RCC_CR), 0x59B);
    assert_int_equal(bench_word(bench, ACR), kind->acr | 3);
}

/* --- option bytes --- */

static void options_are_programmed_and_loaded_on_demand(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);

    assert_int_equal(wanted.stored[OPTR], kind->optr);
    option_set(&kind->options->fields[2], wanted.stored, 0); /* IWDG_SW */
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    assert_int_equal(options(bench).stored[OPTR], kind->optr & ~0x10000u);
    assert_int_equal(bench_word(bench, CR), LOCKED);
    bench_ok(bench, kind->options->load(bench->target));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(options(bench).stored[OPTR], kind->optr & ~0x10000u);
}

static void a_protected_page_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 16 * KIB);
    bench_ok(bench, option_blocks_set(&bench->job, kind->options, bench->target, 2, 3, true,
                                      wanted.stored));
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    bench_ok(bench, kind->options->load(bench->target));
    image[5 * KIB] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, 16 * KIB, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "0x08001000 is write protected by the option bytes"));
    bench_job(bench);
    image[5 * KIB] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
}

/* The chip does not tell what counts: what is stored is taken for that and called so; and what was
 * stored away still counts until it is loaded, which the chip alone can say. */
static void protection_that_is_stored_is_called_so(void **state)
{
    struct bench *bench = *state;
    struct option_state open = options(bench), shut = open;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * PAGE);
    bench_ok(bench,
             option_blocks_set(&bench->job, kind->options, bench->target, 1, 1, true, shut.stored));
    bench_ok(bench, kind->options->write(bench->target, &shut));
    image[PAGE] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, 4 * PAGE, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text,
                           "as they are stored: the chip does not tell whether "
                           "that counts already; `monitor stm32l4x option_load 0`"));
    bench_job(bench);
    bench_ok(bench, kind->options->load(bench->target));
    bench_ok(bench, kind->options->write(bench->target, &open));
    assert_int_equal(bench_load(bench, FLASH, image, 4 * PAGE, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "what counted before still does"));
    bench_job(bench);
    bench_ok(bench, kind->options->load(bench->target));
    load(bench, FLASH, 4 * PAGE);
}

/* DUAL_BANK off: pages are numbered through, and both halves go. */
static void one_bank_of_two_is_erased_whole(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);
    const char *word = "DUAL_BANK=one";
    size_t count;

    bench_ok(bench,
             option_take(&bench->job, kind->options, bench->target, 1, &word, wanted.stored));
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    bench_ok(bench, kind->options->load(bench->target));
    assert_int_equal(target_regions(bench->target, &count)[0].size, kind->flash);
    bench_fill(image, sizeof image, 1);
    load(bench, FLASH + half(), 2 * PAGE);
    image[half()] ^= 0xFF;
    assert_int_equal(load(bench, FLASH + half(), 2 * PAGE).sectors_erased, 1);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    bench_assert_filled(bench, FLASH + half(), 0xFF, 2 * PAGE);
}

static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    bench_ok(bench, kind->options->lock(bench->target));
    bench_ok(bench, kind->options->load(bench->target));
    assert_true(target_chip(bench->target)->readout_protected);
    bench_assert_protection_ends(bench, kind->options, image, 4 * KIB, 0xFF);
}

static void level_2_is_for_ever(void **state)
{
    bench_assert_level_2_is_for_ever(*state, kind->options, 0xCC);
}

int main(void)
{
#define ALL_OF_THEM(name)                                      \
    cmocka_unit_test_setup_teardown(name, g4, bench_down),     \
        cmocka_unit_test_setup_teardown(name, l4, bench_down), \
        cmocka_unit_test_setup_teardown(name, g0, bench_down), \
        cmocka_unit_test_setup_teardown(name, c0, bench_down)
    const struct CMUnitTest tests[] = {
        ALL_OF_THEM(all_of_it_is_loaded_at_the_speed_of_the_flash),
        ALL_OF_THEM(a_page_is_erased_when_it_must_be),
        ALL_OF_THEM(a_cell_is_never_programmed_twice),
        ALL_OF_THEM(stale_errors_and_the_programs_unlock_do_not_matter),
        cmocka_unit_test_setup_teardown(what_was_loaded_is_started, g0, bench_down),
        cmocka_unit_test_setup_teardown(what_was_loaded_is_started, c0, bench_down),
        cmocka_unit_test_setup_teardown(a_watchdog_that_runs_does_not_bite, g0, bench_down),
        cmocka_unit_test_setup_teardown(a_watchdog_that_runs_does_not_bite, c0, bench_down),
        cmocka_unit_test_setup_teardown(half_a_double_word_is_explained, g0, bench_down),
        ALL_OF_THEM(nothing_is_left_by_an_erase_of_all),
        cmocka_unit_test_setup_teardown(nothing_is_left_by_an_erase_of_all, g0b, bench_down),
        cmocka_unit_test_setup_teardown(pages_of_the_second_bank_are_its_own, l4, bench_down),
        cmocka_unit_test_setup_teardown(pages_of_the_second_bank_are_its_own, g0b, bench_down),
        cmocka_unit_test_setup_teardown(a_bank_is_erased_alone, l4, bench_down),
        cmocka_unit_test_setup_teardown(a_bank_is_erased_alone, g0b, bench_down),
        cmocka_unit_test_setup_teardown(a_bank_that_shows_first_is_erased_where_it_shows, g0b,
                                        bench_down),
        cmocka_unit_test_setup_teardown(the_core_is_clocked_as_before_a_load, l4, bench_down),
        ALL_OF_THEM(options_are_programmed_and_loaded_on_demand),
        ALL_OF_THEM(a_protected_page_is_named),
        ALL_OF_THEM(protection_that_is_stored_is_called_so),
        cmocka_unit_test_setup_teardown(a_protected_page_is_named, g0b, bench_down),
        cmocka_unit_test_setup_teardown(one_bank_of_two_is_erased_whole, g0b, bench_down),
        ALL_OF_THEM(protection_goes_on_and_off),
        ALL_OF_THEM(level_2_is_for_ever),
    };

    return cmocka_run_group_tests_name("l4_load", tests, NULL, NULL);
}
