/* SPDX-License-Identifier: MIT */
#include "session/console_lines.h"

#include <stdio.h>
#include <string.h>

#include "session/events.h"
#include "session/session.h"

enum { SHOWN_PER_S = 16 * 1024, SHOWN_AT_ONCE = 16 * 1024 };

/* As time passes there is room for more. */
static void make_room(struct session *session)
{
    struct console_lines *lines = &session->console_lines;
    uint64_t now = clock_now_us(probe_clock(session->probe));
    uint64_t more = lines->at_us ? (now - lines->at_us) * SHOWN_PER_S / 1000000 : SHOWN_AT_ONCE;

    if (more == 0)
        return;
    lines->at_us = now;
    lines->room =
        more > SHOWN_AT_ONCE - lines->room ? (size_t)SHOWN_AT_ONCE : lines->room + (size_t)more;
}

static void tell_lost(struct session *session)
{
    struct console_lines *lines = &session->console_lines;
    char text[100];

    if (lines->lost == 0)
        return;
    int length = snprintf(text, sizeof text, "[%llu bytes of what the program said are left out]\n",
                          (unsigned long long)lines->lost);
    lines->lost = 0;
    events_say(session, text, (size_t)length);
}

void console_lines_flush(struct session *session)
{
    struct console_lines *lines = &session->console_lines;

    if (lines->length == 0)
        return;
    make_room(session);
    if (lines->length <= lines->room) {
        tell_lost(session);
        events_say(session, lines->line, lines->length);
        lines->room -= lines->length;
    } else {
        lines->lost += lines->length;
    }
    lines->length = 0;
}

void console_lines_take(struct session *session, const char *text, size_t length)
{
    struct console_lines *lines = &session->console_lines;

    for (size_t i = 0; i < length && session->watchers > 0 && session->probe; i++) {
        lines->line[lines->length++] = text[i];
        if (text[i] == '\n' || lines->length == sizeof lines->line)
            console_lines_flush(session);
    }
}
