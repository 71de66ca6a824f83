/* SPDX-License-Identifier: MIT */
/* The doctor in the middle of a session disturbs nobody. */
#include "monitor_rig.h"

/* nop; nop; b . at 0x20000400; a comparator in the flash. */
static const char program[] =
    "halt; mww 0x20000400 0xbf00bf00; mwh 0x20000404 0xe7fe; reg xpsr 0x01000000; "
    "reg sp 0x20001000; reg pc 0x20000402; bp 0x08000200 2 hw; cortex_m vector_catch bus_err";

static void a_halted_core_stands_where_it_stood(void **state)
{
    (void)state;
    monitor(program);
    assert_says("doctor", "\n  NRST          not tested");
    assert_also("halted by a debugger");
    assert_int_equal(rig.err, ERR_OK);
    assert_prints("curstate", "halted\n");
    assert_says("reg pc", "0x20000402");
    assert_says("bp", "0x8000200");
}

static void a_running_core_runs(void **state)
{
    unsigned resets;

    (void)state;
    monitor(program);
    monitor("resume");
    resets = rig.session.resets;
    assert_says("doctor", "12 looks: running in 12: runs");
    assert_prints("curstate", "running\n");
    assert_int_equal(rig.session.resets, resets);
    assert_says("halt", "pc: 0x20000404");
    assert_says("mdw 0xe0002008", "48000201"); /* FP_COMP0, as it was when the core was let go */
}

/* Whoever stood stands, whoever ran runs; both from the beginning. */
static void a_reset_is_told(void **state)
{
    static const char *const before[] = {"reset halt", "reset halt; resume"}, *const after[] = {
                                                                                  "halted\n",
                                                                                  "running\n"};

    (void)state;
    monitor("flash fillw 0x08000000 0x20005000 1; flash fillw 0x08000004 0x08000101 1;"
            "flash fillw 0x08000100 0xe7febf00 1");
    for (size_t i = 0; i < 2; i++) {
        monitor(before[i]);
        unsigned resets = rig.session.resets;
        assert_says("doctor reset", "NRST          resets the core");
        assert_int_equal(rig.session.resets, resets + 1);
        assert_prints("curstate", after[i]);
        assert_says("halt; reg pc", i ? "0x08000102" : "0x08000100");
    }
    assert_says("doctor halt", "usage: doctor [reset]");
}

static void a_reset_of_before_is_told(void **state)
{
    (void)state;
    rig_close();
    assert_true(rig_open("bluepill,runs"));
    unsigned resets = rig.session.resets;
    monitor("sim nrst press; sim nrst release");
    assert_says("doctor", "NRST ");
    assert_int_equal(rig.session.resets, resets + 1);
    assert_prints("curstate", "running\n");
}

static void nrst_that_is_open_is_no_reset(void **state)
{
    (void)state;
    rig_close();
    assert_true(rig_open("bluepill,runs,nrst-open"));
    monitor("halt");
    unsigned resets = rig.session.resets;
    assert_says("doctor reset", "nrst-open (certain): ");
    assert_int_equal(rig.session.resets, resets);
    assert_prints("curstate", "halted\n");
}

static void without_a_connection_too(void **state)
{
    (void)state;
    rig_close();
    assert_false(rig_open("bluepill,runs,noack"));
    assert_says("doctor", "silence (certain): ");
    assert_also("variant B");
    assert_null(strchr(rig.output, '\033'));
    for (const char *at = rig.output; *at; at++)
        assert_in_range((unsigned char)*at, '\n', '~');
    assert_false(session_connected(&rig.session));
    assert_int_equal(rig.err, ERR_OK);
}

static void a_lost_chip_is_lost(void **state)
{
    (void)state;
    monitor("sim power off");
    assert_says("doctor", "VTref");
    assert_false(session_connected(&rig.session));
    monitor("sim power on");
    assert_says("halt", "halted due to ");
}

static void a_probe_that_goes(void **state)
{
    (void)state;
    monitor("sim unplug");
    monitor("doctor");
    assert_int_equal(rig.err, ERR_PROBE_GONE);
    monitor("sim plug");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_halted_core_stands_where_it_stood, rig_set_up,
                                        rig_tear_down),
        cmocka_unit_test_setup_teardown(a_running_core_runs, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(a_reset_is_told, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(a_reset_of_before_is_told, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(nrst_that_is_open_is_no_reset, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(without_a_connection_too, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(a_lost_chip_is_lost, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(a_probe_that_goes, rig_set_up, rig_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
