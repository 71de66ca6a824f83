/* SPDX-License-Identifier: MIT */
/* `pyocd gdbserver` (argparse, port 3333): ends when gdb detaches, unless --persist or gdb said
 * extended-remote. `monitor reset` halts, which gdb believes anyway and Cortex-Debug relies on. */
#include <string.h>

#include "personality_internal.h"

static bool set_connect(struct personality_reading *reading)
{
    if (strcmp(reading->value, "under-reset") == 0)
        return personality_under_reset(reading);
    if (strcmp(reading->value, "attach") == 0)
        return personality_attach(reading);
    return true; /* halt, pre-reset: gdb halts when it comes */
}

/* -O name=value: session options, most of them about what is found out or always done here. */
static bool set_session_option(struct personality_reading *reading)
{
    static const char on[] = "enable_swv=1";

    if (strncmp(reading->value, on, sizeof on - 1) == 0)
        personality_warn(reading, "-O %s: no SWO data yet; debugging goes on without",
                         reading->value);
    return true;
}

static const struct personality_option options[] = {
    {"-p --port --port-number", PERSONALITY_VALUE, personality_gdb_port, NULL},
    {"-T --telnet-port", PERSONALITY_VALUE, personality_ignore, NULL}, /* semihosting's console */
    {"-R --probe-server-port", PERSONALITY_VALUE, personality_ignore, NULL},
    {"-u --uid --probe -b --board --board-id", PERSONALITY_VALUE, personality_probe, NULL},
    {"-t --target", PERSONALITY_VALUE, personality_ignore, NULL}, /* found by itself */
    {"-f --frequency", PERSONALITY_VALUE, personality_hz, NULL},
    {"-M --connect", PERSONALITY_VALUE, set_connect, NULL},
    {"-O --option", PERSONALITY_VALUE, set_session_option, NULL},
    {"-c --command", PERSONALITY_VALUE, personality_command, NULL},
    {"--persist", PERSONALITY_NONE, personality_stay, NULL},
    {"-W --no-wait", PERSONALITY_NONE, personality_ignore, NULL},
    {"-j --project --dir --project-dir", PERSONALITY_VALUE, personality_ignore, NULL},
    {"--pack", PERSONALITY_VALUE, personality_ignore, NULL},
    {"--config", PERSONALITY_VALUE, personality_without, "configuration files are not read"},
    {"--script", PERSONALITY_VALUE, personality_without, "Python scripts are not run"},
    {"--no-config", PERSONALITY_NONE, personality_ignore, NULL},
    {"-C", PERSONALITY_VALUE, personality_ignore, NULL}, /* -Ch: colours by hand */
    {"--color", PERSONALITY_OPTIONAL, personality_ignore, NULL},
    {"-e --erase", PERSONALITY_VALUE, personality_ignore, NULL}, /* what must be, always */
    {"--trust-crc", PERSONALITY_NONE, personality_ignore, NULL},
    {"-S --semihosting", PERSONALITY_NONE, personality_ignore, NULL}, /* always on */
    {"--elf", PERSONALITY_VALUE, personality_ignore, NULL},
    {"--core", PERSONALITY_VALUE, personality_ignore, NULL},
    {"-d -da --daparg", PERSONALITY_VALUE, personality_ignore, NULL},
    {"-L --log-level", PERSONALITY_VALUE, personality_ignore, NULL},
    {"-v --verbose", PERSONALITY_NONE, personality_ignore, NULL},
    {"-q --quiet", PERSONALITY_NONE, personality_ignore, NULL},
    {"--allow-remote", PERSONALITY_NONE, personality_without,
     "only this machine may connect; 'probed --gdb 0.0.0.0:3333' opens it to all"},
    {"-V --version", PERSONALITY_NONE, personality_version, NULL},
    {"-h --help", PERSONALITY_NONE, personality_help, NULL},
};

static const struct personality_line lines[] = {
    {"gdb", false, "GDB server listening on port ", " (core 0)"},
};

static bool begin(struct personality_reading *reading, int argc, const char *const argv[],
                  int *first)
{
    if (argc > 1 && argv[1][0] == '-')
        return true; /* --version, --help */
    if (argc < 2 || (strcmp(argv[1], "gdbserver") != 0 && strcmp(argv[1], "gdb") != 0))
        return personality_wrong(reading,
                                 "of pyocd's commands only gdbserver is here, not '%s'; 'probed "
                                 "--help' lists probed's own for flash, erase and the like",
                                 argc > 1 ? argv[1] : "");
    *first = 2;
    return true;
}

const struct personality personality_pyocd = {
    .name = "pyocd",
    .port = 3333,
    .once = true,
    .stays_if_extended = true,
    .reset_halts = true,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
    .begin = begin,
};
