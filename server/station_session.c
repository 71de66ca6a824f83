/* SPDX-License-Identifier: MIT */
#include "station_session.h"

#include "commands/monitor.h"

/* What is to be carried out once connected would wait for ever for a chip that answers only after a
 * reset, and resets it anyway. */
static bool command_resets(const struct options *options)
{
    for (size_t i = 0; i < options->command_count; i++)
        if (!options->command_is_file[i] && monitor_resets(options->commands[i]))
            return true;
    return false;
}

struct session_options station_session(const struct options *options)
{
    return (struct session_options){
        .connect = options->connect,
        .launches = options->launches || command_resets(options),
        .speed_khz = options->speed_khz,
        .vtref_mv = options->vtref_mv,
        .flash_size = options->flash_size,
        .reset_halts = options->reset_halts,
        .load_resets = options->load_resets,
        .swo = options->swo_words.count > 0 || options->itm_words.count > 0 ||
               options->swo_clock_hz || options->swo_baud,
        .swo_clock_hz = options->swo_clock_hz,
        .swo_baud =
            options->swo_divider ? options->swo_clock_hz / options->swo_divider : options->swo_baud,
        .rtos = options->rtos,
        .elf = options->elf,
        .rtt = options->rtt_words.count > 0,
        .rtt_drain = options->rtt_drain,
    };
}
