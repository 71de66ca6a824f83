/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32F031, whose RAM the loader just fits, and F303K8; their option
 * bytes, which a load on demand puts into force. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "flash_bench.h"

enum { ALL = 128 * KIB, CR = 0x40022010 };
#define F0_APB2ENR 0x40021018u
#define DBGMCUEN (1u << 22)
#define F0_DBGMCU_CR 0x40015804u
#define F3_DBGMCU_CR 0xE0042004u
enum { OBR, WRPR }; /* words of the tables */

static uint8_t image[ALL];

static const struct kind {
    const char *board;
    uint32_t flash, page;
    const struct flash_options *options;
    bool reset_loads;
} kinds[] = {
    {"f031,still", 32 * KIB, 1 * KIB, &stm32f0_option_table, false},
    {"nucleo-f303k8,still", 64 * KIB, 2 * KIB, &stm32f3_option_table, true},
    {"nucleo-f072,still", 128 * KIB, 2 * KIB, &stm32f0_option_table,
     false}, /* eight option bytes */
};
static const struct kind *kind;

static int up(void **state, const struct kind *of)
{
    kind = of;
    return bench_up_at(state, kind->board, 4000);
}

static int f0(void **state)
{
    return up(state, &kinds[0]);
}

static int f3(void **state)
{
    return up(state, &kinds[1]);
}

static int f07(void **state)
{
    return up(state, &kinds[2]);
}

static struct flash_report load(struct bench *bench, uint32_t address, uint32_t length)
{
    return bench_loaded(bench, address, image + (address - FLASH), length);
}

static struct option_state options(struct bench *bench)
{
    return bench_option_state(bench, kind->options);
}

/* Half-words of 53 us: 32 KiB take 870 ms. */
static void all_of_it_is_loaded_at_the_speed_of_the_flash(void **state)
{
    struct bench *bench = *state;
    uint32_t least_ms = kind->flash / 2 * 53 / 1000;

    bench_fill(image, sizeof image, 1);
    uint64_t us = bench_load_blank(bench, image, kind->flash, least_ms, least_ms * 11 / 10);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_load_again(bench, image, kind->flash, us);
}

static void a_page_is_erased_when_it_must_be(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    image[kind->page + 77] ^= 0xFF;
    struct flash_report report = load(bench, FLASH, 4 * KIB);
    assert_int_equal(report.sectors_erased, 1);
    assert_int_equal(report.bytes_erased, kind->page);
    bench_assert_memory(bench, FLASH, image, 4 * KIB);
    assert_int_equal(bench_word(bench, CR), 1 << 7); /* locked */
}

static void fields_are_what_is_stored_and_are_loaded_on_demand(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench), now;

    assert_int_equal(wanted.stored[OBR], 0xFFFFFF00);
    assert_false(option_pending(kind->options, &wanted));
    option_set(&kind->options->fields[1], wanted.stored, 0); /* WDG_SW */
    option_set(&kind->options->fields[4], wanted.stored, 0x5A3C);
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    now = options(bench);
    assert_int_equal(now.stored[OBR], 0x5A3CFE00);
    assert_int_equal(now.in_force[OBR], 0xFFFFFF00);
    assert_true(option_pending(kind->options, &now));
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    now = options(bench);
    assert_int_equal(now.in_force[OBR], kind->reset_loads ? 0x5A3CFE00 : 0xFFFFFF00);
    bench_ok(bench, kind->options->load(bench->target));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    now = options(bench);
    assert_int_equal(now.in_force[OBR], 0x5A3CFE00);
    assert_false(option_pending(kind->options, &now));
}

static void a_protected_block_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);
    struct option_block block;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 16 * KIB);
    assert_true(option_block_get(kind->options, bench->target, 1, &block));
    assert_int_equal(block.address, FLASH + 4 * KIB);
    assert_int_equal(block.size, 4 * KIB);
    assert_int_equal(option_block_count(kind->options, bench->target), kind->flash / (4 * KIB));
    option_block_protect(&block, wanted.stored, true);
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    bench_ok(bench, kind->options->load(bench->target));
    image[5 * KIB] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, 16 * KIB, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "is write protected by the option bytes"));
    bench_job(bench);
    image[5 * KIB] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
}

static void the_last_block_of_32_is_protected(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);
    struct option_block block;

    assert_true(option_block_get(kind->options, bench->target, 31, &block));
    assert_int_equal(block.address, FLASH + 124 * KIB);
    option_block_protect(&block, wanted.stored, true);
    bench_ok(bench, kind->options->write(bench->target, &wanted));
    bench_ok(bench, kind->options->load(bench->target));
    assert_int_equal(options(bench).in_force[WRPR], 0x7FFFFFFF);
    assert_int_equal(bench_load(bench, block.address, image, KIB, NULL), ERR_PROTECTED);
    bench_job(bench);
    load(bench, FLASH, 2 * KIB);
}

/* The core cannot read its vectors: that is what is told, also of one that keeps no record. */
static void assert_protection_is_told(struct bench *bench)
{
    char text[200] = "";

    bench_ok(bench, target_reset(bench->target, TARGET_RESET_RUN));
    while (!target_locked_up(bench->target))
        bench_ok(bench, target_poll(bench->target, &(struct target_stop){0}));
    bench_ok(bench, target_explain_lockup(bench->target, text, sizeof text));
    assert_non_null(strstr(text, "the flash is read-protected"));
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
}

static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    bench_ok(bench, kind->options->lock(bench->target));
    assert_false(options(bench).readout_protected);
    bench_ok(bench, kind->options->load(bench->target));
    assert_true(target_chip(bench->target)->readout_protected);
    assert_int_equal(options(bench).in_force[OBR] >> 1 & 3, 1);
    assert_protection_is_told(bench);
    bench_assert_protection_ends(bench, kind->options, image, 4 * KIB, 0xFF);
}

static void level_2_is_for_ever(void **state)
{
    bench_assert_level_2_is_for_ever(*state, kind->options, 3);
}

static uint32_t raw(struct bench *bench, uint32_t address)
{
    uint32_t word = 0;
    struct ops ops;

    ops_init(&ops, bench->probe);
    ops_read32(&ops, address, &word);
    bench_ok(bench, ops_flush(&ops));
    return word;
}

static void raw_write(struct bench *bench, uint32_t address, uint32_t word)
{
    struct ops ops;

    ops_init(&ops, bench->probe);
    ops_write32(&ops, address, word);
    bench_ok(bench, ops_flush(&ops));
}

/* The F0's wants a clock, which a reset takes, and has no DBG_SLEEP. */
static void what_debugging_wants_of_dbgmcu_is_given_back(void **state)
{
    struct bench *bench = *state;
    bool gated = kind == &kinds[0];
    uint32_t cr = gated ? F0_DBGMCU_CR : F3_DBGMCU_CR;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    assert_int_equal(raw(bench, cr), gated ? 6 : 7);
    assert_int_equal(raw(bench, cr + 4) & 0x1800, 0x1800); /* watchdogs */
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    if (gated)
        raw_write(bench, F0_APB2ENR, 1); /* the program's own */
    bench_ok(bench, target_disconnect(bench->target));
    if (gated) {
        assert_int_equal(raw(bench, F0_APB2ENR), 1);
        raw_write(bench, F0_APB2ENR, DBGMCUEN);
    }
    assert_int_equal(raw(bench, cr), 0);
    assert_int_equal(raw(bench, cr + 4), 0);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
    bench_ok(bench, target_disconnect(bench->target));
    if (gated)
        assert_int_equal(raw(bench, F0_APB2ENR), DBGMCUEN); /* it was on */
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
}

int main(void)
{
#define BOTH(name)                                         \
    cmocka_unit_test_setup_teardown(name, f0, bench_down), \
        cmocka_unit_test_setup_teardown(name, f3, bench_down)
    const struct CMUnitTest tests[] = {
        BOTH(all_of_it_is_loaded_at_the_speed_of_the_flash),
        BOTH(a_page_is_erased_when_it_must_be),
        BOTH(fields_are_what_is_stored_and_are_loaded_on_demand),
        BOTH(a_protected_block_is_named),
        cmocka_unit_test_setup_teardown(the_last_block_of_32_is_protected, f07, bench_down),
        BOTH(protection_goes_on_and_off),
        BOTH(level_2_is_for_ever),
        BOTH(what_debugging_wants_of_dbgmcu_is_given_back),
    };

    return cmocka_run_group_tests_name("f0_load", tests, NULL, NULL);
}
