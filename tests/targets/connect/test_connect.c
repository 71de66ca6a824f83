/* SPDX-License-Identifier: MIT */
/* The ladder: which rung carries, what is disturbed, what is said when none does. */
#include "connect/connect.h"
#include "connect/diagnose.h"

#include "fake_chip.h"

struct climbed {
    enum err err;
    struct findings findings;
    char advice[200];
    struct job job;
};

static void climb(struct fake_chip *fake, enum target_connect how, struct climbed *climbed)
{
    struct probe *probe = fake_chip_open(fake, &climbed->job);

    climbed->err = connect_ladder(probe, how, &climbed->findings);
    climbed->advice[0] = '\0';
    if (!climbed->err)
        diagnose_success(&climbed->findings, climbed->advice, sizeof climbed->advice);
    probe_close(probe);
    assert_false(fake->nrst_low);
}

static void a_running_core_is_not_disturbed(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    climb(&fake, TARGET_CONNECT_NORMAL, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_int_equal(climbed.findings.dpidr, 0x1BA01477);
    assert_int_equal(climbed.findings.cpuid, 0x411FC231);
    assert_string_equal(climbed.advice, "");
    assert_false(climbed.findings.halted);
    assert_int_equal(fake.resets, 0);
    assert_int_equal(fake.dhcsr, 0);
    assert_int_equal(fake.connects, 1);
    assert_int_equal(fake.khz, 1800);
}

static void long_wires_are_slow(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.fastest_khz = 500;
    climb(&fake, TARGET_CONNECT_ATTACH, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_int_equal(fake.khz, 480); /* no slower than it must be */
    assert_int_equal(fake.resets, 0);
    assert_non_null(strstr(climbed.advice, "connected at 480 kHz"));
    assert_non_null(strstr(climbed.advice, "only at a low SWD speed"));
}

/* A probe that was told a speed is told no higher one. */
static void what_is_asked_for_is_the_upper_end(void **state)
{
    struct fake_chip fake;
    struct findings findings;
    struct job job;

    (void)state;
    fake_chip_bluepill(&fake);
    struct probe *probe = fake_chip_open(&fake, &job);
    fake.fastest_khz = 0;
    assert_int_equal(probe_set_speed(probe, 240, NULL), ERR_OK);
    assert_int_not_equal(connect_ladder(probe, TARGET_CONNECT_NORMAL, &findings), ERR_OK);
    assert_int_equal(findings.rung_count, 3);
    assert_int_equal(findings.rungs[0].khz, 0);
    assert_int_equal(findings.rungs[1].khz, 125);
    assert_int_equal(findings.rungs[2].khz, 50);
    assert_int_equal(fake.khz, 240);
    probe_close(probe);
}

static void firmware_that_switches_swd_off(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.needs_reset = fake.vanished = true;
    climb(&fake, TARGET_CONNECT_LADDER, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_true(climbed.findings.halted);
    assert_true(fake.halted);
    assert_int_equal(fake.demcr & 1, 0);
    assert_int_equal(fake.khz, 1800);
    assert_non_null(strstr(climbed.advice, "connected under reset: the chip answers only after"));
    assert_int_equal(climbed.job.err, ERR_OK);
}

static void attach_and_normal_never_reset(void **state)
{
    static const enum target_connect ways[] = {TARGET_CONNECT_ATTACH, TARGET_CONNECT_NORMAL};
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        fake_chip_bluepill(&fake);
        fake.needs_reset = fake.vanished = true;
        climb(&fake, ways[i], &climbed);
        assert_int_equal(climbed.err, ERR_NO_TARGET);
        assert_int_equal(fake.resets, 0);
        assert_int_equal(fake.pulls, 0);
        assert_non_null(strstr(climbed.job.text, "under reset was not tried"));
    }
}

/* A way that was asked for is the only one. */
static void each_way_stays_on_its_rung(void **state)
{
    static const struct {
        enum target_connect how;
        enum connect_way way;
    } rows[] = {{TARGET_CONNECT_NORMAL, WAY_AS_IT_IS},
                {TARGET_CONNECT_ATTACH, WAY_AS_IT_IS},
                {TARGET_CONNECT_PRE_RESET, WAY_PRE_RESET},
                {TARGET_CONNECT_UNDER_RESET, WAY_UNDER_RESET}};
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_chip_bluepill(&fake);
        fake.fastest_khz = 0;
        climb(&fake, rows[i].how, &climbed);
        assert_int_equal(climbed.err, ERR_NO_TARGET);
        for (size_t k = 0; k < climbed.findings.rung_count; k++)
            assert_int_equal(climbed.findings.rungs[k].way, rows[i].way);
    }
}

static void a_pulse_before_gets_in_where_none_answers_during_reset(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.vanished = fake.mute_in_reset = true;
    climb(&fake, TARGET_CONNECT_LADDER, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_true(climbed.findings.halted && fake.halted);
    assert_int_equal(fake.demcr & 1, 0);
    assert_int_equal(fake.pulls, 1);
    assert_non_null(strstr(climbed.advice, "connected right after a reset"));
    fake_chip_bluepill(&fake);
    climb(&fake, TARGET_CONNECT_PRE_RESET, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_true(climbed.findings.halted && fake.halted && fake.pulls == 1);
    assert_string_equal(climbed.advice, "");
}

/* Nor does its absence say that there is none. */
static void a_caught_vector_proves_the_wire(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.hides_reset = true;
    climb(&fake, TARGET_CONNECT_UNDER_RESET, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_true(climbed.findings.halted);
    assert_false(climbed.findings.nrst_open); /* a vector was caught */
    assert_int_equal(fake.resets, 1);
}

static void under_reset_halts_before_the_first_instruction(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    climb(&fake, TARGET_CONNECT_UNDER_RESET, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_true(climbed.findings.halted);
    assert_false(climbed.findings.nrst_open);
    assert_int_equal(fake.resets, 1);
    assert_string_equal(climbed.advice, "");
}

static void an_open_nrst_is_noticed(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.nrst_open = true;
    climb(&fake, TARGET_CONNECT_UNDER_RESET, &climbed);
    assert_int_equal(climbed.err, ERR_OK);
    assert_true(climbed.findings.nrst_open);
    assert_true(climbed.findings.halted);
    assert_int_equal(fake.resets, 1);
    assert_non_null(strstr(climbed.advice, "NRST does not reach the chip"));
}

static void the_voltage_tells_what_to_look_at(void **state)
{
    static const struct {
        uint32_t mv;
        enum err err;
        const char *text;
    } rows[] = {{0, ERR_POWER, "VTref reads 0.00 V: no supply is seen"},
                {1200, ERR_POWER, "VTref reads 1.20 V: less than any STM32 runs with"},
                {1800, ERR_NO_TARGET, "VTref reads 1.80 V: that of a 1.8 V board"},
                {3310, ERR_NO_TARGET, "nor under reset; VTref reads 3.31 V"},
                {5020, ERR_NO_TARGET, "VTref reads 5.02 V: an STM32 bears 3.6 V"}};
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake_chip_bluepill(&fake);
        fake.fastest_khz = 0;
        fake.vtref_mv = rows[i].mv;
        climb(&fake, TARGET_CONNECT_LADDER, &climbed);
        assert_int_equal(climbed.err, rows[i].err);
        assert_non_null(strstr(climbed.job.text, rows[i].text));
        assert_int_equal(climbed.findings.rung_count, 10);
        assert_int_equal(fake.pulls, 6); /* and none to explain it */
        assert_int_equal(fake.khz, 1800);
    }
    fake.no_vtref = true;
    climb(&fake, TARGET_CONNECT_LADDER, &climbed);
    assert_null(strstr(climbed.job.text, "VTref reads"));
}

static void a_port_without_memory_is_named(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.asleep = true;
    climb(&fake, TARGET_CONNECT_LADDER, &climbed);
    assert_int_equal(climbed.err, ERR_POWER);
    assert_non_null(strstr(climbed.job.text, "the debug port answers (DPIDR 0x1ba01477), but"));
    assert_non_null(strstr(climbed.job.text, "(CTRL/STAT)"));
    assert_int_equal(climbed.findings.rung_count, 5); /* slowly once a way: it takes its time */
}

/* What a debug port says it is proves little, and refuses nobody. */
static void any_plausible_dpidr_is_taken(void **state)
{
    static const uint32_t ids[] = {0x0BB11477, 0x0BC11477, 0x2BA01477, 0x6BA02477,
                                   0x5BA02477, 0x0BE12477, 0x0BE02477, 0x12345677};
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        fake_chip_bluepill(&fake);
        fake.dpidr = ids[i];
        climb(&fake, TARGET_CONNECT_NORMAL, &climbed);
        assert_int_equal(climbed.err, ERR_OK);
        assert_int_equal(climbed.findings.dpidr, ids[i]);
    }
}

static void a_lost_probe_ends_the_ladder(void **state)
{
    struct fake_chip fake;
    struct climbed climbed;

    (void)state;
    fake_chip_bluepill(&fake);
    fake.connect_error = ERR_PROBE_GONE;
    climb(&fake, TARGET_CONNECT_NORMAL, &climbed);
    assert_int_equal(climbed.err, ERR_PROBE_GONE);
    assert_int_equal(fake.connects, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_core_is_not_disturbed),
        cmocka_unit_test(long_wires_are_slow),
        cmocka_unit_test(firmware_that_switches_swd_off),
        cmocka_unit_test(what_is_asked_for_is_the_upper_end),
        cmocka_unit_test(attach_and_normal_never_reset),
        cmocka_unit_test(each_way_stays_on_its_rung),
        cmocka_unit_test(a_pulse_before_gets_in_where_none_answers_during_reset),
        cmocka_unit_test(a_caught_vector_proves_the_wire),
        cmocka_unit_test(under_reset_halts_before_the_first_instruction),
        cmocka_unit_test(an_open_nrst_is_noticed),
        cmocka_unit_test(the_voltage_tells_what_to_look_at),
        cmocka_unit_test(a_port_without_memory_is_named),
        cmocka_unit_test(any_plausible_dpidr_is_taken),
        cmocka_unit_test(a_lost_probe_ends_the_ladder),
    };

    return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}
