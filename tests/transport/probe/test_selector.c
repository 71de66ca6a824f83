/* SPDX-License-Identifier: MIT */
/* Which probe is meant: words that choose one, words that describe one; and that a driver which
 * cannot look hides nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probe/driver.h"

extern const struct probe_driver stlink_probe_driver;

static const struct probe_info nucleo = {.driver = &stlink_probe_driver,
                                         .serial = "066DFF515055657867",
                                         .place = "usb:1-2.3",
                                         .vid = 0x0483,
                                         .pid = 0x374B};

static void a_selector_may_name_the_driver(void **state)
{
    static const struct {
        const char *selector;
        bool means;
    } cases[] = {
        {"066DFF", true},           {"5150", true},        {"usb:1-2.3", true},
        {"usb:1-2", false},         {"0483:374b", true},   {"0483:3748", false},
        {"stlink:", true},          {"stlink:066d", true}, {"stlink:77", false},
        {"stlink:usb:1-2.3", true}, {"sim:066D", false},   {"stlink", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (probe_selected(&nucleo, cases[i].selector) != cases[i].means)
            fail_msg("%s: not %d", cases[i].selector, cases[i].means);
}

static void words_may_describe_a_probe(void **state)
{
    struct probe_info first, second;
    struct job job;

    (void)state;
    job_init(&job, NULL);
    assert_true(probe_is_described("sim:bluepill") && probe_is_described("replay:x"));
    assert_false(probe_is_described("stlink:066D"));
    assert_false(probe_is_described("usb:1-2"));
    assert_false(probe_is_described("sim"));
    assert_int_equal(probe_describe("sim:bluepill,noack", 0, &first, &job), ERR_OK);
    assert_int_equal(probe_describe("sim:bluepill", 1, &second, &job), ERR_OK);
    assert_string_not_equal(first.serial, second.serial);
    assert_string_not_equal(first.place, second.place);
    assert_true(probe_selected(&first, "sim:bluepill,noack"));
    assert_false(probe_selected(&second, "sim:bluepill,noack"));
}

static void a_wrong_description_is_told(void **state)
{
    struct probe_info info;
    char path[300] = "replay:";
    struct job job;

    (void)state;
    job_init(&job, NULL);
    assert_int_equal(probe_describe("sim:redpill", 0, &info, &job), ERR_ARGUMENT);
    assert_non_null(strstr(job.text, "bluepill"));
    job_clear(&job);
    assert_int_equal(probe_describe("replay:", 0, &info, &job), ERR_ARGUMENT);
    assert_non_null(strstr(job.text, "replay:FILE"));
    job_clear(&job);
    memset(path + 7, 'x', sizeof path - 8);
    assert_int_equal(probe_describe(path, 0, &info, &job), ERR_ARGUMENT);
    assert_non_null(strstr(job.text, "longer than"));
}

static void a_driver_that_does_not_exist_is_told(void **state)
{
    char why[160];

    (void)state;
    assert_true(probe_selector_check("066DFF", why, sizeof why));
    assert_true(probe_selector_check("usb:1-2", why, sizeof why));
    assert_true(probe_selector_check("0483:374b", why, sizeof why));
    assert_true(probe_selector_check("BEEF:1", why, sizeof why));
    assert_true(probe_selector_check("sim:anything", why, sizeof why));
    assert_false(probe_selector_check("stlnk:066D", why, sizeof why));
    assert_non_null(strstr(why, "stlink:"));
    assert_non_null(strstr(why, "sim:"));
}

/* --- scans --- */

static enum err fails(struct probe_list *list, struct job *job)
{
    (void)list;
    return job_fail(job, ERR_PROBE, "no USB here");
}

static enum err finds(struct probe_list *list, struct job *job)
{
    (void)job;
    return probe_list_add(list, &nucleo);
}

static char said[200];

static void on_log(void *user, enum log_level level, const char *line)
{
    (void)user;
    assert_int_equal(level, LOG_WARN);
    snprintf(said, sizeof said, "%s", line);
}

static void a_driver_that_cannot_look_hides_nobody(void **state)
{
    static const struct probe_driver broken = {.name = "broken", .scan = fails};
    static const struct probe_driver works = {.name = "works", .scan = finds};
    static const struct probe_driver *const both[] = {&broken, &works, NULL}, *const one[] = {
                                                                                  &broken, NULL};
    const struct log log = {.level = LOG_INFO, .write = on_log};
    struct probe_list list;
    struct job job;

    (void)state;
    job_init(&job, &log);
    assert_int_equal(probe_scan_drivers(both, &list, &job), ERR_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(job.err, ERR_OK);
    assert_non_null(strstr(said, "no USB here"));
    probe_list_free(&list);
    assert_int_equal(probe_scan_drivers(one, &list, &job), ERR_PROBE);
    assert_string_equal(job.text, "no USB here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_selector_may_name_the_driver),
        cmocka_unit_test(words_may_describe_a_probe),
        cmocka_unit_test(a_wrong_description_is_told),
        cmocka_unit_test(a_driver_that_does_not_exist_is_told),
        cmocka_unit_test(a_driver_that_cannot_look_hides_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
