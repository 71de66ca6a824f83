/* SPDX-License-Identifier: MIT */
/* Halting debug as a debugger sees it: DHCSR, DCRSR, stepping, BKPT (DDI 0403 C1.4 to C1.6). */
#include "machine.h"

static void dhcsr_needs_its_key(void **state)
{
    struct machine *m = *state;

    machine_go(m, 2);
    machine_write(m, DHCSR, C_HALT | C_DEBUGEN);
    assert_int_equal(machine_read(m, DHCSR) & 0xFFFF, 0);
    machine_halt(m);
    assert_int_equal(machine_read(m, DHCSR) & (S_HALT | 0xFFFF), S_HALT | C_HALT | C_DEBUGEN);
    assert_int_equal(machine_read(m, DFSR), DFSR_HALTED);
    machine_write(m, DFSR, DFSR_HALTED);
    assert_int_equal(machine_read(m, DFSR), 0);
}

static void sticky_bits_clear_on_read(void **state)
{
    struct machine *m = *state;

    machine_go(m, 2);
    assert_int_equal(machine_read(m, DHCSR) & (S_RESET_ST | S_RETIRE_ST), S_RESET_ST | S_RETIRE_ST);
    assert_int_equal(machine_read(m, DHCSR) & (S_RESET_ST | S_RETIRE_ST), 0);
    machine_go(m, 1);
    assert_int_equal(machine_read(m, DHCSR) & (S_RESET_ST | S_RETIRE_ST), S_RETIRE_ST);
}

static void halted_core_does_nothing(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_halt(m);
    uint64_t executed = m->cpu->instructions;
    assert_int_equal(sim_cpu_run(m->cpu, 5000), 5000);
    assert_int_equal(m->cpu->instructions, executed);
    assert_true(sim_cpu_is_idle(m->cpu));
}

static void disabling_debug_lets_it_run(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_halt(m);
    machine_write(m, DHCSR, DBGKEY);
    assert_false(sim_cpu_is_halted(m->cpu));
    assert_int_equal(machine_read(m, DHCSR) & 0xF, 0);
}

static void program_cannot_enable_debug(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, STR(0, 1), NOP, NOP);
    machine_go(m, 1);
    m->cpu->r[0] = DBGKEY | C_HALT | C_DEBUGEN;
    m->cpu->r[1] = DHCSR;
    machine_go(m, 2);
    assert_int_equal(machine_read(m, DHCSR) & 0xF, 0);
    assert_int_equal(m->cpu->r[15], START + 6);
}

static void all_registers_travel_through_dcrsr(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_halt(m);
    for (unsigned n = 0; n < 13; n++)
        machine_set(m, n, 0x1000 + n);
    machine_set(m, 13, SRAM + 0x103);
    machine_set(m, 14, 0xFFFFFFFF);
    machine_set(m, 15, START + 0x11);
    machine_set(m, 18, SRAM + 0x200);
    for (unsigned n = 0; n < 13; n++)
        assert_int_equal(machine_get(m, n), 0x1000 + n);
    assert_int_equal(machine_get(m, 13), SRAM + 0x100);
    assert_int_equal(machine_get(m, 14), 0xFFFFFFFF);
    assert_int_equal(machine_get(m, 15), START + 0x10);
    assert_int_equal(machine_get(m, 17), SRAM + 0x100);
    assert_int_equal(machine_get(m, 18), SRAM + 0x200);
}

static void special_registers_share_a_word(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_halt(m);
    machine_set(m, 18, SRAM + 0x200);
    machine_set(m, 20, 0x02012301);
    assert_int_equal(machine_get(m, 20), 0x02012001); /* BASEPRI has four bits */
    assert_int_equal(machine_get(m, 13), SRAM + 0x200);
    assert_int_equal(machine_get(m, 17), STACK);
    machine_set(m, 20, 0);
    assert_int_equal(machine_get(m, 13), STACK);
}

static void xpsr_holds_t_and_it(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, IT(0, 8), ADDS(0, 1), ADDS(0, 2));
    machine_go(m, 1);
    machine_halt(m);
    assert_int_equal(machine_get(m, 16), 1u << 24);
    machine_step(m);
    assert_int_equal(machine_get(m, 16), 1u << 24 | 0x08 >> 2 << 10);
    machine_set(m, 16, 0xF9000000); /* the debugger leaves the IT block */
    machine_set(m, 0, 0);
    machine_step(m);
    assert_int_equal(machine_get(m, 0), 1);
    machine_set(m, 16, 0x60000000);
    assert_int_equal(machine_get(m, 16), 0x60000000);
    machine_step(m); /* T is clear */
    assert_int_equal(machine_get(m, 15), HANDLER(SIM_EXC_HARDFAULT));
}

static void running_core_transfers_nothing(void **state)
{
    struct machine *m = *state;

    machine_go(m, 2);
    assert_true(machine_read(m, DHCSR) & S_REGRDY);
    machine_write(m, DCRDR, 0x55);
    machine_write(m, DCRSR, 15);
    assert_false(machine_read(m, DHCSR) & S_REGRDY);
    assert_int_equal(machine_read(m, DCRDR), 0x55);
    machine_halt(m);
    assert_true(machine_read(m, DHCSR) & S_REGRDY);
}

static void step_executes_one_instruction(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 1), ADDS(0, 1), ADDS(0, 1));
    machine_go(m, 1);
    machine_halt(m);
    machine_write(m, DFSR, DFSR_HALTED);
    machine_step(m);
    assert_int_equal(machine_get(m, 0), 2);
    assert_int_equal(machine_get(m, 15), START + 4);
    assert_int_equal(machine_read(m, DFSR), DFSR_HALTED);
    assert_true(machine_read(m, DHCSR) & C_HALT);
}

static void step_goes_through_it_blocks_one_by_one(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 0), IT(0, 6), ADDS(0, 1), ADDS(0, 2), ADDS(0, 4), NOP);
    machine_go(m, 1);
    machine_halt(m);
    for (unsigned i = 1; i <= 4; i++) {
        machine_step(m);
        assert_int_equal(machine_get(m, 15), START + 2 + 2 * i);
    }
    assert_int_equal(machine_get(m, 0), 3);
}

static void step_enters_a_pending_handler(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, MOVS(0, 1), NOP);
    machine_go(m, 1);
    machine_halt(m);
    machine_write(m, NVIC_ISER, 1);
    machine_write(m, NVIC_ISPR, 1);
    machine_step(m);
    assert_int_equal(machine_get(m, 15), HANDLER(SIM_EXC_IRQ0));
    assert_int_equal(machine_get(m, 16) & 0x1FF, SIM_EXC_IRQ0);
}

static void masked_step_stays_in_the_program(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, MOVS(0, 1), SVC(0));
    machine_go(m, 1);
    machine_halt(m);
    machine_write(m, DHCSR, DBGKEY | C_MASKINTS | C_HALT | C_DEBUGEN);
    machine_write(m, NVIC_ISER, 1);
    machine_write(m, NVIC_ISPR, 1);
    machine_write(m, ICSR, ICSR_PENDSTSET | ICSR_PENDSVSET);
    machine_step(m);
    assert_int_equal(machine_get(m, 15), START + 4);
    machine_step(m); /* SVC is not masked */
    assert_int_equal(machine_get(m, 15), HANDLER(SIM_EXC_SVCALL));
}

static void maskints_changes_only_while_halted(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_resume(m);
    machine_write(m, DHCSR, DBGKEY | C_MASKINTS | C_DEBUGEN);
    assert_false(machine_read(m, DHCSR) & C_MASKINTS);
    machine_halt(m);
    machine_write(m, DHCSR, DBGKEY | C_MASKINTS | C_HALT | C_DEBUGEN);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN); /* clears it, but leaves Debug state */
    assert_true(machine_read(m, DHCSR) & C_MASKINTS);
}

static void step_over_svc_halts_in_the_handler(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, SVC(0), NOP);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    machine_go(m, 1);
    machine_halt(m);
    machine_step(m);
    assert_int_equal(machine_get(m, 15), HANDLER(SIM_EXC_SVCALL));
    machine_step(m);
    assert_int_equal(machine_get(m, 15), START + 4);
}

static void step_over_wfi_does_not_sleep(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, WFI, WFE, NOP);
    machine_go(m, 1);
    machine_halt(m);
    machine_step(m);
    assert_int_equal(machine_get(m, 15), START + 4);
    machine_step(m);
    assert_int_equal(machine_get(m, 15), START + 6);
    assert_false(machine_read(m, DHCSR) & S_SLEEP);
}

static void bkpt_halts_before_itself(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, BKPT(0xAB), NOP);
    machine_go(m, 1);
    machine_resume(m);
    machine_run(m, 100);
    assert_true(machine_read(m, DHCSR) & S_HALT);
    assert_int_equal(machine_read(m, DFSR), DFSR_BKPT);
    assert_int_equal(machine_get(m, 15), START + 2);
    machine_step(m); /* no way but around it */
    assert_int_equal(machine_get(m, 15), START + 2);
    machine_set(m, 15, START + 4);
    machine_step(m);
    assert_int_equal(machine_get(m, 15), START + 6);
}

static void monitor_takes_breakpoints_without_a_debugger(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, BKPT(0), NOP);
    machine_go(m, 1);
    machine_write(m, DEMCR, 1u << 16); /* MON_EN */
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_DEBUGMON);
    assert_int_equal(machine_read(m, DFSR), DFSR_BKPT);
    assert_int_equal(machine_peek(m, m->cpu->r[13] + 24), START + 2);
}

static void monitor_steps(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 1), ADDS(0, 1), ADDS(0, 1), SELF);
    PROGRAM(m, HANDLER(SIM_EXC_DEBUGMON), ADDS(7, 1), BX_LR);
    machine_go(m, 1);
    m->cpu->r[7] = 0;
    machine_write(m, DEMCR, 1u << 16 | 1u << 18); /* MON_EN, MON_STEP */
    machine_go(m, 8);
    assert_int_equal(m->cpu->r[0], 3);
    assert_int_equal(m->cpu->r[7], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(dhcsr_needs_its_key),
        MACHINE_TEST(sticky_bits_clear_on_read),
        MACHINE_TEST(halted_core_does_nothing),
        MACHINE_TEST(disabling_debug_lets_it_run),
        MACHINE_TEST(program_cannot_enable_debug),
        MACHINE_TEST(all_registers_travel_through_dcrsr),
        MACHINE_TEST(special_registers_share_a_word),
        MACHINE_TEST(xpsr_holds_t_and_it),
        MACHINE_TEST(running_core_transfers_nothing),
        MACHINE_TEST(step_executes_one_instruction),
        MACHINE_TEST(step_goes_through_it_blocks_one_by_one),
        MACHINE_TEST(step_enters_a_pending_handler),
        MACHINE_TEST(masked_step_stays_in_the_program),
        MACHINE_TEST(maskints_changes_only_while_halted),
        MACHINE_TEST(step_over_svc_halts_in_the_handler),
        MACHINE_TEST(step_over_wfi_does_not_sleep),
        MACHINE_TEST(bkpt_halts_before_itself),
        MACHINE_TEST(monitor_takes_breakpoints_without_a_debugger),
        MACHINE_TEST(monitor_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
