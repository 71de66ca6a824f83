/* SPDX-License-Identifier: MIT */
/* openocd: getopt_long, port 3333, everything on standard error, stays until it is told to go. Its
 * configuration files are Tcl, which is not here: personality_script.c. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "personality_script.h"

static bool take_commands(struct personality_reading *reading)
{
    return personality_script_run(reading, reading->value, "-c");
}

static bool take_file(struct personality_reading *reading)
{
    reading->had_file = true;
    return personality_script_file(reading, reading->value);
}

static bool take_folder(struct personality_reading *reading)
{
    if (reading->folder_count < PERSONALITY_FOLDERS)
        reading->folders[reading->folder_count++] = reading->value;
    return true;
}

static const struct personality_option options[] = {
    {"-f --file", PERSONALITY_VALUE, take_file, NULL},
    {"-c --command", PERSONALITY_VALUE, take_commands, NULL},
    {"-s --search", PERSONALITY_VALUE, take_folder, NULL},
    {"-d --debug", PERSONALITY_OPTIONAL, personality_ignore, NULL},
    {"-l --log_output", PERSONALITY_VALUE, personality_without, "the log goes to standard error"},
    {"-p --pipe", PERSONALITY_NONE, personality_refuse, "say -c 'gdb_port pipe'"},
    {"-v --version", PERSONALITY_NONE, personality_version, NULL},
    {"-h --help", PERSONALITY_NONE, personality_help, NULL},
};

static const struct personality_line lines[] = {
    {"tcl", false, "Info : Listening on port ", " for tcl connections"},
    {"telnet", false, "Info : Listening on port ", " for telnet connections"},
    {"gdb", false, "Info : Listening on port ", " for gdb connections"},
};

/* Without -f the original reads ./openocd.cfg. */
static bool finish(struct personality_reading *reading)
{
    static const char path[] = "openocd.cfg";

    if (!reading->had_file && access(path, R_OK) == 0)
        return personality_script_file(reading, path);
    return true;
}

const struct personality personality_openocd = {
    .name = "openocd",
    /* Scripts look for these words, and for a version behind them as the fourth, the only one in
     * its line: Zephyr's west among them. */
    .version = "Open On-Chip Debugger 0.12.0 is what this command line follows; it is not OpenOCD",
    .port = 3333,
    .telnet_port = 4444,
    .tcl_port = 6666,
    .needs_target = true,
    .strict = true,
    .load_resets = true, /* its default event gdb-flash-write-end */
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
    .finish = finish,
};
