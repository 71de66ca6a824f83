/* SPDX-License-Identifier: MIT */
/* Instrumentation Trace Macrocell: what the program writes to its stimulus ports, and what DWT
 * hands it, become packets (DDI 0403, C1.7 and appendix D4). */
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
    TCR_ITMENA = 1 << 0,
    TCR_TSENA = 1 << 1,
    TCR_SYNCENA = 1 << 2,
    TCR_TXENA = 1 << 3,
    TCR_TSPRESCALE_SHIFT = 8,
    PACKET_MAX = 8,   /* with a sign of overflow before it */
    PORTS_A_MASK = 8, /* stimulus ports of one bit of TPR */
    STAMP_SHORT_MAX = 6,
    STAMP_BYTES_MAX = 4,
};
#define OVERFLOW_PACKET 0x70
#define LONG_STAMP 0xC0u
#define STAMP_MAX 0x0FFFFFFFu

/* --- packets --- */

/* Local timestamps (D4.2.4): the time since the one before, in the core's clock. */
static void stamp(struct sim_cpu *cpu)
{
    struct sim_itm *itm = &cpu->debug->itm;
    unsigned shift = 2 * (itm->control >> TCR_TSPRESCALE_SHIFT & 3);
    uint64_t passed = (cpu->cycles - itm->stamped) >> shift;
    uint8_t packet[1 + STAMP_BYTES_MAX] = {LONG_STAMP};
    unsigned length = 1;

    if (passed == 0)
        return;
    itm->stamped = cpu->cycles;
    if (passed <= STAMP_SHORT_MAX) {
        packet[0] = (uint8_t)(passed << 4);
    } else {
        uint32_t ticks = passed < STAMP_MAX ? (uint32_t)passed : STAMP_MAX;
        for (; ticks; ticks >>= 7)
            packet[length++] = (uint8_t)((ticks & 0x7F) | (ticks > 0x7F ? 0x80 : 0));
    }
    if (sim_tpiu_room(cpu) >= length)
        sim_tpiu_send(cpu, packet, length);
}

/* What there is no room for is lost, and the next one says so. */
static void put(struct sim_cpu *cpu, const uint8_t *bytes, unsigned length)
{
    struct sim_itm *itm = &cpu->debug->itm;

    if (sim_tpiu_room(cpu) < length + itm->overflowed) {
        itm->overflowed = true;
        return;
    }
    if (itm->overflowed)
        sim_tpiu_send(cpu, (const uint8_t[]){OVERFLOW_PACKET}, 1);
    itm->overflowed = false;
    sim_tpiu_send(cpu, bytes, length);
    if (itm->control & TCR_TSENA)
        stamp(cpu);
}

static bool is_on(const struct sim_cpu *cpu, uint32_t controls)
{
    return cpu->debug->demcr & SIM_DEMCR_TRCENA && (cpu->debug->itm.control & controls) == controls;
}

void sim_itm_hardware(struct sim_cpu *cpu, const uint8_t *packet, unsigned length)
{
    if (is_on(cpu, TCR_ITMENA | TCR_TXENA))
        put(cpu, packet, length);
}

void sim_itm_synchronise(struct sim_cpu *cpu)
{
    static const uint8_t packet[] = {0, 0, 0, 0, 0, 0x80};

    if (is_on(cpu, TCR_ITMENA | TCR_SYNCENA))
        put(cpu, packet, sizeof packet);
}

/* --- stimulus ports --- */

static bool may_write(const struct sim_cpu *cpu, unsigned port, bool debugger)
{
    return debugger || sim_is_privileged(cpu) ||
           !(cpu->debug->itm.privilege >> port / PORTS_A_MASK & 1);
}

static void stimulate(struct sim_cpu *cpu, unsigned port, uint32_t value, uint32_t lanes,
                      bool debugger)
{
    unsigned shift = (unsigned)__builtin_ctz(lanes);
    unsigned width = (unsigned)__builtin_popcount(lanes) / 8;
    uint8_t packet[PACKET_MAX] = {(uint8_t)(port << 3 | (width == 4 ? 3 : width))};

    if (!is_on(cpu, TCR_ITMENA) || !(cpu->debug->itm.enable >> port & 1) ||
        !may_write(cpu, port, debugger))
        return;
    for (unsigned i = 0; i < width; i++)
        packet[1 + i] = (uint8_t)(value >> shift >> 8 * i);
    put(cpu, packet, 1 + width);
}

/* --- registers --- */

uint32_t sim_itm_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    const struct sim_itm *itm = &cpu->debug->itm;

    if (offset < ITM_STIMULUS_END)
        return sim_tpiu_room(cpu) >= PACKET_MAX; /* the port takes a word: programs wait for it */
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

    if (offset < ITM_STIMULUS_END) {
        stimulate(cpu, offset / 4, value, lanes, debugger);
        return;
    }
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
