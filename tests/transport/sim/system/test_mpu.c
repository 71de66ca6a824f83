/* SPDX-License-Identifier: MIT */
/* The memory protection unit of Armv8-M, and TT, which asks it (DDI 0553). */
#include "machine.h"

#define MPU_TYPE 0xE000ED90u
#define MPU_CTRL 0xE000ED94u
#define MPU_RNR 0xE000ED98u
#define MPU_RBAR 0xE000ED9Cu
#define MPU_RLAR 0xE000EDA0u
#define MPU_RBAR_A1 0xE000EDA4u
#define MPU_MAIR0 0xE000EDC0u
#define MMFAR 0xE000ED34u
#define DACCVIOL (1u << 1)
#define IACCVIOL (1u << 0)
#define MMARVALID (1u << 7)
enum { XN = 1, ANYBODY = 2, READ_ONLY = 4, ENABLE = 1, PRIVDEFENA = 4 };
#define TT_R1_R0 0xE840, 0xF100
#define TTT_R1_R0 0xE840, 0xF140
#define MRVALID (1u << 16)
#define MAY_READ (1u << 18)
#define MAY_WRITE (1u << 19)

static int setup(void **state)
{
    *state = machine_create(&sim_core_m33);
    return 0;
}

static void region(struct machine *m, unsigned i, uint32_t first, uint32_t last, uint32_t rights)
{
    machine_write(m, MPU_RNR, i);
    machine_write(m, MPU_RBAR, (first & ~31u) | rights);
    machine_write(m, MPU_RLAR, (last & ~31u) | ENABLE);
}

/* One instruction, of which R0 is the address. */
static unsigned exception_of(struct machine *m, uint16_t insn, uint32_t r0)
{
    machine_write(m, SHCSR, SHCSR_FAULTS_ENABLED);
    machine_go(m, 1);
    PROGRAM(m, START, insn, NOP, SELF);
    machine_halt(m);
    machine_set(m, 15, START);
    machine_set(m, 0, r0);
    machine_write(m, CFSR, UINT32_MAX);
    machine_resume(m);
    machine_go(m, 2);
    return m->cpu->ipsr;
}

static void registers_keep_what_is_written(void **state)
{
    struct machine *m = *state;

    assert_int_equal(machine_read(m, MPU_TYPE), 0x800);
    region(m, 5, SRAM, SRAM + 0x3FF, XN | ANYBODY);
    assert_int_equal(machine_read(m, MPU_RBAR), SRAM | XN | ANYBODY);
    assert_int_equal(machine_read(m, MPU_RLAR), (SRAM + 0x3E0) | ENABLE);
    machine_write(m, MPU_RNR, 4);
    assert_int_equal(machine_read(m, MPU_RBAR), 0);
    assert_int_equal(machine_read(m, MPU_RBAR_A1), SRAM | XN | ANYBODY);
    machine_write(m, MPU_MAIR0, 0x12345678);
    assert_int_equal(machine_read(m, MPU_MAIR0), 0x12345678);
    sim_cpu_reset(m->cpu, SIM_RESET_SYSTEM);
    machine_write(m, MPU_RNR, 5);
    assert_int_equal(machine_read(m, MPU_RBAR), 0);
}

static void read_only_memory_is_not_written(void **state)
{
    struct machine *m = *state;

    region(m, 0, SRAM, SRAM + 0xFF, READ_ONLY | ANYBODY | XN);
    assert_int_equal(exception_of(m, STR(1, 0), SRAM + 0x80), 0); /* the MPU is off */
    machine_write(m, MPU_CTRL, ENABLE | PRIVDEFENA);
    assert_int_equal(exception_of(m, LDR(1, 0), SRAM + 0x80), 0);
    assert_int_equal(exception_of(m, STR(1, 0), SRAM + 0x100), 0);
    machine_poke(m, SRAM + 0x80, 0x77);
    assert_int_equal(exception_of(m, STR(1, 0), SRAM + 0x80), SIM_EXC_MEMMANAGE);
    assert_int_equal(machine_read(m, CFSR), DACCVIOL | MMARVALID);
    assert_int_equal(machine_read(m, MMFAR), SRAM + 0x80);
    assert_int_equal(machine_peek(m, SRAM + 0x80), 0x77);
}

static void memory_of_nobody_is_not_reached(void **state)
{
    struct machine *m = *state;

    region(m, 0, FLASH, FLASH + 0xFFFF, READ_ONLY | ANYBODY);
    region(m, 1, SRAM + 0x1000, SRAM + 0x4FFF, ANYBODY | XN);
    machine_write(m, MPU_CTRL, ENABLE);
    assert_int_equal(exception_of(m, LDR(1, 0), SRAM + 0x1000), 0);
    assert_int_equal(exception_of(m, LDR(1, 0), SRAM + 0xFFC), SIM_EXC_MEMMANAGE);
}

static void two_regions_at_one_place_are_a_fault(void **state)
{
    struct machine *m = *state;

    region(m, 0, SRAM, SRAM + 0xFF, ANYBODY);
    region(m, 7, SRAM + 0xE0, SRAM + 0x1FF, ANYBODY);
    machine_write(m, MPU_CTRL, ENABLE | PRIVDEFENA);
    assert_int_equal(exception_of(m, LDR(1, 0), SRAM + 0xC0), 0);
    assert_int_equal(exception_of(m, LDR(1, 0), SRAM + 0xF0), SIM_EXC_MEMMANAGE);
}

static void data_is_not_executed(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, SRAM + 0x40, NOP, SELF);
    PROGRAM(m, SRAM + 0x140, NOP, SELF);
    region(m, 0, SRAM, SRAM + 0xFF, ANYBODY | XN);
    machine_write(m, MPU_CTRL, ENABLE | PRIVDEFENA);
    assert_int_equal(exception_of(m, BX(0), SRAM + 0x141), 0);
    assert_int_equal(exception_of(m, BX(0), SRAM + 0x41), SIM_EXC_MEMMANAGE);
    assert_int_equal(machine_read(m, CFSR), IACCVIOL);
}

static uint32_t test_target(struct machine *m, uint16_t first, uint16_t second, uint32_t address)
{
    machine_go(m, 1);
    PROGRAM(m, START, first, second, SELF);
    machine_halt(m);
    machine_set(m, 15, START);
    machine_set(m, 0, address);
    machine_resume(m);
    machine_go(m, 1);
    return m->cpu->r[1];
}

static uint32_t tt(struct machine *m, uint32_t address)
{
    static const uint16_t insn[] = {TT_R1_R0};

    return test_target(m, insn[0], insn[1], address);
}

static uint32_t ttt(struct machine *m, uint32_t address)
{
    static const uint16_t insn[] = {TTT_R1_R0};

    return test_target(m, insn[0], insn[1], address);
}

static void tt_says_what_may_be_done(void **state)
{
    struct machine *m = *state;

    assert_int_equal(tt(m, SRAM + 0x80), MAY_READ | MAY_WRITE);
    region(m, 3, SRAM, SRAM + 0xFF, READ_ONLY | XN);
    machine_write(m, MPU_CTRL, ENABLE | PRIVDEFENA);
    assert_int_equal(tt(m, SRAM + 0x80), MRVALID | 3 | MAY_READ);
    assert_int_equal(ttt(m, SRAM + 0x80), MRVALID | 3);
    assert_int_equal(tt(m, SRAM + 0x100), MAY_READ | MAY_WRITE);
}

#define MPU_TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MPU_TEST(registers_keep_what_is_written),
        MPU_TEST(read_only_memory_is_not_written),
        MPU_TEST(memory_of_nobody_is_not_reached),
        MPU_TEST(two_regions_at_one_place_are_a_fault),
        MPU_TEST(data_is_not_executed),
        MPU_TEST(tt_says_what_may_be_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
