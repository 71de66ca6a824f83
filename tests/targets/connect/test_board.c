/* SPDX-License-Identifier: MIT */
/* Connecting and detecting on the simulated board with one thing wrong at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chip/detect.h"
#include "connect/connect.h"
#include "connect/diagnose.h"
#include "probe/ops.h"

struct visit {
    struct job job;
    struct probe *probe;
    enum err err;
    struct findings way;
    char advice[200];
    struct target_chip chip;
    struct target_core core;
    struct detect_regions regions;
};

static void visit(struct visit *v, const char *spec, enum target_connect how)
{
    struct probe_info info;
    struct ops ops;

    memset(v, 0, sizeof *v);
    job_init(&v->job, NULL);
    assert_int_equal(probe_sim_info(spec, &info, &v->job), ERR_OK);
    assert_int_equal(probe_open(&info, &v->job, NULL, &v->probe), ERR_OK);
    v->err = connect_ladder(v->probe, how, &v->way);
    ops_init(&ops, v->probe);
    if (v->err == ERR_OK) {
        diagnose_success(&v->way, v->advice, sizeof v->advice);
        v->err = detect_chip(&ops, v->way.dpidr, &v->chip, &v->core, &v->regions);
    }
    if (v->err != ERR_OK)
        print_message("%s: %s\n", spec, job_text(&v->job, v->err));
    else
        print_message("%s: %s; %s\n", spec, v->advice, v->chip.warning);
}

static uint32_t word(struct visit *v, uint32_t address)
{
    struct ops ops;
    uint32_t value = 0;

    ops_init(&ops, v->probe);
    ops_read32(&ops, address, &value);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    return value;
}

static void nothing_wrong(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_OK);
    assert_int_equal(v.chip.dev_id, 0x410);
    assert_int_equal(v.chip.flash_size, 0x10000);
    assert_string_equal(v.chip.warning, "");
    assert_string_equal(v.advice, "");
    assert_int_equal(word(&v, 0xE000EDF0) & 0x00020003, 0); /* not halted, not enabled */
    probe_close(v.probe);
}

static void under_reset(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill", TARGET_CONNECT_UNDER_RESET);
    assert_int_equal(v.err, ERR_OK);
    assert_true(v.way.halted);
    assert_false(v.way.nrst_open);
    assert_int_equal(word(&v, 0xE000EDF0) & (1u << 17), 1u << 17);
    probe_close(v.probe);
}

static void swd_switched_off(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill,swj-off", TARGET_CONNECT_ATTACH);
    assert_int_equal(v.err, ERR_NO_TARGET);
    probe_close(v.probe);
    visit(&v, "bluepill,swj-off", TARGET_CONNECT_LADDER);
    assert_int_equal(v.err, ERR_OK);
    assert_true(v.way.halted);
    assert_non_null(strstr(v.advice, "only after a reset"));
    probe_close(v.probe);
}

static void nrst_not_wired(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill,nrst-open", TARGET_CONNECT_UNDER_RESET);
    assert_int_equal(v.err, ERR_OK);
    assert_true(v.way.nrst_open);
    assert_true(v.way.halted);
    probe_close(v.probe);
}

/* A person who does what is asked for, at once. */
struct person {
    struct visit visit;
    bool press, pressed;
    unsigned asked;
};

static void person_reads(void *user, const char *text, size_t length)
{
    struct person *person = user;

    (void)length;
    person->press |= strstr(text, "hold it") != NULL;
    person->asked += strstr(text, "hold it") != NULL;
    if (strstr(text, "release it"))
        person->press = false;
}

static void person_acts(void *user)
{
    struct person *person = user;
    const char *const words[] = {"nrst", person->press ? "press" : "release"};

    if (person->press == person->pressed)
        return;
    person->pressed = person->press;
    assert_int_equal(probe_command(person->visit.probe, 2, words), ERR_OK);
}

static void visit_by_hand(struct person *person, const char *spec, enum target_connect how)
{
    struct visit *v = &person->visit;
    struct probe_info info;

    *person = (struct person){0};
    job_init(&v->job, NULL);
    assert_int_equal(probe_sim_info(spec, &info, &v->job), ERR_OK);
    assert_int_equal(probe_open(&info, &v->job, NULL, &v->probe), ERR_OK);
    v->job.output = person_reads;
    v->job.between = person_acts;
    v->job.user = v->job.between_user = person;
    v->err = connect_ladder(v->probe, how, &v->way);
    v->job.between = NULL;
    if (v->err)
        print_message("%s: %s\n", spec, v->job.text);
}

static void a_hand_at_the_button(void **state)
{
    struct person person;
    struct visit *v = &person.visit;

    (void)state;
    visit_by_hand(&person, "bluepill,swj-off,nrst-open", TARGET_CONNECT_ATTENDED);
    assert_int_equal(v->err, ERR_OK);
    assert_int_equal(v->way.rungs[v->way.rung_count - 1].way, WAY_BY_HAND);
    assert_true(v->way.halted && !person.pressed && person.asked == 1);
    assert_int_equal(word(v, 0xE000EDF0) & (1u << 17), 1u << 17);
    assert_int_equal(word(v, 0xE000EDFC) & 1, 0);
    diagnose_success(&v->way, v->advice, sizeof v->advice);
    assert_non_null(strstr(v->advice, "connected by the reset button"));
    probe_close(v->probe);
}

static void nobody_is_asked_who_is_not_there(void **state)
{
    struct person person;

    (void)state;
    visit_by_hand(&person, "bluepill,swj-off,nrst-open", TARGET_CONNECT_LADDER);
    assert_int_equal(person.visit.err, ERR_NO_TARGET);
    assert_int_equal(person.asked, 0);
    probe_close(person.visit.probe);
    visit_by_hand(&person, "bluepill,noack,vtref=0", TARGET_CONNECT_ATTENDED);
    assert_int_equal(person.visit.err, ERR_POWER);
    assert_int_equal(person.asked, 0); /* a button brings no power */
    probe_close(person.visit.probe);
}

static void stop_asking(void *user)
{
    struct person *person = user;

    if (person->asked)
        atomic_store(&person->visit.job.cancelled, true);
}

static void who_gives_up_is_obeyed(void **state)
{
    struct person person = {0};
    struct visit *v = &person.visit;
    struct probe_info info;

    (void)state;
    job_init(&v->job, NULL);
    assert_int_equal(probe_sim_info("bluepill,noack", &info, &v->job), ERR_OK);
    assert_int_equal(probe_open(&info, &v->job, NULL, &v->probe), ERR_OK);
    v->job.output = person_reads;
    v->job.between = stop_asking;
    v->job.user = v->job.between_user = &person;
    uint64_t began = clock_now_us(probe_clock(v->probe));
    assert_int_equal(connect_ladder(v->probe, TARGET_CONNECT_ATTENDED, &v->way), ERR_CANCELLED);
    assert_in_range(clock_now_us(probe_clock(v->probe)) - began, 0, 5000000);
    probe_close(v->probe);
}

static void nobody_there(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill,noack", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_NO_TARGET);
    assert_non_null(strstr(v.job.text, "SWDIO or SWCLK"));
    probe_close(v.probe);
    visit(&v, "bluepill,vtref=0", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_POWER);
    assert_non_null(strstr(v.job.text, "VTref reads 0.00 V: no supply is seen"));
    probe_close(v.probe);
}

/* What explains it is the doctor's, and what was tried on the way up counts. */
static void failures_are_explained_by_verdicts(void **state)
{
    static const struct {
        const char *spec, *says;
        enum target_connect how;
    } cases[] = {
        {"bluepill,noack", "any clock (under reset was not tried)", TARGET_CONNECT_NORMAL},
        {"bluepill,noack", "any clock, nor under reset", TARGET_CONNECT_LADDER},
        {"bluepill,swj-off,nrst-open", "hold the board's reset button", TARGET_CONNECT_LADDER},
        {"bluepill,wires=3", "garbled at every clock", TARGET_CONNECT_LADDER},
        {"bluepill,no-debug-power", "(CTRL/STAT)", TARGET_CONNECT_LADDER},
        {"bluepill,vtref=1.2", "less than any STM32 runs with", TARGET_CONNECT_LADDER},
    };
    struct visit v;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        visit(&v, cases[i].spec, cases[i].how);
        assert_int_not_equal(v.err, ERR_OK);
        assert_non_null(strstr(v.job.text, cases[i].says));
        assert_true(strlen(v.job.text) < 5 * 79); /* five lines of a terminal */
        probe_close(v.probe);
    }
}

static void a_copy(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill,clone", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_OK);
    assert_non_null(strstr(v.chip.warning, "probably not made by ST"));
    probe_close(v.probe);
}

static void odd_sizes(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill,flash-size=0", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_OK);
    assert_true(v.chip.flash_size_guessed);
    assert_int_equal(v.chip.flash_size, 0x10000);
    probe_close(v.probe);
    visit(&v, "bluepill,locked", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_OK);
    assert_true(v.chip.readout_protected);
    probe_close(v.probe);
}

static void a_sleeping_core(void **state)
{
    struct visit v;

    (void)state;
    visit(&v, "bluepill,sleep", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_OK);
    probe_close(v.probe);
}

/* The wire garbles packets now and then: every word read is right all the same. */
static void a_noisy_wire(void **state)
{
    static uint8_t block[4096], again[4096];
    struct visit v;
    struct ops ops;

    (void)state;
    visit(&v, "bluepill,noise=100", TARGET_CONNECT_NORMAL);
    assert_int_equal(v.err, ERR_OK);
    ops_init(&ops, v.probe);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)(i * 31 + (i >> 8));
    ops_write(&ops, 0x20000000, 4, block, sizeof block / 4);
    ops_read(&ops, 0x20000000, 4, again, sizeof again / 4);
    enum err err = ops_flush(&ops);
    if (err)
        print_message("%s\n", v.job.text);
    assert_int_equal(err, ERR_OK);
    assert_memory_equal(block, again, sizeof block);
    assert_true(probe_stats(v.probe)->repeats > 0);
    probe_close(v.probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_wrong),
        cmocka_unit_test(under_reset),
        cmocka_unit_test(swd_switched_off),
        cmocka_unit_test(nrst_not_wired),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(a_copy),
        cmocka_unit_test(odd_sizes),
        cmocka_unit_test(a_sleeping_core),
        cmocka_unit_test(a_noisy_wire),
        cmocka_unit_test(failures_are_explained_by_verdicts),
        cmocka_unit_test(a_hand_at_the_button),
        cmocka_unit_test(nobody_is_asked_who_is_not_there),
        cmocka_unit_test(who_gives_up_is_obeyed),
    };

    return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
