/* SPDX-License-Identifier: MIT */
/* Which code drives the flash controller of a family, and what its option bytes are. A family whose
 * option bytes alone are known can be shown and unlocked. */
#include "chip/chips.h"
#include "flash/driver.h"
#include "flash/options.h"
#include "flash/stm32/stm32f1.h"

static const struct {
    const struct flash_driver *flash;
    const struct flash_options *options;
} drivers[CHIP_FAMILY_COUNT] = {
    [CHIP_F1] = {&stm32f1_flash, &stm32f1_option_table},
    [CHIP_F1_XL] = {NULL, &stm32f1_option_table}, /* by the registers of the first bank alone */
};

const struct flash_options *flash_options_for(const struct target *target)
{
    const struct chip *chip = chip_by_dev_id(target_chip(target)->dev_id);

    return chip ? drivers[chip->family].options : NULL;
}

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
    if (!drivers[chip->family].flash)
        job_fail(job, ERR_UNSUPPORTED,
                 "programming %s is not supported yet: the %s family has its own flash controller",
                 chip->name, chip_family(chip)->name);
    return drivers[chip->family].flash;
}
