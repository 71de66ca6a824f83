/* SPDX-License-Identifier: MIT */
/* Ports of all families but STM32F1 (RM0368, chapter 8). pins.c says what is at the pins. */
#include "sim/stm32/stm32_internal.h"

enum {
    MODER = 0x00,
    OTYPER = 0x04,
    OSPEEDR = 0x08,
    PUPDR = 0x0C,
    IDR = 0x10,
    ODR = 0x14,
    BSRR = 0x18,
    LCKR = 0x1C,
    AFRL = 0x20,
    AFRH = 0x24,

    REGISTERS = AFRH / 4 + 1,
};
#define LCKK (1u << 16)
enum { MODE_INPUT, MODE_OUTPUT, MODE_ALTERNATE, MODE_ANALOG };
enum { PULL_NONE, PULL_UP, PULL_DOWN };
enum { SWDIO = 13, SWCLK = 14 }; /* of port A */

struct gpio {
    uint32_t registers[REGISTERS]; /* by offset / 4 */
    uint8_t lock_step;
};

/* The configuration of one pin in a register, which has 1, 2 or 4 bits for each. */
static unsigned field(const struct gpio *gpio, uint32_t offset, unsigned bits, unsigned pin)
{
    return gpio->registers[offset / 4] >> pin * bits & ((1u << bits) - 1);
}

static unsigned alternate(const struct gpio *gpio, unsigned pin)
{
    return field(gpio, pin < 8 ? AFRL : AFRH, 4, pin % 8);
}

/* --- the lock --- */

/* Write 1, 0, 1, then read: the configuration of the chosen pins is fixed until reset (8.4.8). */
static void write_lckr(struct gpio *gpio, uint32_t value)
{
    uint32_t *lckr = &gpio->registers[LCKR / 4], pins = value & 0xFFFF;
    bool wanted = gpio->lock_step != 1;

    if (*lckr & LCKK)
        return;
    bool goes_on = gpio->lock_step < 3 && ((value & LCKK) != 0) == wanted &&
                   (gpio->lock_step == 0 || pins == *lckr);
    gpio->lock_step = goes_on ? gpio->lock_step + 1 : 0;
    *lckr = pins;
}

static uint32_t read_lckr(struct gpio *gpio)
{
    uint32_t value = gpio->registers[LCKR / 4];

    if (gpio->lock_step == 3)
        gpio->registers[LCKR / 4] |= LCKK;
    return value;
}

/* Bits of a register that are fixed: those of the locked pins. */
static uint32_t locked_bits(const struct gpio *gpio, uint32_t offset)
{
    unsigned bits = offset >= AFRL ? 4 : offset == OTYPER ? 1 : 2;
    unsigned first = offset == AFRH ? 8 : 0, count = offset >= AFRL ? 8 : SIM_PINS;
    uint32_t lckr = gpio->registers[LCKR / 4], mask = 0;

    if (!(lckr & LCKK) || offset == ODR)
        return 0;
    for (unsigned i = 0; i < count; i++)
        if (lckr & 1u << (first + i))
            mask |= ((1u << bits) - 1) << i * bits;
    return mask;
}

/* --- registers --- */

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct gpio *gpio = part->state;

    if (offset == IDR)
        *value = sim_pins_read(part->board, part->row->unit);
    else if (offset == LCKR)
        *value = read_lckr(gpio);
    else
        *value = offset <= AFRH && offset != BSRR ? gpio->registers[offset / 4] : 0;
    return true;
}

static void write_plain(struct gpio *gpio, uint32_t offset, uint32_t value)
{
    uint32_t *reg = &gpio->registers[offset / 4], locked = locked_bits(gpio, offset);

    if (offset == OTYPER || offset == ODR)
        value &= 0xFFFF;
    *reg = (*reg & locked) | (value & ~locked);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct gpio *gpio = part->state;
    uint32_t *odr = &gpio->registers[ODR / 4];

    if (offset == BSRR) /* set wins over reset */
        *odr = (*odr & ~(value >> 16)) | (value & 0xFFFF);
    else if (offset == LCKR)
        write_lckr(gpio, value);
    else if (offset <= AFRH && offset != IDR)
        write_plain(gpio, offset, value);
    sim_exti_look(part->board);
    return true;
}

/* The debug port's pins are its own from the start (8.3.1). */
static void reset(struct sim_part *part)
{
    struct gpio *gpio = part->state;

    *gpio = (struct gpio){0};
    if (part->board->chip->gpio->analog)
        gpio->registers[MODER / 4] = UINT32_MAX;
    if (part->row->unit == SIM_PA && part->board->chip->gpio->no_jtag) {
        gpio->registers[MODER / 4] &= ~(0x3C000000 | part->board->chip->gpio->inputs_of_a);
        gpio->registers[MODER / 4] |= 0x28000000; /* RM0360, 8.4.1; RM0444, 7.4.1 */
        gpio->registers[OSPEEDR / 4] = 0x0C000000;
        gpio->registers[PUPDR / 4] = 0x24000000;
    } else if (part->row->unit == SIM_PA) {
        gpio->registers[MODER / 4] &= 0xABFFFFFF;
        gpio->registers[MODER / 4] |= 0xA8000000;
        gpio->registers[OSPEEDR / 4] = 0x0C000000;
        gpio->registers[PUPDR / 4] = 0x64000000;
    } else if (part->row->unit == SIM_PB && !part->board->chip->gpio->no_jtag) {
        gpio->registers[MODER / 4] &= 0xFFFFFEBF;
        gpio->registers[MODER / 4] |= 0x00000280;
        gpio->registers[OSPEEDR / 4] = 0x000000C0;
        gpio->registers[PUPDR / 4] = 0x00000100;
    }
}

/* --- pins --- */

static bool is_debug_pin(const struct sim_board *board, unsigned port, unsigned pin)
{
    const struct gpio *gpio = board->ports[port]->state;
    bool swd = port == SIM_PA && (pin == SWDIO || pin == SWCLK);
    bool jtag = port == SIM_PA ? pin == 15 : port == SIM_PB && (pin == 3 || pin == 4);
    bool may_be = swd || (jtag && !board->chip->gpio->no_jtag);

    return may_be && field(gpio, MODER, 2, pin) == MODE_ALTERNATE && alternate(gpio, pin) == 0;
}

static struct sim_pin pin_of(const struct sim_board *board, unsigned port, unsigned pin)
{
    static const enum sim_pin_kind inputs[] = {SIM_PIN_FLOATING, SIM_PIN_PULL_UP, SIM_PIN_PULL_DOWN,
                                               SIM_PIN_RESERVED};
    static const enum sim_pin_kind outputs[2][2] = {
        {SIM_PIN_OUTPUT, SIM_PIN_OPEN_DRAIN}, {SIM_PIN_ALTERNATE, SIM_PIN_ALTERNATE_OPEN_DRAIN}};
    const struct gpio *gpio = board->ports[port]->state;
    unsigned mode = field(gpio, MODER, 2, pin), pull = field(gpio, PUPDR, 2, pin);
    bool high = gpio->registers[ODR / 4] >> pin & 1;

    if (is_debug_pin(board, port, pin))
        return (struct sim_pin){SIM_PIN_DEBUG, pull == PULL_UP};
    if (mode == MODE_ANALOG)
        return (struct sim_pin){SIM_PIN_ANALOG, high};
    if (mode == MODE_INPUT)
        return (struct sim_pin){inputs[pull], high};
    return (struct sim_pin){outputs[mode == MODE_ALTERNATE][field(gpio, OTYPER, 1, pin)], high};
}

static bool swd_reachable(const struct sim_board *board)
{
    return is_debug_pin(board, SIM_PA, SWDIO) && is_debug_pin(board, SIM_PA, SWCLK);
}

const struct sim_device sim_device_gpio = {
    .state_size = sizeof(struct gpio),
    .read = read,
    .write = write,
    .reset = reset,
};
#define KIND .device = &sim_device_gpio, .pin = pin_of, .swd_reachable = swd_reachable
const struct sim_gpio_kind sim_gpio = {KIND};
const struct sim_gpio_kind sim_gpio_swd = {KIND, .no_jtag = true};
const struct sim_gpio_kind sim_gpio_analog = {KIND, .analog = true};
const struct sim_gpio_kind sim_gpio_swd_analog = {KIND, .no_jtag = true, .analog = true};
/* RM0367, 9.4.1: PA4 is an input. */
const struct sim_gpio_kind sim_gpio_l0 = {KIND, .no_jtag = true, .analog = true,
                                          .inputs_of_a = 0x00000300};
