/* SPDX-License-Identifier: MIT */
/* Which flash controller a chip has, by its device id (DBGMCU_IDCODE.DEV_ID). */
#include "cortex_m.h"
#include "flash.h"
#include "stm32f1.h"

struct family {
    const char *name;
    const struct flash_driver *driver; /* NULL: known, not supported yet */
    uint16_t dev_ids[24];              /* ends with 0 */
};

/* RM0008, RM0041, RM0091, RM0316.. "MCU device ID code"; one row a kind of controller. */
static const struct family families[] = {
    {"STM32F1", &stm32f1_flash, {0x410, 0x412, 0x414, 0x418, 0x420, 0x428}},
    {"STM32F1 XL-density", NULL, {0x430}},
    {"STM32F0", NULL, {0x440, 0x442, 0x444, 0x445, 0x448}},
    {"STM32F3", NULL, {0x422, 0x432, 0x438, 0x439, 0x446}},
    {"STM32F2", NULL, {0x411}},
    {"STM32F4", NULL, {0x413, 0x419, 0x421, 0x423, 0x431, 0x433, 0x434, 0x441, 0x458, 0x463}},
    {"STM32F7", NULL, {0x449, 0x451, 0x452}},
    {"STM32L0", NULL, {0x417, 0x425, 0x447, 0x457}},
    {"STM32L1", NULL, {0x416, 0x427, 0x429, 0x436, 0x437}},
    {"STM32L4", NULL, {0x415, 0x435, 0x461, 0x462, 0x464, 0x470, 0x471}},
    {"STM32G4", NULL, {0x468, 0x469, 0x479}},
    {"STM32G0", NULL, {0x456, 0x460, 0x466, 0x467}},
    {"STM32C0", NULL, {0x443, 0x44C, 0x44D, 0x453, 0x493}},
    {"STM32U0", NULL, {0x459, 0x489}},
    {"STM32WB", NULL, {0x494, 0x495, 0x496}},
    {"STM32WL", NULL, {0x497}},
    {"STM32L5", NULL, {0x472}},
    {"STM32U5", NULL, {0x455, 0x476, 0x481, 0x482}},
    {"STM32WBA", NULL, {0x492, 0x4B0, 0x4B2}},
    {"STM32U3", NULL, {0x454, 0x42A}},
    {"STM32H7", NULL, {0x450, 0x480, 0x483, 0x485}},
    {"STM32H5", NULL, {0x474, 0x478, 0x484}},
};

static const struct family *family_of(uint16_t dev_id)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (const uint16_t *id = families[i].dev_ids; *id; id++)
            if (*id == dev_id)
                return &families[i];
    return NULL;
}

const struct flash_driver *flash_driver_for(const struct target *target)
{
    const struct target_chip *chip = target_chip(target);
    const struct family *family = family_of(chip->dev_id);
    struct job *job = probe_job(target_probe(target));

    if (family && family->driver)
        return family->driver;
    if (family)
        job_fail(job, ERR_UNSUPPORTED, "programming the flash of %s is not supported yet",
                 family->name);
    else
        job_fail(job, ERR_UNSUPPORTED, "the flash of this chip is not known (%s, device id 0x%03x)",
                 chip->name, chip->dev_id);
    return NULL;
}
