/* SPDX-License-Identifier: MIT */
/* Watchpoints: the list of what was asked for, cut into comparators, and the difference to what the
 * chip holds. */
#include "core/core.h"

#include <string.h>

/* The comparators for the list as it is; false: they do not suffice. */
static bool plan(const struct core *core, struct dwt_slot *slots)
{
    struct dwt_watch watches[WATCHPOINT_MAX];
    struct dwt_value value;
    size_t count = 0;
    bool compares = false;

    for (unsigned i = 0; i < WATCHPOINT_MAX; i++) {
        const struct watchpoint *watch = &core->watchpoints[i];
        struct dwt_watch one = {watch->address, watch->length, watch->kind, (uint8_t)i};

        if (watch->owners && watch->compares) {
            value = (struct dwt_value){one, watch->value};
            compares = true;
        } else if (watch->owners) {
            watches[count++] = one;
        }
    }
    return dwt_plan_with(&core->dwt, compares ? &value : NULL, watches, count, slots);
}

static bool is_used(const struct dwt_slot *slot)
{
    return slot->function || slot->linked;
}

static bool is_same(const struct dwt_slot *a, const struct dwt_slot *b)
{
    return a->function == b->function && a->linked == b->linked &&
           (!is_used(a) || (a->comp == b->comp && a->mask == b->mask));
}

static bool is_written(const struct core *core, const struct dwt_slot *slots, unsigned i)
{
    return core->dwt.epoch == core->power_epoch && is_same(&slots[i], &core->dwt.written[i]);
}

static void queue_comparator(struct core *core, const struct dwt_slot *slot, unsigned i)
{
    ops_write32(&core->ops, DWT_COMP(i), slot->comp);
    if (core->dwt.kind == DWT_MASKS)
        ops_write32(&core->ops, DWT_MASK(i), slot->mask);
    ops_write32(&core->ops, DWT_FUNCTION(i), slot->function);
}

/* The end of a range does not stand without its beginning: cleared before that, set after it. */
void watchpoints_queue(struct core *core)
{
    struct dwt_slot slots[DWT_MAX];

    plan(core, slots);
    for (unsigned i = core->dwt.count; i-- > 0;)
        if (!is_written(core, slots, i))
            ops_write32(&core->ops, DWT_FUNCTION(i), 0);
    for (unsigned i = 0; i < core->dwt.count; i++)
        if (!is_written(core, slots, i) && is_used(&slots[i]))
            queue_comparator(core, &slots[i], i);
    memcpy(core->dwt.written, slots, sizeof slots);
    core->dwt.epoch = core->power_epoch;
}

void watchpoints_queue_for_step(struct core *core)
{
    struct dwt_slot slots[DWT_MAX], *written = core->dwt.written;
    bool there = core->dwt.epoch == core->power_epoch;

    plan(core, slots);
    for (unsigned i = 0; i < core->dwt.count; i++)
        there = there && (!is_used(&slots[i]) || is_same(&slots[i], &written[i]));
    if (!there) {
        watchpoints_queue(core);
        return;
    }
    for (unsigned i = 0; i < core->dwt.count; i++)
        written[i].watchpoint = is_used(&slots[i]) ? slots[i].watchpoint : NOBODYS;
}

bool watchpoints_nobody_hit(const struct core *core)
{
    bool nobodys = false, somebodys = false;

    for (unsigned i = 0; i < core->dwt.count; i++) {
        bool is_nobodys = core->dwt.written[i].watchpoint == NOBODYS;
        bool hit = core->dwt.matched[i] & DWT_FUNCTION_MATCHED;
        nobodys |= hit && is_nobodys;
        somebodys |= hit && !is_nobodys;
    }
    return nobodys && !somebodys;
}

void watchpoints_forget(struct core *core)
{
    core->dwt.epoch = 0;
}

void watchpoints_queue_remove(struct core *core)
{
    memset(core->watchpoints, 0, sizeof core->watchpoints);
    watchpoints_queue(core);
}

void watchpoints_drop_owner(struct core *core, unsigned owner)
{
    for (size_t i = 0; i < WATCHPOINT_MAX; i++)
        core->watchpoints[i].owners &= ~(1u << owner);
}

static struct watchpoint *find(struct core *core, enum watch_kind kind, uint32_t address,
                               uint32_t length)
{
    for (size_t i = 0; i < WATCHPOINT_MAX; i++) {
        struct watchpoint *w = &core->watchpoints[i];
        if (w->owners && !w->compares && w->kind == kind && w->address == address &&
            w->length == length)
            return w;
    }
    return NULL;
}

static struct watchpoint *find_free(struct core *core)
{
    for (size_t i = 0; i < WATCHPOINT_MAX; i++)
        if (!core->watchpoints[i].owners)
            return &core->watchpoints[i];
    return NULL;
}

static enum err apply_if_running(struct core *core)
{
    if (core->state != TARGET_RUNNING)
        return ERR_OK;
    watchpoints_queue(core);
    enum err err = core_flush(core);
    if (err)
        watchpoints_forget(core);
    return err;
}

static const char *const watches_by[] = {
    [DWT_MASKS] = "each watches an aligned power of two",
    [DWT_PAIRS] = "one watches 1, 2 or 4 bytes, two a range",
};

enum err target_watchpoint_set(struct target *target, unsigned owner, enum watch_kind kind,
                               uint32_t address, uint32_t length)
{
    struct core *core = target->core;
    struct watchpoint *watch = find(core, kind, address, length);
    struct dwt_slot slots[DWT_MAX];
    enum err err = core_need_connected(core);

    if (err)
        return err;
    if (length == 0 || address + (uint64_t)length > 1ull << 32)
        return job_fail(target->job, ERR_ARGUMENT, "%u bytes at 0x%08x cannot be watched", length,
                        address);
    if (watch) {
        watch->owners |= 1u << owner;
        return ERR_OK;
    }
    watch = find_free(core);
    if (watch)
        *watch = (struct watchpoint){
            .address = address, .length = length, .kind = kind, .owners = 1u << owner};
    if (!watch || !plan(core, slots)) {
        if (watch)
            watch->owners = 0;
        return job_fail(target->job, ERR_NO_RESOURCE,
                        "%u bytes at 0x%08x need more comparators than are free: the chip has %u, "
                        "%s",
                        length, address, core->dwt.count, watches_by[core->dwt.kind]);
    }
    return apply_if_running(core);
}

/* Whether comparator 1 is made for it is its own to say: the bit stays 0 where not. */
static enum err check_compares(struct core *core)
{
    uint32_t function = 0;

    if (core->dwt.kind == DWT_MASKS && core->dwt.count > DWT_VALUE_COMPARATOR) {
        ops_write32(&core->ops, DWT_FUNCTION(DWT_VALUE_COMPARATOR), DWT_FUNCTION_VALUE);
        ops_read32(&core->ops, DWT_FUNCTION(DWT_VALUE_COMPARATOR), &function);
        ops_write32(&core->ops, DWT_FUNCTION(DWT_VALUE_COMPARATOR), 0);
        watchpoints_forget(core);
        enum err err = core_flush(core);
        if (err)
            return err;
    }
    if (function & DWT_FUNCTION_VALUE)
        return ERR_OK;
    return job_fail(core->target->job, ERR_UNSUPPORTED,
                    "a watchpoint for one value: the comparators of this %s compare addresses "
                    "alone, or in another way than is known here; gdb does it with a condition",
                    core->found.name);
}

static bool any_compares(const struct core *core)
{
    for (size_t i = 0; i < WATCHPOINT_MAX; i++)
        if (core->watchpoints[i].owners && core->watchpoints[i].compares)
            return true;
    return false;
}

static enum err check_value(struct core *core, uint32_t address, uint32_t length, uint32_t value)
{
    struct job *job = core->target->job;

    if ((length != 1 && length != 2 && length != 4) || address % length)
        return job_fail(job, ERR_ARGUMENT,
                        "%u bytes at 0x%08x: a value is compared of 1, 2 or 4 bytes that are "
                        "accessed at once",
                        length, address);
    if (length < 4 && value >> 8 * length)
        return job_fail(job, ERR_ARGUMENT, "0x%08x has no room in %u bytes", value, length);
    if (any_compares(core))
        return job_fail(job, ERR_NO_RESOURCE,
                        "the chip compares one value at a time, and there is such a watchpoint");
    return check_compares(core);
}

enum err target_watchpoint_set_value(struct target *target, unsigned owner, enum watch_kind kind,
                                     uint32_t address, uint32_t length, uint32_t value)
{
    struct core *core = target->core;
    struct watchpoint *watch = find_free(core);
    struct dwt_slot slots[DWT_MAX];
    enum err err = core_need_connected(core);

    if (!err)
        err = check_value(core, address, length, value);
    if (err)
        return err;
    if (watch)
        *watch = (struct watchpoint){address, length, kind, 1u << owner, true, value};
    if (!watch || !plan(core, slots)) {
        if (watch)
            watch->owners = 0;
        return job_fail(target->job, ERR_NO_RESOURCE,
                        "a watchpoint for one value takes two of the chip's %u comparators, and "
                        "they are not free",
                        core->dwt.count);
    }
    return apply_if_running(core);
}

/* One that a client sets with one length and clears with another must not stay. */
static struct watchpoint *find_owned(struct core *core, unsigned owner, enum watch_kind kind,
                                     uint32_t address)
{
    for (size_t i = 0; i < WATCHPOINT_MAX; i++) {
        struct watchpoint *w = &core->watchpoints[i];
        if ((w->owners >> owner & 1) && w->kind == kind && w->address == address)
            return w;
    }
    return NULL;
}

enum err target_watchpoint_clear(struct target *target, unsigned owner, enum watch_kind kind,
                                 uint32_t address, uint32_t length)
{
    struct core *core = target->core;
    struct watchpoint *watch = find(core, kind, address, length);

    if (!watch || !(watch->owners >> owner & 1))
        watch = find_owned(core, owner, kind, address);
    if (watch)
        watch->owners &= ~(1u << owner);
    return apply_if_running(core);
}

bool target_watchpoint_get(const struct target *target, size_t index,
                           struct target_watchpoint *watchpoint)
{
    for (size_t i = 0; i < WATCHPOINT_MAX; i++) {
        const struct watchpoint *w = &target->core->watchpoints[i];
        if (!w->owners || index-- > 0)
            continue;
        *watchpoint = (struct target_watchpoint){w->address, w->length,   w->kind,
                                                 w->owners,  w->compares, w->value};
        return true;
    }
    return false;
}
