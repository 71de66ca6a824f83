/* SPDX-License-Identifier: MIT */
/* The system control space, E000E000: who answers to which offset (DDI 0403 B3.2.2, C1.6). */
#include "sim/cpu/system_internal.h"

enum { SCS_DFSR = 0xD30, SCS_STIR = 0xF00 };

static bool is_debug(uint32_t offset)
{
    return offset == SCS_DFSR || (offset >= 0xDF0 && offset <= 0xDFC);
}

uint32_t sim_scs_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    if (is_debug(offset))
        return sim_debug_read(cpu, offset, debugger);
    if (offset >= 0x010 && offset < 0x020)
        return sim_systick_read(cpu, offset, debugger);
    sim_systick_sync(cpu); /* it may be pending */
    if (offset >= 0x100 && offset < 0x500)
        return sim_nvic_read(cpu, offset);
    return sim_scb_read(cpu, offset);
}

void sim_scs_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger)
{
    if (is_debug(offset)) {
        sim_debug_write(cpu, offset, value, lanes, debugger);
        return;
    }
    if (cpu->system->held) /* all but the debug registers is held in reset, too */
        return;
    if (offset >= 0x010 && offset < 0x020)
        sim_systick_write(cpu, offset, value, lanes);
    else if (offset >= 0x100 && offset < 0x500)
        sim_nvic_write(cpu, offset, value, lanes);
    else if (offset == SCS_STIR && cpu->model->armv7m &&
             (value & lanes & 0x1FF) < cpu->integration->irqs)
        sim_nvic_pend(cpu, SIM_EXC_IRQ0 + (value & lanes & 0x1FF));
    else
        sim_scb_write(cpu, offset, value, lanes);
}
