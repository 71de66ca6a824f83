/* SPDX-License-Identifier: MIT */
/* st-util of the stlink tools 1.7 and 1.8: getopt_long, port 4242, ends when gdb leaves. */
#include <stdlib.h>

#include "compat/compat_internal.h"

/* -v alone, or their levels: 20 errors, 30 warnings, 50 info, 90 debug. */
static bool set_verbosity(struct personality_reading *reading)
{
    int level = reading->value ? atoi(reading->value) : 90;

    reading->options->log_level = level >= 90   ? LOG_DEBUG
                                  : level >= 50 ? LOG_INFO
                                  : level >= 30 ? LOG_WARN
                                                : LOG_ERROR;
    return true;
}

static const struct personality_option options[] = {
    {"-p --listen_port", PERSONALITY_VALUE, personality_gdb_port, "the port for gdb; 4242"},
    {"-m --multi", PERSONALITY_NONE, personality_stay, "do not end with gdb"},
    {"-n --no-reset --hot-plug", PERSONALITY_NONE, personality_attach, "never reset to connect"},
    {"-u --connect-under-reset", PERSONALITY_NONE, personality_under_reset,
     "hold NRST while connecting"},
    {"-F --freq", PERSONALITY_VALUE, personality_khz, "highest SWD clock, in kHz or as 1.8M"},
    {"--serial", PERSONALITY_VALUE, personality_probe, "(part of) the probe's serial number"},
    {"-v --verbose", PERSONALITY_OPTIONAL, set_verbosity,
     "how much is logged: 20 errors, 30 warnings, 50 info, 90 all"},
    {"--semihosting", PERSONALITY_NONE, personality_ignore, "always on"},
    {"-1 --stlinkv1", PERSONALITY_NONE, personality_ignore, "the probe is found by itself"},
    {"-s --stlink_version", PERSONALITY_VALUE, personality_ignore, "the probe is found by itself"},
    {"-V --version", PERSONALITY_NONE, personality_version, "print the version"},
    {"-h --help", PERSONALITY_NONE, personality_help, "print this"},
};

static const struct personality_line lines[] = {
    {"gdb", false, "Listening at *:", "..."},
};

const struct personality personality_st_util = {
    .name = "st-util",
    .port = 4242,
    .once = true,
    .needs_target = true,
    .reset_halts = true,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
};
