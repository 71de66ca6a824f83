/* SPDX-License-Identifier: MIT */
/* What is at the pins of ports A to E (RM0008, 9.1): outputs drive, inputs see what controls or the
 * board do to them, and float to their pull. */
#include <stdio.h>
#include <string.h>

#include "sim/board/board_internal.h"

/* CNF in the two upper bits of a pin's four, MODE (0: input) in the lower ones. */
#define MODE(config) ((config)&3u)
#define CNF(config) ((config) >> 2)
enum { ANALOG = 0, FLOATING = 1, PULLED = 2 };                                   /* inputs */
enum { PUSH_PULL = 0, OPEN_DRAIN = 1, ALTERNATE = 2, ALTERNATE_OPEN_DRAIN = 3 }; /* outputs */

enum { PA, PB, PC };

/* Pulled by the chip while they belong to the debug port (9.3.5), whatever their configuration. */
static const struct debug_pin {
    uint8_t port, pin;
    bool level;
    uint8_t until; /* SWJ_CFG up to here: the debug port's */
} debug_pins[] = {
    {PA, 13, true, SIM_SWJ_SWD},       /* JTMS, SWDIO */
    {PA, 14, false, SIM_SWJ_SWD},      /* JTCK, SWCLK */
    {PA, 15, true, SIM_SWJ_NO_NJTRST}, /* JTDI */
    {PB, 3, false, SIM_SWJ_NO_NJTRST}, /* JTDO: nobody drives it */
    {PB, 4, true, SIM_SWJ_FULL},       /* NJTRST */
};

/* What the Blue Pill has at its pins that makes a floating one read 1. All else reads 0: BOOT1's
 * jumper holds PB2 there, the others are in the air. */
static const struct {
    uint8_t port, pin;
} pulled_up[] = {
    {PC, 13}, /* the LED and its resistor, to the supply */
};

/* --- levels --- */

static unsigned config_of(const struct sim_gpio *port, unsigned pin)
{
    return (pin < 8 ? port->crl : port->crh) >> (pin % 8) * 4 & 15;
}

static const struct debug_pin *debug_pin_at(const struct sim_board *board, unsigned port,
                                            unsigned pin)
{
    for (size_t i = 0; i < sizeof debug_pins / sizeof *debug_pins; i++)
        if (debug_pins[i].port == port && debug_pins[i].pin == pin &&
            sim_swj_config(board) <= debug_pins[i].until)
            return &debug_pins[i];
    return NULL;
}

static bool is_driven(const struct sim_board *board, unsigned port, unsigned pin)
{
    return board->driven[port].pins >> pin & 1;
}

/* What comes from outside, or `pull` if nothing does. */
static bool outside(const struct sim_board *board, unsigned port, unsigned pin, bool pull)
{
    return is_driven(board, port, pin) ? board->driven[port].levels >> pin & 1 : pull;
}

static bool board_pull(unsigned port, unsigned pin)
{
    for (size_t i = 0; i < sizeof pulled_up / sizeof *pulled_up; i++)
        if (pulled_up[i].port == port && pulled_up[i].pin == pin)
            return true;
    return false;
}

static bool input_level(const struct sim_board *board, unsigned port, unsigned pin, unsigned cnf)
{
    switch (cnf) {
    case ANALOG: /* its Schmitt trigger is off: 0 */
        return false;
    case PULLED: /* ODR chooses up or down */
        return outside(board, port, pin, board->chip.gpio[port].odr >> pin & 1);
    default:
        return outside(board, port, pin, board_pull(port, pin));
    }
}

static bool level_of(const struct sim_board *board, unsigned port, unsigned pin)
{
    const struct sim_gpio *gpio = &board->chip.gpio[port];
    const struct debug_pin *debug = debug_pin_at(board, port, pin);
    unsigned config = config_of(gpio, pin);
    bool high = gpio->odr >> pin & 1;

    if (debug)
        return outside(board, port, pin, debug->level);
    if (MODE(config) == 0)
        return input_level(board, port, pin, CNF(config));
    if (!high || CNF(config) == PUSH_PULL || CNF(config) == ALTERNATE)
        return high;
    /* An open drain lets go of its pin; those that use it have a resistor to the supply. */
    return outside(board, port, pin, true);
}

uint32_t sim_pins_read(const struct sim_board *board, unsigned port)
{
    uint32_t levels = 0;

    for (unsigned pin = 0; pin < 16; pin++)
        if (level_of(board, port, pin))
            levels |= UINT32_C(1) << pin;
    return levels;
}

/* --- controls --- */

static const char *kind_of(const struct sim_board *board, unsigned port, unsigned pin)
{
    static const char *const inputs[] = {"analog input", "floating input", "input with pull-down",
                                         "reserved configuration"};
    static const char *const outputs[] = {"output", "open-drain output", "alternate output",
                                          "alternate open-drain output"};
    unsigned config = config_of(&board->chip.gpio[port], pin);

    if (debug_pin_at(board, port, pin))
        return "debug port's";
    if (MODE(config) != 0)
        return outputs[CNF(config)];
    if (CNF(config) == PULLED && board->chip.gpio[port].odr >> pin & 1)
        return "input with pull-up";
    return inputs[CNF(config)];
}

/* "PA0: floating input, driven to 1, reads 1"; nothing if there is no room. */
static size_t describe(const struct sim_board *board, unsigned port, unsigned pin, char *text,
                       size_t size)
{
    const struct sim_driven *driven = &board->driven[port];
    const char *hand = !is_driven(board, port, pin) ? "not driven"
                       : driven->levels >> pin & 1  ? "driven to 1"
                                                    : "driven to 0";
    int length = snprintf(text, size, "P%c%u: %s, %s, reads %d\n", 'A' + (int)port, pin,
                          kind_of(board, port, pin), hand, level_of(board, port, pin));

    if (length > 0 && (size_t)length < size)
        return (size_t)length;
    text[0] = '\0';
    return 0;
}

static void list_driven(const struct sim_board *board, char *text, size_t size)
{
    size_t used = 0;

    for (unsigned i = 0; i < SIM_GPIO_PORTS * 16; i++)
        if (is_driven(board, i / 16, i % 16))
            used += describe(board, i / 16, i % 16, text + used, size - used);
    if (used == 0)
        snprintf(text, size, "no pin is driven; sim pin PA0 1 drives one\n");
}

/* "PA0" to "PE15", in any case. */
static bool parse_pin(const char *text, unsigned *port, unsigned *pin)
{
    char letter;
    int used = 0;

    if (sscanf(text, "%*1[Pp]%c%2u%n", &letter, pin, &used) != 2 || text[used] != '\0')
        return false;
    letter = (char)(letter | 0x20);
    *port = (unsigned)(letter - 'a');
    return letter >= 'a' && *port < SIM_GPIO_PORTS && *pin < 16;
}

/* True: done. */
static bool drive(struct sim_driven *driven, unsigned pin, const char *level)
{
    uint16_t bit = (uint16_t)(1u << pin);

    if (strcmp(level, "0") != 0 && strcmp(level, "1") != 0 && strcmp(level, "float") != 0)
        return false;
    driven->pins = (uint16_t)(level[0] == 'f' ? driven->pins & ~bit : driven->pins | bit);
    driven->levels = (uint16_t)(level[0] == '1' ? driven->levels | bit : driven->levels & ~bit);
    return true;
}

bool sim_pins_hand(struct sim_board *board, const char *pin, const char *level, char *reply,
                   size_t reply_size)
{
    unsigned port, number;

    if (!pin) {
        list_driven(board, reply, reply_size);
        return true;
    }
    if (!parse_pin(pin, &port, &number)) {
        snprintf(reply, reply_size, "'%.20s' is no pin: they are PA0 to PA15, up to PE0 to PE15",
                 pin);
        return false;
    }
    if (level && !drive(&board->driven[port], number, level)) {
        snprintf(reply, reply_size, "'%.20s' is no level: a pin is driven to 0 or 1, or to float",
                 level);
        return false;
    }
    describe(board, port, number, reply, reply_size);
    return true;
}
