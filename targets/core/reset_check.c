/* SPDX-License-Identifier: MIT */
/* Whether a refusal is a reset's doing: one that took place, or NRST that is held low. */
#include "core/core.h"

void cm_hold(struct target *target)
{
    cm_forget(target, true);
    target->state = TARGET_IN_RESET;
}

enum err cm_blame_held(struct target *target, enum err err, enum err keep)
{
    struct job calm, *before;
    uint32_t dhcsr = 0, again = 0;

    cm_calm_begin(target, &calm, &before);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    ops_read32(&target->ops, DHCSR, &again);
    bool held = ops_flush(&target->ops) == ERR_OK && (again & DHCSR_S_RESET_ST) &&
                !(again & DHCSR_S_RETIRE_ST);
    cm_calm_end(target, before);
    if (!held) {
        cm_saw_dhcsr(target, dhcsr);
        return err;
    }
    cm_hold(target);
    cm_forgive(target, keep);
    return job_fail(target->job, err == ERR_TIMEOUT ? err : ERR_NOT_HALTED, TARGET_HELD_TEXT);
}

enum err cm_blame_reset(struct target *target, enum err err, enum err keep)
{
    struct job calm, *before;
    uint32_t dhcsr = 0;

    if (target->state != TARGET_HALTED)
        return target->state == TARGET_ABSENT ? err : cm_blame_held(target, err, keep);
    cm_calm_begin(target, &calm, &before);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    bool seen = ops_flush(&target->ops) == ERR_OK;
    cm_calm_end(target, before);
    if (!seen)
        return err;
    cm_saw_dhcsr(target, dhcsr);
    if (!cm_take_reset(target))
        return err;
    cm_forgive(target, keep);
    return cm_look_at_reset(target, dhcsr);
}
