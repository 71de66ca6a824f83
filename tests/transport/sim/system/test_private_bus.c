/* SPDX-License-Identifier: MIT */
/* The private peripheral bus from outside, and bit-band: identification, holes, widths. */
#include <string.h>

#include "machine.h"

#define ROM_TABLE 0xE00FF000u

/* The 64 bits of PIDR, or the 32 of CIDR. */
static uint64_t identification(struct machine *m, uint32_t unit)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 4; i++) {
        value |= (uint64_t)machine_read(m, unit + 0xFE0 + 4 * i) << 8 * i;
        value |= (uint64_t)machine_read(m, unit + 0xFD0 + 4 * i) << (32 + 8 * i);
    }
    return value;
}

static uint32_t component(struct machine *m, uint32_t unit)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < 4; i++)
        value |= machine_read(m, unit + 0xFF0 + 4 * i) << 8 * i;
    return value;
}

static void rom_table_leads_to_the_units(void **state)
{
    static const struct {
        uint32_t base, cidr;
        uint64_t pidr;
    } units[] = {
        {0xE000E000, 0xB105E00D, 0x4001BB000}, {0xE0001000, 0xB105E00D, 0x4001BB002},
        {0xE0002000, 0xB105E00D, 0x4000BB003}, {0xE0000000, 0xB105E00D, 0x4001BB001},
        {0xE0040000, 0xB105900D, 0x4001BB923}, {0xE0041000, 0xB105900D, 0x4001BB924},
    };
    struct machine *m = *state;

    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(component(m, ROM_TABLE), 0xB105100D);
    assert_int_equal(identification(m, ROM_TABLE), 0x00000A0410); /* ST, 0x410 */
    assert_int_equal(machine_read(m, ROM_TABLE + 0xFCC), 1);
    for (unsigned i = 0; i < sizeof units / sizeof *units; i++) {
        uint32_t entry = machine_read(m, ROM_TABLE + 4 * i);
        assert_int_equal(entry & 3, 3);
        assert_int_equal(ROM_TABLE + (entry & ~3u), units[i].base);
        assert_int_equal(component(m, units[i].base), units[i].cidr);
        assert_true(identification(m, units[i].base) == units[i].pidr);
    }
    assert_int_equal(machine_read(m, ROM_TABLE + 4 * 6), 0);
}

static void trace_units_are_dead_without_trcena(void **state)
{
    struct machine *m = *state;

    assert_int_equal(component(m, 0xE0001000), 0);
    assert_int_equal(component(m, 0xE0000000), 0);
    assert_int_equal(component(m, 0xE0002000), 0xB105E00D);
}

static void clones_say_who_they_are(void **state)
{
    struct machine *m = machine_create(&sim_core_m3_r2p0);

    assert_int_equal(machine_read(m, CPUID), 0x412FC230);
    assert_true(identification(m, ROM_TABLE) == 0x4000BB4C3);
    assert_int_equal(machine_read(m, CCR), 1u << 9);
    machine_destroy(m);
}

static void unknown_addresses_are_bus_faults_but_in_the_scs(void **state)
{
    struct machine *m = *state;
    uint32_t value;

    assert_int_equal(machine_read(m, 0xE000ED90), 0); /* no MPU */
    assert_int_equal(machine_read(m, 0xE000EA00), 0);
    machine_write(m, 0xE000EA00, 1);
    assert_false(sim_cpu_debug_read(m->cpu, 0xE0003000, 4, &value));
    assert_false(sim_cpu_debug_read(m->cpu, 0xE000F000, 4, &value));
    assert_false(sim_cpu_debug_write(m->cpu, 0xE0044000, 4, 0));
    assert_false(sim_cpu_ppb_read(m->cpu, 0xE0042000, 4, &value));
}

static void core_identifies_itself(void **state)
{
    struct machine *m = *state;

    assert_int_equal(machine_read(m, CPUID), 0x411FC231);
    assert_int_equal(machine_read(m, 0xE000ED40), 0x30);
    assert_int_equal(machine_read(m, 0xE000ED48), 0x00100000);
    assert_int_equal(machine_read(m, AIRCR), 0xFA050000);
}

static void itm_keeps_its_lock(void **state)
{
    struct machine *m = *state;

    machine_write(m, DEMCR, TRCENA);
    assert_int_equal(machine_read(m, 0xE0000FB4), 3);
    machine_write(m, 0xE0000E00, 0xFF);
    assert_int_equal(machine_read(m, 0xE0000E00), 0);
    machine_write(m, 0xE0000FB0, 0xC5ACCE55);
    machine_write(m, 0xE0000E00, 0xFF);
    assert_int_equal(machine_read(m, 0xE0000E00), 0xFF);
    assert_int_equal(machine_read(m, 0xE0000000), 1); /* a stimulus port is ready */
}

static void bits_have_words_of_their_own(void **state)
{
    struct machine *m = *state;
    uint32_t alias = 0x22000000 + (0x21 * 8 + 3) * 4; /* bit 3 of SRAM + 0x21 */

    machine_poke(m, SRAM + 0x20, 0xFFFF00FF);
    assert_int_equal(machine_read(m, alias), 0);
    machine_write(m, alias, 0xFFFFFFFF);
    assert_int_equal(machine_peek(m, SRAM + 0x20), 0xFFFF08FF);
    assert_int_equal(machine_read(m, alias), 1);
    machine_write(m, alias - 4 * 8, 0xFFFFFFFE); /* only bit 0 counts */
    assert_int_equal(machine_peek(m, SRAM + 0x20), 0xFFFF08F7);
    machine_write(m, 0x42000000 + 17 * 4, 1);
    assert_int_equal(m->device, 1u << 17);
}

static void programs_use_bit_band(void **state)
{
    struct machine *m = *state;

    PROGRAM(m, START, MOVS(0, 1), STR(0, 1), LDRB(2, 1), SELF);
    m->cpu->r[1] = 0x42000000 + 30 * 4;
    machine_go(m, 3);
    assert_int_equal(m->device, 1u << 30);
    assert_int_equal(m->cpu->r[2], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(rom_table_leads_to_the_units),
        MACHINE_TEST(trace_units_are_dead_without_trcena),
        cmocka_unit_test(clones_say_who_they_are),
        MACHINE_TEST(unknown_addresses_are_bus_faults_but_in_the_scs),
        MACHINE_TEST(core_identifies_itself),
        MACHINE_TEST(itm_keeps_its_lock),
        MACHINE_TEST(bits_have_words_of_their_own),
        MACHINE_TEST(programs_use_bit_band),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
