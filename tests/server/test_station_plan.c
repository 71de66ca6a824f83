/* SPDX-License-Identifier: MIT */
/* Which stations a command line asks for: probes, names, ports, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon.h"
#include "station_plan.h"

enum { WORDS = 24 };

static struct options options;
static struct station_plans made;
static const struct station_plan *plans; /* its items */
static char said[600];

static void on_log(void *user, enum log_level level, const char *line)
{
    (void)user;
    (void)level;
    snprintf(said, sizeof said, "%s", line);
}

/* Words parted by single spaces; returns the exit code, `said` is why. */
static int plan(const char *line)
{
    static char text[512];
    const struct log log = {.level = LOG_INFO, .write = on_log};
    const char *argv[WORDS] = {"probed"};
    int argc = 1;

    free(made.items);
    made.items = NULL;
    said[0] = '\0';
    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    if (!options_parse(&options, argc, argv, said, sizeof said))
        return DAEMON_USAGE;
    int code = station_plan_all(&options, &log, &made);

    plans = made.items;
    return code;
}

static void one_probe_is_the_daemon_as_it_was(void **state)
{
    (void)state;
    assert_int_equal(plan(""), DAEMON_OK);
    assert_int_equal(made.count, 1);
    assert_true(plans[0].alone);
    assert_string_equal(plans[0].name, "");
    assert_string_equal(plans[0].selector, "");
    assert_int_equal(plans[0].gdb.port, 3333);
    assert_int_equal(plans[0].telnet.port, 4444);
    assert_true(plans[0].tcl.is_off);
    assert_int_equal(plan("--sim bluepill,noack --gdb 5 --gdb 6 --wire-log w"), DAEMON_OK);
    assert_string_equal(plans[0].info.spec, "bluepill,noack");
    assert_int_equal(plans[0].gdb.port, 6); /* the later word counts */
    assert_string_equal(plans[0].wire_log, "w");
    assert_int_equal(plan("--probe 066D@left"), DAEMON_OK);
    assert_true(plans[0].alone);
    assert_string_equal(plans[0].name, "left");
    assert_string_equal(plans[0].selector, "066D");
}

static void each_probe_has_a_name_and_ports_in_the_order_given(void **state)
{
    (void)state;
    assert_int_equal(
        plan("--probe sim:bluepill@a --probe 066D --probe sim:bluepill,noack --tcl 6666"),
        DAEMON_OK);
    assert_int_equal(made.count, 3);
    assert_string_equal(plans[0].name, "a");
    assert_string_equal(plans[1].name, "066D");
    assert_string_equal(plans[2].name, "SIM2");
    assert_null(plans[1].info.driver);
    assert_string_equal(plans[2].info.spec, "bluepill,noack");
    for (size_t i = 0; i < 3; i++) {
        assert_false(plans[i].alone);
        assert_int_equal(plans[i].gdb.port, 3333 + i);
        assert_int_equal(plans[i].telnet.port, 4444 + i);
        assert_int_equal(plans[i].tcl.port, 6666 + i);
    }
}

static void an_at_in_a_path_is_no_name(void **state)
{
    (void)state;
    assert_int_equal(plan("--probe replay:/home/me@work/log"), DAEMON_OK);
    assert_string_equal(plans[0].name, "");
    assert_string_equal(plans[0].info.spec, "/home/me@work/log");
    assert_int_equal(plan("--probe replay:/home/me@work/log@old"), DAEMON_OK);
    assert_string_equal(plans[0].name, "old");
    assert_string_equal(plans[0].info.spec, "/home/me@work/log");
}

static void gdb_may_be_said_for_each(void **state)
{
    (void)state;
    assert_int_equal(plan("--probe A --probe B --probe C --gdb 100 --gdb 200"), DAEMON_OK);
    assert_int_equal(plans[0].gdb.port, 100);
    assert_int_equal(plans[1].gdb.port, 200);
    assert_int_equal(plans[2].gdb.port, 201);
    assert_int_equal(plan("--probe A --probe B --gdb off --gdb unix:/run/b"), DAEMON_OK);
    assert_true(plans[0].gdb.is_off);
    assert_string_equal(plans[1].gdb.path, "/run/b");
    assert_int_equal(plan("--probe A --probe B --gdb 0"), DAEMON_OK);
    assert_int_equal(plans[1].gdb.port, 0);
}

static void a_path_may_hold_the_name(void **state)
{
    (void)state;
    assert_int_equal(plan("--probe sim:bluepill --probe 066D@b --gdb unix:/run/{serial}.sock "
                          "--wire-log /tmp/{serial}.log --telnet off"),
                     DAEMON_OK);
    assert_string_equal(plans[0].gdb.path, "/run/SIM0.sock");
    assert_string_equal(plans[1].gdb.path, "/run/b.sock");
    assert_string_equal(plans[1].wire_log, "/tmp/b.log");
    assert_true(plans[1].telnet.is_off);
    assert_int_equal(plan("--probe replay:../../x --gdb unix:/run/{serial}"), DAEMON_OK);
    assert_null(strstr(plans[0].gdb.path, ".."));
    assert_int_equal(plan("--probe ../x --gdb unix:/run/{serial}"), DAEMON_OK);
    assert_string_equal(plans[0].gdb.path, "/run/.._x");
}

static void what_cannot_be_is_refused_in_one_sentence(void **state)
{
    static const char path[] = "--probe A@0123456789abcdef0123456789abcde --gdb "
                               "unix:/0123456789/0123456789/0123456789/0123456789/0123456789/"
                               "0123456789/0123456789/{serial}.sock";
    static const struct {
        const char *line, *said;
    } cases[] = {
        {"--probe A --probe A", "--probe A twice"},
        {"--probe A@x --probe B@x", "two probes have the name @x"},
        {"--probe A@", "a name behind @"},
        {"--probe A@x!", "a name behind @"},
        {"--probe @x", "a selector has"},
        {"--probe nix:A", "no kind of probe 'nix'; there are replay:, sim:, stlink:"},
        {"--probe sim:redpill", "there is: bluepill"},
        {"--probe all --probe A", "stands alone"},
        {"--probe all@x", "stands alone"},
        {"--probe A --probe B --gdb pipe", "one --probe"},
        {"--probe A --probe B --gdb unix:/x", "write {serial} into it"},
        {"--probe A --probe B --tcl unix:/x", "write {serial} into it"},
        {"--probe A --probe B --gdb 65535", "not 2 ports"},
        {"--probe A --probe B --wire-log x", "write {serial} into it"},
        {"--gdb unix:/run/{serial}", "Say it with --probe"},
        {path, "too long a path"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(plan(cases[i].line), DAEMON_USAGE);
        if (!strstr(said, cases[i].said))
            fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].line, said, cases[i].said);
    }
}

static int finish(void **state)
{
    (void)state;
    free(made.items);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_probe_is_the_daemon_as_it_was),
        cmocka_unit_test(each_probe_has_a_name_and_ports_in_the_order_given),
        cmocka_unit_test(an_at_in_a_path_is_no_name),
        cmocka_unit_test(gdb_may_be_said_for_each),
        cmocka_unit_test(a_path_may_hold_the_name),
        cmocka_unit_test(what_cannot_be_is_refused_in_one_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, finish);
}
