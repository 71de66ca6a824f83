/* SPDX-License-Identifier: MIT */
/* Samples by SWO: many more of them than reads over SWD, where the wire is there. */
#include "cli/profile.h"
#include "trace/itm.h"
#include "trace/swo.h"

enum {
    USUAL_BAUD = 2000000,
    BITS_A_SAMPLE = 100, /* five characters, and as much left free */
    MEASURE_US = 20000,
    LOOK_US = 4000,
    SILENCE_US = 500000, /* then nothing will come */
    PIECE = 16384,
};

static struct target *target_of(const struct profile *profile)
{
    return profile->cli->session.target;
}

static enum err measure_clock(struct profile *profile, uint32_t *hz)
{
    struct swo_clock clock = {0};
    enum err err = swo_clock_look(&clock, target_of(profile), hz);

    while (!err && !*hz && !job_cancelled(&profile->cli->job)) {
        clock_sleep_us(probe_clock(profile->cli->session.probe), MEASURE_US);
        err = swo_clock_look(&clock, target_of(profile), hz);
    }
    return !err && !*hz ? ERR_CANCELLED : err;
}

static void on_packet(void *user, const struct itm_packet *packet)
{
    struct profile *profile = user;

    if (packet->kind == ITM_PC && !pc_histogram_add(&profile->histogram, (uint32_t)packet->value))
        profile->full = true;
    if (packet->kind == ITM_ASLEEP || packet->kind == ITM_PROHIBITED)
        profile->histogram.samples++;
    profile->histogram.asleep += packet->kind == ITM_ASLEEP;
    profile->histogram.unknown += packet->kind == ITM_PROHIBITED;
}

/* The pace changes all the time, so that no loop of the program keeps step with it. */
static enum err change_pace(struct profile *profile, struct swo_plan *plan, uint32_t cycles)
{
    profile->lot = profile->lot * 6364136223846793005u + 1442695040888963407u; /* Knuth, MMIX */
    plan->sample_cycles = cycles + (uint32_t)(profile->lot >> 33) % cycles;
    return swo_set_samples(target_of(profile), plan);
}

static enum err collect(struct profile *profile, struct swo_plan *plan, uint32_t cycles)
{
    struct probe *probe = profile->cli->session.probe;
    struct itm_decoder decoder;
    uint8_t bytes[PIECE];
    uint64_t began = clock_now_us(probe_clock(probe)), passed = 0;
    size_t count;
    enum err err = ERR_OK;

    itm_init(&decoder, on_packet, profile);
    while (!err && passed < profile->limit_us && !job_cancelled(&profile->cli->job)) {
        clock_sleep_us(probe_clock(probe), LOOK_US);
        err = probe_trace_read(probe, bytes, sizeof bytes, &count);
        if (!err)
            err = change_pace(profile, plan, cycles);
        itm_feed(&decoder, bytes, count);
        passed = clock_now_us(probe_clock(probe)) - began;
        if (!err && passed > SILENCE_US && decoder.packets == 0)
            err = job_fail(&profile->cli->job, ERR_UNSUPPORTED,
                           "nothing comes by SWO: is its wire there (PB3 to the probe)? Without "
                           "--by-swo samples are read over SWD");
        display_doing(&profile->cli->display, "sampling");
    }
    profile->took_us = passed;
    return err;
}

enum err profile_by_swo(struct profile *profile)
{
    struct cli *cli = profile->cli;
    struct probe *probe = cli->session.probe;
    uint32_t hz = 0, limit = probe_trace_limit(probe);
    struct swo_plan plan = {0};
    enum err err = swo_require(target_of(profile));

    if (!err)
        err = measure_clock(profile, &hz);
    if (err)
        return err;
    plan.clock_hz = hz;
    plan.baud = swo_best_baud(hz, limit && limit < USUAL_BAUD ? limit : USUAL_BAUD);
    uint32_t cycles = hz / (plan.baud / BITS_A_SAMPLE + 1) + 1;
    plan.sample_cycles = cycles;
    err = probe_trace_start(probe, plan.baud);
    if (!err)
        err = swo_set_up(target_of(profile), &plan);
    if (!err)
        err = collect(profile, &plan, cycles);
    if (session_connected(&cli->session))
        (void)swo_take_down(target_of(profile));
    (void)probe_trace_stop(probe);
    return !err && profile->full
               ? job_fail(&cli->job, ERR_NO_MEMORY, "no memory for so many different addresses")
               : err;
}
