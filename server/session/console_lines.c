/* SPDX-License-Identifier: MIT */
#include "session/console_lines.h"

#include <stdio.h>

enum { SHOWN_PER_S = 16 * 1024, SHOWN_AT_ONCE = 16 * 1024 };

/* As time passes there is room for more. */
static void make_room(struct console_lines *lines, uint64_t now_us)
{
    uint64_t more = lines->at_us ? (now_us - lines->at_us) * SHOWN_PER_S / 1000000 : SHOWN_AT_ONCE;

    if (more == 0)
        return;
    lines->at_us = now_us;
    lines->room =
        more > SHOWN_AT_ONCE - lines->room ? (size_t)SHOWN_AT_ONCE : lines->room + (size_t)more;
}

static void tell_lost(struct console_lines *lines)
{
    char text[100];

    if (lines->lost == 0)
        return;
    int length = snprintf(text, sizeof text, "[%llu bytes of what the program said are left out]\n",
                          (unsigned long long)lines->lost);
    lines->lost = 0;
    lines->out(lines->user, text, (size_t)length);
}

void console_lines_flush(struct console_lines *lines, uint64_t now_us)
{
    if (lines->length == 0)
        return;
    make_room(lines, now_us);
    if (lines->length <= lines->room) {
        tell_lost(lines);
        lines->out(lines->user, lines->line, lines->length);
        lines->room -= lines->length;
    } else {
        lines->lost += lines->length;
    }
    lines->length = 0;
}

void console_lines_take(struct console_lines *lines, uint64_t now_us, const char *text,
                        size_t length)
{
    for (size_t i = 0; i < length; i++) {
        lines->line[lines->length++] = text[i];
        if (text[i] == '\n' || lines->length == sizeof lines->line)
            console_lines_flush(lines, now_us);
    }
}
