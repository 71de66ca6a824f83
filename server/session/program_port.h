/* SPDX-License-Identifier: MIT */
/* What the program says and is told by semihosting at a TCP port of its own instead of gdb's
 * console, as OpenOCD's semihosting_redirect. Worker thread. */
#ifndef PROBED_PROGRAM_PORT_H
#define PROBED_PROGRAM_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "target.h"

struct endpoint;
struct job;
struct session;

/* Which of it: characters and strings that need no handle, what goes to and comes from handles. */
enum { PROGRAM_PORT_DEBUG = 1, PROGRAM_PORT_STDIO = 2 };

struct program_port {
    unsigned takes; /* 0: there is none */
    uint16_t number;
};

/* In place of the one before. *endpoint becomes where it is. */
enum err program_port_open(struct session *session, struct job *job, unsigned takes,
                           struct endpoint *endpoint);
enum err program_port_close(struct session *session, struct job *job);
/* Takes the text; false: it is for everybody. Who listens too slowly loses what is more than
 * STREAM_AHEAD. */
bool program_port_takes(struct session *session, const struct program_text *text);

#endif
