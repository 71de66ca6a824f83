/* SPDX-License-Identifier: MIT */
#include "connect/explain.h"

#include <stdio.h>
#include <string.h>

#include "connect/diagnose.h"
#include "connect/doctor.h"
#include "connect/verdict.h"

static void count_rung(const struct rung_finding *rung, struct speed_measured *speed)
{
    speed->khz = rung->khz;
    speed->connects.tries++;
    speed->connects.silent += rung->err == ERR_NO_TARGET;
    speed->connects.garbled += rung->err == ERR_PARITY;
    speed->connects.waited += rung->err == ERR_WAIT;
    speed->connects.refused += rung->err == ERR_FAULT;
    speed->first_err = speed->first_err ? speed->first_err : rung->err;
}

/* Tries on the way up count like others; resets are not tried again. */
static void add_rungs(const struct findings *findings, struct measurements *measured)
{
    for (size_t i = 0; i < findings->rung_count; i++) {
        const struct rung_finding *rung = &findings->rungs[i];
        measured->reset_tried |= rung->way == WAY_UNDER_RESET;
        if (rung->way == WAY_UNDER_RESET)
            count_rung(rung, &measured->under_reset);
        else if (rung->way == WAY_AS_IT_IS && measured->speed_count < MEASURED_SPEEDS)
            count_rung(rung, &measured->speeds[measured->speed_count++]);
    }
    measured->dpidr = measured->dpidr ? measured->dpidr : findings->dpidr;
}

/* Where there is more to it than the wire: who it says it is; and which operation failed how, where
 * the verdict does not say it. */
static void put_detail(const struct findings *findings, const struct verdict *verdict, char *text,
                       size_t size)
{
    const char *told = diagnose_told(findings);
    bool says_how = verdict->class == VERDICT_NO_DEBUG_POWER || verdict->class == VERDICT_AP_CLOSED;

    text[0] = '\0';
    if (!findings->dpidr || verdict->class < VERDICT_NRST_HELD)
        return;
    if (told[0])
        snprintf(text, size, " (it says it is an %s)", told);
    else if (!says_how)
        snprintf(text, size, " (%.150s)", diagnose_furthest(findings)->text);
}

/* Most of what keeps a chip silent is the wires; the rest a reset may end, or a hand at its button.
 * All there is to be said of it is the doctor's to show. */
static void say_silence(const struct measurements *measured, const struct verdict *verdict,
                        char *text, size_t size)
{
    const struct cause *cause = verdict->causes[0];

    snprintf(
        text, size,
        "%s. Most likely %s: %s. If the wires are right, %s; `probed doctor` looks closer",
        verdict->text, cause->brief_what, cause->brief_next,
        measured->reset_tried
            ? "connect NRST, or hold the board's reset button while connecting and let go then"
            : "its program may switch SWD off: --connect under-reset gets in then, by a reset");
}

/* What made the rungs fail is over, or shows now and then. */
static void say_passed(const struct findings *findings, char *text, size_t size)
{
    snprintf(
        text, size,
        "it did not connect (%s), but a moment later all was well: try again, and if that comes "
        "back look for a bad contact",
        diagnose_furthest(findings)->text);
}

/* The probe itself said so: nothing is to be guessed. */
static void say_out_of_reach(const struct findings *findings, char *text, size_t size)
{
    const char *told = diagnose_told(findings);

    snprintf(text, size, "%.250s%s%.60s%s", diagnose_furthest(findings)->text,
             told[0] ? " (it says it is an " : "", told, told[0] ? ")" : "");
}

static void say(const struct findings *findings, const struct measurements *measured, char *text,
                size_t size)
{
    struct verdict verdicts[VERDICTS_MAX];
    size_t count = doctor_judge(measured, verdicts);
    char detail[300];

    if (verdicts[0].class == VERDICT_HEALTHY) {
        say_passed(findings, text, size);
        return;
    }
    if (findings->out_of_reach) {
        say_out_of_reach(findings, text, size);
        return;
    }
    if (verdicts[0].class == VERDICT_SILENCE && verdicts[0].count) {
        say_silence(measured, verdicts, text, size);
        return;
    }
    put_detail(findings, verdicts, detail, sizeof detail);
    doctor_explain(verdicts, count, text, size - strlen(detail));
    snprintf(text + strlen(text), size - strlen(text), "%s", detail);
}

enum err explain_failure(struct probe *probe, const struct findings *findings, char *text,
                         size_t size)
{
    static const struct doctor_limits gently = {.explaining = true};
    struct measurements measured;
    struct job *job = probe_job(probe);

    enum err err = doctor_measure(probe, &gently, &measured);
    if (err) {
        snprintf(text, size, "%s", job_text(job, err));
        return err;
    }
    add_rungs(findings, &measured);
    say(findings, &measured, text, size);
    return diagnose_error(findings);
}
