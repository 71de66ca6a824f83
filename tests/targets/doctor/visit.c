/* SPDX-License-Identifier: MIT */
#include "visit.h"

#include <stdio.h>
#include <string.h>

#include "stlink_bench.h"

extern const struct probe_driver stlink_probe_driver;

enum { SPEC_SIZE = 192 };

static void write_spec(const struct patient *patient, char spec[SPEC_SIZE])
{
    snprintf(spec, SPEC_SIZE, "%s%s%s,still,seed=%u", patient->board, patient->faults[0] ? "," : "",
             patient->faults, patient->seed);
}

static void measure(struct probe *probe, const struct patient *patient, struct visit *visit)
{
    if (patient->from_reset) {
        probe_nrst(probe, PROBE_NRST_ASSERT);
        probe_nrst(probe, PROBE_NRST_RELEASE);
    }
    uint64_t start = clock_now_us(probe_clock(probe));
    visit->info = *probe_info(probe);
    visit->measured = doctor_measure(probe, &patient->limits, &visit->m);
    visit->us = clock_now_us(probe_clock(probe)) - start;
    if (visit->measured)
        snprintf(visit->said, sizeof visit->said, "%s", probe_job(probe)->text);
}

static void by_simulated_probe(const struct patient *patient, const char *spec, struct visit *visit)
{
    struct probe *probe;
    struct job job;

    job_init(&job, NULL);
    assert_int_equal(probe_sim_info(spec, &visit->info, &job), ERR_OK);
    visit->opened = probe_open(&visit->info, &job, NULL, &probe);
    if (visit->opened) {
        snprintf(visit->said, sizeof visit->said, "%s", job.text);
        return;
    }
    measure(probe, patient, visit);
    probe_close(probe);
}

static void by_stlink(const struct patient *patient, const char *spec, struct visit *visit)
{
    struct bench bench;

    bench_init(&bench, patient->stlink, spec);
    visit->opened = bench_open_probe(&bench);
    visit->info =
        (struct probe_info){.driver = &stlink_probe_driver, .pid = stlink_model_pid(bench.model)};
    if (visit->opened)
        snprintf(visit->said, sizeof visit->said, "%s", bench.job.text);
    else
        measure(bench.probe, patient, visit);
    bench_close(&bench);
}

bool visit(const struct patient *patient, struct visit *visit)
{
    char spec[SPEC_SIZE], err[400];
    struct sim_board *board;

    *visit = (struct visit){0};
    write_spec(patient, spec);
    board = sim_board_create(spec, err, sizeof err);
    if (!board) {
        if (!strstr(err, "no fault '"))
            fail_msg("%s: %s", spec, err);
        return false;
    }
    sim_board_destroy(board);
    if (patient->stlink)
        by_stlink(patient, spec, visit);
    else
        by_simulated_probe(patient, spec, visit);
    return true;
}

size_t visit_judge(const struct visit *visit, struct verdict verdicts[VERDICTS_MAX])
{
    enum err err = visit->opened ? visit->opened : visit->measured;

    if (!err)
        return doctor_judge(&visit->m, verdicts);
    if (!doctor_judge_opening(err, visit->said, &verdicts[0]))
        fail_msg("not a matter of the probe: %s", visit->said);
    return 1;
}

void visit_name(const struct patient *patient, char *text, size_t size)
{
    char spec[SPEC_SIZE];

    write_spec(patient, spec);
    snprintf(text, size, "%s %s%s%s", spec,
             patient->stlink ? "behind " : "behind the simulated probe",
             patient->stlink ? patient->stlink : "",
             patient->limits.allow_reset ? "" : ", no reset allowed");
}

/* --- what was measured --- */

struct line {
    char *text;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list list;

    if (line->used >= line->size)
        return;
    va_start(list, format);
    line->used += (size_t)vsnprintf(line->text + line->used, line->size - line->used, format, list);
    va_end(list);
}

static void add_tally(struct line *line, const char *name, const struct tally *tally)
{
    static const struct {
        const char *name;
        size_t at;
    } parts[] = {
        {"ok", offsetof(struct tally, good)},         {"silent", offsetof(struct tally, silent)},
        {"garbled", offsetof(struct tally, garbled)}, {"wait", offsetof(struct tally, waited)},
        {"refused", offsetof(struct tally, refused)}, {"other", offsetof(struct tally, other)},
        {"repeats", offsetof(struct tally, repeats)}};

    add(line, " %s %u", name, tally->tries);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        unsigned count;
        memcpy(&count, (const char *)tally + parts[i].at, sizeof count);
        if (count)
            add(line, " %s=%u", parts[i].name, count);
    }
}

static void add_speed(struct line *line, const char *name, const struct speed_measured *speed)
{
    add(line, "; %s %u kHz:", name, speed->khz);
    add_tally(line, "connects", &speed->connects);
    add_tally(line, "reads", &speed->reads);
    if (speed->first_err)
        add(line, " first %s", err_text(speed->first_err));
}

static void add_core(struct line *line, const struct measurements *m)
{
    for (unsigned i = 0; i < MEASURED_APS; i++)
        if (m->aps[i].known && (m->aps[i].idr || i == 0))
            add(line, "; AP%u %08X csw %08X", i, m->aps[i].idr, m->aps[i].csw);
    if (m->core_found)
        add(line, "; cpuid %08X", m->cpuid);
    if (m->samples)
        add(line,
            "; %u looks: in reset %u, was reset %u, retired %u, lockup %u, asleep %u, halted %u",
            m->samples, m->in_reset, m->was_reset, m->retired, m->locked_up, m->asleep, m->halted);
    if (m->pc_known)
        add(line, "; pc %08X", m->pc);
}

static void add_chip(struct line *line, const struct measurements *m)
{
    if (m->chip_known)
        add(line, "; %s, idcode %08X flash %u%s rdp %d known %d copy %d", m->chip.name,
            m->chip.idcode, m->chip.flash_size, m->chip.flash_size_guessed ? " guessed" : "",
            m->chip.readout_protected, m->chip.protection_known, m->chip.copy_suspected);
    else if (m->core_found)
        add(line, "; chip not known: %s", err_text(m->chip_err));
    if (m->reset_flags_known)
        add(line, "; reset flags %02X", m->reset_flags);
    if (m->write_blocks)
        add(line, "; %u of %u blocks write protected", m->write_protected, m->write_blocks);
    if (m->vectors_known)
        add(line, "; vectors %08X %08X%s", m->vectors[0], m->vectors[1],
            m->boots_elsewhere ? ", boots elsewhere" : "");
}

void visit_describe(const struct visit *visit, char *text, size_t size)
{
    const struct measurements *m = &visit->m;
    struct line line = {text, size, 0};

    text[0] = '\0';
    if (visit->opened || visit->measured)
        add(&line, "%s: %s", visit->opened ? "not opened" : "ended", visit->said);
    if (visit->opened)
        return;
    add(&line, "%s; VTref", m->probe.firmware);
    for (unsigned i = 0; i < m->vtref_count; i++)
        add(&line, " %u", m->vtref_mv[i]);
    for (unsigned i = 0; i < m->speed_count; i++)
        add_speed(&line, "at", &m->speeds[i]);
    add(&line, "; reached %d, good %u kHz, DPIDR %08X steady %d, power refused %d", m->reached,
        m->good_khz, m->dpidr, m->dpidr_steady, m->power_refused);
    if (m->reset_tried)
        add_speed(&line, "under reset", &m->under_reset);
    if (m->nrst_tested)
        add(&line, "; NRST works %d", m->nrst_works);
    if (m->awake_tested)
        add(&line, "; awake helps %d", m->awake_helps);
    add_core(&line, m);
    add_chip(&line, m);
}
