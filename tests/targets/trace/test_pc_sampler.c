/* SPDX-License-Identifier: MIT */
/* Samples of a running program against what the simulated core itself counts of it: a program in
 * RAM that adds up, by the cycle counter, how long it was in each of two loops and asleep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "core/core.h"
#include "trace/pc_sampler.h"

enum { RAM = 0x20000000, SAMPLES = 10000, FIRST_LOOP = 4, SECOND_LOOP = 18 };

/* r7 CYCCNT, r6 ICSR, r8 PENDSTCLR; sums in r3 (first), r4 (second), r5 (asleep). */
static const uint16_t program[] = {
    0x6839, /* outer: ldr r1, [r7] */
    0x2078, /*        movs r0, #120 */
    0x3801, /* first: subs r0, #1 */
    0xD1FD, /*        bne first */
    0x683A, /*        ldr r2, [r7] */
    0x1A52, /*        subs r2, r2, r1 */
    0x189B, /*        adds r3, r3, r2 */
    0x6839, /*        ldr r1, [r7] */
    0x20FA, /*        movs r0, #250 */
    0x3801, /* second: subs r0, #1 */
    0xD1FD, /*        bne second */
    0x683A, /*        ldr r2, [r7] */
    0x1A52, /*        subs r2, r2, r1 */
    0x18A4, /*        adds r4, r4, r2 */
    0x6839, /*        ldr r1, [r7] */
    0xBF30, /*        wfi: SysTick is pending, but masked */
    0x683A, /*        ldr r2, [r7] */
    0x1A52, /*        subs r2, r2, r1 */
    0x18AD, /*        adds r5, r5, r2 */
    0x4640, /*        mov r0, r8 */
    0x6030, /*        str r0, [r6] */
    0xE7E9, /*        b outer */
};

struct bench {
    struct job job;
    struct log log;
    struct probe *probe;
    struct target *target;
};

static void drop_line(void *user, enum log_level level, const char *line) {}

static void check(struct bench *bench, enum err err)
{
    if (err)
        fail_msg("%s", job_text(&bench->job, err));
}

static void begin(struct bench *bench)
{
    struct probe_info info;

    bench->log = (struct log){LOG_INFO, drop_line, NULL};
    job_init(&bench->job, &bench->log);
    check(bench, probe_sim_info("bluepill,still", &info, &bench->job));
    check(bench, probe_open(&info, &bench->job, NULL, &bench->probe));
    check(bench, target_create(bench->probe, &bench->target));
    target_set_job(bench->target, &bench->job);
    check(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
    /* Its flash is empty: what came of that is over. */
    check(bench, target_reset(bench->target, TARGET_RESET_HALT));
}

static void end(struct bench *bench)
{
    target_destroy(bench->target);
    probe_close(bench->probe);
}

static void poke(struct bench *bench, uint32_t address, uint32_t value)
{
    uint8_t word[4];

    put_le32(word, value);
    check(bench, target_write_width(bench->target, address, 4, word, 1));
}

static void start(struct bench *bench)
{
    static const uint32_t registers[] = {0, 0, 0, 0, 0, 0, 0xE000ED04, 0xE0001004, 1u << 25};

    check(bench, target_write(bench->target, RAM, program, sizeof program));
    poke(bench, 0xE0001000, 1);    /* DWT_CTRL: CYCCNT counts */
    poke(bench, 0xE000E014, 1999); /* SysTick, with its exception */
    poke(bench, 0xE000E018, 0);
    poke(bench, 0xE000E010, 7);
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        check(bench, target_write_register(bench->target, i, registers[i]));
    check(bench, target_write_register(bench->target, 15, RAM));
    check(bench, target_write_register(bench->target, 16, 1u << 24));
    size_t count;
    const struct target_register *names = target_registers(bench->target, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].name, "primask") == 0)
            check(bench, target_write_register(bench->target, i, 1));
    check(bench, target_resume(bench->target));
}

static double per_cent(uint64_t part, uint64_t whole)
{
    return 100.0 * (double)part / (double)whole;
}

static uint64_t register_of(struct bench *bench, size_t index)
{
    uint64_t value;

    check(bench, target_read_register(bench->target, index, &value));
    return value;
}

static void assert_near(double one, double other)
{
    if (one < other - 2 || one > other + 2)
        fail_msg("%.2f %% of the samples, %.2f %% of the cycles", one, other);
}

static void shares_are_those_that_the_core_counts(void **state)
{
    struct bench bench = {0};
    struct pc_sampler sampler;
    struct pc_histogram histogram = {0};
    struct target_stop stop;
    uint64_t first = 0, second = 0;

    begin(&bench);
    start(&bench);
    pc_sampler_init(&sampler, 1);
    while (histogram.samples < SAMPLES)
        check(&bench, pc_sample(&sampler, bench.target, &histogram));
    check(&bench, target_halt(bench.target, &stop));
    for (size_t i = 0; i < histogram.capacity; i++) {
        const struct pc_count *item = &histogram.items[i];
        uint32_t offset = item->pc - RAM;
        if (item->count && (offset == FIRST_LOOP || offset == FIRST_LOOP + 2))
            first += item->count;
        if (item->count && (offset == SECOND_LOOP || offset == SECOND_LOOP + 2))
            second += item->count;
    }
    uint64_t counted[3] = {register_of(&bench, 3), register_of(&bench, 4), register_of(&bench, 5)};
    uint64_t all = counted[0] + counted[1] + counted[2];
    assert_true(counted[0] > 0 && counted[1] > 0 && counted[2] > 0);
    assert_near(per_cent(first, SAMPLES), per_cent(counted[0], all));
    assert_near(per_cent(second, SAMPLES), per_cent(counted[1], all));
    assert_near(per_cent(histogram.asleep, SAMPLES), per_cent(counted[2], all));
    pc_histogram_free(&histogram);
    end(&bench);
}

/* As on a core without the register: it reads as zero. */
static void a_core_that_does_not_say_is_refused_in_words(void **state)
{
    struct bench bench = {0};
    struct pc_sampler sampler;
    struct pc_histogram histogram = {0};
    enum err err = ERR_OK;

    begin(&bench);
    start(&bench);
    poke(&bench, DEMCR, 0);
    pc_sampler_init(&sampler, 1);
    while (!err)
        err = pc_sample(&sampler, bench.target, &histogram);
    assert_int_equal(err, ERR_UNSUPPORTED);
    assert_non_null(strstr(bench.job.text, "Cortex-M3 does not say where it is"));
    pc_histogram_free(&histogram);
    end(&bench);
}

static void a_core_that_stands_is_told(void **state)
{
    struct bench bench = {0};
    struct pc_sampler sampler;
    struct pc_histogram histogram = {0};

    begin(&bench);
    pc_sampler_init(&sampler, 1);
    assert_int_equal(pc_sample(&sampler, bench.target, &histogram), ERR_BUSY);
    end(&bench);
}

static void a_histogram_counts_any_number_of_addresses(void **state)
{
    struct pc_histogram histogram = {0};

    for (uint32_t round = 0; round < 3; round++)
        for (uint32_t pc = 0; pc < 20000; pc += 2)
            assert_true(pc_histogram_add(&histogram, 0x08000000 + pc + (round & 1)));
    assert_int_equal(histogram.used, 10000);
    assert_int_equal(histogram.samples, 30000);
    for (size_t i = 0; i < histogram.capacity; i++)
        assert_true(histogram.items[i].count == 0 || histogram.items[i].count == 3);
    pc_histogram_free(&histogram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_those_that_the_core_counts),
        cmocka_unit_test(a_core_that_does_not_say_is_refused_in_words),
        cmocka_unit_test(a_core_that_stands_is_told),
        cmocka_unit_test(a_histogram_counts_any_number_of_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
