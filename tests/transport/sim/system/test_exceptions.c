/* SPDX-License-Identifier: MIT */
/* Entering and leaving handlers: frames, EXC_RETURN, preemption, tail-chaining (DDI 0403 B1.5). */
#include "machine.h"

static void entry_stacks_eight_words(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    PROGRAM(m, START, MOVS(0, 10), MOVS(1, 11), SVC(7), NOP);
    cpu->r[12] = 0xC0C0C0C0;
    machine_go(m, 2);
    cpu->apsr = SIM_APSR_C;
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, SIM_EXC_SVCALL);
    assert_int_equal(cpu->r[15], HANDLER(SIM_EXC_SVCALL));
    assert_int_equal(cpu->r[14], EXC_RETURN_MSP);
    assert_int_equal(cpu->r[13], STACK - 32);
    assert_int_equal(machine_peek(m, STACK - 32), 10);
    assert_int_equal(machine_peek(m, STACK - 28), 11);
    assert_int_equal(machine_peek(m, STACK - 16), 0xC0C0C0C0);
    assert_int_equal(machine_peek(m, STACK - 12), 0xFFFFFFFF);
    assert_int_equal(machine_peek(m, STACK - 8), START + 6);
    assert_int_equal(machine_peek(m, STACK - 4), SIM_APSR_C | 1u << 24);
}

static void return_restores_everything(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    PROGRAM(m, START, MOVS(0, 10), SVC(0), ADDS(0, 1));
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), MOVS(0, 0), MOVS(1, 0), BX_LR);
    cpu->r[1] = 5;
    machine_go(m, 5);
    assert_int_equal(cpu->ipsr, 0);
    assert_int_equal(cpu->r[15], START + 4);
    assert_int_equal(cpu->r[13], STACK);
    assert_int_equal(cpu->r[0], 10);
    assert_int_equal(cpu->r[1], 5);
    assert_int_equal(machine_read(m, SHCSR) & 1u << 7, 0);
    machine_go(m, 1);
    assert_int_equal(cpu->r[0], 11);
}

static void stkalign_aligns_the_frame_and_undoes_it(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    machine_write(m, CCR, 1u << 9);
    PROGRAM(m, START, NOP, SVC(0), NOP);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    machine_go(m, 1);
    cpu->r[13] = STACK - 4;
    machine_go(m, 1);
    assert_int_equal(cpu->r[13], STACK - 40);
    assert_int_equal(machine_peek(m, STACK - 40 + 28) & 1u << 9, 1u << 9);
    machine_go(m, 1);
    assert_int_equal(cpu->r[13], STACK - 4);
}

static void without_stkalign_the_frame_stays(void **state)
{
    struct machine *m = *state;

    assert_int_equal(machine_read(m, CCR), 0); /* r1p1 comes up without it */
    PROGRAM(m, START, NOP, SVC(0));
    machine_go(m, 1);
    m->cpu->r[13] = STACK - 4;
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[13], STACK - 36);
}

static void thread_on_psp_returns_to_psp(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    PROGRAM(m, START, MOVS(0, 2), MSR(PSP, 4), MSR(CONTROL, 0), SVC(0), NOP);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), MRS(1, CONTROL), BX_LR);
    cpu->r[4] = SRAM + 0x1000;
    machine_go(m, 4);
    assert_int_equal(cpu->r[14], EXC_RETURN_PSP);
    assert_int_equal(cpu->r[13], STACK);
    assert_int_equal(cpu->inactive_sp, SRAM + 0x1000 - 32);
    machine_go(m, 1);
    assert_int_equal(cpu->r[1], 0); /* SPSEL reads as 0 in handlers */
    machine_go(m, 1);
    assert_int_equal(cpu->control, 2);
    assert_int_equal(cpu->r[13], SRAM + 0x1000);
    assert_int_equal(cpu->inactive_sp, STACK);
}

static void it_state_survives_an_exception(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    /* Z is clear: with EQ the first two are skipped, the third (else) executes. */
    PROGRAM(m, START, MOVS(0, 1), IT(0, 6), ADDS(0, 1), ADDS(0, 2), ADDS(0, 4), NOP);
    PROGRAM(m, HANDLER(SIM_EXC_IRQ0), BX_LR);
    machine_write(m, NVIC_ISER, 1);
    machine_go(m, 3);
    machine_write(m, NVIC_ISPR, 1);
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, SIM_EXC_IRQ0);
    assert_int_equal(cpu->itstate, 0);
    machine_go(m, 1);
    assert_int_equal(cpu->r[15], START + 6);
    assert_int_not_equal(cpu->itstate, 0);
    machine_go(m, 2);
    assert_int_equal(cpu->r[0], 5);
    assert_int_equal(cpu->itstate, 0);
}

static void urgent_interrupt_preempts_handler(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    machine_write(m, NVIC_ISER, 3);
    machine_write(m, NVIC_IPR, 0x10 << 8 | 0x20);
    machine_write(m, NVIC_ISPR, 1);
    machine_go(m, 2);
    assert_int_equal(cpu->ipsr, SIM_EXC_IRQ0);
    assert_int_equal(machine_read(m, ICSR) & 1u << 11, 1u << 11);
    machine_write(m, NVIC_ISPR, 2);
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, SIM_EXC_IRQ0 + 1);
    assert_int_equal(cpu->r[14], EXC_RETURN_HANDLER);
    assert_int_equal(machine_read(m, NVIC_IABR), 3);
    assert_int_equal(machine_read(m, ICSR) & 1u << 11, 0);
}

static void equal_priority_waits_and_tail_chains(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    PROGRAM(m, HANDLER(SIM_EXC_IRQ0), NOP, BX_LR);
    machine_write(m, NVIC_ISER, 3);
    machine_write(m, NVIC_ISPR, 1);
    machine_go(m, 1);
    uint32_t frame = cpu->r[13];
    machine_write(m, NVIC_ISPR, 2);
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, SIM_EXC_IRQ0);
    uint64_t before = cpu->cycles;
    machine_go(m, 1); /* BX LR and the entry to the next */
    assert_int_equal(cpu->ipsr, SIM_EXC_IRQ0 + 1);
    assert_int_equal(cpu->r[14], EXC_RETURN_MSP);
    assert_int_equal(cpu->r[13], frame); /* nothing was stacked anew */
    assert_true(cpu->cycles - before < 12);
}

static void pop_pc_returns_too(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, SVC(0), NOP);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), PUSH_LR, NOP, POP_PC);
    machine_go(m, 4);
    assert_int_equal(m->cpu->ipsr, 0);
    assert_int_equal(m->cpu->r[13], STACK);
    assert_int_equal(m->cpu->r[15], START + 2);
}

static void bad_exc_return_is_invpc(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, SVC(0));
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX(0));
    machine_go(m, 1);
    cpu->r[0] = EXC_RETURN_HANDLER; /* but nothing is nested */
    uint32_t frame = cpu->r[13];
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, SIM_EXC_USAGEFAULT);
    assert_int_equal(machine_read(m, CFSR), 1u << 18);
    assert_int_equal(cpu->r[13], frame);
    assert_int_equal(cpu->r[14], EXC_RETURN_HANDLER);
    assert_int_equal(machine_read(m, SHCSR) & 0xFFF, 1u << 3);
}

static void return_to_thread_from_nested_needs_permission(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, NVIC_ISER, 3);
    machine_write(m, NVIC_IPR, 0x10 << 8 | 0x20);
    PROGRAM(m, HANDLER(SIM_EXC_IRQ0 + 1), BX(0));
    machine_write(m, NVIC_ISPR, 1);
    machine_go(m, 1);
    machine_write(m, NVIC_ISPR, 2);
    machine_go(m, 1);
    cpu->r[0] = EXC_RETURN_MSP;
    machine_go(m, 1);
    assert_int_equal(machine_read(m, CFSR), 1u << 18);
}

static void frame_of_other_mode_is_invpc(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, SVC(0));
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    machine_go(m, 1);
    machine_poke(m, cpu->r[13] + 28, 1u << 24 | SIM_EXC_PENDSV);
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, SIM_EXC_USAGEFAULT);
    assert_int_equal(machine_read(m, CFSR), 1u << 18);
}

static void nmi_beats_everything(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, CPSID_I, CPSID_F, SELF);
    machine_go(m, 3);
    machine_write(m, ICSR, ICSR_NMIPENDSET);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_NMI);
    PROGRAM(m, HANDLER(SIM_EXC_NMI), BX_LR);
    machine_go(m, 1);
    assert_int_equal(m->cpu->faultmask, 1); /* NMI alone leaves it set */
    assert_int_equal(m->cpu->r[15], START + 4);
}

static void return_clears_faultmask(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, SVC(0), NOP);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), CPSID_F, BX_LR);
    machine_go(m, 2);
    assert_int_equal(m->cpu->faultmask, 1);
    machine_go(m, 1);
    assert_int_equal(m->cpu->faultmask, 0);
}

static void vtor_moves_the_vectors(void **state)
{
    struct machine *m = *state;

    machine_poke(m, SRAM + 0x400 + 4 * SIM_EXC_SVCALL, HANDLER(40) | 1);
    PROGRAM(m, START, NOP, SVC(0));
    machine_go(m, 1);
    machine_write(m, VTOR, SRAM + 0x400);
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[15], HANDLER(40));
    assert_int_equal(machine_read(m, VTOR), SRAM + 0x400);
}

static void armv6m_enters_and_returns(void **state)
{
    struct machine *m = machine_create(&sim_core_m0);

    PROGRAM(m, START, SVC(0), UDF);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    machine_go(m, 2);
    assert_int_equal(m->cpu->r[15], START + 2);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT); /* its only fault */
    assert_int_equal(machine_read(m, CFSR), 0);
    machine_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(entry_stacks_eight_words),
        MACHINE_TEST(return_restores_everything),
        MACHINE_TEST(stkalign_aligns_the_frame_and_undoes_it),
        MACHINE_TEST(without_stkalign_the_frame_stays),
        MACHINE_TEST(thread_on_psp_returns_to_psp),
        MACHINE_TEST(it_state_survives_an_exception),
        MACHINE_TEST(urgent_interrupt_preempts_handler),
        MACHINE_TEST(equal_priority_waits_and_tail_chains),
        MACHINE_TEST(pop_pc_returns_too),
        MACHINE_TEST(bad_exc_return_is_invpc),
        MACHINE_TEST(return_to_thread_from_nested_needs_permission),
        MACHINE_TEST(frame_of_other_mode_is_invpc),
        MACHINE_TEST(nmi_beats_everything),
        MACHINE_TEST(return_clears_faultmask),
        MACHINE_TEST(vtor_moves_the_vectors),
        cmocka_unit_test(armv6m_enters_and_returns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
