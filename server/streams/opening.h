/* SPDX-License-Identifier: MIT */
/* What the first bytes of a listener are, before any is taken for the program's: a browser's
 * request, which a web page may have caused, or the string with which clients of J-Link's RTT port
 * choose a channel. Pure.
 *
 * Source: SEGGER wiki, "J-Link RTT TELNET Channel". */
#ifndef PROBED_OPENING_H
#define PROBED_OPENING_H

#include <stdbool.h>
#include <stddef.h>

enum { OPENING_SIZE = 256 };

enum opening_is {
    OPENING_UNSURE, /* the bytes so far may become a string of J-Link's */
    OPENING_BYTES,  /* nothing but bytes for the program */
    OPENING_STRING, /* *used bytes of such a string */
    OPENING_HTTP,
};

/* `length` bytes came so far. *channel is set if a string chooses one. */
enum opening_is opening_judge(const char *bytes, size_t length, size_t *used, unsigned *channel);

#endif
