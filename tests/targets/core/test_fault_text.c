/* SPDX-License-Identifier: MIT */
/* Fault status registers in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/core.h"
#include "core/fault_secure.h"
#include "core/fault_text.h"
#include "core/stop.h"

static void assert_sentence(uint32_t cfsr, uint32_t hfsr, uint32_t mmfar, uint32_t bfar,
                            unsigned exception, uint32_t pc, const char *expected)
{
    struct stop_facts facts = {.scb = {cfsr, hfsr, 0, mmfar, bfar}};
    char text[200];

    fault_explain(&facts, exception, "", pc, text, sizeof text);
    assert_string_equal(text, expected);
}

static void bus_errors_name_the_address(void **state)
{
    (void)state;
    assert_sentence(0x8200, 0x40000000, 0, 0x60000000, 3, 0x080001F2,
                    "HardFault: precise data bus error at 0x60000000 (BFAR), instruction at "
                    "0x080001f2");
    assert_sentence(0x0200, 0, 0, 0x60000000, 5, 0, "BusFault: precise data bus error");
    assert_sentence(0x0400, 0, 0, 0x60000000, 5, 0x100,
                    "BusFault: imprecise data bus error (a write some instructions earlier), "
                    "instruction at 0x00000100");
}

static void usage_faults_are_told_apart(void **state)
{
    (void)state;
    assert_sentence(0x02000000, 0, 0, 0, 6, 0x100,
                    "UsageFault: division by zero, instruction at 0x00000100");
    assert_sentence(0x00010000, 0x40000000, 0, 0, 3, 0, "HardFault: undefined instruction");
    assert_sentence(0x0082, 0, 0x20000010, 0, 4, 0,
                    "MemManage: data access forbidden by the MPU at 0x20000010 (MMFAR)");
}

static void armv8m_has_more(void **state)
{
    (void)state;
    assert_sentence(0x00100000, 0x40000000, 0, 0, 3, 0x08000102,
                    "HardFault: stack overflow, instruction at 0x08000102");
    assert_sentence(0, 0, 0, 0, 7, 0, "SecureFault");
}

static void assert_secure(uint32_t sfsr, const char *expected)
{
    char text[100];

    fault_secure_explain(sfsr, 0x30000010, text, sizeof text);
    assert_string_equal(text, expected);
}

static void a_secure_fault_says_what_was_refused(void **state)
{
    (void)state;
    assert_secure(0x48,
                  "access to a Secure address from code that is not Secure at 0x30000010 (SFAR)");
    assert_secure(0x01, "branch into Secure code elsewhere than to an SG instruction");
    assert_secure(0x04, "exception return that does not fit the security state");
    assert_secure(0, "");
}

static void several_causes_are_all_named(void **state)
{
    (void)state;
    assert_sentence(0x1200, 2, 0, 0, 3, 0,
                    "HardFault: bus error when reading the vector table, precise data bus error, "
                    "bus error when stacking for an exception (stack overflow?)");
}

static void a_cause_that_is_no_bit_is_told_too(void **state)
{
    struct stop_facts facts = {0};
    char text[100];

    (void)state;
    fault_explain(&facts, 3, "unaligned access at 0x20000001", 0x100, text, sizeof text);
    assert_string_equal(text,
                        "HardFault: unaligned access at 0x20000001, instruction at 0x00000100");
}

static void nothing_known_is_not_embellished(void **state)
{
    (void)state;
    assert_sentence(0, 0, 0, 0, 3, 0, "HardFault");
    assert_sentence(0, 0, 0, 0, 0, 0, "fault");
}

static void a_long_sentence_is_cut_not_overrun(void **state)
{
    struct stop_facts facts = {.scb = {0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0}};
    char text[60];

    (void)state;
    fault_explain(&facts, 3, "", 1, text, sizeof text);
    assert_int_equal(strlen(text), sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bus_errors_name_the_address),
        cmocka_unit_test(usage_faults_are_told_apart),
        cmocka_unit_test(armv8m_has_more),
        cmocka_unit_test(a_secure_fault_says_what_was_refused),
        cmocka_unit_test(several_causes_are_all_named),
        cmocka_unit_test(a_cause_that_is_no_bit_is_told_too),
        cmocka_unit_test(nothing_known_is_not_embellished),
        cmocka_unit_test(a_long_sentence_is_cut_not_overrun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
