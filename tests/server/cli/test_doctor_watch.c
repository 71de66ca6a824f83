/* SPDX-License-Identifier: MIT */
/* probed doctor --watch says the moment it gets good, and bad again. The person who moves the wires
 * is a stream: what is written there is what makes them move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/doctor.h"
#include "probe/driver.h"

/* What the watch says, and what the person does then; NULL: Ctrl-C; "=BOARD": another one is there
 * when the probe is opened again. */
struct move {
    const char *said, *fault;
};

struct person {
    struct cli *cli;
    const struct move *moves;
    size_t done;
    char text[2048];
};

static ssize_t hear(void *cookie, const char *text, size_t size)
{
    struct person *person = cookie;
    const struct move *move = &person->moves[person->done];
    const char *words[] = {"fault", move->fault};
    size_t used = strlen(person->text);

    snprintf(person->text + used, sizeof person->text - used, "%.*s", (int)size, text);
    if (!strstr(person->text + used, move->said))
        return (ssize_t)size;
    person->done++;
    if (!move->fault)
        atomic_store(&person->cli->job.cancelled, true);
    else if (move->fault[0] == '=')
        snprintf(person->cli->session.info.spec, sizeof person->cli->session.info.spec, "%s",
                 move->fault + 1);
    else
        assert_int_equal(probe_command(person->cli->session.probe, 2, words), ERR_OK);
    return (ssize_t)size;
}

static void watch(const char *board, const struct move moves[], struct person *person, bool *well)
{
    static const struct cli_command command = {.name = "doctor"};
    struct examination examination = {0};
    struct cli *cli = calloc(1, sizeof *cli);
    cookie_io_functions_t functions = {.write = hear};

    assert_non_null(cli);
    *person = (struct person){.cli = cli, .moves = moves};
    cli->command = &command;
    options_init(&cli->options);
    cli->options.sim = board;
    display_init(&cli->display, stderr);
    job_init(&cli->job, NULL);
    assert_int_equal(cli_open(cli), ERR_OK);
    struct probe_driver driver = *cli->session.probe->driver;
    driver.outlives_cable = false; /* as a real one */
    cli->session.probe->driver = &driver;
    FILE *out = fopencookie(person, "w", functions);
    assert_non_null(out);
    assert_int_equal(doctor_watch(cli, &examination, out, well), ERR_OK);
    assert_int_equal(cli->job.err, ERR_OK);
    fclose(out);
    cli_close(cli);
    free(cli);
}

static void good_and_bad_again(void **state)
{
    static const struct move moves[] = {{"no answer, VTref 3.30 V\n", "-noack"},
                                        {"the wires are good, VTref 3.30 V; healthy: ", "+noack"},
                                        {"no answer, VTref 3.30 V\n", "-noack"},
                                        {"the wires are good, VTref 3.30 V; healthy: ", NULL}};
    struct person person;
    bool well;

    watch("bluepill,runs,noack,still", moves, &person, &well);
    assert_int_equal(person.done, 4);
    assert_true(well);
    /* Nothing is said twice. */
    unsigned lines = 0;
    for (const char *at = person.text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 4);
}

static void what_is_wrong_behind_good_wires(void **state)
{
    static const struct move moves[] = {{"VTref 3.30 V, but read-protected: ", "+noack"},
                                        {"no answer", NULL}};
    struct person person;
    bool well;

    watch("bluepill,runs,locked,still", moves, &person, &well);
    assert_int_equal(person.done, 2);
    assert_false(well);
}

static void wires_that_are_half_good(void **state)
{
    static const struct move moves[] = {{"answers, but ", "-noise"}, {"the wires are good", NULL}};
    struct person person;
    bool well;

    watch("bluepill,runs,noise=3,still", moves, &person, &well);
    assert_int_equal(person.done, 2);
    assert_true(well);
}

/* Pulled, then plugged in, but taken by another program: it is opened as often as that may have
 * changed. */
static void a_probe_that_is_away(void **state)
{
    static const struct move moves[] = {{"the wires are good", "+vanish=1"},
                                        {"the probe is gone: plug it in", "=bluepill,in-use"},
                                        {"another program uses", "=bluepill,runs,still"},
                                        {"the wires are good, VTref 3.30 V; healthy: ", NULL}};
    struct person person;
    bool well;

    watch("bluepill,runs,still", moves, &person, &well);
    assert_int_equal(person.done, 4);
    assert_true(well);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_bad_again),
        cmocka_unit_test(what_is_wrong_behind_good_wires),
        cmocka_unit_test(wires_that_are_half_good),
        cmocka_unit_test(a_probe_that_is_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
