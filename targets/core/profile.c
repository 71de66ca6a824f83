/* SPDX-License-Identifier: MIT */
#include "core/profile.h"

#define CPUID_PART(cpuid) ((cpuid) >> 4 & 0xFFFu)
#define CPUID_ARCHITECTURE(cpuid) ((cpuid) >> 16 & 0xFu)

enum {
    PART_M4 = 0xC24,
    PART_M7 = 0xC27,
    M7_MASKS_WELL = 2, /* r0p2, the first */
    PART_FIRST_ARMV8M = 0xD20,
    PART_LAST_ARMV8M = 0xD2F,
    /* Armv6-M, and Armv8-M without the Main Extension (DDI 0419, B3.2.3; DDI 0553, CPUID). */
    ARCHITECTURE_BASE = 0xC,
};

static bool masks_late(uint32_t cpuid)
{
    return (cpuid >> 20 & 0xF) == 0 && (cpuid & 0xF) < M7_MASKS_WELL;
}

const struct core_profile *profile_of(uint32_t cpuid)
{
    unsigned part = CPUID_PART(cpuid);
    bool base = CPUID_ARCHITECTURE(cpuid) == ARCHITECTURE_BASE;

    if (part >= PART_FIRST_ARMV8M && part <= PART_LAST_ARMV8M)
        return base ? &profile_armv8m_base : &profile_armv8m_main;
    if (base)
        return &profile_armv6m;
    if (part == PART_M7)
        return masks_late(cpuid) ? &profile_m7_early : &profile_m7;
    return part == PART_M4 ? &profile_armv7em : &profile_armv7m;
}
