/* SPDX-License-Identifier: MIT */
/* Controls of pins: a person drives them, and sees how they stand. */
#include <stdio.h>
#include <string.h>

#include "sim/stm32/stm32_internal.h"

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
    const char *hand = !(driven->pins >> pin & 1)  ? "not driven"
                       : driven->levels >> pin & 1 ? "driven to 1"
                                                   : "driven to 0";
    int length = snprintf(text, size, "P%c%u: %s, %s, reads %d\n", 'A' + (int)port, pin,
                          kinds[board->chip->gpio->pin(board, port, pin).kind], hand,
                          sim_pin_level(board, port, pin));

    if (length > 0 && (size_t)length < size)
        return (size_t)length;
    text[0] = '\0';
    return 0;
}

static void list_driven(const struct sim_board *board, char *text, size_t size)
{
    size_t used = 0;

    for (unsigned i = 0; i < SIM_PORTS_MAX * SIM_PINS; i++)
        if (board->driven[i / SIM_PINS].pins >> i % SIM_PINS & 1)
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
    sim_exti_look(board);
    sim_pwr_look(board);
    describe(board, port, number, reply, reply_size);
    return true;
}
