/* SPDX-License-Identifier: MIT */
/* What is said of a probe: of one that works, and of one that was not opened since it is known that
 * it cannot be used. */
#include "cli/probe_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct output {
    FILE *file;
    char *text;
    size_t size;
};

static void begin(struct output *output)
{
    *output = (struct output){0};
    output->file = open_memstream(&output->text, &output->size);
    assert_non_null(output->file);
}

static void end(struct output *output)
{
    free(output->text);
}

/* No driver: to open it would be a crash. */
static const struct probe_info v1 = {.product = "ST-LINK/V1",
                                     .place = "usb:9-9",
                                     .vid = 0x0483,
                                     .pid = 0x3744,
                                     .advice = "it is too old; use a V2"};

static void a_useless_probe_is_not_opened(void **state)
{
    struct cli_probe facts;
    struct output output;

    (void)state;
    cli_probe_visit(&facts, &v1, NULL, NULL);
    begin(&output);
    cli_probe_print(&facts, output.file);
    fclose(output.file);
    assert_string_equal(output.text, "ST-LINK/V1 (0483:3744)\n"
                                     "  place:        usb:9-9\n"
                                     "  not usable:   it is too old; use a V2\n");
    end(&output);
}

static void json_has_null_for_what_is_not_known(void **state)
{
    struct cli_probe facts;
    struct output output;
    struct json json;

    (void)state;
    cli_probe_visit(&facts, &v1, NULL, NULL);
    begin(&output);
    json = (struct json){.out = output.file};
    json_open(&json, NULL, '{');
    cli_probe_json(&facts, &json);
    json_close(&json, '}');
    fclose(output.file);
    assert_string_equal(output.text, "{\n"
                                     "  \"product\": \"ST-LINK/V1\",\n"
                                     "  \"firmware\": null,\n"
                                     "  \"serial\": null,\n"
                                     "  \"place\": \"usb:9-9\",\n"
                                     "  \"vid\": 1155,\n"
                                     "  \"pid\": 14148,\n"
                                     "  \"vtref_mv\": null,\n"
                                     "  \"serial_port\": null,\n"
                                     "  \"taken_by\": null,\n"
                                     "  \"usable\": false,\n"
                                     "  \"problem\": \"it is too old; use a V2\"\n"
                                     "}\n");
    end(&output);
}

static void the_simulated_board_is_looked_at(void **state)
{
    struct cli_probe facts;
    struct probe_info info;
    struct job job;

    (void)state;
    job_init(&job, NULL);
    assert_int_equal(probe_sim_info("bluepill,vtref=2.5", &info, &job), ERR_OK);
    cli_probe_visit(&facts, &info, NULL, NULL);
    assert_string_equal(facts.problem, "");
    assert_true(facts.vtref_known);
    assert_int_equal(facts.vtref_mv, 2500);
    assert_string_equal(facts.serial_port, "");
}

static void json_survives_odd_names(void **state)
{
    struct output output;
    struct json json;

    (void)state;
    begin(&output);
    json = (struct json){.out = output.file};
    json_open(&json, NULL, '[');
    json_text(&json, NULL, "a\"b\\c\n\x7f\xe9");
    json_number(&json, NULL, UINT64_MAX);
    json_known(&json, NULL, true, 0x41);
    json_open(&json, NULL, '[');
    json_close(&json, ']');
    json_close(&json, ']');
    fclose(output.file);
    assert_string_equal(output.text, "[\n  \"a\\\"b\\\\c\\u000a\\u007f\\u00e9\",\n"
                                     "  18446744073709551615,\n  65,\n  []\n]\n");
    end(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_useless_probe_is_not_opened),
        cmocka_unit_test(json_has_null_for_what_is_not_known),
        cmocka_unit_test(the_simulated_board_is_looked_at),
        cmocka_unit_test(json_survives_odd_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
