/* SPDX-License-Identifier: MIT */
/* Faults: status bits, escalation, lockup (DDI 0403 B1.5.14, B1.5.15, B3.2.15). */
#include "machine.h"

enum { BFARVALID = 1 << 15, FORCED = 1 << 30, VECTTBL = 1 << 1 };

#define UFSR_UNDEFINSTR (1u << 16)
#define UFSR_INVSTATE (1u << 17)
#define UFSR_NOCP (1u << 19)
#define UFSR_UNALIGNED (1u << 24)
#define UFSR_DIVBYZERO (1u << 25)
#define HFSR_DEBUGEVT (1u << 31)

static void expect_fault(struct machine *m, unsigned exception, uint32_t cfsr, uint32_t at)
{
    assert_int_equal(m->cpu->ipsr, exception);
    assert_int_equal(m->cpu->r[15], HANDLER(exception));
    assert_int_equal(machine_read(m, CFSR), cfsr);
    assert_int_equal(machine_peek(m, m->cpu->r[13] + 24), at);
}

static void undefined_instruction(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, NOP, UDF);
    machine_go(m, 2);
    expect_fault(m, SIM_EXC_USAGEFAULT, UFSR_UNDEFINSTR, START + 2);
    machine_write(m, CFSR, UFSR_UNDEFINSTR);
    assert_int_equal(machine_read(m, CFSR), 0);
}

static void disabled_fault_escalates(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, UDF);
    machine_go(m, 2);
    expect_fault(m, SIM_EXC_HARDFAULT, UFSR_UNDEFINSTR, START + 2);
    assert_int_equal(machine_read(m, HFSR), FORCED);
    machine_write(m, HFSR, FORCED);
    assert_int_equal(machine_read(m, HFSR), 0);
}

static void masked_fault_escalates(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, CPSID_I, UDF);
    machine_go(m, 2);
    expect_fault(m, SIM_EXC_HARDFAULT, UFSR_UNDEFINSTR, START + 2);
}

static void masked_svc_escalates(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, CPSID_I, SVC(0));
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
    assert_int_equal(machine_read(m, HFSR), FORCED);
}

static void load_error_is_precise(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, LDR(0, 1), NOP);
    m->cpu->r[1] = NOWHERE + 8;
    m->cpu->r[0] = 77;
    machine_go(m, 1);
    expect_fault(m, SIM_EXC_BUSFAULT, 1u << 9 | BFARVALID, START);
    assert_int_equal(machine_read(m, BFAR), NOWHERE + 8);
    assert_int_equal(m->cpu->r[0], 77);
}

static void store_error_is_imprecise(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, STR(0, 1), NOP);
    m->cpu->r[1] = NOWHERE;
    machine_go(m, 2);
    expect_fault(m, SIM_EXC_BUSFAULT, 1u << 10, START + 2);
}

static void imprecise_error_waits_for_its_turn(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, CPSID_I, STR(0, 1), NOP, CPSIE_I, NOP);
    m->cpu->r[1] = NOWHERE;
    machine_go(m, 4);
    assert_int_equal(m->cpu->ipsr, 0);
    machine_go(m, 1);
    expect_fault(m, SIM_EXC_BUSFAULT, 1u << 10, START + 8);
}

static void store_error_is_precise_without_write_buffer(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, 0xE000E008, 2); /* ACTLR.DISDEFWBUF */
    PROGRAM(m, START, STR(0, 1), NOP);
    m->cpu->r[1] = NOWHERE;
    machine_go(m, 1);
    expect_fault(m, SIM_EXC_BUSFAULT, 1u << 9 | BFARVALID, START);
}

static void data_space_cannot_execute(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, BX(0));
    m->cpu->r[0] = DEVICE | 1;
    machine_go(m, 2);
    expect_fault(m, SIM_EXC_MEMMANAGE, 1, DEVICE);
}

static void fetch_from_nowhere(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, BX(0));
    m->cpu->r[0] = NOWHERE | 1;
    machine_go(m, 2);
    expect_fault(m, SIM_EXC_BUSFAULT, 1u << 8, NOWHERE);
}

static void arm_state_is_invalid(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, BX(0));
    m->cpu->r[0] = START + 0x20;
    machine_go(m, 2);
    expect_fault(m, SIM_EXC_USAGEFAULT, UFSR_INVSTATE, START + 0x20);
    assert_int_equal(machine_peek(m, m->cpu->r[13] + 28) & 1u << 24, 0);
}

static void coprocessor_is_absent(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, MCR_COPROCESSOR);
    machine_go(m, 1);
    expect_fault(m, SIM_EXC_USAGEFAULT, UFSR_NOCP, START);
}

static void traps_are_off_unless_asked_for(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, UDIV(0, 1, 2), LDR(3, 4), MRS(5, 5));
    m->cpu->r[1] = 6;
    m->cpu->r[4] = SRAM + 1;
    machine_poke(m, SRAM, 0x44332211);
    machine_poke(m, SRAM + 4, 0x88776655);
    machine_go(m, 3);
    assert_int_equal(m->cpu->r[0], 0);
    assert_int_equal(m->cpu->r[3], 0x55443322);
    assert_int_equal(m->cpu->r[5], 0);
}

static void division_by_zero_traps(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, CCR, 1u << 4);
    PROGRAM(m, START, UDIV(0, 1, 2));
    machine_go(m, 1);
    expect_fault(m, SIM_EXC_USAGEFAULT, UFSR_DIVBYZERO, START);
}

static void unaligned_traps(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, CCR, 1u << 3);
    PROGRAM(m, START, LDR(3, 4));
    m->cpu->r[4] = SRAM + 2;
    machine_go(m, 1);
    expect_fault(m, SIM_EXC_USAGEFAULT, UFSR_UNALIGNED, START);
}

static void fault_in_hardfault_locks_up(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, UDF);
    PROGRAM(m, HANDLER(SIM_EXC_HARDFAULT), UDF);
    machine_go(m, 3);
    assert_int_equal(m->cpu->r[15], 0xFFFFFFFE);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
    assert_true(machine_read(m, DHCSR) & S_LOCKUP);
    assert_true(sim_cpu_is_idle(m->cpu));
    assert_int_equal(sim_cpu_run(m->cpu, 1000), 1000);
}

static void nmi_leads_out_of_lockup(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, UDF);
    PROGRAM(m, HANDLER(SIM_EXC_HARDFAULT), UDF);
    machine_go(m, 3);
    machine_write(m, ICSR, ICSR_NMIPENDSET);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_NMI);
    assert_false(machine_read(m, DHCSR) & S_LOCKUP);
    assert_int_equal(machine_peek(m, m->cpu->r[13] + 24), 0xFFFFFFFE);
}

static void halting_ends_lockup_and_keeps_the_pc(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, UDF);
    PROGRAM(m, HANDLER(SIM_EXC_HARDFAULT), UDF);
    machine_go(m, 3);
    machine_halt(m);
    assert_false(machine_read(m, DHCSR) & S_LOCKUP);
    assert_int_equal(machine_get(m, 15), 0xFFFFFFFE);
    machine_resume(m);
    machine_go(m, 3);
    assert_true(machine_read(m, DHCSR) & S_LOCKUP);
}

static void stacking_error_is_derived(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, SHPR2, 0x80u << 24); /* SVCall less urgent than BusFault */
    PROGRAM(m, START, NOP, SVC(0));
    machine_go(m, 1);
    m->cpu->r[13] = SRAM + 0x10;
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_BUSFAULT);
    assert_int_equal(machine_read(m, CFSR), 1u << 12);
    assert_int_equal(m->cpu->r[13], SRAM - 0x10);
    assert_int_equal(machine_read(m, SHCSR) & 1u << 15, 1u << 15); /* SVCall still pends */
}

static void stacking_error_on_hardfault_locks_up(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, UDF);
    machine_go(m, 1);
    m->cpu->r[13] = SRAM + 0x10;
    machine_go(m, 1);
    assert_true(machine_read(m, DHCSR) & S_LOCKUP);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
}

static void unstacking_error_tail_chains(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, SVC(0));
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    machine_go(m, 1);
    m->cpu->r[13] = NOWHERE;
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_BUSFAULT);
    assert_int_equal(machine_read(m, CFSR), 1u << 11);
    assert_int_equal(m->cpu->r[13], NOWHERE);
}

static void unreadable_vector_is_a_hardfault(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, SVC(0));
    machine_go(m, 1);
    machine_write(m, VTOR, NOWHERE);
    machine_go(m, 1);
    assert_true(machine_read(m, HFSR) & VECTTBL);
    assert_true(machine_read(m, DHCSR) & S_LOCKUP); /* its own vector is unreadable, too */
}

static void erased_flash_locks_up(void **state)
{
    struct machine *m = *state;

    for (uint32_t at = 0; at < 0x200; at += 4)
        machine_poke(m, FLASH + at, 0xFFFFFFFF);
    machine_run(m, 200);
    assert_true(machine_read(m, DHCSR) & S_LOCKUP);
    assert_int_equal(m->cpu->r[15], 0xFFFFFFFE);
}

static void breakpoint_without_debugger_is_a_hardfault(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, BKPT(1));
    machine_go(m, 1);
    expect_fault(m, SIM_EXC_HARDFAULT, 0, START);
    assert_int_equal(machine_read(m, HFSR), HFSR_DEBUGEVT);
}

static void handlers_may_probe_the_bus(void **state)
{
    struct machine *m = *state;

    machine_write(m, CCR, 1u << 8); /* BFHFNMIGN */
    PROGRAM(m, START, CPSID_F, LDR(0, 1), NOP);
    m->cpu->r[1] = NOWHERE;
    machine_go(m, 3);
    assert_int_equal(m->cpu->r[15], START + 6);
}

static void unprivileged_programs_cannot_touch_the_scs(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, MOVS(0, 1), MSR(CONTROL, 0), LDR(2, 1));
    m->cpu->r[1] = VTOR;
    machine_go(m, 3);
    expect_fault(m, SIM_EXC_BUSFAULT, 1u << 9 | BFARVALID, START + 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(undefined_instruction),
        MACHINE_TEST(disabled_fault_escalates),
        MACHINE_TEST(masked_fault_escalates),
        MACHINE_TEST(masked_svc_escalates),
        MACHINE_TEST(load_error_is_precise),
        MACHINE_TEST(store_error_is_imprecise),
        MACHINE_TEST(imprecise_error_waits_for_its_turn),
        MACHINE_TEST(store_error_is_precise_without_write_buffer),
        MACHINE_TEST(data_space_cannot_execute),
        MACHINE_TEST(fetch_from_nowhere),
        MACHINE_TEST(arm_state_is_invalid),
        MACHINE_TEST(coprocessor_is_absent),
        MACHINE_TEST(traps_are_off_unless_asked_for),
        MACHINE_TEST(division_by_zero_traps),
        MACHINE_TEST(unaligned_traps),
        MACHINE_TEST(fault_in_hardfault_locks_up),
        MACHINE_TEST(nmi_leads_out_of_lockup),
        MACHINE_TEST(halting_ends_lockup_and_keeps_the_pc),
        MACHINE_TEST(stacking_error_is_derived),
        MACHINE_TEST(stacking_error_on_hardfault_locks_up),
        MACHINE_TEST(unstacking_error_tail_chains),
        MACHINE_TEST(unreadable_vector_is_a_hardfault),
        MACHINE_TEST(erased_flash_locks_up),
        MACHINE_TEST(breakpoint_without_debugger_is_a_hardfault),
        MACHINE_TEST(handlers_may_probe_the_bus),
        MACHINE_TEST(unprivileged_programs_cannot_touch_the_scs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
