/* SPDX-License-Identifier: MIT */
#include "connect/rung.h"

#include <stdio.h>

#include "chip/detect.h"
#include "connect/debug_port.h"
#include "connect/diagnose.h"
#include "core/scs.h"

enum {
    CORE_APS = 3,            /* access ports looked at */
    PULSE_US = 1000,         /* NRST low: far longer than any chip's filter */
    PULSES = 3,              /* a wire that was asleep may miss the first edges */
    HALT_LIMIT_US = 300000,  /* a capacitor at NRST delays the start by milliseconds */
    OPEN_LIMIT_US = 50000,   /* for a core that did not seem to be in reset */
    HELD_LIMIT_US = 3000000, /* a finger on the reset button may need to be told to go away */
    HELD_LOOK_US = 1000,
};

bool rung_is_final(const struct climb *climb, enum err err)
{
    return climb->held || climb->findings->shut || err == ERR_PROBE_GONE ||
           err == ERR_PROBE_ACCESS || err == ERR_PROBE || err == ERR_PROBE_LOADER ||
           err == ERR_CANCELLED || err == ERR_NO_MEMORY;
}

/* --- the core --- */

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
    climb->findings->out_of_reach = true;
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
        if (here != ERR_OK && rung_is_final(climb, here))
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

/* Only what two different reads agree on counts as connected. What stands in the queue goes first.
 */
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

    if (!err || rung_is_final(climb, err))
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
    if (!err)
        climb->findings->reset_seen |= ((first | second) & DHCSR_S_RESET_ST) != 0;
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

static uint64_t held_deadline(const struct climb *climb, uint64_t now)
{
    if (climb->held_until)
        return climb->held_until;
    return now + (climb->may_halt ? HELD_LIMIT_US : HALT_LIMIT_US);
}

/* Nobody of ours pulls at NRST. It may rise late, or a finger may still be on the button. */
static enum err outlast_reset(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);
    struct clock *clock = probe_clock(climb->probe);
    uint64_t now = clock_now_us(clock), silent = now + HALT_LIMIT_US;
    uint64_t deadline = held_deadline(climb, now);
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

/* --- caught at the reset vector --- */

/* It did not seem to be in reset, which proves nothing: was a vector caught all the same? */
static enum err look_for_catch(struct climb *climb, bool *caught)
{
    uint32_t dfsr = 0;

    ops_wait32(&climb->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, OPEN_LIMIT_US);
    ops_read32(&climb->ops, SCB_DFSR, &dfsr);
    enum err err = ops_flush(&climb->ops);
    *caught = !err && dfsr & DFSR_VCATCH;
    if (err != ERR_TIMEOUT)
        return err;
    job_clear(probe_job(climb->probe));
    return ERR_OK;
}

/* NRST is low, or so the probe thinks. Leaves it high and the core at its reset vector. */
static enum err stand_at_reset_vector(struct climb *climb)
{
    bool in_reset = false, caught = false;

    queue_reset_catch(climb, true);
    ops_write32(&climb->ops, SCB_DFSR, DFSR_VCATCH);
    enum err err = see_reset(climb, &in_reset);
    if (!err)
        err = probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    if (!err)
        err = in_reset ? outlast_reset(climb) : look_for_catch(climb, &caught);
    if (!err && !in_reset && !caught) {
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

/* A reset was a moment ago, or a button still makes it: the program has not got far. It is halted
 * first, and asked later who it is. */
static void queue_halt(struct climb *climb)
{
    queue_reset_catch(climb, true);
    ops_write32(&climb->ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    ops_write32(&climb->ops, SCB_DFSR, DFSR_VCATCH);
}

/* It does not run in between. */
static enum err reset_again(struct climb *climb)
{
    ops_write32(&climb->ops, SCB_AIRCR, AIRCR_SYSRESETREQ);
    ops_wait32(&climb->ops, SCB_DFSR, DFSR_VCATCH, DFSR_VCATCH, HALT_LIMIT_US);
    return await_halt(climb);
}

static enum err halt_young_program(struct climb *climb)
{
    bool in_reset = false;

    queue_halt(climb);
    enum err err = see_core(climb);
    if (!err && climb->ops.ap)
        queue_halt(climb);
    if (!err)
        err = see_reset(climb, &in_reset);
    if (err || !in_reset)
        return err ? err : reset_again(climb);
    err = outlast_reset(climb);
    return !err ? await_halt(climb) : err;
}

/* --- one rung --- */

/* It was in vain: whatever was to stop the core is taken back. */
static void let_go(struct climb *climb)
{
    struct job *job = probe_job(climb->probe);
    struct job_failure failure;

    job_set_aside(job, &failure);
    job_section_begin(job);
    probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    queue_reset_catch(climb, false);
    ops_flush(&climb->ops);
    job_section_end(job);
    job_clear(job);
    job_take_back(job, &failure, "");
}

static enum err as_it_is(struct climb *climb, struct rung_finding *rung)
{
    enum err err = probe_connect(climb->probe, PROBE_CONNECT_NORMAL, &rung->dpidr);

    if (!err)
        err = see_core(climb);
    return !err ? pass_foreign_reset(climb) : err;
}

static enum err under_reset(struct climb *climb, struct rung_finding *rung)
{
    enum err err = probe_connect(climb->probe, PROBE_CONNECT_UNDER_RESET, &rung->dpidr);

    if (!err)
        err = find_core(climb);
    if (!err)
        err = stand_at_reset_vector(climb);
    return !err ? see_core(climb) : err;
}

static enum err by_hand(struct climb *climb, struct rung_finding *rung)
{
    enum err err = probe_connect(climb->probe, PROBE_CONNECT_NORMAL, &rung->dpidr);

    return !err ? halt_young_program(climb) : err;
}

static enum err pulse_and_in(struct climb *climb, struct rung_finding *rung)
{
    enum err err = probe_nrst(climb->probe, PROBE_NRST_ASSERT);

    if (!err) {
        clock_sleep_us(probe_clock(climb->probe), PULSE_US);
        err = probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    }
    return !err ? by_hand(climb, rung) : err;
}

static enum err pre_reset(struct climb *climb, struct rung_finding *rung)
{
    enum err err = pulse_and_in(climb, rung);

    for (int i = 1; i < PULSES && err == ERR_NO_TARGET; i++) {
        job_clear(probe_job(climb->probe));
        err = pulse_and_in(climb, rung);
    }
    return err;
}

static enum err carry_out(struct climb *climb, struct rung_finding *rung)
{
    static enum err (*const ways[])(struct climb *, struct rung_finding *) = {
        [WAY_AS_IT_IS] = as_it_is,
        [WAY_PRE_RESET] = pre_reset,
        [WAY_UNDER_RESET] = under_reset,
        [WAY_BY_HAND] = by_hand,
    };
    enum err err = ERR_OK;
    uint32_t actual = rung->khz;

    if (rung->khz != climb->slowed)
        err = probe_set_speed(climb->probe, rung->khz ? rung->khz : climb->khz, &actual);
    climb->slowed = rung->khz;
    rung->khz = rung->khz ? actual : 0;
    climb->ops.ap = 0;
    if (!err)
        err = ways[rung->way](climb, rung);
    if (rung->dpidr)
        climb->findings->dpidr = rung->dpidr;
    if (err && climb->caught)
        let_go(climb);
    else if (err && (rung->way == WAY_PRE_RESET || rung->way == WAY_UNDER_RESET))
        probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    return err;
}

enum err rung_try(struct climb *climb, enum connect_way way, uint32_t khz)
{
    struct findings *findings = climb->findings;
    struct rung_finding *finding = &findings->rungs[findings->rung_count++];

    *finding = (struct rung_finding){.way = way, .khz = khz};
    findings->halted = findings->held = findings->nrst_open = false;
    finding->err = carry_out(climb, finding);
    findings->ap = climb->ops.ap;
    if (finding->err)
        snprintf(finding->text, sizeof finding->text, "%s",
                 job_text(probe_job(climb->probe), finding->err));
    return finding->err;
}
