/* SPDX-License-Identifier: MIT */
/* `probed complete WORD..`: what may stand in the place of the last word of a command line, for the
 * shells' completion (install/completion). A line a candidate: the whole word, a tab, what it is.
 * One that ends in ':', ',' or '=' goes on. The line ":files" says that files may stand there, too.
 */
#ifndef PROBED_CLI_COMPLETE_H
#define PROBED_CLI_COMPLETE_H

#include <stdio.h>

/* The words behind the program's name; at least one, which may be empty. */
void complete_print(FILE *out, int count, const char *const words[]);

/* --- complete_values.c, for complete.c --- */

/* The word that is being typed. */
struct typed {
    FILE *out;
    const char *word; /* all of it.. */
    size_t kept;      /* ..of which so much stays as it is: an option and its '=' */
};

/* A candidate, if it begins as what was typed. `help`: its first sentence counts; may be "". */
void complete_offer(const struct typed *typed, const char *text, const char *help);
/* What a value may be, by what it is called in the help: "normal|attach", "FILE", "BOARD". */
void complete_value(const struct typed *typed, const char *called);

#endif
