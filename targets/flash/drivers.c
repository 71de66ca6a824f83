/* SPDX-License-Identifier: MIT */
/* Which flash controller a chip has, by the family that its device id belongs to. */
#include "chip/chips.h"
#include "flash/flash.h"
#include "flash/stm32/stm32f1.h"

static const struct flash_driver *const drivers[CHIP_FAMILY_COUNT] = {
    [CHIP_F1] = &stm32f1_flash,
};

const struct flash_driver *flash_driver_for(const struct target *target)
{
    const struct target_chip *found = target_chip(target);
    const struct chip *chip = chip_by_dev_id(found->dev_id);
    struct job *job = probe_job(target_probe(target));

    if (!chip) {
        job_fail(job, ERR_UNSUPPORTED, "the flash of this chip is not known (%s, device id 0x%03x)",
                 found->name, found->dev_id);
        return NULL;
    }
    if (!drivers[chip->family])
        job_fail(job, ERR_UNSUPPORTED,
                 "programming %s is not supported yet: the %s family has its own flash controller",
                 chip->name, chip_family(chip)->name);
    return drivers[chip->family];
}
