/* SPDX-License-Identifier: MIT */
/* What a Cortex-M7 has otherwise than M3 and M4: identification, breakpoints anywhere, cache and
 * memory control, no bit-band. */
#include "machine.h"

#define CLIDR 0xE000ED78u
#define CTR 0xE000ED7Cu
#define CCSIDR 0xE000ED80u
#define CSSELR 0xE000ED84u
#define MVFR(n) (0xE000EF40u + 4 * (n))
#define ICIALLU 0xE000EF50u
#define ITCMCR 0xE000EF90u
#define DTCMCR 0xE000EF94u
#define CACR 0xE000EF9Cu
#define CCR_DC (1u << 16)
#define CCR_IC (1u << 17)
#define CCR_BP (1u << 18)
#define CCR_STKALIGN (1u << 9)

/* r0p1 with 4 + 4 KiB of cache, 16 and 64 of memories, as in an STM32F746. */
static int create(void **state)
{
    *state = machine_create(&sim_core_m7_r0p1);
    return 0;
}

static int destroy(void **state)
{
    machine_destroy(*state);
    return 0;
}

static void it_says_what_it_is(void **state)
{
    struct machine *m = *state, *with_doubles = machine_create(&sim_core_m7_r1p1);

    assert_int_equal(machine_read(m, CPUID), 0x410FC271);
    assert_int_equal(machine_read(m, MVFR(0)), 0x10110021);
    assert_int_equal(machine_read(m, MVFR(1)), 0x11000011);
    assert_int_equal(machine_read(m, MVFR(2)), 0x00000040);
    assert_int_equal(machine_read(m, FP_CTRL), 0x10000080);
    assert_int_equal(machine_read(with_doubles, CPUID), 0x411FC271);
    assert_int_equal(machine_read(with_doubles, MVFR(0)), 0x10110221);
    assert_int_equal(machine_read(with_doubles, MVFR(1)), 0x12000011);
    machine_destroy(with_doubles);
}

static uint32_t next_table(struct machine *m, uint32_t table, unsigned entry)
{
    uint32_t value = machine_read(m, table + 4 * entry);

    return value ? table + (value & ~3u) : 0;
}

static uint32_t part(struct machine *m, uint32_t unit)
{
    return machine_read(m, unit + 0xFE0) | (machine_read(m, unit + 0xFE4) & 0xF) << 8;
}

static void its_rom_tables_lead_to_each_other(void **state)
{
    struct machine *m = *state, *h7 = machine_create(&sim_core_m7_r1p1);

    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(part(m, 0xE00FD000), 0x449);
    uint32_t processor = next_table(m, 0xE00FD000, 0);
    assert_int_equal(next_table(m, 0xE00FD000, 1), 0xE0040000);
    assert_int_equal(part(m, processor), 0x4C8);
    uint32_t core = next_table(m, processor, 0);
    assert_int_equal(part(m, next_table(m, processor, 1)), 0x975);
    assert_int_equal(part(m, core), 0x4C7);
    assert_int_equal(next_table(m, core, 0), 0xE000E000);
    assert_int_equal(part(m, next_table(m, core, 2)), 0x00E);
    assert_int_equal(next_table(m, core, 4), 0);

    assert_int_equal(part(h7, 0xE00FE000), 0x450);
    assert_int_equal(part(h7, next_table(h7, 0xE00FE000, 0)), 0x4C7);
    assert_int_equal(part(h7, next_table(h7, 0xE00FE000, 2)), 0x906);
    machine_destroy(h7);
}

static void a_breakpoint_stands_in_ram(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, SRAM + 0x100, NOP, NOP, NOP, B_BACK(2));
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN | C_HALT);
    machine_write(m, DCRDR, SRAM + 0x100);
    machine_write(m, DCRSR, 1u << 16 | 15);
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(7), (SRAM + 0x104) | 1);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_run(m, 100);
    assert_int_equal(machine_read(m, DHCSR) & S_HALT, S_HALT);
    assert_int_equal(machine_read(m, DFSR), DFSR_BKPT | DFSR_HALTED);
    machine_write(m, DCRSR, 15);
    assert_int_equal(machine_read(m, DCRDR), SRAM + 0x104);
}

static void caches_say_how_large_they_are(void **state)
{
    struct machine *m = *state;

    assert_int_equal(machine_read(m, CLIDR), 0x09000003);
    assert_int_equal(machine_read(m, CTR), 0x8303C003);
    assert_int_equal(machine_read(m, CCSIDR), 0xF003E019); /* data: 4 ways of 32 lines */
    machine_write(m, CSSELR, 1);
    assert_int_equal(machine_read(m, CCSIDR), 0xF007E009); /* instructions: 2 ways of 64 */
    machine_write(m, CSSELR, 2);
    assert_int_equal(machine_read(m, CCSIDR), 0); /* no second level */
}

static void its_controls_keep_what_they_have(void **state)
{
    struct machine *m = *state;

    assert_int_equal(machine_read(m, CCR), CCR_BP | CCR_STKALIGN);
    machine_write(m, CCR, CCR_IC | CCR_DC);
    assert_int_equal(machine_read(m, CCR), CCR_BP | CCR_IC | CCR_DC | CCR_STKALIGN);
    assert_int_equal(machine_read(m, ITCMCR), 5u << 3 | 1);
    assert_int_equal(machine_read(m, DTCMCR), 7u << 3 | 1);
    machine_write(m, CACR, 0xFF);
    assert_int_equal(machine_read(m, CACR), 7);
    machine_write(m, ICIALLU, 0);
    assert_int_equal(machine_read(m, ICIALLU), 0);
    machine_write(m, VTOR, 0xFFFFFFFF);
    assert_int_equal(machine_read(m, VTOR), 0xFFFFFF80);
}

/* --- what is in the caches is seen, whatever memory holds --- */

#define DCIMVAC 0xE000EF5Cu
#define DCCISW 0xE000EF74u
#define WORD (FLASH + 0x2000)

static void set_pc(struct machine *m, uint32_t pc)
{
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN | C_HALT);
    machine_write(m, DCRDR, pc);
    machine_write(m, DCRSR, 1u << 16 | 15);
}

static uint32_t core_register(struct machine *m, unsigned number)
{
    machine_write(m, DCRSR, number);
    return machine_read(m, DCRDR);
}

static void step_from(struct machine *m, uint32_t pc)
{
    set_pc(m, pc);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN | C_STEP);
    machine_run(m, 20);
}

static void old_code_runs_until_it_is_invalidated(void **state)
{
    struct machine *m = *state;

    machine_poke(m, START, 0xBF002001); /* movs r0, #1; nop */
    machine_write(m, CCR, CCR_IC);
    step_from(m, START);
    assert_int_equal(core_register(m, 0), 1);
    machine_poke(m, START, 0xBF002002);
    step_from(m, START);
    assert_int_equal(core_register(m, 0), 1);
    machine_write(m, ICIALLU, 0);
    step_from(m, START);
    assert_int_equal(core_register(m, 0), 2);
    machine_poke(m, START, 0xBF002003);
    machine_write(m, CCR, 0); /* off */
    step_from(m, START);
    assert_int_equal(core_register(m, 0), 3);
}

static uint32_t load(struct machine *m)
{
    machine_write(m, DCRDR, WORD);
    machine_write(m, DCRSR, 1u << 16 | 1);
    step_from(m, START);
    return core_register(m, 0);
}

static void old_data_are_read_until_they_are_invalidated(void **state)
{
    struct machine *m = *state;

    machine_poke(m, START, 0xBF006808); /* ldr r0, [r1]; nop */
    machine_poke(m, WORD, 1);
    machine_write(m, CCR, CCR_DC);
    set_pc(m, START);
    assert_int_equal(load(m), 1);
    machine_poke(m, WORD, 2);
    assert_int_equal(load(m), 1);
    assert_int_equal(machine_read(m, WORD), 2); /* past the cache */
    m->cpu->debug_cacheable = true;
    assert_int_equal(machine_read(m, WORD), 1); /* through it */
    machine_write(m, DCIMVAC, WORD);
    assert_int_equal(load(m), 2);
    machine_poke(m, WORD, 3);
    for (uint32_t way = 0; way < 4; way++)
        for (uint32_t set = 0; set < 32; set++)
            machine_write(m, DCCISW, way << 30 | set << 5);
    assert_int_equal(load(m), 3);
}

static void there_is_no_bit_band(void **state)
{
    struct machine *m = *state;
    uint32_t value;

    assert_false(sim_cpu_debug_read(m->cpu, 0x22000000, 4, &value));
    assert_false(sim_cpu_debug_write(m->cpu, 0x22000000, 4, 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)
    const struct CMUnitTest tests[] = {
        TEST(it_says_what_it_is),
        TEST(its_rom_tables_lead_to_each_other),
        TEST(a_breakpoint_stands_in_ram),
        TEST(caches_say_how_large_they_are),
        TEST(its_controls_keep_what_they_have),
        TEST(old_code_runs_until_it_is_invalidated),
        TEST(old_data_are_read_until_they_are_invalidated),
        TEST(there_is_no_bit_band),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
