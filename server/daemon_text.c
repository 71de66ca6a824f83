/* SPDX-License-Identifier: MIT */
#include "daemon_text.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/visible.h"

void daemon_ready_line(const char *name, const char *service, const struct endpoint *endpoint,
                       char *line, size_t size)
{
    const char *to = name[0] ? " to " : "";
    char place[ENDPOINT_PATH + 8], shown[VISIBLE_GROWTH * sizeof place];

    endpoint_format(endpoint, place, sizeof place);
    visible_copy(VISIBLE_LINE, place, strlen(place), shown, sizeof shown);
    if (endpoint->is_pipe)
        snprintf(line, size, "Serving %s on %s%s%s", service, shown, to, name);
    else
        snprintf(line, size, "Listening on %s for %s connections%s%s", shown, service, to, name);
}

/* Of one line, as much as there is room for; returns what is left of it. */
static const char *log_part(const struct log *log, const char *text, const char *end)
{
    char line[512];
    struct visible_piece piece;
    size_t size = 0;

    while (text < end && size < sizeof line - sizeof piece.text) {
        text += visible_next(VISIBLE_LINE, text, (size_t)(end - text), &piece);
        memcpy(line + size, piece.text, piece.length);
        size += piece.length;
    }
    line[size] = '\0';
    log->write(log->user, LOG_INFO, line);
    return text;
}

void daemon_log_text(void *user, const char *text, size_t length)
{
    const char *end = text + length;

    while (text < end) {
        const char *found = memchr(text, '\n', (size_t)(end - text));
        const char *stop = found ? found : end;
        const char *shown = stop > text && stop[-1] == '\r' ? stop - 1 : stop;

        while (text < shown)
            text = log_part(user, text, shown);
        text = stop + (found ? 1 : 0);
    }
}
