/* SPDX-License-Identifier: MIT */
#include "connect/connect.h"

#include <stdio.h>

#include "connect/by_hand.h"
#include "connect/diagnose.h"
#include "connect/explain.h"
#include "connect/rung.h"

/* Works through long wires and with a core at 1 MHz. Below are wires that are no wires, and cores
 * that run on their slowest clock. */
enum { SLOW_KHZ = 125 };

/* Ways, gentlest first, and to which speeds each goes down; probes take what they have below. */
static const struct flight {
    enum connect_way way;
    uint16_t slower[6]; /* kHz; 0: no more */
} flights[] = {
    {WAY_AS_IT_IS, {950, 480, 240, SLOW_KHZ, 50}},
    {WAY_PRE_RESET, {0}},
    {WAY_UNDER_RESET, {480, SLOW_KHZ}},
};
enum { FLIGHTS = sizeof flights / sizeof *flights };

static const struct {
    size_t first, end; /* in flights[] */
    bool may_halt, by_hand;
} ladders[] = {
    [TARGET_CONNECT_LADDER] = {0, FLIGHTS, true, false},
    [TARGET_CONNECT_ATTENDED] = {0, FLIGHTS, true, true},
    [TARGET_CONNECT_NORMAL] = {0, 1, true, false},
    [TARGET_CONNECT_ATTACH] = {0, 1, false, false},
    [TARGET_CONNECT_ONCE] = {0, 1, false, false},
    [TARGET_CONNECT_PRE_RESET] = {1, 2, true, false},
    [TARGET_CONNECT_UNDER_RESET] = {2, 3, true, false},
};

/* --- up --- */

/* What a slower clock may mend. Of the others, which take their time to fail, one is enough. */
static bool is_of_the_wire(const struct rung_finding *rung)
{
    return (rung->err == ERR_NO_TARGET && !rung->dpidr) || rung->err == ERR_PARITY ||
           rung->err == ERR_WAIT;
}

static bool is_worth_it(const struct climb *climb, uint32_t khz)
{
    const struct findings *findings = climb->findings;
    const struct rung_finding *last = &findings->rungs[findings->rung_count - 1];
    uint32_t now = last->khz    ? probe_speed_khz(climb->probe)
                   : climb->khz ? climb->khz
                                : probe_now_khz(climb->probe);

    return (!now || khz < now) && (khz == SLOW_KHZ || is_of_the_wire(last));
}

/* ERR_OK: up. Else the last rung's error. */
static enum err try_flight(struct climb *climb, const struct flight *flight)
{
    enum err err = rung_try(climb, flight->way, 0);

    for (size_t i = 0; flight->slower[i] && err && !rung_is_final(climb, err); i++) {
        if (probe_one_speed(climb->probe) || !is_worth_it(climb, flight->slower[i]))
            continue;
        job_clear(probe_job(climb->probe));
        err = job_checkpoint(probe_job(climb->probe));
        if (!err)
            err = rung_try(climb, flight->way, flight->slower[i]);
    }
    return err;
}

/* --- down --- */

/* The next that connects begins with what was asked for. */
static void back_to_speed(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);
    struct job_failure failure;

    if (!climb->slowed)
        return;
    climb->slowed = 0;
    job_set_aside(job, &failure);
    probe_set_speed(climb->probe, climb->khz, NULL);
    job_clear(job);
    job_take_back(job, &failure, "");
}

/* What no other rung would change. */
static enum err give_up(struct climb *climb, enum err err)
{
    back_to_speed(climb);
    return err;
}

static void measure_supply(struct climb *climb)
{
    struct findings *findings = climb->findings;

    back_to_speed(climb);
    findings->vtref_known = probe_vtref(climb->probe, &findings->vtref_mv) == ERR_OK;
    job_clear(probe_job(climb->probe));
}

/* All rungs failed: what it all means. */
static enum err fail(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);
    char text[sizeof job->text];

    enum err err = explain_failure(climb->probe, climb->findings, text, sizeof text);
    job_clear(job);
    return job_fail(job, err, "%s", text);
}

/* A button brings nobody to life who has no supply, nor one who answers already. */
static bool may_a_button_help(const struct findings *findings)
{
    return !findings->dpidr && !diagnose_dead(findings);
}

enum err connect_ladder(struct probe *probe, enum target_connect how, struct findings *findings)
{
    struct climb climb = {.probe = probe, .findings = findings, .may_halt = ladders[how].may_halt};

    *findings = (struct findings){.asked = how};
    climb.khz = probe_asked_khz(probe);
    ops_init(&climb.ops, probe);
    if (how == TARGET_CONNECT_ONCE)
        return rung_try(&climb, flights[ladders[how].first].way, 0);
    for (size_t i = ladders[how].first; i < ladders[how].end; i++) {
        enum err err = try_flight(&climb, &flights[i]);
        if (!err)
            return ERR_OK;
        if (rung_is_final(&climb, err))
            return give_up(&climb, err);
        job_clear(probe_job(probe));
        if ((err = job_checkpoint(probe_job(probe))) != ERR_OK)
            return give_up(&climb, err);
    }
    measure_supply(&climb);
    if (ladders[how].by_hand && may_a_button_help(findings)) {
        enum err err = by_hand_try(&climb);
        if (!err || rung_is_final(&climb, err))
            return err;
    }
    return fail(&climb);
}
