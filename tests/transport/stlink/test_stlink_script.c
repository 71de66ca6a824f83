/* SPDX-License-Identifier: MIT */
/* Which operations share an RW_MISC script, and which must not: seen from the wire. */
#include "stlink_bench.h"

#include <stdio.h>

#include "base/bytes.h"

#define DFSR 0xE000ED30u
#define DEMCR 0xE000EDFCu
#define AIRCR 0xE000ED0Cu
#define FP_COMP0 0xE0002008u
#define DWT_COMP0 0xE0001020u
#define DWT_FUNCTION0 0xE0001028u
#define DCRSR 0xE000EDF4u
#define PERIPHERAL 0x4002200Cu
#define NOWHERE 0x60000000u

/* "w" a write and "r" a read inside brackets, which are one script; other commands by their code in
 * hex. */
struct wire {
    char text[600];
};

static void put(struct wire *wire, const char *text)
{
    size_t used = strlen(wire->text);

    snprintf(wire->text + used, sizeof wire->text - used, "%s", text);
}

static void spy(void *user, const struct pipe_exchange *x)
{
    const uint8_t *command = x->command, *items = x->out;
    struct wire *wire = user;
    char text[8];

    if (command[0] != STLINK_DEBUG || command[1] == STLINK_MISC_IN)
        return;
    if (command[1] != STLINK_MISC_OUT) {
        snprintf(text, sizeof text, "%02x ", command[1]);
        put(wire, text);
        return;
    }
    put(wire, "[");
    for (uint32_t i = 0; i < get_le32(command + 2); i++)
        put(wire, items[i] == 2 ? "w" : items[i] == 3 ? "r" : "");
    put(wire, "] ");
}

static void start(struct bench *bench, struct wire *wire, const char *stlink)
{
    bench_open_halted(bench, stlink);
    *wire = (struct wire){0};
    bench->pipe.spy = spy;
    bench->pipe.spy_user = wire;
}

static void expect(struct bench *bench, struct wire *wire, const char *text)
{
    bench_flush(bench);
    assert_string_equal(wire->text, text);
    wire->text[0] = '\0';
}

static void one_word_is_one_command(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value;

    (void)state;
    start(&b, &wire, "V2J43");
    ops_read32(&b.ops, CPUID, &value);
    expect(&b, &wire, "36 ");
    ops_write32(&b.ops, DFSR, 0x1F);
    expect(&b, &wire, "35 ");
    bench_close(&b);
}

static void debug_registers_share(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value[3];

    (void)state;
    start(&b, &wire, "V2J43");
    ops_write32(&b.ops, FP_COMP0, 0);
    ops_write32(&b.ops, DEMCR, 0);
    ops_read32(&b.ops, CPUID, &value[0]);
    ops_read32(&b.ops, DFSR, &value[1]);
    ops_write32(&b.ops, FP_COMP0 + 4, 0);
    ops_read32(&b.ops, RAM, &value[2]);
    expect(&b, &wire, "[wwrrwr] ");
    bench_close(&b);
}

static void a_peripheral_that_no_read_changes_shares(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value[4];

    (void)state;
    start(&b, &wire, "V2J43");
    ops_read32(&b.ops, RAM, &value[0]);
    ops_read32_still(&b.ops, PERIPHERAL, &value[1]);
    ops_read32(&b.ops, CPUID, &value[2]);
    expect(&b, &wire, "[rrr] ");
    ops_read32(&b.ops, PERIPHERAL, &value[3]); /* whose reads may do something: by itself */
    ops_read32(&b.ops, CPUID, &value[2]);
    ops_read32(&b.ops, DFSR, &value[2]);
    expect(&b, &wire, "[rr] 36 ");
    assert_int_equal(value[1], value[3]);
    bench_close(&b);
}

static void step_and_look(struct bench *bench, uint32_t *dfsr)
{
    ops_write32(&bench->ops, DHCSR, DHCSR_STEP);
    ops_wait32(&bench->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 10000);
    ops_read32(&bench->ops, DFSR, dfsr);
}

static void letting_go_waits_for_every_write_but_dfsr(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value;

    (void)state;
    start(&b, &wire, "V2J43");
    ops_write32(&b.ops, FP_COMP0, 0);
    ops_write32(&b.ops, FP_COMP0 + 4, 0);
    ops_write32(&b.ops, DFSR, 0x1F);
    step_and_look(&b, &value);
    expect(&b, &wire, "[www] [wrr] ");
    ops_write32(&b.ops, DFSR, 0x1F);
    step_and_look(&b, &value);
    expect(&b, &wire, "[wwrr] ");
    ops_write32(&b.ops, DEMCR, 1);
    ops_write32(&b.ops, AIRCR, 0x05FA0004);
    expect(&b, &wire, "35 35 ");
    bench_close(&b);
}

/* It is a command without a script, and what could stand behind it goes with the next one. */
static void one_write_before_letting_go_is_one_command(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value;

    (void)state;
    start(&b, &wire, "V2J43");
    ops_write32(&b.ops, FP_COMP0, 0);
    ops_write32(&b.ops, DFSR, 0x1F);
    step_and_look(&b, &value);
    expect(&b, &wire, "35 [wwrr] ");
    ops_write32(&b.ops, DFSR, 0x1F);
    ops_write32(&b.ops, FP_COMP0, 0);
    ops_write32(&b.ops, DHCSR, DHCSR_STEP);
    ops_read32(&b.ops, DFSR, &value);
    expect(&b, &wire, "[ww] [wr] "); /* in their order */
    ops_reg_write(&b.ops, 0, 1);
    ops_write32(&b.ops, DFSR, 0x1F);
    ops_write32(&b.ops, DHCSR, DHCSR_STEP);
    ops_read32(&b.ops, DFSR, &value);
    expect(&b, &wire, "34 [wwr] "); /* WRITEREG waits for S_REGRDY itself */
    bench_close(&b);
}

/* A look that comes before the core stands takes them away too. */
static void bits_that_clear_add_up_behind_a_wait(void **state)
{
    struct bench b;
    uint32_t matched = 0, value = 0;

    (void)state;
    bench_open_halted(&b, "V2J43");
    ops_write32(&b.ops, DEMCR, 1u << 24);
    ops_write32(&b.ops, DWT_COMP0, RAM + 0x100);
    ops_write32(&b.ops, DWT_FUNCTION0, 6);
    ops_write32(&b.ops, RAM + 0x80, 0xBF006001); /* str r1, [r0]; nop */
    ops_reg_write(&b.ops, 0, RAM + 0x100);
    ops_reg_write(&b.ops, 15, RAM + 0x80);
    ops_reg_write(&b.ops, 16, 1u << 24);
    ops_write32(&b.ops, DHCSR, DHCSR_STEP);
    ops_wait32(&b.ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 10000);
    ops_wait32(&b.ops, CPUID, 1, 0, 300); /* never true */
    ops_collect32(&b.ops, DWT_FUNCTION0, &matched);
    assert_int_equal(ops_flush(&b.ops), ERR_TIMEOUT);
    assert_true(matched & 1u << 24);
    job_clear(&b.job);
    ops_read32(&b.ops, DWT_FUNCTION0, &value);
    ops_collect32(&b.ops, DWT_FUNCTION0, &matched);
    bench_flush(&b);
    assert_int_equal(value, 6); /* it was there once */
    assert_true(matched & 1u << 24);
    bench_close(&b);
}

static void core_registers_are_seen_to_arrive(void **state)
{
    struct wire wire;
    struct bench b;

    (void)state;
    start(&b, &wire, "V2J43");
    ops_reg_write(&b.ops, 0, 1);
    ops_reg_write(&b.ops, 15, RAM);
    ops_write32(&b.ops, FP_COMP0, 0);
    ops_write32(&b.ops, DHCSR, DHCSR_STEP);
    expect(&b, &wire, "[wwrwwr] 35 35 "); /* each with S_REGRDY behind it */
    bench_close(&b);
}

static void memory_writes_depend_on_what_stands_before(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value;

    (void)state;
    start(&b, &wire, "V2J43");
    ops_read32(&b.ops, RAM, &value);
    ops_read32(&b.ops, CPUID, &value);
    ops_write32(&b.ops, RAM + 4, 1);
    ops_write32(&b.ops, RAM + 8, 2);
    expect(&b, &wire, "[rr] 35 35 ");
    bench_close(&b);
}

static void peripherals_are_not_read_by_scripts(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value[3];

    (void)state;
    start(&b, &wire, "V2J43");
    ops_read32(&b.ops, CPUID, &value[0]);
    ops_read32(&b.ops, PERIPHERAL, &value[1]);
    ops_read32(&b.ops, DFSR, &value[2]);
    expect(&b, &wire, "[rr] 36 ");
    bench_close(&b);
}

static void barrier_and_wait_end_what_may_be_written(void **state)
{
    struct wire wire;
    struct bench b;
    uint32_t value;

    (void)state;
    start(&b, &wire, "V2J43");
    ops_write32(&b.ops, DEMCR, 0);
    ops_barrier(&b.ops);
    ops_write32(&b.ops, DEMCR, 1);
    expect(&b, &wire, "35 35 ");
    ops_wait32(&b.ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 1000);
    ops_read32(&b.ops, CPUID, &value);
    ops_write32(&b.ops, DEMCR, 0);
    expect(&b, &wire, "[rr] 35 ");
    bench_close(&b);
}

static void all_registers_cost_one_command_once_compared(void **state)
{
    struct wire wire;
    uint32_t values[19];
    struct bench b;

    (void)state;
    start(&b, &wire, "V2J43");
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned r = 0; r < 19; r++)
            ops_reg_read(&b.ops, r, &values[r]);
        bench_flush(&b);
        if (round == 0) {
            assert_non_null(strstr(wire.text, "3a "));
            assert_null(
                strstr(wire.text, "33 ")); /* compared without a command more per register */
            wire.text[0] = '\0';
        }
    }
    assert_string_equal(wire.text, "3a ");
    bench_close(&b);
}

static void v3_has_room_for_all_registers(void **state)
{
    struct wire wire;
    uint32_t values[19], dfsr;
    struct bench b;

    (void)state;
    start(&b, &wire, "V3");
    for (int round = 0; round < 2; round++) {
        wire.text[0] = '\0';
        ops_read32(&b.ops, DFSR, &dfsr);
        for (unsigned r = 0; r < 19; r++)
            ops_reg_read(&b.ops, r, &values[r]);
        bench_flush(&b);
    }
    assert_int_equal(wire.text[0], '[');
    assert_null(strstr(wire.text, "3a "));
    bench_close(&b);
}

/* The failing item is known, what stands behind it is done again, and what failed is said. */
static void failed_item_ends_the_queue_there(void **state)
{
    uint32_t before = 0, bad = 0x55, behind = 0x66;
    struct bench b;

    (void)state;
    bench_open_halted(&b, "V2J43");
    ops_read32(&b.ops, CPUID, &before);
    ops_read32(&b.ops, NOWHERE, &bad);
    ops_read32(&b.ops, CPUID, &behind);
    assert_int_equal(ops_flush(&b.ops), ERR_FAULT);
    assert_non_null(strstr(b.job.text, "0x60000000"));
    assert_int_equal(before, 0x411FC231);
    assert_int_equal(bad, 0x55); /* never a number that was not read */
    assert_int_equal(behind, 0x66);
    bench_close(&b);
}

/* Sticky bits that a look in a script cleared are kept, even behind what was not there yet. */
static void sticky_bits_behind_a_wait_are_kept(void **state)
{
    struct bench b;
    uint32_t value;

    (void)state;
    bench_open_halted(&b, "V2J43");
    ops_take_dhcsr_sticky(&b.ops);
    sim_board_nrst(b.board, true);
    sim_board_advance_us(b.board, 10);
    sim_board_nrst(b.board, false);
    sim_board_advance_us(b.board, 10);
    ops_wait32(&b.ops, 0xE0001000, 0, 1, 300); /* never true: nothing & 0 is 1 */
    ops_read32(&b.ops, DHCSR, &value);
    assert_int_equal(ops_flush(&b.ops), ERR_TIMEOUT);
    assert_true(ops_take_dhcsr_sticky(&b.ops) & 1u << 25);
    bench_close(&b);
}

static void slow_wire_makes_short_scripts(void **state)
{
    struct wire wire;
    uint32_t values[40];
    struct bench b;

    (void)state;
    start(&b, &wire, "V2J43");
    assert_int_equal(probe_set_speed(b.probe, 15, NULL), ERR_OK);
    uint64_t started = sim_board_now_us(b.board);
    wire.text[0] = '\0';
    for (int i = 0; i < 40; i++)
        ops_read32(&b.ops, CPUID, &values[i]);
    bench_flush(&b);
    assert_int_equal(values[39], 0x411FC231);
    assert_true(strchr(wire.text, ']') - wire.text < 10);
    assert_true(sim_board_now_us(b.board) - started < 1500000);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_word_is_one_command),
        cmocka_unit_test(debug_registers_share),
        cmocka_unit_test(a_peripheral_that_no_read_changes_shares),
        cmocka_unit_test(letting_go_waits_for_every_write_but_dfsr),
        cmocka_unit_test(one_write_before_letting_go_is_one_command),
        cmocka_unit_test(bits_that_clear_add_up_behind_a_wait),
        cmocka_unit_test(core_registers_are_seen_to_arrive),
        cmocka_unit_test(memory_writes_depend_on_what_stands_before),
        cmocka_unit_test(peripherals_are_not_read_by_scripts),
        cmocka_unit_test(barrier_and_wait_end_what_may_be_written),
        cmocka_unit_test(all_registers_cost_one_command_once_compared),
        cmocka_unit_test(v3_has_room_for_all_registers),
        cmocka_unit_test(failed_item_ends_the_queue_there),
        cmocka_unit_test(sticky_bits_behind_a_wait_are_kept),
        cmocka_unit_test(slow_wire_makes_short_scripts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
