/* SPDX-License-Identifier: MIT */
/* What Armv8-M with the Main Extension has above Armv7-M (DDI 0553): stack limits, and registers of
 * the system control space.
 *
 * The core is as the STM32 with TZEN = 0 have it: the Security Extension is switched off, which is
 * as if it were not there. There is one state, the registers of the other one read as zero (SAU,
 * SFSR, DSCSR: "CPU in Non-Secure state" for tools), EXC_RETURN is FFFFFFB0 and its like, and BXNS,
 * BLXNS and TTA are UNDEFINED. */
#include "sim/cpu/system_internal.h"

enum {
    ID_FIRST = 0xD40, /* ID_PFR0 */
    CTR = 0xD7C,
    MPU_FIRST = 0xD90,
    MPU_END = 0xDC8,
    DAUTHSTATUS = 0xFB8,
    /* NSNID, NSID: both kinds of debug are there and allowed. */
    DAUTHSTATUS_OPEN = 0x0F,
};
#define CTR_NO_CACHE 0x8000C000u
#define LIMIT_BITS 0xFFFFFFF8u

/* Identification (Cortex-M33 TRM, table of the system control registers), with the DSP and the
 * floating-point extension; ID_PFR1 says that there is no Security Extension. */
static const uint32_t features[] = {
    0x00000030, 0x00000200, 0x00200000, 0x00000000, 0x00101F40, 0x00000000, 0x01000000,
    0x00000000, 0x01101110, 0x02212000, 0x20232232, 0x01111131, 0x01310132,
};

/* --- stack limits: LookUpSPLim() --- */

uint32_t sim_stack_limit(const struct sim_cpu *cpu)
{
    bool ignored = cpu->system->ccr & SIM_CCR_STKOFHFNMIGN;

    if (!cpu->model->armv8m || (ignored && sim_nvic_execution_priority(cpu, false) < 0))
        return 0;
    return sim_cpu_sp_is_psp(cpu) ? cpu->limit.psp : cpu->limit.msp;
}

void sim_stack_limit_write(struct sim_cpu *cpu, bool psp, uint32_t value)
{
    if (cpu->model->armv8m)
        *(psp ? &cpu->limit.psp : &cpu->limit.msp) = value & LIMIT_BITS;
}

/* --- registers --- */

uint32_t sim_armv8m_read(const struct sim_cpu *cpu, uint32_t offset)
{
    unsigned i = (offset - ID_FIRST) / 4;

    if (offset >= ID_FIRST && i < sizeof features / sizeof *features)
        return features[i];
    if (offset >= MPU_FIRST && offset < MPU_END)
        return sim_mpu_read(cpu, offset);
    if (offset == CTR)
        return CTR_NO_CACHE;
    return offset == DAUTHSTATUS ? DAUTHSTATUS_OPEN : 0;
}

void sim_armv8m_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    if (offset >= MPU_FIRST && offset < MPU_END)
        sim_mpu_write(cpu, offset, value, lanes);
}

bool sim_armv8m_has(const struct sim_cpu *cpu, uint32_t offset)
{
    return cpu->model->armv8m &&
           ((offset >= ID_FIRST && offset < 0xD80) || (offset >= MPU_FIRST && offset < MPU_END) ||
            offset == DAUTHSTATUS);
}
