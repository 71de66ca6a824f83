/* SPDX-License-Identifier: MIT */
/* A path of the command line in which {serial} stands for the name of a board, so that several
 * boards have one each. Pure. */
#ifndef PROBED_PATH_PATTERN_H
#define PROBED_PATH_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_PATTERN_NAME "{serial}"

/* False: another word stands in braces; `why` (160 bytes) has a sentence. */
bool path_pattern_check(const char *pattern, char *why, size_t why_size);
/* Whether it is another path for another name. */
bool path_pattern_names(const char *pattern);
/* In the name '_' stands for '/', so that it leads into no other folder. False: it does not fit, or
 * there is no name (empty) where one is wanted. */
bool path_pattern_expand(const char *pattern, const char *name, char *path, size_t size);

#endif
