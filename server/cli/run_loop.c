/* SPDX-License-Identifier: MIT */
/* From the reset to the end: the core is looked at, what it says is passed on, limits are kept. */
#include <inttypes.h>
#include <string.h>

#include "cli/run.h"

enum {
    FIRST_PAUSE_US = 100, /* behind what the program said: more is coming */
    LAST_PAUSE_US = 10000,
    EFFORT_US = 20000,      /* a pause of virtual time should take less than that to simulate */
    EXIT_LIMIT_US = 200000, /* from main's return to _exit */
    FAILURES_MAX = 20,      /* looks in a row */
    OUTPUT_WAIT_MS = 20,
};

/* --- what the session tells us --- */

static void stopped(struct client *client, const struct session *session)
{
    struct run *run = client->user;

    run->stopped = true;
    run->stop = *session_stop(session);
}

static void lost(struct client *client, const struct session *session)
{
    struct run *run = client->user;

    run->lost = true;
}

/* run->listener hears it. */
static void no_text(struct client *client, const struct session *session, const char *text,
                    size_t length)
{
}

static void no_load(struct client *client, const char *why) {}

static const struct client_ops told = {
    .stopped = stopped, .lost = lost, .text = no_text, .load_cut = no_load};

/* --- limits --- */

static uint64_t now_us(const struct run *run)
{
    return clock_now_us(probe_clock(run->session->probe));
}

static void check_limits(struct run *run)
{
    if (run->output.seen)
        run_end(run, RUN_UNTIL, "the program said '%s'", run->output.until);
    if (run->output.broken)
        run_end(run, RUN_FAILED, "nobody reads standard output any more: %s",
                strerror(run->output.error));
    if (job_cancelled(&run->cli->job))
        run_end(run, RUN_CANCELLED, "ended by Ctrl-C");
    if (!run->session->probe)
        return;
    if (run->waits_for_exit && now_us(run) - run->returned_us > EXIT_LIMIT_US)
        run_end_with(run, run->program_code, "main returned");
    if (run->limit_us && now_us(run) - run->began_us >= run->limit_us)
        run_end(run, RUN_TIMED_OUT, "the program did not end within %" PRIu64 ".%03" PRIu64 " s",
                run->limit_us / 1000000, run->limit_us % 1000000 / 1000);
}

/* --- looking --- */

/* Lets some time pass, less where the program talks. */
static void pause_for(struct run *run, uint64_t *us, bool busy)
{
    struct clock *clock = probe_clock(run->session->probe);
    uint64_t began = clock_now_us(clock_real());

    *us = busy ? FIRST_PAUSE_US : *us * 2 < LAST_PAUSE_US ? *us * 2 : LAST_PAUSE_US;
    uint64_t due = pollers_wait_us(run->session);
    clock_sleep_us(clock, due < *us ? due : *us);
    if (clock->is_virtual && clock_now_us(clock_real()) - began > EFFORT_US)
        *us /= 4;
}

static enum err resume(struct run *run)
{
    run->client->waiting = true;
    return session_resume(run->session, &run->cli->job);
}

/* One look; what it found has been dealt with. */
static enum err look(struct run *run)
{
    struct job *job = &run->cli->job;

    job_clear(job);
    run->stopped = false;
    session_poll(run->session, job);
    if (run->lost)
        return job->err ? job->err : ERR_NOT_CONNECTED;
    if (!run->stopped)
        return job->err;
    job_clear(job);
    enum err err = run_take_stop(run);
    if (!err && run->outcome == RUN_GOES_ON)
        err = resume(run);
    return err;
}

/* An error that comes once is a garbled answer; what stays is one of the probe or the target. */
static enum err go_on_after(struct run *run, enum err err, unsigned *failures)
{
    *failures = err ? *failures + 1 : 0;
    if (run->lost || !run->session->probe || *failures > FAILURES_MAX)
        return err;
    return ERR_OK;
}

static enum err look_at_all(struct run *run, unsigned *failures)
{
    enum err err = go_on_after(run, look(run), failures);

    if (!err)
        run_channels_look(run);
    return err;
}

static enum err watch(struct run *run)
{
    uint64_t pause_us = FIRST_PAUSE_US;
    unsigned failures = 0;
    enum err err = ERR_OK;

    while (!err && run->outcome == RUN_GOES_ON) {
        uint64_t said = run->output.total;

        if (run_output_is_full(&run->output)) /* its reader is slow: the program waits */
            run_output_wait(&run->output, OUTPUT_WAIT_MS);
        else
            err = look_at_all(run, &failures);
        run_output_flush(&run->output);
        check_limits(run);
        if (!err && run->outcome == RUN_GOES_ON)
            pause_for(run, &pause_us, run->output.total != said);
    }
    return err;
}

/* What is left goes out, as long as somebody takes it. */
static void finish_output(struct run *run)
{
    while (run->output.length > 0 && !job_cancelled(&run->cli->job)) {
        run_output_wait(&run->output, OUTPUT_WAIT_MS);
        run_output_flush(&run->output);
    }
}

static enum err set_breakpoints(struct run *run)
{
    const uint32_t places[] = {run->places.main, run->places.exit};
    struct job *before = session_enter(run->session, &run->cli->job);
    enum err err = ERR_OK;

    for (size_t i = 0; i < 2 && !err; i++)
        if (places[i] != ~0u)
            err = target_breakpoint_set(run->session->target, run->client->id, BREAKPOINT_HW,
                                        places[i], 2);
    session_leave(run->session, before);
    return err;
}

/* The core stands, whatever ended the run: what is left of the program is there to be looked at. */
static void halt(struct run *run)
{
    struct job job;

    job_init_within(&job, &run->cli->job);
    run->client->waiting = false;
    if (session_connected(run->session) && session_halt(run->session, &job) != ERR_OK)
        log_line(&run->cli->log, LOG_WARN, "halting the core: %s", job_text(&job, job.err));
}

enum err run_loop(struct run *run)
{
    struct job *job = &run->cli->job;

    run->client = session_client_open(run->session, 0, &told, run);
    session_join(run->session, run->client);
    enum err err = set_breakpoints(run);
    run->began_us = now_us(run);
    if (!err)
        err = resume(run);
    if (!err)
        err = watch(run);
    if (run->session->probe)
        run->took_us = now_us(run) - run->began_us;
    if (err && job->err == ERR_OK)
        err = job_fail(job, err, "%s", run->session->core->why_absent);
    else if (!err)
        halt(run);
    if (!err)
        run_channels_drain(run);
    if (!err)
        run_trace_take(run);
    finish_output(run);
    return err;
}
