/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "nearest.h"

/* One option being read: the value and where a complaint goes. */
struct reading {
    struct options *options;
    const char *name, *value;
    char *why;
    size_t why_size;
};

enum value { VALUE_NONE, VALUE_NEEDED, VALUE_OPTIONAL };

struct option_row {
    const char *name; /* first member: nearest() searches the table */
    char letter;
    enum value value;
    const char *value_name;
    const char *help;
    bool (*set)(struct reading *reading);
    bool tools; /* for the tools too, not for the daemon alone */
};

static bool set_sim(struct reading *reading)
{
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

    return add(reading, options->probes, &options->probe_count, OPTIONS_PROBES);
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

static bool set_gdb(struct reading *reading)
{
    struct endpoint *gdb = &reading->options->gdb;
    char why[160];

    gdb->is_pipe = strcmp(reading->value, "pipe") == 0;
    if (gdb->is_pipe || endpoint_parse(reading->value, gdb, why, sizeof why))
        return true;
    snprintf(reading->why, reading->why_size, "--gdb: %s", why);
    return false;
}

static bool set_port(struct reading *reading, struct endpoint *endpoint)
{
    char why[160];

    if (strcmp(reading->value, "off") == 0) {
        endpoint->is_off = true;
        return true;
    }
    if (endpoint_parse(reading->value, endpoint, why, sizeof why))
        return true;
    snprintf(reading->why, reading->why_size, "%s: %s", reading->name, why);
    return false;
}

static bool set_telnet(struct reading *reading)
{
    reading->options->telnet_optional = false;
    return set_port(reading, &reading->options->telnet);
}

static bool set_tcl(struct reading *reading)
{
    return set_port(reading, &reading->options->tcl);
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

/* Index of the value among `names`, or -1 after complaining with the names there are. */
static int choose(struct reading *reading, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(reading->value, names[i]) == 0)
            return (int)i;
    }
    const char *meant = nearest(reading->value, names, count, sizeof *names);
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
    static const char *const names[] = {
        [TARGET_CONNECT_NORMAL] = "normal",
        [TARGET_CONNECT_UNDER_RESET] = "under-reset",
        [TARGET_CONNECT_ATTACH] = "attach",
    };
    int choice = choose(reading, names, sizeof names / sizeof *names);

    reading->options->connect = choice < 0 ? TARGET_CONNECT_NORMAL : (enum target_connect)choice;
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
    reading->options->wire_log = reading->value;
    return true;
}

static bool set_allow_users(struct reading *reading)
{
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

static const struct option_row rows[] = {
    {"--sim", 0, VALUE_OPTIONAL, "[BOARD[,FAULT...]]",
     "a simulated board instead of a probe; BOARD is bluepill if left out. FAULTs: noack, vtref=V, "
     "locked, clone, flash-size=N, swj-off, nrst-open, sleep, noise=N, wires=KHZ, vanish=N, "
     "realtime",
     set_sim, true},
    {"--probe", 0, VALUE_NEEDED, "SELECTOR",
     "which probe: (part of) its serial number, its place as usb:1-2.3, or its USB id as 0483:3748",
     set_probe, true},
    {"--gdb", 0, VALUE_NEEDED, "[ADDR:]PORT|unix:PATH|pipe",
     "where gdb connects; 127.0.0.1:3333 if left out, port 0 takes a free one; pipe is standard "
     "input and output, for gdb's target extended-remote | probed --gdb pipe",
     set_gdb, false},
    {"--telnet", 0, VALUE_NEEDED, "[ADDR:]PORT|off",
     "where telnet connects, for commands; 127.0.0.1:4444 if left out and free", set_telnet, false},
    {"--tcl", 0, VALUE_NEEDED, "[ADDR:]PORT|off",
     "commands as scripts for OpenOCD's TCL port send them (theirs is 6666); off if left out",
     set_tcl, false},
    {"--speed", 0, VALUE_NEEDED, "KHZ", "highest SWD clock; the probe's default if left out",
     set_speed, true},
    {"--connect", 0, VALUE_NEEDED, "normal|under-reset|attach",
     "normal leaves the program alone, and resets only if there is no other way; under-reset "
     "holds NRST first; attach never resets",
     set_connect, true},
    {"--command", 'c', VALUE_NEEDED, "CMD",
     "a monitor command, run once the target is connected; may be repeated", set_command, false},
    {"--file", 'f', VALUE_NEEDED, "FILE",
     "a file with commands, one a line, run in its turn among -c; if one fails, probed ends",
     set_file, false},
    {"--allow-users", 0, VALUE_NEEDED, "NAME[,NAME..]|all",
     "which other users of this machine may connect; none but root, and who called sudo, if left "
     "out",
     set_allow_users, false},
    {"--once", 0, VALUE_NONE, NULL, "leave when the last gdb leaves", set_once, false},
    {"--log", 0, VALUE_NEEDED, "LEVEL", "error, warn, info (if left out) or debug; on stderr",
     set_log, true},
    {"--wire-log", 0, VALUE_NEEDED, "FILE", "write all traffic with the probe to FILE",
     set_wire_log, true},
    {"--version", 0, VALUE_NONE, NULL, "print the version", set_version, false},
    {"--help", 'h', VALUE_NONE, NULL, "print this", set_help, true},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* The row of "--name", "--name=value" or "-c". */
static const struct option_row *find_row(const char *word)
{
    size_t length = strcspn(word, "=");

    for (size_t i = 0; i < ROWS; i++) {
        bool name = strlen(rows[i].name) == length && strncmp(rows[i].name, word, length) == 0;
        bool letter = rows[i].letter && word[1] == rows[i].letter && word[2] == '\0';
        if (name || letter)
            return &rows[i];
    }
    return NULL;
}

static bool complain(struct reading *reading, const char *word)
{
    char name[64];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *meant = word[0] == '-' ? nearest(name, rows, ROWS, sizeof *rows) : NULL;
    if (word[0] != '-')
        snprintf(reading->why, reading->why_size,
                 "unexpected word '%s'; see probed --help (a tool's name stands first, as in: "
                 "probed info --sim)",
                 name);
    else
        snprintf(reading->why, reading->why_size, "unknown option '%s'; %s%s%s", name,
                 meant ? "did you mean " : "see probed --help", meant ? meant : "",
                 meant ? "?" : "");
    return false;
}

/* The value in the same word behind '=', or the next word; advances *at over it. */
static bool find_value(struct reading *reading, const struct option_row *row, int argc,
                       const char *const argv[], int *at)
{
    const char *equals = argv[*at][1] == '-' ? strchr(argv[*at], '=') : NULL;
    bool next = *at + 1 < argc && (row->value == VALUE_NEEDED || argv[*at + 1][0] != '-');

    reading->name = row->name;
    reading->value = NULL;
    if (equals && row->value == VALUE_NONE) {
        snprintf(reading->why, reading->why_size, "%s takes no value", row->name);
        return false;
    }
    if (equals)
        reading->value = equals + 1;
    else if (row->value != VALUE_NONE && next)
        reading->value = argv[++*at];
    if (row->value == VALUE_NEEDED && !reading->value) {
        snprintf(reading->why, reading->why_size, "%s needs a value: %s %s", row->name, row->name,
                 row->value_name);
        return false;
    }
    return true;
}

void options_init(struct options *options)
{
    char why[160];

    *options = (struct options){.log_level = LOG_INFO, .connect = TARGET_CONNECT_NORMAL};
    endpoint_parse("127.0.0.1:3333", &options->gdb, why, sizeof why);
    endpoint_parse("127.0.0.1:4444", &options->telnet, why, sizeof why);
    options->telnet_optional = true;
    options->tcl.is_off = true;
}

enum options_taken options_take(struct options *options, int argc, const char *const argv[],
                                int *at, char *why, size_t why_size)
{
    struct reading reading = {.options = options, .why = why, .why_size = why_size};
    const struct option_row *row = find_row(argv[*at]);

    if (!row || !row->tools)
        return OPTION_UNKNOWN;
    return find_value(&reading, row, argc, argv, at) && row->set(&reading) ? OPTION_TAKEN
                                                                           : OPTION_WRONG;
}

bool options_parse(struct options *options, int argc, const char *const argv[], char *why,
                   size_t why_size)
{
    struct reading reading = {.options = options, .why = why, .why_size = why_size};

    options_init(options);
    for (int i = 1; i < argc; i++) {
        const struct option_row *row = argv[i][0] == '-' ? find_row(argv[i]) : NULL;

        if (!row)
            return complain(&reading, argv[i]);
        if (!find_value(&reading, row, argc, argv, &i) || !row->set(&reading))
            return false;
    }
    if (options->sim && options->probe_count > 0) {
        snprintf(why, why_size, "--sim and --probe exclude each other");
        return false;
    }
    return true;
}

static const char examples[] =
    "probed: a debug server for STM32 microcontrollers: gdb on one side, a probe on the other\n"
    "\n"
    "  probed --sim                          nothing plugged in: a simulated Blue Pill\n"
    "  probed                                the probe that is plugged in\n"
    "  probed --connect under-reset          a program that turns its debug pins off\n"
    "  probed -c 'reset halt' --once         halt at the first instruction; leave with gdb\n"
    "  probed -f provision.probed            commands from a file, one a line\n"
    "  probed debug blink.elf                gdb in this terminal, stopped at main\n"
    "  probed --as openocd -f target/stm32f1x.cfg\n"
    "                                        openocd's command line; also st-util,\n"
    "                                        ST-LINK_gdbserver, pyocd\n"
    "\n"
    "  then, in another window:\n"
    "  gdb-multiarch firmware.elf -ex 'target extended-remote :3333' -ex load\n"
    "\n"
    "options:\n";

enum { HELP_COLUMN = 22, HELP_WIDTH = 78 };

/* Prints words from column HELP_COLUMN to HELP_WIDTH. */
static void print_wrapped(FILE *out, const char *text)
{
    int column = HELP_COLUMN;

    while (*text) {
        int length = (int)strcspn(text, " ");

        if (column > HELP_COLUMN && column + length >= HELP_WIDTH) {
            fprintf(out, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        fprintf(out, "%s%.*s", column > HELP_COLUMN ? " " : "", length, text);
        column += length + 1;
        text += length + (text[length] == ' ' ? 1 : 0);
    }
    fputc('\n', out);
}

void options_print_pair(FILE *out, const char *left, const char *help)
{
    if (strlen(left) + 2 < HELP_COLUMN - 1)
        fprintf(out, "  %-*s", HELP_COLUMN - 2, left);
    else
        fprintf(out, "  %s\n%*s", left, HELP_COLUMN, "");
    print_wrapped(out, help);
}

static void print_row(FILE *out, const struct option_row *row)
{
    char left[80], letter[8] = "";

    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(left, sizeof left, "%s%s%s%s", letter, row->name, row->value_name ? " " : "",
             row->value_name ? row->value_name : "");
    options_print_pair(out, left, row->help);
}

void options_print_tools(FILE *out)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].tools)
            print_row(out, &rows[i]);
}

size_t options_tool_names(const char *names[OPTIONS_TOOLS])
{
    size_t count = 0;

    for (size_t i = 0; i < ROWS && count < OPTIONS_TOOLS; i++)
        if (rows[i].tools)
            names[count++] = rows[i].name;
    return count;
}

void options_print_help(FILE *out)
{
    fputs(examples, out);
    for (size_t i = 0; i < ROWS; i++)
        print_row(out, &rows[i]);
}
