/* SPDX-License-Identifier: MIT */
#include "connect/connect.h"

#include <stdio.h>

#include "chip/detect.h"
#include "connect/debug_port.h"
#include "connect/diagnose.h"
#include "core/scs.h"
#include "probe/ops.h"

enum {
    SLOW_KHZ = 125,          /* works through long wires and with a core at 1 MHz */
    CORE_APS = 3,            /* access ports looked at */
    HALT_LIMIT_US = 300000,  /* a capacitor at NRST delays the start by milliseconds */
    HELD_LIMIT_US = 3000000, /* a finger on the reset button may need to be told to go away */
    HELD_LOOK_US = 1000,
};

/* Gentlest first. */
static const struct rung {
    enum probe_connect how;
    bool slow;
} rungs[CONNECT_RUNGS] = {
    {PROBE_CONNECT_NORMAL, false},
    {PROBE_CONNECT_NORMAL, true},
    {PROBE_CONNECT_UNDER_RESET, false},
    {PROBE_CONNECT_UNDER_RESET, true},
};

static const struct {
    size_t first, end; /* in rungs[] */
} ladders[] = {
    [TARGET_CONNECT_NORMAL] = {0, 4},
    [TARGET_CONNECT_UNDER_RESET] = {2, 4},
    [TARGET_CONNECT_ATTACH] = {0, 2},
};

struct climb {
    struct probe *probe;
    struct ops ops;
    struct findings *findings;
    bool may_halt;             /* one that is held in reset when it comes out */
    uint32_t khz;              /* asked for before we came; 0: the probe's own choice */
    bool slowed, held, caught; /* caught: the core is to stop after a reset */
};

/* --- one rung --- */

/* The probe, or whoever asked, has given up, or NRST is low whatever we do: no other rung helps. */
static bool is_final(const struct climb *climb, enum err err)
{
    return climb->held || climb->findings->shut || err == ERR_PROBE_GONE ||
           err == ERR_PROBE_ACCESS || err == ERR_PROBE || err == ERR_CANCELLED ||
           err == ERR_NO_MEMORY;
}

/* No port leads to a core: what the chip, or the lack of an update, has to do with that. */
static enum err see_no_core(struct climb *climb, enum err err, bool out_of_reach)
{
    struct job *job = probe_job(climb->probe);
    enum err asked = debug_port_ask(&climb->ops, climb->findings);
    char text[sizeof job->text];

    if (asked)
        return asked;
    snprintf(text, sizeof text, "%.200s", job_text(job, err));
    if (climb->findings->shut) {
        job_clear(job);
        err = diagnose_shut(climb->findings, text, sizeof text);
        return job_fail(job, err, "%s", text);
    }
    if (!out_of_reach)
        return err;
    job_clear(job);
    return job_fail(
        job, err,
        "%.120s; behind access port 1, where an STM32H5, H7R/S, WBA or N6 has its core, "
        "this probe's firmware does not reach: update it",
        text);
}

/* The core of some chips is behind another access port: 1 on STM32H5, H7R/S, N6, WBA, 2 the
 * Cortex-M4 of MP1. Tried only where the first one shows none. */
static enum err see_core_elsewhere(struct climb *climb, enum err err)
{
    bool out_of_reach = false;

    for (unsigned ap = 1; ap < CORE_APS; ap++) {
        uint32_t cpuid = 0;
        climb->ops.ap = (uint8_t)ap;
        ops_read32(&climb->ops, SCB_CPUID, &cpuid);
        enum err here = ops_flush(&climb->ops);
        if (here != ERR_OK && is_final(climb, here))
            return here;
        out_of_reach |= here == ERR_UNSUPPORTED;
        if (here != ERR_OK || !detect_is_arm_core(cpuid))
            continue;
        job_clear(probe_job(climb->probe));
        climb->findings->cpuid = cpuid;
        return ERR_OK;
    }
    climb->ops.ap = 0;
    return see_no_core(climb, err, out_of_reach);
}

/* Only what two different reads agree on counts as connected. */
static enum err see_core(struct climb *climb)
{
    uint32_t cpuid = 0;

    ops_read32(&climb->ops, SCB_CPUID, &cpuid);
    enum err err = ops_flush(&climb->ops);
    if (!err && (cpuid == 0 || cpuid == 0xFFFFFFFF || cpuid == SCB_CPUID))
        err = job_fail(probe_job(climb->probe), ERR_NO_TARGET, "CPUID reads 0x%08x", cpuid);
    else if (err && err != ERR_FAULT)
        return err;
    climb->findings->cpuid = cpuid;
    return !err || climb->ops.ap ? err : see_core_elsewhere(climb, err);
}

/* Which access port; a core in reset need not answer yet. */
static enum err find_core(struct climb *climb)
{
    enum err err = see_core(climb);

    if (!err || is_final(climb, err))
        return err;
    job_clear(probe_job(climb->probe));
    return ERR_OK;
}

/* --- held in reset, by us or by somebody else --- */

/* S_RESET_ST clears when it is read, but not while the core is held in reset. A program that resets
 * its chip again and again shows it as often, but retires instructions. */
static enum err see_reset(struct climb *climb, bool *in_reset)
{
    uint32_t first, second;

    ops_read32(&climb->ops, DHCSR, &first);
    ops_read32(&climb->ops, DHCSR, &second);
    enum err err = ops_flush(&climb->ops);
    *in_reset = !err && second & DHCSR_S_RESET_ST && !(second & DHCSR_S_RETIRE_ST);
    return err;
}

static void queue_reset_catch(struct climb *climb, bool on)
{
    ops_write32(&climb->ops, DHCSR, DHCSR_KEY | (on ? DHCSR_C_DEBUGEN : 0));
    ops_write32(&climb->ops, DEMCR, on ? DEMCR_VC_CORERESET : 0);
    climb->caught = on;
}

static enum err await_halt(struct climb *climb)
{
    ops_wait32(&climb->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_LIMIT_US);
    ops_write32(&climb->ops, DEMCR, 0);
    enum err err = ops_flush(&climb->ops);
    climb->findings->halted = !err;
    return err;
}

static enum err give_up_held(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);

    if (climb->may_halt) {
        queue_reset_catch(climb, false);
        ops_flush(&climb->ops);
        job_clear(job);
    }
    climb->held = true;
    return job_fail(job, ERR_TIMEOUT, TARGET_HELD_TEXT);
}

/* Nobody of ours pulls at NRST. It may rise late, or a finger may still be on the button. */
static enum err outlast_reset(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);
    struct clock *clock = probe_clock(climb->probe);
    uint64_t now = clock_now_us(clock), silent = now + HALT_LIMIT_US;
    uint64_t deadline = climb->may_halt ? now + HELD_LIMIT_US : silent;
    bool in_reset = true;
    enum err err = see_reset(climb, &in_reset);

    while (!err && in_reset && (now = clock_now_us(clock)) < deadline) {
        if (now >= silent) {
            job_print(job, "NRST is low: if a finger is on the reset button, release it now\n");
            silent = UINT64_MAX;
        }
        clock_sleep_us(clock, HELD_LOOK_US);
        err = job_checkpoint(job);
        if (!err)
            err = see_reset(climb, &in_reset);
    }
    return !err && in_reset ? give_up_held(climb) : err;
}

/* NRST is low, or so the probe thinks. Leaves it high and the core at its reset vector. */
static enum err stand_at_reset_vector(struct climb *climb)
{
    bool in_reset = false;

    queue_reset_catch(climb, true);
    enum err err = see_reset(climb, &in_reset);
    if (!err)
        err = probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    if (!err && in_reset)
        err = outlast_reset(climb);
    if (!err && !in_reset) {
        climb->findings->nrst_open = true;
        ops_write32(&climb->ops, SCB_AIRCR, AIRCR_SYSRESETREQ);
    }
    return !err ? await_halt(climb) : err;
}

/* Somebody else holds NRST low: what runs then may be what switches SWD off, so it is caught. */
static enum err pass_foreign_reset(struct climb *climb)
{
    bool in_reset;
    enum err err = see_reset(climb, &in_reset);

    if (err || !in_reset)
        return err;
    if (climb->may_halt)
        queue_reset_catch(climb, true);
    err = outlast_reset(climb);
    climb->findings->held = !err && climb->may_halt;
    return climb->findings->held ? await_halt(climb) : err;
}

/* Cancelled: whatever was to stop the core is taken back. */
static void let_go(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);

    job_section_begin(job);
    probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    queue_reset_catch(climb, false);
    ops_flush(&climb->ops);
    job_section_end(job);
}

static enum err climb_rung(struct climb *climb, struct rung_finding *rung)
{
    struct findings *findings = climb->findings;
    enum err err = ERR_OK;

    if (rung->slow != climb->slowed)
        err = probe_set_speed(climb->probe, rung->slow ? SLOW_KHZ : climb->khz, NULL);
    climb->slowed = rung->slow;
    if (!err)
        err = probe_connect(climb->probe, rung->how, &rung->dpidr);
    if (rung->dpidr)
        findings->dpidr = rung->dpidr;
    climb->ops.ap = 0;
    if (!err && rung->how == PROBE_CONNECT_UNDER_RESET)
        err = find_core(climb);
    if (!err && rung->how == PROBE_CONNECT_UNDER_RESET)
        err = stand_at_reset_vector(climb);
    if (!err)
        err = see_core(climb);
    if (!err && rung->how == PROBE_CONNECT_NORMAL)
        err = pass_foreign_reset(climb);
    if (err == ERR_CANCELLED && climb->caught)
        let_go(climb);
    else if (err && rung->how == PROBE_CONNECT_UNDER_RESET)
        probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    return err;
}

/* --- the ladder --- */

static struct rung_finding *try_rung(struct climb *climb, const struct rung *rung)
{
    struct findings *findings = climb->findings;
    struct rung_finding *finding = &findings->rungs[findings->rung_count++];

    *finding = (struct rung_finding){.how = rung->how, .slow = rung->slow};
    findings->halted = findings->held = findings->nrst_open = false;
    finding->err = climb_rung(climb, finding);
    findings->ap = climb->ops.ap;
    if (finding->err)
        snprintf(finding->text, sizeof finding->text, "%s",
                 job_text(probe_job(climb->probe), finding->err));
    return finding;
}

/* All rungs failed: the voltage, and what it all means. */
static enum err fail(struct climb *climb)
{
    struct findings *findings = climb->findings;
    struct job *job = probe_job(climb->probe);
    char text[sizeof job->text];

    if (climb->slowed)
        probe_set_speed(climb->probe, climb->khz, NULL);
    findings->vtref_known = probe_vtref(climb->probe, &findings->vtref_mv) == ERR_OK;
    job_clear(job);
    enum err err = diagnose_failure(findings, text, sizeof text);
    return job_fail(job, err, "%s", text);
}

enum err connect_ladder(struct probe *probe, enum target_connect how, struct findings *findings)
{
    struct climb climb = {
        .probe = probe, .findings = findings, .may_halt = how != TARGET_CONNECT_ATTACH};

    *findings = (struct findings){.asked = how};
    climb.khz = probe_asked_khz(probe);
    ops_init(&climb.ops, probe);
    for (size_t i = ladders[how].first; i < ladders[how].end; i++) {
        if (rungs[i].slow && (probe_one_speed(probe) || (climb.khz && climb.khz <= SLOW_KHZ)))
            continue;
        enum err err = try_rung(&climb, &rungs[i])->err;
        if (!err || is_final(&climb, err))
            return err;
        job_clear(probe_job(probe));
        if ((err = job_checkpoint(probe_job(probe))) != ERR_OK)
            return err;
    }
    return fail(&climb);
}
