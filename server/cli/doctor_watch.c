/* SPDX-License-Identifier: MIT */
/* probed doctor --watch: a glance at the wire several times a second; when that turns good, all is
 * measured again, without a reset. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/doctor.h"

enum { PAUSE_US = 100000, GONE_PAUSE_US = 500000, STEADY = 3, TEXT = 160 };

enum sight { NEVER_LOOKED, PROBE_GONE, PROBE_SHUT, NO_ANSWER, ERRORS, CLEAN };

struct watch {
    struct cli *cli;
    struct examination *examination;
    FILE *out;
    uint64_t started_us;
    enum sight told; /* as of the last line */
    char why[TEXT];  /* what was said of a probe that cannot be opened or used */
    unsigned steady; /* glances that were good one after the other */
    bool well;
};

/* --- a glance --- */

/* The cable is out, or the probe's firmware was reset by what the wires did to its supply: what is
 * left of it is let go with the job that failed. */
static void let_go(struct watch *watch)
{
    struct cli *cli = watch->cli;

    session_leave(&cli->session, NULL);
    job_clear(&cli->job);
    cli->misused = false;
    session_enter(&cli->session, &cli->job);
}

static bool is_away(enum sight sight)
{
    return sight == PROBE_GONE || sight == PROBE_SHUT;
}

static enum sight sight_of_failure(struct watch *watch, enum err err)
{
    snprintf(watch->why, sizeof watch->why, "%s", job_text(&watch->cli->job, err));
    return err == ERR_PROBE_GONE || err == ERR_NO_PROBE ? PROBE_GONE : PROBE_SHUT;
}

static enum sight sight_of(const struct measurements *m)
{
    const struct speed_measured *speed = &m->speeds[0];
    bool clean = speed->connects.good == speed->connects.tries && m->reached &&
                 speed->reads.good == speed->reads.tries && !speed->reads.repeats;

    return clean ? CLEAN : m->reached || m->dpidr ? ERRORS : NO_ANSWER;
}

static enum err look(struct watch *watch, struct measurements *m, enum sight *sight)
{
    struct cli *cli = watch->cli;
    enum err err = is_away(watch->told) ? session_open(&cli->session, &cli->job) : ERR_OK;

    if (!err)
        err = doctor_glance(cli->session.probe, m);
    if (err == ERR_CANCELLED || job_cancelled(&cli->job))
        return ERR_CANCELLED;
    *sight = err ? sight_of_failure(watch, err) : sight_of(m);
    if (err)
        let_go(watch);
    return ERR_OK;
}

/* --- telling --- */

static void describe(const struct measurements *m, enum sight sight, const char *why, char *text,
                     size_t size)
{
    const struct speed_measured *speed = &m->speeds[0];
    char volts[24] = "";

    if (m->vtref_count)
        snprintf(volts, sizeof volts, ", VTref %" PRIu32 ".%02" PRIu32 " V", m->vtref_mv[0] / 1000,
                 m->vtref_mv[0] % 1000 / 10);
    if (sight == PROBE_GONE)
        snprintf(text, size, "the probe is gone: plug it in again");
    else if (sight == PROBE_SHUT)
        snprintf(text, size, "%s", why);
    else if (sight == NO_ANSWER)
        snprintf(text, size, "no answer%s", volts);
    else if (sight == ERRORS)
        snprintf(text, size, "answers, but %u of %u reads were wrong%s",
                 speed->reads.tries - speed->reads.good + speed->reads.repeats, speed->reads.tries,
                 volts);
    else
        snprintf(text, size, "the wires are good%s", volts);
}

/* A person looks at the wires, not at the screen. */
static const char *bell(const struct watch *watch)
{
    return isatty(fileno(watch->out)) ? "\a" : "";
}

static enum err put_line(struct watch *watch, const char *text)
{
    uint64_t us = clock_now_us(clock_real()) - watch->started_us;

    display_clear(&watch->cli->display);
    fprintf(watch->out, "%5" PRIu64 ".%" PRIu64 " s  %s\n", us / 1000000, us % 1000000 / 100000,
            text);
    if (fflush(watch->out) == 0)
        return ERR_OK;
    return job_fail(&watch->cli->job, ERR_FILE, "standard output: %s", strerror(errno));
}

/* The wires are good; what of the rest? */
static enum err examine(struct watch *watch, const struct measurements *glance)
{
    const struct verdict *first = watch->examination->view.verdicts;
    char text[TEXT], line[sizeof first->text + 2 * TEXT];
    enum err err = doctor_examine(watch->cli, watch->examination, DOCTOR_NO_RESET);

    if (err == ERR_PROBE_GONE)
        return ERR_OK; /* the next glance says so */
    if (err)
        return err;
    watch->well = doctor_view_healthy(&watch->examination->view);
    describe(glance, CLEAN, "", text, sizeof text);
    snprintf(line, sizeof line, "%s%s%s%s: %s", bell(watch), text, watch->well ? "; " : ", but ",
             verdict_word(first->class), first->text);
    return put_line(watch, line);
}

static enum err tell(struct watch *watch, const struct measurements *m, enum sight sight)
{
    char text[TEXT];

    if (sight == watch->told)
        return ERR_OK;
    watch->told = sight;
    watch->well = false;
    if (sight == CLEAN)
        return examine(watch, m);
    describe(m, sight, watch->why, text, sizeof text);
    return put_line(watch, text);
}

/* What is good now and then is not good: so many glances have to agree. */
static enum err see(struct watch *watch, const struct measurements *m, enum sight sight)
{
    watch->steady = sight == CLEAN ? watch->steady + 1 : 0;
    return sight == CLEAN && watch->steady < STEADY ? ERR_OK : tell(watch, m, sight);
}

/* As `| head` does; nothing may be written for hours that would tell. */
static enum err check_reader(const struct watch *watch)
{
    struct pollfd descriptor = {.fd = fileno(watch->out)};

    if (poll(&descriptor, 1, 0) <= 0 || !(descriptor.revents & POLLERR))
        return ERR_OK;
    return job_fail(&watch->cli->job, ERR_FILE, "standard output: nobody reads it any more");
}

enum err doctor_watch(struct cli *cli, struct examination *examination, FILE *out, bool *well)
{
    struct watch watch = {.cli = cli,
                          .examination = examination,
                          .out = out,
                          .started_us = clock_now_us(clock_real())};
    struct measurements m;
    enum err err = ERR_OK;

    display_say(&cli->display, "watching: move one wire at a time; Ctrl-C ends");
    while (!err) {
        enum sight sight;

        err = check_reader(&watch);
        if (!err)
            err = look(&watch, &m, &sight);
        if (!err)
            err = see(&watch, &m, sight);
        if (!err)
            clock_sleep_us(clock_real(), is_away(watch.told) ? GONE_PAUSE_US : PAUSE_US);
    }
    display_clear(&cli->display);
    *well = watch.well;
    if (err != ERR_CANCELLED)
        return err;
    job_clear(&cli->job);
    return ERR_OK;
}
