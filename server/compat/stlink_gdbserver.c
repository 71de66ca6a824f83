/* SPDX-License-Identifier: MIT */
/* ST-LINK_gdbserver of STM32CubeIDE and STM32CubeCLT: port 61234, ends when gdb leaves unless -e.
 * -cp, -el and -ei have two letters and one dash. */
#include <stdlib.h>

#include "compat/compat_internal.h"

static const char no_swo[] = "no SWO data yet; debugging goes on without";
static const char no_loader[] =
    "external flash cannot be programmed; debugging goes on with the flash of the chip";

/* Their levels are a sum of kinds up to 31, which is all. */
static bool set_level(struct personality_reading *reading)
{
    if (atoi(reading->value) >= 16)
        reading->options->log_level = LOG_DEBUG;
    return true;
}

static const struct personality_option options[] = {
    {"-p --port-number", PERSONALITY_VALUE, personality_gdb_port, "the port for gdb; 61234"},
    {"-cp --stm32cubeprogrammer-path", PERSONALITY_VALUE, personality_ignore, "not needed"},
    {"-d --swd", PERSONALITY_NONE, personality_ignore, "always SWD"},
    {"-e --persistent", PERSONALITY_NONE, personality_stay, "do not end with gdb"},
    {"-g --attach", PERSONALITY_NONE, personality_attach, "never reset to connect"},
    {"-k --initialize-reset", PERSONALITY_NONE, personality_under_reset,
     "hold NRST while connecting"},
    {"--halt", PERSONALITY_NONE, personality_ignore, "monitor reset always halts"},
    {"-m --apid", PERSONALITY_VALUE, personality_first_core,
     "the core is found by itself: a warning if it is not 0"},
    {"-i --serial-number", PERSONALITY_VALUE, personality_probe,
     "(part of) the probe's serial number"},
    {"--frequency", PERSONALITY_VALUE, personality_khz, "highest SWD clock in kHz"},
    {"-t --shared", PERSONALITY_NONE, personality_ignore, "several gdbs may always connect"},
    {"-s --verify", PERSONALITY_NONE, personality_ignore, "always done"},
    {"--incremental", PERSONALITY_NONE, personality_ignore, "always done"},
    {"--erase-all", PERSONALITY_NONE, personality_refuse,
     "say 'probed erase' instead, before debugging"},
    {"-v --verbose", PERSONALITY_NONE, personality_debug, "log everything"},
    {"-l --log-level", PERSONALITY_VALUE, set_level, "16 and more: log everything"},
    {"-r --refresh-delay", PERSONALITY_VALUE, personality_ignore,
     "not needed: the target's state is told at once"},
    {"--pend-halt-timeout", PERSONALITY_VALUE, personality_ignore,
     "not needed: a halt is awaited as long as it takes"},
    {"--semihosting", PERSONALITY_VALUE, personality_ignore, "always on, on gdb's console"},
    {"--pcm-pm-force", PERSONALITY_NONE, personality_ignore,
     "always so: debugging in low-power modes is switched on"},
    {"--temp-path", PERSONALITY_VALUE, personality_ignore, "not needed: no such files are written"},
    {"--preserve-temps", PERSONALITY_NONE, personality_ignore,
     "not needed: no such files are written"},
    {"-f --log-file", PERSONALITY_VALUE, personality_without, "the log goes to standard error"},
    {"-z --swo-port", PERSONALITY_VALUE, personality_without, no_swo},
    {"-a --cpu-clock", PERSONALITY_VALUE, personality_ignore, "of SWO: see -z"},
    {"-b --swo-clock-div", PERSONALITY_VALUE, personality_ignore, "of SWO: see -z"},
    {"-el --extload", PERSONALITY_VALUE, personality_without, no_loader},
    {"-ei --extload_init", PERSONALITY_VALUE, personality_without, no_loader},
    {"--external-init", PERSONALITY_NONE, personality_without, no_loader},
    {"--semihost-console-port", PERSONALITY_VALUE, personality_without,
     "semihosting output goes to gdb's console"},
    {"--memory-map", PERSONALITY_VALUE, personality_without, "the memory map is the chip's own"},
    {"--target-sel", PERSONALITY_VALUE, personality_without, "there is no SWD multidrop"},
    {"-c --config-file", PERSONALITY_VALUE, personality_refuse,
     "write its options on the command line"},
    {"-q --debuggers", PERSONALITY_NONE, personality_refuse, "say 'probed list' instead"},
    {"--ext-memory-loaders", PERSONALITY_NONE, personality_refuse, "there are none"},
    {"--licenses", PERSONALITY_NONE, personality_refuse, "read the LICENSE of probed"},
    {"--version", PERSONALITY_NONE, personality_version, "print the version"},
    {"-h --help", PERSONALITY_NONE, personality_help, "print this"},
};

static const struct personality_line lines[] = {
    {"gdb", true, "Waiting for connection on port ", "..."},
    {"gdb", true, "Waiting for debugger connection...", NULL},
};

const struct personality personality_stlink_gdbserver = {
    .name = "ST-LINK_gdbserver",
    .port = 61234,
    .once = true,
    .needs_target = true,
    .reset_halts = true,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
    .failed = "Error in initializing ST-LINK device.\nReason: the line before this one",
};
