/* SPDX-License-Identifier: MIT */
/* ST-LINK_gdbserver of STM32CubeIDE and STM32CubeCLT: port 61234, ends when gdb leaves unless -e.
 * -cp, -el and -ei have two letters and one dash. */
#include "personality_internal.h"

static const char no_swo[] = "no SWO data yet; debugging goes on without";
static const char no_loader[] =
    "external flash cannot be programmed; debugging goes on with the flash of the chip";

static const struct personality_option options[] = {
    {"-p --port-number", PERSONALITY_VALUE, personality_gdb_port, NULL},
    {"-cp --stm32cubeprogrammer-path", PERSONALITY_VALUE, personality_ignore, NULL},
    {"-d --swd", PERSONALITY_NONE, personality_ignore, NULL},
    {"-e --persistent", PERSONALITY_NONE, personality_stay, NULL},
    {"-g --attach", PERSONALITY_NONE, personality_attach, NULL},
    {"-k --initialize-reset", PERSONALITY_NONE, personality_under_reset, NULL},
    {"--halt", PERSONALITY_NONE, personality_ignore, NULL},     /* monitor reset always halts */
    {"-m --apid", PERSONALITY_VALUE, personality_ignore, NULL}, /* the core is found by itself */
    {"-i --serial-number", PERSONALITY_VALUE, personality_probe, NULL},
    {"--frequency", PERSONALITY_VALUE, personality_khz, NULL},
    {"-t --shared", PERSONALITY_NONE, personality_ignore, NULL},   /* clients always share */
    {"-s --verify", PERSONALITY_NONE, personality_ignore, NULL},   /* always */
    {"--incremental", PERSONALITY_NONE, personality_ignore, NULL}, /* always */
    {"--erase-all", PERSONALITY_NONE, personality_refuse,
     "say 'probed erase' instead, before debugging"},
    {"-v --verbose", PERSONALITY_NONE, personality_ignore, NULL},
    {"-l --log-level", PERSONALITY_VALUE, personality_ignore, NULL},
    {"-r --refresh-delay", PERSONALITY_VALUE, personality_ignore, NULL},
    {"--pend-halt-timeout", PERSONALITY_VALUE, personality_ignore, NULL},
    {"--semihosting", PERSONALITY_VALUE, personality_ignore, NULL}, /* always on, gdb's console */
    {"--pcm-pm-force", PERSONALITY_NONE, personality_ignore, NULL},
    {"--temp-path", PERSONALITY_VALUE, personality_ignore, NULL},
    {"--preserve-temps", PERSONALITY_NONE, personality_ignore, NULL},
    {"-f --log-file", PERSONALITY_VALUE, personality_without, "the log goes to standard error"},
    {"-z --swo-port", PERSONALITY_VALUE, personality_without, no_swo},
    {"-a --cpu-clock", PERSONALITY_VALUE, personality_ignore, NULL}, /* of SWO */
    {"-b --swo-clock-div", PERSONALITY_VALUE, personality_ignore, NULL},
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
    {"--version", PERSONALITY_NONE, personality_version, NULL},
    {"-h --help", PERSONALITY_NONE, personality_help, NULL},
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
