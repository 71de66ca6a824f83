/* SPDX-License-Identifier: MIT */
/* What measurements mean: no probe, no board, only numbers as those report them who had such a
 * board, and the verdict that they must lead to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "connect/verdict.h"

static struct verdict verdicts[VERDICTS_MAX];
static size_t count;

/* --- patients --- */

static struct measurements somebody(uint32_t vtref_mv)
{
    return (struct measurements){.probe = {.product = "ST-LINK/V2", .vid = 0x0483, .pid = 0x3748},
                                 .vtref_count = 3,
                                 .vtref_mv = {vtref_mv, vtref_mv + 10, vtref_mv}};
}

/* A Blue Pill that counts. */
static struct measurements healthy(void)
{
    struct measurements m = somebody(3280);

    m.speed_count = 1;
    m.speeds[0] = (struct speed_measured){.khz = 1800,
                                          .now_khz = 1800,
                                          .connects = {.tries = 1, .good = 1},
                                          .reads = {.tries = 250, .good = 250},
                                          .port = {.tries = 12, .good = 12},
                                          .ids = 1};
    m.reached = m.dpidr_steady = m.core_found = m.chip_known = true;
    m.dpidr = 0x1BA01477;
    m.cpuid = 0x411FC231;
    m.aps[0].known = true;
    m.aps[0].idr = 0x14770011;
    m.aps[0].csw = 0x43000042;
    m.samples = m.retired = MEASURED_SAMPLES;
    m.pc_known = true;
    m.pc = 0x08000130;
    m.chip = (struct target_chip){.name = "STM32F103",
                                  .idcode = 0x20036410,
                                  .dev_id = 0x410,
                                  .flash_size = 0x10000,
                                  .protection_known = true};
    m.vectors_known = true;
    m.vectors[0] = 0x20005000;
    m.vectors[1] = 0x08000131;
    return m;
}

static struct speed_measured nobody(uint32_t khz)
{
    return (struct speed_measured){
        .khz = khz, .connects = {.tries = 3, .silent = 3}, .first_err = ERR_NO_TARGET};
}

static struct measurements silent(uint32_t vtref_mv)
{
    struct measurements m = somebody(vtref_mv);

    m.speed_count = 3;
    m.speeds[0] = nobody(0);
    m.speeds[1] = nobody(480);
    m.speeds[2] = nobody(125);
    return m;
}

/* --- looking at verdicts --- */

static void judge(struct measurements m)
{
    count = doctor_judge(&m, verdicts);
    assert_true(count > 0);
}

static const struct verdict *find(enum verdict_class class)
{
    for (size_t i = 0; i < count; i++)
        if (verdicts[i].class == class)
            return &verdicts[i];
    return NULL;
}

static void assert_first(enum verdict_class class)
{
    if (verdicts[0].class != class)
        fail_msg("%s, not %s", verdict_word(verdicts[0].class), verdict_word(class));
}

static void assert_cause(const char *word, size_t within)
{
    for (size_t i = 0; i < verdicts[0].count && i < within; i++)
        if (!strcmp(verdicts[0].causes[i]->word, word))
            return;
    fail_msg("%s is not among the first %zu causes of %s", word, within,
             verdict_word(verdicts[0].class));
}

/* --- tests --- */

static void a_healthy_board_is_accused_of_nothing(void **state)
{
    judge(healthy());
    assert_int_equal(count, 1);
    assert_first(VERDICT_HEALTHY);
    assert_int_equal(verdicts[0].count, 0);
}

/* An STM32H5's core is behind access port 1: what is asked by way of 0 is refused. */
static void a_core_behind_another_port_is_well(void **state)
{
    struct measurements m = healthy();

    m.speeds[0].reads = (struct tally){.tries = 24, .good = 12, .refused = 12};
    m.core_ap = 1;
    judge(m);
    assert_int_equal(count, 1);
    assert_first(VERDICT_HEALTHY);
}

static void silence_by_its_voltage(void **state)
{
    static const struct {
        uint32_t mv;
        enum verdict_class class;
        const char *cause;
    } cases[] = {
        {0, VERDICT_NO_SUPPLY, "vtref-open"},       {200, VERDICT_NO_SUPPLY, "unpowered"},
        {300, VERDICT_ODD_SUPPLY, "fed-backwards"}, {1200, VERDICT_ODD_SUPPLY, "ground-open"},
        {1500, VERDICT_ODD_SUPPLY, "ground-open"},  {1900, VERDICT_ODD_SUPPLY, "ground-open"},
        {2700, VERDICT_SILENCE, "wires"},           {3300, VERDICT_SILENCE, "wires"},
        {3600, VERDICT_SILENCE, "power-or-ground"}, {3300, VERDICT_SILENCE, "chip-silent"},
        {4500, VERDICT_TOO_HIGH, "five-volts"},     {5980, VERDICT_TOO_HIGH, "probe-divider"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        judge(silent(cases[i].mv));
        assert_first(cases[i].class);
        assert_cause(cases[i].cause, 3);
    }
}

static void under_reset_alone(void **state)
{
    struct measurements m = silent(3300);

    m.reset_tried = true;
    m.under_reset = (struct speed_measured){.connects = {.tries = 1, .good = 1},
                                            .reads = {.tries = 16, .good = 16}};
    m.dpidr = 0x1BA01477;
    m.dpidr_steady = m.core_found = m.nrst_tested = m.nrst_works = true;
    judge(m);
    assert_first(VERDICT_UNDER_RESET);
    m.awake_tested = true;
    judge(m);
    assert_first(VERDICT_SWD_OFF);
    m.awake_helps = true;
    judge(m);
    assert_first(VERDICT_LOW_POWER);
    assert_int_equal(count, 1);
}

static void slow_only(void **state)
{
    struct measurements m = healthy();

    m.speed_count = 2;
    m.speeds[1] = m.speeds[0];
    m.speeds[1].khz = m.good_khz = 480;
    m.speeds[0].reads = (struct tally){.tries = 250, .good = 240, .garbled = 10, .repeats = 50};
    judge(m);
    assert_first(VERDICT_SLOW_ONLY);
    assert_cause("long-wires", 1);
    assert_non_null(strstr(verdicts[0].text, "480 kHz"));
}

/* "17/16 now and then rather than a clean 09", whatever the clock. */
static void packets_lost_at_any_clock_are_the_ground(void **state)
{
    struct measurements m = healthy();

    m.speed_count = 2;
    m.speeds[0].reads = (struct tally){.tries = 250, .good = 200, .silent = 40, .garbled = 10};
    m.speeds[1] = m.speeds[0];
    m.speeds[1].khz = 125;
    judge(m);
    assert_first(VERDICT_NO_GROUND);
    assert_cause("ground-open", 1);
    m = silent(3280);
    m.dpidr = 0x1BA01477; /* once, and then it was lost again */
    m.speeds[1].ids = 1;
    judge(m);
    assert_first(VERDICT_NO_GROUND);
}

static void garbled_at_any_clock_is_noise(void **state)
{
    struct measurements m = healthy();

    m.speed_count = 2;
    m.speeds[0].reads = (struct tally){.tries = 250, .good = 240, .garbled = 10};
    m.speeds[1] = m.speeds[0];
    m.speeds[1].khz = 125;
    judge(m);
    assert_first(VERDICT_NOISE);
    assert_cause("ground-open", 3);
    /* A slow clock that had fewer tries proves nothing. */
    m.speeds[1].reads = (struct tally){.tries = 50, .good = 49, .garbled = 1};
    judge(m);
    assert_first(VERDICT_NOISE);
    m.vtref_mv[0] = m.vtref_mv[1] = m.vtref_mv[2] = 900; /* odd, and garbled: no ground */
    judge(m);
    assert_first(VERDICT_NO_GROUND);
}

static void one_garbled_packet_is_nobodys_fault(void **state)
{
    struct measurements m = healthy();

    m.speeds[0].reads.repeats = 1;
    m.speed_count = 2;
    m.speeds[1] = m.speeds[0];
    m.speeds[1].khz = 480;
    m.speeds[1].reads = (struct tally){.tries = 1004, .good = 1004};
    judge(m);
    assert_first(VERDICT_HEALTHY);
}

/* Ids are the same in two chips of a kind, what their cores do is not. */
static void two_chips_at_once(void **state)
{
    struct measurements m = healthy();

    m.speeds[0].reads = (struct tally){.tries = 60, .good = 48, .garbled = 12};
    m.speeds[0].port = (struct tally){.tries = 48, .good = 48};
    m.core_found = m.chip_known = m.vectors_known = m.pc_known = false;
    m.samples = m.retired = 0;
    judge(m);
    assert_first(VERDICT_TWO_TARGETS);
    m.speeds[0].reads = (struct tally){.tries = 24, .good = 12, .garbled = 12};
    m.speeds[0].port = (struct tally){.tries = 12, .good = 12};
    judge(m); /* one packet in four is garbled: twelve may be lucky */
    assert_first(VERDICT_NOISE);
    m = healthy();
    m.looks = (struct tally){.tries = 4, .garbled = 4};
    m.samples = m.retired = 0;
    judge(m);
    assert_first(VERDICT_TWO_TARGETS);
    m = healthy();
    m.dpidr_changes = 3;
    judge(m);
    assert_first(VERDICT_TWO_TARGETS);
    m = healthy();
    m.dpidr = 0x0B801477; /* of an M0 and an M3, laid over each other */
    judge(m);
    assert_first(VERDICT_TWO_TARGETS);
    m.dpidr = 0x0BA00477; /* of an M33 and an M4: version 0, which has no such register */
    judge(m);
    assert_first(VERDICT_TWO_TARGETS);
    m = healthy(); /* both sleep; their flash differs */
    m.vector_reads = (struct tally){.tries = 5, .garbled = 5};
    m.vectors_known = false;
    judge(m);
    assert_first(VERDICT_TWO_TARGETS);
    m = silent(3300);
    for (unsigned i = 0; i < m.speed_count; i++)
        m.speeds[i].connects = (struct tally){.tries = 3, .garbled = 3};
    judge(m);
    assert_first(VERDICT_TWO_TARGETS);
    assert_cause("second-chip", 1);
}

/* One packet in four, or so, at each clock; the fewer tries there were, the more lucky ones. */
static struct measurements noisy(void)
{
    struct measurements m = healthy();

    m.core_found = m.chip_known = m.vectors_known = m.pc_known = false;
    m.samples = m.retired = 0;
    m.speed_count = 2;
    m.speeds[0].reads = (struct tally){.tries = 262, .good = 220, .garbled = 42, .repeats = 780};
    m.speeds[0].port = (struct tally){.tries = 12, .good = 12, .repeats = 4};
    m.speeds[1] = m.speeds[0];
    m.speeds[1].khz = 25;
    m.speeds[1].reads = (struct tally){.tries = 32, .good = 30, .garbled = 2, .repeats = 45};
    m.speeds[1].port = (struct tally){.tries = 12, .good = 12, .repeats = 3};
    return m;
}

static void noise_is_nothing_else(void **state)
{
    struct measurements m = noisy();

    /* A read of the port is one packet, one of the core several: of these there are fewer below. */
    judge(m);
    assert_first(VERDICT_NOISE);
    m.strange_cpuid = 0x411FC330; /* two bits tipped over, one time */
    judge(m);
    assert_first(VERDICT_NOISE);
    m.speeds[1].reads = (struct tally){.tries = 28, .good = 28, .repeats = 49};
    m.detections = (struct tally){.tries = 5, .garbled = 5};
    judge(m);
    assert_first(VERDICT_NOISE);
}

/* It answers under reset alone, and as badly there as wires without a ground do. */
static void what_is_lost_under_reset_is_the_wires(void **state)
{
    struct measurements m = silent(3180);

    m.dpidr = 0x1BA01477;
    m.reset_tried = true;
    m.under_reset = (struct speed_measured){.khz = 480,
                                            .connects = {.tries = 1, .good = 1},
                                            .reads = {.tries = 24, .good = 14, .silent = 10}};
    judge(m);
    assert_first(VERDICT_NO_GROUND);
    m.under_reset.reads = (struct tally){.tries = 262, .good = 262};
    judge(m);
    assert_first(VERDICT_UNDER_RESET);
}

static void an_answer_without_a_voltage(void **state)
{
    struct measurements m = healthy();

    m.vtref_mv[0] = m.vtref_mv[1] = m.vtref_mv[2] = 100;
    judge(m);
    assert_first(VERDICT_VTREF_OPEN);
    assert_int_equal(count, 1);
}

static void what_a_supply_allows_is_a_remark(void **state)
{
    static const uint32_t supplies[] = {1700, 1800, 1990, 2000, 2400};

    for (size_t i = 0; i < sizeof supplies / sizeof *supplies; i++) {
        struct measurements m = healthy();
        m.vtref_mv[0] = m.vtref_mv[1] = m.vtref_mv[2] = supplies[i];
        judge(m);
        assert_first(VERDICT_HEALTHY);
        assert_int_equal(count, 2);
        assert_true(verdict_is_remark(verdicts[1].class));
        assert_int_equal(verdicts[1].class, VERDICT_LOW_SUPPLY);
    }
}

static void what_starts_instead_of_a_program(void **state)
{
    struct measurements m = healthy();

    m.boots_elsewhere = true;
    m.pc = 0x1FFFF3D0;
    judge(m);
    assert_first(VERDICT_SYSTEM_LOADER);
    assert_cause("boot0", 1);
    m.vectors[0] = m.vectors[1] = 0xFFFFFFFF; /* an F1 does not look whether it is blank */
    judge(m);
    assert_first(VERDICT_SYSTEM_LOADER);
    assert_non_null(find(VERDICT_BLANK));
    m.chip.dev_id = 0x460; /* a G0 does */
    judge(m);
    assert_first(VERDICT_BLANK);
    assert_null(find(VERDICT_SYSTEM_LOADER));
    m.vectors[0] = 0x20005000; /* loaded since, but not powered up */
    m.vectors[1] = 0x08000131;
    judge(m);
    assert_first(VERDICT_SYSTEM_LOADER);
    assert_cause("empty-check", 1);
    m = healthy();
    m.vectors[0] = m.vectors[1] = 0xFFFFFFFF;
    m.locked_up = m.samples; /* as a core does that finds no vectors */
    judge(m);
    assert_first(VERDICT_BLANK);
    assert_int_equal(count, 1);
}

/* Erased is zero on L0 and L1 alone; what is neither that nor a vector table is no program. */
static void what_flash_begins_with(void **state)
{
    static const struct {
        uint16_t dev_id;
        uint32_t vectors[2];
        enum verdict_class class;
    } rows[] = {
        {0x410, {0, 0}, VERDICT_NO_PROGRAM},
        {0x417, {0, 0}, VERDICT_BLANK},
        {0x416, {0, 0}, VERDICT_BLANK},
        {0x415, {0xF90BFC5C, 0x4AE4687D}, VERDICT_NO_PROGRAM},
        {0x415, {0, 0x08000009}, VERDICT_NO_PROGRAM},
        {0x415, {0x20018000, 0x08000008}, VERDICT_NO_PROGRAM},
        {0x415, {0x20018000, 0x08000009}, VERDICT_HEALTHY},
        {0x415, {0x10008000, 0x20000101}, VERDICT_HEALTHY},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct measurements m = healthy();

        m.chip.dev_id = rows[i].dev_id;
        m.chip.flash_size = rows[i].dev_id == 0x415 ? 1024 * 1024 : 64 * 1024;
        memcpy(m.vectors, rows[i].vectors, sizeof m.vectors);
        judge(m);
        assert_first(rows[i].class);
    }
}

static void what_to_mend_first(void **state)
{
    struct measurements m = healthy();

    m.chip.readout_protected = m.chip.copy_suspected = m.chip.flash_size_guessed = true;
    m.vectors_known = false;
    judge(m);
    assert_first(VERDICT_READ_PROTECTED);
    assert_non_null(find(VERDICT_COPY));
    assert_null(find(VERDICT_FLASH_SIZE)); /* an F1 hides its size while it is protected */
    m.chip.readout_protected = false;
    m.size_known = true;
    m.size_register = 0; /* as a CH32 may have it */
    judge(m);
    assert_first(VERDICT_COPY);
    m.size_register = 0xFFFF0003; /* no copy says that of itself */
    judge(m);
    assert_first(VERDICT_FLASH_SIZE);
    assert_non_null(find(VERDICT_COPY));
}

static void blocks_that_option_bytes_protect(void **state)
{
    struct measurements m = healthy();

    m.write_blocks = 16;
    judge(m);
    assert_first(VERDICT_HEALTHY);
    m.write_protected = 2;
    judge(m);
    assert_first(VERDICT_WRITE_PROTECTED);
    assert_non_null(strstr(verdicts[0].text, "2 of 16"));
}

static void locked(void **state)
{
    struct measurements m = healthy();

    m.chip.readout_protected = true;
    m.vectors_known = false;
    judge(m);
    assert_first(VERDICT_READ_PROTECTED);
    assert_null(find(VERDICT_HEALTHY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_board_is_accused_of_nothing),
        cmocka_unit_test(a_core_behind_another_port_is_well),
        cmocka_unit_test(silence_by_its_voltage),
        cmocka_unit_test(under_reset_alone),
        cmocka_unit_test(slow_only),
        cmocka_unit_test(packets_lost_at_any_clock_are_the_ground),
        cmocka_unit_test(garbled_at_any_clock_is_noise),
        cmocka_unit_test(one_garbled_packet_is_nobodys_fault),
        cmocka_unit_test(two_chips_at_once),
        cmocka_unit_test(noise_is_nothing_else),
        cmocka_unit_test(what_is_lost_under_reset_is_the_wires),
        cmocka_unit_test(an_answer_without_a_voltage),
        cmocka_unit_test(what_a_supply_allows_is_a_remark),
        cmocka_unit_test(what_starts_instead_of_a_program),
        cmocka_unit_test(what_to_mend_first),
        cmocka_unit_test(blocks_that_option_bytes_protect),
        cmocka_unit_test(locked),
        cmocka_unit_test(what_flash_begins_with),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
