/* SPDX-License-Identifier: MIT */
/* The call's words for another process of this program. */
#ifndef PROBED_CLI_OWN_WORDS_H
#define PROBED_CLI_OWN_WORDS_H

#include "cli/cli.h"

/* With `added` behind the tool's name, without what `dropped` names (options, those with a value
 * end in '='); --json becomes --json-line. Both end with NULL. The array is the caller's to free,
 * the words are not. NULL without memory. */
const char **own_words(const struct cli *cli, const char *const added[],
                       const char *const dropped[]);

/* What a process of ours ended with, by what waitpid() says: its exit code, or 128 and the signal.
 */
int own_code(int status);
/* In a child of fork(), whose standard input is nothing: becomes this program with these words. A
 * group of its own: Ctrl-C comes once, from the parent. */
void own_become(const char **words) __attribute__((noreturn));

#endif
