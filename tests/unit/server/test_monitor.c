/* SPDX-License-Identifier: MIT */
/* Monitor commands on a simulated board: the table, what they print, what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "monitor.h"
#include "probe.h"

static struct unit unit;
static char output[8192];

static void on_output(void *user, const char *text, size_t length)
{
    size_t used = strlen(output);

    (void)user;
    assert_true(used + length < sizeof output);
    memcpy(output + used, text, length);
    output[used + length] = '\0';
}

/* What a line prints; its failure comes last, in brackets. */
static const char *monitor(const char *line)
{
    struct job job;
    struct monitor monitor = {.unit = &unit, .job = &job};

    output[0] = '\0';
    job_init(&job, NULL);
    job.output = on_output;
    struct job *before = unit_enter(&unit, &job);
    enum err err = monitor_run(&monitor, line);
    unit_leave(&unit, before);
    if (err != ERR_OK) {
        const char *why = job_text(&job, err);

        on_output(NULL, "[", 1);
        on_output(NULL, why, strlen(why));
        on_output(NULL, "]", 1);
    }
    return output;
}

#define assert_says(line, part)                                          \
    do {                                                                 \
        if (!strstr(monitor(line), part))                                \
            fail_msg("%s: no \"%s\" in \"%s\"", (line), (part), output); \
    } while (0)

static int set_up(void **state)
{
    struct unit_options options = {.connect = TARGET_CONNECT_NORMAL};
    struct probe_info info;
    struct job job;

    (void)state;
    job_init(&job, NULL);
    assert_int_equal(probe_sim_info("bluepill", &info, &job), ERR_OK);
    unit_init(&unit, NULL, &options, &info, NULL);
    return unit_connect(&unit, &job) == ERR_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    unit_finish(&unit);
    return 0;
}

static void the_table_is_sorted_and_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < monitor_command_count; i++) {
        const struct monitor_command *command = &monitor_commands[i];

        assert_true(i == 0 || strcmp(command[-1].name, command->name) < 0);
        assert_true(command->min_words <= command->max_words);
        assert_int_equal(command->max_words == 0, command->usage[0] == '\0');
        assert_true(command->max_words < MONITOR_WORDS);
        assert_true(strlen(command->help) > 8);
        assert_non_null(command->run);
        assert_says("help", command->name);
    }
}

static void mistakes_get_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(monitor("resett"), "[unknown command 'resett'; did you mean reset? "
                                           "help lists all]");
    assert_string_equal(monitor("xyzzy"), "[unknown command 'xyzzy'; help lists all]");
    assert_string_equal(monitor("mdw"), "[usage: mdw ADDRESS [COUNT]]");
    assert_string_equal(monitor("halt now"), "[usage: halt]");
    assert_string_equal(monitor("reset gently"), "[usage: reset [run|halt|init]]");
    assert_string_equal(monitor("echo {"), "[a brace is not closed]");
    assert_says("mdw zero", "not an address");
    assert_says("mdw 0x20000000 -1", "not a count");
    assert_says("mdw 0x20000002", "not a multiple of 4");
    assert_says("mdw 0xfffffffc 2", "beyond the last address");
    assert_says("mwb 0x20000000 256", "not a number of 8 bits");
    assert_says("sim nonsense", "boot0");
    assert_string_equal(monitor(""), "");
}

static void memory_is_shown_as_openocd_does(void **state)
{
    (void)state;
    assert_string_equal(monitor("mww 0x20000000 0x11223344 9; mwh 0x20000004 0xabcd;"
                                "mwb 0x20000008 0x5a 3"),
                        "");
    assert_string_equal(monitor("mdw 0x20000000"), "0x20000000: 11223344 \n");
    assert_string_equal(monitor("mdw 0x20000000 9"),
                        "0x20000000: 11223344 1122abcd 115a5a5a 11223344 11223344 11223344 "
                        "11223344 11223344 \n0x20000020: 11223344 \n");
    assert_string_equal(monitor("mdh 0x20000004 2"), "0x20000004: abcd 1122 \n");
    assert_string_equal(monitor("mdb 536870920 4"), "0x20000008: 5a 5a 5a 11 \n");
    assert_says("mdw 0x60000000", "FAULT");
    assert_says("mdw 0x20004ff8 4", "FAULT"); /* no zeros behind the end of memory */
}

static void registers_need_a_halted_core(void **state)
{
    (void)state;
    monitor("reset run");
    assert_null(strstr(monitor("reg"), "====="));
    assert_says("reg", "halted");
    assert_says("halt", "pc: 0x"); /* a blank chip: it stood in lockup */
    assert_string_equal(monitor("reg r3 0x1234"), "r3 (/32): 0x00001234\n");
    assert_string_equal(monitor("reg r3"), "r3 (/32): 0x00001234\n");
    assert_string_equal(monitor("reg 3"), "r3 (/32): 0x00001234\n");
    assert_string_equal(monitor("reg primask 1"), "primask (/8): 0x01\n");
    assert_string_equal(monitor("reg r99"), "[register r99 not found in current target]");
    assert_says("reg r3 0x100000000", "not a number of 32 bits");
    assert_says("reg", "===== arm v7m registers\n(0) r0 (/32): 0x");
    assert_says("reg", "\n(3) r3 (/32): 0x00001234\n");
}

static void run_control_works(void **state)
{
    (void)state;
    monitor("halt; mww 0x20000400 0xbf00bf00; reg pc 0x20000400; reg xpsr 0x01000000");
    assert_says("step", "stepped, pc: 0x20000402");
    monitor("mwh 0x20000402 0xe7fe; resume"); /* b . */
    assert_says("status", "core: running");
    assert_says("halt", "pc: 0x20000402");
    assert_says("halt", "pc: 0x20000402");
    assert_says("status", "core: halted, pc: 0x20000402");
    assert_says("status", "64 KiB flash");
    assert_says("reset halt", "halted by the reset");
}

static void counters_count(void **state)
{
    (void)state;
    assert_says("stats", "virtual time: ");
    assert_says("stats", "DAP transactions: ");
    assert_says("stats", "instructions: ");
    assert_null(strstr(output, "DAP transactions: 0\n"));
}

static void nothing_hangs_without_a_target(void **state)
{
    (void)state;
    monitor("sim fault +noack");
    assert_says("mdw 0x20000000", "[");
    assert_says("halt", "[");
    assert_says("reg", "[");
    assert_says("status", "not connected");
    assert_says("help", "resume");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_complete),
        cmocka_unit_test(mistakes_get_a_sentence),
        cmocka_unit_test(memory_is_shown_as_openocd_does),
        cmocka_unit_test(registers_need_a_halted_core),
        cmocka_unit_test(run_control_works),
        cmocka_unit_test(counters_count),
        cmocka_unit_test(nothing_hangs_without_a_target),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
