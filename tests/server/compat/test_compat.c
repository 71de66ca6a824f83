/* SPDX-License-Identifier: MIT */
/* Other servers' command lines: what each word comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compat/compat_internal.h"
#include "session/meant_chip.h"
#include "string_pool.h"

enum { WORDS = 32 };

static char why[320];
static struct string_pool pool;

/* The first word is the server; words are parted by '|'. */
static enum compat_outcome parse(struct options *options, const char *line)
{
    static char text[1024];
    const char *argv[WORDS] = {""};
    int argc = 0;

    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, "|"); word; word = strtok(NULL, "|"))
        argv[argc++] = word;
    const struct compat *compat = compat_find(argv[0]);
    assert_non_null(compat);
    why[0] = '\0';
    string_pool_finish(&pool);
    return compat_parse(compat, argc, argv, options, &pool, why, sizeof why);
}

static void serves(struct options *options, const char *line)
{
    enum compat_outcome outcome = parse(options, line);

    if (outcome != COMPAT_SERVE)
        print_error("%s: %s\n", line, why);
    assert_int_equal(outcome, COMPAT_SERVE);
}

static void is_wrong(const char *line, const char *because)
{
    struct options options;

    assert_int_equal(parse(&options, line), COMPAT_WRONG);
    if (!strstr(why, because))
        print_error("%s: %s\n", line, why);
    assert_non_null(strstr(why, because));
}

static void names_are_the_last_part_of_a_path(void **state)
{
    (void)state;
    assert_non_null(compat_find("/usr/local/libexec/probed/st-util"));
    assert_non_null(compat_find("ST-LINK_gdbserver"));
    assert_null(compat_find("probed"));
    assert_null(compat_find("/opt/openocd/probed"));
    assert_null(compat_find(""));
}

static void st_util(void **state)
{
    struct options o;

    (void)state;
    serves(&o, "st-util");
    assert_int_equal(o.gdb.port, 4242);
    assert_true(o.once && o.needs_target && o.reset_halts && o.telnet.is_off && o.tcl.is_off);
    serves(&o, "st-util|-nm|-p5000|-v99|--stlink_version=2");
    assert_int_equal(o.gdb.port, 5000);
    assert_int_equal(o.connect, TARGET_CONNECT_ATTACH);
    assert_false(o.once);
    serves(&o, "st-util|--listen_port=1|--connect-under-reset|--freq=1.8M|--serial|abc");
    assert_int_equal(o.gdb.port, 1);
    assert_int_equal(o.connect, TARGET_CONNECT_UNDER_RESET);
    assert_int_equal(o.probe_count, 1);
    assert_string_equal(o.probes[0], "abc");
    is_wrong("st-util|-p|99999", "99999");
    is_wrong("st-util|-F|0", "speed");
}

static void two_letters_with_one_dash(void **state)
{
    struct options o;

    (void)state;
    serves(&o, "ST-LINK_gdbserver|-cp|-p|-p|7|-el|x|-ei|y|-m|1|--frequency|8000");
    assert_int_equal(o.gdb.port, 7); /* the first -p is -cp's value */
    assert_int_equal(o.speed_khz, 8000);
    serves(&o, "ST-LINK_gdbserver|-e|-k|-i|066DFF|--halt");
    assert_int_equal(o.gdb.port, 61234);
    assert_false(o.once);
    assert_int_equal(o.connect, TARGET_CONNECT_UNDER_RESET);
    assert_string_equal(o.probes[0], "066DFF");
    is_wrong("ST-LINK_gdbserver|--erase-all", "probed erase");
    is_wrong("ST-LINK_gdbserver|--port-number", "needs a value");
}

static void pyocd(void **state)
{
    struct options o;

    (void)state;
    serves(&o, "pyocd|gdbserver|-Oreset_type=default|-Ch|--frequency|4M|--connect=under-reset");
    assert_int_equal(o.gdb.port, 3333);
    assert_int_equal(o.speed_khz, 4000);
    assert_int_equal(o.connect, TARGET_CONNECT_UNDER_RESET);
    assert_true(o.once && o.stays_if_extended);
    serves(&o, "pyocd|gdbserver|-M|pre-reset");
    assert_int_equal(o.connect, TARGET_CONNECT_PRE_RESET);
    serves(&o, "pyocd|gdbserver|-M|halt");
    assert_int_equal(o.connect, TARGET_CONNECT_LADDER);
    assert_false(o.launches);
    serves(&o, "pyocd|gdbserver|--persist|-c|halt|-c|reset");
    assert_false(o.once);
    assert_int_equal(o.command_count, 2);
    assert_string_equal(o.commands[1], "reset");
    is_wrong("pyocd|flash|x.hex", "gdbserver");
    is_wrong("pyocd", "gdbserver");
    is_wrong("pyocd|rtt|-a|0x20000000", "probed --rtt 19021");
}

static void openocd_settings_are_not_commands(void **state)
{
    struct options o;

    (void)state;
    serves(&o,
           "openocd|-c|gdb_port 50000; tcl_port disabled;telnet_port 50002|-cinit|-c|reset halt");
    assert_int_equal(o.gdb.port, 50000);
    assert_true(o.tcl.is_off);
    assert_int_equal(o.telnet.port, 50002);
    assert_int_equal(o.command_count, 1);
    assert_string_equal(o.commands[0], "reset halt");
    assert_true(o.strict && o.needs_target && o.load_resets && !o.reset_halts && !o.once);
    serves(&o, "openocd|-c|gdb port pipe|-c|adapter speed 480|-c|adapter serial {0 1}");
    assert_true(o.gdb.is_pipe);
    assert_int_equal(o.speed_khz, 480);
    assert_string_equal(o.probes[0], "0 1");
    assert_int_equal(o.tcl.port, 6666);
    assert_int_equal(o.telnet.port, 4444);
    serves(&o, "openocd|-c|bindto 0.0.0.0; reset_config srst_only connect_assert_srst");
    assert_string_equal(o.gdb.address, "0.0.0.0");
    assert_int_equal(o.connect, TARGET_CONNECT_UNDER_RESET);
    serves(&o,
           "openocd|-c|set _ZEPHYR_BOARD_SERIAL 42; if {[info exists _ZEPHYR_BOARD_SERIAL]} {x}");
    assert_string_equal(o.probes[0], "42");
    assert_int_equal(o.command_count, 0);
}

static void openocd_keeps_commands_as_they_are(void **state)
{
    struct options o;

    (void)state;
    serves(&o, "openocd|-c| program \"a b.elf\" verify ; # said|-c|echo {x; y}");
    assert_int_equal(o.command_count, 2);
    assert_string_equal(o.commands[0], "program \"a b.elf\" verify ");
    assert_string_equal(o.commands[1], "echo {x; y}");
}

static void openocd_knows_files_by_name(void **state)
{
    struct options o;

    (void)state;
    serves(&o, "openocd|-f|interface/stlink-v2.cfg|-f|/opt/scripts/target/stm32f4x.cfg|-f|"
               "board/st_nucleo_f4.cfg|-f|C/x/openocd-helpers.tcl|-s|/x");
    is_wrong("openocd|-f|interface/ftdi/x.cfg", "interface/stlink.cfg");
    is_wrong("openocd|-f|mytarget/stm32f1x.cfg", "No such file");
    is_wrong("openocd|-f|target/rp2040.cfg", "STM32");
    is_wrong("openocd|-f|/", "directory");
    is_wrong("openocd|-c|proc x {} {}", "Tcl");
    is_wrong("openocd|-c|source [find nothing.cfg]", "nothing.cfg");
    is_wrong("openocd|-c|transport select hla_jtag", "JTAG");
    is_wrong("openocd|-c|echo {", "brace");
}

/* Nothing that Tcl would have done is left out in silence. */
static void openocd_tcl_is_refused(void **state)
{
    static const char *const wrong[] = {
        "$_TARGETNAME mww 0x20000000 1",
        "$_TARGETNAME arp_examine",
        "$x",
        "mww $x 1",
        "[target current] mdw 0",
        "mdw [expr 1+1]",
        "gdb_port $port",
        "set x 5",
        "set x [halt]",
        "adapter speed $khz",
        "source [find $x]",
        "source $x",
        "source [lindex a 0]",
        "$_CHIPNAME.cpu mdw 0",
        "echo \"$x\"",
        "proc x {} {}",
        "if {1} {halt}",
    };
    struct options o;
    char line[120];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(line, sizeof line, "openocd|-c|init|-c|%s", wrong[i]);
        is_wrong(line, "Tcl");
    }
    serves(&o, "openocd|-c|echo {$x [y]}|-c|set WORKAREASIZE 0x2000|-c|"
               "$_TARGETNAME configure -event reset-init {mww $x [y]}");
    assert_int_equal(o.command_count, 1);
    assert_string_equal(o.commands[0], "echo {$x [y]}");
}

static void openocd_variables_that_count(void **state)
{
    struct options o;

    (void)state;
    serves(&o, "openocd|-c|set CLOCK_FREQ 480|-c|set CONNECT_UNDER_RESET 1");
    assert_int_equal(o.speed_khz, 480);
    assert_int_equal(o.connect, TARGET_CONNECT_UNDER_RESET);
    serves(&o, "openocd|-c|set CONNECT_UNDER_RESET 0");
    assert_int_equal(o.connect, TARGET_CONNECT_LADDER);
    is_wrong("openocd|-c|adapter driver jlink", "ST-Link");
    serves(&o, "openocd|-c|adapter driver hla;interface hla");
}

static void the_chip_that_is_named_is_kept(void **state)
{
    static const struct {
        const char *said, *chip;
        bool same;
    } cases[] = {
        {"target/stm32f1x.cfg", "STM32F101/F102/F103 medium-density", true},
        {"target/stm32f4x.cfg", "STM32F101/F102/F103 medium-density", false},
        {"target/stm32f1x.cfg", "STM32F411", false},
        {"target/stm32wbx.cfg", "STM32WB30/WB35/WB50/WB55", true},
        {"target/stm32wlx.cfg", "STM32WL54/WL55/WLE4/WLE5", true},
        {"target/stm32wlx.cfg", "STM32WB10/WB15", false},
        {"target/stm32h7x_dual_bank.cfg", "STM32H7A3/H7B0/H7B3", true},
        {"target/stm32xl.cfg", "STM32F101/F103 XL-density", true}, /* no family in it */
        {"board/st_nucleo_l476rg.cfg", "STM32F411", false},
        {"board/st_nucleo_f4.cfg", "STM32F411", true},
        {"STM32F103RC", "STM32F101/F102/F103 medium-density", true},
        {"cortex_m", "STM32F411", true},
    };
    struct options o;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (chip_is_meant(cases[i].said, cases[i].chip) != cases[i].same)
            fail_msg("%s, %s", cases[i].said, cases[i].chip);
    serves(&o, "openocd|-f|interface/stlink.cfg|-f|/opt/scripts/target/stm32f4x.cfg");
    assert_string_equal(o.chip, "target/stm32f4x.cfg");
    serves(&o, "openocd|-c|source [find target/stm32l0.cfg]");
    assert_string_equal(o.chip, "target/stm32l0.cfg");
    serves(&o, "openocd|-f|interface/stlink.cfg");
    assert_null(o.chip);
}

/* Every option of every server says what it does here, or why it does nothing. */
static void all_options_are_described(void **state)
{
    static const char *const names[] = {"openocd", "pyocd", "st-util", "ST-LINK_gdbserver"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct compat *compat = compat_find(names[i]);

        for (size_t k = 0; k < compat->option_count; k++)
            if (!compat->options[k].text || !compat->options[k].text[0])
                fail_msg("%s %s", names[i], compat->options[k].names);
        assert_non_null(strstr(compat_names(), names[i]));
    }
}

static void a_port_is_a_number_and_nothing_else(void **state)
{
    static const char *const wrong[] = {"unix:/tmp/x", "0.0.0.0:4242", "pipe", "disabled", "off",
                                        "70000",       "-1",           "",     "4242x"};
    char line[80];
    struct options o;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(line, sizeof line, "st-util|--listen_port=%s", wrong[i]);
        is_wrong(line, "no port number");
        snprintf(line, sizeof line, "ST-LINK_gdbserver|--port-number=%s", wrong[i]);
        is_wrong(line, "no port number");
        snprintf(line, sizeof line, "pyocd|gdbserver|--port=%s", wrong[i]);
        is_wrong(line, "no port number");
    }
    is_wrong("openocd|-c|gdb_port unix:/tmp/x", "no port number");
    is_wrong("openocd|-c|telnet_port 0.0.0.0:4444", "no port number");
    is_wrong("openocd|-p", "gdb_port pipe");
    serves(&o, "openocd|-c|gdb_port pipe");
    assert_true(o.gdb.is_pipe);
}

static void levels_of_the_log_are_taken(void **state)
{
    static const struct {
        const char *line;
        enum log_level level;
    } cases[] = {
        {"openocd", LOG_INFO},
        {"openocd|-d", LOG_DEBUG},
        {"openocd|-d0", LOG_ERROR},
        {"openocd|-d1", LOG_WARN},
        {"openocd|--debug=2", LOG_INFO},
        {"openocd|-d4", LOG_DEBUG},
        {"st-util|-v", LOG_DEBUG},
        {"st-util|--verbose=0", LOG_ERROR},
        {"st-util|-v50", LOG_INFO},
        {"pyocd|gdbserver|-q", LOG_WARN},
        {"pyocd|gdbserver|-v", LOG_DEBUG},
        {"pyocd|gdbserver|-L|ERROR", LOG_ERROR},
        {"ST-LINK_gdbserver|-l|1", LOG_INFO},
        {"ST-LINK_gdbserver|-l|31", LOG_DEBUG},
        {"ST-LINK_gdbserver|-v", LOG_DEBUG},
    };
    struct options o;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        serves(&o, cases[i].line);
        if (o.log_level != cases[i].level)
            fail_msg("%s: %d", cases[i].line, o.log_level);
    }
    is_wrong("openocd|-d7", "level");
}

static void pyocds_words_count(void **state)
{
    struct options o;

    (void)state;
    serves(&o, "pyocd|gdbserver|-O|connect_mode=under-reset|-Ofrequency=480000|-t|stm32f103rc|-W");
    assert_int_equal(o.connect, TARGET_CONNECT_UNDER_RESET);
    assert_int_equal(o.speed_khz, 480);
    assert_string_equal(o.chip, "stm32f103rc");
    assert_true(o.needs_target);
    is_wrong("pyocd|gdbserver|-M|gently", "gently");
    is_wrong("pyocd|gdbserver|-O|connect_mode=gently", "gently");
}

static void too_much_is_refused(void **state)
{
    struct options o;
    char line[900] = "openocd";
    size_t used = strlen(line);

    (void)state;
    for (int i = 0; i < 30; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, "|-chalt;halt;halt");
    assert_int_equal(parse(&o, line), COMPAT_WRONG);
    assert_non_null(strstr(why, "at most"));
}

static void the_environment_may_name_a_board(void **state)
{
    struct options o;

    (void)state;
    setenv("PROBED_SIM", "bluepill,noack", 1);
    serves(&o, "st-util|--serial|123");
    assert_string_equal(o.sim, "bluepill,noack");
    assert_int_equal(o.probe_count, 0);
    setenv("PROBED_SIM", "", 1);
    serves(&o, "st-util");
    assert_null(o.sim);
}

static int finish(void **state)
{
    (void)state;
    string_pool_finish(&pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_last_part_of_a_path),
        cmocka_unit_test(st_util),
        cmocka_unit_test(two_letters_with_one_dash),
        cmocka_unit_test(pyocd),
        cmocka_unit_test(openocd_settings_are_not_commands),
        cmocka_unit_test(openocd_keeps_commands_as_they_are),
        cmocka_unit_test(openocd_knows_files_by_name),
        cmocka_unit_test(openocd_tcl_is_refused),
        cmocka_unit_test(openocd_variables_that_count),
        cmocka_unit_test(the_chip_that_is_named_is_kept),
        cmocka_unit_test(all_options_are_described),
        cmocka_unit_test(a_port_is_a_number_and_nothing_else),
        cmocka_unit_test(levels_of_the_log_are_taken),
        cmocka_unit_test(pyocds_words_count),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(the_environment_may_name_a_board),
    };

    unsetenv("PROBED_SIM");
    return cmocka_run_group_tests(tests, NULL, finish);
}
