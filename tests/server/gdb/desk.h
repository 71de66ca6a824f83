/* SPDX-License-Identifier: MIT */
/* A session on the fake target with gdbs as a test sees them: ask() runs one packet, what comes
 * outside of replies is kept per gdb. */
#ifndef DESK_H
#define DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_target.h"
#include "gdb/gdb_console.h"
#include "gdb/packets.h"
#include "gdb/rsp.h"

struct gdb {
    struct gdb_state state;
    struct client *client;
    char sent[2048]; /* payloads that came by themselves, each in [] */
    char reply[RSP_PACKET_SIZE + 1];
    size_t reply_length;
    unsigned actions;
    enum packet_outcome outcome;
    enum err left; /* in the last packet's job */
};

struct desk {
    struct session session;
    struct log log;
    char logged[1024]; /* warnings and errors, each with a line end */
    struct gdb gdb[3];
};

/* A connected session, its core running; the first gdb is there. */
void desk_open(struct desk *desk);
void desk_close(struct desk *desk);
/* One more gdb. */
struct gdb *desk_join(struct desk *desk, size_t index);

/* Runs a packet; returns the reply as text, "LATER" or "NOTHING". */
const char *ask_bytes(struct desk *desk, struct gdb *gdb, const void *packet, size_t length);
const char *ask(struct desk *desk, struct gdb *gdb, const char *packet);
/* What came outside of replies since the last call; console text in clear: [O:text]. */
const char *sent(struct gdb *gdb);

/* What was logged since the last call. */
const char *logged(struct desk *desk);

void desk_poll(struct desk *desk);
void desk_interrupt(struct desk *desk, struct gdb *gdb);
/* A command by telnet. */
enum err desk_telnet(struct desk *desk, const char *line);

/* The reply begins like this: stop replies go on with registers. */
#define assert_begins(text, begin) assert_memory_equal(text, begin, strlen(begin))

#endif
