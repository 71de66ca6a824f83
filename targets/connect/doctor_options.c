/* SPDX-License-Identifier: MIT */
/* What the chip's option bytes keep from being written, read as its family's table says. */
#include "connect/doctor_internal.h"

#include "flash/options.h"

static void count_blocks(struct measurements *m, const struct target *target,
                         const struct flash_options *options, const struct option_state *state)
{
    struct option_block block;

    /* What read protection alone keeps from being written is not among them. */
    for (uint32_t i = 0; option_block_get(options, target, i, &block); i++) {
        m->write_protected += option_block_protected(&block, state->in_force);
        m->write_blocks++;
    }
}

static enum err read_options(struct doctor *doctor, struct target *target)
{
    struct option_state state;

    target_set_job(target, doctor->job);
    enum err err = target_connect(target, TARGET_CONNECT_ONCE);
    const struct flash_options *options = err ? NULL : flash_options_for(target);

    if (options) {
        err = options->read(target, &state);
        if (!err)
            count_blocks(doctor->measured, target, options, &state);
    }
    enum err left = target_disconnect(target); /* however far it got */
    return err ? err : left;
}

/* Options are read through a connected target, which puts breakpoints in order and leaves the core
 * without a debugger: not where there is one, or the core does not stay itself meanwhile. */
static bool may_connect(struct doctor *doctor)
{
    const struct measurements *m = doctor->measured;
    uint32_t dhcsr = DHCSR_C_DEBUGEN;

    if (doctor->limits->explaining || !m->chip_known || !m->reached || !doctor->clean ||
        m->in_reset || m->was_reset)
        return false;
    ops_read32(&doctor->ops, DHCSR, &dhcsr);
    return ops_flush(&doctor->ops) == ERR_OK && !(dhcsr & DHCSR_C_DEBUGEN);
}

enum err doctor_measure_options(struct doctor *doctor)
{
    struct target *target;
    enum err err = ERR_OK;

    if (may_connect(doctor)) {
        err = target_create(doctor->probe, &target);
        if (err)
            return err;
        err = read_options(doctor, target);
        target_destroy(target);
    }
    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}
