/* SPDX-License-Identifier: MIT */
/* A bxCAN (RM0008, chapter 24) alone on its bus: it enters and leaves initialisation and sleep;
 * what it sends nobody acknowledges, so that it waits for ever, unless it runs in loop-back mode:
 * then it receives it itself, in FIFO 0, whatever its filters say. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum {
    MCR = 0x00,
    MSR = 0x04,
    TSR = 0x08,
    RF0R = 0x0C,
    IER = 0x14,
    BTR = 0x1C,
    MAILBOXES_AT = 0x180,
    FIFO0_AT = 0x1B0,
    FIFO_END = 0x1D0,
    FMR = 0x200,
    WORDS = 0x320 / 4,

    MAILBOXES = 3,
    MAILBOX_SIZE = 0x10,
    MAILBOX_WORDS = MAILBOX_SIZE / 4,
    FIFO_DEPTH = 3,
    FRAME_BITS = 111,
};
enum { IRQ_TX, IRQ_RX0 };
#define MCR_INRQ (1u << 0) /* its answer has the same place in MSR, as that of: */
#define MCR_SLEEP (1u << 1)
#define MCR_RESET (1u << 15)
#define MSR_RECEIVES 0xC00u
#define TSR_DONE(mailbox) (3u << (mailbox)*8) /* RQCP, TXOK */
#define TSR_REQUESTS 0x00010101u
#define TSR_ABORT(mailbox) (0x80u << (mailbox)*8)
#define TSR_FLAGS(mailbox) (0xFu << (mailbox)*8)
#define TSR_EMPTY(mailbox) (1u << (26 + (mailbox)))
#define TIR_TXRQ 1u
#define RFR_COUNT 3u
#define RFR_FULL (1u << 3)
#define RFR_OVERRUN (1u << 4)
#define RFR_RELEASE (1u << 5)
#define IER_TMEIE (1u << 0)
#define IER_FMPIE0 (1u << 1)
#define BTR_LBKM (1u << 30)

struct can {
    uint32_t registers[WORDS]; /* by offset / 4 */
    uint32_t fifo[FIFO_DEPTH][MAILBOX_WORDS];
    unsigned received;
    uint64_t sent_ps[MAILBOXES]; /* when the frame is over; 0: none is under way */
};

static void update_irqs(struct sim_part *part)
{
    const struct can *can = part->state;
    uint32_t ier = can->registers[IER / 4];

    sim_part_irq(part, IRQ_TX, ier & IER_TMEIE && can->registers[TSR / 4] & TSR_REQUESTS);
    sim_part_irq(part, IRQ_RX0, ier & IER_FMPIE0 && can->received);
}

static uint32_t *mailbox_of(struct can *can, unsigned number)
{
    return &can->registers[(MAILBOXES_AT + number * MAILBOX_SIZE) / 4];
}

/* --- frames --- */

static uint64_t frame_ps(const struct sim_part *part)
{
    const struct can *can = part->state;
    uint32_t btr = can->registers[BTR / 4],
             khz = part->board->chip->rcc->khz(part->board, SIM_PCLK1);
    uint64_t quanta = 3 + (btr >> 16 & 15) + (btr >> 20 & 7);

    return sim_cycles_to_ps(quanta * ((btr & 0x3FF) + 1) * FRAME_BITS, khz);
}

static void receive(struct can *can, const uint32_t frame[MAILBOX_WORDS])
{
    if (can->received == FIFO_DEPTH) {
        can->registers[RF0R / 4] |= RFR_OVERRUN;
        return;
    }
    uint32_t *to = can->fifo[can->received++];
    for (unsigned i = 0; i < MAILBOX_WORDS; i++)
        to[i] = frame[i];
    to[0] &= ~TIR_TXRQ;
}

static void release(struct can *can)
{
    if (can->received == 0)
        return;
    can->received--;
    memmove(can->fifo[0], can->fifo[1], can->received * sizeof can->fifo[0]);
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct can *can = part->state;
    uint64_t next = SIM_NEVER;

    for (unsigned i = 0; i < MAILBOXES; i++) {
        if (can->sent_ps[i] > now_ps && can->sent_ps[i] < next)
            next = can->sent_ps[i];
        if (can->sent_ps[i] == 0 || can->sent_ps[i] > now_ps)
            continue;
        can->sent_ps[i] = 0;
        receive(can, mailbox_of(can, i));
        *mailbox_of(can, i) &= ~TIR_TXRQ;
        can->registers[TSR / 4] |= TSR_DONE(i) | TSR_EMPTY(i);
    }
    update_irqs(part);
    return next;
}

static void write_mailbox(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct can *can = part->state;
    unsigned number = (offset - MAILBOXES_AT) / MAILBOX_SIZE;
    bool runs = !(can->registers[MSR / 4] & (MCR_INRQ | MCR_SLEEP));

    can->registers[offset / 4] = value;
    if ((offset - MAILBOXES_AT) % MAILBOX_SIZE != 0 || !(value & TIR_TXRQ))
        return;
    can->registers[TSR / 4] &= ~(TSR_FLAGS(number) | TSR_EMPTY(number));
    if (runs && can->registers[BTR / 4] & BTR_LBKM)
        can->sent_ps[number] = sim_part_now(part) + frame_ps(part);
}

/* --- registers --- */

static uint32_t read_fifo(const struct can *can, uint32_t offset)
{
    bool mine = offset < FIFO0_AT + MAILBOX_SIZE && can->received;

    return mine ? can->fifo[0][(offset - FIFO0_AT) / 4] : 0;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct can *can = part->state;

    *value = offset / 4 < WORDS ? can->registers[offset / 4] : 0;
    if (offset == RF0R)
        *value |= can->received | (can->received == FIFO_DEPTH ? RFR_FULL : 0);
    else if (offset >= FIFO0_AT && offset < FIFO_END)
        *value = read_fifo(can, offset);
    return true;
}

static void reset(struct sim_part *part)
{
    struct can *can = part->state;

    *can = (struct can){0};
    can->registers[MCR / 4] = 0x00010002;
    can->registers[MSR / 4] = MSR_RECEIVES | MCR_SLEEP;
    can->registers[TSR / 4] = 0x1C000000;
    can->registers[BTR / 4] = 0x01230000;
    can->registers[FMR / 4] = 0x2A1C0E01;
    update_irqs(part);
}

/* What it is asked for, it does at once. */
static void write_mcr(struct sim_part *part, uint32_t value)
{
    struct can *can = part->state;

    if (value & MCR_RESET) {
        reset(part);
        return;
    }
    can->registers[MCR / 4] = value & 0x000100FF;
    can->registers[MSR / 4] = MSR_RECEIVES | (value & MCR_INRQ ? MCR_INRQ : value & MCR_SLEEP);
}

static void write_tsr(struct can *can, uint32_t value)
{
    for (unsigned i = 0; i < MAILBOXES; i++) {
        if (value & 1u << i * 8) /* RQCP clears what belongs to it */
            can->registers[TSR / 4] &= ~TSR_FLAGS(i);
        if (value & TSR_ABORT(i) && *mailbox_of(can, i) & TIR_TXRQ) {
            can->sent_ps[i] = 0;
            *mailbox_of(can, i) &= ~TIR_TXRQ;
            can->registers[TSR / 4] |= TSR_EMPTY(i) | 1u << i * 8;
        }
    }
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct can *can = part->state;

    if (offset == MCR)
        write_mcr(part, value);
    else if (offset == TSR)
        write_tsr(can, value);
    else if (offset == RF0R && value & RFR_RELEASE)
        release(can);
    else if (offset >= MAILBOXES_AT && offset < FIFO0_AT)
        write_mailbox(part, offset, value);
    else if (offset == IER || offset == BTR || (offset >= FMR && offset / 4 < WORDS))
        can->registers[offset / 4] = value;
    update_irqs(part);
    return true;
}

const struct sim_device sim_device_can = {
    .state_size = sizeof(struct can),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
};
