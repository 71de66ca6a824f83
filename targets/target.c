/* SPDX-License-Identifier: MIT */
/* The life of a target: created without traffic, connected, lost, connected again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/chips.h"
#include "chip/description.h"
#include "chip/detect.h"
#include "chip/flash_size.h"
#include "connect/connect.h"
#include "connect/diagnose.h"
#include "connect/doctor.h"
#include "connect/reset_loop.h"
#include "core/attach.h"
#include "core/core.h"
#include "core/cores.h"
#include "probe/probe.h"

static void init_core(struct target *target, struct core *core)
{
    core->target = target;
    ops_init(&core->ops, target->probe);
    core->state = TARGET_ABSENT;
    core->profile = &profile_armv7m;
    core->found.name = "";
    core->vector_catch = DEMCR_VC_HARDERR;
    core_new_power_epoch(core);
}

enum err target_create(struct probe *probe, struct target **target)
{
    struct target *t = calloc(1, sizeof *t);

    *target = t;
    if (!t)
        return job_fail(probe_job(probe), ERR_NO_MEMORY, "no memory for a target");
    t->probe = probe;
    t->job = probe_job(probe);
    t->core = t->cores;
    t->core_count = 1;
    for (unsigned i = 0; i < TARGET_CORES_MAX; i++)
        init_core(t, &t->cores[i]);
    return ERR_OK;
}

void target_destroy(struct target *target)
{
    for (unsigned i = 0; target && i < TARGET_CORES_MAX; i++)
        semihosting_close_all(&target->cores[i]);
    free(target);
}

struct probe *target_probe(const struct target *target)
{
    return target->probe;
}

enum target_state target_state(const struct target *target)
{
    return target->core->state;
}

const struct target_chip *target_chip(const struct target *target)
{
    return &target->chip;
}

const struct target_core *target_core(const struct target *target)
{
    return &target->core->found;
}

const struct target_stop *target_last_stop(const struct target *target)
{
    return &target->core->stop;
}

const struct target_stop *target_last_reset(const struct target *target)
{
    return &target->core->reset;
}

static enum err detect(struct target *target, uint32_t dpidr)
{
    struct core *core = target->cores;
    struct detect_regions regions;
    struct target_chip chip;
    enum err err =
        core_note_loss(core, detect_chip(&core->ops, dpidr, &chip, &core->found, &regions));

    if (!err && target->said_flash)
        err = core_note_loss(core,
                             flash_size_override(&core->ops, &chip, target->said_flash, &regions));
    if (!err && target->description)
        err = description_apply(target->job, target->description, &chip, &regions);
    if (err)
        return err;
    target->found_protected = chip.readout_protected;
    chip.unlocked = target->chip.unlocked;
    chip.readout_protected |= chip.unlocked;
    target->chip = chip;
    target->regions = regions;
    size_t used = strlen(target->chip.warning);
    if (target->advice[0])
        snprintf(target->chip.warning + used, sizeof chip.warning - used, "%s%s", used ? "; " : "",
                 target->advice);
    return ERR_OK;
}

void target_describe(struct target *target, const struct chip_description *description)
{
    target->description = description;
}

enum err target_say_flash_size(struct target *target, uint32_t bytes)
{
    uint32_t before = target->said_flash;

    target->said_flash = bytes;
    if (target->cores->state == TARGET_ABSENT)
        return ERR_OK;
    enum err err = detect(target, target->chip.dpidr);
    if (err)
        target->said_flash = before;
    target_drop_caches(target);
    return err;
}

enum err target_connect(struct target *target, enum target_connect how)
{
    struct core *core = target->cores;
    struct findings findings;

    for (unsigned i = 0; i < TARGET_CORES_MAX; i++) {
        target->cores[i].state = TARGET_ABSENT;
        ops_init(&target->cores[i].ops, target->probe);
    }
    enum err err = connect_ladder(target->probe, how, &findings);
    target->advice[0] = '\0';
    target->found_reset = findings.reset_seen;
    if (!err)
        diagnose_success(&findings, target->advice, sizeof target->advice);
    /* A cancel must not leave a core half taken over: the ladder may have halted it. */
    job_section_begin(target->job);
    core->ops.ap = findings.ap;
    if (!err)
        err = detect(target, findings.dpidr);
    if (!err)
        err = attach_core(core, findings.halted ? STOP_RESET : STOP_REQUEST);
    if (!err)
        err = cores_find_other(target);
    job_section_end(target->job);
    if (err)
        core->state = TARGET_ABSENT;
    return err;
}

enum err target_disconnect(struct target *target)
{
    job_section_begin(target->job);
    enum err err = cores_detach(target);
    job_section_end(target->job);
    return err;
}

/* --- measuring --- */

/* Together with the look at the core, in one flush; refused with it, the look goes alone. */
static enum err look(struct target *target, uint32_t address, uint32_t *word,
                     struct target_stop *stop)
{
    struct core *core = target->core;
    enum err mark = core_mark(core);

    if (address)
        ops_read32(&core->ops, address, word);
    enum err err =
        core->state == TARGET_HALTED ? core_flush_halted(core) : target_poll(target, stop);
    enum err rest = ops_flush(&core->ops); /* a stop that was known already needed none */
    err = err ? err : rest;
    bool refused = err == ERR_FAULT || (err == ERR_NOT_HALTED && core->state == TARGET_IN_RESET);
    if (!refused || !address)
        return err;
    core_rollback(core, mark);
    return look(target, 0, word, stop);
}

enum err target_ping(struct target *target)
{
    uint32_t cpuid;

    return target_read_width(target, SCB_CPUID, 4, &cpuid, 1);
}

enum err target_examine(struct target *target, const struct doctor_limits *limits,
                        struct measurements *measured)
{
    enum err err = doctor_measure(target->probe, limits, measured);

    if (measured->reset_seen)
        core_saw_dhcsr(target->cores, DHCSR_S_RESET_ST);
    return err;
}

bool target_found_reset(const struct target *target)
{
    return target->found_reset;
}

enum err target_explain_reset_loop(struct target *target, char *text, size_t size)
{
    struct core *core = target->cores;
    enum err mark = core_mark(core);
    const struct chip *chip = chip_by_dev_id(target->chip.dev_id);
    enum chip_family_id family = chip ? chip->family : CHIP_NO_FLASH;
    bool known = false;
    uint32_t flags = 0;
    enum err err = core_note_loss(core, reset_flags_read(&core->ops, family, &known, &flags));

    if (err && core->state != TARGET_ABSENT) {
        core_rollback(core, mark);
        err = ERR_OK;
    }
    reset_loop_say(flags, text, size);
    return err;
}

enum err target_detect_again(struct target *target)
{
    target_drop_caches(target);
    return detect(target, target->chip.dpidr);
}

enum err target_measure(struct target *target, struct target_stop *stop)
{
    uint32_t address = detect_protection_register(&target->chip), word = 0;
    enum err err = core_need_connected(target->core);

    stop->reason = STOP_NONE;
    if (!err)
        err = look(target, address, &word, stop);
    if (err || !address || detect_is_protected(&target->chip, word) == target->found_protected)
        return err;
    return target_detect_again(target);
}
