/* SPDX-License-Identifier: MIT */
/* What a Cortex-M33 without its Security Extension does otherwise than an M4 (DDI 0553): exception
 * returns, stack limits, identification. */
#include "machine.h"

#define STKOF (1u << 20)
#define INVPC (1u << 18)
#define UNDEFINSTR (1u << 16)
#define EXC_RETURN_V8_HANDLER 0xFFFFFFB0u
#define EXC_RETURN_V8_MSP 0xFFFFFFB8u
#define EXC_RETURN_V8_PSP 0xFFFFFFBCu
#define EXC_RETURN_V8_MSP_FP 0xFFFFFFA8u
#define PROCESS_STACK 0x20002000u
#define CPACR 0xE000ED88u
#define FPCCR 0xE000EF34u
#define CLRONRET (1u << 28)
#define S_RESTART_ST (1u << 26)
enum { MSPLIM = 10, PSPLIM = 11, REGSEL_MSPLIM = 30, REGSEL_PSPLIM = 31 };
enum { FRAME = 32, SPSEL = 2 };
#define PUSH(list) (0xB400 | (list))
#define SUB_SP(bytes) (0xB080 | (bytes) / 4)
#define VMOV_S0_R0 0xEE00, 0x0A10

static int setup(void **state)
{
    *state = machine_create(&sim_core_m33);
    return 0;
}

/* Thread mode on PSP, with a limit; the next instruction is at START. */
static void on_process_stack(struct machine *m, uint32_t limit)
{
    machine_go(m, 0);
    PROGRAM(m, START - 12, MSR(PSP, 0), MSR(PSPLIM, 1), MSR(CONTROL, 2));
    machine_halt(m);
    machine_set(m, 15, START - 12);
    machine_set(m, 0, PROCESS_STACK);
    machine_set(m, 1, limit);
    machine_set(m, 2, SPSEL);
    machine_resume(m);
    machine_go(m, 3);
    assert_int_equal(m->cpu->r[13], PROCESS_STACK);
}

static void handlers_return_by_values_of_their_own(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, SVC(0), MOVS(0, 7), SELF);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), UDF, BX_LR);
    PROGRAM(m, HANDLER(SIM_EXC_HARDFAULT), LDR(0, 13), BX_LR);
    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_SVCALL);
    assert_int_equal(m->cpu->r[14], EXC_RETURN_V8_MSP);
    machine_go(m, 1); /* from handler to handler */
    assert_int_equal(m->cpu->r[14], EXC_RETURN_V8_HANDLER);
    machine_poke(m, m->cpu->r[13] + 24, HANDLER(SIM_EXC_SVCALL) + 2);
    PROGRAM(m, HANDLER(m->cpu->ipsr), BX_LR);
    machine_go(m, 3);
    assert_int_equal(m->cpu->ipsr, 0);
    assert_int_equal(m->cpu->r[0], 7);
    assert_int_equal(m->cpu->r[13], STACK);
}

static void the_process_stack_and_floats_show_in_them(void **state)
{
    struct machine *m = *state;

    on_process_stack(m, 0);
    PROGRAM(m, START, SVC(0), SELF);
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[14], EXC_RETURN_V8_PSP);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX_LR);
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[13], PROCESS_STACK);

    sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
    machine_write(m, CPACR, 0xF << 20);
    PROGRAM(m, START, VMOV_S0_R0, SVC(0), SELF);
    machine_go(m, 2);
    assert_int_equal(m->cpu->r[14], EXC_RETURN_V8_MSP_FP);
}

static void what_a_handler_leaves_in_floats_may_be_cleared(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, SVC(0), SELF);
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), VMOV_S0_R0, BX_LR);
    machine_write(m, CPACR, 0xF << 20);
    machine_write(m, FPCCR, machine_read(m, FPCCR) | CLRONRET);
    assert_int_equal(machine_read(m, FPCCR), 0xD0000000);
    machine_go(m, 1);
    m->cpu->r[0] = 5;
    m->cpu->s[15] = m->cpu->s[16] = 7;
    machine_go(m, 1);
    assert_int_equal(m->cpu->s[0], 5);
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, 0);
    assert_int_equal(m->cpu->s[0] | m->cpu->s[15], 0);
    assert_int_equal(m->cpu->s[16], 7);
}

/* As an M4's kernel builds them: the state they name is not there. */
static void values_of_older_cores_are_refused(void **state)
{
    static const uint32_t values[] = {EXC_RETURN_MSP, EXC_RETURN_PSP, 0xFFFFFF98, 0xFFFFFFB4};
    struct machine *m = *state;

    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
        machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
        machine_write(m, CFSR, UINT32_MAX);
        PROGRAM(m, START, SVC(0), SELF);
        PROGRAM(m, HANDLER(SIM_EXC_SVCALL), BX(3));
        machine_go(m, 1);
        assert_int_equal(m->cpu->ipsr, SIM_EXC_SVCALL);
        m->cpu->r[3] = values[i];
        machine_go(m, 1);
        assert_int_equal(m->cpu->ipsr, SIM_EXC_USAGEFAULT);
        assert_int_equal(machine_read(m, CFSR), INVPC);
    }
}

static void a_push_below_the_limit_is_refused(void **state)
{
    static const uint16_t pushes[][2] = {
        {PUSH(0x07), NOP}, /* 12 bytes */
        {SUB_SP(12), NOP}, /* */
        {0xE92D, 0x0007},  /* stmdb sp!, {r0-r2} */
        {0xF84D, 0x0D0C},  /* str r0, [sp, #-12]! */
        {0xE96D, 0x0103},  /* strd r0, r1, [sp, #-12]! */
        {0xF1AD, 0x0D0C},  /* sub.w sp, sp, #12 */
        {0xF2AD, 0x0D0C},  /* subw sp, sp, #12 */
        {0x4685, NOP},     /* mov sp, r0 */
        {0xED2D, 0x0A03},  /* vpush {s0-s2} */
    };
    struct machine *m = *state;

    for (unsigned i = 0; i < sizeof pushes / sizeof *pushes; i++) {
        sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
        machine_write(m, CPACR, 0xF << 20);
        machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
        machine_write(m, CFSR, UINT32_MAX);
        on_process_stack(m, PROCESS_STACK - FRAME - 8);
        m->cpu->r[13] -= FRAME;
        machine_poke(m, PROCESS_STACK - FRAME - 4, 0x55555555);
        PROGRAM(m, START, pushes[i][0], pushes[i][1], SELF);
        m->cpu->r[0] = PROCESS_STACK - FRAME - 12;
        machine_go(m, 1);
        assert_int_equal(m->cpu->ipsr, SIM_EXC_USAGEFAULT);
        assert_int_equal(machine_read(m, CFSR), STKOF);
        /* nothing was written, and there was no room for the frame: SP stands at the limit */
        assert_int_equal(machine_peek(m, PROCESS_STACK - FRAME - 4), 0x55555555);
        machine_halt(m);
        assert_int_equal(machine_get(m, 18), PROCESS_STACK - FRAME - 8);
        machine_resume(m);
    }
}

static void down_to_the_limit_there_is_room(void **state)
{
    struct machine *m = *state;

    on_process_stack(m, PROCESS_STACK - 8 - FRAME);
    PROGRAM(m, START, PUSH(0x03), UDF);
    machine_go(m, 1);
    assert_int_equal(m->cpu->r[13], PROCESS_STACK - 8);
    machine_go(m, 1); /* its frame fits exactly */
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
    assert_int_equal(machine_read(m, CFSR), UNDEFINSTR);
    assert_int_equal(machine_peek(m, PROCESS_STACK - 8 - FRAME + 24), START + 2);
}

/* UsageFault is off, as in most programs. */
static void a_full_stack_is_a_hardfault(void **state)
{
    struct machine *m = *state;

    on_process_stack(m, PROCESS_STACK - 8);
    PROGRAM(m, START, SVC(0));
    machine_go(m, 1);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
    assert_int_equal(machine_read(m, CFSR), STKOF);
    assert_int_equal(machine_read(m, HFSR), 1u << 30);
    assert_int_equal(machine_read(m, SHCSR) & 4, 4); /* HARDFAULTACT */
    assert_false(machine_read(m, DHCSR) & S_LOCKUP);
}

static void the_main_stack_has_a_limit_for_handlers_too(void **state)
{
    struct machine *m = *state;

    machine_go(m, 0);
    PROGRAM(m, START, MSR(MSPLIM, 1), SVC(0));
    PROGRAM(m, HANDLER(SIM_EXC_SVCALL), PUSH(0xFF), SELF);
    m->cpu->r[1] = STACK - FRAME - 8;
    machine_go(m, 1);
    m->cpu->r[1] = STACK - FRAME - 8;
    machine_halt(m);
    machine_set(m, 15, START);
    machine_resume(m);
    machine_go(m, 2);
    assert_int_equal(m->cpu->ipsr, SIM_EXC_SVCALL);
    machine_go(m, 1); /* the push, and no room for the frame of the HardFault either */
    assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
    assert_int_equal(machine_read(m, CFSR), STKOF);
    assert_int_equal(m->cpu->r[13], STACK - FRAME - 8);
    PROGRAM(m, HANDLER(SIM_EXC_HARDFAULT), PUSH(1));
    machine_go(m, 1);
    assert_true(machine_read(m, DHCSR) & S_LOCKUP);
}

static void limits_are_registers(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MSR(MSPLIM, 1), MSR(PSPLIM, 2), MRS(3, MSPLIM), MRS(4, PSPLIM), SELF);
    machine_halt(m);
    machine_set(m, 1, SRAM + 0x107);
    machine_set(m, 2, SRAM + 0x20F);
    machine_resume(m);
    machine_go(m, 5);
    assert_int_equal(m->cpu->r[3], SRAM + 0x100);
    assert_int_equal(m->cpu->r[4], SRAM + 0x208);
    machine_halt(m);
    assert_int_equal(machine_get(m, REGSEL_MSPLIM), SRAM + 0x100);
    assert_int_equal(machine_get(m, REGSEL_PSPLIM), SRAM + 0x208);
    machine_set(m, REGSEL_PSPLIM, SRAM + 0x300);
    assert_int_equal(machine_get(m, REGSEL_PSPLIM), SRAM + 0x300);
    sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
    machine_halt(m);
    assert_int_equal(machine_get(m, REGSEL_PSPLIM), 0);
}

static void without_security_there_is_one_state(void **state)
{
    static const uint16_t foreign[][2] = {
        {0x4704, NOP},    /* bxns r0 */
        {0x4784, NOP},    /* blxns r0 */
        {0xE840, 0xF180}, /* tta r1, r0 */
        {0xEC31, 0x0A00}, /* vlldm r1 */
    };
    struct machine *m = *state;

    for (unsigned i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
        machine_write(m, CPACR, 0xF << 20);
        machine_write(m, CFSR, UINT32_MAX);
        PROGRAM(m, START, foreign[i][0], foreign[i][1]);
        machine_go(m, 2);
        assert_int_equal(m->cpu->ipsr, SIM_EXC_HARDFAULT);
        assert_int_equal(machine_read(m, CFSR), UNDEFINSTR);
    }
    sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
    PROGRAM(m, START, 0xE97F, 0xE97F, MOVS(0, 9), SELF); /* sg */
    machine_go(m, 3);
    assert_int_equal(m->cpu->r[0], 9);
}

static void it_says_what_it_is(void **state)
{
    static const uint32_t core[] = {0xE000E000, 0xE0001000, 0xE0002000,
                                    0xE0000000, 0xE0041000, 0xE0042000};
    static const uint32_t architecture[] = {0x47702A04, 0x47701A02, 0x47701A03,
                                            0x47701A01, 0x47724A13, 0x47701A14};
    struct machine *m = *state;

    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(machine_read(m, CPUID), 0x410FD214);
    assert_int_equal(machine_read(m, 0xE000ED44), 0x200); /* ID_PFR1: no Security Extension */
    assert_int_equal(machine_read(m, 0xE000EE08), 0);     /* DSCSR */
    assert_int_equal(machine_read(m, 0xE000EFB8), 0x0F);  /* DAUTHSTATUS */
    assert_int_equal(machine_read(m, CCR), 0x201);
    assert_int_equal(machine_read(m, FP_CTRL), 0x10000080);
    assert_int_equal(machine_read(m, 0xE00FE000), 0x1003); /* the core's table, above this one */
    assert_int_equal(machine_read(m, 0xE00FEFE0), 0x82);
    assert_int_equal(machine_read(m, 0xE00FFFE0), 0xC9);
    assert_int_equal(machine_read(m, 0xE00FFFE4), 0xB4);
    for (unsigned i = 0; i < sizeof core / sizeof *core; i++) {
        assert_int_equal(0xE00FF000 + (machine_read(m, 0xE00FF000 + 4 * i) & ~3u), core[i]);
        assert_int_equal(machine_read(m, core[i] + 0xFBC), architecture[i]);
        assert_int_equal(machine_read(m, core[i] + 0xFE0), 0x21);
        assert_int_equal(machine_read(m, core[i] + 0xFE4), 0xBD);
    }
}

static void the_debugger_sees_that_it_was_let_go(void **state)
{
    struct machine *m = *state;

    machine_halt(m);
    machine_read(m, DHCSR);
    assert_false(machine_read(m, DHCSR) & S_RESTART_ST);
    machine_resume(m); /* which reads DHCSR of a halted core no more */
    machine_halt(m);
    assert_true(machine_read(m, DHCSR) & S_RESTART_ST);
    assert_false(machine_read(m, DHCSR) & S_RESTART_ST);
}

static void there_is_neither_bit_band_nor_vectreset(void **state)
{
    struct machine *m = *state;
    uint32_t value;

    assert_false(sim_cpu_debug_read(m->cpu, 0x22000000, 4, &value));
    machine_go(m, 2);
    machine_halt(m);
    machine_read(m, DHCSR);
    machine_write(m, AIRCR, AIRCR_KEY | 1);
    assert_false(machine_read(m, DHCSR) & S_RESET_ST);
}

#define M33_TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        M33_TEST(handlers_return_by_values_of_their_own),
        M33_TEST(the_process_stack_and_floats_show_in_them),
        M33_TEST(what_a_handler_leaves_in_floats_may_be_cleared),
        M33_TEST(values_of_older_cores_are_refused),
        M33_TEST(a_push_below_the_limit_is_refused),
        M33_TEST(down_to_the_limit_there_is_room),
        M33_TEST(a_full_stack_is_a_hardfault),
        M33_TEST(the_main_stack_has_a_limit_for_handlers_too),
        M33_TEST(limits_are_registers),
        M33_TEST(without_security_there_is_one_state),
        M33_TEST(it_says_what_it_is),
        M33_TEST(the_debugger_sees_that_it_was_let_go),
        M33_TEST(there_is_neither_bit_band_nor_vectreset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
