/* SPDX-License-Identifier: MIT */
/* An SPI as F1, F2, F4 and L1 have it (RM0008, chapter 25), as a master: what it sends takes its
 * time, and what comes back is 1s, since nothing is connected, or with a wire from MOSI to MISO the
 * same. */
#include "sim/stm32/stm32_internal.h"

enum { CR1 = 0x00, CR2 = 0x04, SR = 0x08, DR = 0x0C, CRCPR = 0x10, I2SCFGR = 0x1C, I2SPR = 0x20 };
#define CR1_MSTR (1u << 2)
#define CR1_BR(cr1) ((cr1) >> 3 & 7)
#define CR1_SPE (1u << 6)
#define CR1_RXONLY (1u << 10)
#define CR1_DFF (1u << 11)
#define CR1_BIDIOE (1u << 14)
#define CR1_BIDIMODE (1u << 15)
#define CR2_RXDMAEN (1u << 0)
#define CR2_TXDMAEN (1u << 1)
#define CR2_ERRIE (1u << 5)
#define CR2_RXNEIE (1u << 6)
#define CR2_TXEIE (1u << 7)
#define SR_RXNE (1u << 0)
#define SR_TXE (1u << 1)
#define SR_CRCERR (1u << 4)
#define SR_OVR (1u << 6)
#define SR_BSY (1u << 7)
enum { DMA_RX, DMA_TX };

struct spi {
    uint32_t cr1, cr2, sr, crcpr, i2scfgr, i2spr;
    uint32_t received, shifting, holding;
    bool holding_full;
    uint64_t done_ps; /* 0: the shifter is empty */
};

static void update(struct sim_part *part)
{
    const struct spi *spi = part->state;
    bool tx = spi->sr & SR_TXE, rx = spi->sr & SR_RXNE;

    sim_part_irq(part, 0,
                 (tx && spi->cr2 & CR2_TXEIE) || (rx && spi->cr2 & CR2_RXNEIE) ||
                     (spi->sr & SR_OVR && spi->cr2 & CR2_ERRIE));
    sim_dma_line(part, DMA_RX, rx && spi->cr2 & CR2_RXDMAEN);
    sim_dma_line(part, DMA_TX, tx && spi->cr2 & CR2_TXDMAEN && spi->cr1 & CR1_SPE);
}

static uint32_t width_mask(const struct spi *spi)
{
    return spi->cr1 & CR1_DFF ? 0xFFFF : 0xFF;
}

static uint64_t frame_ps(const struct sim_part *part)
{
    const struct spi *spi = part->state;
    uint32_t khz = part->board->chip->rcc->khz(part->board, part->row->clock);
    uint64_t bits = spi->cr1 & CR1_DFF ? 16 : 8;

    return sim_cycles_to_ps(bits * 2 << CR1_BR(spi->cr1), khz);
}

/* It clocks by itself as long as it is enabled. */
static bool only_receives(const struct spi *spi)
{
    uint32_t half_duplex = spi->cr1 & (CR1_BIDIMODE | CR1_BIDIOE);

    return spi->cr1 & CR1_RXONLY || half_duplex == CR1_BIDIMODE;
}

static bool only_sends(const struct spi *spi)
{
    return (spi->cr1 & (CR1_BIDIMODE | CR1_BIDIOE)) == (CR1_BIDIMODE | CR1_BIDIOE);
}

static void shift(struct sim_part *part, uint32_t value, uint64_t from_ps)
{
    struct spi *spi = part->state;

    spi->shifting = value;
    spi->sr |= SR_BSY;
    spi->done_ps = from_ps + frame_ps(part);
}

static void receive(struct sim_part *part)
{
    struct spi *spi = part->state;

    if (only_sends(spi))
        return;
    if (spi->sr & SR_RXNE) {
        spi->sr |= SR_OVR; /* the new one is lost */
        return;
    }
    spi->received = (part->board->spi_loop ? spi->shifting : UINT32_MAX) & width_mask(spi);
    spi->sr |= SR_RXNE;
}

static void end_frame(struct sim_part *part)
{
    struct spi *spi = part->state;
    uint64_t at_ps = spi->done_ps;

    spi->done_ps = 0;
    spi->sr &= ~SR_BSY;
    receive(part);
    if (spi->holding_full) {
        spi->holding_full = false;
        spi->sr |= SR_TXE;
        shift(part, spi->holding, at_ps);
    } else if (only_receives(spi) && spi->cr1 & CR1_SPE) {
        shift(part, UINT32_MAX, at_ps);
    }
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    const struct spi *spi = part->state;

    while (spi->done_ps != 0 && spi->done_ps <= now_ps) {
        end_frame(part);
        update(part);
    }
    return spi->done_ps ? spi->done_ps : SIM_NEVER;
}

/* --- registers --- */

/* Those that only keep what is written. */
static uint32_t *plain_register(struct spi *spi, uint32_t offset)
{
    uint32_t *const registers[] = {[CR2 / 4] = &spi->cr2,
                                   [CRCPR / 4] = &spi->crcpr,
                                   [I2SCFGR / 4] = &spi->i2scfgr,
                                   [I2SPR / 4] = &spi->i2spr};

    return offset <= I2SPR ? registers[offset / 4] : NULL;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct spi *spi = part->state;
    const uint32_t *plain = plain_register(spi, offset);

    *value = plain ? *plain : offset == CR1 ? spi->cr1 : offset == SR ? spi->sr : 0;
    if (offset == DR) {
        *value = spi->received;
        spi->sr &= ~(SR_RXNE | SR_OVR);
        update(part);
    }
    return true;
}

static void write_dr(struct sim_part *part, uint32_t value)
{
    struct spi *spi = part->state;

    if ((spi->cr1 & (CR1_SPE | CR1_MSTR)) != (CR1_SPE | CR1_MSTR) || spi->done_ps != 0) {
        spi->holding = value; /* nobody clocks a slave */
        spi->holding_full = true;
        spi->sr &= ~SR_TXE;
    } else {
        shift(part, value, sim_part_now(part));
    }
}

static void write_cr1(struct sim_part *part, uint32_t value)
{
    struct spi *spi = part->state;

    spi->cr1 = value & 0xFFFF;
    if ((spi->cr1 & (CR1_SPE | CR1_MSTR)) != (CR1_SPE | CR1_MSTR) || spi->done_ps != 0)
        return;
    if (spi->holding_full) {
        spi->holding_full = false;
        spi->sr |= SR_TXE;
        shift(part, spi->holding, sim_part_now(part));
    } else if (only_receives(spi)) {
        shift(part, UINT32_MAX, sim_part_now(part));
    }
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct spi *spi = part->state;
    uint32_t *plain = plain_register(spi, offset);

    if (plain)
        *plain = value & 0xFFFF;
    else if (offset == CR1)
        write_cr1(part, value);
    else if (offset == DR)
        write_dr(part, value);
    else if (offset == SR) /* zero clears */
        spi->sr &= value | ~SR_CRCERR;
    update(part);
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct spi *)part->state = (struct spi){.sr = SR_TXE, .crcpr = 7, .i2spr = 2};
    update(part);
}

const struct sim_device sim_device_spi = {
    .state_size = sizeof(struct spi),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
};
