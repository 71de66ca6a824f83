/* SPDX-License-Identifier: MIT */
/* Why an Armv6-M core faulted, from what its instruction wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "core/fault_v6m.h"

#define T (1u << 24)

/* R1 is nowhere, R2 and R3 unaligned, R4 a list's place; instructions stand at 0x08000100. */
static struct fault_v6m fault(uint16_t first, uint16_t second)
{
    return (struct fault_v6m){
        .r = {0, 0x60000000, 0x20000001, 0x20000002, 0x30000000, 4, 2, 0},
        .sp = 0x1FFFFFF0,
        .pc = 0x08000100,
        .xpsr = T,
        .fetched = true,
        .half = {first, second},
    };
}

static void assert_says(const struct fault_v6m *fault, const char *expected)
{
    char text[100];

    fault_v6m_explain(fault, text, sizeof text);
    assert_string_equal(text, expected);
}

static void accesses_are_where_the_registers_say(void **state)
{
    static const struct {
        uint16_t insn;
        const char *text;
    } rows[] = {
        {0x6808, "data bus error at 0x60000000"},   /* ldr  r0, [r1] */
        {0x6048, "data bus error at 0x60000004"},   /* str  r0, [r1, #4] */
        {0x8048, "data bus error at 0x60000002"},   /* strh r0, [r1, #2] */
        {0x7848, "data bus error at 0x60000001"},   /* ldrb r0, [r1, #1] */
        {0x6818, "unaligned access at 0x20000002"}, /* ldr  r0, [r3] */
        {0x8010, "unaligned access at 0x20000001"}, /* strh r0, [r2] */
        {0x5948, "data bus error at 0x60000004"},   /* ldr  r0, [r1, r5] */
        {0x5F88, "data bus error at 0x60000002"},   /* ldrsh r0, [r1, r6] */
        {0x5988, "unaligned access at 0x60000002"}, /* ldr  r0, [r1, r6] */
        {0x4801, "data bus error at 0x08000108"},   /* ldr  r0, [pc, #4] */
        {0x9801, "data bus error at 0x1ffffff4"},   /* ldr  r0, [sp, #4] */
        {0xC403, "data bus error at 0x30000000"},   /* stm  r4!, {r0, r1} */
        {0xCA03, "unaligned access at 0x20000001"}, /* ldm  r2!, {r0, r1} */
        {0xB503, "data bus error at 0x1fffffe4"},   /* push {r0, r1, lr} */
        {0xBD03, "data bus error at 0x1ffffff0"},   /* pop  {r0, r1, pc} */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault_v6m one = fault(rows[i].insn, 0);
        assert_says(&one, rows[i].text);
    }
}

static void instructions_that_are_not_there_are_undefined(void **state)
{
    static const uint16_t undefined[][2] = {
        {0xDE00, 0},      {0xB100, 0},      {0xB900, 0},      {0xBF08, 0},
        {0xB661, 0},      {0xBA80, 0},      {0xF04F, 0},      {0xE92D, 0x4000},
        {0xFB90, 0xF0F1}, {0xF000, 0xB800}, {0xF3BF, 0x8F2F}, {0xEEB0, 0x0A40},
    };
    static const uint16_t defined[][2] = {
        {0x1C40, 0},      {0xBF00, 0},      {0xB672, 0},      {0xB662, 0},      {0xBA00, 0},
        {0xF000, 0xF800}, {0xF7FF, 0xFFFE}, {0xF3BF, 0x8F4F}, {0xF380, 0x8810}, {0xF3EF, 0x8010},
    };

    (void)state;
    for (size_t i = 0; i < sizeof undefined / sizeof *undefined; i++) {
        struct fault_v6m one = fault(undefined[i][0], undefined[i][1]);
        assert_says(&one, "undefined instruction");
    }
    for (size_t i = 0; i < sizeof defined / sizeof *defined; i++) {
        struct fault_v6m one = fault(defined[i][0], defined[i][1]);
        assert_says(&one, "");
    }
}

static void what_comes_before_execution_comes_first(void **state)
{
    struct fault_v6m one = fault(0x6808, 0);

    (void)state;
    one.fetched = false;
    assert_says(&one, "bus error on an instruction fetch");
    one.pc = 0x40000000;
    assert_says(&one, "instruction fetch from memory that is not executable");
    one.xpsr = 0;
    assert_says(&one,
                "not in Thumb state (a jump to an address with bit 0 clear, or a bad vector)");
    one = fault(0xDF00, 0);
    assert_says(&one, "SVC where it cannot be taken (interrupts off, or in a handler)");
    one = fault(0xBE00, 0);
    assert_says(&one, "BKPT without a debugger");
}

static void the_frame_and_the_registers_left_alone_make_the_state(void **state)
{
    const uint32_t registers[8] = {99, 99, 99, 99, 14, 15, 16, 17};
    struct fault_v6m one;
    uint8_t bytes[32];

    (void)state;
    for (uint32_t i = 0; i < 8; i++)
        put_le32(bytes + 4 * i, i == 7 ? T | 1 << 9 : 10 + i);
    fault_v6m_take(&one, bytes, 0x20000100, registers);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(one.r[i], 10 + i);
    assert_int_equal(one.pc, 16);
    assert_int_equal(one.sp, 0x20000124);
    put_le32(bytes + 28, T);
    fault_v6m_take(&one, bytes, 0x20000100, registers);
    assert_int_equal(one.sp, 0x20000120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accesses_are_where_the_registers_say),
        cmocka_unit_test(instructions_that_are_not_there_are_undefined),
        cmocka_unit_test(what_comes_before_execution_comes_first),
        cmocka_unit_test(the_frame_and_the_registers_left_alone_make_the_state),
    };

    return cmocka_run_group_tests_name("fault_v6m", tests, NULL, NULL);
}
