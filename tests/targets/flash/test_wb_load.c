/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32WB55, whose second core keeps the end of the flash, and the WL55,
 * whose second core runs beside: both may suspend what is to begin. Their option bytes. */
#include <string.h>

#include "core/core.h"
#include "flash/stm32/stm32l4.h"
#include "flash_bench.h"

enum {
    RCC_CR = 0x58000000,
    RCC_CFGR = 0x58000008,
    PWR_CR4 = 0x5800040C,
    ACR = 0x58004000,
    SR = 0x58004010,
    CR = 0x58004014,
    C2ACR = 0x5800405C,
    LENGTH = 64 * KIB,
    UNIT = 8,
    UNIT_NS = 81690,
    PAGE_ERASE_MS = 22,
};
#define FZR1 0xE004203Cu
#define LOCKED 0xC0000000u
#define PES (1u << 15)
#define PESD (1u << 19)
#define OPTVERR (1u << 15)
#define EMPTY (1u << 16)
#define C2BOOT (1u << 15)

static uint8_t image[LENGTH];

static const struct kind {
    const char *board;
    uint32_t open, page; /* of the flash, bytes */
    const struct flash_options *options;
    uint32_t optr, cr_after_load;
} kinds[] = {
    {"nucleo-wb55,still", 976 * KIB, 4096, &stm32wb_option_table, 0x3FFFF1AA, 0x63},
    {"nucleo-wl55,still", 256 * KIB, 2048, &stm32wl_option_table, 0x3FFFF0AA, 0x6B},
};
static const struct kind *kind;

static int up(void **state, const struct kind *of)
{
    kind = of;
    bench_fill(image, sizeof image, 1);
    return bench_up_at(state, kind->board, 8000);
}

static int wb(void **state)
{
    return up(state, &kinds[0]);
}

static int wl(void **state)
{
    return up(state, &kinds[1]);
}

static struct flash_report load(struct bench *bench, uint32_t length)
{
    return bench_loaded(bench, FLASH, image, length);
}

static void set_word(struct bench *bench, uint32_t address, uint32_t word)
{
    bench_ok(bench, target_write_width(bench->target, address, 4, &word, 1));
}

/* --- loading --- */

static void all_of_it_is_loaded_at_the_speed_of_the_flash(void **state)
{
    struct bench *bench = *state;
    uint32_t least_ms = LENGTH / UNIT * UNIT_NS / 1000000;

    uint64_t us = bench_load_blank(bench, image, LENGTH, least_ms, least_ms * 11 / 10);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_load_again(bench, image, LENGTH, us);
}

static void a_page_is_erased_when_it_must_be(void **state)
{
    struct bench *bench = *state;

    load(bench, LENGTH);
    image[kind->page + 77] ^= 0x01;
    struct flash_report report = load(bench, LENGTH);
    assert_int_equal(report.sectors_erased, 1);
    assert_int_equal(report.bytes_erased, kind->page);
    bench_assert_memory(bench, FLASH, image, LENGTH);
}

/* Of the WB, OPTVERR stands behind every reset (ES0394, 2.2.9). An empty flash is told to be one no
 * more, or the next reset starts the boot loader. */
static void nothing_is_left_changed(void **state)
{
    struct bench *bench = *state;
    uint32_t acr = bench_word(bench, ACR);

    assert_int_equal(bench_word(bench, SR), kind == &kinds[0] ? OPTVERR : 0);
    assert_int_equal(acr, 0x600 | EMPTY);
    set_word(bench, FZR1, 1);
    load(bench, kind->page);
    assert_int_equal(bench_word(bench, CR), LOCKED);
    assert_int_equal(bench_word(bench, SR), 0);
    assert_int_equal(bench_word(bench, ACR), 0x600);
    assert_int_equal(bench_word(bench, FZR1), 1);
    assert_int_equal(bench_word(bench, RCC_CFGR), 0x70000);
    assert_int_equal(bench_word(bench, RCC_CR), kind->cr_after_load);
}

/* 4 MHz, but not the program's own choice. */
static void the_core_is_clocked_as_before_a_load(void **state)
{
    struct bench *bench = *state;
    uint32_t chosen = bench_word(bench, RCC_CR) | 1 << 8; /* HSI16 */

    set_word(bench, RCC_CR, chosen);
    chosen = bench_word(bench, RCC_CR);
    load(bench, kind->page);
    assert_int_equal(bench_word(bench, RCC_CR), chosen);
}

/* --- the second core --- */

/* No bit of a mass erase: the chip refuses that, and the radio's program would be lost. */
static void what_the_radio_keeps_is_left_alone(void **state)
{
    struct bench *bench = *state;

    load(bench, LENGTH);
    bench_job(bench);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    bench_assert_filled(bench, FLASH, 0xFF, LENGTH);
    bench_job(bench);
    uint32_t kept = FLASH + kind->open;
    assert_int_equal(flash_erase_now(bench->target, kept, kind->page), ERR_NOT_FLASH);
    bench_job(bench);
    assert_int_equal(bench_load(bench, kept - 8, image, 16, NULL), ERR_NOT_FLASH);
    bench_job(bench);
    assert_int_equal(bench_word(bench, SR), 0); /* nobody tried */
    assert_true(target_lacks_memory(bench->target, kept));
}

/* PES of the core that is programmed by: it would wait for itself. */
static void what_the_program_suspended_goes_on(void **state)
{
    struct bench *bench = *state;

    set_word(bench, ACR, 0x600 | PES);
    assert_int_equal(bench_word(bench, SR) & PESD, PESD);
    load(bench, kind->page);
    bench_assert_memory(bench, FLASH, image, kind->page);
    assert_int_equal(bench_word(bench, ACR), 0x600 | PES);
}

static void what_the_other_core_suspends_is_told(void **state)
{
    struct bench *bench = *state;

    set_word(bench, C2ACR, PES);
    assert_int_equal(bench_load(bench, FLASH, image, kind->page, NULL), ERR_FLASH);
    assert_non_null(strstr(bench->job.text, "the chip's other core suspends programming and "
                                            "erasing, and did not let go of it for a second"));
    bench_job(bench);
    assert_int_equal(bench_word(bench, ACR) & ~EMPTY, 0x600); /* given back all the same */
    assert_int_equal(bench_word(bench, CR), LOCKED);
    set_word(bench, C2ACR, 0);
    load(bench, kind->page);
    bench_assert_memory(bench, FLASH, image, kind->page);
}

/* In the midst of a session, and for good: neither the erase nor the program is said to be done. */
static void who_never_lets_go_is_told(void **state)
{
    struct bench *bench = *state;
    struct flash *flash;

    load(bench, kind->page);
    bench_job(bench);
    bench_ok(bench, flash_open(bench->target, &flash));
    set_word(bench, C2ACR, PES);
    bench_ok(bench, flash_erase(flash, FLASH, kind->page));
    assert_int_equal(flash_done(flash), ERR_TIMEOUT);
    assert_non_null(strstr(bench->job.text, "0x58004010 reads 0x00080000"));
    flash_close(flash);
    bench_job(bench);
    set_word(bench, C2ACR, 0);
    bench_assert_memory(bench, FLASH, image, kind->page);
}

/* Whenever flash is busy it suspends what follows for 10 ms, and then leaves it alone for 20:
 * ldr r0, =C2ACR; 1: ldr r1, [r0, #4]; lsrs r1, #17; bcc 1b; ldr r1, =PES | ICEN; str r1, [r0];
 * ldr r2, =14000; 2: subs r2, #1; bne 2b; movs r1, #0; str r1, [r0]; ldr r2, =28000; 3: subs r2,
 * #1; bne 3b; b 1b */
static const uint32_t suspending[] = {0x68414807, 0xD3FC0C49, 0x60014906, 0x3A014A06,
                                      0x2100D1FD, 0x4A056001, 0xD1FD3A01, 0x0000E7F1,
                                      C2ACR,      0x00008200, 14000,      28000};
enum { PROGRAM = RAM + 0x8000, PC = 15, XPSR = 16 }; /* gdb's numbers */

static void start_second(struct bench *bench, const uint32_t *program, size_t words)
{
    struct target_stop stop;

    bench_ok(bench, target_write_width(bench->target, PROGRAM, 4, program, words));
    set_word(bench, PWR_CR4, C2BOOT);
    clock_sleep_us(probe_clock(bench->probe), 100);
    target_select_core(bench->target, 1);
    bench_ok(bench, target_reach_core(bench->target));
    bench_ok(bench, target_halt(bench->target, &stop));
    bench_ok(bench, target_write_register(bench->target, PC, PROGRAM));
    bench_ok(bench, target_write_register(bench->target, XPSR, 0x01000000));
    bench_ok(bench, target_resume(bench->target));
    target_select_core(bench->target, 0);
}

/* It runs on, by the clock that it had; erasing and programming wait for it. */
static void the_second_core_suspends_a_load_now_and_then(void **state)
{
    struct bench *bench = *state;

    start_second(bench, suspending, sizeof suspending / sizeof *suspending);
    uint32_t cr = bench_word(bench, RCC_CR);
    load(bench, 16 * KIB);
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
    bench_fill(image, sizeof image, 2);
    struct flash_report report = load(bench, 16 * KIB);
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
    assert_int_equal(report.bytes_erased, 16 * KIB);
    assert_in_range(report.elapsed_us / 1000, 450, 900); /* undisturbed 350 */
    assert_int_equal(bench_word(bench, RCC_CR), cr);
    target_select_core(bench->target, 1);
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    target_select_core(bench->target, 0);
}

/* --- option bytes --- */

static void options_are_programmed_and_loaded_on_demand(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = bench_option_state(bench, kind->options);

    assert_int_equal(wanted.stored[0], kind->optr);
    option_set(&kind->options->fields[2], wanted.stored, 0); /* IWDG_SW */
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    assert_int_equal(bench_word(bench, CR), LOCKED);
    bench_ok(bench, kind->options->load(bench->target));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(bench_option_state(bench, kind->options).stored[0], kind->optr & ~0x10000u);
}

/* Nor is any other erased. */
static void a_protected_page_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = bench_option_state(bench, kind->options);

    load(bench, LENGTH);
    bench_ok(bench, option_blocks_set(&bench->job, kind->options, bench->target, 2, 3, true,
                                      wanted.stored));
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    bench_ok(bench, kind->options->load(bench->target));
    image[0] ^= 0xFF;
    image[2 * kind->page + 5] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, LENGTH, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "is write protected by the option bytes"));
    bench_job(bench);
    image[0] ^= 0xFF;
    image[2 * kind->page + 5] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, LENGTH);
}

/* What the second core keeps, it keeps. */
static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;
    struct option_state before = bench_option_state(bench, kind->options);

    load(bench, 4 * KIB);
    bench_ok(bench, kind->options->lock(bench->target));
    bench_ok(bench, kind->options->load(bench->target));
    assert_true(target_chip(bench->target)->readout_protected);
    bench_assert_protection_ends(bench, kind->options, image, 4 * KIB, 0xFF);
    struct option_state after = bench_option_state(bench, kind->options);
    assert_int_equal(after.stored[8], before.stored[8]); /* SFR */
    assert_int_equal(after.stored[9], before.stored[9]);
}

static void level_2_is_for_ever(void **state)
{
    bench_assert_level_2_is_for_ever(*state, kind->options, 0xCC);
}

int main(void)
{
#define ONE(name, which) cmocka_unit_test_setup_teardown(name, which, bench_down)
#define BOTH(name) ONE(name, wb), ONE(name, wl)
    const struct CMUnitTest tests[] = {
        BOTH(all_of_it_is_loaded_at_the_speed_of_the_flash),
        BOTH(a_page_is_erased_when_it_must_be),
        BOTH(nothing_is_left_changed),
        BOTH(the_core_is_clocked_as_before_a_load),
        ONE(what_the_radio_keeps_is_left_alone, wb),
        BOTH(what_the_program_suspended_goes_on),
        BOTH(what_the_other_core_suspends_is_told),
        BOTH(who_never_lets_go_is_told),
        ONE(the_second_core_suspends_a_load_now_and_then, wl),
        BOTH(options_are_programmed_and_loaded_on_demand),
        BOTH(a_protected_page_is_named),
        BOTH(protection_goes_on_and_off),
        BOTH(level_2_is_for_ever),
    };

    return cmocka_run_group_tests_name("wb_load", tests, NULL, NULL);
}
