/* SPDX-License-Identifier: MIT */
#include "trace/pc_sampler.h"

#include "core/core.h"

#define DWT_PCSR 0xE000101Cu
#define NO_SAMPLE UINT32_MAX

enum { PAUSE_MASK_US = 255, ZEROS_ENOUGH = 64 };

void pc_sampler_init(struct pc_sampler *sampler, uint64_t seed)
{
    *sampler = (struct pc_sampler){.lot = seed | 1};
}

/* xorshift64, Marsaglia. */
static uint64_t pause_us(struct pc_sampler *sampler)
{
    sampler->lot ^= sampler->lot << 13;
    sampler->lot ^= sampler->lot >> 7;
    sampler->lot ^= sampler->lot << 17;
    return sampler->lot >> 32 & PAUSE_MASK_US;
}

/* Where there is none, zero is read: no program is there for long. */
static enum err look_for_register(struct pc_sampler *sampler, struct core *core, uint32_t pc)
{
    sampler->proved |= pc != 0;
    sampler->zeros += pc == 0;
    if (sampler->proved || sampler->zeros < ZEROS_ENOUGH)
        return ERR_OK;
    return job_fail(core->target->job, ERR_UNSUPPORTED,
                    "this %s does not say where it is while it runs: its DWT_PCSR reads as zero, "
                    "so there is nothing to be counted",
                    core->found.name);
}

/* Where sleep shows as a PC of all ones, that alone tells: DHCSR was read a moment later. Without
 * it ever saying that the core slept they have another reason. */
static bool is_asleep(struct pc_sampler *sampler, struct pc_histogram *histogram, uint32_t pc,
                      uint32_t dhcsr)
{
    sampler->tells_sleep |= pc == NO_SAMPLE;
    if (dhcsr & DHCSR_S_SLEEP && !sampler->slept) {
        sampler->slept = true;
        histogram->asleep += histogram->unknown;
        histogram->unknown = 0;
    }
    return sampler->tells_sleep ? pc == NO_SAMPLE && sampler->slept : dhcsr & DHCSR_S_SLEEP;
}

static enum err count(struct pc_sampler *sampler, struct core *core, struct pc_histogram *histogram,
                      uint32_t pc, uint32_t dhcsr)
{
    bool asleep = is_asleep(sampler, histogram, pc, dhcsr);

    if (!asleep && pc != NO_SAMPLE)
        return pc_histogram_add(histogram, pc)
                   ? ERR_OK
                   : job_fail(core->target->job, ERR_NO_MEMORY,
                              "no memory for so many different addresses");
    histogram->samples++;
    histogram->asleep += asleep;
    histogram->unknown += !asleep;
    return ERR_OK;
}

enum err pc_sample(struct pc_sampler *sampler, struct target *target,
                   struct pc_histogram *histogram)
{
    struct core *core = target->core;
    uint32_t pc = 0, dhcsr = 0;

    ops_sleep(&core->ops, pause_us(sampler));
    ops_read32(&core->ops, DWT_PCSR, &pc);
    ops_read32(&core->ops, DHCSR, &dhcsr);
    enum err err = core_flush(core);
    if (err)
        return err;
    core_saw_dhcsr(core, dhcsr);
    if (dhcsr & DHCSR_S_HALT)
        return job_fail(target->job, ERR_BUSY, "the core stands: something halted it");
    err = look_for_register(sampler, core, pc);
    return !err ? count(sampler, core, histogram, pc, dhcsr) : err;
}
