/* SPDX-License-Identifier: MIT */
/* Which stations a command line asks for: probes, names, ports, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon.h"
#include "station_places.h"
#include "station_plan.h"

enum { WORDS = 24 };

static struct options options;
static struct station_plans made;
static const struct station_plan *plans; /* its items */
static char said[600];
static char folder[] = "/tmp/probed-plan-XXXXXX";

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
    assert_int_equal(plan("--sim bluepill,noack --gdb 6 --wire-log w"), DAEMON_OK);
    assert_string_equal(plans[0].info.spec, "bluepill,noack");
    assert_int_equal(plans[0].gdb.port, 6);
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

/* A wire log with nothing in it, in a folder of its own. */
static void write_log(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("# probed wire log 1: sim, x\n", file);
    fclose(file);
}

static int plan_replay(const char *path, const char *behind)
{
    char line[400];

    snprintf(line, sizeof line, "--probe replay:%s%s", path, behind);
    return plan(line);
}

static void an_at_in_a_files_name_is_no_name_where_there_is_such_a_file(void **state)
{
    char path[300], named[300], other[300];

    (void)state;
    write_log("log", path, sizeof path);
    assert_int_equal(plan_replay(path, ""), DAEMON_OK);
    assert_string_equal(plans[0].name, "");
    assert_string_equal(plans[0].info.spec, path);
    assert_int_equal(plan_replay(path, "@old"), DAEMON_OK);
    assert_string_equal(plans[0].name, "old");
    assert_string_equal(plans[0].info.spec, path);

    write_log("log@old", named, sizeof named);
    assert_int_equal(plan_replay(named, ""), DAEMON_OK);
    assert_string_equal(plans[0].name, "");
    assert_string_equal(plans[0].info.spec, named);
    assert_int_equal(plan_replay(named, "@left"), DAEMON_OK);
    assert_string_equal(plans[0].name, "left");
    assert_string_equal(plans[0].info.spec, named);

    write_log("a@b!", other, sizeof other);
    assert_int_equal(plan_replay(other, ""), DAEMON_OK);
    assert_string_equal(plans[0].info.spec, other);
    remove(path);
    remove(named);
    remove(other);
}

static void what_is_no_wire_log_is_refused_before_anything_begins(void **state)
{
    char path[300];

    (void)state;
    assert_int_equal(plan("--probe replay:/nowhere/log"), DAEMON_FAILED);
    assert_string_equal(said, "--probe: /nowhere/log cannot be read: No such file or directory");
    snprintf(path, sizeof path, "%s/text", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("some text\n", file);
    fclose(file);
    assert_int_equal(plan_replay(path, ""), DAEMON_FAILED);
    assert_non_null(strstr(said, "it does not begin as a wire log does"));
    remove(path);
}

static void ports_may_be_said_for_each(void **state)
{
    (void)state;
    assert_int_equal(plan("--probe A --probe B --probe C --telnet 100 --telnet 200 --tcl 300 --tcl "
                          "off"),
                     DAEMON_OK);
    assert_int_equal(plans[0].telnet.port, 100);
    assert_int_equal(plans[1].telnet.port, 200);
    assert_int_equal(plans[2].telnet.port, 201);
    assert_int_equal(plans[0].tcl.port, 300);
    assert_true(plans[1].tcl.is_off && plans[2].tcl.is_off);
    assert_int_equal(plan("--probe A --probe B --telnet off --gdb 10 --gdb off"), DAEMON_OK);
    assert_true(plans[1].gdb.is_off);
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
    assert_int_equal(plan("--probe A@a --gdb unix:/run/{serial}/{serial}.sock"), DAEMON_OK);
    assert_string_equal(plans[0].gdb.path, "/run/a/a.sock");
    assert_int_equal(plan("--probe A@a --gdb unix:/run/{x --wire-log {"), DAEMON_OK);
    assert_int_equal(plan("--probe ../x --gdb unix:/run/{serial}"), DAEMON_OK);
    assert_string_equal(plans[0].gdb.path, "/run/.._x");
}

static void places_that_only_look_alike_are_no_collision(void **state)
{
    static const char *const lines[] = {
        "--gdb 127.0.0.1:5000 --tcl 127.0.0.2:5000",
        "--gdb [::1]:5000 --tcl 5000",
        "--gdb 0.0.0.0:5000 --tcl [::1]:5000",
        "--gdb 0 --telnet 0 --tcl 0",
        "--gdb off --telnet off --tcl 3333",
        "--gdb pipe --tcl 3333",
        "--gdb unix:/a --tcl unix:/b",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (plan(lines[i]) != DAEMON_OK)
            fail_msg("%s: \"%s\"", lines[i], said);
}

static void the_telnet_port_that_nobody_asked_for_gives_way(void **state)
{
    (void)state;
    assert_int_equal(plan("--probe A@a --probe B@b --gdb 4443"), DAEMON_OK);
    assert_int_equal(plans[1].gdb.port, 4444);
    assert_true(plans[0].telnet.is_off && !plans[1].telnet.is_off);
    assert_string_equal(said, "--gdb of b takes 127.0.0.1:4444; going on without telnet for a");
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
        {"--probe nix:A", "no kind of probe 'nix'; there are cmsis-dap:, replay:, sim:, stlink:"},
        {"--probe sim:redpill", "there is: bluepill"},
        {"--probe all --probe A", "stands alone"},
        {"--probe all@x", "stands alone"},
        {"--probe A --probe B --gdb pipe", "one --probe"},
        {"--probe A --probe B --gdb unix:/x", "write {serial} into it"},
        {"--probe A --probe B --tcl unix:/x", "write {serial} into it"},
        {"--probe A --probe B --gdb 65535", "not 2 ports"},
        {"--probe A --probe B --wire-log x", "write {serial} into it"},
        {"--gdb unix:/run/{serial}", "Say it with --probe"},
        {"--gdb unix:/run/{serail}.sock", "{serail} stands for nothing in a path; {serial} does"},
        {"--gdb unix:/{serial}/{x}.sock", "{x} stands for nothing"},
        {"--wire-log {name}.log", "--wire-log: {name} stands for nothing"},
        /* What would take the place of what was said before. */
        {"--sim --gdb 1 --gdb 2", "--gdb 2 times: one for each probe, and there is 1"},
        {"--probe A --probe B --tcl 1 --tcl 2 --tcl 3", "--tcl 3 times: one for each probe, and "
                                                        "there are 2"},
        {"--telnet off --telnet 1", "--telnet 2 times"},
        {"--sim bluepill --sim bluepill", "--sim twice: several boards are --probe sim:BOARD"},
        {"--wire-log a --wire-log b", "--wire-log twice"},
        {"--allow-users a --allow-users b", "--allow-users twice"},
        /* Our own places, of which no other program has any. */
        {"--gdb 4444 --telnet 4444", "--gdb and --telnet would both be 127.0.0.1:4444"},
        {"--tcl 3333", "--gdb and --tcl would both be 127.0.0.1:3333"},
        {"--gdb 0.0.0.0:5000 --tcl 5000", "--gdb and --tcl would both be 0.0.0.0:5000"},
        {"--gdb [::]:5000 --tcl 5000", "--gdb and --tcl would both be"},
        {"--gdb [::ffff:127.0.0.1]:5000 --tcl 5000", "--gdb and --tcl would both be"},
        {"--probe A@a --probe B@b --gdb 100 --telnet 101",
         "--telnet of a and --gdb of b would both be 127.0.0.1:101"},
        {"--probe A@a --probe B@b --gdb 100 --gdb 100", "--gdb of a and --gdb of b would both be"},
        {"--probe A@a --probe B@b --gdb unix:/x --gdb unix:/x", "would both be unix:/x"},
        {"--probe A/b --probe A_b --wire-log {serial}", "wire logs of A/b and A_b"},
        {"--probe A@B --probe B", "two probes have the name B"},
        /* Whose fault it is. */
        {"--probe sim:bluepill@fo@o", "a name behind @"},
        {"--probe sim:bluepill@a/b", "a name behind @"},
        {"--probe 066D@a/b", "a name behind @"},
        {"--sim bluepill@left", "--sim gives no name; --probe sim:bluepill@left does"},
        {path, "too long a path"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(plan(cases[i].line), DAEMON_USAGE);
        if (!strstr(said, cases[i].said))
            fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].line, said, cases[i].said);
    }
}

static const struct endpoint *second_core_of(size_t station, size_t number)
{
    static struct endpoint place;

    assert_true(station_places_core(&made, &plans[station], number, &place));
    return &place;
}

static void second_cores_come_behind_the_last_probe(void **state)
{
    struct endpoint place;

    (void)state;
    assert_int_equal(plan("--probe A@a --probe B@b"), DAEMON_OK);
    assert_int_equal(second_core_of(1, 0)->port, 3335);
    assert_int_equal(second_core_of(0, 1)->port, 3336);
    assert_int_equal(plan("--probe A@a --probe B@b --gdb 0.0.0.0:70 --gdb 0.0.0.0:90"), DAEMON_OK);
    assert_int_equal(second_core_of(0, 0)->port, 91);
    assert_int_equal(plan("--gdb 0"), DAEMON_OK);
    assert_int_equal(second_core_of(0, 0)->port, 0);
    assert_int_equal(plan("--gdb unix:/x"), DAEMON_OK);
    assert_string_equal(second_core_of(0, 0)->path, "/x.core1");
    assert_int_equal(plan("--gdb 65535"), DAEMON_OK);
    assert_false(station_places_core(&made, &plans[0], 0, &place));
    assert_int_equal(plan("--gdb off"), DAEMON_OK);
    assert_false(station_places_core(&made, &plans[0], 0, &place));
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int finish(void **state)
{
    (void)state;
    rmdir(folder);
    free(made.items);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_probe_is_the_daemon_as_it_was),
        cmocka_unit_test(each_probe_has_a_name_and_ports_in_the_order_given),
        cmocka_unit_test(an_at_in_a_files_name_is_no_name_where_there_is_such_a_file),
        cmocka_unit_test(what_is_no_wire_log_is_refused_before_anything_begins),
        cmocka_unit_test(ports_may_be_said_for_each),
        cmocka_unit_test(second_cores_come_behind_the_last_probe),
        cmocka_unit_test(a_path_may_hold_the_name),
        cmocka_unit_test(places_that_only_look_alike_are_no_collision),
        cmocka_unit_test(the_telnet_port_that_nobody_asked_for_gives_way),
        cmocka_unit_test(what_cannot_be_is_refused_in_one_sentence),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
