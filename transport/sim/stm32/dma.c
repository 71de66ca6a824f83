/* SPDX-License-Identifier: MIT */
/* DMA by channels, as F0, F1, F3 and L4 have it (RM0008, chapter 13). Peripherals ask for
 * transfers, which are done at once; those from memory to memory take their time before they are
 * over. Rows of peripherals say which channel each of their requests is wired to. */
#include "sim/stm32/stm32_internal.h"

enum { ISR = 0x00, IFCR = 0x04, CHANNELS_AT = 0x08, CHANNEL_SIZE = 0x14, CHANNELS = 7 };
enum { CCR = 0x0, CNDTR = 0x4, CPAR = 0x8, CMAR = 0xC };
enum { CYCLES_A_TRANSFER = 5, FLAGS_A_CHANNEL = 4 };
#define CCR_EN (1u << 0)
#define CCR_DIR (1u << 4) /* from memory */
#define CCR_CIRC (1u << 5)
#define CCR_PINC (1u << 6)
#define CCR_MINC (1u << 7)
#define CCR_PSIZE(ccr) ((ccr) >> 8 & 3)
#define CCR_MSIZE(ccr) ((ccr) >> 10 & 3)
#define CCR_MEM2MEM (1u << 14)
#define CCR_WRITABLE 0x7FFFu
#define GIF (1u << 0) /* of ISR, a nibble a channel; the three others stand in CCR as enables */
#define TCIF (1u << 1)
#define HTIF (1u << 2)
#define TEIF (1u << 3)

struct channel {
    uint32_t ccr, cpar, cmar;
    uint32_t count, left; /* as it was written, and now */
    uint32_t at_peripheral, at_memory;
    bool wanted; /* a request is up */
    bool level;  /* and stays until it is taken back */
    bool under_way;
    uint64_t done_ps; /* memory to memory: when it is over; 0: none is */
};

struct dma {
    uint32_t isr;
    struct channel channels[CHANNELS];
};

static void raise(struct sim_part *part, unsigned number, uint32_t flags)
{
    struct dma *dma = part->state;
    const struct channel *channel = &dma->channels[number];

    dma->isr |= (flags | GIF) << number * FLAGS_A_CHANNEL;
    uint32_t set = dma->isr >> number * FLAGS_A_CHANNEL;
    sim_part_irq(part, number, set & channel->ccr & (TCIF | HTIF | TEIF));
}

static void update_irqs(struct sim_part *part)
{
    const struct dma *dma = part->state;

    for (unsigned i = 0; i < CHANNELS; i++) {
        uint32_t set = dma->isr >> i * FLAGS_A_CHANNEL;
        sim_part_irq(part, i, set & dma->channels[i].ccr & (TCIF | HTIF | TEIF));
    }
}

/* --- transfers --- */

static uint32_t step(bool increments, unsigned width)
{
    return increments ? width : 0;
}

/* One, of the widths that CCR says: what is read is cut or filled up with zeros. */
static bool copy(struct sim_board *board, struct channel *channel)
{
    unsigned peripheral = 1u << CCR_PSIZE(channel->ccr), memory = 1u << CCR_MSIZE(channel->ccr);
    bool from_memory = channel->ccr & CCR_DIR, ok;
    uint32_t value;

    if (from_memory)
        ok = sim_map_read(board, channel->at_memory, memory, &value, false) &&
             sim_map_write(board, channel->at_peripheral, peripheral, value, false);
    else
        ok = sim_map_read(board, channel->at_peripheral, peripheral, &value, false) &&
             sim_map_write(board, channel->at_memory, memory, value, false);
    channel->at_peripheral += step(channel->ccr & CCR_PINC, peripheral);
    channel->at_memory += step(channel->ccr & CCR_MINC, memory);
    return ok;
}

static void rewind_channel(struct channel *channel)
{
    channel->left = channel->count;
    channel->at_peripheral = channel->cpar & ~((1u << CCR_PSIZE(channel->ccr)) - 1);
    channel->at_memory = channel->cmar & ~((1u << CCR_MSIZE(channel->ccr)) - 1);
}

static void fail(struct sim_part *part, unsigned number)
{
    struct dma *dma = part->state;

    dma->channels[number].ccr &= ~CCR_EN;
    raise(part, number, TEIF);
}

static void transfer(struct sim_part *part, unsigned number)
{
    struct dma *dma = part->state;
    struct channel *channel = &dma->channels[number];
    bool debugger = part->board->debugger; /* of the access that led to this one */

    channel->left--;
    bool ok = copy(part->board, channel);
    part->board->debugger = debugger;
    if (!ok)
        fail(part, number);
    else if (channel->left == 0)
        raise(part, number, TCIF);
    else if (channel->left == channel->count / 2)
        raise(part, number, HTIF);
    if (channel->left == 0 && channel->ccr & CCR_CIRC)
        rewind_channel(channel);
}

/* What a peripheral asks for. A register that does not take its request back is read or written
 * until the count is over, as on the chip. */
static void serve(struct sim_part *part, unsigned number)
{
    struct dma *dma = part->state;
    struct channel *channel = &dma->channels[number];

    if (channel->under_way)
        return;
    channel->under_way = true;
    for (uint32_t limit = channel->left; limit > 0 && channel->wanted && channel->left > 0 &&
                                         channel->ccr & CCR_EN && !(channel->ccr & CCR_MEM2MEM);
         limit--) {
        channel->wanted = channel->level;
        transfer(part, number);
    }
    channel->under_way = false;
}

/* --- requests --- */

static struct sim_part *find(const struct sim_part *part, unsigned line, unsigned *number)
{
    unsigned channel = part->row->dma[line];
    struct sim_part *dma = channel ? part->board->dma : NULL;

    *number = channel - 1;
    return dma && sim_part_has_clock(dma) ? dma : NULL;
}

static void request(const struct sim_part *part, unsigned line, bool wanted, bool level)
{
    unsigned number;
    struct sim_part *found = find(part, line, &number);

    if (!found)
        return;
    struct channel *channel = &((struct dma *)found->state)->channels[number];
    channel->wanted = wanted;
    channel->level = level;
    if (wanted)
        serve(found, number);
}

void sim_dma_line(const struct sim_part *part, unsigned line, bool wanted)
{
    request(part, line, wanted, true);
}

void sim_dma_pulse(const struct sim_part *part, unsigned line)
{
    request(part, line, true, false);
}

/* --- memory to memory --- */

static void copy_all(struct sim_part *part, unsigned number)
{
    struct dma *dma = part->state;
    struct channel *channel = &dma->channels[number];
    uint32_t khz = part->board->chip->rcc->khz(part->board, SIM_HCLK);
    uint64_t cycles = (uint64_t)channel->left * CYCLES_A_TRANSFER;
    bool debugger = part->board->debugger, ok = true;

    for (uint32_t i = 0; i < channel->left && ok; i++)
        ok = copy(part->board, channel);
    part->board->debugger = debugger;
    if (ok)
        channel->done_ps = sim_part_now(part) + sim_cycles_to_ps(cycles, khz);
    else
        fail(part, number);
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct dma *dma = part->state;
    uint64_t next = SIM_NEVER;

    for (unsigned i = 0; i < CHANNELS; i++) {
        struct channel *channel = &dma->channels[i];
        if (channel->done_ps > now_ps && channel->done_ps < next)
            next = channel->done_ps;
        if (channel->done_ps == 0 || channel->done_ps > now_ps)
            continue;
        channel->done_ps = 0;
        channel->left = 0;
        raise(part, i, HTIF | TCIF);
    }
    return next;
}

/* --- registers --- */

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct dma *dma = part->state;
    unsigned number = (offset - CHANNELS_AT) / CHANNEL_SIZE;

    *value = offset == ISR ? dma->isr : 0;
    if (offset < CHANNELS_AT || number >= CHANNELS)
        return true;
    const struct channel *channel = &dma->channels[number];
    const uint32_t registers[] = {channel->ccr, channel->left, channel->cpar, channel->cmar, 0};
    *value = registers[(offset - CHANNELS_AT) % CHANNEL_SIZE / 4];
    return true;
}

static void write_ccr(struct sim_part *part, unsigned number, uint32_t value)
{
    struct dma *dma = part->state;
    struct channel *channel = &dma->channels[number];
    bool starts = value & CCR_EN && !(channel->ccr & CCR_EN);

    channel->ccr = value & CCR_WRITABLE;
    if (!(value & CCR_EN))
        channel->done_ps = 0;
    if (!starts)
        return;
    channel->count = channel->left;
    rewind_channel(channel);
    if (channel->ccr & CCR_MEM2MEM && channel->left > 0)
        copy_all(part, number);
    else
        serve(part, number);
}

/* Count and addresses hold still while the channel is enabled (13.3.3). */
static void write_channel(struct sim_part *part, unsigned number, uint32_t offset, uint32_t value)
{
    struct dma *dma = part->state;
    struct channel *channel = &dma->channels[number];

    if (offset == CCR)
        write_ccr(part, number, value);
    else if (channel->ccr & CCR_EN)
        return;
    else if (offset == CNDTR)
        channel->left = value & 0xFFFF;
    else if (offset == CPAR)
        channel->cpar = value;
    else if (offset == CMAR)
        channel->cmar = value;
}

/* A channel's GIF clears all of its flags. */
static void clear(struct dma *dma, uint32_t value)
{
    for (unsigned i = 0; i < CHANNELS; i++)
        if (value >> i * FLAGS_A_CHANNEL & GIF)
            value |= 0xFu << i * FLAGS_A_CHANNEL;
    dma->isr &= ~value;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    unsigned number = (offset - CHANNELS_AT) / CHANNEL_SIZE;

    if (offset == IFCR)
        clear(part->state, value);
    else if (offset >= CHANNELS_AT && number < CHANNELS)
        write_channel(part, number, (offset - CHANNELS_AT) % CHANNEL_SIZE, value);
    update_irqs(part);
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct dma *)part->state = (struct dma){0};
    update_irqs(part);
}

const struct sim_device sim_device_dma = {
    .state_size = sizeof(struct dma),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
};
