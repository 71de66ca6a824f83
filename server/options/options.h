/* SPDX-License-Identifier: MIT */
/* The command line: one table of options, from which the parser and --help are made. It asks for
 * nothing but PROBED_SIM in the environment and whether a word names a file. */
#ifndef PROBED_OPTIONS_H
#define PROBED_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/log.h"
#include "net/endpoint.h"
#include "target.h"

enum { OPTIONS_PROBES = 256, OPTIONS_COMMANDS = 64, OPTIONS_TOOLS = 16 };
enum { STREAM_WORDS = 8, RTT_CHANNELS_MAX = 32 }; /* so many stimulus ports, too */

/* The words of an option that may be repeated, in order; each was read once. */
struct option_words {
    const char *items[OPTIONS_PROBES];
    size_t count;
};

/* What the command line asks for. Strings point into argv or are constant. */
struct options {
    bool help, version;
    const char *sim;        /* "BOARD[,FAULT...]"; NULL: real probes */
    const char *behind_sim; /* the word behind --sim, if it named no board */
    bool sim_by_environment;
    const char *probes[OPTIONS_PROBES]; /* as probe_choice_read() takes them */
    size_t probe_count;
    struct option_words gdb_words, telnet_words, tcl_words; /* one a probe */
    struct endpoint gdb, telnet, tcl;                       /* the last of their words */
    struct option_words rtt_words;                          /* as options_rtt() reads them */
    struct option_words swo_words;                          /* as options_place() reads them */
    struct option_words itm_words;                          /* as options_rtt() does */
    uint32_t swo_clock_hz, swo_baud;                        /* 0: measured; the best */
    uint32_t swo_divider;                                   /* of that clock to that rate; or 0 */
    bool rtt_drain;                 /* what nobody reads of RTT is thrown away */
    bool telnet_optional;           /* nobody asked for it: go on if its port is taken */
    uint32_t speed_khz;             /* 0: the probe's default */
    uint32_t flash_size;            /* bytes, whatever the chip says; 0: that */
    struct option_words pack_words; /* packs and flash algorithms */
    const char *pack_chip, *chip_ram, *flash_algorithm; /* as pack_open() takes them */
    uint32_t vtref_mv;                                  /* whatever the probe measures; 0: that */
    enum target_connect connect;                        /* LADDER: nothing was said */
    const char *commands[OPTIONS_COMMANDS];             /* in order */
    bool command_is_file[OPTIONS_COMMANDS];             /* it is the path of a file with commands */
    size_t command_count;
    bool once;
    const char *allow_users; /* as peer_rules_init() reads it; NULL: none but those it knows */
    /* What only other servers' command lines ask for (compat.h). */
    bool strict;            /* a command that fails ends the daemon */
    bool needs_target;      /* so does a first try to connect that fails */
    const char *program;    /* what gdb is about to load; NULL: not known, or no matter */
    bool launches;          /* the program is to be started anew: a first try may reset */
    bool stays_if_extended; /* `once`, but not if the last gdb used target extended-remote */
    bool reset_halts;       /* `monitor reset` alone halts */
    bool load_resets;       /* gdb's load ends with a reset to a halt */
    const char *chip;       /* which they named: "target/stm32f4x.cfg"; NULL: none */
    enum log_level log_level;
    const char *wire_log;
    const char *rtos;            /* as rtos_choose() takes it; NULL: auto */
    const char *elf;             /* the program's file, for its symbols */
    const char *semihosting_dir; /* what the program's files are inside of; NULL: it has none */
};

/* False: `why` (at least 200 bytes) has one line for the user. Defaults are filled in first. */
bool options_parse(struct options *options, int argc, const char *const argv[], char *why,
                   size_t why_size);
void options_print_help(FILE *out);
/* A word of --gdb, --telnet or --tcl. False: `why` (160 bytes) has a sentence without the option's
 * name. */
bool options_place(const char *word, struct endpoint *endpoint, char *why, size_t why_size);
/* A word of --rtt: a place and the channel that is met there. The rest as options_place(). */
bool options_rtt(const char *word, struct endpoint *endpoint, unsigned *channel, char *why,
                 size_t why_size);
/* argv[*at] is an option: moves *at to its last word, whatever it means. */
void options_skip(int argc, const char *const argv[], int *at);
/* Whether a word was meant as a file: by its looks, or because it is there. */
bool options_is_file(const char *word);

/* Whether the word stood behind --sim and looks like a board's misspelt name: a sentence then. */
bool options_wrong_board(const struct options *options, const char *word, char *why,
                         size_t why_size);

/* --- for the tools (cli.h): those options that make sense without a daemon --- */

enum options_taken {
    OPTION_TAKEN,
    OPTION_WRONG, /* `why` (at least 200 bytes) has one line for the user */
    OPTION_UNKNOWN,
};

/* Fills in the defaults. */
void options_init(struct options *options);
/* Reads the option at argv[*at] and moves *at to its last word. */
enum options_taken options_take(struct options *options, int argc, const char *const argv[],
                                int *at, char *why, size_t why_size);
/* All were read: what excludes each other, and PROBED_SIM if neither probe nor board was named.
 * False: `why` has a sentence. */
bool options_settle(struct options *options, char *why, size_t why_size);
/* For who serves one board only: false if more probes may be meant; `why` has a sentence. */
bool options_one_probe(const struct options *options, char *why, size_t why_size);
/* Whether the word is an option of the daemon. */
bool options_known(const char *word);
void options_print_tools(FILE *out);
/* The names of those, at most OPTIONS_TOOLS. */
size_t options_tool_names(const char *names[OPTIONS_TOOLS]);
/* A row of the table, for what else tells of it; only those for the tools, if `tools`. False: no
 * more. */
struct option_told {
    const char *name;
    char letter;       /* or NUL */
    const char *value; /* what it is called; NULL: it has none */
    bool may_lack;     /* ..and may be left out */
    const char *help;
};
bool options_told(size_t index, bool tools, struct option_told *told);
/* One line of help: a word or words, and a text that is wrapped beside it. */
void options_print_pair(FILE *out, const char *left, const char *help);

#endif
