/* SPDX-License-Identifier: MIT */
/* FPB (DDI 0403 C1.11) and DWT (C1.8). */
#include "machine.h"

enum { FUNCTION_PC = 4, FUNCTION_READ = 5, FUNCTION_WRITE = 6, FUNCTION_READ_WRITE = 7 };

#define MATCHED (1u << 24)
#define LOWER_HALF 0x40000000u
#define UPPER_HALF 0x80000000u
#define BOTH_HALVES 0xC0000000u

/* Runs until something halts it; false if nothing does. */
static bool halts(struct machine *m)
{
    if (sim_cpu_is_halted(m->cpu))
        machine_resume(m);
    else
        machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_write(m, DFSR, 0x1F);
    machine_run(m, 200);
    return sim_cpu_is_halted(m->cpu);
}

static void fpb_names_what_it_has(void **state)
{
    struct machine *m = *state;

    assert_int_equal(machine_read(m, FP_CTRL), 0x260);
    machine_write(m, FP_CTRL, 1); /* without KEY */
    assert_int_equal(machine_read(m, FP_CTRL), 0x260);
    machine_write(m, FP_CTRL, 3);
    assert_int_equal(machine_read(m, FP_CTRL), 0x261);
    machine_write(m, FP_COMP(7), 0xFFFFFFFF);
    assert_int_equal(machine_read(m, FP_COMP(7)), 0xDFFFFFFD);
    assert_int_equal(machine_read(m, FP_COMP(8)), 0);
}

static void fpb_halts_before_the_instruction(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 1), ADDS(0, 1), ADDS(0, 1), SELF);
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(3), LOWER_HALF | (START + 4) | 1);
    assert_true(halts(m));
    assert_int_equal(machine_read(m, DFSR), 2);
    assert_int_equal(machine_get(m, 15), START + 4);
    assert_int_equal(machine_get(m, 0), 2);
    machine_step(m); /* it is still there */
    assert_int_equal(machine_get(m, 15), START + 4);
    machine_write(m, FP_COMP(3), 0);
    machine_step(m);
    assert_int_equal(machine_get(m, 0), 3);
}

static void fpb_breaks_at_either_half(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, NOP, NOP, NOP, NOP, NOP, SELF);
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(0), UPPER_HALF | START | 1);
    machine_write(m, FP_COMP(5), BOTH_HALVES | (START + 8) | 1);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 2);
    machine_set(m, 15, START + 4);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 8);
    machine_set(m, 15, START + 10);
    machine_write(m, DFSR, 0x1F);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 10);
}

static void fpb_counts_only_when_enabled_and_in_code(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, NOP, SELF);
    machine_write(m, FP_COMP(0), BOTH_HALVES | START | 1);
    assert_false(halts(m));
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(0), BOTH_HALVES | (START + 4)); /* not enabled */
    assert_false(halts(m));
    machine_write(m, FP_COMP(6), BOTH_HALVES | (START + 4) | 1); /* a literal comparator */
    assert_false(halts(m));
    PROGRAM(m, SRAM + START % FLASH, SELF);
    machine_halt(m);
    machine_set(m, 15, SRAM + START % FLASH);
    machine_write(m, FP_COMP(0), BOTH_HALVES | START | 1);
    assert_false(halts(m));
}

static void fpb_of_revision_2_breaks_anywhere(void **state)
{
    struct sim_core_model model = sim_core_m3_r1p1;
    model.fpb_revision = 1;
    struct machine *m = machine_create(&model);

    PROGRAM(m, SRAM + 0x100, NOP, NOP, SELF);
    PROGRAM(m, START, BX(0));
    m->cpu->r[0] = SRAM + 0x101;
    assert_int_equal(machine_read(m, FP_CTRL), 0x10000260);
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(0), (SRAM + 0x102) | 1);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), SRAM + 0x102);
    machine_destroy(m);
}

static void fpb_without_debugger_is_a_hardfault(void **state)
{
    struct machine *m = *state;

    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(0), LOWER_HALF | START | 1);
    machine_run(m, 30);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
    assert_int_equal(machine_read(m, HFSR), 1u << 31);
}

static void watch(struct machine *m, unsigned n, uint32_t address, uint32_t mask, uint32_t function)
{
    machine_write(m, DEMCR, TRCENA);
    machine_write(m, DWT_COMP(n), address);
    machine_write(m, DWT_MASK(n), mask);
    machine_write(m, DWT_FUNCTION(n), function);
}

static void dwt_halts_after_the_access(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 5), STR(0, 1), ADDS(0, 1), SELF);
    m->cpu->r[1] = SRAM + 0x20;
    watch(m, 2, SRAM + 0x20, 2, FUNCTION_WRITE);
    assert_true(halts(m));
    assert_int_equal(machine_read(m, DFSR), DFSR_DWTTRAP);
    assert_int_equal(machine_get(m, 15), START + 4);
    assert_int_equal(machine_peek(m, SRAM + 0x20), 5);
    assert_int_equal(machine_read(m, DWT_FUNCTION(2)), MATCHED | FUNCTION_WRITE);
    assert_int_equal(machine_read(m, DWT_FUNCTION(2)), FUNCTION_WRITE);
    assert_int_equal(machine_read(m, DWT_FUNCTION(0)), 0);
    assert_false(halts(m));
}

static void dwt_tells_reads_from_writes(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, STR(0, 1), LDR(2, 1), SELF);
    m->cpu->r[1] = SRAM + 0x20;
    watch(m, 0, SRAM + 0x20, 2, FUNCTION_READ);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 4);
    machine_set(m, 15, START);
    watch(m, 0, SRAM + 0x20, 2, FUNCTION_READ_WRITE);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 2);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 4);
}

static void dwt_sees_every_touched_byte(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, STRB(0, 1), STRH(0, 2), STR(0, 3), SELF);
    m->cpu->r[1] = SRAM + 0x22;
    m->cpu->r[2] = SRAM + 0x20;
    m->cpu->r[3] = SRAM + 0x20;
    watch(m, 0, SRAM + 0x23, 0, FUNCTION_WRITE); /* one byte: only the word covers it */
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 6);
    machine_set(m, 15, START);
    watch(m, 0, SRAM, 8, FUNCTION_WRITE); /* 256 bytes */
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 2);
}

static void dwt_needs_trcena(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, STR(0, 1), SELF);
    m->cpu->r[1] = SRAM + 0x20;
    watch(m, 0, SRAM + 0x20, 2, FUNCTION_WRITE);
    machine_write(m, DEMCR, 0);
    assert_false(halts(m));
    assert_int_equal(machine_read(m, DWT_CTRL), 0);
    machine_write(m, DWT_COMP(0), 1);
    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(machine_read(m, DWT_CTRL), 0x40000000);
    assert_int_equal(machine_read(m, DWT_COMP(0)), SRAM + 0x20);
}

static void dwt_compares_values(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 5), STR(0, 1), ADDS(0, 1), STR(0, 2), STR(0, 1), SELF);
    m->cpu->r[1] = SRAM + 0x20;
    m->cpu->r[2] = SRAM + 0x40;
    watch(m, 0, SRAM + 0x20, 2, 0); /* the address, linked below */
    watch(m, 1, 6, 0, 1u << 8 | 2u << 10 | FUNCTION_WRITE);
    assert_int_equal(machine_read(m, DWT_FUNCTION(1)) & 1u << 9, 1u << 9);
    assert_true(halts(m));
    assert_int_equal(machine_get(m, 15), START + 10);
}

static void dwt_matches_the_pc(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 1), ADDS(0, 1), ADDS(0, 1), SELF);
    watch(m, 3, START + 2, 0, FUNCTION_PC);
    assert_true(halts(m));
    assert_int_equal(machine_read(m, DFSR), DFSR_DWTTRAP);
    assert_int_equal(machine_get(m, 0), 2);
    assert_false(halts(m));
}

static void dwt_tells_the_monitor_if_nobody_debugs(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, STR(0, 1), NOP, SELF);
    m->cpu->r[1] = SRAM + 0x20;
    watch(m, 0, SRAM + 0x20, 2, FUNCTION_WRITE);
    machine_write(m, DEMCR, TRCENA | 1u << 16);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_DEBUGMON);
    assert_int_equal(machine_read(m, DFSR), DFSR_DWTTRAP);
}

static void cycle_counter_counts_while_it_runs(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_write(m, DEMCR, TRCENA);
    machine_run(m, 100);
    assert_int_equal(machine_read(m, DWT_CYCCNT), 0);
    machine_write(m, DWT_CTRL, 1);
    uint64_t start = m->cpu->cycles;
    machine_run(m, 1000);
    uint32_t passed = (uint32_t)(m->cpu->cycles - start);
    assert_int_equal(machine_read(m, DWT_CYCCNT), passed);
    machine_halt(m);
    machine_run(m, 1000);
    assert_int_equal(machine_read(m, DWT_CYCCNT), passed);
    machine_write(m, DWT_CYCCNT, 0xFFFFFFF0);
    machine_resume(m);
    machine_run(m, 0x20);
    assert_true(machine_read(m, DWT_CYCCNT) < 0x20);
}

static void cycle_counter_sleeps_too(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, WFI, NOP);
    machine_go(m, 1);
    machine_write(m, DEMCR, TRCENA);
    machine_write(m, DWT_CTRL, 1);
    machine_run(m, 1000);
    assert_true(machine_read(m, DWT_CYCCNT) < 10);
}

static void pc_samples_while_it_runs(void **state)
{
    struct machine *m = *state;

    machine_go(m, 2);
    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(machine_read(m, DWT_PCSR), START);
    machine_halt(m);
    assert_int_equal(machine_read(m, DWT_PCSR), 0xFFFFFFFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(fpb_names_what_it_has),
        MACHINE_TEST(fpb_halts_before_the_instruction),
        MACHINE_TEST(fpb_breaks_at_either_half),
        MACHINE_TEST(fpb_counts_only_when_enabled_and_in_code),
        cmocka_unit_test(fpb_of_revision_2_breaks_anywhere),
        MACHINE_TEST(fpb_without_debugger_is_a_hardfault),
        MACHINE_TEST(dwt_halts_after_the_access),
        MACHINE_TEST(dwt_tells_reads_from_writes),
        MACHINE_TEST(dwt_sees_every_touched_byte),
        MACHINE_TEST(dwt_needs_trcena),
        MACHINE_TEST(dwt_compares_values),
        MACHINE_TEST(dwt_matches_the_pc),
        MACHINE_TEST(dwt_tells_the_monitor_if_nobody_debugs),
        MACHINE_TEST(cycle_counter_counts_while_it_runs),
        MACHINE_TEST(cycle_counter_sleeps_too),
        MACHINE_TEST(pc_samples_while_it_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
