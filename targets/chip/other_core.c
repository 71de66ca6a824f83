/* SPDX-License-Identifier: MIT */
/* RM0453 and RM0399, chapters "Debug support" and "Power control"; AN5289 for the WB. */
#include "chip/other_core.h"

#include <stddef.h>

static const struct chip_other_core other_cores[] = {
    {0x450, 3, false, "Cortex-M4",
     "waits until the option byte BCM4 or the Cortex-M7 (RCC_GCR.BOOT_C2) starts it"},
    {0x494, 1, true, "Cortex-M0+", "runs the radio's own program"},
    {0x495, 1, true, "Cortex-M0+", "runs the radio's own program"},
    {0x497, 1, false, "Cortex-M0+", "waits until the Cortex-M4 starts it (PWR_CR4.C2BOOT)"},
};

const struct chip_other_core *chip_other_core(uint16_t dev_id)
{
    for (size_t i = 0; i < sizeof other_cores / sizeof *other_cores; i++)
        if (other_cores[i].dev_id == dev_id)
            return &other_cores[i];
    return NULL;
}
