/* SPDX-License-Identifier: MIT */
/* SysTick (DDI 0403 B3.3) and sleep (B1.5.17 to B1.5.19). */
#include "machine.h"

enum { ENABLE = 1, TICKINT = 2, CORE_CLOCK = 4, COUNTFLAG = 1 << 16 };

static void start_systick(struct machine *m, uint32_t reload, uint32_t bits)
{
    machine_go(m, 1); /* out of reset */
    machine_write(m, SYST_RVR, reload);
    machine_write(m, SYST_CVR, 0);
    machine_write(m, SYST_CSR, bits);
}

static void counts_down_and_flags_zero(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, NOP, SELF);
    start_systick(m, 999, ENABLE | CORE_CLOCK);
    uint64_t start = m->cpu->cycles;
    assert_int_equal(machine_read(m, SYST_CVR), 0); /* reloads with the next tick */
    machine_run(m, 100);
    uint32_t passed = (uint32_t)(m->cpu->cycles - start);
    assert_int_equal(machine_read(m, SYST_CVR), 1000 - passed);
    assert_int_equal(machine_read(m, SYST_CSR), ENABLE | CORE_CLOCK);
    machine_run(m, 1000 - passed);
    assert_true(machine_read(m, SYST_CSR) & COUNTFLAG);
    assert_true(machine_read(m, SYST_CSR) & COUNTFLAG); /* the debugger does not clear it */
    assert_false(machine_read(m, ICSR) & ICSR_PENDSTSET);
    machine_write(m, SYST_CVR, 5);
    assert_int_equal(machine_read(m, SYST_CVR), 0);
    assert_false(machine_read(m, SYST_CSR) & COUNTFLAG);
}

static void program_clears_countflag_by_reading(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, NOP, NOP, LDR(0, 1), LDR(2, 1), SELF);
    start_systick(m, 1, ENABLE | CORE_CLOCK);
    m->cpu->r[1] = SYST_CSR;
    machine_write(m, SYST_RVR, 0); /* no further round */
    machine_go(m, 4);
    assert_true(m->cpu->r[0] & COUNTFLAG);
    assert_false(m->cpu->r[2] & COUNTFLAG);
}

static void ticks_at_an_eighth(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, SELF);
    start_systick(m, 99, ENABLE);
    uint64_t start = m->cpu->cycles;
    machine_run(m, 400);
    assert_int_equal(machine_read(m, SYST_CVR), 100 - (m->cpu->cycles - start) / 8);
}

static void pends_every_round_exactly(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, HANDLER(SIM_EXC_SYSTICK), ADDS(7, 1), BX_LR);
    PROGRAM(m, START, NOP, SELF);
    m->cpu->r[7] = 0;
    start_systick(m, 99, ENABLE | TICKINT | CORE_CLOCK);
    machine_run(m, 100 * 1000 + 50);
    assert_int_equal(m->cpu->r[7], 1000);
}

static void stands_still_while_halted(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, SELF);
    start_systick(m, 9999, ENABLE | TICKINT | CORE_CLOCK);
    machine_run(m, 500);
    machine_halt(m);
    uint32_t value = machine_read(m, SYST_CVR);
    machine_run(m, 100000);
    assert_int_equal(machine_read(m, SYST_CVR), value);
    assert_false(machine_read(m, ICSR) & ICSR_PENDSTSET);
}

static void disabled_counter_keeps_its_value(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, SELF);
    start_systick(m, 9999, ENABLE | CORE_CLOCK);
    machine_run(m, 500);
    uint32_t value = machine_read(m, SYST_CVR);
    machine_write(m, SYST_CSR, CORE_CLOCK);
    machine_run(m, 500);
    assert_int_equal(machine_read(m, SYST_CVR), value);
    machine_write(m, SYST_CSR, ENABLE | CORE_CLOCK);
    assert_int_equal(machine_read(m, SYST_CVR), value);
    assert_int_equal(machine_read(m, SYST_CALIB) & 0xFFFFFF, 9000);
}

static void a_round_of_zero_stops(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, NOP, SELF);
    start_systick(m, 0, ENABLE | TICKINT | CORE_CLOCK);
    machine_run(m, 1000);
    assert_int_equal(machine_read(m, SYST_CVR), 0);
    assert_false(machine_read(m, ICSR) & ICSR_PENDSTSET);
}

static void wfi_skips_to_the_tick(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, HANDLER(SIM_EXC_SYSTICK), ADDS(7, 1), BX_LR);
    PROGRAM(m, START, NOP, WFI, ADDS(6, 1), B_BACK(2));
    m->cpu->r[6] = m->cpu->r[7] = 0;
    start_systick(m, 99999, ENABLE | TICKINT | CORE_CLOCK);
    machine_run(m, 1000);
    assert_true(machine_read(m, DHCSR) & S_SLEEP);
    assert_false(sim_cpu_is_idle(m->cpu));
    assert_int_equal(machine_read(m, DWT_PCSR), 0); /* no TRCENA */
    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(machine_read(m, DWT_PCSR), 0xFFFFFFFF);
    uint64_t executed = m->cpu->instructions;
    machine_run(m, 10 * 100000);
    assert_int_equal(m->cpu->r[7], 10);
    assert_int_equal(m->cpu->r[6], 10);
    assert_true(m->cpu->instructions - executed < 100);
}

static void masked_wfi_wakes_without_the_handler(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, CPSID_I, WFI, MOVS(5, 9), CPSIE_I, NOP);
    m->cpu->r[5] = 0;
    machine_go(m, 1);
    machine_write(m, NVIC_ISER, 1);
    machine_run(m, 1000);
    assert_true(sim_cpu_is_idle(m->cpu));
    sim_cpu_irq(m->cpu, 0, true);
    assert_false(sim_cpu_is_idle(m->cpu));
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[5], 9);
    assert_int_equal(m->cpu->ipsr, 0);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0);
}

static void basepri_keeps_it_asleep(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 0x20), MSR(BASEPRI, 0), WFI, NOP);
    machine_go(m, 1);
    machine_write(m, NVIC_ISER, 1);
    machine_write(m, NVIC_IPR, 0x20);
    machine_go(m, 2);
    sim_cpu_irq(m->cpu, 0, true);
    machine_run(m, 100);
    assert_true(sim_cpu_is_idle(m->cpu));
}

static void wfe_waits_for_an_event(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, SEV, WFE, WFE, MOVS(5, 9));
    m->cpu->r[5] = 0;
    machine_go(m, 1);
    machine_write(m, SCR, 1u << 4); /* SEVONPEND */
    machine_go(m, 3);
    assert_int_equal(m->cpu->r[5], 0);
    assert_true(machine_read(m, DHCSR) & S_SLEEP);
    sim_cpu_irq(m->cpu, 7, true); /* not enabled: an event all the same */
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[5], 9);
}

static void sleeponexit_sleeps_after_the_handler(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, HANDLER(SIM_EXC_IRQ0), ADDS(7, 1), BX_LR);
    machine_go(m, 1);
    m->cpu->r[7] = 0;
    machine_write(m, SCR, 1u << 1);
    machine_write(m, NVIC_ISER, 1);
    machine_write(m, NVIC_ISPR, 1);
    machine_run(m, 100);
    assert_true(machine_read(m, DHCSR) & S_SLEEP);
    machine_write(m, NVIC_ISPR, 1);
    machine_run(m, 100);
    assert_int_equal(m->cpu->r[7], 2);
    assert_true(machine_read(m, DHCSR) & S_SLEEP);
}

static void deep_sleep_stops_systick(void **state)
{
    struct machine *m = *state;
    bool deep;

    PROGRAM(m, START, NOP, WFI, NOP);
    start_systick(m, 99, ENABLE | TICKINT | CORE_CLOCK);
    machine_write(m, SCR, 1u << 2);
    machine_run(m, 10000);
    assert_true(sim_cpu_is_asleep(m->cpu, &deep));
    assert_true(deep);
    assert_true(sim_cpu_is_idle(m->cpu));
}

static void halt_ends_sleep(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, WFI, NOP, SELF);
    machine_run(m, 100);
    machine_halt(m);
    assert_false(machine_read(m, DHCSR) & S_SLEEP);
    assert_int_equal(machine_get(m, 15), START + 2);
    machine_resume(m);
    machine_run(m, 100);
    assert_int_equal(m->cpu->r[15], START + 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(counts_down_and_flags_zero),
        MACHINE_TEST(program_clears_countflag_by_reading),
        MACHINE_TEST(ticks_at_an_eighth),
        MACHINE_TEST(pends_every_round_exactly),
        MACHINE_TEST(stands_still_while_halted),
        MACHINE_TEST(disabled_counter_keeps_its_value),
        MACHINE_TEST(a_round_of_zero_stops),
        MACHINE_TEST(wfi_skips_to_the_tick),
        MACHINE_TEST(masked_wfi_wakes_without_the_handler),
        MACHINE_TEST(basepri_keeps_it_asleep),
        MACHINE_TEST(wfe_waits_for_an_event),
        MACHINE_TEST(sleeponexit_sleeps_after_the_handler),
        MACHINE_TEST(deep_sleep_stops_systick),
        MACHINE_TEST(halt_ends_sleep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
