/* SPDX-License-Identifier: MIT */
/* Who preempts whom: priorities, grouping, masks, and the NVIC's registers (DDI 0403 B1.5.4, B3.4).
 */
#include "machine.h"

static void irqs(struct machine *m, uint32_t enabled)
{
    machine_go(m, 1); /* out of reset */
    machine_write(m, NVIC_ISER, enabled);
}

static void only_implemented_bits_stick(void **state)
{
    struct machine *m = *state;

    machine_write(m, NVIC_IPR, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, NVIC_IPR), 0xF0F0F0F0);
    machine_write(m, SHPR1, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, SHPR1), 0x00F0F0F0);
    machine_write(m, NVIC_ISER + 4, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, NVIC_ISER + 4), 0x7FF); /* 43 lines */
    assert_int_equal(machine_read(m, NVIC_ICER + 4), 0x7FF);
    machine_write(m, NVIC_ICER + 4, 0x7FE);
    assert_int_equal(machine_read(m, NVIC_ISER + 4), 1);
    assert_int_equal(machine_read(m, ICTR), 1);
}

static void lower_value_goes_first(void **state)
{
    struct machine *m = *state;

    irqs(m, 7);
    machine_write(m, NVIC_IPR, 0x102030);
    machine_write(m, NVIC_ISPR, 7);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 2);
    assert_int_equal(machine_read(m, NVIC_ISPR), 3);
}

static void lower_number_goes_first_between_equals(void **state)
{
    struct machine *m = *state;

    irqs(m, 6);
    machine_write(m, NVIC_ISPR, 6);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 1);
}

static void subpriority_orders_but_does_not_preempt(void **state)
{
    struct machine *m = *state;

    irqs(m, 7);
    machine_write(m, AIRCR, AIRCR_KEY | 6 << 8); /* one bit of group priority */
    assert_int_equal(machine_read(m, AIRCR), 0xFA050600);
    machine_write(m, NVIC_IPR, 0x203010);
    machine_write(m, NVIC_ISPR, 6);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 2);
    machine_write(m, NVIC_ISPR, 1);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 2);
    machine_write(m, AIRCR, AIRCR_KEY | 3 << 8); /* all bits */
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0);
}

static void aircr_needs_its_key(void **state)
{
    struct machine *m = *state;

    machine_write(m, AIRCR, 7 << 8);
    assert_int_equal(machine_read(m, AIRCR), 0xFA050000);
}

static void primask_holds_everything_back(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, CPSID_I, NOP, CPSIE_I, NOP);
    irqs(m, 1);
    machine_write(m, NVIC_ISPR, 1);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, 0);
    assert_int_equal(machine_read(m, ICSR) >> 12 & 0x1FF, SIM_EXC_IRQ0);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0);
    assert_int_equal(machine_peek(m, m->cpu->r[13] + 24), START + 6);
}

static void basepri_holds_back_from_its_value_on(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 0x20), MSR(BASEPRI, 0), SELF);
    irqs(m, 3);
    machine_write(m, NVIC_IPR, 0x1020);
    machine_go(m, 2);
    machine_write(m, NVIC_ISPR, 1);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, 0);
    machine_write(m, NVIC_ISPR, 2);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 1);
}

static void level_pends_again_until_it_falls(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, HANDLER(SIM_EXC_IRQ0 + 5), ADDS(7, 1), BX_LR);
    irqs(m, 1u << 5);
    sim_cpu_irq(m->cpu, 5, true);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 5);
    assert_int_equal(machine_read(m, NVIC_ISPR), 0);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 5); /* still high: tail-chained */
    sim_cpu_irq(m->cpu, 5, false);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, 0);
}

static void pulse_stays_pending(void **state)
{
    struct machine *m = *state;

    irqs(m, 0);
    sim_cpu_irq(m->cpu, 40, true);
    sim_cpu_irq(m->cpu, 40, false);
    assert_int_equal(machine_read(m, NVIC_ISPR + 4), 1u << 8);
    machine_write(m, NVIC_ICPR + 4, 1u << 8);
    assert_int_equal(machine_read(m, NVIC_ISPR + 4), 0);
}

static void stir_pends(void **state)
{
    struct machine *m = *state;

    irqs(m, 1u << 9);
    machine_write(m, STIR, 9);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 9);
}

static void unprivileged_stir_needs_permission(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 1), MSR(CONTROL, 0), STR(0, 1), SELF);
    machine_write(m, CCR, 2); /* USERSETMPEND */
    irqs(m, 2);
    m->cpu->r[1] = STIR;
    machine_go(m, 3);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0 + 1);
}

static void pendsv_waits_for_interrupts(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, HANDLER(SIM_EXC_IRQ0), BX_LR);
    irqs(m, 1);
    machine_write(m, SHPR3, 0xF0u << 16);
    machine_write(m, NVIC_ISPR, 1);
    machine_write(m, ICSR, ICSR_PENDSVSET);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_IRQ0);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_PENDSV);
}

static void narrow_writes_reach_priorities(void **state)
{
    struct machine *m = *state;
    uint32_t value;

    assert_true(sim_cpu_debug_write(m->cpu, NVIC_IPR + 2, 1, 0x50));
    assert_int_equal(machine_read(m, NVIC_IPR), 0x500000);
    assert_true(sim_cpu_debug_read(m->cpu, NVIC_IPR + 2, 1, &value));
    assert_int_equal(value, 0x50);
    assert_true(sim_cpu_debug_write(m->cpu, SHPR3 + 2, 2, 0x3040));
    assert_int_equal(machine_read(m, SHPR3), 0x30400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(only_implemented_bits_stick),
        MACHINE_TEST(lower_value_goes_first),
        MACHINE_TEST(lower_number_goes_first_between_equals),
        MACHINE_TEST(subpriority_orders_but_does_not_preempt),
        MACHINE_TEST(aircr_needs_its_key),
        MACHINE_TEST(primask_holds_everything_back),
        MACHINE_TEST(basepri_holds_back_from_its_value_on),
        MACHINE_TEST(level_pends_again_until_it_falls),
        MACHINE_TEST(pulse_stays_pending),
        MACHINE_TEST(stir_pends),
        MACHINE_TEST(unprivileged_stir_needs_permission),
        MACHINE_TEST(pendsv_waits_for_interrupts),
        MACHINE_TEST(narrow_writes_reach_priorities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
