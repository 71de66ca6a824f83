/* SPDX-License-Identifier: MIT */
/* The ways between `probed run` and the program: what RTT and a serial port bring becomes the
 * session's text (session/program_text.h), as semihosting's is; standard input goes to semihosting
 * when that asks for it, else to the first of RTT and the serial port that the program listens to,
 * and is not read for one that does not. One thread. */
#ifndef PROBED_RUN_CHANNELS_H
#define PROBED_RUN_CHANNELS_H

#include "base/job.h"
#include "session/program_text.h"
#include "session/stream.h"

enum { RUN_INPUT = 256, RUN_DEVICE = 128 };

struct directory;
struct run;

struct run_channels {
    int tty;                 /* -1: none */
    char device[RUN_DEVICE]; /* of the tty */
    bool input_over;         /* standard input has ended */
    size_t input_length;     /* read and not passed on yet */
    char input[RUN_INPUT];
    uint32_t rtt_block;      /* where the program's is; 0: it has none */
    struct directory *files; /* semihosting\'s; NULL: none */
};

/* The serial port that the words of --uart mean, open before the program is reset. `words` NULL:
 * none. ERR_ARGUMENT, ERR_FILE with a sentence. The probe is open. */
enum err run_channels_open_tty(struct run *run, const char *words);
/* Connected, before the reset: run->listener begins to listen. */
enum err run_channels_begin(struct run *run);
/* One look at all of them. */
void run_channels_look(struct run *run);
/* The program stands: what it said last. */
void run_channels_drain(struct run *run);
/* Also of what was not begun. */
void run_channels_end(struct run *run);

#endif
