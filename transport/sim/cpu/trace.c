/* SPDX-License-Identifier: MIT */
/* TPIU, whose one pin tells what ITM and DWT say (DDI 0403, C1.10), and ETM as far as programs and
 * debuggers look at it: it traces nothing. */
#include "sim/cpu/system_internal.h"

enum { LSR_IMPLEMENTED = 1, LSR_LOCKED = 2 };
#define ETM_LOCK_KEY 0xC5ACCE55u

/* --- TPIU --- */

enum {
    TPIU_CSPSR = 0x004,
    TPIU_ACPR = 0x010,
    TPIU_SPPR = 0x0F0,
    TPIU_FFCR = 0x304,
    FFCR_RESET = 0x102,
};

/* What never changes. */
static const struct tpiu_register {
    uint16_t offset;
    uint16_t value;
} tpiu_registers[] = {
    {0x000, 0xB},   /* SSPSR: ports of 1, 2 and 4 bits */
    {0x300, 0x8},   /* FFSR */
    {0xFC8, 0xCA0}, /* DEVID */
    {0xFCC, 0x11},  /* DEVTYPE */
};

/* Those that can be written: where they are kept, their bits, what they are after reset. Kept is
 * what differs from that. */
static const struct tpiu_setting {
    uint16_t offset;
    uint16_t bits, reset;
    size_t at;
} tpiu_settings[] = {
    {TPIU_CSPSR, 0xB, 0x1, offsetof(struct sim_tpiu, port_size)},
    {TPIU_ACPR, 0x1FFF, 0, offsetof(struct sim_tpiu, prescaler)},
    {TPIU_SPPR, 0x3, 0x1, offsetof(struct sim_tpiu, protocol)}, /* Manchester */
    {TPIU_FFCR, 0x102, FFCR_RESET, offsetof(struct sim_tpiu, formatter)},
};
enum { TPIU_SETTINGS = sizeof tpiu_settings / sizeof *tpiu_settings };

static uint32_t *tpiu_setting(struct sim_cpu *cpu, unsigned i)
{
    return (uint32_t *)(void *)((char *)&cpu->debug->tpiu + tpiu_settings[i].at);
}

uint32_t sim_tpiu_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    for (unsigned i = 0; i < sizeof tpiu_registers / sizeof *tpiu_registers; i++)
        if (tpiu_registers[i].offset == offset)
            return tpiu_registers[i].value;
    for (unsigned i = 0; i < TPIU_SETTINGS; i++)
        if (tpiu_settings[i].offset == offset)
            return *tpiu_setting(cpu, i) ^ tpiu_settings[i].reset;
    return 0;
}

void sim_tpiu_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                    bool debugger)
{
    for (unsigned i = 0; i < TPIU_SETTINGS; i++)
        if (tpiu_settings[i].offset == offset)
            *tpiu_setting(cpu, i) =
                (value & lanes & tpiu_settings[i].bits) ^ tpiu_settings[i].reset;
}

/* --- the pin --- */

enum {
    CHARACTER_BITS = 10, /* a start bit and a stop bit around eight */
    FIFO_BYTES = 16,
    PROTOCOL_NRZ = 2,
    PROTOCOL_RESET = 1,
    FFCR_ENFCONT = 2,
};

static uint64_t character_cycles(const struct sim_cpu *cpu)
{
    return (uint64_t)CHARACTER_BITS * (cpu->debug->tpiu.prescaler + 1);
}

unsigned sim_tpiu_room(const struct sim_cpu *cpu)
{
    const struct sim_tpiu *tpiu = &cpu->debug->tpiu;
    uint64_t cycles = character_cycles(cpu);
    uint64_t waiting =
        tpiu->sent_at > cpu->cycles ? (tpiu->sent_at - cpu->cycles + cycles - 1) / cycles : 0;

    return waiting < FIFO_BYTES ? (unsigned)(FIFO_BYTES - waiting) : 0;
}

static void send(struct sim_cpu *cpu, uint8_t byte)
{
    struct sim_tpiu *tpiu = &cpu->debug->tpiu;
    uint64_t begin = tpiu->sent_at > cpu->cycles ? tpiu->sent_at : cpu->cycles;

    tpiu->sent_at = begin + character_cycles(cpu);
    if (cpu->bus->swo && (tpiu->protocol ^ PROTOCOL_RESET) == PROTOCOL_NRZ)
        cpu->bus->swo(cpu->bus->board, byte, begin - cpu->cycles, tpiu->prescaler + 1);
}

/* A frame of the formatter (IHI 0029, D4.2): who speaks, seven even bytes whose lowest bits are in
 * the last one, and seven odd ones between them; there is only ITM. */
static void send_framed(struct sim_cpu *cpu, uint8_t byte)
{
    struct sim_tpiu *tpiu = &cpu->debug->tpiu;
    unsigned at = 1 + tpiu->framed;

    if (at % 2 == 0) {
        tpiu->frame[15] |= (uint8_t)((byte & 1) << at / 2);
        byte &= 0xFE;
    }
    tpiu->frame[at] = byte;
    if (++tpiu->framed < 14)
        return;
    tpiu->frame[0] = (uint8_t)((cpu->debug->itm.control >> 16 & 0x7F) << 1 | 1);
    for (unsigned i = 0; i < sizeof tpiu->frame; i++)
        send(cpu, tpiu->frame[i]);
    tpiu->framed = 0;
    tpiu->frame[15] = 0;
}

void sim_tpiu_send(struct sim_cpu *cpu, const uint8_t *bytes, unsigned length)
{
    bool framed = (cpu->debug->tpiu.formatter ^ FFCR_RESET) & FFCR_ENFCONT;

    for (unsigned i = 0; i < length; i++)
        if (framed)
            send_framed(cpu, bytes[i]);
        else
            send(cpu, bytes[i]);
}

/* --- ETM: its registers keep what is written --- */

enum { ETM_CR = 0x000, ETM_SR = 0x010, ETM_IDR = 0x1E4, ETM_LAR = 0xFB0, ETM_LSR = 0xFB4 };
#define ETM_CR_RESET 0x411u /* powered down, being programmed */
#define ETM_CR_PROGRAMMING (1u << 10)
#define ETM_SR_PROGRAMMED (1u << 1)
#define ETM_V3_5 0x4114F250u

uint32_t sim_etm_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    const struct sim_etm *etm = &cpu->debug->etm;
    uint32_t control = etm->registers[ETM_CR / 4] ^ ETM_CR_RESET;

    switch (offset) {
    case ETM_CR:
        return control;
    case ETM_SR:
        return control & ETM_CR_PROGRAMMING ? ETM_SR_PROGRAMMED : 0;
    case ETM_IDR:
        return ETM_V3_5;
    case ETM_LSR:
        return LSR_IMPLEMENTED | (etm->unlocked ? 0 : LSR_LOCKED);
    default:
        return offset / 4 < SIM_ETM_WORDS ? etm->registers[offset / 4] : 0;
    }
}

void sim_etm_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger)
{
    struct sim_etm *etm = &cpu->debug->etm;
    uint32_t reset = offset == ETM_CR ? ETM_CR_RESET : 0;

    if (offset == ETM_LAR)
        etm->unlocked = value == ETM_LOCK_KEY;
    else if (etm->unlocked && offset / 4 < SIM_ETM_WORDS)
        etm->registers[offset / 4] = (value & lanes) ^ reset;
}
