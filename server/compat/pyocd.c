/* SPDX-License-Identifier: MIT */
/* `pyocd gdbserver` (argparse, port 3333): ends when gdb detaches, unless --persist or gdb said
 * extended-remote. `monitor reset` halts, which gdb believes anyway and Cortex-Debug relies on. */
#include <stdlib.h>
#include <string.h>

#include "compat/compat_internal.h"

static bool set_connect_mode(struct compat_reading *reading, const char *mode)
{
    if (strcmp(mode, "under-reset") == 0)
        return compat_under_reset(reading);
    if (strcmp(mode, "attach") == 0)
        return compat_attach(reading);
    if (strcmp(mode, "pre-reset") == 0)
        return compat_pre_reset(reading);
    if (strcmp(mode, "halt") == 0)
        return true; /* gdb halts when it comes */
    return compat_wrong(reading, "%s: '%.60s' is none of halt, pre-reset, under-reset, attach",
                        reading->name, mode);
}

static bool set_connect(struct compat_reading *reading)
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
        "reset_type=default",     "smart_flash",  "semihost_use_syscalls",
        "enable_semihosting",     "enable_swv=0", "keep_unwritten",
        "auto_unlock=0",          "persist",      "step_into_interrupt=0",
        "step_into_interrupts=0",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0 || behind(value, names[i]))
            return true;
    return false;
}

static bool set_swv_port(struct compat_reading *reading, const char *port)
{
    struct option_words *words = &reading->options->swo_words;
    struct endpoint checked;

    words->items[0] = port;
    words->count = 1;
    return compat_endpoint(reading, port, &checked);
}

/* Of SWV: enable_swv and swv_raw_enable follow from the port and the clocks. */
static bool set_swv(struct options *options, const char *value)
{
    const char *system = behind(value, "swv_system_clock"), *baud = behind(value, "swv_clock");

    if (system)
        options->swo_clock_hz = (uint32_t)strtoul(system, NULL, 0);
    if (baud)
        options->swo_baud = (uint32_t)strtoul(baud, NULL, 0);
    return system || baud || behind(value, "enable_swv") || behind(value, "swv_raw_enable");
}

/* -O name=value: session options. */
static bool set_session_option(struct compat_reading *reading)
{
    const char *value = reading->value, *connect = behind(value, "connect_mode"),
               *frequency = behind(value, "frequency"), *swv_port = behind(value, "swv_raw_port");

    if (connect)
        return set_connect_mode(reading, connect);
    if (frequency) {
        reading->value = frequency;
        return compat_hz(reading);
    }
    if (swv_port)
        return set_swv_port(reading, swv_port);
    if (is_so_anyway(value) || set_swv(reading->options, value))
        return true;
    compat_warn(reading, "-O %s: no effect here", value);
    return true;
}

static bool set_erase(struct compat_reading *reading)
{
    if (strcmp(reading->value, "chip") == 0)
        compat_warn(reading, "%s chip: only what must be is erased; 'probed erase' erases all",
                    reading->name);
    return true;
}

static bool fail_without_target(struct compat_reading *reading)
{
    return reading->options->needs_target = true;
}

static bool set_level(struct compat_reading *reading)
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

static const struct compat_option options[] = {
    {"-p --port --port-number", COMPAT_VALUE, compat_gdb_port, "the port for gdb; 3333"},
    {"-T --telnet-port", COMPAT_VALUE, compat_without, no_console},
    {"-R --probe-server-port", COMPAT_VALUE, compat_without,
     "the probe is not lent to other machines"},
    {"-u --uid --probe -b --board --board-id", COMPAT_VALUE, compat_probe,
     "(part of) the probe's serial number"},
    {"-t --target", COMPAT_VALUE, compat_chip,
     "the chip is found by itself: a warning if it is another"},
    {"-f --frequency", COMPAT_VALUE, compat_hz, "highest SWD clock in Hz, or as 4M"},
    {"-M --connect", COMPAT_VALUE, set_connect, "halt, pre-reset, under-reset or attach"},
    {"-O --option", COMPAT_VALUE, set_session_option,
     "connect_mode and frequency count; others are so anyway, or warned of"},
    {"-c --command", COMPAT_VALUE, compat_command, "a monitor command, run once connected"},
    {"--persist", COMPAT_NONE, compat_stay, "do not end with gdb"},
    {"-W --no-wait", COMPAT_NONE, fail_without_target, "end if there is no target"},
    {"-j --project --dir --project-dir", COMPAT_VALUE, compat_ignore,
     "not needed: no configuration is read"},
    {"--pack", COMPAT_VALUE, compat_ignore, "not needed: the chip is known"},
    {"--config", COMPAT_VALUE, compat_without, "configuration files are not read"},
    {"--script", COMPAT_VALUE, compat_without, "Python scripts are not run"},
    {"--no-config", COMPAT_NONE, compat_ignore, "always so"},
    {"-C", COMPAT_VALUE, compat_ignore, "colours: only on a terminal"},
    {"--color", COMPAT_OPTIONAL, compat_ignore, "colours: only on a terminal"},
    {"-e --erase", COMPAT_VALUE, set_erase, "only what must be is erased: chip is warned of"},
    {"--trust-crc", COMPAT_NONE, compat_ignore, "contents are compared, and quickly"},
    {"-S --semihosting", COMPAT_NONE, compat_ignore, "always on"},
    {"--elf", COMPAT_VALUE, compat_ignore, "not needed: gdb has it"},
    {"--core", COMPAT_VALUE, compat_first_core,
     "the core is found by itself: a warning if it is not 0"},
    {"-d -da --daparg", COMPAT_VALUE, compat_ignore, "of CMSIS-DAP probes"},
    {"-L --log-level", COMPAT_VALUE, set_level, "debug, info, warning, error"},
    {"-v --verbose", COMPAT_NONE, compat_debug, "log everything"},
    {"-q --quiet", COMPAT_NONE, compat_quiet, "log warnings and errors"},
    {"--allow-remote", COMPAT_NONE, compat_without,
     "only this machine may connect; 'probed --gdb 0.0.0.0:3333' opens it to all"},
    {"-V --version", COMPAT_NONE, compat_version, "print the version"},
    {"-h --help", COMPAT_NONE, compat_help, "print this"},
};

static const struct compat_line lines[] = {
    {"gdb", false, "GDB server listening on port ", " (core 0)"},
};

static bool begin(struct compat_reading *reading, int argc, const char *const argv[], int *first)
{
    if (argc > 1 && argv[1][0] == '-')
        return true; /* --version, --help */
    if (argc > 1 && strcmp(argv[1], "rtt") == 0)
        return compat_wrong(reading,
                            "pyocd rtt: here RTT has a port, beside gdb or without: 'probed --rtt "
                            "19021', then 'nc localhost 19021'");
    if (argc < 2 || (strcmp(argv[1], "gdbserver") != 0 && strcmp(argv[1], "gdb") != 0))
        return compat_wrong(reading,
                            "of pyocd's commands only gdbserver is here, not '%s'; 'probed "
                            "--help' lists probed's own for flash, erase and the like",
                            argc > 1 ? argv[1] : "");
    *first = 2;
    return true;
}

const struct compat compat_pyocd = {
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
