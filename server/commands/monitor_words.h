/* SPDX-License-Identifier: MIT */
/* Splits a line into commands and words: spaces part words, ';' and line ends part commands,
 * "quotes" (with \ before " and \) and {braces} (nesting, taken as they are) keep together. What
 * Tcl would put in the place of $name and [command] is not known here: such words are marked,
 * unless in braces or behind a \. Pure. */
#ifndef PROBED_MONITOR_WORDS_H
#define PROBED_MONITOR_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "commands/monitor.h"

enum { MONITOR_COMMAND_SIZE = 8192 };

/* The words of one command. */
struct monitor_words {
    int count;
    const char *words[MONITOR_WORDS]; /* in text */
    char text[MONITOR_COMMAND_SIZE];
    size_t used;
    const char *tcl; /* the first word with $name or [command] in it; NULL: none */
};

/* Splits the next command off *line; *line moves behind it, to NULL after the last. Returns what is
 * wrong with the line, or NULL. No words: an empty command. */
const char *monitor_split(const char **line, struct monitor_words *words);

/* A number as people write it: decimal or 0x hexadecimal. False: not one, or above `limit`. */
bool monitor_number(const char *word, uint32_t limit, uint32_t *value);

#endif
