/* SPDX-License-Identifier: MIT */
/* Semihosting: the calls of Arm's "Semihosting for AArch32 and AArch64" (ABI 2.0), chapter 7.
 * BKPT 0xAB with the call's number in R0 and its argument in R1; the result goes to R0, and pc
 * behind it. The program's text goes where target_set_text() says, its files and what is typed for
 * it come from semihosting_host.h. Whatever it asks for, its own mistakes are its own: -1 and
 * SYS_ERRNO. Worker thread. */
#ifndef PROBED_SEMIHOSTING_H
#define PROBED_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/visible.h"
#include "core/semihosting_host.h"
#include "core/stop_filter.h"

enum semihosting_kind {
    SEMI_CLOSED,
    SEMI_FILE,     /* `number` is semihosting_files' */
    SEMI_REMOTE,   /* `number` is that of who is asked */
    SEMI_FEATURES, /* ":semihosting-features", read up to `position` */
};

struct semihosting_file {
    enum semihosting_kind kind;
    int number;
    uint32_t position;
};

/* A call that takes more than one look: others are served in between, and whoever halts the core
 * there finds it at the call, to be gone on with. */
struct semihosting_pending {
    bool open;
    uint32_t pc, number, argument; /* which one; when it is served, the one that was made last */
    uint32_t buffer;               /* its second word: data, mostly */
    uint32_t done;                 /* bytes, or questions */
    uint32_t kept[2];              /* what was there before */
    enum { SEMI_NOT_ASKED, SEMI_ASKED, SEMI_ANSWERED } asked;
    int64_t answer;
};

/* By SYS_WRITEC and SYS_WRITE0, output and errors, each with its last character if not all of that
 * is there. */
enum { SEMI_TEXTS = 3 };
struct semihosting_text {
    char begun[VISIBLE_SEQUENCE];
    size_t length;
};

/* A core's. All zero: on, nothing said yet. */
struct semihosting {
    bool off;          /* BKPT 0xAB is an ordinary one */
    bool exit_returns; /* so does SYS_EXIT */
    bool talked;       /* the look before did what `talks` says */
    bool talks;        /* the last look served a call, or a part of one */
    int error;         /* what SYS_ERRNO gets */
    unsigned resets;   /* of the core, when it last called: behind one nothing is open */
    uint64_t warned;   /* bit per call number */
    struct semihosting_pending pending;
    struct semihosting_file files[SEMI_FILES];
    struct semihosting_text text[SEMI_TEXTS];
};

/* What both cores of a chip share. */
struct semihosting_setup {
    const struct semihosting_files *files;
    void *files_user;
    semihosting_ask *ask;
    void *ask_user;
    semihosting_input *input;
    void *input_user;
    char command_line[SEMI_COMMAND_LINE];
    char user_text[SEMI_USER_TEXT]; /* of the last call from 0x100 to 0x107 */
};

/* A call is served where the core ran or was stepped to it; where it was halted, once the core has
 * gone on. SYS_EXIT makes the stop STOP_EXIT. */
extern const struct stop_filter semihosting_filter;

struct core;
/* A program makes the same call again and again, from one place and with one buffer: before the
 * core goes on, what that takes is wanted (memory_want()), so that a call is one trip. */
bool semihosting_may_go_on(const struct core *core);
void semihosting_want_next(struct core *core);
/* The core is not debugged any more: what its program has open is closed. */
void semihosting_close_all(struct core *core);

#endif
