/* SPDX-License-Identifier: MIT */
/* The life of a target: created without traffic, connected, lost, connected again. */
#include "cortex_m.h"

#include <stdlib.h>
#include <string.h>

#include "probe.h"

enum { SLICE_FIRST = 256 }; /* 35 ms at 100 kHz */

enum err target_create(struct probe *probe, struct target **target)
{
    struct target *t = calloc(1, sizeof *t);

    *target = t;
    if (!t)
        return job_fail(probe_job(probe), ERR_NO_MEMORY, "no memory for a target");
    t->probe = probe;
    t->job = probe_job(probe);
    ops_init(&t->ops, probe);
    t->state = TARGET_ABSENT;
    t->vector_catch = DEMCR_VC_HARDERR;
    t->slice = SLICE_FIRST;
    t->chip.core = "";
    cm_forget(t, true);
    return ERR_OK;
}

void target_destroy(struct target *target)
{
    free(target);
}

struct job *target_set_job(struct target *target, struct job *job)
{
    struct job *before = target->job;

    target->job = job;
    probe_set_job(target->probe, job);
    return before;
}

struct probe *target_probe(const struct target *target)
{
    return target->probe;
}

enum target_state target_state(const struct target *target)
{
    return target->state;
}

const struct target_chip *target_chip(const struct target *target)
{
    return &target->chip;
}

const struct target_region *target_regions(const struct target *target, size_t *count)
{
    *count = target->region_count;
    return target->regions;
}

const struct target_region *target_region_at(const struct target *target, uint32_t address)
{
    for (size_t i = 0; i < target->region_count; i++) {
        const struct target_region *region = &target->regions[i];
        if (address >= region->start && address - region->start < region->size)
            return region;
    }
    return NULL;
}

const struct target_stop *target_last_stop(const struct target *target)
{
    return &target->stop;
}

/* Until the table of chips is there: an STM32F103C8. */
static enum err detect(struct target *target, uint32_t dpidr)
{
    static const struct target_region regions[] = {
        {"flash alias", REGION_ROM, 0x00000000, 0x10000, 0},
        {"flash", REGION_FLASH, 0x08000000, 0x10000, 1024},
        {"system memory", REGION_ROM, 0x1FFFF000, 2048, 0},
        {"sram", REGION_RAM, 0x20000000, 20 * 1024, 0},
        {"peripherals", REGION_DEVICE, 0x40000000, 0x20000000, 0},
        {"private peripheral bus", REGION_DEVICE, 0xE0000000, 0x100000, 0},
    };
    struct target_chip *chip = &target->chip;

    *chip = (struct target_chip){.core = "Cortex-M3 r1p1", .dpidr = dpidr};
    ops_read32(&target->ops, 0xE0042000u, &chip->idcode);
    ops_read32(&target->ops, SCB_CPUID, &chip->cpuid);
    chip->dev_id = 0x410;
    chip->flash_size = 0x10000;
    chip->ram_size = 20 * 1024;
    memcpy(target->regions, regions, sizeof regions);
    target->region_count = sizeof regions / sizeof regions[0];
    return ops_flush(&target->ops);
}

enum err target_connect(struct target *target, enum target_connect how)
{
    bool under_reset = how == TARGET_CONNECT_UNDER_RESET;
    uint32_t dpidr = 0;

    ops_init(&target->ops, target->probe);
    enum err err = probe_connect(
        target->probe, under_reset ? PROBE_CONNECT_UNDER_RESET : PROBE_CONNECT_NORMAL, &dpidr);
    if (!err)
        err = detect(target, dpidr);
    if (!err)
        err = attach_core(target);
    if (!err && under_reset)
        err = reset_release_halted(target);
    if (err)
        target->state = TARGET_ABSENT;
    return err;
}

enum err target_disconnect(struct target *target)
{
    return detach_core(target);
}
