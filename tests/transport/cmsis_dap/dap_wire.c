/* SPDX-License-Identifier: MIT */
#include "dap_wire.h"

#include <string.h>

enum { RESET_ONES = 50, IDLE_BITS = 2, SWITCH_BITS = 16, ACTIVATION_BITS = 12 };
enum { JTAG_TO_SWD = 0xE79E, SWD_TO_JTAG = 0xE73C, SWD_TO_DORMANT = 0xE3BC, ACTIVATE_SWD = 0x1A0 };
/* The selection alert of B5.3.4, the bit that is sent first lowest. */
#define ALERT_OLDER 0x86852D956209F392u
#define ALERT_NEWEST 0x19BC0EA2E3DDAFE9u
/* The last 31 of what takes a port from JTAG to dormant (B5.3.2). */
#define JTAG_TO_DORMANT 0x33BBBBBAu

/* A request of SWD_Sequence, and what stands where behind its start bit. */
enum { REQUEST_BITS = 8, ACK_BITS = 3, TURNAROUND = 1, DATA_BITS = 33 };
enum { DATA_FROM = REQUEST_BITS + TURNAROUND + ACK_BITS + TURNAROUND }; /* of a write */
enum { REQUEST_TARGETSEL = 0x99 };

void dap_wire_init(struct dap_wire *wire, struct sim_board *board)
{
    *wire = (struct dap_wire){.board = board,
                              .turnaround = TURNAROUND,
                              .selected = true,
                              .since_ones = UINT16_MAX,
                              .since_alert = ACTIVATION_BITS};
}

void dap_wire_clock(struct dap_wire *wire, uint32_t khz)
{
    wire->khz = khz;
    sim_board_set_swclk(wire->board, khz);
}

void dap_wire_sleep(struct dap_wire *wire, uint32_t target)
{
    wire->state = DAP_WIRE_DORMANT;
    wire->multidrop = true;
    wire->selected = false;
    wire->target = target;
}

void dap_wire_idle(struct dap_wire *wire, unsigned cycles)
{
    wire->spare_cycles += (uint64_t)cycles * 1000000 / (wire->khz ? wire->khz : 1);
    sim_board_advance_us(wire->board, wire->spare_cycles / 1000);
    wire->spare_cycles %= 1000;
}

/* --- packets bit by bit --- */

static uint8_t request_ack(struct dap_wire *wire, uint8_t request, uint32_t *value)
{
    bool ap = request & 2, read = request & 4;

    /* All ports listen to TARGETSEL, and none answers. Of other writes the board wants the data
     * with the request: this firmware's hosts send them by DAP_Transfer. */
    if (!read)
        return SWD_NONE;
    return dap_wire_packet(wire, ap, true, (uint8_t)(request >> 1 & 0xC), value);
}

static void request_complete(struct dap_wire *wire)
{
    struct dap_wire_bits *bits = &wire->bits;
    uint32_t value = UINT32_MAX;
    bool read = bits->request & 4;
    bool sound = (bits->request & 0x40) == 0 && bits->request & 0x80 &&
                 __builtin_parity(bits->request >> 1 & 0x1F) == 0;
    uint8_t ack = sound ? request_ack(wire, bits->request, &value) : SWD_NONE;

    /* Nobody drives the line while it is turned round, nor behind the acknowledge of a refusal. */
    bits->reply = UINT64_MAX << (TURNAROUND + ACK_BITS);
    if (ack == SWD_OK && read)
        bits->reply = (uint64_t)value << (TURNAROUND + ACK_BITS) |
                      (uint64_t)__builtin_parity(value) << (TURNAROUND + ACK_BITS + 32);
    bits->reply |= (uint64_t)(ack & 7u) << TURNAROUND | 1;
    bits->data = 0;
    bits->end = !read || ack == SWD_OK ? DATA_FROM + DATA_BITS : DATA_FROM;
}

static void data_complete(struct dap_wire *wire)
{
    const struct dap_wire_bits *bits = &wire->bits;
    uint32_t value = (uint32_t)bits->data;

    if (bits->request == REQUEST_TARGETSEL && wire->multidrop &&
        __builtin_parity(value) == (int)(bits->data >> 32 & 1))
        wire->selected = value == wire->target;
}

/* One bit of a packet that the host makes by hand: it drives it, or lets go. */
static bool packet_bit(struct dap_wire *wire, bool drives, bool level)
{
    struct dap_wire_bits *bits = &wire->bits;
    bool read = bits->request & 4, sampled = true;

    if (bits->at == 0) {
        if (!drives || !level || wire->ones >= RESET_ONES)
            return true;
        bits->request = 0;
    }
    if (bits->at < REQUEST_BITS) {
        bits->request |= (uint8_t)(level << bits->at);
        if (++bits->at == REQUEST_BITS)
            request_complete(wire);
        return true;
    }
    if (!drives)
        sampled = bits->reply >> (bits->at - REQUEST_BITS) & 1;
    else if (!read && bits->at >= DATA_FROM)
        bits->data |= (uint64_t)level << (bits->at - DATA_FROM);
    if (++bits->at == bits->end) {
        if (!read)
            data_complete(wire);
        bits->at = 0;
    }
    return sampled;
}

/* --- sequences --- */

static void enter(struct dap_wire *wire, enum dap_wire_state state)
{
    wire->state = state;
    wire->since_ones = UINT16_MAX; /* a line reset of its own must follow */
}

static void line_reset(struct dap_wire *wire)
{
    wire->selected = !wire->multidrop;
    wire->bits.at = 0;
    sim_board_swd_line_reset(wire->board);
}

/* What begins with ones: a line reset, and the 16 bits that change the protocol. */
static void after_ones(struct dap_wire *wire)
{
    unsigned last = (unsigned)(wire->newest >> 48);

    if (wire->since_ones == IDLE_BITS && last >> 14 == 0 && wire->state == DAP_WIRE_SWD)
        line_reset(wire);
    if (wire->since_ones == SWITCH_BITS && wire->state != DAP_WIRE_DORMANT) {
        if (last == JTAG_TO_SWD)
            enter(wire, DAP_WIRE_SWD);
        else if (last == SWD_TO_JTAG)
            enter(wire, DAP_WIRE_JTAG);
        else if (last == SWD_TO_DORMANT)
            enter(wire, DAP_WIRE_DORMANT);
    }
}

static void while_dormant(struct dap_wire *wire)
{
    if (wire->newest == ALERT_NEWEST && wire->older == ALERT_OLDER)
        wire->since_alert = 0;
    else if (wire->since_alert < ACTIVATION_BITS)
        wire->since_alert++;
    else
        return;
    if (wire->since_alert == ACTIVATION_BITS && wire->newest >> 52 == ACTIVATE_SWD)
        enter(wire, DAP_WIRE_SWD);
}

static void drive(struct dap_wire *wire, bool level)
{
    wire->older = wire->older >> 1 | wire->newest << 63;
    wire->newest = wire->newest >> 1 | (uint64_t)level << 63;
    if (!level && wire->ones >= RESET_ONES)
        wire->since_ones = 0;
    wire->ones = level ? wire->ones + 1 : 0;
    if (wire->ones >= RESET_ONES)
        wire->bits.at = 0;
    if (wire->since_ones < UINT16_MAX)
        wire->since_ones++;
    if (wire->state == DAP_WIRE_DORMANT)
        while_dormant(wire);
    else
        after_ones(wire);
    if (wire->state == DAP_WIRE_JTAG && (uint32_t)(wire->newest >> 33) == JTAG_TO_DORMANT)
        enter(wire, DAP_WIRE_DORMANT);
}

void dap_wire_out(struct dap_wire *wire, const uint8_t *bits, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        bool level = bits[i / 8] >> (i % 8) & 1;

        drive(wire, level);
        if (wire->state == DAP_WIRE_SWD)
            (void)packet_bit(wire, true, level);
    }
    dap_wire_idle(wire, count);
}

void dap_wire_in(struct dap_wire *wire, uint8_t *bits, unsigned count)
{
    memset(bits, 0, (count + 7) / 8);
    for (unsigned i = 0; i < count; i++)
        if (wire->state != DAP_WIRE_SWD || packet_bit(wire, false, true))
            bits[i / 8] |= (uint8_t)(1 << i % 8);
    dap_wire_idle(wire, count);
}

/* --- packets --- */

uint8_t dap_wire_packet(struct dap_wire *wire, bool ap, bool read, uint8_t reg, uint32_t *value)
{
    enum swd_ack ack = SWD_NONE;

    wire->ones = 0;
    wire->since_ones = UINT16_MAX;
    if (wire->state == DAP_WIRE_SWD && wire->selected && wire->turnaround == TURNAROUND) {
        ack = sim_board_swd(wire->board, ap, read, reg, value);
        if (ack == SWD_NONE && read)
            wire->held_low = *value == 0;
    } else if (read) {
        *value = UINT32_MAX;
    }
    return ack == SWD_NONE && wire->held_low ? 0 : (uint8_t)ack;
}
