/* SPDX-License-Identifier: MIT */
#include "connect.h"

#include <stdio.h>
#include <string.h>

#include "ops.h"

/* DDI 0403, C1.6 and B3.2.6. */
#define CPUID 0xE000ED00u
#define AIRCR 0xE000ED0Cu
#define AIRCR_SYSRESETREQ 0x05FA0004u
#define DHCSR 0xE000EDF0u
#define DHCSR_DEBUGEN 0xA05F0001u
#define DHCSR_S_HALT (1u << 17)
#define DHCSR_S_RESET_ST (1u << 25)
#define DEMCR 0xE000EDFCu
#define DEMCR_VC_CORERESET (1u << 0)

enum {
    DEFAULT_KHZ = 1800,     /* what probes start with */
    SLOW_KHZ = 125,         /* works through long wires and with a core at 1 MHz */
    CORE_APS = 3,           /* access ports looked at */
    HALT_LIMIT_US = 300000, /* a capacitor at NRST delays the start by milliseconds */
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
    uint32_t khz; /* before we came */
    bool slowed;
    /* For the sentence when all has failed. */
    enum err error;
    char text[120]; /* what the first rung said, or one that got further */
    uint32_t dpidr;
};

/* --- one rung --- */

/* The probe, or whoever asked, has given up: no other rung helps. */
static bool is_final(enum err error)
{
    return error == ERR_PROBE_GONE || error == ERR_PROBE_ACCESS || error == ERR_PROBE ||
           error == ERR_CANCELLED || error == ERR_NO_MEMORY;
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
        if (here != ERR_OK && is_final(here))
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

    if (error == ERR_OK || is_final(error))
        return error;
    job_clear(probe_job(climb->probe));
    return ERR_OK;
}

/* A core held in reset shows S_RESET_ST however often it is read; else reading clears it. */
static enum err arm_reset_catch(struct climb *climb, bool *in_reset)
{
    uint32_t first, second;
    struct ops *ops = &climb->ops;

    ops_write32(ops, DHCSR, DHCSR_DEBUGEN);
    ops_write32(ops, DEMCR, DEMCR_VC_CORERESET);
    ops_read32(ops, DHCSR, &first);
    ops_read32(ops, DHCSR, &second);
    enum err error = ops_flush(ops);
    *in_reset = error == ERR_OK && second & DHCSR_S_RESET_ST;
    return error;
}

static enum err await_halt(struct climb *climb)
{
    ops_wait32(&climb->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_LIMIT_US);
    ops_write32(&climb->ops, DEMCR, 0);
    return ops_flush(&climb->ops);
}

/* NRST is low, or so the probe thinks. Leaves it high and the core at its reset vector. */
static enum err stand_at_reset_vector(struct climb *climb)
{
    bool in_reset = false;

    enum err error = arm_reset_catch(climb, &in_reset);
    if (error == ERR_OK)
        error = probe_nrst(climb->probe, PROBE_NRST_RELEASE);
    if (error == ERR_OK && !in_reset) {
        climb->result->nrst_open = true;
        ops_write32(&climb->ops, AIRCR, AIRCR_SYSRESETREQ);
    }
    if (error == ERR_OK)
        error = await_halt(climb);
    climb->result->halted = error == ERR_OK;
    return error;
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
    if (error != ERR_OK && rung->how == PROBE_CONNECT_UNDER_RESET)
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
    else if (rung->how == PROBE_CONNECT_UNDER_RESET && !gentlest)
        text = "the chip answers only after a reset: its firmware switches SWD off or sleeps "
               "deeply; it is halted before its first instruction";
    else if (rung->slow)
        text = "the chip answers only at a low SWD speed: shorten the wires, add a ground wire, or "
               "choose a lower --speed";
    snprintf(result->advice, sizeof result->advice, "%s", text);
}

/* --- what to say when nobody is up there --- */

static const struct {
    uint32_t below_mv;
    const char *advice;
} voltages[] = {
    {300, "the target has no power, or the probe's VTref pin is not connected to its 3.3 V"},
    {1500, "the target is not really powered (fed through its pins?): supply 3.3 V"},
    {4000, "the voltage is fine, so look at SWDIO and SWCLK (swapped? compare with the print on "
           "the circuit boards) and at GND"},
    {UINT32_MAX, "5 V do not belong on VTref: connect the target's 3.3 V"},
};

static void describe_silence(struct climb *climb, char *text, size_t size)
{
    uint32_t mv;
    struct job *job = probe_job(climb->probe);
    size_t row = 0;

    if (probe_vtref(climb->probe, &mv) != ERR_OK) {
        job_clear(job);
        snprintf(text, size,
                 "check power, GND, SWDIO and SWCLK (swapped? compare with the print on the "
                 "circuit boards)");
        return;
    }
    while (mv >= voltages[row].below_mv)
        row++;
    snprintf(text, size, "VTref %u.%02u V: %s", mv / 1000, mv % 1000 / 10, voltages[row].advice);
}

static enum err report(struct climb *climb, enum target_connect how)
{
    char advice[170];
    struct job *job = probe_job(climb->probe);

    if (climb->dpidr)
        return job_fail(
            job, climb->error,
            "the debug port answers (DPIDR 0x%08x), but: %s; is NRST held low, the chip "
            "asleep or locked?",
            climb->dpidr, climb->text);
    describe_silence(climb, advice, sizeof advice);
    return job_fail(
        job, climb->error, "no target answers on SWD%s; %s",
        how == TARGET_CONNECT_ATTACH ? " (not tried: under reset)" : ", nor under reset", advice);
}

enum err connect_ladder(struct probe *probe, enum target_connect how, struct connect_result *result)
{
    struct climb climb = {.probe = probe, .result = result};
    size_t first = ladders[how].first;

    climb.khz = probe_speed_khz(probe) ? probe_speed_khz(probe) : DEFAULT_KHZ;
    ops_init(&climb.ops, probe);
    for (size_t i = first; i < ladders[how].end; i++) {
        const struct rung *rung = &gentle[i];
        if (rung->slow && climb.khz <= SLOW_KHZ)
            continue;
        enum err error = try_rung(&climb, rung);
        if (error == ERR_OK) {
            advise(&climb, rung, i == first);
            return ERR_OK;
        }
        if (is_final(error))
            return error;
        remember(&climb, error);
        if ((error = job_checkpoint(probe_job(probe))) != ERR_OK)
            return error;
    }
    if (climb.slowed)
        probe_set_speed(probe, climb.khz, NULL);
    return report(&climb, how);
}
