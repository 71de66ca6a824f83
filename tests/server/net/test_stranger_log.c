/* SPDX-License-Identifier: MIT */
/* A flood of strangers in the log: a few lines, then counts, and none is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/stranger_log.h"

enum { FLOOD = 100000 };

static struct bench {
    uv_loop_t loop;
    uv_idle_t others; /* what a loop turns for: our timer does not keep it */
    struct stranger_log strangers;
    struct log log;
    size_t lines;            /* written */
    unsigned long long told; /* the sum of all counts, and of the lines without one */
    char last[600];
} bench;

static void write_line(void *user, enum log_level level, const char *line)
{
    unsigned long long more = 1;

    (void)user;
    assert_int_equal(level, LOG_WARN);
    bench.lines++;
    if (sscanf(line, "%llu more like this: ", &more) != 1)
        more = 1;
    bench.told += more;
    snprintf(bench.last, sizeof bench.last, "%s", line);
}

static void do_nothing(uv_idle_t *idle)
{
    (void)idle;
}

static int begin(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    bench.log = (struct log){.level = LOG_INFO, .write = write_line};
    uv_loop_init(&bench.loop);
    uv_idle_init(&bench.loop, &bench.others);
    uv_idle_start(&bench.others, do_nothing);
    stranger_log_init(&bench.strangers, &bench.loop, &bench.log, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    uv_close((uv_handle_t *)&bench.strangers.timer, NULL);
    uv_close((uv_handle_t *)&bench.others, NULL);
    uv_run(&bench.loop, UV_RUN_NOWAIT);
    return uv_loop_close(&bench.loop);
}

static void turn_until_told(unsigned long long told)
{
    while (bench.told < told)
        uv_run(&bench.loop, UV_RUN_NOWAIT);
    assert_int_equal(bench.told, told);
}

static void a_flood_is_a_few_lines_and_a_count(void **state)
{
    (void)state;
    for (int i = 0; i < FLOOD; i++)
        log_line(&bench.strangers.log, LOG_WARN, "a client of user %d was refused", 54321);
    assert_int_equal(bench.lines, STRANGER_FEW);
    turn_until_told(FLOOD);
    assert_int_equal(bench.lines, STRANGER_FEW + 1);
    assert_string_equal(bench.last, "99995 more like this: a client of user 54321 was refused");
}

static void while_it_lasts_there_are_only_counts(void **state)
{
    (void)state;
    for (int period = 1; period <= 8; period++) {
        for (int i = 0; i < 100; i++)
            log_line(&bench.strangers.log, LOG_WARN, "refused");
        turn_until_told((unsigned)period * 100);
        assert_int_equal(bench.lines, STRANGER_FEW + period);
    }
}

/* One an hour later is news again. */
static void quiet_makes_it_news(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        log_line(&bench.strangers.log, LOG_WARN, "refused");
    turn_until_told(100);
    while (uv_is_active((uv_handle_t *)&bench.strangers.timer))
        uv_run(&bench.loop, UV_RUN_NOWAIT);
    log_line(&bench.strangers.log, LOG_WARN, "refused");
    assert_string_equal(bench.last, "refused");
}

static void other_lines_are_not_hidden(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        log_line(&bench.strangers.log, LOG_WARN, "refused");
    log_line(&bench.strangers.log, LOG_WARN, "turned away");
    assert_string_equal(bench.last, "turned away");
}

/* Who can make each of his lines another one gets no further. */
static void many_different_lines_are_few_too(void **state)
{
    (void)state;
    for (int i = 0; i < FLOOD; i++)
        log_line(&bench.strangers.log, LOG_WARN, "user %d was refused", i);
    assert_in_range(bench.lines, STRANGER_LINES, STRANGER_LINES + STRANGER_FEW);
    stranger_log_flush(&bench.strangers);
    assert_int_equal(bench.told, FLOOD);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_flood_is_a_few_lines_and_a_count),
        TEST(while_it_lasts_there_are_only_counts),
        TEST(quiet_makes_it_news),
        TEST(other_lines_are_not_hidden),
        TEST(many_different_lines_are_few_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
