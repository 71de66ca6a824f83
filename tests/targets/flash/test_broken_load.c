/* SPDX-License-Identifier: MIT */
/* One operation of a load fails, each in its turn: a load that is called good is good. */
#include "flash/content.h"

#include <string.h>

#include "flash_bench.h"
#include "probe/fault_injection.h"

enum { LENGTH = 2 * PAGE_SIZE + 300, RAM_LENGTH = 200, OPERATIONS_MAX = 3000 };

static uint8_t bytes[LENGTH + RAM_LENGTH];

static struct image_segment segments[] = {{FLASH + PAGE_SIZE / 2, LENGTH, bytes},
                                          {RAM, RAM_LENGTH, bytes + LENGTH}};
static const struct image image = {.segments = segments, .count = 2, .bytes = sizeof bytes};

static enum err load(struct bench *bench)
{
    struct flash_image_options options = {0};

    return flash_image(bench->target, &image, &options, NULL);
}

static enum err verify(struct bench *bench)
{
    return flash_image_verify(bench->target, &image, NULL, NULL);
}

static enum err broken_at(struct bench *bench, enum err (*run)(struct bench *),
                          enum fault_kind kind, unsigned at, bool *struck)
{
    struct fault_plan plan = {.kind = kind, .at = at};

    bench_job(bench);
    fault_wrap(bench->probe, &plan);
    enum err err = run(bench);
    bench->probe->driver = plan.inner;
    *struck = plan.seen >= at;
    return err;
}

static void begin_again(struct bench *bench)
{
    bench_job(bench);
    if (target_state(bench->target) == TARGET_ABSENT)
        assert_int_equal(target_connect(bench->target, TARGET_CONNECT_NORMAL), ERR_OK);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    bench_job(bench);
}

static void is_loaded(struct bench *bench)
{
    target_drop_caches(bench->target);
    bench_job(bench);
    bench_assert_memory(bench, segments[0].address, bytes, LENGTH);
    bench_assert_memory(bench, RAM, bytes + LENGTH, RAM_LENGTH);
}

static void a_load_that_is_called_good_is_good(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_TIMEOUT, FAULT_NO_ACK, FAULT_REFUSED};
    struct bench *bench = *state;
    unsigned failed = 0;
    bool struck = true;

    for (unsigned at = 1; struck; at += 1 + at / 16) {
        bench_fill(bytes, sizeof bytes, at); /* other content each time */
        assert_true(at < OPERATIONS_MAX);
        enum err err = broken_at(bench, load, kinds[at % 3], at, &struck);
        failed += err != ERR_OK;
        if (err) {
            assert_true(struck);
            assert_true(bench->job.text[0]);
            begin_again(bench);
            assert_int_equal(load(bench), ERR_OK); /* it can be done again */
        }
        is_loaded(bench);
    }
    assert_true(failed > 20);
}

static void what_could_not_be_read_is_not_called_identical(void **state)
{
    struct bench *bench = *state;
    bool struck = true;
    unsigned failed = 0;

    bench_fill(bytes, sizeof bytes, 5);
    assert_int_equal(load(bench), ERR_OK);
    for (unsigned at = 1; struck; at++) {
        target_drop_caches(bench->target);
        enum err err = broken_at(bench, verify, at % 2 ? FAULT_TIMEOUT : FAULT_NO_ACK, at, &struck);
        assert_int_equal(err != ERR_OK, struck);
        failed += struck;
        begin_again(bench);
    }
    assert_true(failed > 2);
}

/* The first and the last byte of each part, and one within. */
static void each_byte_counts(void **state)
{
    static const size_t places[] = {0, 1000, LENGTH - 1, LENGTH, LENGTH + 100, sizeof bytes - 1};
    struct bench *bench = *state;

    bench_fill(bytes, sizeof bytes, 6);
    assert_int_equal(load(bench), ERR_OK);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char address[16];
        size_t at = places[i];

        bytes[at] ^= 1;
        bench_job(bench);
        assert_int_equal(verify(bench), ERR_VERIFY);
        snprintf(address, sizeof address, "0x%08x",
                 (unsigned)(at < LENGTH ? segments[0].address + at : RAM + at - LENGTH));
        assert_non_null(strstr(bench->job.text, address));
        bytes[at] ^= 1;
    }
    bench_job(bench);
    assert_int_equal(verify(bench), ERR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_load_that_is_called_good_is_good),
        TEST(what_could_not_be_read_is_not_called_identical),
        TEST(each_byte_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
