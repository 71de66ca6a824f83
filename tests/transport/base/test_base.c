/* SPDX-License-Identifier: MIT */
/* The base layer: bounded buffers, little-endian bytes, jobs and their first failure. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/job.h"
#include "base/log.h"

static void buf_drops_what_does_not_fit(void **state)
{
    char memory[4];
    struct buf buf;

    (void)state;
    buf_init(&buf, memory, sizeof memory);
    buf_text(&buf, "abc");
    buf_text(&buf, "de");
    assert_int_equal(buf.length, 3);
    assert_true(buf.overflow);
    buf_clear(&buf);
    buf_hex(&buf, "\x0f\xa0", 2);
    assert_memory_equal(memory, "0fa0", 4);
    assert_false(buf.overflow);
    buf_hex(&buf, "\x01", 1);
    assert_true(buf.overflow);
    assert_int_equal(buf.length, 4);
    buf_clear(&buf);
    buf_printf(&buf, "%d", 12345);
    assert_true(buf.overflow);
    assert_int_equal(buf.length, 0);
}

static void what_is_too_long_to_be_printed_is_dropped_whole(void **state)
{
    char memory[1000];
    struct buf buf;

    (void)state;
    buf_init(&buf, memory, sizeof memory);
    buf_printf(&buf, "%511d", 1);
    assert_int_equal(buf.length, 511);
    assert_false(buf.overflow);
    buf_clear(&buf);
    buf_printf(&buf, "%512d", 1);
    assert_int_equal(buf.length, 0);
    assert_true(buf.overflow);
}

static void bytes_are_little_endian(void **state)
{
    uint8_t b[4];

    (void)state;
    put_le32(b, 0x81020304);
    assert_memory_equal(b, "\x04\x03\x02\x81", 4);
    assert_int_equal(get_le32(b), 0x81020304);
    assert_int_equal(get_le16(b + 2), 0x8102);
}

static void job_keeps_the_first_failure(void **state)
{
    struct job job;

    (void)state;
    job_init(&job, NULL);
    assert_string_equal(job_text(&job, ERR_FAULT), err_text(ERR_FAULT));
    assert_int_equal(job_fail(&job, ERR_FAULT, "at %d", 7), ERR_FAULT);
    assert_int_equal(job_fail(&job, ERR_TIMEOUT, "later"), ERR_TIMEOUT);
    assert_string_equal(job_text(&job, ERR_TIMEOUT), "at 7");
    job_clear(&job);
    assert_int_equal(job.err, ERR_OK);
    assert_string_equal(job_text(&job, ERR_FAULT), err_text(ERR_FAULT));
}

static void cancelled_job_ends_at_its_checkpoint(void **state)
{
    struct job job;

    (void)state;
    job_init(&job, NULL);
    assert_int_equal(job_checkpoint(&job), ERR_OK);
    atomic_store(&job.cancelled, true);
    assert_int_equal(job_checkpoint(&job), ERR_CANCELLED);
}

static void between(void *user)
{
    (void)user;
}

static bool says(void *user)
{
    return *(bool *)user;
}

static void others_wait_unless_it_is_known_that_they_do_not(void **state)
{
    bool waiting = false;
    struct job job;

    (void)state;
    job_init(&job, NULL);
    assert_false(job_others_wait(&job)); /* nobody to let in */
    job.between = between;
    assert_true(job_others_wait(&job));
    job.waiting = says;
    job.between_user = &waiting;
    assert_false(job_others_wait(&job));
    waiting = true;
    assert_true(job_others_wait(&job));
}

static void set_or_unset(const char *name, const char *value)
{
    assert_int_equal(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void colours_are_for_terminals_that_like_them(void **state)
{
    static const struct {
        const char *term, *no_color;
        bool coloured;
    } cases[] = {{"xterm", NULL, true},
                 {"xterm", "", true},
                 {"xterm", "1", false},
                 {"dumb", NULL, false},
                 {NULL, NULL, false}};
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    (void)state;
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    FILE *terminal = fdopen(open(ptsname(master), O_RDWR | O_NOCTTY), "r+"), *file = tmpfile();
    assert_true(terminal && file);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_or_unset("TERM", cases[i].term);
        set_or_unset("NO_COLOR", cases[i].no_color);
        assert_int_equal(log_coloured(terminal), cases[i].coloured);
        assert_false(log_coloured(file));
    }
    fclose(file);
    fclose(terminal);
    close(master);
}

static void every_error_has_its_text(void **state)
{
    (void)state;
    for (int code = 0; code < ERR_COUNT; code++)
        assert_true(strlen(err_text((enum err)code)) > 1);
    assert_string_equal(err_text(ERR_COUNT), "unknown error");
}

static uint64_t monotonic_us(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void real_clock_is_the_one_that_never_goes_back(void **state)
{
    uint64_t before = monotonic_us(), now = clock_now_us(clock_real());

    (void)state;
    assert_in_range(now, before, monotonic_us());
    clock_sleep_us(clock_real(), 10);
    assert_true(clock_now_us(clock_real()) >= now + 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_drops_what_does_not_fit),
        cmocka_unit_test(what_is_too_long_to_be_printed_is_dropped_whole),
        cmocka_unit_test(bytes_are_little_endian),
        cmocka_unit_test(job_keeps_the_first_failure),
        cmocka_unit_test(cancelled_job_ends_at_its_checkpoint),
        cmocka_unit_test(others_wait_unless_it_is_known_that_they_do_not),
        cmocka_unit_test(colours_are_for_terminals_that_like_them),
        cmocka_unit_test(every_error_has_its_text),
        cmocka_unit_test(real_clock_is_the_one_that_never_goes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
