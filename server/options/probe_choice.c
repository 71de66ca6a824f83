/* SPDX-License-Identifier: MIT */
#include "options/probe_choice.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe/probe.h"

static const char name_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

/* It becomes a part of log lines and of file names. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length < PROBE_NAME && name[0] != '.' && name[0] != '-' &&
           strspn(name, name_letters) == length;
}

/* The '@' before the name; NULL: there is no name. */
static const char *find_name(const char *word)
{
    const char *file = probe_replayed_file(word);
    const char *at = file ? strrchr(file, '@') : strchr(word, '@');

    if (file && at && (strchr(at, '/') || access(file, F_OK) == 0))
        return NULL;
    return at;
}

bool probe_choice_read(const char *word, struct probe_choice *choice, char *why, size_t why_size)
{
    const char *at = find_name(word), *name = at ? at + 1 : NULL;
    size_t length = at ? (size_t)(at - word) : strlen(word);

    *choice = (struct probe_choice){0};
    if (name && !is_name(name)) {
        snprintf(why, why_size,
                 "--probe %.40s: a name behind @ has 1 to %d letters, digits, '_', '-' or '.'",
                 word, PROBE_NAME - 1);
        return false;
    }
    if (length == 0 || length >= PROBE_SELECTOR) {
        snprintf(why, why_size, "--probe: a selector has 1 to %d characters", PROBE_SELECTOR - 1);
        return false;
    }
    memcpy(choice->selector, word, length);
    if (name)
        memcpy(choice->name, name, strlen(name) + 1);
    char reason[160];
    if (probe_selector_check(choice->selector, reason, sizeof reason))
        return true;
    snprintf(why, why_size, "--probe: %s", reason);
    return false;
}

bool probe_choice_is_all(const char *word)
{
    return strcmp(word, "all") == 0;
}
