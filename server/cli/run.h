/* SPDX-License-Identifier: MIT */
/* What the files of `probed run` share: run.c prepares and tells, run_loop.c lets the program run
 * until something ends it, run_end.c says what that was, run_channels.c hears what it says beside
 * semihosting, and passes on what is said to it, run_output.c shows it, run_trace.c where it
 * crashed. One thread. */
#ifndef PROBED_CLI_RUN_H
#define PROBED_CLI_RUN_H

#include "backtrace/backtrace.h"
#include "cli/cli.h"
#include "cli/run_channels.h"
#include "cli/run_output.h"
#include "session/program_text.h"

/* Exit codes beside the program's own, as timeout(1) and git-bisect(1) understand them. */
enum {
    RUN_PROGRAM_MAX = 123, /* the largest of the program's; others that are not 0 become this one */
    RUN_TIMEOUT_CODE = 124,
    RUN_FAILED_CODE = CLI_NOT_RUN_CODE,
    RUN_CRASHED_CODE = 126,
    RUN_CANCELLED_CODE = 130,
};

/* Why the run is over. */
enum run_outcome {
    RUN_GOES_ON,
    RUN_ENDED,  /* the program, with its code */
    RUN_SILENT, /* so, without having said what was waited for */
    RUN_UNTIL,  /* it said what was waited for */
    RUN_TIMED_OUT,
    RUN_CRASHED,
    RUN_CANCELLED,
    RUN_FAILED, /* neither well nor badly: what is between us and it failed */
};

/* Functions of the program whose addresses end it; ~0: there is none. */
struct run_places {
    uint32_t main, exit;
    uint32_t behind_main; /* where main returns to; known once it was entered */
    uint32_t stack;       /* SP at main's beginning */
};

struct run {
    struct cli *cli;
    struct session *session;
    struct client *client; /* us, as the session sees us */
    struct text_listener listener;
    struct run_output output;
    struct run_channels channels;
    struct run_places places;
    struct debug_info *debug_info; /* NULL: the file has none */
    uint64_t began_us, limit_us;   /* board's clock; limit 0: none */

    bool stopped, lost, waits_for_exit;
    uint64_t returned_us; /* waits_for_exit: since main returned */
    struct target_stop stop;

    enum run_outcome outcome;
    bool has_program_code;
    uint32_t program_code;
    uint64_t took_us;
    char reason[600];
    struct backtrace trace; /* no frames: none was taken */
};

/* --- run_loop.c --- */

/* From the reset on, until run->outcome says why it is over; the core stands then, if it is still
 * there. An error's sentence is in the job. */
enum err run_loop(struct run *run);

/* --- run_trace.c --- */

/* Where the core stands, and how it came there, if the run's end leaves that in question. */
void run_trace_take(struct run *run);
/* In lines, to standard error. */
void run_trace_print(const struct run *run);

/* --- run_report.c --- */

/* One object on standard output. */
void run_report_json(const struct run *run);
/* ERR_FILE with a sentence. */
enum err run_report_junit(const struct run *run, const char *path);

/* --- run_end.c --- */

/* The program has ended with this code, by `how`. */
void run_end_with(struct run *run, uint32_t code, const char *how);
/* The core stands: what that means for the run, if it ends it. */
enum err run_take_stop(struct run *run);
/* Anything else is over: its sentence. */
void run_end(struct run *run, enum run_outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int run_exit_code(const struct run *run);

#endif
