/* SPDX-License-Identifier: MIT */
#include "daemon_text.h"

#include <stdio.h>

#include "base/log.h"

void daemon_ready_line(const char *service, const struct endpoint *endpoint, char *line,
                       size_t size)
{
    char place[ENDPOINT_PATH + 8];

    endpoint_format(endpoint, place, sizeof place);
    if (endpoint->is_pipe)
        snprintf(line, size, "Serving %s on %s", service, place);
    else
        snprintf(line, size, "Listening on %s for %s connections", place, service);
}

void daemon_log_text(void *user, const char *text, size_t length)
{
    const struct log *log = user;
    const char *end = text + length;

    while (text < end) {
        char line[512];
        size_t size = 0;

        while (text < end && *text != '\n' && size < sizeof line - 1)
            line[size++] = *text++;
        line[size] = '\0';
        if (size > 0)
            log->write(log->user, LOG_INFO, line);
        if (text < end && *text == '\n')
            text++;
    }
}
