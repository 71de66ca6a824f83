/* SPDX-License-Identifier: MIT */
/* Ports A to E and the alternate-function registers (RM0008, chapter 9). pins.c says what is at the
 * pins. */
#include "sim/board/board_internal.h"

enum { CRL = 0x00, CRH = 0x04, IDR = 0x08, ODR = 0x0C, BSRR = 0x10, BRR = 0x14, LCKR = 0x18 };
enum { EVCR = 0x00, MAPR = 0x04, EXTICR1 = 0x08, EXTICR4 = 0x14 };
#define CR_RESET 0x44444444u /* floating inputs */
#define LCKK (1u << 16)
#define MAPR_WRITABLE 0x071FFFFFu
#define MAPR_SWJ_CFG (7u << 24)
#define SWJ_CFG(mapr) ((mapr) >> 24 & 7)

/* --- ports --- */

/* Write 1, 0, 1, then read: the configuration of the chosen pins is fixed until reset (9.2.7). */
static void write_lckr(struct sim_gpio *port, uint32_t value)
{
    static const bool expected[] = {true, false, true};
    uint32_t pins = value & 0xFFFF;

    if (port->lckr & LCKK)
        return;
    bool goes_on = port->lock_step < 3 && ((value & LCKK) != 0) == expected[port->lock_step] &&
                   (port->lock_step == 0 || pins == port->lckr);
    port->lock_step = goes_on ? port->lock_step + 1 : 0;
    port->lckr = pins;
}

/* The first read after the sequence gives LCKK as 0, and it is 1 from then on. */
static uint32_t read_lckr(struct sim_gpio *port)
{
    uint32_t value = port->lckr;

    if (port->lock_step == 3)
        port->lckr |= LCKK;
    return value;
}

/* The four bits of each locked pin keep their value. */
static uint32_t keep_locked(const struct sim_gpio *port, unsigned first, uint32_t old,
                            uint32_t value)
{
    if (!(port->lckr & LCKK))
        return value;
    for (unsigned pin = 0; pin < 8; pin++) {
        uint32_t mask = 15u << pin * 4;
        if (port->lckr & 1u << (first + pin))
            value = (value & ~mask) | (old & mask);
    }
    return value;
}

static bool read_gpio(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t *value)
{
    struct sim_gpio *port = &board->chip.gpio[unit];

    switch (offset) {
    case CRL:
        *value = port->crl;
        break;
    case CRH:
        *value = port->crh;
        break;
    case IDR:
        *value = sim_pins_read(board, unit);
        break;
    case ODR:
        *value = port->odr;
        break;
    case LCKR:
        *value = read_lckr(port);
        break;
    default:
        *value = 0;
    }
    return true;
}

static bool write_gpio(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t value)
{
    struct sim_gpio *port = &board->chip.gpio[unit];

    switch (offset) {
    case CRL:
        port->crl = keep_locked(port, 0, port->crl, value);
        break;
    case CRH:
        port->crh = keep_locked(port, 8, port->crh, value);
        break;
    case ODR:
        port->odr = value & 0xFFFF;
        break;
    case BSRR: /* set wins over reset */
        port->odr = (port->odr & ~(value >> 16)) | (value & 0xFFFF);
        break;
    case BRR:
        port->odr &= ~(value & 0xFFFF);
        break;
    case LCKR:
        write_lckr(port, value);
        break;
    default:
        break;
    }
    return true;
}

static void reset_gpio(struct sim_board *board, unsigned unit)
{
    board->chip.gpio[unit] = (struct sim_gpio){.crl = CR_RESET, .crh = CR_RESET};
}

/* --- alternate functions --- */

enum sim_swj sim_swj_config(const struct sim_board *board)
{
    return SWJ_CFG(board->chip.afio.mapr);
}

/* SWJ_CFG changes by the four codes that mean something; the others have no effect (9.4.2), and
 * ST's libraries write 111 with every remap to leave it alone. The manual promises nothing for a
 * read; ST's own examples wait until they read what they wrote. */
static void write_mapr(struct sim_afio *afio, uint32_t value)
{
    uint32_t code = SWJ_CFG(value);
    bool means_something = (code & (code - 1)) == 0;

    if (!means_something)
        value = (value & ~MAPR_SWJ_CFG) | (afio->mapr & MAPR_SWJ_CFG);
    afio->mapr = value & MAPR_WRITABLE;
}

static bool read_afio(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t *value)
{
    const struct sim_afio *afio = &board->chip.afio;

    *value = 0;
    if (offset == EVCR)
        *value = afio->evcr;
    else if (offset == MAPR)
        *value = afio->mapr;
    else if (offset >= EXTICR1 && offset <= EXTICR4)
        *value = afio->exticr[(offset - EXTICR1) / 4];
    return true;
}

static bool write_afio(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t value)
{
    struct sim_afio *afio = &board->chip.afio;

    if (offset == EVCR)
        afio->evcr = value & 0xFF;
    else if (offset == MAPR)
        write_mapr(afio, value);
    else if (offset >= EXTICR1 && offset <= EXTICR4)
        afio->exticr[(offset - EXTICR1) / 4] = value & 0xFFFF;
    return true;
}

static void reset_afio(struct sim_board *board, unsigned unit)
{
    board->chip.afio = (struct sim_afio){0};
}

const struct sim_device sim_device_gpio = {read_gpio, write_gpio, reset_gpio, NULL};
const struct sim_device sim_device_afio = {read_afio, write_afio, reset_afio, NULL};
