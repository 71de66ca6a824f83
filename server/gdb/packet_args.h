/* SPDX-License-Identifier: MIT */
/* Arguments of packets by a schema, so that handlers only ever see checked ones. Pure: no I/O, no
 * malloc, no globals; any thread.
 *
 * A schema is read from left to right:
 *   a  address, hex, at most 32 bits
 *   l  length, hex; if an address came before, both together must not pass the end of memory
 *   n  any other number, hex, at most 32 bits
 *   t  thread id: hex, or -1 for all
 *   w  word: text up to the next literal of the schema
 *   h  the rest, bytes as hex digits     \  a length before it must be their number, an address
 *   b  the rest, bytes binary-escaped    /  before it must leave room for them
 *   p  the rest, a pattern: binary-escaped, of any length
 *   s  the rest, text
 *   ?  the packet may end here
 * Any other character stands for itself. Nothing may follow the end of the schema. */
#ifndef PROBED_PACKET_ARGS_H
#define PROBED_PACKET_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { PACKET_ARGS = 4 };
/* Thread id -1. */
#define PACKET_ALL_THREADS UINT32_MAX

struct packet_args {
    size_t count; /* arguments present */
    struct packet_arg {
        uint32_t number; /* a l n t; else 0 */
        char *data;      /* w s h b p: inside the packet, decoded in place; not ended by NUL */
        size_t length;
    } item[PACKET_ARGS];
};

/* `text` is what follows the packet's name; h, b and p decode it in place. ERR_ARGUMENT. */
enum err packet_args_parse(const char *schema, char *text, size_t length, struct packet_args *args);

/* A vCont packet's action for the thread that runs: the leftmost that names it (gdb manual,
 * "vCont"). */
struct vcont {
    char action;         /* c, s or r; C and S come as c and s */
    uint32_t start, end; /* r: steps while pc is in [start, end) */
    uint32_t thread;     /* another one that is to be stepped, or to run alone; 0: none */
    bool alone;          /* the one that runs may not */
};

/* `text` is what follows "vCont". ERR_ARGUMENT if it is garbled or no action is for any thread.
 * The action is that for `thread`, if there is one. */
enum err packet_args_vcont(char *text, size_t length, uint32_t running, struct vcont *vcont);

#endif
