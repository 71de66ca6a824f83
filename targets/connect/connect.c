/* SPDX-License-Identifier: MIT */
#include "connect/connect.h"

#include <stdio.h>
#include <string.h>

#include "probe/ops.h"

/* DDI 0403, C1.6 and B3.2.6. */
#define CPUID 0xE000ED00u
#define AIRCR 0xE000ED0Cu
#define AIRCR_SYSRESETREQ 0x05FA0004u
#define DHCSR 0xE000EDF0u
#define DHCSR_KEY 0xA05F0000u
#define DHCSR_C_DEBUGEN (1u << 0)
#define DHCSR_S_HALT (1u << 17)
#define DHCSR_S_RETIRE_ST (1u << 24)
#define DHCSR_S_RESET_ST (1u << 25)
#define DEMCR 0xE000EDFCu
#define DEMCR_VC_CORERESET (1u << 0)

enum {
    SLOW_KHZ = 125,          /* works through long wires and with a core at 1 MHz */
    CORE_APS = 3,            /* access ports looked at */
    HALT_LIMIT_US = 300000,  /* a capacitor at NRST delays the start by milliseconds */
    HELD_LIMIT_US = 3000000, /* a finger on the reset button may need to be told to go away */
    HELD_LOOK_US = 1000,
};

struct rung {
    enum probe_connect how;
    bool slow;
    const char *name;
};

static const struct rung gentle[] = {
    {PROBE_CONNECT_NORMAL, false, "normally"},
    {PROBE_CONNECT_NORMAL, true, "slowly"},
    {PROBE_CONNECT_UNDER_RESET, false, "under reset"},
    {PROBE_CONNECT_UNDER_RESET, true, "slowly under reset"},
};

static const struct {
    size_t first, end; /* in gentle[] */
} ladders[] = {
    [TARGET_CONNECT_NORMAL] = {0, 4},
    [TARGET_CONNECT_UNDER_RESET] = {2, 4},
    [TARGET_CONNECT_ATTACH] = {0, 2},
};

struct climb {
    struct probe *probe;
    struct ops ops;
    struct connect_result *result;
    bool may_halt;             /* one that is held in reset when it comes out */
    uint32_t khz;              /* asked for before we came; 0: the probe's own choice */
    bool slowed, held, caught; /* caught: the core is to stop after a reset */
    /* For the sentence when all has failed. */
    enum err error;
    char text[200]; /* what the first rung said, or one that got further */
    uint32_t dpidr;
};

/* --- one rung --- */

/* The probe, or whoever asked, has given up, or NRST is low whatever we do: no other rung helps. */
static bool is_final(const struct climb *climb, enum err error)
{
    return climb->held || error == ERR_PROBE_GONE || error == ERR_PROBE_ACCESS ||
           error == ERR_PROBE || error == ERR_CANCELLED || error == ERR_NO_MEMORY;
}

static bool is_arm_core(uint32_t cpuid)
{
    unsigned part = cpuid >> 4 & 0xFFF;

    return cpuid >> 24 == 0x41 && ((part & 0xF00) == 0xC00 || (part & 0xFF0) == 0xD20);
}

/* The core of some chips is behind another access port: 1 on STM32H5, H7R/S, N6, WBA2, 2 the
 * Cortex-M4 of MP1. Tried only where the first one shows none. */
static enum err see_core_elsewhere(struct climb *climb, enum err error)
{
    for (unsigned ap = 1; ap < CORE_APS; ap++) {
        uint32_t cpuid = 0;
        climb->ops.ap = (uint8_t)ap;
        ops_read32(&climb->ops, CPUID, &cpuid);
        enum err here = ops_flush(&climb->ops);
        if (here != ERR_OK && is_final(climb, here))
            return here;
        if (here != ERR_OK || !is_arm_core(cpuid))
            continue;
        job_clear(probe_job(climb->probe));
        probe_set_core_ap(climb->probe, ap);
        climb->result->cpuid = cpuid;
        return ERR_OK;
    }
    climb->ops.ap = 0;
    return error;
}

/* Only what two different reads agree on counts as connected. */
static enum err see_core(struct climb *climb)
{
    uint32_t cpuid = 0;

    ops_read32(&climb->ops, CPUID, &cpuid);
    enum err error = ops_flush(&climb->ops);
    if (error == ERR_OK && (cpuid == 0 || cpuid == 0xFFFFFFFF || cpuid == CPUID))
        error = job_fail(probe_job(climb->probe), ERR_NO_TARGET, "CPUID reads 0x%08x", cpuid);
    else if (error != ERR_OK && error != ERR_FAULT)
        return error;
    climb->result->cpuid = cpuid;
    return error == ERR_OK || climb->ops.ap ? error : see_core_elsewhere(climb, error);
}

/* Which access port; a core in reset need not answer yet. */
static enum err find_core(struct climb *climb)
{
    enum err error = see_core(climb);

    if (error == ERR_OK || is_final(climb, error))
        return error;
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
    enum err error = ops_flush(&climb->ops);
    *in_reset = error == ERR_OK && second & DHCSR_S_RESET_ST && !(second & DHCSR_S_RETIRE_ST);
    return error;
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
    enum err error = ops_flush(&climb->ops);
    climb->result->halted = error == ERR_OK;
    return error;
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
    enum err error = see_reset(climb, &in_reset);

    while (error == ERR_OK && in_reset && (now = clock_now_us(clock)) < deadline) {
        if (now >= silent) {
            job_print(job, "NRST is low: if a finger is on the reset button, release it now\n");
            silent = UINT64_MAX;
        }
        clock_sleep_us(clock, HELD_LOOK_US);
        error = job_checkpoint(job);
        if (error == ERR_OK)
            error = see_reset(climb, &in_reset);
    }
    return error == ERR_OK && in_reset ? give_up_held(climb) : error;
}

/* NRST is low, or so the probe thinks. Leaves it high and the core at its reset vector. */
static enum err stand_at_reset_vector(struct climb *climb)
{
    bool in_reset = false;

    queue_reset_catch(climb, true);
    enum err error = see_reset(climb, &in_reset);
    if (error == ERR_OK)
        error = probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    if (error == ERR_OK && in_reset)
        error = outlast_reset(climb);
    if (error == ERR_OK && !in_reset) {
        climb->result->nrst_open = true;
        ops_write32(&climb->ops, AIRCR, AIRCR_SYSRESETREQ);
    }
    return error == ERR_OK ? await_halt(climb) : error;
}

/* Somebody else holds NRST low: what runs then may be what switches SWD off, so it is caught. */
static enum err pass_foreign_reset(struct climb *climb)
{
    bool in_reset;
    enum err error = see_reset(climb, &in_reset);

    if (error != ERR_OK || !in_reset)
        return error;
    if (climb->may_halt)
        queue_reset_catch(climb, true);
    error = outlast_reset(climb);
    climb->result->held = error == ERR_OK && climb->may_halt;
    return climb->result->held ? await_halt(climb) : error;
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

static enum err try_rung(struct climb *climb, const struct rung *rung)
{
    uint32_t dpidr = 0;
    enum err error = ERR_OK;

    *climb->result = (struct connect_result){0};
    if (rung->slow != climb->slowed)
        error = probe_set_speed(climb->probe, rung->slow ? SLOW_KHZ : climb->khz, NULL);
    climb->slowed = rung->slow;
    if (error == ERR_OK)
        error = probe_connect(climb->probe, rung->how, &dpidr);
    if (dpidr)
        climb->result->dpidr = climb->dpidr = dpidr;
    climb->ops.ap = 0;
    probe_set_core_ap(climb->probe, 0);
    if (error == ERR_OK && rung->how == PROBE_CONNECT_UNDER_RESET)
        error = find_core(climb);
    if (error == ERR_OK && rung->how == PROBE_CONNECT_UNDER_RESET)
        error = stand_at_reset_vector(climb);
    if (error == ERR_OK)
        error = see_core(climb);
    if (error == ERR_OK && rung->how == PROBE_CONNECT_NORMAL)
        error = pass_foreign_reset(climb);
    if (error == ERR_CANCELLED && climb->caught)
        let_go(climb);
    else if (error != ERR_OK && rung->how == PROBE_CONNECT_UNDER_RESET)
        probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    return error;
}

/* --- the ladder --- */

/* Keeps what the rung said, if no earlier one got as far: silence says less than anything else. */
static void remember(struct climb *climb, enum err error)
{
    struct job *job = probe_job(climb->probe);

    if (climb->error == ERR_OK || (climb->error == ERR_NO_TARGET && error != ERR_NO_TARGET)) {
        climb->error = error;
        snprintf(climb->text, sizeof climb->text, "%s", job_text(job, error));
    }
    job_clear(job);
}

static void advise(struct climb *climb, const struct rung *rung, bool gentlest)
{
    struct connect_result *result = climb->result;
    const char *text = "";

    if (result->nrst_open)
        text = "NRST does not reach the chip: wire it, or press its reset button when the firmware "
               "locks SWD; a software reset was used";
    else if (result->held)
        text = "something else held NRST low (a finger on the reset button?); the core was halted "
               "when it let go, before its first instruction";
    else if (rung->how == PROBE_CONNECT_UNDER_RESET && !gentlest)
        text = "the chip answers only after a reset: its firmware switches SWD off or sleeps "
               "deeply; it is halted before its first instruction";
    else if (rung->slow)
        text = "the chip answers only at a low SWD speed: shorten the wires, add a ground wire, or "
               "choose a lower --speed";
    snprintf(result->advice, sizeof result->advice, "%s", text);
}

/* --- what to say when nobody is up there --- */

static const struct voltage {
    uint32_t below_mv;
    enum err error;
    bool try_nrst; /* the chip could answer: does its firmware keep it from that? */
    const char *advice;
} voltages[] = {
    {300, ERR_POWER, false,
     "the target has no power, or the probe's VTref pin is not connected to its 3.3 V"},
    {1650, ERR_POWER, false,
     "the target is not really powered (fed through its pins?): supply 3.3 V"},
    {2000, ERR_NO_TARGET, true,
     "low (an STM32F1 needs 2.0 V, no STM32 runs below 1.65 V), so supply 3.3 V if the board bears "
     "it, else look at SWDIO, SWCLK and GND"},
    {4000, ERR_NO_TARGET, true,
     "the voltage is fine, so look at SWDIO and SWCLK (swapped? compare with the print on the "
     "circuit boards) and at GND"},
    {UINT32_MAX, ERR_NO_TARGET, false, "5 V do not belong on VTref: connect the target's 3.3 V"},
};

static const struct voltage unknown_voltage = {
    0, ERR_NO_TARGET, true,
    "check power, GND, SWDIO and SWCLK (swapped? compare with the print on the circuit boards)"};

static const struct voltage *see_voltage(struct climb *climb, char *text, size_t size)
{
    const struct voltage *row = voltages;
    uint32_t mv;

    text[0] = '\0';
    if (probe_vtref(climb->probe, &mv) != ERR_OK) {
        job_clear(probe_job(climb->probe));
        return &unknown_voltage;
    }
    while (mv >= row->below_mv)
        row++;
    snprintf(text, size, "VTref %u.%02u V: ", mv / 1000, mv % 1000 / 10);
    return row;
}

static enum err report_silence(struct climb *climb, enum target_connect how)
{
    char measured[24];
    bool tried_reset = how != TARGET_CONNECT_ATTACH;
    const struct voltage *voltage = see_voltage(climb, measured, sizeof measured);

    return job_fail(probe_job(climb->probe), voltage->error, "no target answers on SWD%s; %s%s%s",
                    tried_reset         ? ", nor under reset"
                    : voltage->try_nrst ? " (not tried: under reset)"
                                        : "",
                    measured, voltage->advice,
                    tried_reset && voltage->try_nrst
                        ? "; if they are right, its program may switch SWD off: connect NRST, too, "
                          "or hold the reset button while starting, or set BOOT0 to 1 and reset"
                        : "");
}

static enum err report(struct climb *climb, enum target_connect how)
{
    if (!climb->dpidr)
        return report_silence(climb, how);
    if (climb->error == ERR_PARITY) /* which says what helps: the chip is not to blame */
        return job_fail(probe_job(climb->probe), climb->error,
                        "the debug port answers (DPIDR 0x%08x), but: %s", climb->dpidr,
                        climb->text);
    return job_fail(probe_job(climb->probe), climb->error,
                    "the debug port answers (DPIDR 0x%08x), but: %s; is NRST held low, the chip "
                    "asleep or locked? Switch its power off and on%s",
                    climb->dpidr, climb->text,
                    how == TARGET_CONNECT_ATTACH ? ", or connect under reset" : "");
}

enum err connect_ladder(struct probe *probe, enum target_connect how, struct connect_result *result)
{
    struct climb climb = {
        .probe = probe, .result = result, .may_halt = how != TARGET_CONNECT_ATTACH};
    size_t first = ladders[how].first;

    climb.khz = probe_asked_khz(probe);
    ops_init(&climb.ops, probe);
    for (size_t i = first; i < ladders[how].end; i++) {
        const struct rung *rung = &gentle[i];
        if (rung->slow && (probe_one_speed(probe) || (climb.khz && climb.khz <= SLOW_KHZ)))
            continue;
        enum err error = try_rung(&climb, rung);
        if (error == ERR_OK) {
            advise(&climb, rung, i == first);
            return ERR_OK;
        }
        if (is_final(&climb, error))
            return error;
        remember(&climb, error);
        if ((error = job_checkpoint(probe_job(probe))) != ERR_OK)
            return error;
    }
    if (climb.slowed)
        probe_set_speed(probe, climb.khz, NULL);
    return report(&climb, how);
}
