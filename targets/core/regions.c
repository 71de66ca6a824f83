/* SPDX-License-Identifier: MIT */
/* What is where in the chip's memory, and whether it may be read. */
#include <stdio.h>

#include "chip/chips.h"
#include "core/core.h"

const struct target_region *target_regions(const struct target *target, size_t *count)
{
    *count = target->regions.count;
    return target->regions.items;
}

const struct target_region *target_region_at(const struct target *target, uint32_t address)
{
    return detect_region_at(&target->regions, address);
}

uint32_t target_own_address(const struct target *target, uint32_t address)
{
    const struct target_region *region = target_region_at(target, address);

    return region && region->kind == REGION_FLASH_ALIAS ? region->shows + (address - region->start)
                                                        : address;
}

/* The system address map's code and SRAM areas end where the peripherals begin (DDI 0403, B3.1). */
const struct target_region *target_region_of(const struct target *target, enum region_kind kind)
{
    for (size_t i = 0; i < target->regions.count; i++)
        if (target->regions.items[i].kind == kind)
            return &target->regions.items[i];
    return NULL;
}

bool target_lacks_memory(const struct target *target, uint32_t address)
{
    return address < 0x40000000u && !target_region_at(target, address);
}

bool core_protection_is_on(struct core *core)
{
    uint32_t address = detect_protection_register(&core->target->chip), word = 0;
    enum err mark = core_mark(core);

    if (!address)
        return false;
    ops_read32(&core->ops, address, &word);
    if (core_flush(core) == ERR_OK)
        return detect_is_protected(&core->target->chip, word);
    core_rollback(core, mark);
    return false;
}

enum err core_explain_refusal(const struct core *core, uint32_t address, enum err err,
                              enum err mark)
{
    const struct target_region *region = target_region_at(core->target, address);
    const struct target_chip *chip = &core->target->chip;
    struct job *job = core->target->job;
    char refusal[100];

    if (err != ERR_FAULT || mark || !region || region->kind != REGION_FLASH ||
        chip->readout_protected || !chip_ecc_refuses(chip->dev_id))
        return err;
    snprintf(refusal, sizeof refusal, "%s", job_text(job, err));
    job_clear(job);
    return job_fail(job, err,
                    "%s; the ECC of that flash is wrong (programmed twice, or cut short by a "
                    "reset): an erase of its sector mends it",
                    refusal);
}

enum err target_flash_ecc(struct target *target, const char **text)
{
    bool uncorrected, corrected;
    enum err err =
        core_note_loss(target->core, ecc_look_now(target->core, &uncorrected, &corrected));

    *text = uncorrected
                ? "since the last reset something was read whose bits it could not correct: "
                  "what is there is wrong until it is erased"
            : corrected ? "since the last reset a wrong bit was met, and corrected"
                        : "";
    return err;
}
