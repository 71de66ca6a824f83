/* SPDX-License-Identifier: MIT */
/* ST-LINK_gdbserver of STM32CubeIDE and STM32CubeCLT: port 61234, ends when gdb leaves unless -e.
 * -cp, -el and -ei have two letters and one dash. */
#include <stdlib.h>

#include "compat/compat_internal.h"

static const char no_loader[] =
    "external flash cannot be programmed; debugging goes on with the flash of the chip";

/* Their levels are a sum of kinds up to 31, which is all. */
static bool set_level(struct compat_reading *reading)
{
    if (atoi(reading->value) >= 16)
        reading->options->log_level = LOG_DEBUG;
    return true;
}

/* -z PORT -a HZ -b K: the rate is the clock's K-th part. */
static bool set_swo_port(struct compat_reading *reading)
{
    struct option_words *words = &reading->options->swo_words;
    struct endpoint checked;

    words->items[0] = reading->value;
    words->count = 1;
    return compat_endpoint(reading, reading->value, &checked);
}

static bool set_hz(struct compat_reading *reading, uint32_t *number)
{
    char *end;
    unsigned long value = strtoul(reading->value, &end, 0);

    if (*reading->value < '0' || *reading->value > '9' || *end || value == 0 || value > 1000000000)
        return compat_wrong(reading, "%s: '%s' is no number from 1 to 1000000000", reading->name,
                            reading->value);
    *number = (uint32_t)value;
    return true;
}

static bool set_swo_clock(struct compat_reading *reading)
{
    return set_hz(reading, &reading->options->swo_clock_hz);
}

static bool set_swo_divider(struct compat_reading *reading)
{
    return set_hz(reading, &reading->options->swo_divider);
}

static const struct compat_option options[] = {
    {"-p --port-number", COMPAT_VALUE, compat_gdb_port, "the port for gdb; 61234"},
    {"-cp --stm32cubeprogrammer-path", COMPAT_VALUE, compat_ignore, "not needed"},
    {"-d --swd", COMPAT_NONE, compat_ignore, "always SWD"},
    {"-e --persistent", COMPAT_NONE, compat_stay, "do not end with gdb"},
    {"-g --attach", COMPAT_NONE, compat_attach, "never reset to connect"},
    {"-k --initialize-reset", COMPAT_NONE, compat_under_reset, "hold NRST while connecting"},
    {"--halt", COMPAT_NONE, compat_ignore, "monitor reset always halts"},
    {"-m --apid", COMPAT_VALUE, compat_first_core,
     "the core is found by itself: a warning if it is not 0"},
    {"-i --serial-number", COMPAT_VALUE, compat_probe, "(part of) the probe's serial number"},
    {"--frequency", COMPAT_VALUE, compat_khz, "highest SWD clock in kHz"},
    {"-t --shared", COMPAT_NONE, compat_ignore, "several gdbs may always connect"},
    {"-s --verify", COMPAT_NONE, compat_ignore, "always done"},
    {"--incremental", COMPAT_NONE, compat_ignore, "always done"},
    {"--erase-all", COMPAT_NONE, compat_refuse, "say 'probed erase' instead, before debugging"},
    {"-v --verbose", COMPAT_NONE, compat_debug, "log everything"},
    {"-l --log-level", COMPAT_VALUE, set_level, "16 and more: log everything"},
    {"-r --refresh-delay", COMPAT_VALUE, compat_ignore,
     "not needed: the target's state is told at once"},
    {"--pend-halt-timeout", COMPAT_VALUE, compat_ignore,
     "not needed: a halt is awaited as long as it takes"},
    {"--semihosting", COMPAT_VALUE, compat_ignore, "always on, on gdb's console"},
    {"--pcm-pm-force", COMPAT_NONE, compat_ignore,
     "always so: debugging in low-power modes is switched on"},
    {"--temp-path", COMPAT_VALUE, compat_ignore, "not needed: no such files are written"},
    {"--preserve-temps", COMPAT_NONE, compat_ignore, "not needed: no such files are written"},
    {"-f --log-file", COMPAT_VALUE, compat_without, "the log goes to standard error"},
    {"-z --swo-port", COMPAT_VALUE, set_swo_port, "a port for the bytes of SWO"},
    {"-a --cpu-clock", COMPAT_VALUE, set_swo_clock,
     "Hz that SWO is divided from; measured if left out"},
    {"-b --swo-clock-div", COMPAT_VALUE, set_swo_divider, "by what; the best if left out"},
    {"-el --extload", COMPAT_VALUE, compat_without, no_loader},
    {"-ei --extload_init", COMPAT_VALUE, compat_without, no_loader},
    {"--external-init", COMPAT_NONE, compat_without, no_loader},
    {"--semihost-console-port", COMPAT_VALUE, compat_without,
     "semihosting output goes to gdb's console"},
    {"--memory-map", COMPAT_VALUE, compat_without, "the memory map is the chip's own"},
    {"--target-sel", COMPAT_VALUE, compat_without, "there is no SWD multidrop"},
    {"-c --config-file", COMPAT_VALUE, compat_refuse, "write its options on the command line"},
    {"-q --debuggers", COMPAT_NONE, compat_refuse, "say 'probed list' instead"},
    {"--ext-memory-loaders", COMPAT_NONE, compat_refuse, "there are none"},
    {"--licenses", COMPAT_NONE, compat_refuse, "read the LICENSE of probed"},
    {"--version", COMPAT_NONE, compat_version, "print the version"},
    {"-h --help", COMPAT_NONE, compat_help, "print this"},
};

static const struct compat_line lines[] = {
    {"gdb", true, "Waiting for connection on port ", "..."},
    {"gdb", true, "Waiting for debugger connection...", NULL},
};

const struct compat compat_stlink_gdbserver = {
    .name = "ST-LINK_gdbserver",
    .port = 61234,
    .once = true,
    .needs_target = true,
    .launches = true, /* it resets, unless it is told to attach */
    .reset_halts = true,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
    .failed = "Error in initializing ST-LINK device.\nReason: the line before this one",
};
