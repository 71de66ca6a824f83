/* SPDX-License-Identifier: MIT */
/* Controls of what the ADC's channels measure. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/stm32/stm32_internal.h"

enum { TEMPERATURE = 16, VREFINT = 17, MAX_MV = 6000 };

/* A whole number below `limit`. */
static bool parse(const char *text, unsigned limit, unsigned *value)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    *value = (unsigned)number;
    return *text >= '0' && *text <= '9' && *end == '\0' && number < limit;
}

static const char *what(unsigned channel)
{
    return channel == TEMPERATURE ? " (temperature)" : channel == VREFINT ? " (reference)" : "";
}

bool sim_adc_control(struct sim_board *board, const char *const words[], char *reply,
                     size_t reply_size)
{
    unsigned channel = 0, mv = 0;

    if (!parse(words[0], SIM_ANALOG_CHANNELS, &channel) ||
        (words[1] && !parse(words[1], MAX_MV + 1, &mv))) {
        snprintf(reply, reply_size, "sim adc CHANNEL [MILLIVOLTS]: channels are 0 to %d",
                 SIM_ANALOG_CHANNELS - 1);
        return false;
    }
    if (words[1])
        board->analog_mv[channel] = mv;
    snprintf(reply, reply_size, "channel %u%s: %u mV\n", channel, what(channel),
             (unsigned)board->analog_mv[channel]);
    return true;
}

/* A chip at 25 degrees Celsius (data sheet, 5.3.19 and 5.3.4); nothing at the pins. */
void sim_adc_init(struct sim_board *board)
{
    board->analog_mv[TEMPERATURE] = 1430;
    board->analog_mv[VREFINT] = 1200;
}
