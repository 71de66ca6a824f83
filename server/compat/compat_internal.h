/* SPDX-License-Identifier: MIT */
/* What the files of the personalities share: compat.c (the parser, the lines),
 * compat_options.c (what options do), one file a server with its table. */
#ifndef PROBED_COMPAT_INTERNAL_H
#define PROBED_COMPAT_INTERNAL_H

#include "compat/compat.h"
#include "string_pool.h"

enum { COMPAT_FOLDERS = 16 };

/* A command line being read. */
struct compat_reading {
    const struct compat *compat;
    const struct compat_option *row;
    const char *name;  /* the option as it was typed */
    const char *value; /* NULL: none was given */
    struct options *options;
    struct string_pool *pool;
    bool help, version;
    const char *folders[COMPAT_FOLDERS]; /* where files are looked for */
    size_t folder_count;
    bool had_file;
    char *why;
    size_t why_size;
};

enum compat_value {
    COMPAT_NONE,
    COMPAT_VALUE,
    COMPAT_OPTIONAL, /* only in the same word: -d3, --debug=3 */
};

/* False: `why` has a sentence. */
typedef bool compat_handler(struct compat_reading *reading);

struct compat_option {
    const char *names; /* "-p --port-number": all spellings */
    enum compat_value value;
    compat_handler *set;
    const char *text; /* what it does here, for --help; for compat_without and _refuse, what is
                         missing and what to do instead */
};

/* What is printed once a service accepts: `before`, the port if there is an `after`, `after`. */
struct compat_line {
    const char *service;
    bool on_stdout; /* else standard error */
    const char *before, *after;
};

struct compat {
    const char *name;
    const char *version;                  /* the first line of --version; NULL: probed's own */
    uint16_t port, telnet_port, tcl_port; /* 0: that service is off */
    bool once, stays_if_extended, needs_target, launches, strict, reset_halts, load_resets;
    const struct compat_option *options;
    size_t option_count;
    const struct compat_line *lines;
    size_t line_count;
    /* The words behind the name are checked first; *first is moved behind them. NULL: there are
     * none. */
    bool (*begin)(struct compat_reading *reading, int argc, const char *const argv[], int *first);
    compat_handler *finish; /* all was read; NULL: nothing is left to do */
    const char *failed;     /* on standard output when there is no target; NULL: nothing */
};

extern const struct compat compat_st_util, compat_stlink_gdbserver, compat_openocd, compat_pyocd;

/* --- compat.c --- */

/* "probed as st-util: warning: ..." */
void compat_warn(const struct compat_reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sets `why`; returns false. */
bool compat_wrong(struct compat_reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- compat_options.c: handlers for the tables --- */

compat_handler compat_ignore;  /* nothing that anybody would miss */
compat_handler compat_without; /* a warning with the row's text */
compat_handler compat_refuse;  /* an error with the row's text */
compat_handler compat_help, compat_version;
compat_handler compat_gdb_port;
compat_handler compat_probe;
compat_handler compat_khz, compat_hz; /* also "1.8M", "480k" */
compat_handler compat_under_reset, compat_pre_reset, compat_attach;
compat_handler compat_stay;
compat_handler compat_command;
compat_handler compat_chip;                /* the one that is meant: compared */
compat_handler compat_debug, compat_quiet; /* the log's level */
compat_handler compat_first_core;          /* a number: another than 0 is warned of */

/* "4444", "disabled", "pipe" into an endpoint on the loopback interface. */
bool compat_endpoint(struct compat_reading *reading, const char *value, struct endpoint *endpoint);
bool compat_add_probe(struct compat_reading *reading, const char *selector);
bool compat_add_command(struct compat_reading *reading, const char *command);

#endif
