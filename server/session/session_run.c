/* SPDX-License-Identifier: MIT */
/* Run control of a unit: who may, what the last stop was, and everybody who waits learns of it. */
#include <stdio.h>

#include "gdb/gdb_console.h"
#include "gdb/stop_reply.h"
#include "session/session.h"

enum { STOP_REPLY_SIZE = 1024, START_LOOK_US = 5000 };

static bool running(const struct unit *unit)
{
    return target_state(unit->target) != TARGET_HALTED;
}

enum err unit_may_run(const struct unit *unit, struct job *job)
{
    const struct client *holder = unit_holder(unit);

    if (unit_nested(unit))
        return job_fail(job, ERR_BUSY, "a longer job of another session is under way");
    if (unit->acting && unit->acting != holder && holder && holder->waiting)
        return job_fail(job, ERR_BUSY,
                        "the first gdb runs the core and waits for it to stop; "
                        "this one observes until then");
    for (size_t i = 0; i < UNIT_CLIENTS; i++)
        if (unit->clients[i].flash && &unit->clients[i] != unit->acting)
            return job_fail(job, ERR_BUSY, "another session is programming the flash");
    return ERR_OK;
}

void unit_keep_registers(struct unit *unit)
{
    struct job unheard, *before;
    size_t count;

    if (running(unit))
        return;
    target_registers(unit->target, &count);
    job_init(&unheard, NULL);
    before = target_set_job(unit->target, &unheard);
    unit->stop_regs_valid = 0;
    for (size_t i = 0; i < count && i < UNIT_REGISTERS; i++)
        if (target_read_register(unit->target, i, &unit->stop_regs[i]) == ERR_OK)
            unit->stop_regs_valid |= UINT64_C(1) << i;
    target_set_job(unit->target, before);
}

enum err unit_register(const struct unit *unit, struct job *job, size_t index, uint64_t *value)
{
    if (!running(unit) && !unit_nested(unit))
        return target_read_register(unit->target, index, value);
    if (index >= UNIT_REGISTERS || !(unit->stop_regs_valid >> index & 1))
        return job_fail(job, ERR_NOT_HALTED, "the core runs and has not been halted before");
    *value = unit->stop_regs[index];
    return ERR_OK;
}

/* The beginning of all that sends the core on its way. */
static enum err prepare_run(struct unit *unit, struct job *job)
{
    enum err err = unit_may_run(unit, job);

    if (err == ERR_OK)
        err = unit_require(unit, job);
    if (err != ERR_OK)
        return err;
    /* An interrupted load has no vFlashDone: what follows it is its end. */
    if (unit->acting)
        unit_end_flash(unit, unit->acting, "its gdb goes on without finishing");
    unit_keep_registers(unit);
    unit->unreported = unit->loaded = false;
    return ERR_OK;
}

enum err unit_halt(struct unit *unit, struct job *job)
{
    struct job *before = unit_enter(unit, job);
    struct target_stop stop = {0};
    enum err err = unit_require(unit, job);

    if (err == ERR_OK && unit_nested(unit))
        err = job_fail(job, ERR_BUSY, "a longer job of another session is under way");
    if (err == ERR_OK)
        err = target_halt(unit->target, &stop);
    if (err == ERR_OK)
        unit->stop = stop.reason != STOP_NONE ? stop : *target_last_stop(unit->target);
    unit_leave(unit, before);
    return err;
}

enum err unit_resume(struct unit *unit, struct job *job)
{
    struct job *before = unit_enter(unit, job);
    enum err err = prepare_run(unit, job);

    if (err == ERR_OK)
        err = target_resume(unit->target);
    unit_leave(unit, before);
    return err;
}

enum err unit_continue(struct unit *unit, struct job *job)
{
    struct job *before = unit_enter(unit, job);
    enum err err = prepare_run(unit, job);

    if (err == ERR_OK)
        err = target_continue(unit->target, unit->acting->id);
    unit_leave(unit, before);
    return err;
}

enum err unit_step(struct unit *unit, struct job *job)
{
    struct job *before = unit_enter(unit, job);
    enum err err = prepare_run(unit, job);

    if (err == ERR_OK)
        err = target_step(unit->target, &unit->stop);
    unit_leave(unit, before);
    return err;
}

enum err unit_step_range(struct unit *unit, struct job *job, uint32_t start, uint32_t end)
{
    struct job *before = unit_enter(unit, job);
    enum err err = prepare_run(unit, job);

    if (err == ERR_OK)
        err = target_step_range(unit->target, start, end, &unit->stop);
    unit_leave(unit, before);
    return err;
}

static void count_reset(struct unit *unit, enum target_reset kind)
{
    unit->resets++;
    unit->last_reset = kind;
}

enum err unit_reset(struct unit *unit, struct job *job, enum target_reset kind)
{
    struct job *before = unit_enter(unit, job);
    enum err err = prepare_run(unit, job);

    if (err == ERR_OK)
        err = target_reset(unit->target, kind);
    if (err == ERR_OK)
        count_reset(unit, kind);
    if (err == ERR_OK && kind != TARGET_RESET_RUN)
        unit->stop = *target_last_stop(unit->target);
    unit_leave(unit, before);
    return err;
}

/* --- stops nobody asked for --- */

void unit_announce_stop(struct unit *unit)
{
    for (size_t i = 0; i < UNIT_CLIENTS; i++) {
        struct client *client = &unit->clients[i];
        char memory[STOP_REPLY_SIZE];
        struct buf reply;

        if (!client->open || !client->waiting)
            continue;
        client->waiting = false;
        if (unit->stop.reason == STOP_EXIT)
            unit_tell_end(unit, client);
        unit->unreported = false;
        stop_reply_say(client, &unit->stop);
        buf_init(&reply, memory, sizeof memory);
        stop_reply_write(&reply, unit, client);
        client->send(client->user, reply.data, reply.length);
    }
}

void unit_interrupt(struct unit *unit, struct client *client, struct job *job)
{
    if (!client->waiting)
        return; /* late: the core stopped meanwhile */
    struct job *before = unit_enter(unit, job);
    enum err err = unit_halt(unit, job);

    if (err != ERR_OK && unit_connected(unit))
        console_say(client, "cannot halt the core: %s", job_text(job, err));
    unit_leave(unit, before);
}

/* The core was reset behind our back. */
static enum err tell_reset(struct unit *unit, struct job *job)
{
    log_line(unit->log, LOG_WARN, "%s", job_text(job, ERR_RESET_LOST));
    count_reset(unit, TARGET_RESET_RUN);
    if (!unit_connected(unit))
        return ERR_RESET_LOST;
    job_clear(job);
    return ERR_OK;
}

/* Those who wait hear of it at once, and get their stop as soon as there is a core to halt. */
static enum err stop_after_reset(struct unit *unit, struct job *job, struct target_stop *stop)
{
    job_print(job, "%s\n", job_text(job, ERR_RESET_LOST));
    enum err err = tell_reset(unit, job);
    if (err != ERR_OK)
        return err;
    unit->reset_held = target_state(unit->target) == TARGET_IN_RESET;
    return unit->reset_held ? ERR_OK : target_halt(unit->target, stop);
}

static bool came_up(const struct unit *unit)
{
    return unit->reset_held && target_state(unit->target) == TARGET_RUNNING;
}

static void take_stop(struct unit *unit, const struct target_stop *stop)
{
    if (stop->reason == STOP_NONE)
        return;
    unit->stop = *stop;
    unit->unreported = true;
}

static void look(struct unit *unit, struct job *job)
{
    struct target_stop stop = {0};
    enum err err = target_poll(unit->target, &stop);

    if (err == ERR_RESET_LOST)
        err = stop_after_reset(unit, job, &stop);
    if (err == ERR_OK && target_state(unit->target) == TARGET_IN_RESET)
        unit->reset_held = true;
    if (err == ERR_OK && came_up(unit)) {
        unit->reset_held = false;
        err = target_halt(unit->target, &stop);
    }
    /* It will not stop by itself; but one who only looks on changes nothing. */
    if (err == ERR_OK && unit_wants_poll(unit) && target_locked_up(unit->target))
        err = target_halt(unit->target, &stop);
    if (err == ERR_PROBE_GONE)
        unit->probe_gone = true;
    if (err == ERR_OK) {
        unit->poll_failed = false;
    } else if (!unit->poll_failed) {
        unit->poll_failed = true;
        log_line(unit->log, LOG_WARN, "looking at the core: %s", job_text(job, err));
    }
    take_stop(unit, &stop);
}

void unit_poll(struct unit *unit, struct job *job)
{
    struct console console;

    if (!unit_connected(unit) || !running(unit))
        return;
    struct job *before = unit_enter(unit, job);
    console_begin(&console, job, unit, NULL);
    look(unit, job);
    console_end(&console);
    unit_leave(unit, before);
}

/* --- asking the chip instead of memory --- */

static enum err measure(struct unit *unit, struct job *job)
{
    struct target_stop stop = {0};
    enum err err = target_measure(unit->target, &stop);

    if (err == ERR_RESET_LOST)
        err = unit_wants_poll(unit) ? stop_after_reset(unit, job, &stop) : tell_reset(unit, job);
    if (err == ERR_OK)
        take_stop(unit, &stop);
    if (err == ERR_PROBE_GONE)
        unit->probe_gone = true;
    if (!unit_connected(unit))
        snprintf(unit->why_absent, sizeof unit->why_absent, "%s", job_text(job, err));
    return err;
}

enum err unit_measure(struct unit *unit, struct job *job)
{
    struct job *before = unit_enter(unit, job);
    enum err err = unit_require(unit, job);

    if (err == ERR_OK && !unit_nested(unit)) /* a longer job sees for itself */
        err = measure(unit, job);
    unit_leave(unit, before);
    return err;
}

/* What there is to say of a core that should run. */
static enum err describe_start(struct unit *unit, unsigned resets, char *trouble, size_t size)
{
    const struct target_stop *stop = target_last_stop(unit->target);
    const struct target_stop *reset = target_last_reset(unit->target);
    char why[300] = "";
    enum err err = ERR_OK;

    if (target_locked_up(unit->target)) {
        err = target_explain_lockup(unit->target, why, sizeof why);
        snprintf(trouble, size, "the core is locked up: %s", why);
    } else if (target_state(unit->target) == TARGET_HALTED) {
        if (stop_reply_explains(stop))
            snprintf(trouble, size, "the program stopped at once: %s", stop->text);
    } else if (resets != unit->resets) {
        snprintf(trouble, size, "the program was reset at once (by itself, a watchdog or NRST)");
    } else if (reset->misled) {
        snprintf(trouble, size, "the core runs, but %s", reset->text);
    }
    return err;
}

enum err unit_look_at_start(struct unit *unit, struct job *job, char *trouble, size_t size)
{
    struct job *before = unit_enter(unit, job);
    unsigned resets = unit->resets;

    trouble[0] = '\0';
    clock_sleep_us(probe_clock(unit->probe), START_LOOK_US);
    enum err err = unit_measure(unit, job);
    if (err == ERR_OK)
        err = describe_start(unit, resets, trouble, size);
    unit_leave(unit, before);
    return err;
}
