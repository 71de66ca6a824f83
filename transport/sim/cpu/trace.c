/* SPDX-License-Identifier: MIT */
/* ITM and TPIU as far as programs and debuggers look at them: nothing is traced (DDI 0403 C1.7,
 * C1.10). */
#include "sim/cpu/system_internal.h"

enum { LSR_IMPLEMENTED = 1, LSR_LOCKED = 2 };

#define ITM_LOCK_KEY 0xC5ACCE55u

enum {
    ITM_STIMULUS_END = 0x080,
    ITM_TER = 0xE00,
    ITM_TPR = 0xE40,
    ITM_TCR = 0xE80,
    ITM_LAR = 0xFB0,
    ITM_LSR = 0xFB4,
    ITM_TCR_WRITABLE = 0x007F031F,
};

uint32_t sim_itm_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    const struct sim_itm *itm = &cpu->debug->itm;

    if (offset < ITM_STIMULUS_END)
        return 1; /* the port takes a word: programs wait for this */
    switch (offset) {
    case ITM_TER:
        return itm->enable;
    case ITM_TPR:
        return itm->privilege;
    case ITM_TCR:
        return itm->control;
    case ITM_LSR:
        return LSR_IMPLEMENTED | (itm->unlocked ? 0 : LSR_LOCKED);
    default:
        return 0;
    }
}

void sim_itm_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger)
{
    struct sim_itm *itm = &cpu->debug->itm;

    if (offset == ITM_LAR)
        itm->unlocked = value == ITM_LOCK_KEY;
    if (!itm->unlocked)
        return;
    if (offset == ITM_TER)
        itm->enable = (itm->enable & ~lanes) | (value & lanes);
    else if (offset == ITM_TPR)
        itm->privilege = value & lanes & 0xF;
    else if (offset == ITM_TCR)
        itm->control = value & lanes & ITM_TCR_WRITABLE;
}

/* Values after reset; writes go nowhere. */
static const struct tpiu_register {
    uint16_t offset;
    uint16_t value;
} tpiu_registers[] = {
    {0x000, 0xB},   /* SSPSR: ports of 1, 2 and 4 bits */
    {0x004, 0x1},   /* CSPSR */
    {0x0F0, 0x1},   /* SPPR: Manchester */
    {0x300, 0x8},   /* FFSR */
    {0x304, 0x102}, /* FFCR */
    {0xFC8, 0xCA0}, /* DEVID */
    {0xFCC, 0x11},  /* DEVTYPE */
};

uint32_t sim_tpiu_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    for (unsigned i = 0; i < sizeof tpiu_registers / sizeof *tpiu_registers; i++)
        if (tpiu_registers[i].offset == offset)
            return tpiu_registers[i].value;
    return 0;
}

void sim_tpiu_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                    bool debugger)
{
}
