/* SPDX-License-Identifier: MIT */
/* What guards a controller and its option bytes: opened, and shut again. */
#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller.h"

uint32_t controller_at(const struct target *target, uint32_t offset)
{
    return chip_family_of(target->chip.dev_id)->controller + offset;
}

static enum err tell_shut(struct flash_controller *controller)
{
    job_clear(controller->target->job);
    return job_fail(controller->target->job, ERR_FLASH,
                    "the flash controller stays locked: the program gave it a wrong key, or a "
                    "probe was lost between two; `monitor reset halt`, then try again");
}

enum err controller_open(struct flash_controller *controller, const struct flash_lock *lock)
{
    struct target *target = controller->target;
    struct ops *ops = &target->core->ops;
    uint32_t word = 0;

    ops_read32_still(ops, controller_at(target, lock->control), &word);
    enum err err = core_flush_halted(target->core);
    if (err || !(word & lock->bit))
        return err;
    ops_write32(ops, controller_at(target, lock->key_register), lock->keys[0]);
    ops_write32(ops, controller_at(target, lock->key_register), lock->keys[1]);
    ops_read32_still(ops, controller_at(target, lock->control), &word);
    err = core_flush_halted(target->core);
    return err == ERR_FAULT || (!err && word & lock->bit) ? tell_shut(controller) : err;
}

/* What else its register holds stays. */
enum err controller_shut_options(struct flash_controller *controller)
{
    struct target *target = controller->target;
    const struct flash_lock *lock = controller->options;
    uint32_t word = 0;

    if (!lock || !lock->apart)
        return ERR_OK;
    ops_read32_still(&target->core->ops, controller_at(target, lock->control), &word);
    enum err err = core_flush_halted(target->core);
    if (err || word & lock->bit)
        return err;
    ops_write32(&target->core->ops, controller_at(target, lock->control), word | lock->bit);
    return core_flush_halted(target->core);
}
