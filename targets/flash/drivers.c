/* SPDX-License-Identifier: MIT */
/* Which code drives the flash controller of a family, and what its option bytes are. A family whose
 * option bytes alone are known can be shown and unlocked. */
#include "chip/chips.h"
#include "chip/description.h"
#include "core/core.h"
#include "flash/driver.h"
#include "flash/options.h"
#include "flash/stm32/stm32f1.h"
#include "flash/stm32/stm32f4.h"
#include "flash/stm32/stm32h5.h"
#include "flash/stm32/stm32h7.h"
#include "flash/stm32/stm32l0.h"
#include "flash/stm32/stm32l4.h"
#include "flash/stm32/stm32u5.h"

static const struct {
    const struct flash_driver *flash;
    const struct flash_options *options;
} drivers[CHIP_FAMILY_COUNT] = {
    [CHIP_F0] = {&stm32f1_flash, &stm32f0_option_table},
    [CHIP_F1] = {&stm32f1_flash, &stm32f1_option_table},
    [CHIP_F1_XL] = {NULL, &stm32f1_option_table}, /* by the registers of the first bank alone */
    [CHIP_F2] = {&stm32f4_flash, &stm32f2_option_table},
    [CHIP_F3] = {&stm32f1_flash, &stm32f3_option_table},
    [CHIP_F4] = {&stm32f4_flash, &stm32f4_option_table},
    [CHIP_F7] = {&stm32f7_flash, &stm32f74x_option_table},
    [CHIP_L0] = {&stm32l0_flash, &stm32l0_option_table},
    [CHIP_L1] = {&stm32l0_flash, &stm32l1_option_table},
    [CHIP_L4] = {&stm32l4_flash, &stm32l4_option_table},
    [CHIP_G0] = {&stm32l4_flash, &stm32g0_64_option_table},
    [CHIP_G4] = {&stm32l4_flash, &stm32g4_option_table},
    [CHIP_WB] = {&stm32l4_flash, &stm32wb_option_table},
    [CHIP_WL] = {&stm32l4_flash, &stm32wl_option_table},
    [CHIP_C0] = {&stm32l4_flash, &stm32c0_32_option_table},
    [CHIP_H5] = {&stm32h5_flash, &stm32h5_option_table},
    [CHIP_H7] = {&stm32h7_flash, &stm32h7_option_table},
    [CHIP_H7AB] = {NULL, &stm32h7ab_option_table}, /* until a board judges its flash words */
    [CHIP_U5] = {&stm32u5_flash, &stm32u5_option_table},
};

/* Chips whose option bytes are not those of their family. */
static const struct {
    uint16_t dev_id;
    const struct flash_options *options;
} exceptions[] = {
    {0x413, &stm32f2_option_table},       /* F405, F407: as the F2, without SPRMOD */
    {0x419, &stm32f42x_option_table},     /* F42x, F43x: two banks */
    {0x427, &stm32l1_cat3_option_table},  /* by so much flash */
    {0x432, &stm32f37_option_table},      /* F373, F378: SDADCs */
    {0x434, &stm32f42x_option_table},     /* F469, F479 */
    {0x435, &stm32l4_small_option_table}, /* L43x, L44x: one bank */
    {0x436, &stm32l1_cat4_option_table},  {0x437, &stm32l1_cat5_option_table},
    {0x442, &stm32f09_option_table},      /* F09x, F030xC: nBOOT0 */
    {0x445, &stm32f09_option_table},      /* F04x, F070x6 */
    {0x447, &stm32l0_cat5_option_table},  /* two banks, but for 64 KiB */
    {0x44C, &stm32c0_64_option_table},    /* C051 */
    {0x44D, &stm32c0_256_option_table},   /* C09x */
    {0x451, &stm32f76x_option_table},     /* F76x, F77x: banks are a choice */
    {0x452, &stm32f72x_option_table},     /* F72x, F73x: PCROP */
    {0x460, &stm32g0_128_option_table},   /* G07x, G08x */
    {0x455, &stm32u53_option_table},      /* U535, U545 */
    {0x462, &stm32l4_small_option_table}, /* L45x, L46x */
    {0x463, &stm32f413_option_table},     /* F413, F423: sixteen sectors */
    {0x464, &stm32l4_small_option_table}, /* L41x, L42x */
    {0x467, &stm32g0_512_option_table},   /* G0Bx, G0Cx: two banks */
    {0x469, &stm32g47_option_table},      /* G47x, G48x: banks are a choice */
    {0x470, &stm32l4_plus_option_table},  /* L4R, L4S: as well, and pages of 4 KiB */
    {0x471, &stm32l4_plus_option_table},  /* L4P, L4Q */
    {0x474, &stm32h503_option_table},     /* H503: no TrustZone, eight sectors a bank */
    {0x476, &stm32u59_option_table},      /* U5Fx, U5Gx */
    {0x479, &stm32g49_option_table},      /* G49x, G4Ax: one bank of 512 KiB */
    {0x493, &stm32c0_128_option_table},   /* C071 */
    {0x483, &stm32h72_option_table},      /* H72x, H73x: one bank */
    {0x481, &stm32u59_option_table},      /* U59x, U5Ax */
    {0x494, &stm32wb1_option_table},      /* WB1x: internal reset holder */
};

enum { H74X = 0x450 }; /* H745, H747, H755 and H757 have a Cortex-M4, the others none */

const struct flash_options *flash_options_for(const struct target *target)
{
    const struct chip *chip = chip_by_dev_id(target_chip(target)->dev_id);

    if (chip && chip->dev_id == H74X && target_core_count(target) > 1)
        return &stm32h7_two_cores_option_table;
    for (size_t i = 0; chip && i < sizeof exceptions / sizeof *exceptions; i++)
        if (exceptions[i].dev_id == chip->dev_id)
            return exceptions[i].options;
    return chip ? drivers[chip->family].options : NULL;
}

static const struct flash_driver *described(const struct target *target)
{
    return target->description ? target->description->flash : NULL;
}

bool flash_driver_known(const struct target *target)
{
    const struct chip *chip = chip_by_dev_id(target_chip(target)->dev_id);

    return described(target) || (chip && drivers[chip->family].flash);
}

static void refuse(struct job *job, const struct chip *chip)
{
    if (chip->family == CHIP_NO_FLASH)
        job_fail(job, ERR_UNSUPPORTED,
                 "%s can be debugged, but has no flash inside: load programs into its RAM; memory "
                 "outside of it is not programmed yet",
                 chip->name);
    else
        job_fail(job, ERR_UNSUPPORTED,
                 "%s can be debugged, but its flash is not programmed yet: the %s family's "
                 "controller is one that probed has no driver for; its CMSIS-Pack has "
                 "(Keil.STM32%sxx_DFP): --pack FILE.pack --chip NAME",
                 chip->name, chip_family(chip)->name, chip_family(chip)->name);
}

const struct flash_driver *flash_driver_for(const struct target *target)
{
    const struct target_chip *found = target_chip(target);
    const struct chip *chip = chip_by_dev_id(found->dev_id);
    struct job *job = probe_job(target_probe(target));

    if (described(target))
        return described(target);
    if (!chip) {
        job_fail(
            job, ERR_UNSUPPORTED,
            "the flash of this chip is not known (%s, device id 0x%03x); the CMSIS-Pack of its "
            "maker knows it: --pack FILE.pack --chip NAME",
            found->name, found->dev_id);
        return NULL;
    }
    if (!drivers[chip->family].flash)
        refuse(job, chip);
    return drivers[chip->family].flash;
}
