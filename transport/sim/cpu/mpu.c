/* SPDX-License-Identifier: MIT */
/* The memory protection unit of Armv8-M (PMSAv8, DDI 0553: MPU_TYPE to MPU_MAIR1): who may touch
 * what. What kind of memory it is, is kept and has no effect: there are no caches. */
#include "sim/cpu/system_internal.h"

enum {
    MPU_TYPE = 0xD90,
    MPU_CTRL = 0xD94,
    MPU_RNR = 0xD98,
    MPU_RBAR = 0xD9C, /* RBAR, RLAR; A1, A2 and A3 of both */
    MPU_PAIRS_END = 0xDBC,
    MPU_MAIR0 = 0xDC0,
    MPU_MAIR1 = 0xDC4,
    CTRL_ENABLE = 1 << 0,
    CTRL_HFNMIENA = 1 << 1,
    CTRL_PRIVDEFENA = 1 << 2,
    CTRL_BITS = 7,
    RBAR_XN = 1 << 0,
    RBAR_UNPRIVILEGED = 1 << 1, /* AP */
    RBAR_READ_ONLY = 1 << 2,
    RLAR_EN = 1 << 0,
    TT_MRVALID = 1 << 16,
    TT_R = 1 << 18,
    TT_RW = 1 << 19,
};
#define ADDRESS_BITS 0xFFFFFFE0u
#define RLAR_BITS (ADDRESS_BITS | 0xFu)

void sim_mpu_reset(struct sim_cpu *cpu)
{
    cpu->system->mpu = (struct sim_mpu){0};
    cpu->mpu_on = false;
}

/* --- registers --- */

static uint32_t *register_at(struct sim_mpu *mpu, uint32_t offset, uint32_t *writable)
{
    unsigned pair = (offset - MPU_RBAR) / 8, region = pair ? (mpu->rnr & ~3u) + pair : mpu->rnr;

    *writable = UINT32_MAX;
    if (offset >= MPU_RBAR && offset < MPU_PAIRS_END) {
        bool is_limit = (offset - MPU_RBAR) & 4;
        *writable = is_limit ? RLAR_BITS : UINT32_MAX;
        return is_limit ? &mpu->regions[region].rlar : &mpu->regions[region].rbar;
    }
    if (offset == MPU_MAIR0 || offset == MPU_MAIR1)
        return &mpu->mair[offset == MPU_MAIR1];
    *writable = offset == MPU_CTRL ? CTRL_BITS : SIM_MPU_REGIONS - 1;
    if (offset == MPU_CTRL)
        return &mpu->ctrl;
    return offset == MPU_RNR ? &mpu->rnr : NULL;
}

uint32_t sim_mpu_read(const struct sim_cpu *cpu, uint32_t offset)
{
    uint32_t writable;
    const uint32_t *reg = register_at(&cpu->system->mpu, offset, &writable);

    if (offset == MPU_TYPE)
        return SIM_MPU_REGIONS << 8;
    return reg ? *reg : 0;
}

void sim_mpu_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t writable, *reg = register_at(&cpu->system->mpu, offset, &writable);

    if (reg)
        *reg = (*reg & ~(lanes & writable)) | (value & lanes & writable);
    cpu->mpu_on = cpu->system->mpu.ctrl & CTRL_ENABLE;
}

/* --- MPUCheck() --- */

/* -1: none; two that overlap are a fault, and so is nowhere. */
static int region_of(const struct sim_mpu *mpu, uint32_t address, bool *several)
{
    int found = -1;

    *several = false;
    for (int i = 0; i < SIM_MPU_REGIONS; i++) {
        uint32_t first = mpu->regions[i].rbar & ADDRESS_BITS;
        uint32_t last = mpu->regions[i].rlar | ~ADDRESS_BITS;
        if (!(mpu->regions[i].rlar & RLAR_EN) || address < first || address > last)
            continue;
        *several = found >= 0;
        found = i;
    }
    return found;
}

static bool region_allows(uint32_t rbar, enum sim_access access, bool privileged)
{
    if (!privileged && !(rbar & RBAR_UNPRIVILEGED))
        return false;
    if (access == SIM_ACCESS_WRITE)
        return !(rbar & RBAR_READ_ONLY);
    return access == SIM_ACCESS_READ || !(rbar & RBAR_XN);
}

static bool allows(const struct sim_cpu *cpu, uint32_t address, enum sim_access access,
                   bool privileged)
{
    const struct sim_mpu *mpu = &cpu->system->mpu;
    bool several;
    int region = region_of(mpu, address, &several);

    if (several)
        return false;
    if (region < 0)
        return privileged && mpu->ctrl & CTRL_PRIVDEFENA;
    return region_allows(mpu->regions[region].rbar, access, privileged);
}

bool sim_mpu_forbids(const struct sim_cpu *cpu, uint32_t address, enum sim_access access,
                     bool privileged)
{
    uint32_t ctrl = cpu->system->mpu.ctrl;

    if (!cpu->mpu_on || address >> 20 == 0xE00 ||
        (!(ctrl & CTRL_HFNMIENA) && sim_nvic_execution_priority(cpu, false) < 0))
        return false;
    return !allows(cpu, address, access, privileged);
}

uint32_t sim_test_target(const struct sim_cpu *cpu, uint32_t address, bool unprivileged)
{
    bool privileged = sim_is_privileged(cpu) && !unprivileged, several;
    int region = cpu->mpu_on ? region_of(&cpu->system->mpu, address, &several) : -1;
    uint32_t response = region >= 0 && !several ? TT_MRVALID | (uint32_t)region : 0;

    if (!sim_mpu_forbids(cpu, address, SIM_ACCESS_READ, privileged))
        response |= TT_R;
    if (!sim_mpu_forbids(cpu, address, SIM_ACCESS_WRITE, privileged))
        response |= TT_RW;
    return response;
}
