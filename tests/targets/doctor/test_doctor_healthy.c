/* SPDX-License-Identifier: MIT */
/* Boards that have nothing: of every kind, behind every probe, whatever their programs do. The
 * doctor accuses none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "connect/verdict.h"
#include "probe/probe.h"
#include "visit.h"

enum { LEAST = 500 };

static const char *const probes[] = {NULL, "V2J43", "V2J24", "V2-1", "V3", "V3J2", "clone"};
enum { PROBES = sizeof probes / sizeof *probes };

/* At 1.8 V those alone run that may. */
static const char *const states[] = {"sleep",           "runs",
                                     "sleep,vtref=1.8", "sleep,vtref=3.6",
                                     "sleep,vtref=2.7", "sleep,vtref-internal"};
enum { STATES = sizeof states / sizeof *states };

static unsigned runs;

static bool may_run(const struct patient *patient)
{
    static const char *const not_at_1v8[] = {"bluepill", "f031", "nucleo-f072", "nucleo-f303k8",
                                             "nucleo-c031"}; /* data sheets: VDD from 2.0 V */

    for (size_t i = 0; i < sizeof not_at_1v8 / sizeof *not_at_1v8; i++)
        if (strcmp(patient->board, not_at_1v8[i]) == 0)
            return !strstr(patient->faults, "1.8");
    /* Its core is behind access port 1, which firmware before J28 cannot open. */
    return strcmp(patient->board, "nucleo-h563") != 0 || !patient->stlink ||
           strcmp(patient->stlink, "V2J24") != 0;
}

static void must_be_well(const struct patient *patient)
{
    struct verdict verdicts[VERDICTS_MAX];
    struct visit seen;
    char name[256], measured[2000];

    assert_true(visit(patient, &seen));
    size_t count = visit_judge(&seen, verdicts);
    visit_name(patient, name, sizeof name);
    visit_describe(&seen, measured, sizeof measured);
    if (verdicts[0].class != VERDICT_HEALTHY)
        fail_msg("%s: %s\n%s", name, verdict_word(verdicts[0].class), measured);
    for (size_t i = 1; i < count; i++)
        if (!verdict_is_remark(verdicts[i].class))
            fail_msg("%s: also %s\n%s", name, verdict_word(verdicts[i].class), measured);
    runs++;
}

static void of_each_board(bool allow_reset, bool from_reset)
{
    const char *board;

    for (size_t b = 0; (board = probe_sim_board(b)) != NULL; b++)
        for (size_t i = 0; i < PROBES; i++) {
            const struct patient patient = {.board = board,
                                            .faults = states[(b + i) % STATES],
                                            .stlink = probes[i],
                                            .seed = (unsigned)(b * PROBES + i + 1),
                                            .from_reset = from_reset,
                                            .limits.allow_reset = allow_reset};
            if (may_run(&patient))
                must_be_well(&patient);
        }
}

static void nobody_resets_them(void **state)
{
    of_each_board(false, false);
}

static void they_are_reset(void **state)
{
    of_each_board(true, false);
}

/* S_RESET_ST is still set, the program at its first instructions. */
static void they_come_from_a_reset(void **state)
{
    of_each_board(false, true);
    of_each_board(true, true);
}

static void there_were_enough(void **state)
{
    print_message("%u healthy boards, none accused\n", runs);
    assert_in_range(runs, LEAST, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_resets_them),
        cmocka_unit_test(they_are_reset),
        cmocka_unit_test(they_come_from_a_reset),
        cmocka_unit_test(there_were_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
