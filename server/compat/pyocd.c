/* SPDX-License-Identifier: MIT */
/* `pyocd gdbserver` (argparse, port 3333): ends when gdb detaches, unless --persist or gdb said
 * extended-remote. `monitor reset` halts, which gdb believes anyway and Cortex-Debug relies on. */
#include <string.h>

#include "compat/compat_internal.h"

static bool set_connect_mode(struct personality_reading *reading, const char *mode)
{
    if (strcmp(mode, "under-reset") == 0)
        return personality_under_reset(reading);
    if (strcmp(mode, "attach") == 0)
        return personality_attach(reading);
    if (strcmp(mode, "halt") == 0 || strcmp(mode, "pre-reset") == 0)
        return true; /* gdb halts when it comes */
    return personality_wrong(reading, "%s: '%.60s' is none of halt, pre-reset, under-reset, attach",
                             reading->name, mode);
}

static bool set_connect(struct personality_reading *reading)
{
    return set_connect_mode(reading, reading->value);
}

/* Behind "NAME=" or NAME alone if the value begins so; else NULL. */
static const char *behind(const char *value, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(value, name, length) != 0 || (value[length] && value[length] != '='))
        return NULL;
    return value[length] ? value + length + 1 : value + length;
}

/* What is always so, or asks for nothing that would be missed. */
static bool is_so_anyway(const char *value)
{
    static const char *const names[] = {
        "reset_type=default",    "smart_flash",
        "semihost_use_syscalls", "enable_semihosting",
        "swv_raw_enable",        "swv_raw_port",
        "swv_system_clock",      "swv_clock",
        "enable_swv=0",          "keep_unwritten",
        "auto_unlock=0",         "persist",
        "step_into_interrupt=0", "step_into_interrupts=0",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0 || behind(value, names[i]))
            return true;
    return false;
}

/* -O name=value: session options. */
static bool set_session_option(struct personality_reading *reading)
{
    const char *value = reading->value, *connect = behind(value, "connect_mode"),
               *frequency = behind(value, "frequency");

    if (connect)
        return set_connect_mode(reading, connect);
    if (frequency) {
        reading->value = frequency;
        return personality_hz(reading);
    }
    if (is_so_anyway(value))
        return true;
    personality_warn(reading, "-O %s: %s", value,
                     behind(value, "enable_swv") ? "no SWO data yet; debugging goes on without"
                                                 : "no effect here");
    return true;
}

static bool set_erase(struct personality_reading *reading)
{
    if (strcmp(reading->value, "chip") == 0)
        personality_warn(reading, "%s chip: only what must be is erased; 'probed erase' erases all",
                         reading->name);
    return true;
}

static bool fail_without_target(struct personality_reading *reading)
{
    return reading->options->needs_target = true;
}

static bool set_level(struct personality_reading *reading)
{
    static const struct {
        const char *name;
        enum log_level level;
    } levels[] = {
        {"debug", LOG_DEBUG}, {"info", LOG_INFO},      {"warning", LOG_WARN},
        {"error", LOG_ERROR}, {"critical", LOG_ERROR},
    };
    size_t length = strcspn(reading->value, ",="); /* of single loggers: no effect */

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strlen(levels[i].name) == length &&
            strncasecmp(levels[i].name, reading->value, length) == 0)
            reading->options->log_level = levels[i].level;
    return true;
}

static const char no_console[] = "nothing listens there: semihosting output goes to gdb's console";

static const struct personality_option options[] = {
    {"-p --port --port-number", PERSONALITY_VALUE, personality_gdb_port, "the port for gdb; 3333"},
    {"-T --telnet-port", PERSONALITY_VALUE, personality_without, no_console},
    {"-R --probe-server-port", PERSONALITY_VALUE, personality_without,
     "the probe is not lent to other machines"},
    {"-u --uid --probe -b --board --board-id", PERSONALITY_VALUE, personality_probe,
     "(part of) the probe's serial number"},
    {"-t --target", PERSONALITY_VALUE, personality_chip,
     "the chip is found by itself: a warning if it is another"},
    {"-f --frequency", PERSONALITY_VALUE, personality_hz, "highest SWD clock in Hz, or as 4M"},
    {"-M --connect", PERSONALITY_VALUE, set_connect, "halt, pre-reset, under-reset or attach"},
    {"-O --option", PERSONALITY_VALUE, set_session_option,
     "connect_mode and frequency count; others are so anyway, or warned of"},
    {"-c --command", PERSONALITY_VALUE, personality_command,
     "a monitor command, run once connected"},
    {"--persist", PERSONALITY_NONE, personality_stay, "do not end with gdb"},
    {"-W --no-wait", PERSONALITY_NONE, fail_without_target, "end if there is no target"},
    {"-j --project --dir --project-dir", PERSONALITY_VALUE, personality_ignore,
     "not needed: no configuration is read"},
    {"--pack", PERSONALITY_VALUE, personality_ignore, "not needed: the chip is known"},
    {"--config", PERSONALITY_VALUE, personality_without, "configuration files are not read"},
    {"--script", PERSONALITY_VALUE, personality_without, "Python scripts are not run"},
    {"--no-config", PERSONALITY_NONE, personality_ignore, "always so"},
    {"-C", PERSONALITY_VALUE, personality_ignore, "colours: only on a terminal"},
    {"--color", PERSONALITY_OPTIONAL, personality_ignore, "colours: only on a terminal"},
    {"-e --erase", PERSONALITY_VALUE, set_erase, "only what must be is erased: chip is warned of"},
    {"--trust-crc", PERSONALITY_NONE, personality_ignore, "contents are compared, and quickly"},
    {"-S --semihosting", PERSONALITY_NONE, personality_ignore, "always on"},
    {"--elf", PERSONALITY_VALUE, personality_ignore, "not needed: gdb has it"},
    {"--core", PERSONALITY_VALUE, personality_first_core,
     "the core is found by itself: a warning if it is not 0"},
    {"-d -da --daparg", PERSONALITY_VALUE, personality_ignore, "of CMSIS-DAP probes"},
    {"-L --log-level", PERSONALITY_VALUE, set_level, "debug, info, warning, error"},
    {"-v --verbose", PERSONALITY_NONE, personality_debug, "log everything"},
    {"-q --quiet", PERSONALITY_NONE, personality_quiet, "log warnings and errors"},
    {"--allow-remote", PERSONALITY_NONE, personality_without,
     "only this machine may connect; 'probed --gdb 0.0.0.0:3333' opens it to all"},
    {"-V --version", PERSONALITY_NONE, personality_version, "print the version"},
    {"-h --help", PERSONALITY_NONE, personality_help, "print this"},
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
