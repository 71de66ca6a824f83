/* SPDX-License-Identifier: MIT */
/* What is at the pins: outputs drive, inputs see what controls or the board do to them, and float
 * to their pull. */
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

bool sim_pin_level(const struct sim_board *board, unsigned port, unsigned pin)
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

bool sim_pin_driven_high(const struct sim_board *board, unsigned port, unsigned pin)
{
    return outside(board, port, pin, false);
}

uint32_t sim_pins_read(const struct sim_board *board, unsigned port)
{
    uint32_t levels = 0;

    for (unsigned pin = 0; pin < SIM_PINS; pin++)
        if (sim_pin_level(board, port, pin))
            levels |= UINT32_C(1) << pin;
    return levels;
}
