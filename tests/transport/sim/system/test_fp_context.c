/* SPDX-License-Identifier: MIT */
/* The floating-point context of an M4: who may use it, and what exceptions do with it (DDI 0403,
 * B1.4.7, B1.5.6 to B1.5.8). */
#include "machine.h"

#define CPACR 0xE000ED88u
#define FPCCR 0xE000EF34u
#define FPCAR 0xE000EF38u
#define FPDSCR 0xE000EF3Cu
#define MVFR0 0xE000EF40u
#define LSPACT 1u
#define LSPEN (1u << 30)
#define NOCP (1u << 19)
#define FPCA 4u
#define EXC_RETURN_MSP_FP 0xFFFFFFE9u
#define VMOV_S0_R0 0xEE00, 0x0A10
#define VADD_S0_S0_S0 0xEE30, 0x0A00
#define VMSR_R0 0xEEE1, 0x0A10
#define VCVT_S0_FROM_U32_1 0xEEBB, 0x0AEF /* one bit behind the point */
enum { FP_FRAME = 4 * 26, UPPER = 4 * 8, REGSEL_FPSCR = 0x21, REGSEL_S0 = 0x40 };
#define ONE 0x3F800000u
#define TWO 0x40000000u

static int setup(void **state)
{
    *state = machine_create(&sim_core_m4f);
    return 0;
}

/* Access given, 1.0 in S0, and a supervisor call next. */
static void use_and_call(struct machine *m)
{
    machine_write(m, CPACR, 0xF << 20);
    PROGRAM(m, START, VMOV_S0_R0, SVC(0), VADD_S0_S0_S0, SELF);
    m->cpu->s[0] = 0;
    m->cpu->s[15] = 0x15151515;
    machine_go(m, 0);
    m->cpu->r[0] = ONE;
    machine_go(m, 1);
}

static void without_access_it_is_a_usage_fault(void **state)
{
    struct machine *m = *state;

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    PROGRAM(m, START, VADD_S0_S0_S0);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_USAGEFAULT);
    assert_int_equal(machine_read(m, CFSR), NOCP);
    assert_int_equal(machine_peek(m, m->cpu->r[13] + 24), START);
}

static void an_m3_has_none(void **state)
{
    struct machine *m = machine_create(&sim_core_m3_r1p1);

    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_write(m, CPACR, 0xF << 20);
    assert_int_equal(machine_read(m, CPACR), 0);
    assert_int_equal(machine_read(m, FPCCR), 0);
    PROGRAM(m, START, VADD_S0_S0_S0);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_USAGEFAULT);
    assert_int_equal(machine_read(m, CFSR), NOCP);
    machine_destroy(m);
}

static void registers_come_up_as_documented(void **state)
{
    struct machine *m = *state;

    assert_int_equal(machine_read(m, CPACR), 0);
    assert_int_equal(machine_read(m, FPCCR), 0xC0000000);
    assert_int_equal(machine_read(m, MVFR0), 0x10110021);
    machine_write(m, CPACR, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, CPACR), 0x00F00000);
}

static void the_first_instruction_makes_a_context(void **state)
{
    struct machine *m = *state;

    machine_write(m, FPDSCR, 1u << 25);
    use_and_call(m);
    assert_int_equal(m->cpu->control, FPCA);
    assert_int_equal(m->cpu->s[0], ONE);
    assert_int_equal(m->cpu->fpscr, 1u << 25);
}

static void a_handler_without_floats_costs_only_the_room(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    use_and_call(m);
    machine_poke(m, STACK - FP_FRAME + UPPER, 0xDEADBEEF);
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, SIM_EXC_SVCALL);
    assert_int_equal(cpu->r[13], STACK - FP_FRAME);
    assert_int_equal(cpu->r[14], EXC_RETURN_MSP_FP);
    assert_int_equal(cpu->control, 0);
    assert_int_equal(machine_read(m, FPCAR), STACK - FP_FRAME + UPPER);
    assert_int_equal(machine_read(m, FPCCR) & LSPACT, LSPACT);
    machine_go(m, 1);
    assert_int_equal(cpu->ipsr, 0);
    assert_int_equal(cpu->r[13], STACK);
    assert_int_equal(cpu->control, FPCA);
    assert_int_equal(machine_read(m, FPCCR) & LSPACT, 0);
    assert_int_equal(machine_peek(m, STACK - FP_FRAME + UPPER), 0xDEADBEEF);
    machine_go(m, 1);
    assert_int_equal(cpu->s[0], TWO);
}

static void a_handler_with_floats_saves_them_first(void **state)
{
    struct machine *m = *state;
    struct sim_cpu *cpu = m->cpu;

    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), VADD_S0_S0_S0, VMOV_S0_R0, BX_LR);
    use_and_call(m);
    machine_go(m, 2);
    assert_int_equal(cpu->s[0], TWO);
    assert_int_equal(cpu->control, FPCA);
    assert_int_equal(machine_read(m, FPCCR) & LSPACT, 0);
    assert_int_equal(machine_peek(m, STACK - FP_FRAME + UPPER), ONE);
    assert_int_equal(machine_peek(m, STACK - FP_FRAME + UPPER + 60), 0x15151515);
    cpu->r[0] = 0x12345678;
    cpu->s[15] = 0;
    machine_go(m, 2);
    assert_int_equal(cpu->ipsr, 0);
    assert_int_equal(cpu->s[0], ONE);
    assert_int_equal(cpu->s[15], 0x15151515);
}

static void without_laziness_they_are_saved_at_once(void **state)
{
    struct machine *m = *state;

    machine_write(m, FPCCR, 0x80000000);
    use_and_call(m);
    machine_go(m, 1);
    assert_int_equal(machine_peek(m, STACK - FP_FRAME + UPPER), ONE);
    assert_int_equal(machine_read(m, FPCCR) & LSPACT, 0);
}

static void without_a_context_the_frame_is_the_short_one(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, SVC(0));
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[13], STACK - 32);
    assert_int_equal(m->cpu->r[14], EXC_RETURN_MSP);
}

static void the_debugger_reads_and_writes_them(void **state)
{
    struct machine *m = *state;

    machine_halt(m);
    for (unsigned i = 0; i < 32; i++)
        machine_set(m, REGSEL_S0 + i, 0x1000 + i);
    machine_set(m, REGSEL_FPSCR, 0xFFFFFFFF);
    for (unsigned i = 0; i < 32; i++) {
        assert_int_equal(machine_get(m, REGSEL_S0 + i), 0x1000 + i);
        assert_int_equal(m->cpu->s[i], 0x1000 + i);
    }
    assert_int_equal(machine_get(m, REGSEL_FPSCR), 0xF7C0009F);
    assert_int_equal(machine_get(m, 0x3F), 0);
    assert_int_equal(machine_get(m, 0x60), 0);
}

/* A7.7.227, where Unicorn 2.0.1 does otherwise: to nearest, though FPSCR says towards zero. */
static void fixed_point_numbers_round_to_nearest(void **state)
{
    struct machine *m = *state;

    machine_write(m, CPACR, 0xF << 20);
    PROGRAM(m, START, VMSR_R0, VCVT_S0_FROM_U32_1);
    machine_go(m, 0);
    m->cpu->r[0] = 3u << 22;
    m->cpu->s[0] = 0x01FFFFFF;
    machine_go(m, 2);
    assert_int_equal(m->cpu->s[0], 0x4B800000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_access_it_is_a_usage_fault, setup,
                                        machine_teardown),
        cmocka_unit_test(an_m3_has_none),
        cmocka_unit_test_setup_teardown(registers_come_up_as_documented, setup, machine_teardown),
        cmocka_unit_test_setup_teardown(the_first_instruction_makes_a_context, setup,
                                        machine_teardown),
        cmocka_unit_test_setup_teardown(a_handler_without_floats_costs_only_the_room, setup,
                                        machine_teardown),
        cmocka_unit_test_setup_teardown(a_handler_with_floats_saves_them_first, setup,
                                        machine_teardown),
        cmocka_unit_test_setup_teardown(without_laziness_they_are_saved_at_once, setup,
                                        machine_teardown),
        cmocka_unit_test_setup_teardown(without_a_context_the_frame_is_the_short_one, setup,
                                        machine_teardown),
        cmocka_unit_test_setup_teardown(the_debugger_reads_and_writes_them, setup,
                                        machine_teardown),
        cmocka_unit_test_setup_teardown(fixed_point_numbers_round_to_nearest, setup,
                                        machine_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
