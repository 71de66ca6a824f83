/* SPDX-License-Identifier: MIT */
/* DWT comparators of Armv8-M (DDI 0553, DWT_FUNCTIONn), on a Cortex-M33. */
#include "machine.h"

enum {
    CODE = 0x2,
    CODE_LIMIT = 0x3,
    DATA = 0x4,
    DATA_WRITE = 0x5,
    DATA_READ = 0x6,
    DATA_LIMIT = 0x7,
    VALUE = 0x8,
    VALUE_WRITE = 0x9,
    LINKED_VALUE = 0xB,
    STOP = 0x10, /* ACTION */
    BYTE = 0,
    HALF = 1 << 10,
    WORD = 2 << 10,
};
#define MATCHED (1u << 24)

static int setup(void **state)
{
    struct machine *m = machine_create(&sim_core_m33);

    *state = m;
    machine_write(m, DEMCR, TRCENA);
    return 0;
}

static void watch(struct machine *m, unsigned i, uint32_t address, uint32_t function)
{
    machine_write(m, DWT_FUNCTION(i), 0);
    machine_write(m, DWT_COMP(i), address);
    machine_write(m, DWT_FUNCTION(i), function);
}

/* R1 is where, R0 what: a program of one access. Does it halt? */
static bool stops(struct machine *m, uint16_t access, uint32_t address, uint32_t value)
{
    machine_halt(m);
    PROGRAM(m, START, access, NOP, SELF);
    machine_set(m, 0, value);
    machine_set(m, 1, address);
    machine_set(m, 15, START);
    machine_write(m, DFSR, 0x1F);
    machine_resume(m);
    machine_run(m, 20);
    return sim_cpu_is_halted(m->cpu) && machine_read(m, DFSR) == DFSR_DWTTRAP;
}

static void they_say_what_they_can_do(void **state)
{
    static const uint32_t ids[] = {0x58000000, 0xD0000000, 0x50000000, 0xF0000000};
    struct machine *m = *state;

    assert_int_equal(machine_read(m, DWT_CTRL) >> 28, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(machine_read(m, DWT_FUNCTION(i)), ids[i]);
        machine_write(m, DWT_MASK(i), 0x1F); /* there is none */
        assert_int_equal(machine_read(m, DWT_MASK(i)), 0);
    }
    watch(m, 3, SRAM, DATA | STOP | WORD);
    assert_int_equal(machine_read(m, DWT_FUNCTION(3)), ids[3] | DATA | STOP | WORD);
}

static void one_watches_a_piece_of_its_size(void **state)
{
    struct machine *m = *state;

    watch(m, 2, SRAM + 0x102, DATA_WRITE | STOP | HALF);
    assert_true(stops(m, STRB(0, 1), SRAM + 0x103, 1));
    assert_int_equal(machine_read(m, DWT_FUNCTION(2)) & MATCHED, MATCHED);
    assert_int_equal(machine_read(m, DWT_FUNCTION(2)) & MATCHED, 0);
    assert_true(stops(m, STR(0, 1), SRAM + 0x100, 1)); /* reaches into it */
    assert_false(stops(m, STRB(0, 1), SRAM + 0x101, 1));
    assert_false(stops(m, STRB(0, 1), SRAM + 0x104, 1));
    assert_false(stops(m, LDRB(0, 1), SRAM + 0x102, 1));
    watch(m, 2, SRAM + 0x102, DATA_READ | STOP | HALF);
    assert_true(stops(m, LDRB(0, 1), SRAM + 0x102, 1));
}

static void two_watch_a_range(void **state)
{
    struct machine *m = *state;

    for (unsigned i = 0; i < 4; i += 2) {
        watch(m, i, SRAM + 0x101, DATA | STOP);
        watch(m, i + 1, SRAM + 0x17F, DATA_LIMIT);
        assert_true(stops(m, STRB(0, 1), SRAM + 0x101, 1));
        assert_int_equal(machine_read(m, DWT_FUNCTION(i)) & MATCHED, MATCHED);
        assert_int_equal(machine_read(m, DWT_FUNCTION(i + 1)) & MATCHED, 0);
        assert_true(stops(m, LDR(0, 1), SRAM + 0x130, 1));
        assert_true(stops(m, STRB(0, 1), SRAM + 0x17F, 1));
        assert_false(stops(m, STRB(0, 1), SRAM + 0x100, 1));
        assert_false(stops(m, STRB(0, 1), SRAM + 0x180, 1));
        machine_write(m, DWT_FUNCTION(i), 0);
        machine_write(m, DWT_FUNCTION(i + 1), 0);
    }
    watch(m, 1, SRAM + 0x100, DATA | STOP); /* the next one has no limits */
    watch(m, 2, SRAM + 0x200, DATA_LIMIT);
    assert_true(stops(m, STRB(0, 1), SRAM + 0x100, 1));
    assert_false(stops(m, STRB(0, 1), SRAM + 0x120, 1));
}

static void the_last_one_looks_for_a_value(void **state)
{
    struct machine *m = *state;

    watch(m, 3, 0x1234, VALUE_WRITE | STOP | HALF);
    assert_true(stops(m, STRH(0, 1), SRAM + 0x200, 0x1234));
    assert_false(stops(m, STRH(0, 1), SRAM + 0x200, 0x1235));
    assert_false(stops(m, STR(0, 1), SRAM + 0x200, 0x1234));
    watch(m, 2, 0x1234, VALUE | STOP | HALF); /* it cannot */
    watch(m, 3, 0, 0);
    assert_false(stops(m, STRH(0, 1), SRAM + 0x200, 0x1234));
}

static void a_value_at_an_address_takes_two(void **state)
{
    struct machine *m = *state;

    watch(m, 2, SRAM + 0x200, DATA_WRITE | WORD); /* only says where */
    watch(m, 3, 42, LINKED_VALUE | STOP | WORD);
    assert_true(stops(m, STR(0, 1), SRAM + 0x200, 42));
    assert_false(stops(m, STR(0, 1), SRAM + 0x200, 43));
    assert_false(stops(m, STR(0, 1), SRAM + 0x204, 42));
    assert_false(stops(m, LDR(0, 1), SRAM + 0x200, 0));
}

static void without_the_action_nothing_stops(void **state)
{
    struct machine *m = *state;

    watch(m, 0, SRAM + 0x200, DATA | WORD);
    assert_false(stops(m, STR(0, 1), SRAM + 0x200, 1));
    assert_int_equal(machine_read(m, DWT_FUNCTION(0)) & MATCHED, MATCHED);
}

static void code_is_watched_as_well(void **state)
{
    struct machine *m = *state;

    watch(m, 0, START + 2, CODE | STOP);
    assert_true(stops(m, NOP, 0, 0));
    assert_int_equal(machine_get(m, 15), START + 4);
    machine_write(m, DWT_FUNCTION(0), 0);
    watch(m, 2, START + 4, CODE | STOP);
    watch(m, 3, START + 0x100, CODE_LIMIT);
    assert_true(stops(m, NOP, 0, 0));
    assert_int_equal(machine_get(m, 15), START + 4); /* a branch to itself */
}

#define PAIRS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIRS_TEST(they_say_what_they_can_do),
        PAIRS_TEST(one_watches_a_piece_of_its_size),
        PAIRS_TEST(two_watch_a_range),
        PAIRS_TEST(the_last_one_looks_for_a_value),
        PAIRS_TEST(a_value_at_an_address_takes_two),
        PAIRS_TEST(without_the_action_nothing_stops),
        PAIRS_TEST(code_is_watched_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
