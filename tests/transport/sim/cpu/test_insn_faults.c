/* SPDX-License-Identifier: MIT */
/* Instructions that fault change no register; encodings that do not exist fault. */
#include "fixture.h"

struct fault_case {
    const char *name;
    uint16_t insn[2];
    enum sim_fault fault;
};

/* R0 is 8 bytes before the end of RAM, R1 nowhere, R2 in RAM but unaligned, SP 4 before the end. */
static const struct fault_case fault_cases[] = {
    {"ldr r3, [r1]", {0x680B}, SIM_FAULT_PRECISERR},
    {"ldr r3, [r1, #4]!", {0xF851, 0x3F04}, SIM_FAULT_PRECISERR},
    {"ldrsb r3, [r1], #-1", {0xF911, 0x3901}, SIM_FAULT_PRECISERR},
    {"str r3, [r1], #4", {0xF841, 0x3B04}, SIM_FAULT_PRECISERR},
    {"ldmia r0!, {r3-r6}: the third one", {0xC878}, SIM_FAULT_PRECISERR},
    {"stmia r0!, {r3-r6}", {0xC078}, SIM_FAULT_PRECISERR},
    {"ldmia.w r0!, {r1-r4}", {0xE8B0, 0x001E}, SIM_FAULT_PRECISERR},
    {"stmdb r1!, {r3, r4}", {0xE921, 0x0018}, SIM_FAULT_PRECISERR},
    {"pop {r3, r4}", {0xBC18}, SIM_FAULT_PRECISERR},
    {"pop {r3, pc}", {0xBD08}, SIM_FAULT_PRECISERR},
    {"ldrd r3, r4, [r0, #4]!", {0xE9F0, 0x3401}, SIM_FAULT_PRECISERR},
    {"strd r3, r4, [r0, #4]!", {0xE9E0, 0x3401}, SIM_FAULT_PRECISERR},
    {"tbb [r1, r0]", {0xE8D1, 0xF000}, SIM_FAULT_PRECISERR},
    {"ldrex r3, [r1]", {0xE851, 0x3F00}, SIM_FAULT_PRECISERR},
    {"ldrt r3, [r7] from private peripherals", {0xF857, 0x3E00}, SIM_FAULT_PRECISERR},
    {"ldmia r2!, {r3, r4}", {0xCA18}, SIM_FAULT_UNALIGNED},
    {"strd r3, r4, [r2], #8", {0xE8E2, 0x3402}, SIM_FAULT_UNALIGNED},
    {"ldrex r3, [r2]", {0xE852, 0x3F00}, SIM_FAULT_UNALIGNED},
    {"strex r3, r4, [r2]", {0xE842, 0x4300}, SIM_FAULT_UNALIGNED},
    {"ldrexh r3, [r2]", {0xE8D2, 0x3F5F}, SIM_FAULT_UNALIGNED},
};

static struct sim_cpu *load_fault_case(struct fixture *fixture, const struct fault_case *c)
{
    struct sim_cpu *cpu = LOAD(fixture, c->insn[0], c->insn[1]);
    for (unsigned i = 0; i < 13; i++)
        cpu->r[i] = 0x11110000 * i;
    cpu->r[0] = RAM_END - 8;
    cpu->r[1] = 0x40000000;
    cpu->r[2] = FLAT_RAM + 1;
    cpu->r[7] = 0xE000ED00;
    cpu->r[13] = RAM_END - 4;
    cpu->apsr = FLAG_C;
    return cpu;
}

static void a_faulting_access_changes_no_register(void **state)
{
    struct fixture fixture;
    (void)state;
    for (size_t i = 0; i < sizeof fault_cases / sizeof *fault_cases; i++) {
        const struct fault_case *c = &fault_cases[i];
        struct sim_cpu *cpu = load_fault_case(&fixture, c), before = *cpu;
        sim_insn_execute(cpu);
        if (fixture.flat.faults != 1 || fixture.flat.fault != c->fault)
            fail_msg("%s: %u faults, %d", c->name, fixture.flat.faults, fixture.flat.fault);
        if (memcmp(before.r, cpu->r, sizeof before.r) != 0 || before.apsr != cpu->apsr)
            fail_msg("%s changed a register", c->name);
        assert_false(cpu->exclusive);
        assert_int_equal(cpu->instructions, 0);
    }
}

static const struct fault_case undefined[] = {
    {"udf", {0xDE00}, SIM_FAULT_UNDEFINSTR},
    {"udf.w", {0xF7F0, 0xA000}, SIM_FAULT_UNDEFINSTR},
    {"b100", {0xB800}, SIM_FAULT_UNDEFINSTR},
    {"setend", {0xB650}, SIM_FAULT_UNDEFINSTR},
    {"ba80", {0xBA80}, SIM_FAULT_UNDEFINSTR},
    {"cps.w", {0xF3AF, 0x8620}, SIM_FAULT_UNDEFINSTR},
    {"blx label", {0xF000, 0xE800}, SIM_FAULT_UNDEFINSTR},
    {"srs", {0xE80D, 0xC010}, SIM_FAULT_UNDEFINSTR},
    {"rfe", {0xE990, 0xC000}, SIM_FAULT_UNDEFINSTR},
    {"str [pc]", {0xF8CF, 0x0000}, SIM_FAULT_UNDEFINSTR},
    {"ldr, op 0xxxxx with bits", {0xF851, 0x0041}, SIM_FAULT_UNDEFINSTR},
    {"ldr, P and W clear", {0xF851, 0x0804}, SIM_FAULT_UNDEFINSTR},
    {"f860", {0xF861, 0x0004}, SIM_FAULT_UNDEFINSTR},
    {"ldrs.w", {0xF9D1, 0x0000}, SIM_FAULT_UNDEFINSTR},
    {"strexd", {0xE8C1, 0x2374}, SIM_FAULT_UNDEFINSTR},
    {"and to pc", {0xEA00, 0x0F01}, SIM_FAULT_UNDEFINSTR},
    {"data, op 5", {0xEAA0, 0x0101}, SIM_FAULT_UNDEFINSTR},
    {"pkhbt: DSP", {0xEAC0, 0x0101}, SIM_FAULT_UNDEFINSTR},
    {"qadd: DSP", {0xFA81, 0xF080}, SIM_FAULT_UNDEFINSTR},
    {"sxtab: DSP", {0xFA41, 0xF080}, SIM_FAULT_UNDEFINSTR},
    {"uadd8: DSP", {0xFA80, 0xF041}, SIM_FAULT_UNDEFINSTR},
    {"smulbb: DSP", {0xFB10, 0xF001}, SIM_FAULT_UNDEFINSTR},
    {"smlald: DSP", {0xFBC0, 0x01C2}, SIM_FAULT_UNDEFINSTR},
    {"umaal: DSP", {0xFBE0, 0x0162}, SIM_FAULT_UNDEFINSTR},
    {"ssat16: DSP", {0xF320, 0x0007}, SIM_FAULT_UNDEFINSTR},
    {"vadd of Advanced SIMD", {0xEF00, 0x0840}, SIM_FAULT_UNDEFINSTR},
    {"mrc p14", {0xEE10, 0x0E10}, SIM_FAULT_NOCP},
    {"vldr", {0xED90, 0x0A00}, SIM_FAULT_NOCP},
    {"vadd.f32", {0xEE30, 0x0A00}, SIM_FAULT_NOCP},
    {"mcr2", {0xFE00, 0x0110}, SIM_FAULT_NOCP},
    {"ldc2", {0xFC90, 0x0100}, SIM_FAULT_NOCP},
};

static void expect_fault(const struct sim_core_model *model, const struct fault_case *c)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD_MODEL(&fixture, model, c->insn[0], c->insn[1]);
    cpu->r[1] = FLAT_RAM;
    sim_insn_execute(cpu);
    if (fixture.flat.faults != 1 || fixture.flat.fault != c->fault)
        fail_msg("%s: %u faults, %d", c->name, fixture.flat.faults, fixture.flat.fault);
    assert_int_equal(cpu->r[15], FLAT_CODE);
    assert_int_equal(fixture.flat.fault_address, FLAT_CODE);
}

static void what_does_not_exist_is_undefined(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof undefined / sizeof *undefined; i++)
        expect_fault(&flat_armv7m, &undefined[i]);
}

/* A5.2.5, A5.2.6: everything else below 0xE800 exists. */
static bool is_undefined_16_bit(unsigned insn)
{
    static const struct {
        uint16_t first, last;
    } holes[] = {{0xB600, 0xB65F}, {0xB680, 0xB8FF}, {0xBA80, 0xBABF}, {0xDE00, 0xDEFF}};
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++) {
        if (insn >= holes[i].first && insn <= holes[i].last)
            return true;
    }
    return false;
}

static void all_other_16_bit_encodings_exist(void **state)
{
    struct fixture fixture;
    (void)state;
    for (unsigned insn = 0; insn < 0xE800; insn++) {
        struct sim_cpu *cpu = LOAD(&fixture, (uint16_t)insn);
        for (unsigned i = 0; i < 15; i++)
            cpu->r[i] = FLAT_RAM + MEMORY_SIZE / 2;
        sim_insn_execute(cpu);
        bool faulted = fixture.flat.faults && fixture.flat.fault == SIM_FAULT_UNDEFINSTR;
        if (faulted != is_undefined_16_bit(insn))
            fail_msg("%04x: %s", insn, faulted ? "undefined" : "executed");
    }
}

static const struct fault_case not_in_armv6m[] = {
    {"cbz", {0xB108}, SIM_FAULT_UNDEFINSTR},
    {"cbnz", {0xB908}, SIM_FAULT_UNDEFINSTR},
    {"it eq", {0xBF08}, SIM_FAULT_UNDEFINSTR},
    {"movw", {0xF240, 0x0001}, SIM_FAULT_UNDEFINSTR},
    {"b.w", {0xF000, 0xB800}, SIM_FAULT_UNDEFINSTR},
    {"beq.w", {0xF000, 0x8000}, SIM_FAULT_UNDEFINSTR},
    {"ldr.w", {0xF8D1, 0x0000}, SIM_FAULT_UNDEFINSTR},
    {"ldmia.w", {0xE891, 0x0006}, SIM_FAULT_UNDEFINSTR},
    {"tbb", {0xE8DF, 0xF000}, SIM_FAULT_UNDEFINSTR},
    {"ldrex", {0xE851, 0x0F00}, SIM_FAULT_UNDEFINSTR},
    {"clrex", {0xF3BF, 0x8F2F}, SIM_FAULT_UNDEFINSTR},
    {"nop.w", {0xF3AF, 0x8000}, SIM_FAULT_UNDEFINSTR},
    {"udiv", {0xFBB0, 0xF0F1}, SIM_FAULT_UNDEFINSTR},
    {"mul.w", {0xFB00, 0xF001}, SIM_FAULT_UNDEFINSTR},
    {"mrc", {0xEE10, 0x0E10}, SIM_FAULT_UNDEFINSTR},
    {"udf.w", {0xF7F0, 0xA000}, SIM_FAULT_UNDEFINSTR},
};

/* What a version of the floating-point extension lacks and the next one has. */
static const struct fpu_case {
    const char *name;
    uint16_t insn[2];
    enum sim_fpu from;
} fpu_cases[] = {
    {"vadd.f32 s0, s1, s2", {0xEE30, 0x0A81}, SIM_FPV4_SP},
    {"vldr d0, [r2]", {0xED92, 0x0B00}, SIM_FPV4_SP},
    {"vsel.f32", {0xFE00, 0x0A00}, SIM_FPV5_SP},
    {"vmaxnm.f32", {0xFE80, 0x0A00}, SIM_FPV5_SP},
    {"vrinta.f32", {0xFEB8, 0x0A40}, SIM_FPV5_SP},
    {"vrintz.f32", {0xEEB6, 0x0AC0}, SIM_FPV5_SP},
    {"vrintx.f32", {0xEEB7, 0x0A40}, SIM_FPV5_SP},
    {"vcvta.s32.f32", {0xFEBC, 0x0AC0}, SIM_FPV5_SP},
    {"vadd.f64", {0xEE30, 0x0B00}, SIM_FPV5_DP},
    {"vmov.f64 d0, d1", {0xEEB0, 0x0B41}, SIM_FPV5_DP},
    {"vmov.f64 d0, #1", {0xEEB7, 0x0B00}, SIM_FPV5_DP},
    {"vcvt.f64.f32", {0xEEB7, 0x0AC0}, SIM_FPV5_DP},
    {"vcvt.f32.f64", {0xEEB7, 0x0BC0}, SIM_FPV5_DP},
    {"vcvt.s32.f64", {0xEEBD, 0x0BC0}, SIM_FPV5_DP},
    {"vsel.f64", {0xFE00, 0x0B00}, SIM_FPV5_DP},
    {"vadd.f64 d16, d0, d0", {0xEE70, 0x0B00}, SIM_FPV5_DP + 1},
    {"vadd.f64 d0, d0, d16", {0xEE30, 0x0B20}, SIM_FPV5_DP + 1},
    {"vmov.f64 d16, #1", {0xEEF7, 0x0B00}, SIM_FPV5_DP + 1},
    {"vcvt.f64.f32 d16, s0", {0xEEF7, 0x0AC0}, SIM_FPV5_DP + 1},
    {"vcvt.s32.f64 s0, d16", {0xEEBD, 0x0BE0}, SIM_FPV5_DP + 1},
    {"vsel.f64 d0, d0, d16", {0xFE00, 0x0B20}, SIM_FPV5_DP + 1},
    {"vrinta.f64 d16", {0xFEF8, 0x0B40}, SIM_FPV5_DP + 1},
    {"vmaxnm with other bits", {0xFE90, 0x0A00}, SIM_FPV5_DP + 1},
    {"vldr of the unconditional kind", {0xFD92, 0x0A00}, SIM_FPV5_DP + 1},
};

static void each_version_of_floating_point_has_its_instructions(void **state)
{
    enum { MODELS = 3 };
    static const struct sim_core_model *const models[MODELS] = {&flat_m4f, &flat_m7sp, &flat_m7};
    (void)state;
    for (size_t i = 0; i < sizeof fpu_cases / sizeof *fpu_cases; i++) {
        const struct fpu_case *c = &fpu_cases[i];
        for (size_t m = 0; m < MODELS; m++) {
            struct fixture fixture;
            struct sim_cpu *cpu = LOAD_MODEL(&fixture, models[m], c->insn[0], c->insn[1]);
            cpu->r[2] = FLAT_RAM;
            sim_insn_execute(cpu);
            bool faulted = fixture.flat.faults && fixture.flat.fault == SIM_FAULT_UNDEFINSTR;
            if (faulted != (models[m]->fpu < c->from))
                fail_msg("%s on %s: %s", c->name, models[m]->name,
                         faulted ? "undefined" : "executed");
        }
    }
}

static void armv6m_lacks_most_32_bit_instructions(void **state)
{
    static const uint16_t present[][2] = {
        {0xF000, 0xF800}, /* bl */
        {0xF380, 0x8808}, /* msr msp, r0 */
        {0xF3EF, 0x8010}, /* mrs r0, primask */
        {0xF3BF, 0x8F4F}, /* dsb */
        {0xF3BF, 0x8F5F}, /* dmb */
        {0xF3BF, 0x8F6F}, /* isb */
        {0xBF30},         /* wfi */
        {0xBA08},         /* rev */
    };
    struct fixture fixture;
    (void)state;
    for (size_t i = 0; i < sizeof not_in_armv6m / sizeof *not_in_armv6m; i++)
        expect_fault(&flat_armv6m, &not_in_armv6m[i]);
    for (size_t i = 0; i < sizeof present / sizeof *present; i++) {
        struct sim_cpu *cpu = LOAD_MODEL(&fixture, &flat_armv6m, present[i][0], present[i][1]);
        sim_insn_execute(cpu);
        assert_int_equal(fixture.flat.faults, 0);
        assert_int_equal(cpu->instructions, 1);
    }
}

static void instructions_are_fetched_up_to_the_last_halfword(void **state)
{
    struct fixture fixture;
    struct sim_cpu *cpu = LOAD(&fixture, 0);
    (void)state;
    put_le16(fixture.code + MEMORY_SIZE - 2, 0x3001); /* adds r0, #1 */
    cpu->r[15] = FLAT_CODE + MEMORY_SIZE - 2;
    sim_insn_execute(cpu);
    assert_int_equal(cpu->r[0], 1);
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.fault, SIM_FAULT_IBUSERR);
    assert_int_equal(fixture.flat.fault_address, FLAT_CODE + MEMORY_SIZE);

    cpu = LOAD(&fixture, 0);
    put_le16(fixture.code + MEMORY_SIZE - 2, 0xF000); /* half a BL */
    cpu->r[15] = FLAT_CODE + MEMORY_SIZE - 2;
    sim_insn_execute(cpu);
    assert_int_equal(fixture.flat.fault, SIM_FAULT_IBUSERR);
    assert_int_equal(cpu->r[15], FLAT_CODE + MEMORY_SIZE - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_faulting_access_changes_no_register),
        cmocka_unit_test(what_does_not_exist_is_undefined),
        cmocka_unit_test(all_other_16_bit_encodings_exist),
        cmocka_unit_test(each_version_of_floating_point_has_its_instructions),
        cmocka_unit_test(armv6m_lacks_most_32_bit_instructions),
        cmocka_unit_test(instructions_are_fetched_up_to_the_last_halfword),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
