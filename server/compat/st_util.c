/* SPDX-License-Identifier: MIT */
/* st-util of the stlink tools 1.7 and 1.8: getopt_long, port 4242, ends when gdb leaves. */
#include <stdlib.h>

#include "compat/compat_internal.h"

/* -v alone, or their levels: 20 errors, 30 warnings, 50 info, 90 debug. */
static bool set_verbosity(struct compat_reading *reading)
{
    int level = reading->value ? atoi(reading->value) : 90;

    reading->options->log_level = level >= 90   ? LOG_DEBUG
                                  : level >= 50 ? LOG_INFO
                                  : level >= 30 ? LOG_WARN
                                                : LOG_ERROR;
    return true;
}

static const struct compat_option options[] = {
    {"-p --listen_port", COMPAT_VALUE, compat_gdb_port, "the port for gdb; 4242"},
    {"-m --multi", COMPAT_NONE, compat_stay, "do not end with gdb"},
    {"-n --no-reset --hot-plug", COMPAT_NONE, compat_attach, "never reset to connect"},
    {"-u --connect-under-reset", COMPAT_NONE, compat_under_reset, "hold NRST while connecting"},
    {"-F --freq", COMPAT_VALUE, compat_khz, "highest SWD clock, in kHz or as 1.8M"},
    {"--serial", COMPAT_VALUE, compat_probe, "(part of) the probe's serial number"},
    {"-v --verbose", COMPAT_OPTIONAL, set_verbosity,
     "how much is logged: 20 errors, 30 warnings, 50 info, 90 all"},
    {"--semihosting", COMPAT_NONE, compat_ignore, "always on"},
    {"-1 --stlinkv1", COMPAT_NONE, compat_ignore, "the probe is found by itself"},
    {"-s --stlink_version", COMPAT_VALUE, compat_ignore, "the probe is found by itself"},
    {"-V --version", COMPAT_NONE, compat_version, "print the version"},
    {"-h --help", COMPAT_NONE, compat_help, "print this"},
};

static const struct compat_line lines[] = {
    {"gdb", false, "Listening at *:", "..."},
};

const struct compat compat_st_util = {
    .name = "st-util",
    .port = 4242,
    .once = true,
    .needs_target = true,
    .launches = true, /* it resets, unless it is told to attach */
    .reset_halts = true,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
};
