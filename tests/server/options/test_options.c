/* SPDX-License-Identifier: MIT */
/* The command line: words, values, complaints; where a server listens; which word was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "options/options.h"
#include "suggest.h"

enum { WORDS = 24 };

static char why[240];

/* Parses words parted by single spaces. */
static bool parse(struct options *options, const char *line)
{
    static char text[512];
    const char *argv[WORDS] = {"probed"};
    int argc = 1;

    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    why[0] = '\0';
    return options_parse(options, argc, argv, why, sizeof why);
}

static void nothing_said_means_the_defaults(void **state)
{
    struct options options;

    (void)state;
    assert_true(parse(&options, ""));
    assert_null(options.sim);
    assert_string_equal(options.gdb.address, "127.0.0.1");
    assert_int_equal(options.gdb.port, 3333);
    assert_int_equal(options.connect, TARGET_CONNECT_LADDER);
    assert_int_equal(options.log_level, LOG_INFO);
    assert_int_equal(options.speed_khz, 0);
    assert_false(options.once);
}

static void a_configuration_of_openocd_is_no_file_of_commands(void **state)
{
    struct options options;

    (void)state;
    assert_false(parse(&options, "-f interface/stlink.cfg -f target/stm32f1x.cfg"));
    assert_non_null(strstr(why, "probed --as openocd"));
    assert_true(parse(&options, "-f provision.probed --file cfg"));
    assert_int_equal(options.command_count, 2);
}

static void sim_takes_the_next_word_unless_it_is_an_option(void **state)
{
    struct options options;

    (void)state;
    assert_true(parse(&options, "--sim"));
    assert_string_equal(options.sim, "bluepill");
    assert_true(parse(&options, "--sim --once"));
    assert_string_equal(options.sim, "bluepill");
    assert_true(options.once);
    assert_true(parse(&options, "--sim bluepill,noack --once"));
    assert_string_equal(options.sim, "bluepill,noack");
    assert_true(parse(&options, "--sim=bluepill,clone"));
    assert_string_equal(options.sim, "bluepill,clone");
}

/* What is no board is a word of its own: a tool's file, say. */
static void sim_leaves_words_that_name_no_board(void **state)
{
    struct options options;
    const char *const argv[] = {"flash", "--sim", "blink.elf", "--sim", "bluepill,clone", "halt"};
    int at = 1;

    (void)state;
    options_init(&options);
    assert_int_equal(options_take(&options, 6, argv, &at, why, sizeof why), OPTION_TAKEN);
    assert_int_equal(at, 1);
    assert_string_equal(options.sim, "bluepill");
    assert_string_equal(options.behind_sim, "blink.elf");
    options_init(&options);
    at = 3;
    assert_int_equal(options_take(&options, 6, argv, &at, why, sizeof why), OPTION_TAKEN);
    assert_int_equal(at, 4);
    assert_string_equal(options.sim, "bluepill,clone");
    at = 1;
    options_skip(6, argv, &at);
    assert_int_equal(at, 1);
    at = 3;
    options_skip(6, argv, &at);
    assert_int_equal(at, 4);
}

static void options_are_skipped_with_their_values(void **state)
{
    const char *const argv[] = {"--once", "--gdb", "3", "--gdb=3", "-c", "halt", "--what", "info"};
    static const int last[] = {0, 2, 2, 3, 5, 5, 6, 7};

    (void)state;
    for (int i = 0; i < 7; i++) {
        int at = i;

        if (argv[i][0] != '-')
            continue;
        options_skip(8, argv, &at);
        assert_int_equal(at, last[i]);
    }
}

static void the_environment_may_name_a_board(void **state)
{
    struct options options;

    (void)state;
    setenv("PROBED_SIM", "bluepill,noack", 1);
    assert_true(parse(&options, ""));
    assert_string_equal(options.sim, "bluepill,noack");
    assert_true(options.sim_by_environment);
    assert_true(parse(&options, "--sim"));
    assert_string_equal(options.sim, "bluepill");
    assert_false(options.sim_by_environment);
    assert_true(parse(&options, "--probe X"));
    assert_null(options.sim);
    unsetenv("PROBED_SIM");
}

static void ports_may_be_off(void **state)
{
    struct options options;

    (void)state;
    assert_true(parse(&options, "--gdb off"));
    assert_true(options.gdb.is_off && !options.telnet.is_off);
    assert_true(parse(&options, "--gdb off --gdb 5"));
    assert_false(options.gdb.is_off);
    assert_true(parse(&options, "--gdb off --telnet off -c halt"));
    assert_false(parse(&options, "--gdb off --telnet off"));
    assert_non_null(strstr(why, "nothing to do"));
}

static void every_option_is_read(void **state)
{
    struct options options;

    (void)state;
    assert_true(parse(&options, "--probe A --probe usb:1-2 --gdb 0.0.0.0:0 --speed 4000 --connect "
                                "under-reset -c halt --command reg --vtref 1.8"));
    assert_int_equal(options.probe_count, 2);
    assert_string_equal(options.probes[1], "usb:1-2");
    assert_string_equal(options.gdb.address, "0.0.0.0");
    assert_int_equal(options.gdb.port, 0);
    assert_int_equal(options.speed_khz, 4000);
    assert_int_equal(options.vtref_mv, 1800);
    assert_int_equal(options.connect, TARGET_CONNECT_UNDER_RESET);
    assert_int_equal(options.command_count, 2);
    assert_string_equal(options.commands[1], "reg");
    assert_true(parse(&options, "--once --log debug --wire-log w --telnet off --version -h"));
    assert_int_equal(options.log_level, LOG_DEBUG);
    assert_string_equal(options.wire_log, "w");
    assert_true(options.version && options.help);
}

static void wrong_words_get_a_sentence(void **state)
{
    static const struct {
        const char *line, *said;
    } cases[] = {
        {"--simm", "did you mean --sim"},
        {"--conect attach", "did you mean --connect"},
        {"-x", "unknown option '-x'"},
        {"bluepill", "unexpected word 'bluepill'"},
        {"--sim redpill", "there is: bluepill"},
        {"--sim blink.elf", "probed debug"},
        {"-v", "--log debug"},
        {"--serial 1", "--probe SERIAL"},
        {"--connect-under-reset", "--connect under-reset"},
        {"--frobnicate", "see probed --help"},
        {"--gdb", "--gdb needs a value"},
        {"--gdb 99999", "no port number"},
        {"--gdb ::1:3333", "[::1]:3333"},
        {"--gdb example.org:1", "no address"},
        {"--tcl x", "--tcl: 'x' has no port number"},
        {"--telnet x", "no port number"},
        {"--speed fast", "not a number of kHz"},
        {"--flash-size 128", "not a size like 128k or 1M"},
        {"--flash-size 0k", "not a size"},
        {"--flash-size 99M", "not a size"},
        {"--vtref 0", "not a supply in volts between 1.6 and 3.7"},
        {"--vtref 3300", "not a supply in volts"},
        {"--vtref nan", "not a supply in volts"},
        {"--vtref 3.3V", "not a supply in volts"},
        {"--speed 0", "between 1 and 100000"},
        {"--speed -5", "not a number"},
        {"--connect undereset", "did you mean under-reset"},
        {"--connect gently", "unknown 'gently'; there are normal, attach, under-reset, pre-reset"},
        {"--log loud", "error, warn, info, debug"},
        {"--once=yes", "takes no value"},
        {"--sim --probe X", "exclude"},
    };
    struct options options;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(parse(&options, cases[i].line));
        if (!strstr(why, cases[i].said))
            fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].line, why, cases[i].said);
        assert_null(strchr(why, '\n'));
    }
}

static void endless_repetition_is_refused(void **state)
{
    const char *argv[2 * OPTIONS_COMMANDS + 3] = {"probed"};
    struct options options;
    int argc = 1;

    (void)state;
    for (size_t i = 0; i < OPTIONS_COMMANDS; i++) {
        argv[argc++] = "-c";
        argv[argc++] = "halt";
    }
    assert_true(options_parse(&options, argc, argv, why, sizeof why));
    argv[argc++] = "-c";
    argv[argc++] = "halt";
    assert_false(options_parse(&options, argc, argv, why, sizeof why));
}

static void help_names_every_option(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    options_print_help(out);
    fclose(out);
    assert_non_null(strstr(text, "  -c, --command CMD"));
    assert_non_null(strstr(text, "--wire-log FILE"));
    assert_non_null(strstr(text, "PROBED_SIM"));
    /* examples come first */
    assert_true(strstr(text, "probed --sim ") < strstr(text, "options:"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) <= 100);
    free(text);
}

static void endpoints_read_as_they_are_written(void **state)
{
    static const char *const cases[][2] = {
        {"3333", "127.0.0.1:3333"},     {"localhost:1", "127.0.0.1:1"},
        {"[::1]:65535", "[::1]:65535"}, {"unix:/tmp/a:b", "unix:/tmp/a:b"},
        {"0.0.0.0:0", "0.0.0.0:0"},
    };
    static const char *const wrong[] = {"",   ":",     ":3333", "x:1",   "1.2.3:1", "[::1]",
                                        "-1", "65536", "3333 ", "unix:", "[]:1",    "127.0.0.1:"};
    struct endpoint endpoint;
    char text[160], path[200] = "unix:";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(endpoint_parse(cases[i][0], &endpoint, why, sizeof why));
        endpoint_format(&endpoint, text, sizeof text);
        assert_string_equal(text, cases[i][1]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(endpoint_parse(wrong[i], &endpoint, why, sizeof why));
    memset(path + 5, 'p', ENDPOINT_PATH);
    assert_false(endpoint_parse(path, &endpoint, why, sizeof why));
    path[5 + ENDPOINT_PATH - 1] = '\0';
    assert_true(endpoint_parse(path, &endpoint, why, sizeof why));
}

static void the_nearest_word_is_found(void **state)
{
    static const char *const names[] = {"halt", "help", "mdw", "reset", "resume"};

    (void)state;
    assert_int_equal(edit_distance("", "abc"), 3);
    assert_int_equal(edit_distance("kitten", "sitting"), 3);
    assert_int_equal(edit_distance("rseet", "reset"), 1);
    assert_int_equal(edit_distance("same", "same"), 0);
    assert_string_equal(suggest("rset", names, 5, sizeof *names), "reset");
    assert_string_equal(suggest("hatl", names, 5, sizeof *names), "halt");
    assert_string_equal(suggest("resu", names, 5, sizeof *names), "resume");
    assert_null(suggest("load", names, 5, sizeof *names));
    assert_null(suggest("test", names, 5, sizeof *names)); /* two slips from reset */
    assert_null(suggest("--", names, 5, sizeof *names));
    assert_null(suggest("nonsense", names, 5, sizeof *names));
    assert_null(suggest("a-word-much-longer-than-any-command-has", names, 5, sizeof *names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_said_means_the_defaults),
        cmocka_unit_test(a_configuration_of_openocd_is_no_file_of_commands),
        cmocka_unit_test(sim_takes_the_next_word_unless_it_is_an_option),
        cmocka_unit_test(sim_leaves_words_that_name_no_board),
        cmocka_unit_test(options_are_skipped_with_their_values),
        cmocka_unit_test(the_environment_may_name_a_board),
        cmocka_unit_test(ports_may_be_off),
        cmocka_unit_test(every_option_is_read),
        cmocka_unit_test(wrong_words_get_a_sentence),
        cmocka_unit_test(endless_repetition_is_refused),
        cmocka_unit_test(help_names_every_option),
        cmocka_unit_test(endpoints_read_as_they_are_written),
        cmocka_unit_test(the_nearest_word_is_found),
    };

    unsetenv("PROBED_SIM");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
