/* SPDX-License-Identifier: MIT */
/* What DWT has to tell by packets (DDI 0403, C1.8 and D4.3): samples of the PC at a steady pace,
 * entries to exceptions and returns from them, and when ITM is to send a sync packet. A
 * comparator's accesses are not traced, nor are the event counters. */
#include "sim/cpu/system_internal.h"

enum {
    CTRL_CYCCNTENA = 1u << 0,
    CTRL_POSTPRESET_SHIFT = 1,
    CTRL_CYCTAP = 1u << 9,
    CTRL_SYNCTAP_SHIFT = 10,
    CTRL_PCSAMPLENA = 1u << 12,
    CTRL_EXCTRCENA = 1u << 16,
    PACKET_PC = 0x17,
    PACKET_ASLEEP = 0x15,
    PACKET_EXCEPTION = 0x0E,
};

static uint64_t sample_cycles(uint32_t ctrl)
{
    return (uint64_t)(ctrl & CTRL_CYCTAP ? 1024 : 64) * ((ctrl >> CTRL_POSTPRESET_SHIFT & 0xF) + 1);
}

/* Bits 24, 26 and 28 of CYCCNT. */
static uint64_t sync_cycles(uint32_t ctrl)
{
    return 1ull << (22 + 2 * (ctrl >> CTRL_SYNCTAP_SHIFT & 3));
}

static bool samples(uint32_t ctrl)
{
    return ctrl & CTRL_CYCCNTENA && ctrl & CTRL_PCSAMPLENA;
}

static bool synchronises(uint32_t ctrl)
{
    return ctrl & CTRL_CYCCNTENA && ctrl >> CTRL_SYNCTAP_SHIFT & 3;
}

static bool traces(const struct sim_cpu *cpu)
{
    return cpu->debug->demcr & SIM_DEMCR_TRCENA;
}

void sim_dwt_trace_plan(struct sim_cpu *cpu)
{
    struct sim_dwt *dwt = &cpu->debug->dwt;
    uint64_t now = sim_core_clock(cpu);

    dwt->sample_at = now + sample_cycles(dwt->ctrl);
    dwt->sync_at = now + sync_cycles(dwt->ctrl);
}

uint64_t sim_dwt_trace_due(const struct sim_cpu *cpu)
{
    const struct sim_dwt *dwt = &cpu->debug->dwt;
    uint64_t now = sim_core_clock(cpu), at = UINT64_MAX;

    if (!traces(cpu) || !(samples(dwt->ctrl) || synchronises(dwt->ctrl)))
        return UINT64_MAX;
    if (samples(dwt->ctrl))
        at = dwt->sample_at;
    if (synchronises(dwt->ctrl) && dwt->sync_at < at)
        at = dwt->sync_at;
    return at > now ? at - now : 0;
}

/* Of a core asleep only if its clock goes on (DBGMCU's DBG_SLEEP). */
static void sample(struct sim_cpu *cpu)
{
    uint32_t pc = cpu->r[15];
    const uint8_t awake[] = {PACKET_PC, (uint8_t)pc, (uint8_t)(pc >> 8), (uint8_t)(pc >> 16),
                             (uint8_t)(pc >> 24)};
    static const uint8_t asleep[] = {PACKET_ASLEEP, 0};

    if (cpu->system->asleep && !cpu->counts_asleep)
        return;
    if (cpu->system->asleep)
        sim_itm_hardware(cpu, asleep, sizeof asleep);
    else
        sim_itm_hardware(cpu, awake, sizeof awake);
}

void sim_dwt_trace_sync(struct sim_cpu *cpu)
{
    struct sim_dwt *dwt = &cpu->debug->dwt;
    uint64_t now = sim_core_clock(cpu);

    if (sim_dwt_trace_due(cpu) != 0)
        return;
    if (samples(dwt->ctrl) && dwt->sample_at <= now) {
        sample(cpu);
        dwt->sample_at +=
            ((now - dwt->sample_at) / sample_cycles(dwt->ctrl) + 1) * sample_cycles(dwt->ctrl);
    }
    if (synchronises(dwt->ctrl) && dwt->sync_at <= now) {
        sim_itm_synchronise(cpu);
        dwt->sync_at += sync_cycles(dwt->ctrl);
    }
}

void sim_dwt_trace_exception(struct sim_cpu *cpu, unsigned exception, enum sim_trace_event event)
{
    const uint8_t packet[] = {PACKET_EXCEPTION, (uint8_t)exception,
                              (uint8_t)(event << 4 | (exception >> 8 & 1))};

    if (traces(cpu) && cpu->debug->dwt.ctrl & CTRL_EXCTRCENA)
        sim_itm_hardware(cpu, packet, sizeof packet);
}
