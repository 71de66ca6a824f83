/* SPDX-License-Identifier: MIT */
/* The profiles: which core has which, and whether their tables are what gdb and the core expect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/profile.h"

/* The manuals of the cores: "CPUID Base Register". */
static const struct {
    uint32_t cpuid;
    const struct core_profile *profile;
} cores[] = {
    {0x410CC200, &profile_armv6m},      /* M0 */
    {0x410CC601, &profile_armv6m},      /* M0+ */
    {0x411FC231, &profile_armv7m},      /* M3 */
    {0x412FC231, &profile_armv7m},      /* M3 r2 */
    {0x410FC241, &profile_armv7em},     /* M4 */
    {0x411FC271, &profile_armv7em},     /* M7 */
    {0x411CD200, &profile_armv8m_base}, /* M23 */
    {0x410FD214, &profile_armv8m_main}, /* M33 */
    {0x411FD221, &profile_armv8m_main}, /* M55 */
};

static void each_core_has_its_profile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++)
        assert_string_equal(profile_of(cores[i].cpuid)->name, cores[i].profile->name);
}

/* gdb's rules for each feature: names, widths, places inside the word DCRSR selects. */
static void check_table(const struct core_profile *profile)
{
    const struct target_register *table = profile->registers;

    assert_string_equal(table[13].name, "sp");
    assert_string_equal(table[15].name, "pc");
    assert_string_equal(table[16].name, "xpsr");
    for (size_t i = 0; i < profile->register_count; i++) {
        assert_true(table[i].bits == 8 || table[i].bits == 32 || table[i].bits == 64);
        assert_true(table[i].shift == 0 || table[i].bits == 8);
        assert_non_null(strstr(table[i].feature, "org.gnu.gdb.arm."));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(table[j].name, table[i].name);
        /* the registers of a feature stand together */
        if (i > 0 && strcmp(table[i].feature, table[i - 1].feature) != 0)
            for (size_t j = 0; j < i - 1; j++)
                assert_string_not_equal(table[j].feature, table[i].feature);
    }
}

static bool has(const struct core_profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->register_count; i++)
        if (strcmp(profile->registers[i].name, name) == 0)
            return true;
    return false;
}

static void tables_of_registers_are_sound(void **state)
{
    static const struct {
        const struct core_profile *profile;
        unsigned count;
        bool main, fpu;
    } rows[] = {
        {&profile_armv6m, 21, false, false},
        {&profile_armv7m, 23, true, false},
        {&profile_armv7em, 23, true, false},
        {&profile_armv7em_fp, 23 + 17, true, true},
        {&profile_armv8m_base, 21, false, false},
        {&profile_armv8m_main, 25, true, false},
        {&profile_armv8m_main_fp, 25 + 17, true, true},
    };

    (void)state;
    check_table(profile_armv8m_main.with_security);
    check_table(profile_armv8m_main_fp.with_security);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct core_profile *profile = rows[i].profile;
        check_table(profile);
        assert_int_equal(profile->register_count, rows[i].count);
        assert_int_equal(has(profile, "control"), true);
        assert_int_equal(has(profile, "basepri"), rows[i].main);
        assert_int_equal(has(profile, "faultmask"), rows[i].main);
        assert_int_equal(has(profile, "fpscr"), rows[i].fpu);
        assert_int_equal(has(profile, "msplim"), profile->limits);
        assert_int_equal(has(profile, "psplim"), profile->limits);
        assert_int_equal(profile->fpu, rows[i].fpu);
        assert_int_equal(profile->fault_status, rows[i].main);
        assert_int_equal(profile->fault_catches != 0, rows[i].main);
    }
}

/* An FPU adds registers and changes nothing else; nobody has two. */
static void an_fpu_only_adds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        const struct core_profile *plain = profile_of(cores[i].cpuid), *fpu = plain->with_fpu;
        assert_false(plain->fpu);
        if (!fpu)
            continue;
        assert_true(fpu->fpu);
        assert_null(fpu->with_fpu);
        assert_int_equal(fpu->fault_status, plain->fault_status);
        assert_int_equal(fpu->fault_catches, plain->fault_catches);
        assert_int_equal(fpu->dwt, plain->dwt);
        assert_int_equal(fpu->limits, plain->limits);
        for (size_t at = 0; at < plain->register_count; at++)
            assert_string_equal(fpu->registers[at].name, plain->registers[at].name);
    }
}

/* gdb wants these four of the feature, or takes none of the description. */
static void security_brings_the_stack_pointers_of_both_states(void **state)
{
    static const char *const names[] = {"msp_ns", "psp_ns", "msp_s", "psp_s"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(has(profile_armv8m_main.with_security, names[i]));
        assert_true(has(profile_armv8m_main_fp.with_security, names[i]));
        assert_false(has(&profile_armv8m_main_fp, names[i]));
    }
    assert_true(has(profile_armv8m_main_fp.with_security, "fpscr"));
    assert_false(has(profile_armv8m_main.with_security, "fpscr"));
    assert_true(profile_armv8m_main_fp.with_security->fault_catches & 1u << 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_core_has_its_profile),
        cmocka_unit_test(tables_of_registers_are_sound),
        cmocka_unit_test(an_fpu_only_adds),
        cmocka_unit_test(security_brings_the_stack_pointers_of_both_states),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
