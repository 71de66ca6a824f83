/* SPDX-License-Identifier: MIT */
/* Ports of the STM32F1 and its alternate-function registers (RM0008, chapter 9). pins.c says what
 * is at the pins. */
#include "sim/stm32/stm32_internal.h"

enum { CRL = 0x00, CRH = 0x04, IDR = 0x08, ODR = 0x0C, BSRR = 0x10, BRR = 0x14, LCKR = 0x18 };
enum { EVCR = 0x00, MAPR = 0x04, EXTICR1 = 0x08, EXTICR4 = 0x14 };
#define CR_RESET 0x44444444u /* floating inputs */
#define LCKK (1u << 16)
#define MAPR_WRITABLE 0x071FFFFFu
#define MAPR_SWJ_CFG (7u << 24)
#define SWJ_CFG(mapr) ((mapr) >> 24 & 7)
/* AFIO_MAPR.SWJ_CFG: who has the debug pins. */
enum swj { SWJ_FULL = 0, SWJ_NO_NJTRST = 1, SWJ_SWD = 2, SWJ_OFF = 4 };

struct gpio {
    uint32_t crl, crh, odr, lckr;
    uint8_t lock_step;
};

struct afio {
    uint32_t evcr, mapr, exticr[4];
};

/* --- ports --- */

/* Write 1, 0, 1, then read: the configuration of the chosen pins is fixed until reset (9.2.7). */
static void write_lckr(struct gpio *port, uint32_t value)
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
static uint32_t read_lckr(struct gpio *port)
{
    uint32_t value = port->lckr;

    if (port->lock_step == 3)
        port->lckr |= LCKK;
    return value;
}

/* The four bits of each locked pin keep their value. */
static uint32_t keep_locked(const struct gpio *port, unsigned first, uint32_t old, uint32_t value)
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

static bool read_gpio(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct gpio *port = part->state;

    switch (offset) {
    case CRL:
        *value = port->crl;
        break;
    case CRH:
        *value = port->crh;
        break;
    case IDR:
        *value = sim_pins_read(part->board, part->row->unit);
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

static bool write_gpio(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct gpio *port = part->state;

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
    sim_exti_look(part->board);
    return true;
}

static void reset_gpio(struct sim_part *part)
{
    *(struct gpio *)part->state = (struct gpio){.crl = CR_RESET, .crh = CR_RESET};
}

/* --- alternate functions --- */

/* SWJ_CFG changes by the four codes that mean something; the others have no effect (9.4.2), and
 * ST's libraries write 111 with every remap to leave it alone. The manual promises nothing for a
 * read; ST's own examples wait until they read what they wrote. */
static void write_mapr(struct afio *afio, uint32_t value)
{
    uint32_t code = SWJ_CFG(value);
    bool means_something = (code & (code - 1)) == 0;

    if (!means_something)
        value = (value & ~MAPR_SWJ_CFG) | (afio->mapr & MAPR_SWJ_CFG);
    afio->mapr = value & MAPR_WRITABLE;
}

static bool read_afio(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct afio *afio = part->state;

    *value = 0;
    if (offset == EVCR)
        *value = afio->evcr;
    else if (offset == MAPR)
        *value = afio->mapr;
    else if (offset >= EXTICR1 && offset <= EXTICR4)
        *value = afio->exticr[(offset - EXTICR1) / 4];
    return true;
}

static bool write_afio(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct afio *afio = part->state;

    if (offset == EVCR)
        afio->evcr = value & 0xFF;
    else if (offset == MAPR)
        write_mapr(afio, value);
    else if (offset >= EXTICR1 && offset <= EXTICR4)
        afio->exticr[(offset - EXTICR1) / 4] = value & 0xFFFF;
    sim_exti_look(part->board);
    return true;
}

static void reset_afio(struct sim_part *part)
{
    *(struct afio *)part->state = (struct afio){0};
}

const struct sim_device sim_device_f1_afio = {
    .state_size = sizeof(struct afio),
    .read = read_afio,
    .write = write_afio,
    .reset = reset_afio,
};

/* --- pins --- */

/* Pulled by the chip while they belong to the debug port (9.3.5), whatever their configuration. */
static const struct debug_pin {
    uint8_t port, pin;
    bool level;
    uint8_t until; /* SWJ_CFG up to here: the debug port's */
} debug_pins[] = {
    {SIM_PA, 13, true, SWJ_SWD},       /* JTMS, SWDIO */
    {SIM_PA, 14, false, SWJ_SWD},      /* JTCK, SWCLK */
    {SIM_PA, 15, true, SWJ_NO_NJTRST}, /* JTDI */
    {SIM_PB, 3, false, SWJ_NO_NJTRST}, /* JTDO: nobody drives it */
    {SIM_PB, 4, true, SWJ_FULL},       /* NJTRST */
};

static enum swj swj_config(const struct sim_board *board)
{
    const struct afio *afio = sim_part_of(board, &sim_device_f1_afio)->state;

    return SWJ_CFG(afio->mapr);
}

unsigned sim_f1_exti_port(const struct sim_board *board, unsigned line)
{
    const struct afio *afio = sim_part_of(board, &sim_device_f1_afio)->state;

    return afio->exticr[line / 4] >> line % 4 * 4 & 15;
}

static bool swd_reachable(const struct sim_board *board)
{
    return swj_config(board) != SWJ_OFF;
}

static const struct debug_pin *debug_pin_at(const struct sim_board *board, unsigned port,
                                            unsigned pin)
{
    for (size_t i = 0; i < sizeof debug_pins / sizeof *debug_pins; i++)
        if (debug_pins[i].port == port && debug_pins[i].pin == pin &&
            swj_config(board) <= debug_pins[i].until)
            return &debug_pins[i];
    return NULL;
}

/* CNF in the two upper bits of a pin's four, MODE (0: input) in the lower ones. */
static struct sim_pin pin_of(const struct sim_board *board, unsigned port, unsigned pin)
{
    static const enum sim_pin_kind inputs[] = {SIM_PIN_ANALOG, SIM_PIN_FLOATING, SIM_PIN_PULL_DOWN,
                                               SIM_PIN_RESERVED};
    static const enum sim_pin_kind outputs[] = {SIM_PIN_OUTPUT, SIM_PIN_OPEN_DRAIN,
                                                SIM_PIN_ALTERNATE, SIM_PIN_ALTERNATE_OPEN_DRAIN};
    const struct gpio *gpio = board->ports[port]->state;
    const struct debug_pin *debug = debug_pin_at(board, port, pin);
    unsigned config = (pin < 8 ? gpio->crl : gpio->crh) >> pin % 8 * 4 & 15;
    bool high = gpio->odr >> pin & 1;

    if (debug)
        return (struct sim_pin){SIM_PIN_DEBUG, debug->level};
    enum sim_pin_kind kind = (config & 3 ? outputs : inputs)[config >> 2];
    if (kind == SIM_PIN_PULL_DOWN && high) /* ODR chooses up or down */
        kind = SIM_PIN_PULL_UP;
    return (struct sim_pin){kind, high};
}

const struct sim_device sim_device_f1_gpio = {
    .state_size = sizeof(struct gpio),
    .read = read_gpio,
    .write = write_gpio,
    .reset = reset_gpio,
};
const struct sim_gpio_kind sim_f1_gpio = {
    .device = &sim_device_f1_gpio,
    .pin = pin_of,
    .swd_reachable = swd_reachable,
};
