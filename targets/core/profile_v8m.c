/* SPDX-License-Identifier: MIT */
/* Armv8-M: Cortex-M23; with the Main Extension, and perhaps an FPU: M33, M55 (DDI 0553). */
#include "core/core.h"
#include "core/register_rows.h"

static const struct target_register base_registers[] = {ROWS_OF_ALL, ROW_CONTROL};
static const struct target_register main_registers[] = {ROWS_OF_MAIN, ROWS_OF_LIMITS, ROWS_OF_FPU};
static const struct target_register secure_registers[] = {ROWS_OF_MAIN, ROWS_OF_SECURITY,
                                                          ROWS_OF_FPU};

const struct core_profile profile_armv8m_base = {
    .name = "Armv8-M Baseline",
    .registers = base_registers,
    .register_count = COUNT(base_registers),
    .dwt = DWT_PAIRS,
};

/* With the Security Extension in use: what concerns each of its states. */
static const struct core_profile secure_fp = {
    .name = "Armv8-M Mainline with an FPU and the Security Extension",
    .registers = secure_registers,
    .register_count = COUNT(secure_registers),
    .limits = true,
    .banks = true,
    .fpu = true,
    .fault_status = true,
    .resets_vtor = true,
    .fault_catches = DEMCR_VC_FAULTS | DEMCR_VC_SFERR,
    .dwt = DWT_PAIRS,
};

static const struct core_profile secure = {
    .name = "Armv8-M Mainline with the Security Extension",
    .registers = secure_registers,
    .register_count = COUNT_OF_MAIN + COUNT_OF_SECURITY,
    .limits = true,
    .banks = true,
    .fault_status = true,
    .resets_vtor = true,
    .fault_catches = DEMCR_VC_FAULTS | DEMCR_VC_SFERR,
    .dwt = DWT_PAIRS,
};

const struct core_profile profile_armv8m_main_fp = {
    .name = "Armv8-M Mainline with an FPU",
    .registers = main_registers,
    .register_count = COUNT(main_registers),
    .limits = true,
    .fpu = true,
    .fault_status = true,
    .resets_vtor = true,
    .fault_catches = DEMCR_VC_FAULTS,
    .dwt = DWT_PAIRS,
    .with_security = &secure_fp,
};

const struct core_profile profile_armv8m_main = {
    .name = "Armv8-M Mainline",
    .registers = main_registers,
    .register_count = COUNT_OF_MAIN + COUNT_OF_LIMITS,
    .limits = true,
    .fault_status = true,
    .resets_vtor = true,
    .fault_catches = DEMCR_VC_FAULTS,
    .dwt = DWT_PAIRS,
    .with_fpu = &profile_armv8m_main_fp,
    .with_security = &secure,
};
