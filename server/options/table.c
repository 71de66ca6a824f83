/* SPDX-License-Identifier: MIT */
/* The table of options, and what each of them does. */
#include <stdlib.h>
#include <string.h>

#include "options/options_internal.h"
#include "options/path_pattern.h"
#include "options/probe_choice.h"
#include "suggest.h"

/* What would silently take the place of what was said before. */
static bool set_sim(struct reading *reading)
{
    const struct options *options = reading->options;

    if (option_said_before(reading, options->sim && !options->sim_by_environment,
                           "several boards are --probe sim:BOARD --probe sim:BOARD"))
        return false;
    reading->options->sim = reading->value ? reading->value : "bluepill";
    return true;
}

static bool add(struct reading *reading, const char **list, size_t *count, size_t room)
{
    if (*count == room) {
        snprintf(reading->why, reading->why_size, "%s: at most %zu times", reading->name, room);
        return false;
    }
    list[(*count)++] = reading->value;
    return true;
}

static bool set_probe(struct reading *reading)
{
    struct options *options = reading->options;

    struct probe_choice choice;

    return probe_choice_read(reading->value, &choice, reading->why, reading->why_size) &&
           add(reading, options->probes, &options->probe_count, OPTIONS_PROBES);
}

static bool set_command(struct reading *reading)
{
    struct options *options = reading->options;

    return add(reading, options->commands, &options->command_count, OPTIONS_COMMANDS);
}

static bool set_file(struct reading *reading)
{
    struct options *options = reading->options;
    size_t length = strlen(reading->value);

    if (length > 4 && strcmp(reading->value + length - 4, ".cfg") == 0) {
        snprintf(reading->why, reading->why_size,
                 "-f %.80s: that is for openocd's command line: probed --as openocd -f ..",
                 reading->value);
        return false;
    }
    if (!set_command(reading))
        return false;
    return options->command_is_file[options->command_count - 1] = true;
}

bool options_place(const char *word, struct endpoint *endpoint, char *why, size_t why_size)
{
    bool off = strcmp(word, "off") == 0, pipe = strcmp(word, "pipe") == 0;

    if (off || pipe) {
        endpoint->is_off = off;
        endpoint->is_pipe = pipe;
        return true;
    }
    if (strncmp(word, "fd:", 3) == 0)
        return endpoint_given(word + 3, endpoint, why, why_size);
    return endpoint_parse(word, endpoint, why, why_size) &&
           (!endpoint->is_unix || path_pattern_check(endpoint->path, why, why_size));
}

static bool set_place(struct reading *reading, struct endpoint *endpoint,
                      struct option_words *words)
{
    char why[160];

    if (!options_place(reading->value, endpoint, why, sizeof why)) {
        snprintf(reading->why, reading->why_size, "%s: %s", reading->name, why);
        return false;
    }
    return add(reading, words->items, &words->count, OPTIONS_PROBES);
}

static bool set_gdb(struct reading *reading)
{
    return set_place(reading, &reading->options->gdb, &reading->options->gdb_words);
}

/* Consoles are no pipes. */
static bool set_console(struct reading *reading, struct endpoint *endpoint,
                        struct option_words *words)
{
    if (!set_place(reading, endpoint, words))
        return false;
    if (endpoint->is_pipe)
        snprintf(reading->why, reading->why_size, "%s pipe: only --gdb takes pipe", reading->name);
    return !endpoint->is_pipe;
}

static bool set_telnet(struct reading *reading)
{
    reading->options->telnet_optional = false;
    return set_console(reading, &reading->options->telnet, &reading->options->telnet_words);
}

static bool set_tcl(struct reading *reading)
{
    return set_console(reading, &reading->options->tcl, &reading->options->tcl_words);
}

bool options_rtt(const char *word, struct endpoint *endpoint, unsigned *channel, char *why,
                 size_t why_size)
{
    const char *at = strrchr(word, '@');
    char place[ENDPOINT_PATH + 64], *end;
    unsigned long number = at ? strtoul(at + 1, &end, 10) : 0;

    if (at && (at[1] < '0' || at[1] > '9' || *end || number >= RTT_CHANNELS_MAX)) {
        snprintf(why, why_size, "'%.40s' is not a channel from 0 to %d", at + 1,
                 RTT_CHANNELS_MAX - 1);
        return false;
    }
    *channel = (unsigned)number;
    snprintf(place, sizeof place, "%.*s", at ? (int)(at - word) : (int)strlen(word), word);
    return options_place(place, endpoint, why, why_size);
}

/* A place, with a channel or port of the program's behind it or not. */
static bool add_stream(struct reading *reading, struct option_words *words)
{
    struct endpoint endpoint = {0};
    unsigned channel;
    char why[160] = "only --gdb takes that";

    if (!options_rtt(reading->value, &endpoint, &channel, why, sizeof why) || endpoint.is_pipe ||
        endpoint.is_off) {
        snprintf(reading->why, reading->why_size, "%s %.60s: %s", reading->name, reading->value,
                 why);
        return false;
    }
    return add(reading, words->items, &words->count, STREAM_WORDS);
}

static bool set_rtt(struct reading *reading)
{
    return add_stream(reading, &reading->options->rtt_words);
}

static bool set_swo(struct reading *reading)
{
    return add_stream(reading, &reading->options->swo_words);
}

static bool set_itm(struct reading *reading)
{
    return add_stream(reading, &reading->options->itm_words);
}

static bool set_hz(struct reading *reading, uint32_t *hz)
{
    char *end;
    unsigned long number = strtoul(reading->value, &end, 10);

    if (*reading->value < '0' || *reading->value > '9' || *end || number < 1000 ||
        number > 1000000000) {
        snprintf(reading->why, reading->why_size,
                 "%s: '%.40s' is not a number of Hz between 1000 and 1000000000", reading->name,
                 reading->value);
        return false;
    }
    *hz = (uint32_t)number;
    return true;
}

static bool set_swo_clock(struct reading *reading)
{
    return set_hz(reading, &reading->options->swo_clock_hz);
}

static bool set_swo_baud(struct reading *reading)
{
    return set_hz(reading, &reading->options->swo_baud);
}

static bool set_rtt_drain(struct reading *reading)
{
    return reading->options->rtt_drain = true;
}

static bool set_speed(struct reading *reading)
{
    char *end;
    unsigned long khz = strtoul(reading->value, &end, 10);

    if (*reading->value < '0' || *reading->value > '9' || *end != '\0' || khz < 1 || khz > 100000) {
        snprintf(reading->why, reading->why_size,
                 "--speed: '%s' is not a number of kHz between 1 and 100000", reading->value);
        return false;
    }
    reading->options->speed_khz = (uint32_t)khz;
    return true;
}

static bool set_flash_size(struct reading *reading)
{
    enum { LARGEST_KIB = 16 * 1024 };
    char *end;
    unsigned long number = strtoul(reading->value, &end, 10);
    unsigned long kib = *end == 'M' ? number * 1024 : number;
    bool unit = (*end == 'k' || *end == 'K' || *end == 'M') && end[1] == '\0';

    if (*reading->value < '0' || *reading->value > '9' || !unit || number > LARGEST_KIB ||
        kib < 1 || kib > LARGEST_KIB) {
        snprintf(reading->why, reading->why_size,
                 "--flash-size: '%.40s' is not a size like 128k or 1M", reading->value);
        return false;
    }
    reading->options->flash_size = (uint32_t)kib * 1024;
    return true;
}

static bool set_vtref(struct reading *reading)
{
    enum { LEAST_MV = 1600, MOST_MV = 3700 };
    char *end;
    double volts = strtod(reading->value, &end);

    /* Written so that a value that is no number is refused, too. */
    if (end == reading->value || *end || !(volts * 1000 >= LEAST_MV && volts * 1000 <= MOST_MV)) {
        snprintf(reading->why, reading->why_size,
                 "--vtref: '%.40s' is not a supply in volts between 1.6 and 3.7", reading->value);
        return false;
    }
    reading->options->vtref_mv = (uint32_t)(volts * 1000 + 0.5);
    return true;
}

/* Index of the value among `names`, or -1 after complaining with the names there are. */
static int choose(struct reading *reading, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(reading->value, names[i]) == 0)
            return (int)i;
    }
    const char *meant = suggest(reading->value, names, count, sizeof *names);
    int used = snprintf(reading->why, reading->why_size, "%s: unknown '%.60s'", reading->name,
                        reading->value);
    if (meant)
        used += snprintf(reading->why + used, reading->why_size - (size_t)used,
                         "; did you mean %s?", meant);
    used += snprintf(reading->why + used, reading->why_size - (size_t)used, "%s",
                     meant ? " There are" : "; there are");
    for (size_t i = 0; i < count && (size_t)used < reading->why_size; i++)
        used += snprintf(reading->why + used, reading->why_size - (size_t)used, "%s %s",
                         i > 0 ? "," : "", names[i]);
    return -1;
}

static bool set_connect(struct reading *reading)
{
    static const char *const names[] = {"normal", "attach", "under-reset", "pre-reset"};
    static const enum target_connect ways[] = {TARGET_CONNECT_NORMAL, TARGET_CONNECT_ATTACH,
                                               TARGET_CONNECT_UNDER_RESET,
                                               TARGET_CONNECT_PRE_RESET};
    int choice = choose(reading, names, sizeof names / sizeof *names);

    if (choice >= 0)
        reading->options->connect = ways[choice];
    return choice >= 0;
}

static bool set_log(struct reading *reading)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    int choice = choose(reading, names, sizeof names / sizeof *names);

    reading->options->log_level = choice < 0 ? LOG_INFO : (enum log_level)choice;
    return choice >= 0;
}

static bool set_wire_log(struct reading *reading)
{
    char why[160];

    if (option_said_before(reading, reading->options->wire_log,
                           "it is one file, or with " PATH_PATTERN_NAME " in its name one a probe"))
        return false;
    if (!path_pattern_check(reading->value, why, sizeof why)) {
        snprintf(reading->why, reading->why_size, "--wire-log: %s", why);
        return false;
    }
    reading->options->wire_log = reading->value;
    return true;
}

static bool set_semihosting_dir(struct reading *reading)
{
    if (option_said_before(reading, reading->options->semihosting_dir, "it is one directory"))
        return false;
    reading->options->semihosting_dir = reading->value;
    return true;
}

static bool set_allow_users(struct reading *reading)
{
    if (option_said_before(reading, reading->options->allow_users, "say them once, as NAME,NAME"))
        return false;
    reading->options->allow_users = reading->value;
    return true;
}

static bool set_once(struct reading *reading)
{
    return reading->options->once = true;
}

static bool set_version(struct reading *reading)
{
    return reading->options->version = true;
}

static bool set_help(struct reading *reading)
{
    return reading->options->help = true;
}

const struct option_row option_rows[] = {
    {"--sim", 0, VALUE_BOARD, "[BOARD[,FAULT...]]",
     "a simulated board instead of a probe (so does PROBED_SIM=BOARD in the environment); BOARD is "
     "bluepill if left out. Words among the FAULTs say how its time passes: still (not while "
     "nobody looks), realtime; seed=N gives another board with the same fault",
     set_sim, true},
    {"--probe", 0, VALUE_NEEDED, "SELECTOR[@NAME]|all",
     "which probe: (part of) its serial number, its place as usb:1-2.3, its USB id as 0483:3748, "
     "or in words as sim:bluepill,noack (a simulated board) or replay:FILE (a wire log, played "
     "back). "
     "Repeated, or all: several boards in one daemon, each with ports of its own",
     set_probe, true},
    {"--gdb", 0, VALUE_NEEDED, "[ADDR:]PORT|unix:PATH|fd:N|pipe|off",
     "where gdb connects; 127.0.0.1:3333 if left out, port 0 takes a free one; fd:N is a socket "
     "that "
     "listens already, as systemd hands it over; pipe is standard "
     "input and output, for gdb's target extended-remote | probed --gdb pipe. With several probes "
     "the ports from there on, or repeated, one for each, or unix:DIR/{serial}.sock",
     set_gdb, false},
    {"--telnet", 0, VALUE_NEEDED, "[ADDR:]PORT|off",
     "where telnet connects, for commands; 127.0.0.1:4444 if left out and free; with several "
     "probes as --gdb",
     set_telnet, false},
    {"--tcl", 0, VALUE_NEEDED, "[ADDR:]PORT|off",
     "commands as scripts for OpenOCD's TCL port send them (theirs is 6666); off if left out; with "
     "several probes as --gdb",
     set_tcl, false},
    {"--rtt", 0, VALUE_NEEDED, "[ADDR:]PORT[@CHANNEL]",
     "a port for what the program says by SEGGER RTT, and for what is said to it; of channel 0 if "
     "left out, repeated for others: --rtt 19021 --rtt 19022@1. Repeated or not, with several "
     "probes each has that many ports, from there on",
     set_rtt, false},
    {"--rtt-drain", 0, VALUE_NONE, NULL,
     "read what comes by RTT and throw it away while nobody listens, so that a program that waits "
     "for a reader goes on",
     set_rtt_drain, false},
    {"--swo", 0, VALUE_NEEDED, "[ADDR:]PORT",
     "set SWO up, and a port for its bytes as they come (others have 3443); what the program "
     "writes "
     "to ITM's port 0 is text on the console of a gdb that waits for it",
     set_swo, false},
    {"--itm", 0, VALUE_NEEDED, "[ADDR:]PORT[@STIMULUS]",
     "set SWO up, and a port for what the program writes to a stimulus port of ITM, 0 if left out; "
     "repeated for others",
     set_itm, false},
    {"--swo-clock", 0, VALUE_NEEDED, "HZ",
     "what SWO's rate is divided from, the core's clock; measured if left out", set_swo_clock,
     false},
    {"--swo-baud", 0, VALUE_NEEDED, "BAUD", "SWO's rate; the best up to 2000000 if left out",
     set_swo_baud, false},
    {"--speed", 0, VALUE_NEEDED, "KHZ", "highest SWD clock; the probe's default if left out",
     set_speed, true},
    {"--flash-size", 0, VALUE_NEEDED, "SIZE",
     "how large the flash is (128k, 1M), where the chip's register says less than is there or "
     "nothing; it is looked at whether that is there",
     set_flash_size, true},
    {"--pack", 0, VALUE_NEEDED, "FILE|DIR",
     "a CMSIS-Pack (FILE.pack, or the folder that it was unpacked into), which says how to program "
     "a chip that probed does not know; or one of its flash algorithms (FILE.FLM), with --chip-ram "
     "where the chip is not known. Repeated for algorithms of external flash",
     option_set_pack, true},
    {"--chip", 0, VALUE_NEEDED, "NAME", "which chip of the pack it is", option_set_pack_chip, true},
    {"--chip-ram", 0, VALUE_NEEDED, "ADDRESS:SIZE",
     "where the chip has RAM, as 0x20000000:20K, if no pack says it", option_set_chip_ram, true},
    {"--flash-algorithm", 0, VALUE_NEEDED, "NAME",
     "a flash algorithm of the pack besides those it uses by itself (external flash, OTP): a part "
     "of its name",
     option_set_flash_algorithm, true},
    {"--vtref", 0, VALUE_NEEDED, "VOLTS",
     "the target's supply, where the probe cannot measure it or measures its own: it decides how "
     "wide the flash of F2 and F4 is programmed",
     set_vtref, true},
    {"--connect", 0, VALUE_NEEDED, "normal|attach|under-reset|pre-reset",
     "one way to connect, and no other: normal leaves the program alone, but halts a core that is "
     "held in reset; attach leaves that alone, too; under-reset holds NRST meanwhile; pre-reset "
     "pulls it before. If left out they are tried in turn, those that reset only for what erases, "
     "programs or resets",
     set_connect, true},
    {"--command", 'c', VALUE_NEEDED, "CMD",
     "a monitor command, run once the target is connected; may be repeated; if one fails, the exit "
     "code is 1",
     set_command, false},
    {"--file", 'f', VALUE_NEEDED, "FILE",
     "a file with commands, one a line, run in its turn among -c; if one fails, probed ends",
     set_file, false},
    {"--allow-users", 0, VALUE_NEEDED, "NAME[,NAME..]|all",
     "which other users of this machine may connect, to any port; none but root, and who called "
     "sudo, if left out: commands write files as the user of probed",
     set_allow_users, false},
    {"--rtos", 0, VALUE_NEEDED, "auto|none|NAME",
     "whose threads gdb is shown: by the program's symbols if left out, none, or of this kernel "
     "alone",
     option_set_rtos, false},
    {"--elf", 0, VALUE_NEEDED, "FILE",
     "the program, for what its symbols tell, where no gdb brings them: the threads of its kernel",
     option_set_elf, false},
    {"--once", 0, VALUE_NONE, NULL, "leave when the last gdb leaves", set_once, false},
    {"--semihosting-dir", 0, VALUE_NEEDED, "DIR",
     "let the program open files by semihosting, those inside DIR and no others; without it, none",
     set_semihosting_dir, true},
    {"--log", 0, VALUE_NEEDED, "error|warn|info|debug", "what is told on stderr; info if left out",
     set_log, true},
    {"--wire-log", 0, VALUE_NEEDED, "FILE", "write all traffic with the probe to FILE",
     set_wire_log, true},
    {"--version", 'V', VALUE_NONE, NULL, "print the version", set_version, true},
    {"--help", 'h', VALUE_NONE, NULL, "print this", set_help, true},
};

const size_t option_row_count = sizeof option_rows / sizeof *option_rows;
