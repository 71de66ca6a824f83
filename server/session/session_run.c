/* SPDX-License-Identifier: MIT */
/* Run control of a session: who may, and what is seen of the core. */
#include <stdio.h>

#include "session/program_side.h"
#include "session/reset_loop.h"
#include "session/session.h"

enum {
    START_LOOK_US = 5000,
    LOOP_WATCH_US = 1500000, /* sees three of half a second.. */
    LOOP_FIRST_US = 500000,  /* ..but most boards were just switched on */
    LOOP_LOOK_US = 10000,
};

static bool running(const struct session *session)
{
    return target_state(session->target) != TARGET_HALTED;
}

enum err session_may_run(const struct session *session, struct job *job)
{
    const struct client *holder = session_holder(session);

    if (session_nested(session) || under_way_load(session))
        return under_way_refuse(session, job);
    if (session->acting && session->acting != holder && holder && holder->waiting)
        return job_fail(job, ERR_BUSY,
                        "the first gdb runs the core and waits for it to stop; "
                        "this one observes until then");
    return ERR_OK;
}

void session_keep_registers(struct session *session)
{
    struct job unheard, *before;
    size_t count;

    if (running(session))
        return;
    target_registers(session->target, &count);
    job_init(&unheard, NULL);
    before = target_set_job(session->target, &unheard);
    session->core->stop_regs_valid = 0;
    for (size_t i = 0; i < count && i < SESSION_REGISTERS; i++)
        if (target_read_register(session->target, i, &session->core->stop_regs[i]) == ERR_OK)
            session->core->stop_regs_valid |= UINT64_C(1) << i;
    target_set_job(session->target, before);
}

enum err session_register(const struct session *session, struct job *job, size_t index,
                          uint64_t *value)
{
    if (!running(session) && !session_nested(session))
        return target_read_register(session->target, index, value);
    if (index >= SESSION_REGISTERS || !(session->core->stop_regs_valid >> index & 1))
        return job_fail(job, ERR_NOT_HALTED, "the core runs and has not been halted before");
    *value = session->core->stop_regs[index];
    return ERR_OK;
}

enum err session_prepare_run(struct session *session, struct job *job)
{
    enum err err = session_may_run(session, job);

    if (!err)
        err = session_require(session, job);
    if (err)
        return err;
    /* An interrupted load has no vFlashDone: what follows it is its end. */
    if (session->acting)
        session_end_flash(session, session->acting, "its gdb goes on without finishing");
    session_keep_registers(session);
    if (session->loaded)
        pollers_restart(session);
    pollers_hurry(session);
    session->core->unreported = session->loaded = false;
    reset_loop_goes_on(session);
    return ERR_OK;
}

enum err session_halt(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    struct target_stop stop = {0};
    enum err err = session_require(session, job);

    if (!err && session_nested(session))
        err = under_way_refuse(session, job);
    if (!err)
        err = target_halt(session->target, &stop);
    session_leave(session, before);
    return err;
}

enum err session_resume(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    enum err err = session_prepare_run(session, job);

    if (!err)
        err = target_resume(session->target);
    session_leave(session, before);
    return err;
}

enum err session_continue(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    enum err err = session_prepare_run(session, job);

    if (!err)
        err = target_continue(session->target, session->acting->id);
    session_leave(session, before);
    return err;
}

enum err session_step(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    struct target_stop stop;
    enum err err = session_prepare_run(session, job);

    if (!err)
        err = target_step(session->target, &stop);
    session_leave(session, before);
    return err;
}

enum err session_step_range(struct session *session, struct job *job, uint32_t start, uint32_t end)
{
    struct job *before = session_enter(session, job);
    struct target_stop stop;
    enum err err = session_prepare_run(session, job);

    if (!err)
        err = target_step_range(session->target, start, end, &stop);
    session_leave(session, before);
    return err;
}

static void count_reset(struct session *session, enum target_reset kind)
{
    session->resets++;
    session->last_reset = kind;
}

enum err session_reset(struct session *session, struct job *job, enum target_reset kind)
{
    struct job *before = session_enter(session, job);
    enum err err = session_prepare_run(session, job);

    if (!err && kind == TARGET_RESET_RUN && !running(session))
        pollers_restart(session);
    if (!err)
        err = target_reset(session->target, kind);
    if (!err && kind != TARGET_RESET_RUN && !running(session))
        pollers_restart(session);
    session->loop = (struct reset_loop){0};
    if (!err)
        count_reset(session, kind);
    session_leave(session, before);
    return err;
}

/* --- stops nobody asked for --- */

/* The core was reset behind our back. Of one that loops that was told for all times. */
static enum err tell_reset(struct session *session, struct job *job)
{
    if (!session->loop.told || !session_connected(session)) {
        log_line(session->log, LOG_WARN, "%s", job_text(job, ERR_RESET_LOST));
        count_reset(session, TARGET_RESET_RUN);
    }
    if (!session_connected(session))
        return ERR_RESET_LOST;
    job_clear(job);
    return reset_loop_note(session, job);
}

/* Those who wait hear of it at once, and get their stop as soon as there is a core to halt. */
static enum err stop_after_reset(struct session *session, struct job *job, struct target_stop *stop)
{
    bool told = session->loop.told;

    job_print(job, "%s\n", job_text(job, ERR_RESET_LOST));
    enum err err = tell_reset(session, job);
    if (!told && session->loop.told)
        job_print(job, "%s\n", session->loop.text);
    if (err)
        return err;
    session->core->reset_held = target_state(session->target) == TARGET_IN_RESET;
    return session->core->reset_held ? ERR_OK : target_halt(session->target, stop);
}

static bool came_up(const struct session *session)
{
    return session->core->reset_held && target_state(session->target) == TARGET_RUNNING;
}

static void look(struct session *session, struct job *job)
{
    struct target_stop stop = {0};
    bool waits = session_wants_poll(session); /* for this core, before it may stand */
    enum err err = target_poll(session->target, &stop);

    if (err == ERR_RESET_LOST)
        err = waits ? stop_after_reset(session, job, &stop) : tell_reset(session, job);
    if (!err && target_state(session->target) == TARGET_IN_RESET)
        session->core->reset_held = true;
    if (!err && came_up(session)) {
        session->core->reset_held = false;
        err = waits ? target_halt(session->target, &stop) : ERR_OK;
    }
    /* It will not stop by itself; but one who only looks on changes nothing. */
    if (!err && session_wants_poll(session) && target_locked_up(session->target))
        err = target_halt(session->target, &stop);
    if (err == ERR_PROBE_GONE)
        session->probe_gone = true;
    if (!err) {
        session->core->poll_failed = false;
    } else if (!session->core->poll_failed) {
        session->core->poll_failed = true;
        log_line(session->log, LOG_WARN, "looking at the core: %s", job_text(job, err));
    }
    session->core->unreported |= stop.reason != STOP_NONE;
    if (stop.reason == STOP_EXIT && !waits)
        log_line(session->log, LOG_INFO, "the program ended with exit code %d", stop.exit_code);
}

void session_poll(struct session *session, struct job *job)
{
    struct client_text text;

    if (!session_connected(session) || !running(session))
        return;
    struct job *before = session_enter(session, job);
    client_text_begin(&text, job, session, NULL);
    look(session, job);
    client_text_end(&text);
    session_leave(session, before);
}

void session_poll_all(struct session *session, struct job *job)
{
    unsigned core = session_select_core(session, 0);

    session_poll(session, job);
    for (unsigned i = 1; i < TARGET_CORES_MAX; i++) {
        session_select_core(session, i);
        if (session_wants_poll(session)) {
            job_clear(job);
            session_poll(session, job);
        }
    }
    session_select_core(session, core);
}

/* --- asking the chip instead of memory --- */

static enum err measure(struct session *session, struct job *job)
{
    struct target_stop stop = {0};
    enum err err = target_measure(session->target, &stop);

    if (err == ERR_RESET_LOST)
        err = session_wants_poll(session) ? stop_after_reset(session, job, &stop)
                                          : tell_reset(session, job);
    if (!err)
        session->core->unreported |= stop.reason != STOP_NONE;
    if (err == ERR_PROBE_GONE)
        session->probe_gone = true;
    if (!session_connected(session))
        snprintf(session->core->why_absent, sizeof session->core->why_absent, "%s",
                 job_text(job, err));
    return err;
}

enum err session_measure(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    enum err err = session_require(session, job);

    if (!err && !session_nested(session)) /* a longer job sees for itself */
        err = measure(session, job);
    session_leave(session, before);
    return err;
}

enum err session_watch_for_loop(struct session *session, struct job *job)
{
    const struct reset_loop *loop = &session->loop;
    struct clock *clock = probe_clock(session->probe);
    uint64_t began = clock_now_us(clock);
    uint64_t first = target_found_reset(session->target) ? LOOP_FIRST_US : 0;
    enum err err = ERR_OK;

    while (!err && !loop->told && target_state(session->target) == TARGET_RUNNING &&
           clock_now_us(clock) - began < (loop->count ? LOOP_WATCH_US : first)) {
        clock_sleep_us(clock, LOOP_LOOK_US);
        err = session_measure(session, job);
    }
    return err;
}

/* What there is to say of a core that should run. */
static enum err describe_start(struct session *session, unsigned resets, char *trouble, size_t size)
{
    const struct target_stop *stop = target_last_stop(session->target);
    const struct target_stop *reset = target_last_reset(session->target);
    char why[300] = "";
    enum err err = ERR_OK;

    if (target_locked_up(session->target)) {
        err = target_explain_lockup(session->target, why, sizeof why);
        snprintf(trouble, size, "the core is locked up: %s", why);
    } else if (target_state(session->target) == TARGET_HALTED) {
        if (session_stop_explains(stop))
            snprintf(trouble, size, "the program stopped at once: %s", stop->text);
    } else if (resets != session->resets) {
        snprintf(trouble, size, "the program was reset at once (by itself, a watchdog or NRST)");
    } else if (reset->misled) {
        snprintf(trouble, size, "the core runs, but %s", reset->text);
    }
    return err;
}

enum err session_look_at_start(struct session *session, struct job *job, char *trouble, size_t size)
{
    struct job *before = session_enter(session, job);
    unsigned resets = session->resets;

    trouble[0] = '\0';
    clock_sleep_us(probe_clock(session->probe), START_LOOK_US);
    enum err err = session_measure(session, job);
    if (!err)
        err = describe_start(session, resets, trouble, size);
    session_leave(session, before);
    return err;
}

void session_check_presence(struct session *session, struct job *job)
{
    size_t count;
    const struct target_region *regions = target_regions(session->target, &count);
    struct job *before = session_enter(session, job);
    uint32_t word;

    /* That one address refuses to be read says nothing. */
    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_RAM) {
            (void)target_read_width(session->target, regions[i].start, 4, &word, 1);
            break;
        }
    session_leave(session, before);
}

/* --- the end of a client --- */

/* At reset, for its `run`. */
static bool stands_for_another(const struct session *session)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        if (session->clients[i].open && session->clients[i].killed)
            return true;
    return session_holder(session) != NULL;
}

/* Black Magic Debug's scripts end with `kill`, and count on a board that runs. */
static void let_killed_run(struct session *session, struct client *client, struct job *job)
{
    if (client->killed && !stands_for_another(session) && session_connected(session) &&
        session_resume(session, job) != ERR_OK)
        log_line(session->log, LOG_WARN, "resuming after kill: %s", job_text(job, job->err));
}

void session_client_close(struct session *session, struct client *client, struct job *job)
{
    unsigned core = session_select_core(session, client->core);
    struct job *before = session_enter(session, job);

    client->waiting = false;
    program_side_leave(session, client);
    session_end_flash(session, client, "its gdb is gone");
    if (session->target)
        target_breakpoints_drop_owner(session->target, client->id);
    client->open = false;
    let_killed_run(session, client, job);
    session_leave(session, before);
    session_select_core(session, core);
}
