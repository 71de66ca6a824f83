/* SPDX-License-Identifier: MIT */
/* What a Cortex-M0 and an M0+ have not, or have otherwise than Armv7-M: DDI 0419. */
#include "machine.h"

#define ROM_TABLE 0xE00FF000u
#define ACTLR 0xE000E008u
#define MMFAR 0xE000ED34u
#define CPACR 0xE000ED88u
#define ALIGNED_FRAME (1u << 9)
enum { NPRIV = 1, DEMCR_SELECTABLE = 1 << 24 | 1 << 10 | 1 };

static int setup(void **state)
{
    *state = machine_create(&sim_core_m0);
    return 0;
}

static int setup_m0p(void **state)
{
    *state = machine_create(&sim_core_m0p);
    return 0;
}

static int teardown(void **state)
{
    machine_destroy(*state);
    return 0;
}

static void rom_table_lists_three_units(void **state)
{
    static const uint32_t units[] = {0xE000E000, 0xE0001000, 0xE0002000};
    static const uint32_t parts[] = {0x08, 0x0A, 0x0B};
    struct machine *m = *state;

    machine_write(m, DEMCR, TRCENA);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(ROM_TABLE + (machine_read(m, ROM_TABLE + 4 * i) & ~3u), units[i]);
        assert_int_equal(machine_read(m, units[i] + 0xFE0), parts[i]);
    }
    assert_int_equal(machine_read(m, ROM_TABLE + 12), 0);
    assert_int_equal(machine_read(m, CPUID), 0x410CC200);
}

static void every_fault_is_a_hard_fault(void **state)
{
    static const uint16_t programs[][2] = {
        {UDF},            /* undefined */
        {LDR(0, 1)},      /* R1 is nowhere */
        {STR(0, 1)},      /* precise here: nothing is buffered */
        {STRH(0, 2)},     /* R2 is odd */
        {LDR(0, 3)},      /* R3 is an odd half-word */
        {IT(0, 8), NOP},  /* Armv7-M's from here */
        {0xB120},         /* cbz */
        {0xF04F, 0x0000}, /* mov.w */
        {0xE851, 0x0F00}, /* ldrex */
        {0xF7FF, 0xBFFE}, /* b.w */
    };

    for (unsigned i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct machine *m = machine_create(&sim_core_m0);

        PROGRAM(m, START, NOP, programs[i][0], programs[i][1]);
        machine_go(m, 1);
        m->cpu->r[1] = NOWHERE;
        m->cpu->r[2] = SRAM + 1;
        m->cpu->r[3] = SRAM + 2;
        machine_go(m, 1);
        if (m->cpu->ipsr != 3)
            fail_msg("program %u: exception %u", i, (unsigned)m->cpu->ipsr);
        assert_int_equal(machine_peek(m, m->cpu->r[13] + 24), START + 2);
        machine_destroy(m);
    }
    (void)state;
}

static void a_fault_in_a_hard_fault_locks_up(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, UDF);
    PROGRAM(m, HANDLER(3), UDF);
    machine_run(m, 100);
    assert_true(machine_read(m, DHCSR) & S_LOCKUP);
    assert_int_equal(m->cpu->r[15], 0xFFFFFFFE);
}

static void svc_that_cannot_be_taken_is_a_hard_fault(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, CPSID_I, SVC(0));
    machine_go(m, 3);
    assert_int_equal(m->cpu->ipsr, 3);
}

static void fault_registers_and_the_choices_of_armv7m_are_absent(void **state)
{
    static const uint32_t absent[] = {ICTR, ACTLR, SHPR1, CFSR, HFSR, MMFAR, BFAR, CPACR, VTOR};
    struct machine *m = *state;

    for (unsigned i = 0; i < sizeof absent / sizeof *absent; i++) {
        machine_write(m, absent[i], 0xFFFFFFFF);
        assert_int_equal(machine_read(m, absent[i]), 0);
    }
    machine_write(m, CCR, 0);
    assert_int_equal(machine_read(m, CCR), 0x208); /* STKALIGN, UNALIGN_TRP */
    machine_write(m, AIRCR, AIRCR_KEY | 7 << 8);
    assert_int_equal(machine_read(m, AIRCR) & 7 << 8, 0);
}

static void basepri_and_faultmask_are_ignored(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 0x40), MSR(BASEPRI, 0), MSR(FAULTMASK, 0), CPSID_F, MRS(1, BASEPRI),
            MRS(2, FAULTMASK), MSR(CONTROL, 0), SELF);
    machine_go(m, 7);
    assert_int_equal(m->cpu->r[1], 0);
    assert_int_equal(m->cpu->r[2], 0);
    assert_int_equal(m->cpu->basepri | m->cpu->faultmask, 0);
}

static void control_of_m0_has_no_npriv(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, NPRIV), MSR(CONTROL, 0), MRS(1, CONTROL), SELF);
    machine_go(m, 4);
    assert_int_equal(m->cpu->r[1], 0);
    machine_halt(m);
    machine_set(m, 20, 0xFFFFFFFF);
    assert_int_equal(machine_get(m, 20), 2u << 24 | 1); /* SPSEL, PRIMASK */
}

static void m0p_has_npriv_and_vtor(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, NPRIV), MSR(CONTROL, 0), MRS(1, CONTROL), SVC(0));
    machine_poke(m, SRAM + 0x300 + 4 * SIM_EXC_SVCALL, HANDLER(40) | 1);
    machine_go(m, 1);
    machine_write(m, VTOR, SRAM + 0x3FF);
    assert_int_equal(machine_read(m, VTOR), SRAM + 0x300);
    machine_go(m, 4);
    assert_int_equal(m->cpu->r[1], NPRIV);
    assert_int_equal(m->cpu->r[15], HANDLER(40));
    assert_int_equal(machine_read(m, CPUID), 0x410CC601);
}

static void priorities_have_two_bits_and_take_words(void **state)
{
    struct machine *m = *state;

    machine_write(m, NVIC_IPR, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, NVIC_IPR), 0xC0C0C0C0);
    assert_true(sim_cpu_debug_write(m->cpu, NVIC_IPR, 1, 0));
    assert_int_equal(machine_read(m, NVIC_IPR), 0xC0C0C0C0);
    machine_write(m, SHPR2, 0xFFFFFFFF);
    machine_write(m, SHPR3, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, SHPR2), 0xC0000000);
    assert_int_equal(machine_read(m, SHPR3), 0xC0C00000);
    assert_true(sim_cpu_debug_write(m->cpu, SHPR3 + 3, 1, 0));
    assert_int_equal(machine_read(m, SHPR3), 0xC0C00000);
}

static void thirty_two_interrupts_without_iabr_and_stir(void **state)
{
    struct machine *m = *state;

    machine_write(m, NVIC_ISER, 0xFFFFFFFF);
    machine_write(m, NVIC_ISER + 4, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, NVIC_ISER), 0xFFFFFFFF);
    assert_int_equal(machine_read(m, NVIC_ISER + 4), 0);
    machine_write(m, STIR, 3);
    assert_int_equal(machine_read(m, NVIC_ISPR), 0);
    machine_write(m, NVIC_ISPR, 1 << 3);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 3);
    assert_int_equal(machine_read(m, NVIC_IABR), 0);
}

static void only_svcall_pends_by_shcsr(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_write(m, SHCSR, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, SHCSR), 1 << 15);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_SVCALL);
    assert_int_equal(machine_read(m, SHCSR), 0);
}

static void frames_are_always_aligned(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, SVC(0), SELF);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    machine_go(m, 1);
    m->cpu->r[13] = STACK - 4;
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[13], STACK - 8 - 32);
    assert_true(machine_peek(m, STACK - 8 - 4) & ALIGNED_FRAME);
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[13], STACK - 4);
}

/* --- debug --- */

static void four_breakpoints_below_sram(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 1), ADDS(0, 1), ADDS(0, 1), SELF);
    assert_int_equal(machine_read(m, FP_CTRL), 0x40);
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(3), 0x80000000u | START | 1); /* the upper half */
    machine_write(m, FP_COMP(4), 0xFFFFFFFF);
    assert_int_equal(machine_read(m, FP_COMP(4)), 0);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_run(m, 100);
    assert_true(sim_cpu_is_halted(m->cpu));
    assert_int_equal(machine_get(m, 15), START + 2);
    assert_int_equal(machine_read(m, DFSR), DFSR_BKPT);
}

static void two_watchpoints_and_no_counters(void **state)
{
    struct machine *m = *state;

    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(machine_read(m, DWT_CTRL), 2u << 28);
    machine_write(m, DWT_CTRL, 1);
    assert_int_equal(machine_read(m, DWT_CTRL), 2u << 28);
    machine_write(m, DWT_FUNCTION(2), 5);
    assert_int_equal(machine_read(m, DWT_FUNCTION(2)), 0);
    PROGRAM(m, START, NOP, STR(0, 1), NOP, SELF);
    machine_go(m, 1);
    m->cpu->r[1] = SRAM + 8;
    machine_write(m, DWT_COMP(1), SRAM + 8);
    machine_write(m, DWT_FUNCTION(1), 6);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_run(m, 100);
    assert_int_equal(machine_read(m, DFSR), DFSR_DWTTRAP);
    assert_int_equal(machine_get(m, 15), START + 4);
    assert_int_equal(machine_read(m, DWT_CYCCNT), 0);
}

static void demcr_and_dhcsr_have_fewer_bits(void **state)
{
    struct machine *m = *state;

    machine_write(m, DEMCR, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, DEMCR), DEMCR_SELECTABLE);
    machine_halt(m);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN | C_HALT | 1 << 5); /* C_SNAPSTALL */
    assert_int_equal(machine_read(m, DHCSR) & 0x2F, C_DEBUGEN | C_HALT);
}

static void hard_fault_can_be_caught(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, UDF);
    machine_write(m, DEMCR, 1 << 10);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_run(m, 100);
    assert_int_equal(machine_read(m, DFSR), DFSR_VCATCH);
    assert_int_equal(machine_get(m, 15), HANDLER(3));
}

static void bkpt_without_a_debugger_is_a_hard_fault(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, BKPT(0));
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(rom_table_lists_three_units),
        cmocka_unit_test(every_fault_is_a_hard_fault),
        TEST(a_fault_in_a_hard_fault_locks_up),
        TEST(svc_that_cannot_be_taken_is_a_hard_fault),
        TEST(fault_registers_and_the_choices_of_armv7m_are_absent),
        TEST(basepri_and_faultmask_are_ignored),
        TEST(control_of_m0_has_no_npriv),
        cmocka_unit_test_setup_teardown(m0p_has_npriv_and_vtor, setup_m0p, teardown),
        TEST(priorities_have_two_bits_and_take_words),
        TEST(thirty_two_interrupts_without_iabr_and_stir),
        TEST(only_svcall_pends_by_shcsr),
        TEST(frames_are_always_aligned),
        TEST(four_breakpoints_below_sram),
        TEST(two_watchpoints_and_no_counters),
        TEST(demcr_and_dhcsr_have_fewer_bits),
        TEST(hard_fault_can_be_caught),
        TEST(bkpt_without_a_debugger_is_a_hard_fault),
    };

    return cmocka_run_group_tests_name("armv6m", tests, NULL, NULL);
}
