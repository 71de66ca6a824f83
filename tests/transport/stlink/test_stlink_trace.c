/* SPDX-License-Identifier: MIT */
/* What comes by the trace wire, through an ST-Link: it is all there, at the rates that the firmware
 * takes, and after the connection was lost and made again. */
#include "stlink_bench.h"

#include "core/core.h"
#include "trace/swo.h"

static const struct swo_plan plan = {.clock_hz = 8000000, .baud = 1000000, .ports = 1};

struct traced {
    struct bench bench;
    struct target *target;
};

static void begin_at(struct traced *traced, const char *firmware, const char *board,
                     uint32_t clock_hz, uint32_t baud)
{
    struct target_stop stop;
    struct swo_plan own = plan;

    own.baud = baud;
    own.clock_hz = clock_hz;
    bench_open(&traced->bench, firmware, board);
    assert_int_equal(target_create(traced->bench.probe, &traced->target), ERR_OK);
    if (target_connect(traced->target, TARGET_CONNECT_NORMAL) != ERR_OK ||
        target_halt(traced->target, &stop) != ERR_OK ||
        probe_trace_start(traced->bench.probe, baud) != ERR_OK ||
        swo_set_up(traced->target, &own) != ERR_OK)
        fail_msg("%s: %s", firmware, traced->bench.job.text);
}

static void begin(struct traced *traced, const char *firmware, uint32_t baud)
{
    begin_at(traced, firmware, "bluepill", 8000000, baud);
}

static void end(struct traced *traced)
{
    target_destroy(traced->target);
    bench_close(&traced->bench);
}

/* The debugger plays the program. */
static void say(struct traced *traced, uint8_t character)
{
    assert_int_equal(target_write_width(traced->target, 0xE0000000, 1, &character, 1), ERR_OK);
}

static void hear(struct traced *traced, const void *expected, size_t length)
{
    uint8_t bytes[64];
    size_t count = 0;

    sim_board_advance_us(traced->bench.board, 1000);
    if (probe_trace_read(traced->bench.probe, bytes, sizeof bytes, &count) != ERR_OK)
        fail_msg("%s", traced->bench.job.text);
    assert_int_equal(count, length);
    assert_memory_equal(bytes, expected, length);
}

static void all_firmware_brings_it(void **state)
{
    for (size_t i = 0; bench_firmwares[i]; i++) {
        struct traced traced = {0};

        begin(&traced, bench_firmwares[i], 1000000);
        hear(&traced, "", 0);
        say(&traced, 'a');
        say(&traced, 'b');
        hear(&traced, "\1a\1b", 4);
        hear(&traced, "", 0);
        end(&traced);
    }
}

static void a_v3_is_faster(void **state)
{
    struct traced traced = {0};

    begin(&traced, "V3", 8000000);
    say(&traced, 'x');
    hear(&traced, "\1x", 2);
    assert_int_equal(probe_trace_limit(traced.bench.probe), 24000000);
    end(&traced);
    traced = (struct traced){0};
    begin(&traced, "V2J43", 2000000);
    assert_int_equal(probe_trace_start(traced.bench.probe, 2000001), ERR_ARGUMENT);
    assert_non_null(strstr(traced.bench.job.text, "2000000"));
    end(&traced);
}

/* At what their clocks are behind a reset. */
static void each_family_has_its_own_way_to_the_pin(void **state)
{
    static const struct {
        const char *board;
        uint32_t clock_hz;
    } boards[] = {
        {"blackpill-f411", 16000000}, {"nucleo-f303k8", 8000000}, {"nucleo-f746", 16000000},
        {"nucleo-l476", 4000000},     {"nucleo-g431", 16000000},  {"nucleo-wb55", 4000000},
        {"nucleo-u575", 4000000},
    };

    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        struct traced traced = {0};
        begin_at(&traced, "V3", boards[i].board, boards[i].clock_hz, 1000000);
        say(&traced, 'x');
        hear(&traced, "\1x", 2);
        end(&traced);
    }
}

static void a_lost_connection_does_not_end_it(void **state)
{
    struct traced traced = {0};

    begin(&traced, "V3", 1000000);
    bench_connect(&traced.bench);
    say(&traced, 'x');
    hear(&traced, "\1x", 2);
    end(&traced);
}

static void no_longer_listened_to_it_brings_nothing(void **state)
{
    struct traced traced = {0};

    begin(&traced, "V2-1", 1000000);
    assert_int_equal(probe_trace_stop(traced.bench.probe), ERR_OK);
    say(&traced, 'x');
    hear(&traced, "", 0);
    end(&traced);
}

/* Four bytes are asked for, more waits: the rest comes with the next. */
static void a_small_buffer_takes_it_in_turns(void **state)
{
    struct traced traced = {0};
    uint8_t bytes[4];
    size_t count;

    begin(&traced, "V2J43", 1000000);
    for (char c = 'a'; c <= 'f'; c++)
        say(&traced, (uint8_t)c);
    sim_board_advance_us(traced.bench.board, 1000);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(probe_trace_read(traced.bench.probe, bytes, sizeof bytes, &count), ERR_OK);
        assert_int_equal(count, 4);
        assert_int_equal(bytes[1], 'a' + 2 * i);
    }
    end(&traced);
}

static void what_a_program_changes_is_found(void **state)
{
    static const struct {
        uint32_t address, value;
        const char *clause;
    } changes[] = {
        {0xE0040010, 35, "the divider of its rate is another (ACPR)"},
        {0xE0040304, 0x102, "the formatter is on (FFCR)"},
        {0xE0000E80, 0, "ITM is off (TCR)"},
        {0xE0042004, 0, "the pin is not the trace's (DBGMCU_CR)"},
    };
    char changed[400];

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct traced traced = {0};
        begin(&traced, "V2J43", 1000000);
        assert_int_equal(swo_check(traced.target, &plan, changed, sizeof changed), ERR_OK);
        assert_string_equal(changed, "");
        assert_int_equal(
            target_write_width(traced.target, changes[i].address, 4, &changes[i].value, 1), ERR_OK);
        assert_int_equal(swo_check(traced.target, &plan, changed, sizeof changed), ERR_OK);
        assert_string_equal(changed, changes[i].clause);
        end(&traced);
    }
}

/* 8 MHz from reset on, of the program that runs then: a loop. */
static void the_clock_is_measured_while_the_core_runs(void **state)
{
    struct traced traced = {0};
    struct swo_clock clock = {0};
    uint32_t hz = 1;

    begin(&traced, "V2J43", 1000000);
    assert_int_equal(swo_clock_look(&clock, traced.target, &hz), ERR_OK);
    assert_int_equal(hz, 0);
    assert_int_equal(target_write(traced.target, RAM, "\xfe\xe7", 2), ERR_OK);
    assert_int_equal(target_write_register(traced.target, 15, RAM), ERR_OK);
    assert_int_equal(target_write_register(traced.target, 16, 1u << 24), ERR_OK);
    assert_int_equal(target_resume(traced.target), ERR_OK);
    assert_int_equal(swo_clock_look(&clock, traced.target, &hz), ERR_OK);
    assert_int_equal(hz, 0);
    sim_board_advance_us(traced.bench.board, 150000);
    assert_int_equal(swo_clock_look(&clock, traced.target, &hz), ERR_OK);
    assert_in_range(hz, 7960000, 8040000);
    end(&traced);
}

static void rates_are_what_divides(void **state)
{
    struct swo_plan own = {.clock_hz = 72000000, .baud = 2000000};

    (void)state;
    assert_int_equal(swo_best_baud(72000000, 2000000), 2000000);
    assert_int_equal(swo_best_baud(8000000, 2250000), 2000000);
    assert_int_equal(swo_best_baud(170000000, 2000000), 2000000);
    assert_int_equal(swo_best_baud(1000000, 2000000), 1000000);
    assert_true(swo_fits(&own));
    own.clock_hz = 5000000; /* by 2: 2.5 MHz, by 3: 1.67 */
    assert_false(swo_fits(&own));
    assert_int_equal(swo_sample_period(1), 64);
    assert_int_equal(swo_sample_period(1000), 1024);
    assert_int_equal(swo_sample_period(1025), 2048);
    assert_int_equal(swo_sample_period(1000000), 16384);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_firmware_brings_it),
        cmocka_unit_test(a_v3_is_faster),
        cmocka_unit_test(each_family_has_its_own_way_to_the_pin),
        cmocka_unit_test(a_lost_connection_does_not_end_it),
        cmocka_unit_test(no_longer_listened_to_it_brings_nothing),
        cmocka_unit_test(a_small_buffer_takes_it_in_turns),
        cmocka_unit_test(what_a_program_changes_is_found),
        cmocka_unit_test(the_clock_is_measured_while_the_core_runs),
        cmocka_unit_test(rates_are_what_divides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
