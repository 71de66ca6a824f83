/* SPDX-License-Identifier: MIT */
/* What is at the pins: outputs drive, inputs see what controls or the board do to them, and float
 * to their pull. */
#include <stdio.h>
#include <string.h>

#include "sim/stm32/stm32_internal.h"

/* --- levels --- */

static struct sim_pin pin_of(const struct sim_board *board, unsigned port, unsigned pin)
{
    return board->chip->gpio->pin(board, port, pin);
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

static bool board_pull(const struct sim_board *board, unsigned port, unsigned pin)
{
    return board->model->pulled_up[port] >> pin & 1;
}

static bool level_of(const struct sim_board *board, unsigned port, unsigned pin)
{
    struct sim_pin set = pin_of(board, port, pin);

    switch (set.kind) {
    case SIM_PIN_ANALOG: /* its Schmitt trigger is off: 0 */
        return false;
    case SIM_PIN_DEBUG:
        return outside(board, port, pin, set.high);
    case SIM_PIN_PULL_UP:
    case SIM_PIN_PULL_DOWN:
        return outside(board, port, pin, set.kind == SIM_PIN_PULL_UP);
    case SIM_PIN_FLOATING:
    case SIM_PIN_RESERVED:
        return outside(board, port, pin, board_pull(board, port, pin));
    case SIM_PIN_OPEN_DRAIN:
    case SIM_PIN_ALTERNATE_OPEN_DRAIN:
        /* It lets go of its pin; those that use it have a resistor to the supply. */
        return set.high && outside(board, port, pin, true);
    default:
        return set.high;
    }
}

uint32_t sim_pins_read(const struct sim_board *board, unsigned port)
{
    uint32_t levels = 0;

    for (unsigned pin = 0; pin < SIM_PINS; pin++)
        if (level_of(board, port, pin))
            levels |= UINT32_C(1) << pin;
    return levels;
}

/* --- controls --- */

static const char *const kinds[] = {
    [SIM_PIN_ANALOG] = "analog input",
    [SIM_PIN_FLOATING] = "floating input",
    [SIM_PIN_PULL_UP] = "input with pull-up",
    [SIM_PIN_PULL_DOWN] = "input with pull-down",
    [SIM_PIN_RESERVED] = "reserved configuration",
    [SIM_PIN_OUTPUT] = "output",
    [SIM_PIN_OPEN_DRAIN] = "open-drain output",
    [SIM_PIN_ALTERNATE] = "alternate output",
    [SIM_PIN_ALTERNATE_OPEN_DRAIN] = "alternate open-drain output",
    [SIM_PIN_DEBUG] = "debug port's",
};

/* "PA0: floating input, driven to 1, reads 1"; nothing if there is no room. */
static size_t describe(const struct sim_board *board, unsigned port, unsigned pin, char *text,
                       size_t size)
{
    const struct sim_driven *driven = &board->driven[port];
    const char *hand = !is_driven(board, port, pin) ? "not driven"
                       : driven->levels >> pin & 1  ? "driven to 1"
                                                    : "driven to 0";
    int length = snprintf(text, size, "P%c%u: %s, %s, reads %d\n", 'A' + (int)port, pin,
                          kinds[pin_of(board, port, pin).kind], hand, level_of(board, port, pin));

    if (length > 0 && (size_t)length < size)
        return (size_t)length;
    text[0] = '\0';
    return 0;
}

static void list_driven(const struct sim_board *board, char *text, size_t size)
{
    size_t used = 0;

    for (unsigned i = 0; i < SIM_PORTS_MAX * SIM_PINS; i++)
        if (is_driven(board, i / SIM_PINS, i % SIM_PINS))
            used += describe(board, i / SIM_PINS, i % SIM_PINS, text + used, size - used);
    if (used == 0)
        snprintf(text, size, "no pin is driven; sim pin PA0 1 drives one\n");
}

/* "PA0" to the last port's 15, in any case. */
static bool parse_pin(const struct sim_board *board, const char *text, unsigned *port,
                      unsigned *pin)
{
    char letter;
    int used = 0;

    if (sscanf(text, "%*1[Pp]%c%2u%n", &letter, pin, &used) != 2 || text[used] != '\0')
        return false;
    letter = (char)(letter | 0x20);
    *port = (unsigned)(letter - 'a');
    return letter >= 'a' && *port < SIM_PORTS_MAX && board->ports[*port] && *pin < SIM_PINS;
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

static char last_port(const struct sim_board *board)
{
    unsigned port = SIM_PORTS_MAX - 1;

    while (!board->ports[port])
        port--;
    return (char)('A' + port);
}

bool sim_pins_hand(struct sim_board *board, const char *pin, const char *level, char *reply,
                   size_t reply_size)
{
    unsigned port, number;

    if (!pin) {
        list_driven(board, reply, reply_size);
        return true;
    }
    if (!parse_pin(board, pin, &port, &number)) {
        char last = last_port(board);
        snprintf(reply, reply_size, "'%.20s' is no pin: they are PA0 to PA15, up to P%c0 to P%c15",
                 pin, last, last);
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
