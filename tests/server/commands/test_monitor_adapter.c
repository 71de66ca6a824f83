/* SPDX-License-Identifier: MIT */
/* The probe and settings by monitor commands: done, true already, or refused with the reason. */
#include "monitor_rig.h"

static void the_speed_is_set(void **state)
{
    (void)state;
    assert_prints("adapter speed 1000", "adapter speed: 1000 kHz\n");
    assert_prints("adapter speed", "adapter speed: 1000 kHz\n");
    assert_int_equal(probe_speed_khz(rig.session.probe), 1000);
    assert_prints("adapter_khz 2000", "adapter speed: 2000 kHz\n");
    assert_says("speed fast", "'fast' is not a number of kHz");
    assert_says("adapter speed 0", "adaptive clocking");
}

static void the_probe_is_shown(void **state)
{
    (void)state;
    assert_prints("adapter name", "sim\n");
    assert_says("adapter list", "The following debug adapters are available:\n");
    assert_says("adapter serial", "adapter serial: ");
    assert_says("adapter usb location", "adapter usb location: ");
    assert_says("adapter serial 1234", "chosen at the start: probed --probe 1234");
    assert_says("swdp_scan", "Target voltage: 3.30V\nAvailable Targets:\nNo. Att Driver\n 1      "
                             "STM32F101/F102/F103 medium-density Cortex-M3\n");
    assert_prints("transport select", "swd\n");
    assert_prints("transport select hla_swd", "");
    assert_says("transport select jtag", "[transport 'jtag' is not there: swd is]");
    assert_prints("transport list", "The following transports are available:\n\tswd\n");
}

static void nrst_is_held_and_released(void **state)
{
    (void)state;
    assert_prints("adapter assert srst", "");
    assert_prints("curstate", "reset\n");
    assert_prints("adapter deassert srst", "");
    assert_says("halt", "halted due to ");
    assert_says("adapter assert trst", "TRST is a wire of JTAG");
    assert_says("adapter assert x", "[usage: adapter assert srst]");
    assert_says("adapter assert", "[usage: adapter assert srst]");
}

static void resets_are_configured_where_they_can_be(void **state)
{
    (void)state;
    assert_prints("reset_config",
                  "srst_only separate srst_nogate srst_open_drain connect_deassert_srst\n");
    assert_says("reset_config srst_only srst_nogate connect_assert_srst", " connect_assert_srst\n");
    assert_int_equal(rig.session.options.connect, TARGET_CONNECT_UNDER_RESET);
    assert_says("reset_config none connect_deassert_srst", " connect_deassert_srst\n");
    assert_int_equal(rig.session.options.connect, TARGET_CONNECT_LADDER);
    assert_says("reset_config trst_and_srst", "[trst_and_srst: SWD has no TRST");
    assert_says("reset_config gently", "[usage: reset_config");
    assert_says("adapter srst delay 100", "adapter srst delay: nothing to set");
    assert_says("adapter_nsrst_delay 100", "adapter srst delay: nothing to set");
    assert_says("adapter srst pulse_width x", "not a number of milliseconds");
}

static void settings_of_gdb_are_true_or_refused(void **state)
{
    static const char *const names[] = {"flash_program", "memory_map", "report_data_abort",
                                        "report_register_access_error", "target_description"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_string_equal(monitorf("gdb %s enable", names[i]), "");
        assert_string_equal(monitorf("gdb_%s enable", names[i]), "");
        monitorf("gdb %s", names[i]);
        assert_also(": enable\n");
        monitorf("gdb %s disable", names[i]);
        assert_also("that cannot be switched off]");
        monitorf("gdb %s perhaps", names[i]);
        assert_also("[usage: gdb ");
    }
    assert_says("gdb_port 3333", "[The 'gdb_port' command must be used before 'init'");
    assert_says("telnet port 4444", "[The 'telnet' command must be used before 'init'");
    assert_says("tcl_port 6666", "before 'init'");
    assert_says("bindto 0.0.0.0", "before 'init'");
    assert_says("gdb save_tdesc", "not yet");
}

static void breakpoints_are_made_hard(void **state)
{
    (void)state;
    assert_prints("gdb breakpoint_override hard", "force hard breakpoints\n");
    assert_true(rig.session.options.hard_breakpoints);
    assert_prints("gdb breakpoint_override", "force hard breakpoints\n");
    assert_says("gdb breakpoint_override disable", "not overridden");
    assert_false(rig.session.options.hard_breakpoints);
    assert_says("gdb breakpoint_override soft", "would wear it out");
}

static void gdb_sync_is_gdbs(void **state)
{
    (void)state;
    assert_says("gdb_sync", "is for gdb to say");
    struct client client = {.open = true};
    struct monitor from_gdb = {.session = &rig.session, .client = &client};
    struct job job;

    job_init(&job, NULL);
    from_gdb.job = &job;
    assert_int_equal(monitor_run(&from_gdb, "gdb_sync"), ERR_OK);
    assert_true(client.sync);
}

static void the_log_stays_as_it_was_started(void **state)
{
    (void)state;
    assert_prints("debug_level", "debug_level: 2\n");
    assert_prints("debug_level 2", "debug_level: 2\n");
    assert_says("debug_level 3", "probed --log");
    assert_says("debug_level 9", "not a level");
    assert_prints("log_output default", "");
    assert_says("log_output /tmp/x", "standard error");
    assert_prints("CDLiveWatchSetup", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_speed_is_set),
        cmocka_unit_test(the_probe_is_shown),
        cmocka_unit_test(nrst_is_held_and_released),
        cmocka_unit_test(resets_are_configured_where_they_can_be),
        cmocka_unit_test(settings_of_gdb_are_true_or_refused),
        cmocka_unit_test(breakpoints_are_made_hard),
        cmocka_unit_test(gdb_sync_is_gdbs),
        cmocka_unit_test(the_log_stays_as_it_was_started),
    };

    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
