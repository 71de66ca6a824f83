/* SPDX-License-Identifier: MIT */
/* Resets and vector catch (DDI 0403 B1.5.5, C1.4, C1.6.5). */
#include "machine.h"

enum {
    VC_CORERESET = 1,
    VC_MMERR = 1 << 4,
    VC_CHKERR = 1 << 6,
    VC_STATERR = 1 << 7,
    VC_BUSERR = 1 << 8,
    VC_INTERR = 1 << 9,
    VC_HARDERR = 1 << 10,
    SYSRESETREQ = 4,
    VECTRESET = 1,
};

static void system_reset_keeps_what_the_debugger_set(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_write(m, DEMCR, TRCENA | VC_HARDERR);
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(0), 0x40000001 | START);
    machine_write(m, DWT_COMP(2), 0x1234);
    machine_write(m, VTOR, SRAM);
    machine_write(m, NVIC_ISER, 1);
    machine_read(m, DHCSR);
    machine_write(m, AIRCR, AIRCR_KEY | SYSRESETREQ);
    assert_int_equal(m->resets, 1);
    assert_int_equal(machine_read(m, DHCSR) & (S_RESET_ST | 0xF), S_RESET_ST | C_DEBUGEN);
    assert_int_equal(machine_read(m, DEMCR), TRCENA | VC_HARDERR);
    assert_int_equal(machine_read(m, FP_CTRL) & 1, 1);
    assert_int_equal(machine_read(m, FP_COMP(0)), 0x40000001 | START);
    assert_int_equal(machine_read(m, DWT_COMP(2)), 0x1234);
    assert_int_equal(machine_read(m, VTOR), 0);
    assert_int_equal(machine_read(m, NVIC_ISER), 0);
}

static void power_on_forgets_everything(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_halt(m);
    machine_write(m, DEMCR, TRCENA | VC_HARDERR);
    machine_write(m, FP_CTRL, 3);
    sim_cpu_reset(m->cpu, SIM_RESET_POWER_ON);
    assert_int_equal(machine_read(m, DHCSR) & 0xF, 0);
    assert_int_equal(machine_read(m, DEMCR), 0);
    assert_int_equal(machine_read(m, FP_CTRL), 0x260);
}

static void reset_ends_a_halt(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 7), SELF);
    machine_go(m, 2);
    machine_halt(m);
    machine_write(m, AIRCR, AIRCR_KEY | SYSRESETREQ);
    machine_run(m, 20);
    assert_false(sim_cpu_is_halted(m->cpu));
    assert_int_equal(m->cpu->r[15], START + 2);
}

static void vector_catch_halts_before_the_first_instruction(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 7), SELF);
    machine_go(m, 2);
    machine_halt(m);
    machine_set(m, 0, 0);
    machine_write(m, DFSR, 0x1F);
    machine_write(m, DEMCR, VC_CORERESET);
    machine_write(m, AIRCR, AIRCR_KEY | SYSRESETREQ);
    machine_run(m, 20);
    assert_true(machine_read(m, DHCSR) & S_HALT);
    assert_int_equal(machine_read(m, DFSR), DFSR_VCATCH);
    assert_int_equal(machine_get(m, 15), START);
    assert_int_equal(machine_get(m, 13), STACK);
    assert_int_equal(machine_get(m, 14), 0xFFFFFFFF);
    assert_int_equal(machine_get(m, 0), 0);
    assert_int_equal(machine_get(m, 16), 1u << 24);
}

static void vectreset_resets_the_core_alone(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    machine_halt(m);
    machine_write(m, DEMCR, VC_CORERESET);
    machine_write(m, AIRCR, AIRCR_KEY | VECTRESET);
    machine_run(m, 20);
    assert_int_equal(m->resets, 0);
    assert_true(machine_read(m, DHCSR) & S_RESET_ST);
    assert_int_equal(machine_get(m, 15), START);
}

static void program_resets_itself(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, ADDS(7, 1), STR(0, 1), ADDS(7, 1), SELF);
    m->cpu->r[0] = AIRCR_KEY | SYSRESETREQ;
    m->cpu->r[1] = AIRCR;
    m->cpu->r[7] = 0;
    machine_go(m, 2);
    assert_int_equal(m->resets, 0);
    machine_go(m, 1);
    assert_int_equal(m->resets, 1);
    assert_int_equal(m->cpu->r[15], START + 2);
    assert_int_equal(m->cpu->r[7], 2);
}

static void held_in_reset_debug_stays_reachable(void **state)
{
    struct machine *m = *state;

    machine_go(m, 1);
    sim_cpu_hold(m->cpu, true);
    assert_true(sim_cpu_is_idle(m->cpu));
    assert_int_equal(sim_cpu_run(m->cpu, 1000), 1000);
    assert_int_equal(machine_read(m, CPUID), 0x411FC231);
    machine_write(m, DHCSR, DBGKEY | C_HALT | C_DEBUGEN);
    machine_write(m, DEMCR, VC_CORERESET);
    machine_write(m, VTOR, SRAM);
    assert_int_equal(machine_read(m, VTOR), 0);
    assert_int_equal(machine_read(m, DHCSR) & (S_HALT | 0xF), C_DEBUGEN);
    assert_true(machine_read(m, DHCSR) & S_RESET_ST);
    assert_true(machine_read(m, DHCSR) & S_RESET_ST); /* as long as it lasts */
    sim_cpu_hold(m->cpu, false);
    machine_run(m, 1);
    assert_true(machine_read(m, DHCSR) & S_HALT);
    assert_int_equal(machine_get(m, 15), START);
    assert_false(machine_read(m, DHCSR) & S_RESET_ST);
}

static void halt_right_after_reset_knows_the_vectors(void **state)
{
    struct machine *m = *state;

    machine_halt(m);
    assert_int_equal(machine_get(m, 15), START);
    assert_int_equal(machine_get(m, 13), STACK);
}

static void expect_catch(struct machine *m, uint32_t demcr, unsigned exception)
{
    machine_go(m, 1);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_write(m, DEMCR, demcr);
    machine_run(m, 100);
    assert_true(machine_read(m, DHCSR) & S_HALT);
    assert_int_equal(machine_read(m, DFSR), DFSR_VCATCH);
    assert_int_equal(machine_get(m, 15), HANDLER(exception));
    assert_int_equal(machine_get(m, 16) & 0x1FF, exception);
}

static void catches_hardfault(void **state)
{
    PROGRAM((struct machine *)*state, START, NOP, UDF);
    expect_catch(*state, VC_HARDERR, SIM_EXC_HARDFAULT);
}

static void catches_usage_faults_by_kind(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, UDF);
    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    expect_catch(m, VC_STATERR, SIM_EXC_USAGEFAULT);
}

static void catches_bus_faults(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, LDR(0, 1));
    m->cpu->r[1] = NOWHERE;
    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    expect_catch(m, VC_BUSERR, SIM_EXC_BUSFAULT);
}

static void catches_errors_of_exception_entry(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOV(13, 1), SVC(0));
    m->cpu->r[1] = NOWHERE;
    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, SHPR2, 0x80u << 24);
    expect_catch(m, VC_INTERR, SIM_EXC_BUSFAULT);
}

static void lets_other_faults_pass(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, UDF);
    machine_go(m, 1);
    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_write(m, DEMCR, VC_MMERR | VC_CHKERR | VC_BUSERR | VC_INTERR | VC_HARDERR);
    machine_run(m, 100);
    assert_false(sim_cpu_is_halted(m->cpu));
    assert_int_equal(m->cpu->ipsr, SIM_EXC_USAGEFAULT);
}

static void catches_nothing_without_debug(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, UDF);
    machine_write(m, DEMCR, VC_HARDERR | VC_CORERESET);
    machine_run(m, 100);
    assert_false(sim_cpu_is_halted(m->cpu));
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(system_reset_keeps_what_the_debugger_set),
        MACHINE_TEST(power_on_forgets_everything),
        MACHINE_TEST(reset_ends_a_halt),
        MACHINE_TEST(vector_catch_halts_before_the_first_instruction),
        MACHINE_TEST(vectreset_resets_the_core_alone),
        MACHINE_TEST(program_resets_itself),
        MACHINE_TEST(held_in_reset_debug_stays_reachable),
        MACHINE_TEST(halt_right_after_reset_knows_the_vectors),
        MACHINE_TEST(catches_hardfault),
        MACHINE_TEST(catches_usage_faults_by_kind),
        MACHINE_TEST(catches_bus_faults),
        MACHINE_TEST(catches_errors_of_exception_entry),
        MACHINE_TEST(lets_other_faults_pass),
        MACHINE_TEST(catches_nothing_without_debug),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
