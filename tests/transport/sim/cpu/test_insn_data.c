/* SPDX-License-Identifier: MIT */
/* Results and flags where random tests seldom hit the edge. */
#include "fixture.h"

struct alu_case {
    const char *name;
    uint16_t insn[2];
    uint32_t r0, r1, flags; /* before; the instruction works on R0 and R1 */
    uint32_t result, flags_after;
};

static const struct alu_case alu_cases[] = {
    {"adcs 0 + 0 + C", {0x4148}, 0, 0, FLAG_C, 1, 0},
    {"adcs max + 0 + C", {0x4148}, 0xFFFFFFFF, 0, FLAG_C, 0, FLAG_Z | FLAG_C},
    {"adcs max + max + C", {0x4148}, ~0u, ~0u, FLAG_C, ~0u, FLAG_N | FLAG_C},
    {"adcs int max + C", {0x4148}, 0x7FFFFFFF, 0, FLAG_C, 0x80000000, FLAG_N | FLAG_V},
    {"sbcs 0 - 0, no borrow", {0x4188}, 0, 0, FLAG_C, 0, FLAG_Z | FLAG_C},
    {"sbcs 0 - 0, borrow", {0x4188}, 0, 0, 0, ~0u, FLAG_N},
    {"sbcs 0 - max, borrow", {0x4188}, 0, ~0u, 0, 0, FLAG_Z},
    {"sbcs int min - 0, borrow", {0x4188}, 0x80000000, 0, 0, 0x7FFFFFFF, FLAG_C | FLAG_V},
    {"cmp int min, 1", {0x4288}, 0x80000000, 1, 0, 0x80000000, FLAG_C | FLAG_V},
    {"rsbs of 0", {0x4248}, 9, 0, 0, 0, FLAG_Z | FLAG_C},
    {"rsbs of int min", {0x4248}, 9, 0x80000000, 0, 0x80000000, FLAG_N | FLAG_V},
    {"lsls by 0 keeps C", {0x4088}, 5, 0, FLAG_C, 5, FLAG_C},
    {"lsls by 256 is by 0", {0x4088}, 5, 0x100, FLAG_C, 5, FLAG_C},
    {"lsls by 32: C is bit 0", {0x4088}, 1, 32, 0, 0, FLAG_Z | FLAG_C},
    {"lsls by 33", {0x4088}, ~0u, 33, FLAG_C, 0, FLAG_Z},
    {"lsls by 255", {0x4088}, ~0u, 255, FLAG_C, 0, FLAG_Z},
    {"lsrs by 32: C is bit 31", {0x40C8}, 0x80000000, 32, 0, 0, FLAG_Z | FLAG_C},
    {"lsrs by 33", {0x40C8}, ~0u, 33, FLAG_C, 0, FLAG_Z},
    {"asrs by 32", {0x4108}, 0x80000000, 32, 0, ~0u, FLAG_N | FLAG_C},
    {"asrs by 255, positive", {0x4108}, 0x7FFFFFFF, 255, FLAG_C, 0, FLAG_Z},
    {"rors by 32: C is bit 31", {0x41C8}, 0x80000001, 32, 0, 0x80000001, FLAG_N | FLAG_C},
    {"rors by 33", {0x41C8}, 1, 33, 0, 0x80000000, FLAG_N | FLAG_C},
    {"rors by 0 keeps C", {0x41C8}, 1, 0, FLAG_C, 1, FLAG_C},
    {"lsrs #32", {0x0808}, 9, 0x80000000, 0, 0, FLAG_Z | FLAG_C},
    {"asrs #32", {0x1008}, 9, 0x80000000, 0, ~0u, FLAG_N | FLAG_C},
    {"movs r0, r1 keeps C and V", {0x0008}, 9, 0, FLAG_C | FLAG_V, 0, FLAG_Z | FLAG_C | FLAG_V},
    {"rrxs with C", {0xEA5F, 0x0031}, 9, 0, FLAG_C, 0x80000000, FLAG_N},
    {"rrxs without", {0xEA5F, 0x0031}, 9, 1, 0, 0, FLAG_Z | FLAG_C},
    {"muls keeps C and V", {0x4348}, 1u << 31, 2, FLAG_C | FLAG_V, 0, FLAG_Z | FLAG_C | FLAG_V},
    {"ands.w #0x80000000: C", {0xF011, 0x4000}, 9, ~0u, 0, 0x80000000, FLAG_N | FLAG_C},
    {"ands.w #0xFF: C kept", {0xF011, 0x00FF}, 9, ~0u, FLAG_C, 0xFF, FLAG_C},
    {"orrs.w #0x00AB00AB", {0xF051, 0x10AB}, 9, 0, 0, 0x00AB00AB, 0},
    {"orrs.w #0xAB00AB00", {0xF051, 0x20AB}, 9, 0, 0, 0xAB00AB00, FLAG_N},
    {"orrs.w #0xABABABAB", {0xF051, 0x30AB}, 9, 0, 0, 0xABABABAB, FLAG_N},
    {"sdiv int min / -1", {0xFB90, 0xF0F1}, 0x80000000, ~0u, 0, 0x80000000, 0},
    {"sdiv -7 / 2", {0xFB90, 0xF0F1}, (uint32_t)-7, 2, 0, (uint32_t)-3, 0},
    {"sdiv by 0", {0xFB90, 0xF0F1}, 5, 0, 0, 0, 0},
    {"udiv by 0", {0xFBB0, 0xF0F1}, 5, 0, 0, 0, 0},
    {"udiv", {0xFBB0, 0xF0F1}, ~0u, 2, 0, 0x7FFFFFFF, 0},
    {"clz of 0", {0xFAB1, 0xF081}, 9, 0, 0, 32, 0},
    {"rbit", {0xFA91, 0xF0A1}, 9, 0x00000003, 0, 0xC0000000, 0},
    {"revsh", {0xBAC8}, 9, 0x00000080, 0, 0xFFFF8000, 0},
    {"ssat #8 of 200", {0xF301, 0x0007}, 9, 200, 0, 127, SIM_APSR_Q},
    {"ssat #8 of -128", {0xF301, 0x0007}, 9, (uint32_t)-128, 0, (uint32_t)-128, 0},
    {"ssat #32", {0xF301, 0x001F}, 9, 0x80000000, 0, 0x80000000, 0},
    {"usat #8 of -1", {0xF381, 0x0008}, 9, ~0u, 0, 0, SIM_APSR_Q},
    {"usat #0 of 1", {0xF381, 0x0000}, 9, 1, 0, 0, SIM_APSR_Q},
    {"a flag-setting addition keeps Q", {0x1840}, 0, 0, SIM_APSR_Q, 0, SIM_APSR_Q | FLAG_Z},
    {"ubfx whole register", {0xF3C1, 0x001F}, 9, 0x89ABCDEF, 0, 0x89ABCDEF, 0},
    {"sbfx of bit 31", {0xF341, 0x70C0}, 9, 0x80000000, 0, ~0u, 0},
    {"bfi of bit 31", {0xF361, 0x70DF}, 0, 1, 0, 0x80000000, 0},
    {"bfc of all", {0xF36F, 0x001F}, ~0u, 0, 0, 0, 0},
    {"sxtb.w, rotated by 24", {0xFA4F, 0xF0B1}, 9, 0x80000000, 0, 0xFFFFFF80, 0},
};

static void arithmetic_gives_the_result_and_flags_of_the_manual(void **state)
{
    struct fixture fixture;
    (void)state;
    for (size_t i = 0; i < sizeof alu_cases / sizeof *alu_cases; i++) {
        const struct alu_case *c = &alu_cases[i];
        struct sim_cpu *cpu = LOAD(&fixture, c->insn[0], c->insn[1]);
        cpu->r[0] = c->r0;
        cpu->r[1] = c->r1;
        cpu->apsr = c->flags;
        sim_insn_execute(cpu);
        if (cpu->r[0] != c->result || cpu->apsr != c->flags_after)
            fail_msg("%s: %08x, flags %08x", c->name, cpu->r[0], cpu->apsr);
        assert_int_equal(fixture.flat.faults, 0);
        assert_int_equal(cpu->r[15], FLAT_CODE + (sim_insn_is_32bit(c->insn[0]) ? 4 : 2));
    }
}

static void division_by_zero_faults_when_trapped(void **state)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD(&fixture, 0xFB90, 0xF0F1);
    (void)state;
    fixture.flat.traps_div0 = true;
    cpu->r[0] = 5;
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.fault, SIM_FAULT_DIVBYZERO);
    assert_int_equal(cpu->r[0], 5);
    assert_int_equal(cpu->r[15], FLAT_CODE);
    assert_int_equal(cpu->instructions, 0);
}

static void the_stack_pointer_stays_aligned(void **state)
{
    static const uint16_t writers[][2] = {
        {0x4685},         /* mov sp, r0 */
        {0x4485},         /* add sp, r0 */
        {0xF8D1, 0xD000}, /* ldr.w sp, [r1] */
        {0xF1A0, 0x0D01}, /* sub.w sp, r0, #1 */
        {0xF85D, 0x0B01}, /* ldr.w r0, [sp], #1 */
    };
    struct fixture fixture;
    (void)state;
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        struct sim_cpu *cpu = LOAD(&fixture, writers[i][0], writers[i][1]);
        cpu->r[0] = FLAT_RAM + 0x103;
        cpu->r[1] = FLAT_RAM;
        put_le32(fixture.ram, FLAT_RAM + 0x207);
        sim_insn_execute(cpu);
        assert_int_equal(fixture.flat.faults, 0);
        assert_int_equal(cpu->r[13] & 3, 0);
    }
}

static void a_store_exclusive_needs_a_load_exclusive(void **state)
{
    struct fixture fixture;
    /* strex r2, r1, [r0]; ldrex r3, [r0]; strex r2, r1, [r0, #4]; ldrex; clrex; strex */
    struct sim_cpu *cpu = LOAD(&fixture, 0xE840, 0x1200, 0xE850, 0x3F00, 0xE840, 0x1201, 0xE850,
                               0x3F00, 0xF3BF, 0x8F2F, 0xE840, 0x1200);
    (void)state;
    cpu->r[0] = FLAT_RAM;
    cpu->r[1] = 0x12345678;
    sim_insn_execute(cpu);
    assert_int_equal(cpu->r[2], 1);
    assert_int_equal(get_le32(fixture.ram), 0);
    sim_insn_execute(cpu);
    sim_insn_execute(cpu); /* the Cortex-M3 does not look at the address */
    assert_int_equal(cpu->r[2], 0);
    assert_int_equal(get_le32(fixture.ram + 4), 0x12345678);
    flat_run(&fixture.flat, 0, 3);
    assert_int_equal(cpu->r[2], 1);
    assert_int_equal(get_le32(fixture.ram), 0);
}

static void cycles_are_plausible(void **state)
{
    static const struct {
        uint16_t insn[2];
        unsigned cycles;
    } cases[] = {
        {{0x1840}, 1},         /* adds */
        {{0x4348}, 1},         /* muls */
        {{0x9800}, 2},         /* ldr r0, [sp] */
        {{0xB40F}, 5},         /* push of four */
        {{0xE7FE}, 3},         /* b . */
        {{0xFB90, 0xF0F1}, 2}, /* sdiv 0 / 0 */
    };
    struct fixture fixture;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_cpu *cpu = LOAD(&fixture, cases[i].insn[0], cases[i].insn[1]);
        sim_insn_execute(cpu);
        assert_int_equal(cpu->cycles, cases[i].cycles);
        assert_int_equal(cpu->instructions, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_gives_the_result_and_flags_of_the_manual),
        cmocka_unit_test(division_by_zero_faults_when_trapped),
        cmocka_unit_test(the_stack_pointer_stays_aligned),
        cmocka_unit_test(a_store_exclusive_needs_a_load_exclusive),
        cmocka_unit_test(cycles_are_plausible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
