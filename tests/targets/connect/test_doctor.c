/* SPDX-License-Identifier: MIT */
/* What the doctor measures of simulated boards that connect, and that do not; and that it leaves
 * them as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/job.h"
#include "connect/doctor.h"
#include "probe/ops.h"

#define DHCSR 0xE000EDF0u
#define DHCSR_KEY 0xA05F0000u
#define DHCSR_C_DEBUGEN 1u
#define DHCSR_C_HALT 2u
#define DHCSR_S_HALT (1u << 17)
#define DEMCR 0xE000EDFCu
#define DEMCR_VC_HARDERR (1u << 10)

enum { SECONDS = 5 };

struct visit {
    struct job job;
    struct probe *probe;
    struct measurements m;
};

static void open_board(struct visit *visit, const char *spec)
{
    struct probe_info info;

    job_init(&visit->job, NULL);
    if (probe_sim_info(spec, &info, &visit->job) != ERR_OK ||
        probe_open(&info, &visit->job, NULL, &visit->probe) != ERR_OK)
        fail_msg("%s", visit->job.text);
}

static void measure(struct visit *visit, const char *spec, bool allow_reset)
{
    const struct doctor_limits limits = {.allow_reset = allow_reset};

    open_board(visit, spec);
    uint64_t start = clock_now_us(probe_clock(visit->probe));
    assert_int_equal(doctor_measure(visit->probe, &limits, &visit->m), ERR_OK);
    assert_int_equal(visit->job.err, ERR_OK);
    uint64_t took = clock_now_us(probe_clock(visit->probe)) - start;
    assert_true(took < SECONDS * UINT64_C(1000000));
}

static void a_good_board(void **state)
{
    struct visit visit;
    const struct measurements *m = &visit.m;

    measure(&visit, "bluepill,runs,still", false);
    assert_int_equal(m->vtref_count, MEASURED_VTREFS);
    assert_int_equal(m->vtref_mv[0], 3300);
    assert_true(m->reached && m->dpidr_steady && m->core_found && m->chip_known);
    assert_int_equal(m->dpidr, 0x1BA01477);
    assert_int_equal(m->cpuid, 0x411FC231);
    assert_int_equal(m->speed_count, 1);
    assert_int_equal(m->speeds[0].reads.good, m->speeds[0].reads.tries);
    assert_int_equal(m->retired, m->samples);
    assert_int_equal(m->in_reset + m->was_reset + m->locked_up + m->asleep + m->halted, 0);
    assert_int_equal(m->pc & 0xFFFFF000u, 0x08000000);
    assert_int_equal(m->vectors[0], 0x20005000);
    assert_false(m->nrst_tested || m->reset_tried);
    assert_true(m->write_blocks == 16 && m->write_protected == 0);
    probe_close(visit.probe);
}

/* Nobody was allowed to reset it, and nobody did; it runs, and debugging is off. */
static void a_board_is_left_as_it_was(void **state)
{
    static const struct {
        const char *spec;
        bool allow_reset;
    } cases[] = {
        {"bluepill,runs,still", false}, {"bluepill,runs,still", true}, {"f031,runs,still", true}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct visit visit;
        struct ops ops;
        uint32_t dhcsr[2], demcr;

        measure(&visit, cases[i].spec, cases[i].allow_reset);
        assert_int_equal(visit.m.nrst_works, cases[i].allow_reset);
        ops_init(&ops, visit.probe);
        ops_read32(&ops, DHCSR, &dhcsr[0]);
        ops_read32(&ops, DHCSR, &dhcsr[1]);
        ops_read32(&ops, DEMCR, &demcr);
        assert_int_equal(ops_flush(&ops), ERR_OK);
        assert_int_equal(dhcsr[1] & (1u << 17 | 1u << 25 | DHCSR_C_DEBUGEN), 0); /* halted, reset */
        assert_int_equal(demcr, 0);
        probe_close(visit.probe);
    }
}

/* Somebody debugs it already. */
static void a_halted_core_stays_halted(void **state)
{
    static const char *const specs[] = {"bluepill,runs,still", "bluepill,runs,nrst-open,still"};

    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        const struct doctor_limits limits = {.allow_reset = true};
        struct visit visit;
        struct ops ops;
        uint32_t dhcsr = 0, demcr = 0;

        open_board(&visit, specs[i]);
        assert_int_equal(probe_connect(visit.probe, PROBE_CONNECT_NORMAL, NULL), ERR_OK);
        ops_init(&ops, visit.probe);
        ops_write32(&ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT);
        ops_write32(&ops, DEMCR, DEMCR_VC_HARDERR);
        ops_read32(&ops, DHCSR, &dhcsr); /* forgets the reset of its beginning */
        assert_int_equal(ops_flush(&ops), ERR_OK);
        assert_int_equal(doctor_measure(visit.probe, &limits, &visit.m), ERR_OK);
        assert_true(visit.m.nrst_tested);
        assert_int_equal(visit.m.nrst_works, i == 0);
        assert_int_equal(visit.m.reset_seen, i == 0);
        ops_read32(&ops, DHCSR, &dhcsr);
        ops_read32(&ops, DEMCR, &demcr);
        assert_int_equal(ops_flush(&ops), ERR_OK);
        assert_int_equal(dhcsr & (DHCSR_S_HALT | DHCSR_C_DEBUGEN), DHCSR_S_HALT | DHCSR_C_DEBUGEN);
        assert_int_equal(demcr, DEMCR_VC_HARDERR);
        probe_close(visit.probe);
    }
}

struct question {
    unsigned asked;
    bool answer, reached;
};

static bool answer(void *user, const struct measurements *so_far)
{
    struct question *question = user;

    question->asked++;
    question->reached = so_far->reached;
    return question->answer;
}

/* Nobody is asked who need not be, and nobody twice. */
static void a_reset_is_asked_for_once(void **state)
{
    static const struct {
        const char *spec;
        bool answer;
        unsigned asked;
    } cases[] = {{"bluepill,runs,still", false, 1},    {"bluepill,runs,still", true, 1},
                 {"bluepill,noack,still", false, 1},   {"bluepill,noack,still", true, 1},
                 {"bluepill,swj-off,still", false, 1}, {"bluepill,swj-off,still", true, 1},
                 {"bluepill,nrst-low,still", true, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct question question = {.answer = cases[i].answer};
        const struct doctor_limits limits = {.may_reset = answer, .user = &question};
        struct visit visit;

        open_board(&visit, cases[i].spec);
        assert_int_equal(doctor_measure(visit.probe, &limits, &visit.m), ERR_OK);
        assert_int_equal(question.asked, cases[i].asked);
        assert_int_equal(question.asked && question.reached, question.asked && visit.m.reached);
        assert_int_equal(visit.m.nrst_tested || visit.m.reset_tried,
                         question.asked && cases[i].answer);
        probe_close(visit.probe);
    }
}

static void a_glance_is_short(void **state)
{
    static const struct {
        const char *spec;
        bool reached;
    } cases[] = {{"bluepill,runs,still", true}, {"bluepill,noack,still", false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct visit visit;

        open_board(&visit, cases[i].spec);
        uint64_t start = clock_now_us(probe_clock(visit.probe));
        assert_int_equal(doctor_glance(visit.probe, &visit.m), ERR_OK);
        assert_true(clock_now_us(probe_clock(visit.probe)) - start < 100000);
        assert_int_equal(visit.m.reached, cases[i].reached);
        assert_int_equal(visit.m.speed_count, 1);
        assert_int_equal(visit.m.vtref_count, MEASURED_VTREFS);
        assert_int_equal(visit.m.samples, 0);
        probe_close(visit.probe);
    }
}

static void a_cancel_ends_it(void **state)
{
    const struct doctor_limits limits = {.allow_reset = true};
    struct visit visit;

    open_board(&visit, "bluepill,runs,still");
    atomic_store(&visit.job.cancelled, true);
    assert_int_equal(doctor_measure(visit.probe, &limits, &visit.m), ERR_CANCELLED);
    assert_string_equal(visit.job.text, "interrupted");
    probe_close(visit.probe);
}

static void silence(void **state)
{
    struct visit visit;
    const struct measurements *m = &visit.m;

    measure(&visit, "bluepill,noack,still", true);
    assert_false(m->reached || m->core_found || m->chip_known || m->dpidr);
    assert_true(m->reset_tried);
    assert_int_equal(m->under_reset.connects.good, 0);
    for (unsigned i = 0; i < m->speed_count; i++)
        assert_int_equal(m->speeds[i].connects.silent, m->speeds[i].connects.tries);
    probe_close(visit.probe);
}

/* Both answer under reset alone; with its clocks kept on, one goes on answering. */
static void low_power_is_told_from_pins_taken_away(void **state)
{
    static const struct {
        const char *spec;
        bool awake_helps;
    } cases[] = {{"bluepill,stop,still", true},       {"bluepill,standby,still", true},
                 {"bluepill,swj-off,still", false},   {"f031,stop,still", true},
                 {"f031,swj-off,still", false},       {"nucleo-l476,stop,still", true},
                 {"nucleo-l476,swj-off,still", false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct visit visit;
        measure(&visit, cases[i].spec, true);
        assert_false(visit.m.reached);
        assert_true(visit.m.under_reset.reads.good && visit.m.nrst_works && visit.m.awake_tested);
        assert_int_equal(visit.m.awake_helps, cases[i].awake_helps);
        assert_true(visit.m.chip_known);
        probe_close(visit.probe);
    }
}

static void what_the_core_does(void **state)
{
    struct visit visit;

    measure(&visit, "bluepill,nrst-low,still", true);
    assert_int_equal(visit.m.in_reset, visit.m.samples);
    probe_close(visit.probe);
    measure(&visit, "bluepill,lockup,still", false);
    assert_int_equal(visit.m.locked_up, visit.m.samples);
    probe_close(visit.probe);
    measure(&visit, "bluepill,sleep,still", false);
    assert_int_equal(visit.m.asleep, visit.m.samples);
    probe_close(visit.probe);
    for (unsigned seed = 0; seed < 12; seed++) {
        char spec[64];
        snprintf(spec, sizeof spec, "bluepill,reset-loop,still,seed=%u", seed);
        measure(&visit, spec, false);
        assert_true(visit.m.was_reset > 1);
        assert_true(visit.m.reset_flags_known);
        assert_true(!(visit.m.reset_flags & MEASURED_IWDG) !=
                    !(visit.m.reset_flags & MEASURED_SOFTWARE));
        probe_close(visit.probe);
    }
}

static void nrst_that_does_not_arrive(void **state)
{
    struct visit visit;

    measure(&visit, "bluepill,runs,nrst-open,still", true);
    assert_true(visit.m.nrst_tested && !visit.m.nrst_works);
    assert_int_equal(visit.m.retired, visit.m.samples);
    probe_close(visit.probe);
}

/* A program that resets itself is caught at its vector without NRST. */
static void nrst_of_a_program_that_resets_itself(void **state)
{
    for (unsigned i = 0; i < 24; i++) {
        struct visit visit;
        char spec[64];

        snprintf(spec, sizeof spec, "bluepill,reset-loop%s,still,seed=%u",
                 i % 2 ? ",nrst-open" : "", i / 2);
        measure(&visit, spec, true);
        assert_true(visit.m.nrst_tested);
        assert_int_equal(visit.m.nrst_works, i % 2 == 0);
        probe_close(visit.probe);
    }
}

static void clocks_that_are_too_fast(void **state)
{
    struct visit visit;

    measure(&visit, "bluepill,runs,wires=300,still", false);
    assert_true(visit.m.reached && visit.m.speed_count > 1);
    assert_int_equal(visit.m.good_khz, 125);
    probe_close(visit.probe);
}

static void what_may_be_written(void **state)
{
    struct visit visit;

    measure(&visit, "bluepill,runs,write-protected,still", false);
    assert_true(visit.m.write_blocks == 16 && visit.m.write_protected);
    probe_close(visit.probe);
    measure(&visit, "bluepill,runs,locked,still", false); /* which keeps the first from it, too */
    assert_true(visit.m.write_blocks == 16 && !visit.m.write_protected);
    probe_close(visit.probe);
    measure(&visit, "nucleo-l476,runs,write-protected,still", false);
    assert_true(visit.m.write_blocks && visit.m.write_protected);
    probe_close(visit.probe);
}

static void where_it_starts_and_what_it_is(void **state)
{
    struct visit visit;

    measure(&visit, "bluepill,runs,boot0,still", false);
    assert_true(visit.m.boots_elsewhere);
    assert_int_equal(visit.m.pc & 0xFFFFF000u, 0x1FFFF000);
    probe_close(visit.probe);
    measure(&visit, "bluepill,runs,locked,still", false);
    assert_true(visit.m.chip.readout_protected && !visit.m.vectors_known);
    probe_close(visit.probe);
    measure(&visit, "bluepill,runs,clone=apm32,still", false);
    assert_true(visit.m.chip.copy_suspected);
    probe_close(visit.probe);
    measure(&visit, "bluepill,no-debug-power,still", false);
    assert_true(visit.m.power_refused && visit.m.dpidr == 0x1BA01477 && !visit.m.core_found);
    probe_close(visit.probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_board),
        cmocka_unit_test(a_board_is_left_as_it_was),
        cmocka_unit_test(a_halted_core_stays_halted),
        cmocka_unit_test(a_reset_is_asked_for_once),
        cmocka_unit_test(a_glance_is_short),
        cmocka_unit_test(a_cancel_ends_it),
        cmocka_unit_test(silence),
        cmocka_unit_test(low_power_is_told_from_pins_taken_away),
        cmocka_unit_test(what_the_core_does),
        cmocka_unit_test(nrst_that_does_not_arrive),
        cmocka_unit_test(nrst_of_a_program_that_resets_itself),
        cmocka_unit_test(clocks_that_are_too_fast),
        cmocka_unit_test(what_may_be_written),
        cmocka_unit_test(where_it_starts_and_what_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
