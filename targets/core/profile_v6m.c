/* SPDX-License-Identifier: MIT */
/* Armv6-M: Cortex-M0, M0+. DDI 0419: neither BASEPRI nor FAULTMASK (C1.6.3), no fault status
 * registers but DFSR and no fault but HardFault (C1.6). */
#include "core/profile.h"
#include "core/register_rows.h"

static const struct target_register registers[] = {ROWS_OF_ALL, ROW_CONTROL};

const struct core_profile profile_armv6m = {
    .name = "Armv6-M",
    .registers = registers,
    .register_count = COUNT(registers),
    .dwt = DWT_MASKS,
};
