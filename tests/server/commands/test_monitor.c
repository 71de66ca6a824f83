/* SPDX-License-Identifier: MIT */
/* Monitor commands on a simulated board: the table, what they print, what they refuse. */
#include "commands/monitor_commands.h"
#include "commands/monitor_words.h"
#include "monitor_rig.h"

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

static void names_are_known_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < monitor_alias_count; i++) {
        const struct monitor_alias *alias = &monitor_aliases[i];
        char line[200] = "help";

        assert_true(i == 0 || strcmp(alias[-1].name, alias->name) < 0);
        for (size_t k = 0; k < monitor_command_count; k++)
            assert_string_not_equal(alias->name, monitor_commands[k].name);
        /* What it means begins a command. */
        for (size_t k = 0; alias->means[k] && strcmp(alias->means[k], "all") != 0; k++)
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s", alias->means[k]);
        assert_null(strstr(monitor(line), "no command begins"));
    }
}

static void help_is_made_from_the_table(void **state)
{
    (void)state;
    assert_says("help flash probe", "flash probe BANK ");
    assert_says("help gdb_sync", "the same as gdb sync");
    assert_says("usage halt", "halt [MS] ");
    assert_says("help rset", "[no command begins with 'rset'; did you mean reset?");
    assert_null(strstr(monitor("help flash"), "reset"));
}

static size_t place_in_help(const char *part)
{
    const char *found = strstr(rig.output, part);

    if (!found)
        fail_msg("no \"%s\" in help", part);
    return (size_t)(found - rig.output);
}

/* Grouped, and what people type first stands first; each once, and none without a word on it but
 * what scripts say. */
static void help_is_by_subject(void **state)
{
    static const char *const order[] = {
        "the core:\n",
        "\nhalt ",
        "\nresume ",
        "\nmemory:\n",
        "\nmdw ",
        "\nflash:\n",
        "\nprogram FILE",
        "\nflash write_image ",
        "\nthe probe and the board:\n",
        "\nadapter speed ",
        "\nthis program:\n",
        "\nhelp ",
        "\nfor scripts",
        "\nnot there yet:\n",
        "profile",
    };

    (void)state;
    monitor("help");
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
        assert_true(place_in_help(order[i - 1]) < place_in_help(order[i]));
    for (size_t i = 0; i < monitor_command_count; i++) {
        char line[200];
        const char *found;

        snprintf(line, sizeof line, "\n%s %s", monitor_commands[i].name, monitor_commands[i].usage);
        found = strstr(rig.output, line);
        assert_null(found ? strstr(found + 1, line) : NULL);
    }
    char *rest = strstr(rig.output, "\nfor scripts");
    assert_non_null(rest);
    for (char *line = strtok(rest, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) <= 80);
}

static void hands_reach_the_simulated_board(void **state)
{
    (void)state;
    assert_says("sim", "simulated Blue Pill: power on");
    assert_prints("sim pin PA0 1", "PA0: floating input, driven to 1, reads 1\n");
    monitor("halt; mww 0x40021018 4");
    assert_prints("mdw 0x40010808", "0x40010808: 0000a001 \n");
    assert_prints("sim pin", "PA0: floating input, driven to 1, reads 1\n");
    assert_prints("sim pin PA0 float; sim pin", "PA0: floating input, not driven, reads 0\n"
                                                "no pin is driven; sim pin PA0 1 drives one\n");
    monitor("sim boot0 1; sim nrst press; sim nrst release; sim boot0 0");
    assert_says("sim", "BOOT0 0");
    assert_says("help sim pin", "sim pin [PIN [0|1|float]]");
}

static void mistakes_get_a_sentence(void **state)
{
    (void)state;
    assert_prints("resett", "[unknown command 'resett'; did you mean reset? help lists all]");
    assert_prints("xyzzy", "[unknown command 'xyzzy'; help lists all]");
    assert_prints("flash prob 0",
                  "[unknown command 'flash prob'; did you mean flash probe? help lists all]");
    assert_prints("cortex_m", "[cortex_m wants one of: maskisr, reset_config, vector_catch]");
    assert_says("flash nothing_like_it", "[flash wants one of: banks, erase_address");
    assert_prints("mdw", "[usage: mdw [phys] ADDRESS [COUNT]]");
    assert_prints("stats now", "[usage: stats]");
    assert_prints("reset gently", "[usage: reset [run|halt|init]]");
    assert_prints("echo {", "[a brace is not closed]");
    assert_says("sim nonsense", "boot0");
    assert_prints("sim pin PA16", "['PA16' is no pin: they are PA0 to PA15, up to PE0 to PE15]");
    assert_prints("sim power", "[usage: sim power off|on]");
    assert_prints("", "");
    assert_prints("\"\"", "[unknown command ''; help lists all]");
}

static void a_line_is_run_up_to_its_first_failure(void **state)
{
    (void)state;
    assert_prints("echo a; echo {b;c} \"d\"\necho e", "a\nb;c d\ne\n");
    assert_prints("echo a; halt x; echo b", "a\n['x' is not a number of milliseconds]");
    assert_prints("echo a; shutdown; echo b", "a\nshutdown command invoked\n");
    assert_int_equal(rig.last.outcome, MONITOR_SHUTDOWN);
    assert_prints("echo -n a; echo", "a\n");
}

static void other_spellings_mean_the_same(void **state)
{
    (void)state;
    assert_says("gdb_breakpoint_override hard", "force hard breakpoints");
    assert_says("halt; stm32f1x.cpu curstate", "halted\n");
    assert_says("stm32f1x.cpu mdw 0x20000000", "0x20000000: ");
    assert_says("stm32f1x.tpiu configure -protocol sync", "[-protocol sync: it is uart here");
    assert_says("stm32f4x unlock 0", "[this chip is no stm32f4x");
    assert_says("stm32l4x unlock 0", "[this chip is no stm32l4x");
    assert_says("regs", "===== arm v7m registers");
}

static void files_are_run_line_by_line(void **state)
{
    static const char good[] = "# a comment\n\n  # another\necho one; echo two\r\necho three";
    static const char bad[] = "echo one\n\nhlat\necho two\n";
    static char long_line[3 * MONITOR_COMMAND_SIZE];

    (void)state;
    assert_string_equal(monitor_file(rig_file("good", good, sizeof good - 1)), "one\ntwo\nthree\n");
    monitor_file(rig_file("bad", bad, sizeof bad - 1));
    assert_also("one\n[/tmp/");
    assert_also("/bad line 3: unknown command 'hlat'; did you mean halt?");
    assert_null(strstr(rig.output, "two"));
    memset(long_line, 'x', sizeof long_line);
    assert_non_null(strstr(monitor_file(rig_file("long", long_line, sizeof long_line)),
                           "line 1: the line is too long"));
    assert_string_equal(monitor_file("/nonexistent"), "[/nonexistent: No such file or directory]");
    assert_string_equal(monitor_file("/tmp"), "[/tmp is not a file]");
    assert_string_equal(monitor_file("/dev/zero"), "[/dev/zero is not a file]");
}

static void scripts_end_the_daemon_with_a_code(void **state)
{
    (void)state;
    monitor("shutdown");
    assert_int_equal(rig.last.exit_code, 0);
    monitor("shutdown error");
    assert_int_equal(rig.last.exit_code, 1);
    monitor("shutdown 7");
    assert_int_equal(rig.last.outcome, MONITOR_SHUTDOWN);
    assert_int_equal(rig.last.exit_code, 7);
    assert_says("shutdown 256", "is not error or an exit code");
    assert_int_equal(rig.last.outcome, MONITOR_NOTHING);
    monitor("exit");
    assert_int_equal(rig.last.outcome, MONITOR_EXIT);
}

static uint64_t now_us(void)
{
    return clock_now_us(probe_clock(rig.session.probe));
}

static void sleep_lets_time_pass_and_can_be_interrupted(void **state)
{
    uint64_t before = now_us();

    (void)state;
    assert_prints("sleep 25", "");
    assert_in_range(now_us() - before, 25000, 30000);
    before = now_us();
    rig.cancel_at = 3;
    assert_prints("sleep 100000", "[interrupted]");
    assert_in_range(now_us() - before, 20000, 50000);
    assert_prints("sleep 1 lightly", "[usage: sleep MS [busy]]");
}

static void what_is_not_there_says_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < monitor_command_count; i++) {
        if (monitor_commands[i].run != monitor_not_yet)
            continue;
        monitorf("%s a b", monitor_commands[i].name);
        assert_also("not yet");
        assert_int_equal(rig.err, ERR_UNSUPPORTED);
    }
    assert_says("profile 1 x", "[profile: not yet");
}

static void counters_count(void **state)
{
    (void)state;
    assert_says("stats", "virtual time: ");
    assert_says("stats", "DAP transactions: ");
    assert_says("stats", "instructions: ");
    assert_null(strstr(rig.output, "DAP transactions: 0\n"));
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

static void the_version_is_our_own(void **state)
{
    (void)state;
    assert_prints("version", "probed " PROBED_VERSION "\n");
    assert_prints("init", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_complete),
        cmocka_unit_test(names_are_known_once),
        cmocka_unit_test(help_is_made_from_the_table),
        cmocka_unit_test(help_is_by_subject),
        cmocka_unit_test(hands_reach_the_simulated_board),
        cmocka_unit_test(mistakes_get_a_sentence),
        cmocka_unit_test(a_line_is_run_up_to_its_first_failure),
        cmocka_unit_test(other_spellings_mean_the_same),
        cmocka_unit_test(files_are_run_line_by_line),
        cmocka_unit_test(scripts_end_the_daemon_with_a_code),
        cmocka_unit_test(sleep_lets_time_pass_and_can_be_interrupted),
        cmocka_unit_test(what_is_not_there_says_so),
        cmocka_unit_test(counters_count),
        cmocka_unit_test(the_version_is_our_own),
        cmocka_unit_test(nothing_hangs_without_a_target),
    };

    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
