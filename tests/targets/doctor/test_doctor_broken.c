/* SPDX-License-Identifier: MIT */
/* Whichever operation of an examination fails, and how: it comes to an end, accuses nobody of what
 * was not measured, and leaves the board as it was. */
#include <stdio.h>

#include "connect/doctor.h"
#include "connect/verdict.h"
#include "probe/fault_injection.h"
#include "stlink_bench.h"

#define DEMCR 0xE000EDFCu
#define DHCSR_OURS 0x0000000Fu /* C_DEBUGEN, C_HALT, C_STEP, C_MASKINTS */
#define DEMCR_OURS 0x010007FFu /* TRCENA, vector catches */
#define FP_CTRL 0xE0002000u
#define FP_COMP0 0xE0002008u

enum { OPERATIONS_MAX = 2000, LOOK_US = 5000, SAME_READS = 30, KINDS = 5 };

static const struct board {
    const char *board;
    enum verdict_class class; /* if nothing breaks */
    enum verdict_class never; /* that would be another cause, not less knowledge */
    uint32_t control;         /* DBGMCU_CR */
    bool runs;                /* executes instructions all the time */
} patients[] = {
    {"bluepill,runs,still", VERDICT_HEALTHY, VERDICT_CLASSES, 0xE0042004, true},
    {"bluepill,stop,still", VERDICT_LOW_POWER, VERDICT_SWD_OFF, 0xE0042004, false},
    {"bluepill,swj-off,still", VERDICT_SWD_OFF, VERDICT_LOW_POWER, 0xE0042004, false},
};
enum { PATIENTS = sizeof patients / sizeof *patients };

static void read_words(struct bench *bench, const uint32_t addresses[], uint32_t words[],
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        ops_read32(&bench->ops, addresses[i], &words[i]);
    bench_flush(bench);
}

/* Debug registers outlive a reset; what runs is not looked at by way of the probe. */
static void assert_as_before(struct bench *bench, const struct board *patient, const char *when)
{
    const uint32_t addresses[] = {DHCSR, DEMCR, patient->control};
    uint32_t words[3], dpidr;
    uint64_t before = sim_board_instructions(bench->board);

    sim_board_advance_us(bench->board, LOOK_US);
    if (patient->runs && sim_board_instructions(bench->board) == before)
        fail_msg("%s, %s: it stands", patient->board, when);
    job_init(&bench->job, NULL);
    assert_int_equal(probe_connect(bench->probe, PROBE_CONNECT_UNDER_RESET, &dpidr), ERR_OK);
    read_words(bench, addresses, words, 3);
    if (words[0] & DHCSR_OURS || words[1] & DEMCR_OURS || words[2])
        fail_msg("%s, %s: DHCSR 0x%08x, DEMCR 0x%08x, DBGMCU_CR 0x%08x", patient->board, when,
                 words[0], words[1], words[2]);
}

static void assert_honest(const struct board *patient, enum fault_kind kind, enum err err,
                          const struct bench *bench, const struct measurements *m, const char *when)
{
    struct verdict verdicts[VERDICTS_MAX];

    if (kind == FAULT_GONE && err) {
        assert_int_equal(err, ERR_PROBE_GONE);
        assert_true(doctor_judge_opening(err, job_text(&bench->job, err), verdicts));
        return;
    }
    if (err)
        fail_msg("%s, %s: %s", patient->board, when, job_text(&bench->job, err));
    doctor_judge(m, verdicts);
    if (patient->class == VERDICT_HEALTHY
            ? verdicts[0].class != VERDICT_HEALTHY
            : verdicts[0].class == VERDICT_HEALTHY || verdicts[0].class == patient->never)
        fail_msg("%s, %s: %s: %s", patient->board, when, verdict_word(verdicts[0].class),
                 verdicts[0].text);
    if (m->left_on)
        fail_msg("%s, %s: left on", patient->board, when);
}

/* False: it was through before. */
static bool breaks_at(const struct board *patient, enum fault_kind kind, unsigned at)
{
    static const struct doctor_limits limits = {.allow_reset = true};
    struct fault_plan plan = {.kind = kind, .at = at, .calls = true};
    struct measurements measured;
    struct bench bench;
    char when[60];

    snprintf(when, sizeof when, "operation %u breaks by %d", at, kind);
    bench_open(&bench, "V2-1", patient->board);
    fault_wrap(bench.probe, &plan);
    enum err err = doctor_measure(bench.probe, &limits, &measured);
    bench.probe->driver = plan.inner;
    assert_honest(patient, kind, err, &bench, &measured, when);
    if (kind != FAULT_GONE) /* nobody can put it back then */
        assert_as_before(&bench, patient, when);
    bench_close(&bench);
    return plan.seen >= at;
}

/* One in five, each by one kind or another; of the hundreds of reads of one register few. */
static void of_each(enum fault_kind kind)
{
    bool costly = kind != FAULT_NO_ACK && kind != FAULT_REFUSED;

    for (size_t i = 0; i < (costly ? 1 : PATIENTS); i++) {
        unsigned at = 1 + kind;

        while (breaks_at(&patients[i], kind, at)) {
            at += at > 40 && at < 240 ? SAME_READS : KINDS;
            assert_in_range(at, 2, OPERATIONS_MAX);
        }
        assert_in_range(at, 100, OPERATIONS_MAX);
    }
}

static void a_time_limit(void **state)
{
    (void)state;
    of_each(FAULT_TIMEOUT);
}

static void no_answer(void **state)
{
    (void)state;
    of_each(FAULT_NO_ACK);
}

static void a_refusal(void **state)
{
    (void)state;
    of_each(FAULT_REFUSED);
}

static void a_garbled_answer(void **state)
{
    (void)state;
    of_each(FAULT_GARBLED);
}

static void a_probe_that_is_gone(void **state)
{
    (void)state;
    of_each(FAULT_GONE);
}

/* A program that patches itself by the unit of breakpoints, or a debugger that left them. */
static void comparators_are_as_they_were(void **state)
{
    static const struct doctor_limits limits = {0};
    static const uint32_t addresses[] = {FP_CTRL, FP_COMP0, FP_COMP0 + 4};
    struct measurements measured;
    struct bench bench;
    uint32_t words[3];

    (void)state;
    bench_open(&bench, "V2-1", "bluepill,runs,still");
    bench_connect(&bench);
    ops_write32(&bench.ops, FP_CTRL, 3);
    ops_write32(&bench.ops, FP_COMP0 + 4, 0x48001001);
    bench_flush(&bench);
    assert_int_equal(doctor_measure(bench.probe, &limits, &measured), ERR_OK);
    assert_true(measured.write_blocks); /* the options were read */
    read_words(&bench, addresses, words, 3);
    assert_int_equal(words[0] & 1, 1);
    assert_int_equal(words[1], 0);
    assert_int_equal(words[2], 0x48001001);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_limit),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(a_refusal),
        cmocka_unit_test(a_garbled_answer),
        cmocka_unit_test(a_probe_that_is_gone),
        cmocka_unit_test(comparators_are_as_they_were),
    };

    return cmocka_run_group_tests_name("doctor broken", tests, NULL, NULL);
}
