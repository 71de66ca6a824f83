/* SPDX-License-Identifier: MIT */
/* What the files of the personalities share: personality.c (the parser, the lines),
 * personality_options.c (what options do), one file a server with its table. */
#ifndef PROBED_PERSONALITY_INTERNAL_H
#define PROBED_PERSONALITY_INTERNAL_H

#include "compat/compat.h"
#include "string_pool.h"

enum { PERSONALITY_FOLDERS = 16 };

/* A command line being read. */
struct personality_reading {
    const struct personality *personality;
    const struct personality_option *row;
    const char *name;  /* the option as it was typed */
    const char *value; /* NULL: none was given */
    struct options *options;
    struct texts *texts;
    bool help, version;
    const char *folders[PERSONALITY_FOLDERS]; /* where files are looked for */
    size_t folder_count;
    bool had_file;
    char *why;
    size_t why_size;
};

enum personality_value {
    PERSONALITY_NONE,
    PERSONALITY_VALUE,
    PERSONALITY_OPTIONAL, /* only in the same word: -d3, --debug=3 */
};

/* False: `why` has a sentence. */
typedef bool personality_handler(struct personality_reading *reading);

struct personality_option {
    const char *names; /* "-p --port-number": all spellings */
    enum personality_value value;
    personality_handler *set;
    const char *text; /* what it does here, for --help; for personality_without and _refuse, what is
                         missing and what to do instead */
};

/* What is printed once a service accepts: `before`, the port if there is an `after`, `after`. */
struct personality_line {
    const char *service;
    bool on_stdout; /* else standard error */
    const char *before, *after;
};

struct personality {
    const char *name;
    const char *version;                  /* the first line of --version; NULL: probed's own */
    uint16_t port, telnet_port, tcl_port; /* 0: that service is off */
    bool once, stays_if_extended, needs_target, strict, reset_halts, load_resets;
    const struct personality_option *options;
    size_t option_count;
    const struct personality_line *lines;
    size_t line_count;
    /* The words behind the name are checked first; *first is moved behind them. NULL: there are
     * none. */
    bool (*begin)(struct personality_reading *reading, int argc, const char *const argv[],
                  int *first);
    personality_handler *finish; /* all was read; NULL: nothing is left to do */
    const char *failed;          /* on standard output when there is no target; NULL: nothing */
};

extern const struct personality personality_st_util, personality_stlink_gdbserver,
    personality_openocd, personality_pyocd;

/* --- personality.c --- */

/* "probed as st-util: warning: ..." */
void personality_warn(const struct personality_reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sets `why`; returns false. */
bool personality_wrong(struct personality_reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- personality_options.c: handlers for the tables --- */

personality_handler personality_ignore;  /* nothing that anybody would miss */
personality_handler personality_without; /* a warning with the row's text */
personality_handler personality_refuse;  /* an error with the row's text */
personality_handler personality_help, personality_version;
personality_handler personality_gdb_port;
personality_handler personality_probe;
personality_handler personality_khz, personality_hz; /* also "1.8M", "480k" */
personality_handler personality_under_reset, personality_attach;
personality_handler personality_stay;
personality_handler personality_command;
personality_handler personality_chip;                     /* the one that is meant: compared */
personality_handler personality_debug, personality_quiet; /* the log's level */
personality_handler personality_first_core; /* a number: another than 0 is warned of */

/* "4444", "disabled", "pipe" into an endpoint on the loopback interface. */
bool personality_endpoint(struct personality_reading *reading, const char *value,
                          struct endpoint *endpoint);
bool personality_add_probe(struct personality_reading *reading, const char *selector);
bool personality_add_command(struct personality_reading *reading, const char *command);

#endif
