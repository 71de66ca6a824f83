/* SPDX-License-Identifier: MIT */
/* Which users of this machine may use us. */
#include "net/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool knows(const struct peer_rules *rules, uid_t uid)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->users[i] == uid)
            return true;
    return false;
}

static void users_are_names_or_numbers(void **state)
{
    struct peer_rules rules;
    char why[160];

    (void)state;
    setenv("SUDO_UID", "4711", 1);
    assert_true(peer_rules_init(&rules, NULL, why, sizeof why));
    assert_true(knows(&rules, geteuid()) && knows(&rules, 0) && knows(&rules, 4711));
    assert_false(rules.all || peer_rules_admit_others(&rules));
    unsetenv("SUDO_UID");
    assert_true(peer_rules_init(&rules, "daemon,4712", why, sizeof why));
    assert_true(knows(&rules, 1) && knows(&rules, 4712));
    assert_false(knows(&rules, 4711) || rules.all);
    assert_true(peer_rules_init(&rules, "all", why, sizeof why));
    assert_true(rules.all && peer_rules_admit_others(&rules));
}

static void unknown_users_are_said(void **state)
{
    static const char *const wrong[] = {"no-such-user", "0x10", "4294967295", "-1", "root;daemon"};
    struct peer_rules rules;
    char why[160];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(peer_rules_init(&rules, wrong[i], why, sizeof why));
        assert_non_null(strstr(why, wrong[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_are_names_or_numbers),
        cmocka_unit_test(unknown_users_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
