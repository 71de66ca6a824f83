/* SPDX-License-Identifier: MIT */
#include "consoles/line_history.h"

#include <string.h>

static bool is_newest(const struct line_history *history, const char *line)
{
    return history->end > history->begin && strcmp(history->lines + history->newest, line) == 0;
}

static void make_room(struct line_history *history, size_t size)
{
    while (history->end - history->begin + size > LINE_HISTORY)
        history->begin += strlen(history->lines + history->begin) + 1;
    if (history->end + size <= sizeof history->lines)
        return;
    history->end -= history->begin;
    memmove(history->lines, history->lines + history->begin, history->end);
    history->begin = 0;
}

void line_history_add(struct line_history *history, const char *line, size_t length)
{
    if (length > 0 && !is_newest(history, line)) {
        make_room(history, length + 1);
        memcpy(history->lines + history->end, line, length + 1);
        history->newest = history->end;
        history->end += length + 1;
    }
    line_history_leave(history);
}

const char *line_history_older(struct line_history *history)
{
    if (history->shown == history->begin)
        return NULL;
    /* Behind the NUL that ends the line before. */
    const char *from = history->lines + history->begin;
    const char *nul = memrchr(from, '\0', history->shown - history->begin - 1);

    history->shown = nul ? (size_t)(nul + 1 - history->lines) : history->begin;
    return history->lines + history->shown;
}

const char *line_history_newer(struct line_history *history)
{
    if (history->shown == history->end)
        return NULL;
    history->shown += strlen(history->lines + history->shown) + 1;
    return history->shown == history->end ? "" : history->lines + history->shown;
}

void line_history_leave(struct line_history *history)
{
    history->shown = history->end;
}
