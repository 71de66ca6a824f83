/* SPDX-License-Identifier: MIT */
/* openocd: getopt_long, port 3333, everything on standard error, stays until it is told to go. Its
 * configuration files are Tcl, which is not here: openocd_script.c. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat/openocd_script.h"

static bool take_commands(struct compat_reading *reading)
{
    return compat_script_run(reading, reading->value, "-c");
}

static bool take_file(struct compat_reading *reading)
{
    reading->had_file = true;
    return compat_script_file(reading, reading->value);
}

static bool take_folder(struct compat_reading *reading)
{
    if (reading->folder_count == COMPAT_FOLDERS)
        return compat_wrong(reading, "-s: at most %d folders", COMPAT_FOLDERS);
    reading->folders[reading->folder_count++] = reading->value;
    return true;
}

static bool set_level(struct compat_reading *reading)
{
    const char *value = reading->value ? reading->value : "3";

    if (value[0] < '0' || value[0] > '4' || value[1])
        return compat_wrong(reading, "%s: '%s' is no level from 0 to 4", reading->name, value);
    reading->options->log_level = value[0] < '3' ? (enum log_level)(value[0] - '0') : LOG_DEBUG;
    return true;
}

static const struct compat_option options[] = {
    {"-f --file", COMPAT_VALUE, take_file,
     "interface/stlink.cfg, target/stm32*.cfg and ST's boards are known by name; other files are "
     "read, a command a line"},
    {"-c --command", COMPAT_VALUE, take_commands,
     "commands: settings at once, others in order once connected; one that fails ends it"},
    {"-s --search", COMPAT_VALUE, take_folder, "where files are looked for, too"},
    {"-d --debug", COMPAT_OPTIONAL, set_level,
     "how much is logged: 0 errors, 1 warnings, 2 info, 3 (also -d alone) and 4 all"},
    {"-l --log_output", COMPAT_VALUE, compat_without, "the log goes to standard error"},
    {"-p --pipe", COMPAT_NONE, compat_refuse, "say -c 'gdb_port pipe'"},
    {"-v --version", COMPAT_NONE, compat_version, "print the version"},
    {"-h --help", COMPAT_NONE, compat_help, "print this"},
};

static const struct compat_line lines[] = {
    {"tcl", false, "Info : Listening on port ", " for tcl connections"},
    {"telnet", false, "Info : Listening on port ", " for telnet connections"},
    {"gdb", false, "Info : Listening on port ", " for gdb connections"},
};

/* Without -f the original reads ./openocd.cfg. */
static bool finish(struct compat_reading *reading)
{
    static const char path[] = "openocd.cfg";

    if (!reading->had_file && access(path, R_OK) == 0)
        return compat_script_file(reading, path);
    return true;
}

const struct compat compat_openocd = {
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
