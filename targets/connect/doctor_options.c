/* SPDX-License-Identifier: MIT */
/* What the chip's option bytes keep from being written, read as its family's table says. */
#include "connect/doctor_internal.h"

#include "chip/chips.h"
#include "core/dwt.h"
#include "core/fpb.h"
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

/* --- what a program, or a debugger that is gone, has in the comparators --- */

static void keep(struct doctor *doctor, uint32_t address, uint32_t value)
{
    if (value && doctor->kept_count < DOCTOR_KEPT) {
        doctor->kept[doctor->kept_count].address = address;
        doctor->kept[doctor->kept_count++].value = value;
    }
}

/* The watch unit's, if it is on; those of breakpoints; the switch of these last. */
static enum err keep_comparators(struct doctor *doctor, uint32_t fp_ctrl, uint32_t dwt_ctrl)
{
    uint32_t functions[DWT_MAX] = {0}, comparators[FPB_MAX] = {0};
    unsigned watches = doctor->demcr & DEMCR_TRCENA ? dwt_ctrl >> 28 : 0;
    struct fpb fpb;

    fpb_init(&fpb, fp_ctrl);
    watches = watches < DWT_MAX ? watches : DWT_MAX;
    for (unsigned i = 0; i < watches; i++)
        ops_read32(&doctor->ops, DWT_FUNCTION(i), &functions[i]);
    for (unsigned i = 0; i < fpb.count; i++)
        ops_read32(&doctor->ops, FP_COMP0 + 4 * i, &comparators[i]);
    enum err err = ops_flush(&doctor->ops);
    for (unsigned i = 0; i < watches && !err; i++)
        keep(doctor, DWT_FUNCTION(i), functions[i] & ~DWT_FUNCTION_MATCHED);
    for (unsigned i = 0; i < fpb.count && !err; i++)
        keep(doctor, FP_COMP0 + 4 * i, comparators[i]);
    if (!err)
        keep(doctor, FP_CTRL, fp_ctrl & 1 ? FP_CTRL_ENABLE_KEY : 0);
    return err;
}

/* All that connecting changes, for doctor_restore(). */
static enum err keep_what_is_there(struct doctor *doctor)
{
    const struct chip_family *family = chip_family_of(doctor->measured->chip.dev_id);
    uint32_t fp_ctrl = 0, dwt_ctrl = 0, demcr = 0;

    ops_read32(&doctor->ops, DEMCR, &demcr);
    ops_read32(&doctor->ops, FP_CTRL, &fp_ctrl);
    ops_read32(&doctor->ops, DWT_CTRL, &dwt_ctrl);
    enum err err = ops_flush(&doctor->ops);
    if (err)
        return err;
    doctor->demcr = doctor->tracing ? doctor->demcr : demcr;
    err = keep_comparators(doctor, fp_ctrl, dwt_ctrl);
    doctor->catching = true;
    if (!err)
        err = dbgmcu_prepare(&doctor->dbgmcu, &family->dbgmcu, &doctor->ops);
    return err;
}

/* --- reading --- */

/* Options are read through a connected target, which puts breakpoints in order and leaves the core
 * without a debugger: not where there is one, or the core does not stay itself meanwhile. */
static bool may_connect(struct doctor *doctor)
{
    const struct measurements *m = doctor->measured;

    if (doctor->limits->explaining || !m->chip_known || !m->reached || !doctor->clean ||
        m->in_reset || m->was_reset)
        return false;
    ops_read32(&doctor->ops, DHCSR, &doctor->dhcsr);
    return ops_flush(&doctor->ops) == ERR_OK && !(doctor->dhcsr & DHCSR_C_DEBUGEN) &&
           keep_what_is_there(doctor) == ERR_OK;
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
