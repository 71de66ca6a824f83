/* SPDX-License-Identifier: MIT */
/* The simulated board as the daemon sees it: an ordinary probe under the queue of operations. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>

#include "probe/ops.h"
#include "probe/probe.h"

struct bench {
    struct job job;
    struct log log;
    char logged[2000];
    struct probe *probe;
    struct ops ops;
    char output[2000];
};

static void keep_output(void *user, const char *text, size_t length)
{
    struct bench *bench = user;
    size_t used = strlen(bench->output);

    snprintf(bench->output + used, sizeof bench->output - used, "%.*s", (int)length, text);
}

static void keep_line(void *user, enum log_level level, const char *line)
{
    struct bench *bench = user;
    size_t used = strlen(bench->logged);

    snprintf(bench->logged + used, sizeof bench->logged - used, "%s\n", line);
}

static struct bench *opened(const char *spec)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct probe_info info;

    bench->log = (struct log){LOG_INFO, keep_line, bench};
    job_init(&bench->job, &bench->log);
    bench->job.output = keep_output;
    bench->job.user = bench;
    if (probe_sim_info(spec, &info, &bench->job) != ERR_OK ||
        probe_open(&info, &bench->job, NULL, &bench->probe) != ERR_OK)
        fail_msg("%s", bench->job.text);
    ops_init(&bench->ops, bench->probe);
    return bench;
}

static void finish(struct bench *bench)
{
    probe_close(bench->probe);
    free(bench);
}

static void expect_error(struct bench *bench, enum err err, enum err expected)
{
    if (err != expected)
        fail_msg("'%s' (%s) instead of '%s'", err_text(err), bench->job.text, err_text(expected));
    job_clear(&bench->job);
}

static struct bench *connected(const char *spec)
{
    struct bench *bench = opened(spec);

    expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL), ERR_OK);
    return bench;
}

static void hand(struct bench *bench, const char *word1, const char *word2)
{
    const char *const argv[] = {word1, word2};

    bench->output[0] = '\0';
    expect_error(bench, probe_command(bench->probe, word2 ? 2 : 1, argv), ERR_OK);
}

static uint32_t read32(struct bench *bench, uint32_t address)
{
    uint32_t value = 0;

    ops_read32(&bench->ops, address, &value);
    expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    return value;
}

static void describes_itself(void **state)
{
    struct probe_info info;
    struct job job;

    job_init(&job, NULL);
    assert_int_equal(probe_sim_info("bluepill,clone", &info, &job), ERR_OK);
    assert_string_equal(info.product, "simulated Blue Pill");
    assert_string_equal(info.spec, "bluepill,clone");
    assert_int_equal(probe_sim_info("redpill", &info, &job), ERR_ARGUMENT);
    assert_non_null(strstr(job.text, "bluepill"));
}

static void connects_and_reads(void **state)
{
    struct bench *bench = opened("bluepill");
    uint32_t dpidr = 0;

    expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, &dpidr), ERR_OK);
    assert_int_equal(dpidr, 0x1BA01477);
    assert_int_equal(read32(bench, CPUID), 0x411FC231);
    assert_int_equal(read32(bench, 0xE0042000), 0x20036410);
    expect_error(bench, probe_disconnect(bench->probe), ERR_OK);
    finish(bench);
}

/* Blocks across 1 KiB boundaries, of every width, written and read back. */
static void moves_blocks(void **state)
{
    static uint8_t out[5000], in[5000];
    struct bench *bench = connected("bluepill");

    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 7 + i / 256);
    for (unsigned width = 1; width <= 4; width *= 2) {
        memset(in, 0, sizeof in);
        ops_write(&bench->ops, SRAM_BASE + 0x3F0, width, out, sizeof out / width);
        ops_read(&bench->ops, SRAM_BASE + 0x3F0, width, in, sizeof in / width);
        expect_error(bench, ops_flush(&bench->ops), ERR_OK);
        assert_memory_equal(in, out, sizeof out);
        out[0]++;
    }
    finish(bench);
}

static void a_bus_error_names_the_address(void **state)
{
    struct bench *bench = connected("bluepill");
    uint32_t value;

    ops_read32(&bench->ops, SRAM_BASE, &value);
    ops_read32(&bench->ops, 0x30000000, &value);
    ops_read32(&bench->ops, SRAM_BASE, &value);
    assert_int_equal(ops_flush(&bench->ops), ERR_FAULT);
    assert_non_null(strstr(bench->job.text, "0x30000000"));
    job_clear(&bench->job);
    read32(bench, SRAM_BASE);
    finish(bench);
}

static void erases_and_programs(void **state)
{
    static const uint16_t data[] = {0x1111, 0x2222, 0x3333};
    struct bench *bench = connected("bluepill");
    uint64_t start = clock_now_us(probe_clock(bench->probe));

    ops_write32(&bench->ops, DHCSR, DHCSR_HALT);
    ops_write32(&bench->ops, FLASH_KEYR, KEY1);
    ops_write32(&bench->ops, FLASH_KEYR, KEY2);
    ops_write32(&bench->ops, FLASH_CR, 4);
    ops_write32(&bench->ops, FLASH_CR, 0x44);
    ops_wait32(&bench->ops, FLASH_SR, 1, 0, 100000);
    ops_write32(&bench->ops, FLASH_CR, 1);
    ops_write(&bench->ops, FLASH_BASE + 0x3FE, 2, data, 3); /* WAITs between */
    ops_wait32(&bench->ops, FLASH_SR, 1, 0, 1000);
    expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    assert_in_range(clock_now_us(probe_clock(bench->probe)) - start, 20000, 30000);
    assert_int_equal(read32(bench, FLASH_BASE + 0x3FC), 0x1111FFFF);
    assert_int_equal(read32(bench, FLASH_BASE + 0x400), 0x33332222);
    finish(bench);
}

/* A posted read of busy flash comes back once, with TAR moved on once. */
static void reads_of_busy_flash_are_waited_for(void **state)
{
    struct bench *bench = connected("bluepill,sleep");
    uint32_t words[4];
    uint64_t start = clock_now_us(probe_clock(bench->probe));

    ops_write32(&bench->ops, DHCSR, DHCSR_HALT);
    ops_read(&bench->ops, FLASH_BASE, 4, words, 4);
    expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    uint32_t second = words[1];
    ops_write32(&bench->ops, FLASH_KEYR, KEY1);
    ops_write32(&bench->ops, FLASH_KEYR, KEY2);
    ops_write32(&bench->ops, FLASH_CR, 2);
    ops_write32(&bench->ops, FLASH_AR, FLASH_BASE + 0x400);
    ops_write32(&bench->ops, FLASH_CR, 0x42);
    ops_read(&bench->ops, FLASH_BASE, 4, words, 4);
    expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    assert_int_equal(words[0], 0x20005000);
    assert_int_equal(words[1], second);
    assert_in_range(clock_now_us(probe_clock(bench->probe)) - start, 20000,
                    30000); /* it was busy */
    finish(bench);
}

static void connects_under_reset(void **state)
{
    struct bench *bench = opened("bluepill,swj-off");

    expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL), ERR_NO_TARGET);
    expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_UNDER_RESET, NULL), ERR_OK);
    assert_true(read32(bench, DHCSR) & S_RESET_ST);
    expect_error(bench, probe_nrst(bench->probe, PROBE_NRST_RELEASE), ERR_OK);
    finish(bench);
}

static void silence_is_no_target(void **state)
{
    static const char *const specs[] = {"bluepill,noack", "bluepill,vtref=0.0"};

    for (size_t i = 0; i < 2; i++) {
        struct bench *bench = opened(specs[i]);
        expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL), ERR_NO_TARGET);
        finish(bench);
    }
}

static void unplugged_fails_until_plugged(void **state)
{
    struct bench *bench = connected("bluepill");
    uint32_t value;

    ops_write32(&bench->ops, SRAM_BASE, 0x4711);
    expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    hand(bench, "unplug", NULL);
    ops_read32(&bench->ops, SRAM_BASE, &value);
    expect_error(bench, ops_flush(&bench->ops), ERR_PROBE_GONE);
    expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL), ERR_PROBE_GONE);
    expect_error(bench, probe_nrst(bench->probe, PROBE_NRST_ASSERT), ERR_PROBE_GONE);
    expect_error(bench, probe_vtref(bench->probe, &value), ERR_PROBE_GONE);
    expect_error(bench, probe_set_speed(bench->probe, 100, NULL), ERR_PROBE_GONE);
    hand(bench, "plug", NULL);
    expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL), ERR_OK);
    assert_int_equal(read32(bench, SRAM_BASE), 0x4711);
    finish(bench);
}

static void vanishes_in_mid_operation(void **state)
{
    static uint8_t block[4000];
    struct bench *bench = connected("bluepill");

    hand(bench, "fault", "+vanish=100");
    ops_read(&bench->ops, SRAM_BASE, 4, block, sizeof block / 4);
    expect_error(bench, ops_flush(&bench->ops), ERR_PROBE_GONE);
    hand(bench, "plug", NULL);
    expect_error(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL), ERR_OK);
    ops_read(&bench->ops, SRAM_BASE, 4, block, sizeof block / 4);
    expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    finish(bench);
}

/* What arrives under noise is right, or an error says that it is not. */
static void noise_never_changes_data(void **state)
{
    static uint8_t out[2000], in[2000];
    struct bench *bench = connected("bluepill");
    unsigned right = 0;

    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 13);
    hand(bench, "fault", "+noise=300");
    for (int round = 0; round < 20; round++) {
        out[round]++;
        ops_write(&bench->ops, SRAM_BASE + 0x200, 4, out, sizeof out / 4);
        ops_read(&bench->ops, SRAM_BASE + 0x200, 4, in, sizeof in / 4);
        if (ops_flush(&bench->ops) == ERR_OK) {
            assert_memory_equal(in, out, sizeof out);
            right++;
        }
        job_clear(&bench->job);
    }
    assert_true(right > 0);
    assert_true(probe_stats(bench->probe)->repeats > 10);
    finish(bench);
}

static void shows_state_and_serial_output(void **state)
{
    struct bench *bench = connected("bluepill");

    expect_error(bench, probe_command(bench->probe, 0, NULL), ERR_OK);
    assert_non_null(strstr(bench->output, "faults: none"));
    ops_write32(&bench->ops, 0x40021018, 1u << 14); /* RCC_APB2ENR: USART1EN */
    ops_write32(&bench->ops, 0x40013808, 69);
    ops_write32(&bench->ops, 0x4001380C, 0x2008);
    ops_write32(&bench->ops, 0x40013804, 'X');
    expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    clock_sleep_us(probe_clock(bench->probe), 1000);
    hand(bench, "uart", NULL);
    assert_string_equal(bench->output, "X");
    const char *const wrong[] = {"dance"};
    expect_error(bench, probe_command(bench->probe, 1, wrong), ERR_ARGUMENT);
    finish(bench);
}

/* Once, and for each peripheral. */
static void what_has_no_clock_is_logged(void **state)
{
    struct bench *bench = connected("bluepill");

    for (int i = 0; i < 3; i++) {
        ops_write32(&bench->ops, 0x40010800, 0x33333333);
        ops_write32(&bench->ops, 0x40013808, 69);
        expect_error(bench, ops_flush(&bench->ops), ERR_OK);
    }
    const char *port = strstr(bench->logged, "the debugger uses GPIOA, whose clock is off");
    assert_non_null(port);
    assert_null(strstr(port + 30, "GPIOA"));
    assert_non_null(strstr(bench->logged, "bit 14 of RCC_APB2ENR"));
    finish(bench);
}

static void counts_what_it_does(void **state)
{
    struct bench *bench = connected("bluepill");

    hand(bench, "boot0", "1");
    hand(bench, "nrst", "press");
    hand(bench, "nrst", "release");
    clock_sleep_us(probe_clock(bench->probe), 1000);
    read32(bench, CPUID);
    const struct probe_stats *stats = probe_stats(bench->probe);
    assert_true(stats->instructions > 1000);
    assert_true(stats->dap_accesses > 5);
    assert_true(stats->flushes > 0);
    finish(bench);
}

/* Virtual time passes at once, realtime as on the wall. */
static void realtime_really_waits(void **state)
{
    struct bench *bench = opened("bluepill");
    struct clock *wall = clock_real();

    assert_true(probe_clock(bench->probe)->is_virtual);
    uint64_t start = clock_now_us(wall);
    clock_sleep_us(probe_clock(bench->probe), 1000000000);
    assert_true(clock_now_us(wall) - start < 500000000);
    finish(bench);
    bench = opened("bluepill,realtime");
    assert_false(probe_clock(bench->probe)->is_virtual);
    start = clock_now_us(wall);
    clock_sleep_us(probe_clock(bench->probe), 50000);
    assert_true(clock_now_us(wall) - start >= 45000);
    finish(bench);
}

static void speed_costs_time(void **state)
{
    struct bench *bench = connected("bluepill,still");
    struct clock *clock = probe_clock(bench->probe);
    uint32_t actual, block[100];
    uint64_t took[2];

    for (int i = 0; i < 2; i++) {
        expect_error(bench, probe_set_speed(bench->probe, i ? 100 : 1000, &actual), ERR_OK);
        assert_int_equal(actual, i ? 100 : 1000);
        uint64_t start = clock_now_us(clock);
        ops_read(&bench->ops, SRAM_BASE, 4, block, 100);
        expect_error(bench, ops_flush(&bench->ops), ERR_OK);
        took[i] = clock_now_us(clock) - start;
    }
    assert_in_range(took[1], took[0] * 8, took[0] * 12);
    finish(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_itself),
        cmocka_unit_test(connects_and_reads),
        cmocka_unit_test(moves_blocks),
        cmocka_unit_test(a_bus_error_names_the_address),
        cmocka_unit_test(erases_and_programs),
        cmocka_unit_test(reads_of_busy_flash_are_waited_for),
        cmocka_unit_test(connects_under_reset),
        cmocka_unit_test(silence_is_no_target),
        cmocka_unit_test(unplugged_fails_until_plugged),
        cmocka_unit_test(vanishes_in_mid_operation),
        cmocka_unit_test(noise_never_changes_data),
        cmocka_unit_test(shows_state_and_serial_output),
        cmocka_unit_test(what_has_no_clock_is_logged),
        cmocka_unit_test(counts_what_it_does),
        cmocka_unit_test(realtime_really_waits),
        cmocka_unit_test(speed_costs_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
