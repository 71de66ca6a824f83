/* SPDX-License-Identifier: MIT */
/* Armv7-M: Cortex-M3; with the DSP extension, and perhaps an FPU: M4; with caches: M7 (DDI 0403).
 */
#include "core/core.h"
#include "core/register_rows.h"

static const struct target_register registers[] = {ROWS_OF_MAIN, ROWS_OF_FPU};

const struct core_profile profile_armv7m = {
    .name = "Armv7-M",
    .registers = registers,
    .register_count = COUNT_OF_MAIN,
    .fault_status = true,
    .fault_catches = DEMCR_VC_FAULTS,
    .dwt = DWT_MASKS,
};

const struct core_profile profile_armv7em_fp = {
    .name = "Armv7E-M with an FPU",
    .registers = registers,
    .register_count = COUNT(registers),
    .fpu = true,
    .fault_status = true,
    .fault_catches = DEMCR_VC_FAULTS,
    .dwt = DWT_MASKS,
};

#define M7                                                                          \
    .registers = registers, .fault_status = true, .fault_catches = DEMCR_VC_FAULTS, \
    .resets_vtor = true, .caches = true, .dwt = DWT_MASKS

const struct core_profile profile_m7_fp = {
    .name = "Armv7E-M with an FPU",
    M7,
    .register_count = COUNT(registers),
    .fpu = true,
};

const struct core_profile profile_m7 = {
    .name = "Armv7E-M",
    M7,
    .register_count = COUNT_OF_MAIN,
    .with_fpu = &profile_m7_fp,
};

static const struct core_profile profile_m7_early_fp = {
    .name = "Armv7E-M with an FPU",
    M7,
    .register_count = COUNT(registers),
    .fpu = true,
    .late_mask = true,
};

/* r0p0, r0p1 */
const struct core_profile profile_m7_early = {
    .name = "Armv7E-M",
    M7,
    .register_count = COUNT_OF_MAIN,
    .late_mask = true,
    .with_fpu = &profile_m7_early_fp,
};

const struct core_profile profile_armv7em = {
    .name = "Armv7E-M",
    .registers = registers,
    .register_count = COUNT_OF_MAIN,
    .fault_status = true,
    .fault_catches = DEMCR_VC_FAULTS,
    .dwt = DWT_MASKS,
    .with_fpu = &profile_armv7em_fp,
};
