/* SPDX-License-Identifier: MIT */
#include "core/cores.h"

#include <stdio.h>

#include "chip/other_core.h"
#include "core/attach.h"
#include "core/core.h"

#define AP_IDR 0xFCu /* IHI 0031, C2.6.3: 0 where there is no access port */

unsigned target_core_count(const struct target *target)
{
    return target->core_count;
}

unsigned target_selected_core(const struct target *target)
{
    return (unsigned)(target->core - target->cores);
}

static const char *doing(const struct core *core)
{
    switch (core->state) {
    case TARGET_ABSENT:
        return core->held_by;
    case TARGET_HALTED:
        return "stands";
    case TARGET_IN_RESET:
        return "is held in reset";
    default:
        return "runs";
    }
}

bool target_other_core(const struct target *target, char *text, size_t size)
{
    const struct chip_other_core *row = chip_other_core(target->chip.dev_id);

    if (row && row->closed)
        snprintf(text, size, "%s, %s; no debugger reaches it", row->name, row->held_by);
    else if (target->core_count > 1)
        snprintf(text, size, "%s, %s; it has a gdb port of its own", target->cores[1].found.name,
                 doing(&target->cores[1]));
    return (row && row->closed) || target->core_count > 1;
}

unsigned target_select_core(struct target *target, unsigned index)
{
    unsigned before = target_selected_core(target);

    target->core = &target->cores[index < TARGET_CORES_MAX ? index : 0];
    return before;
}

/* --- a core that does not run yet --- */

static bool gives_up(enum err err)
{
    return err == ERR_PROBE_GONE || err == ERR_CANCELLED;
}

static enum err reach(struct core *core)
{
    enum err mark = core_mark(core);
    uint32_t cpuid = 0;

    ops_read32(&core->ops, SCB_CPUID, &cpuid);
    enum err err = ops_flush(&core->ops);
    if (gives_up(err))
        return err;
    if (err || cpuid == 0 || cpuid == UINT32_MAX) {
        core_rollback(core, mark);
        return job_fail(core->target->job, ERR_NOT_CONNECTED, "the %s does not answer: it %s",
                        core->found.name, core->held_by);
    }
    core->found.name = detect_core_name(cpuid);
    core->found.cpuid = cpuid;
    err = attach_core(core, STOP_REQUEST);
    if (err)
        core->state = TARGET_ABSENT;
    return err;
}

enum err target_reach_core(struct target *target)
{
    struct core *core = target->core;
    enum err err = core_need_connected(target->cores);

    if (err || core->state != TARGET_ABSENT)
        return err;
    if (core >= target->cores + target->core_count)
        return job_fail(target->job, ERR_NOT_CONNECTED, "the chip has no second core");
    job_section_begin(target->job);
    err = reach(core);
    job_section_end(target->job);
    return err;
}

/* --- which there are --- */

/* Some chips of an id lack the core, and with it the access port. */
static enum err see_access_port(struct core *core, bool *there)
{
    enum err mark = core_mark(core);
    uint32_t idr = 0;

    ops_ap_read(&core->ops, AP_IDR, &idr);
    enum err err = ops_flush(&core->ops);
    *there = !err && idr != 0;
    if (!gives_up(err) && err) {
        core_rollback(core, mark);
        err = ERR_OK;
    }
    return err;
}

enum err cores_find_other(struct target *target)
{
    const struct chip_other_core *row = chip_other_core(target->chip.dev_id);
    struct core *other = &target->cores[1];
    enum err mark = core_mark(other);
    bool there;

    target->core_count = 1;
    other->state = TARGET_ABSENT;
    if (!row || row->closed)
        return ERR_OK;
    other->ops.ap = other->found.ap = row->ap;
    other->found.name = row->name;
    other->held_by = row->held_by;
    enum err err = see_access_port(other, &there);
    if (err || !there)
        return err;
    target->core_count = 2;
    err = reach(other);
    if (!err || gives_up(err))
        return err;
    core_rollback(other, mark); /* it is looked for again when somebody wants it */
    return ERR_OK;
}

/* --- all of them --- */

static enum err see_reset(struct core *core)
{
    enum err mark = core_mark(core);
    uint32_t dhcsr = 0;

    ops_read32(&core->ops, DHCSR, &dhcsr);
    enum err err = ops_flush(&core->ops);
    if (gives_up(err))
        return err;
    (void)core_report_reset(core, err ? 0 : dhcsr); /* no debug unit: it is away */
    core_take_reset(core);
    core_rollback(core, mark);
    return ERR_OK;
}

enum err cores_after_reset(struct target *target)
{
    enum err err = ERR_OK;

    for (unsigned i = 1; i < target->core_count && !err; i++)
        if (target->cores[i].state != TARGET_ABSENT)
            err = see_reset(&target->cores[i]);
    return err;
}

enum err cores_detach(struct target *target)
{
    enum err first = ERR_OK;

    for (unsigned i = target->core_count; i-- > 0;) {
        enum err err = detach_core(&target->cores[i]);
        first = first ? first : err;
    }
    return first;
}
