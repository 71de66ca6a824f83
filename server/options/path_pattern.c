/* SPDX-License-Identifier: MIT */
#include "options/path_pattern.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static bool begins(const char *at)
{
    return strncmp(at, PATH_PATTERN_NAME, strlen(PATH_PATTERN_NAME)) == 0;
}

bool path_pattern_check(const char *pattern, char *why, size_t why_size)
{
    for (const char *at = strchr(pattern, '{'); at; at = strchr(at + 1, '{')) {
        size_t length = strcspn(at, "}/");

        if (at[length] != '}' || begins(at))
            continue;
        snprintf(why, why_size, "%.*s} stands for nothing in a path; " PATH_PATTERN_NAME " does",
                 length < 40 ? (int)length : 40, at);
        return false;
    }
    return true;
}

bool path_pattern_names(const char *pattern)
{
    return strstr(pattern, PATH_PATTERN_NAME) != NULL;
}

static void put_name(struct buf *path, const char *name)
{
    for (; *name; name++)
        buf_byte(path, *name == '/' ? '_' : (uint8_t)*name);
}

bool path_pattern_expand(const char *pattern, const char *name, char *path, size_t size)
{
    struct buf text;

    buf_init(&text, path, size - 1);
    for (const char *at = pattern; *at;) {
        if (!begins(at)) {
            buf_byte(&text, (uint8_t)*at++);
            continue;
        }
        if (!*name)
            return false;
        put_name(&text, name);
        at += strlen(PATH_PATTERN_NAME);
    }
    path[text.length] = '\0';
    return !text.overflow;
}
