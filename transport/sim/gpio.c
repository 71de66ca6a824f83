/* SPDX-License-Identifier: MIT */
/* Ports A to E and the alternate-function registers (RM0008, chapter 9). Pins see nothing from
 * outside: an input reads its pull resistor, or 0. */
#include "sim/parts.h"

enum { CRL = 0x00, CRH = 0x04, IDR = 0x08, ODR = 0x0C, BSRR = 0x10, BRR = 0x14, LCKR = 0x18 };
enum { PORT_STEP = 0x400 };
enum { EVCR = 0x00, MAPR = 0x04, EXTICR1 = 0x08, EXTICR4 = 0x14 };
#define CR_RESET 0x44444444u /* floating inputs */
#define LCKK (1u << 16)
#define MAPR_WRITABLE 0x071FFFFFu
#define SWJ_CFG(mapr) ((mapr) >> 24 & 7)
enum { SWJ_OFF = 4, CNF_INPUT_PULLED = 2 };

/* --- ports --- */

static struct sim_gpio *port_at(struct sim_board *board, uint32_t offset)
{
    return &board->chip.gpio[offset / PORT_STEP];
}

static uint32_t pin_config(const struct sim_gpio *port, unsigned pin)
{
    return (pin < 8 ? port->crl : port->crh) >> (pin % 8) * 4 & 15;
}

/* Outputs read what they drive, pulled inputs their pull (chosen by ODR). */
static uint32_t read_idr(const struct sim_gpio *port)
{
    uint32_t levels = 0;

    for (unsigned pin = 0; pin < 16; pin++) {
        uint32_t config = pin_config(port, pin);
        bool output = config & 3;
        if (output || config >> 2 == CNF_INPUT_PULLED)
            levels |= port->odr & 1u << pin;
    }
    return levels;
}

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

static uint32_t read_lckr(struct sim_gpio *port)
{
    if (port->lock_step == 3)
        port->lckr |= LCKK;
    return port->lckr;
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

static bool read_gpio(struct sim_board *board, uint32_t offset, uint32_t *value)
{
    struct sim_gpio *port = port_at(board, offset);

    switch (offset % PORT_STEP) {
    case CRL:
        *value = port->crl;
        break;
    case CRH:
        *value = port->crh;
        break;
    case IDR:
        *value = read_idr(port);
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

static bool write_gpio(struct sim_board *board, uint32_t offset, uint32_t value)
{
    struct sim_gpio *port = port_at(board, offset);

    switch (offset % PORT_STEP) {
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

static void reset_gpio(struct sim_board *board)
{
    for (unsigned i = 0; i < SIM_GPIO_PORTS; i++)
        board->chip.gpio[i] = (struct sim_gpio){.crl = CR_RESET, .crh = CR_RESET};
}

/* --- alternate functions --- */

bool sim_swj_connected(const struct sim_board *board)
{
    return SWJ_CFG(board->chip.afio.mapr) < SWJ_OFF;
}

static bool read_afio(struct sim_board *board, uint32_t offset, uint32_t *value)
{
    const struct sim_afio *afio = &board->chip.afio;

    *value = 0;
    if (offset == EVCR)
        *value = afio->evcr;
    else if (offset == MAPR) /* SWJ_CFG is write-only: it reads as anything, here as 0 */
        *value = afio->mapr & ~(7u << 24);
    else if (offset >= EXTICR1 && offset <= EXTICR4)
        *value = afio->exticr[(offset - EXTICR1) / 4];
    return true;
}

static bool write_afio(struct sim_board *board, uint32_t offset, uint32_t value)
{
    struct sim_afio *afio = &board->chip.afio;

    if (offset == EVCR)
        afio->evcr = value & 0xFF;
    else if (offset == MAPR)
        afio->mapr = value & MAPR_WRITABLE;
    else if (offset >= EXTICR1 && offset <= EXTICR4)
        afio->exticr[(offset - EXTICR1) / 4] = value & 0xFFFF;
    return true;
}

static void reset_afio(struct sim_board *board)
{
    board->chip.afio = (struct sim_afio){0};
}

const struct sim_device sim_device_gpio = {
    "GPIO", 0x40010800, SIM_GPIO_PORTS *PORT_STEP, read_gpio, write_gpio, reset_gpio, NULL};
const struct sim_device sim_device_afio = {"AFIO",     0x40010000, 0x400, read_afio,
                                           write_afio, reset_afio, NULL};
