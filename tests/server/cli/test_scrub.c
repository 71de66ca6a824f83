/* SPDX-License-Identifier: MIT */
/* What is pasted in a forum names nobody, and says all the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/scrub.h"

static const char *scrubbed(const struct scrub *scrub, const char *text)
{
    static char out[600];

    scrub_copy(scrub, text, out, sizeof out);
    return out;
}

/* Sentences as libraries and systems write them. */
static void what_names_somebody_goes(void **state)
{
    struct scrub scrub = {0};
    static const char *const rows[][2] = {
        {"libusb: cannot open /dev/bus/usb/001/004: Permission denied",
         "libusb: cannot open [path]: Permission denied"},
        {"the probe 066DFF515555657867145123 is in use", "the probe [id] is in use"},
        {"only 066dff515555657867145123, 303030303030303030303031 are there",
         "only [id], [id] are there"},
        {"unique id 0041002a-3033510a-31383935", "unique id [id]"},
        {"ST-LINK/V2 at usb:1-2.3, nobody else", "ST-LINK/V2 at [place], nobody else"},
        {"wire log '/home/anna b/x.log'", "wire log '[path]'"},
        {"~/logs/a.log: no space", "[path]: no space"},
        {"file:/tmp/a", "file:[path]"},
        {"asked by anna on bench-7.example.org", "asked by [user] on [host]"},
        {"Anna: bench-7", "[user]: [host]"},
        {"serial 0F\"?x", "serial [serial]"},
    };

    scrub_add(&scrub, "anna", "[user]");
    scrub_add(&scrub, "bench-7.example.org", "[host]");
    scrub_add(&scrub, "bench-7", "[host]");
    scrub_add(&scrub, "0F\"?x", "[serial]");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(scrubbed(&scrub, rows[i][0]), rows[i][1]);
}

static void what_helps_stays(void **state)
{
    struct scrub scrub = {0};
    static const char *const rows[] = {
        "SWDIO/SWCLK, 3.30 V, ST-LINK/V2-1 (0483:374b), firmware V2J37S7",
        "CPUID 0x411fc231, DPIDR 0x1ba01477, id code 0x20036410",
        "0x08000000-0x080023ff; n/a; 12 looks / 3",
        "a manna tree, annabel: no user",
        "STM32F101/F102/F103 medium-density",
        "",
    };

    scrub_add(&scrub, "anna", "[user]");
    scrub_add(&scrub, "", "[host]");
    scrub_add(&scrub, NULL, "[host]");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(scrubbed(&scrub, rows[i]), rows[i]);
}

static void this_user_and_machine_are_known(void **state)
{
    struct scrub scrub;
    char host[256] = "", text[600];

    assert_int_equal(setenv("SUDO_USER", "bertha", 1), 0);
    assert_int_equal(setenv("HOME", "/srv/people/bertha", 1), 0);
    assert_int_equal(gethostname(host, sizeof host - 1), 0);
    scrub_init(&scrub);
    snprintf(text, sizeof text, "bertha runs it in /srv/people/bertha at (%s)", host);
    assert_string_equal(scrubbed(&scrub, text),
                        host[1] ? "[user] runs it in [path] at ([host])" : text);
}

static void what_does_not_fit_is_cut(void **state)
{
    struct scrub scrub = {0};
    char out[12];

    scrub_copy(&scrub, "see /home/anna/file and more", out, sizeof out);
    assert_string_equal(out, "see [path] ");
    scrub_copy(&scrub, "seen in /home/anna", out, sizeof out);
    assert_string_equal(out, "seen in [pa");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_names_somebody_goes),
        cmocka_unit_test(what_helps_stays),
        cmocka_unit_test(this_user_and_machine_are_known),
        cmocka_unit_test(what_does_not_fit_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
