/* SPDX-License-Identifier: MIT */
/* A made-up controller with two banks, each erased for itself or both together, and each with
 * registers of its own: the simulated chip's flash in two halves, the second one's registers at
 * another address, which the way to the chip translates. */
#include <string.h>

#include "core/core.h"
#include "flash/controller.h"
#include "flash/flash_internal.h"
#include "flash_bench.h"
#include "probe/driver.h"

enum { HALF = FLASH_SIZE / 2, PAGES = HALF / PAGE_SIZE, REGISTERS = 0x40022000, SIZE = 0x400 };
enum { SECOND = 0x40032000 };
enum { FIRST_BANK = 1, SECOND_BANK = 2, BOTH = 3 };

/* --- the way to the chip --- */

static struct {
    struct probe_driver driver;
    const struct probe_driver *inner;
    unsigned starts[2]; /* of the routine that programs, by bank */
} way;

static bool is_second(const struct op *op)
{
    return (op->kind == OP_READ || op->kind == OP_WRITE || op->kind == OP_WAIT) &&
           op->address - SECOND < SIZE;
}

static enum err run_one(struct probe *probe, struct op *op)
{
    struct op as_it_is = *op;
    bool base = op->kind == OP_REG_WRITE && op->address == 1;

    if (base && (op->value == REGISTERS || op->value == SECOND))
        way.starts[op->value == SECOND]++;
    if (base && op->value == SECOND)
        op->value = REGISTERS;
    if (is_second(op))
        op->address -= SECOND - REGISTERS;
    enum err err = way.inner->run(probe, op, 1);
    *op = as_it_is;
    return err;
}

static enum err run(struct probe *probe, struct op *ops, size_t count)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && !err; i++)
        err = run_one(probe, &ops[i]);
    return err;
}

/* --- the driver --- */

static struct flash_driver two_banks;
static unsigned whole[BOTH + 1], sectors, last_number; /* erases; the last sector's, in its bank */

static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    enum err err = stm32f1_flash.probe(controller);

    geometry->banks[1] = (struct flash_bank){FLASH + HALF, HALF, SECOND};
    geometry->banks[0].size = HALF;
    geometry->bank_count = 2;
    geometry->one_bank_erase_us = geometry->bank_erase_us;
    geometry->one_bank_erase_max_us = geometry->bank_erase_max_us;
    return err;
}

/* The chip has no erase of a half: page by page. */
static void erase_half(struct flash_controller *controller, uint32_t start)
{
    struct ops *ops = &controller->target->core->ops;

    for (uint32_t i = 0; i < PAGES; i++) {
        struct flash_extent page = {
            .banks = 1, .address = start + i * PAGE_SIZE, .size = PAGE_SIZE};

        stm32f1_flash.queue_erase(controller, &page);
        ops_wait32(ops, REGISTERS + STM32F1_SR, STM32F1_SR_BSY, 0, 100000);
    }
}

static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    if (what->size) {
        sectors++;
        last_number = what->number;
        stm32f1_flash.queue_erase(controller, what);
        return;
    }
    whole[what->banks]++;
    if (what->banks & FIRST_BANK)
        erase_half(controller, FLASH);
    if (what->banks & SECOND_BANK)
        erase_half(controller, FLASH + HALF);
}

/* --- the tests --- */

static uint8_t image[FLASH_SIZE];

static void count_anew(void)
{
    memset(whole, 0, sizeof whole);
    sectors = way.starts[0] = way.starts[1] = 0;
}

static void load(struct bench *bench, uint32_t offset, uint32_t length, uint32_t seed)
{
    bench_fill(image + offset, length, seed);
    count_anew();
    assert_int_equal(bench_load(bench, FLASH + offset, image + offset, length, NULL), ERR_OK);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static int setup(void **state)
{
    if (bench_up(state))
        return -1;
    struct bench *bench = *state;
    way.inner = bench->probe->driver;
    way.driver = *way.inner;
    way.driver.run = run;
    bench->probe->driver = &way.driver;
    two_banks = stm32f1_flash;
    two_banks.probe = probe;
    two_banks.queue_erase = queue_erase;
    bench->driver = &two_banks;
    memset(image, 0xFF, sizeof image);
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    bench->probe->driver = way.inner;
    return bench_down(state);
}

static void a_bank_that_is_replaced_is_erased_as_a_whole(void **state)
{
    struct bench *bench = *state;

    load(bench, 0, sizeof image, 1);
    load(bench, HALF, HALF, 2);
    assert_int_equal(whole[SECOND_BANK], 1);
    assert_int_equal(whole[FIRST_BANK] + whole[BOTH] + sectors, 0);
    load(bench, 0, HALF, 3);
    assert_int_equal(whole[FIRST_BANK], 1);
    assert_int_equal(whole[SECOND_BANK] + whole[BOTH] + sectors, 0);
}

static void both_are_erased_together(void **state)
{
    struct bench *bench = *state;

    load(bench, 0, sizeof image, 1);
    load(bench, 0, sizeof image, 2);
    assert_int_equal(whole[BOTH], 1);
    assert_int_equal(whole[FIRST_BANK] + whole[SECOND_BANK] + sectors, 0);
}

/* Nobody named the last pages of the bank, and they hold something. */
static void what_nobody_named_stays(void **state)
{
    struct bench *bench = *state;

    load(bench, 0, sizeof image, 1);
    load(bench, HALF, HALF - 2 * PAGE_SIZE, 2);
    assert_int_equal(whole[FIRST_BANK] + whole[SECOND_BANK] + whole[BOTH], 0);
    assert_int_equal(sectors, PAGES - 2);
    assert_int_equal(last_number, PAGES - 3);
}

static void a_rest_that_is_blank_may_go(void **state)
{
    struct bench *bench = *state;

    load(bench, 0, sizeof image - 2 * PAGE_SIZE, 1);
    load(bench, HALF, HALF - 2 * PAGE_SIZE, 2);
    assert_int_equal(whole[SECOND_BANK], 1);
    assert_int_equal(whole[FIRST_BANK] + whole[BOTH] + sectors, 0);
}

/* Each bank is programmed by its own registers, whatever the order. */
static void the_routine_begins_anew_where_the_registers_change(void **state)
{
    struct bench *bench = *state;

    load(bench, 0, sizeof image, 1);
    assert_int_equal(way.starts[0], 1);
    assert_int_equal(way.starts[1], 1);
    load(bench, HALF - PAGE_SIZE, 2 * PAGE_SIZE, 2);
    assert_int_equal(way.starts[0], 1);
    assert_int_equal(way.starts[1], 1);
    load(bench, HALF, PAGE_SIZE, 3);
    assert_int_equal(way.starts[0], 0);
    assert_int_equal(way.starts[1], 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_bank_that_is_replaced_is_erased_as_a_whole),
        TEST(both_are_erased_together),
        TEST(what_nobody_named_stays),
        TEST(a_rest_that_is_blank_may_go),
        TEST(the_routine_begins_anew_where_the_registers_change),
    };

    return cmocka_run_group_tests_name("two_banks", tests, NULL, NULL);
}
