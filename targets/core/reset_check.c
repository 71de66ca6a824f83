/* SPDX-License-Identifier: MIT */
/* Whether a refusal is a reset's doing: one that took place, or NRST that is held low. */
#include "core/core.h"

void core_hold(struct target *target)
{
    core_forget(target, true);
    target->state = TARGET_IN_RESET;
}

enum err reset_check_held(struct target *target, enum err err, enum err mark)
{
    struct job uncancellable, *before;
    uint32_t dhcsr = 0, again = 0;

    core_uncancellable_begin(target, &uncancellable, &before);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    ops_read32(&target->ops, DHCSR, &again);
    bool held = ops_flush(&target->ops) == ERR_OK && (again & DHCSR_S_RESET_ST) &&
                !(again & DHCSR_S_RETIRE_ST);
    core_uncancellable_end(target, before);
    if (!held) {
        core_saw_dhcsr(target, dhcsr);
        return err;
    }
    core_hold(target);
    core_rollback(target, mark);
    return job_fail(target->job, err == ERR_TIMEOUT ? err : ERR_NOT_HALTED, TARGET_HELD_TEXT);
}

enum err reset_check(struct target *target, enum err err, enum err mark)
{
    struct job uncancellable, *before;
    uint32_t dhcsr = 0;

    if (target->state != TARGET_HALTED)
        return target->state == TARGET_ABSENT ? err : reset_check_held(target, err, mark);
    core_uncancellable_begin(target, &uncancellable, &before);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    bool seen = ops_flush(&target->ops) == ERR_OK;
    core_uncancellable_end(target, before);
    if (!seen)
        return err;
    core_saw_dhcsr(target, dhcsr);
    if (!core_take_reset(target))
        return err;
    core_rollback(target, mark);
    return core_look_at_reset(target, dhcsr);
}
