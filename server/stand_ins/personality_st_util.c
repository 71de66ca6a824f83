/* SPDX-License-Identifier: MIT */
/* st-util of the stlink tools 1.7 and 1.8: getopt_long, port 4242, ends when gdb leaves. */
#include "personality_internal.h"

static const struct personality_option options[] = {
    {"-p --listen_port", PERSONALITY_VALUE, personality_gdb_port, NULL},
    {"-m --multi", PERSONALITY_NONE, personality_stay, NULL},
    {"-n --no-reset --hot-plug", PERSONALITY_NONE, personality_attach, NULL},
    {"-u --connect-under-reset", PERSONALITY_NONE, personality_under_reset, NULL},
    {"-F --freq", PERSONALITY_VALUE, personality_khz, NULL},
    {"--serial", PERSONALITY_VALUE, personality_probe, NULL},
    {"-v --verbose", PERSONALITY_OPTIONAL, personality_ignore, NULL},
    {"--semihosting", PERSONALITY_NONE, personality_ignore, NULL}, /* it is always on */
    {"-1 --stlinkv1", PERSONALITY_NONE, personality_ignore, NULL}, /* found by itself */
    {"-s --stlink_version", PERSONALITY_VALUE, personality_ignore, NULL},
    {"-V --version", PERSONALITY_NONE, personality_version, NULL},
    {"-h --help", PERSONALITY_NONE, personality_help, NULL},
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
