/* SPDX-License-Identifier: MIT */
/* What a program says on RTT's channel 0 as text for people: its virtual terminals are told apart
 * by their number before each line, as J-Link's viewer does, once there is another than 0; their
 * switches (FF, then a digit) are taken out. Pure.
 *
 * Source: SEGGER RTT V8.56a, SEGGER_RTT_SetTerminal(). */
#ifndef PROBED_RTT_TEXT_H
#define PROBED_RTT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/visible.h"

/* All zero: nothing was said yet. */
struct rtt_text {
    unsigned terminal;
    bool several;                 /* another than 0 has spoken */
    bool switching;               /* the last byte was FF */
    bool in_line;                 /* the line has begun */
    char begun[VISIBLE_SEQUENCE]; /* the last character, if not all there */
    size_t begun_length;
};

/* `out` gets it in whole characters and escape sequences (visible.h), in pieces. */
void rtt_text_feed(struct rtt_text *text, const uint8_t *bytes, size_t length,
                   void (*out)(void *user, const char *bytes, size_t length), void *user);

#endif
