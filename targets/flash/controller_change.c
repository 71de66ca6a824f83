/* SPDX-License-Identifier: MIT */
#include "flash/controller_change.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/core.h"

enum err controller_take_options(struct flash_controller *controller, struct target *target,
                                 const struct flash_driver *driver, const struct flash_lock *lock,
                                 bool refuse_protected)
{
    enum err err = controller_init(controller, target, driver);

    if (!err)
        err = controller_take(controller, refuse_protected);
    if (!err)
        controller->options = lock;
    return err ? err : controller_open(controller, lock);
}

enum err controller_check_option(struct target *target, uint32_t address, uint32_t now,
                                 uint32_t wanted, uint32_t before)
{
    if (!((now ^ wanted) & (wanted ^ before)))
        return ERR_OK;
    return job_fail(target->job, ERR_VERIFY,
                    "the option register at 0x%08" PRIx32 " reads 0x%08" PRIx32 ", 0x%08" PRIx32
                    " was wanted",
                    address, now, wanted);
}

enum err controller_tell_cut(struct flash_controller *controller, enum err err, const char *left)
{
    struct job *job = controller->target->job;
    char why[sizeof job->text];

    snprintf(why, sizeof why, "%s", job_text(job, err));
    job_clear(job);
    return job_fail(job, err, "%.200s; %s: connect again, look, and repeat the command", why, left);
}

enum err controller_change(struct target *target,
                           enum err (*change)(struct target *target, const void *what),
                           const void *what)
{
    struct target_stop stop;
    enum err err = job_checkpoint(target->job);

    if (!err)
        err = target_halt(target, &stop);
    if (err)
        return err;
    job_section_begin(target->job);
    err = change(target, what);
    job_section_end(target->job);
    return err;
}

/* The answer to what resets the chip may fall into the reset; one more shows that all is well. */
enum err controller_launch(struct flash_controller *controller, uint32_t offset, uint32_t word)
{
    struct core *core = controller->target->core;
    enum err mark = core_mark(core);

    controller_queue_thaw(controller);
    ops_write32(&core->ops, controller_at(controller->target, offset), word);
    enum err err = ops_flush(&core->ops);
    if (err == ERR_CANCELLED || err == ERR_PROBE_GONE)
        return err;
    core_rollback(core, mark);
    return target_reset(controller->target, TARGET_RESET_HALT);
}

/* A chip that is still protected now waits for the power cycle. */
static enum err detect_loaded(struct target *target)
{
    bool unlocked = target->chip.unlocked;

    target->chip.unlocked = false;
    enum err err = target_detect_again(target);
    target->chip.unlocked = unlocked && (err || target->chip.readout_protected);
    return err;
}

enum err controller_load_options(struct target *target,
                                 enum err (*launch)(struct target *target, const void *what))
{
    bool was_halted = target_state(target) == TARGET_HALTED;
    enum err err = controller_change(target, launch, NULL);

    if (!err)
        err = detect_loaded(target);
    return err || was_halted ? err : target_resume(target);
}

static enum err reset(struct target *target, const void *what)
{
    (void)what;
    return target_reset(target, TARGET_RESET_HALT);
}

enum err controller_load_by_reset(struct target *target)
{
    return controller_load_options(target, reset);
}
