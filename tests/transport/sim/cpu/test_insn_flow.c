/* SPDX-License-Identifier: MIT */
/* Branches, interworking, exception returns, IT blocks step by step, calls to the system side. */
#include "fixture.h"

static void bx_to_an_even_address_faults_at_the_next_instruction(void **state)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD(&fixture, 0x4700); /* bx r0 */
    (void)state;
    cpu->r[0] = FLAT_CODE + 0x100;
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.faults, 0);
    assert_false(cpu->thumb);
    assert_int_equal(cpu->r[15], FLAT_CODE + 0x100);
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.fault, SIM_FAULT_INVSTATE);
    assert_int_equal(cpu->r[15], FLAT_CODE + 0x100);
    assert_int_equal(cpu->instructions, 1);
}

static void mov_to_the_pc_ignores_bit_0(void **state)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD(&fixture, 0x4687); /* mov pc, r0 */
    (void)state;
    cpu->r[0] = FLAT_CODE + 0x100;
    sim_insn_execute(cpu);
    assert_true(cpu->thumb);
    assert_int_equal(cpu->r[15], FLAT_CODE + 0x100);
}

static const uint16_t returns[][2] = {
    {0x4770},         /* bx lr */
    {0xBD00},         /* pop {pc} */
    {0xE8BD, 0x8001}, /* ldmia sp!, {r0, pc} */
    {0xF85D, 0xFB04}, /* ldr pc, [sp], #4 */
    {0xF8DD, 0xF000}, /* ldr pc, [sp] */
};

static struct sim_cpu *load_return(struct fixture *fixture, size_t i)
{
    struct sim_cpu *cpu = LOAD(fixture, returns[i][0], returns[i][1]);
    uint8_t *stack = fixture->ram + (cpu->r[13] - FLAT_RAM);
    cpu->r[14] = 0xFFFFFFF9;
    put_le32(stack, 0xFFFFFFF9);
    put_le32(stack + 4, 0xFFFFFFF9);
    return cpu;
}

static void an_exc_return_in_handler_mode_returns(void **state)
{
    static const uint32_t popped[] = {0, 4, 8, 4, 0};
    struct fixture fixture;
    (void)state;
    for (size_t i = 0; i < sizeof returns / sizeof *returns; i++) {
        struct sim_cpu *cpu = load_return(&fixture, i);
        uint32_t sp = cpu->r[13];
        cpu->ipsr = SIM_EXC_SYSTICK;
        sim_insn_execute(cpu);
        assert_int_equal(fixture.flat.returns, 1);
        assert_int_equal(fixture.flat.exc_return, 0xFFFFFFF9);
        assert_int_equal(cpu->r[13], sp + popped[i]);
        assert_int_equal(cpu->instructions, 1);
    }
}

static void an_exc_return_in_thread_mode_is_an_address(void **state)
{
    struct fixture fixture;
    (void)state;
    for (size_t i = 0; i < sizeof returns / sizeof *returns; i++) {
        struct sim_cpu *cpu = load_return(&fixture, i);
        if (returns[i][0] == 0xE8BD) /* R0 is loaded with it, too */
            cpu->r[0] = 0;
        sim_insn_execute(cpu);
        assert_int_equal(fixture.flat.returns, 0);
        assert_int_equal(cpu->r[15], 0xFFFFFFF8);
    }
}

/* BLXWritePC does not look for it (DDI 0403, B1.4.7). */
static void blx_is_no_exception_return(void **state)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD(&fixture, 0x4780); /* blx r0 */
    (void)state;
    cpu->r[0] = 0xFFFFFFF9;
    cpu->ipsr = SIM_EXC_SYSTICK;
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.returns, 0);
    assert_int_equal(cpu->r[15], 0xFFFFFFF8);
    assert_int_equal(cpu->r[14], FLAT_CODE + 3);
}

static void table_branches_count_halfwords_from_behind_themselves(void **state)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD(&fixture, 0xE8DF, 0xF000, 0x0302, 0xFF04); /* tbb [pc, r0] */
    (void)state;
    cpu->r[0] = 3;
    sim_insn_execute(cpu);
    assert_int_equal(cpu->r[15], FLAT_CODE + 4 + 0xFF * 2);
    cpu = LOAD(&fixture, 0xE8D1, 0xF010); /* tbh [r1, r0, lsl #1] */
    cpu->r[0] = 2;
    cpu->r[1] = FLAT_RAM;
    put_le16(fixture.ram + 4, 0xFFFF);
    sim_insn_execute(cpu);
    assert_int_equal(cpu->r[15], FLAT_CODE + 4 + 0x1FFFE);
}

static void an_it_block_advances_one_step_at_a_time(void **state)
{
    struct fixture fixture;
    /* ittee eq; adds r0, #1; cmp r0, #9; adds r1, #1; adds r2, #1; adds r3, #1 */
    struct sim_cpu *cpu = LOAD(&fixture, 0xBF07, 0x3001, 0x2809, 0x3101, 0x3201, 0x3301);
    const uint8_t itstates[] = {0x07, 0x0E, 0x1C, 0x18, 0x00, 0x00};
    (void)state;
    cpu->apsr = FLAG_Z | FLAG_V;
    for (unsigned i = 0; i < sizeof itstates; i++) {
        sim_insn_execute(cpu);
        assert_int_equal(cpu->itstate, itstates[i]);
        assert_int_equal(cpu->r[15], FLAT_CODE + 2 * (i + 1));
        if (i == 1) /* the addition in the block set no flags */
            assert_int_equal(cpu->apsr, FLAG_Z | FLAG_V);
    }
    /* 1 - 9 made it NE: the rest of the block, e and e, was executed */
    assert_int_equal(cpu->r[0], 1);
    assert_int_equal(cpu->r[1], 1);
    assert_int_equal(cpu->r[2], 1);
    assert_int_equal(cpu->apsr, 0); /* by the last addition, outside the block */
    assert_int_equal(cpu->instructions, 6);
}

static void a_skipped_instruction_does_nothing_but_bkpt_does(void **state)
{
    struct fixture fixture;
    /* itt eq; ldr r0, [r1] (nowhere); bkpt 5 */
    struct sim_cpu *cpu = LOAD(&fixture, 0xBF04, 0x6808, 0xBE05);
    (void)state;
    flat_run(&fixture.flat, 0, 2);
    assert_int_equal(fixture.flat.faults, 0);
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.bkpts, 1);
    assert_int_equal(fixture.flat.bkpt_number, 5);
    assert_int_equal(cpu->r[15], FLAT_CODE + 4);
}

static void svc_and_wfi_look_at_the_next_instruction(void **state)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD(&fixture, 0xBF0C, 0xDF01, 0xBF30); /* ite eq; svc 1; wfi */
    (void)state;
    cpu->apsr = FLAG_Z;
    flat_run(&fixture.flat, 0, 2);
    assert_int_equal(fixture.flat.svcs, 1);
    assert_int_equal(cpu->r[15], FLAT_CODE + 4);
    assert_int_equal(cpu->itstate, 0x18); /* the SVC's place in the block is over */
    cpu = LOAD(&fixture, 0xF3AF, 0x8003); /* wfi.w */
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.wfis, 1);
    assert_int_equal(cpu->r[15], FLAT_CODE + 4);
    cpu = LOAD(&fixture, 0xBF20, 0xBF40); /* wfe; sev */
    flat_run(&fixture.flat, 0, 1);
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.wfes, 1);
    assert_int_equal(fixture.flat.sevs, 1);
    assert_int_equal(cpu->instructions, 2);
}

static void special_registers_are_reached_by_number(void **state)
{
    struct fixture fixture;
    /* msr psp, r0; mrs r1, psp; cpsid i; mrs r2, primask; msr primask, r3 */
    struct sim_cpu *cpu =
        LOAD(&fixture, 0xF380, 0x8809, 0xF3EF, 0x8109, 0xB672, 0xF3EF, 0x8210, 0xF383, 0x8810);
    (void)state;
    cpu->r[0] = FLAT_RAM + 0x80;
    flat_run(&fixture.flat, 0, 4);
    assert_int_equal(cpu->r[1], FLAT_RAM + 0x80);
    assert_int_equal(cpu->r[2], 1);
    sim_insn_execute(cpu);
    assert_int_equal(cpu->primask, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bx_to_an_even_address_faults_at_the_next_instruction),
        cmocka_unit_test(mov_to_the_pc_ignores_bit_0),
        cmocka_unit_test(an_exc_return_in_handler_mode_returns),
        cmocka_unit_test(an_exc_return_in_thread_mode_is_an_address),
        cmocka_unit_test(blx_is_no_exception_return),
        cmocka_unit_test(table_branches_count_halfwords_from_behind_themselves),
        cmocka_unit_test(an_it_block_advances_one_step_at_a_time),
        cmocka_unit_test(a_skipped_instruction_does_nothing_but_bkpt_does),
        cmocka_unit_test(svc_and_wfi_look_at_the_next_instruction),
        cmocka_unit_test(special_registers_are_reached_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
