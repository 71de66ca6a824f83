/* SPDX-License-Identifier: MIT */
/* Standing in for another debug server: under its name (that of the program file, or --as NAME)
 * probed takes that server's command line, prints the lines that its clients wait for, and ends
 * when it would. What cannot be honoured is said in one line. The command lines have no word for a
 * simulated board, so the environment variable PROBED_SIM may name one. */
#ifndef PROBED_PERSONALITY_H
#define PROBED_PERSONALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "options/options.h"

struct personality;
struct texts;

/* By the last part of a path: "/opt/bin/st-util". NULL: there is none. */
const struct personality *personality_find(const char *path);
/* Their names, with a comma between them. */
const char *personality_names(void);
/* "probed as openocd": whose messages they are. */
void personality_full_name(const struct personality *personality, char *name, size_t size);

enum personality_outcome {
    PERSONALITY_SERVE,
    PERSONALITY_DONE,  /* what was asked for was printed */
    PERSONALITY_WRONG, /* `why` (at least 240 bytes) has one line for the user */
};

/* Fills in `options`, whose strings point into argv, the environment or `texts`. Warnings and what
 * --help and --version say are printed. */
enum personality_outcome personality_parse(const struct personality *personality, int argc,
                                           const char *const argv[], struct options *options,
                                           struct texts *texts, char *why, size_t why_size);
/* A port accepts from now on: prints what clients match on, in whole lines. */
void personality_ready(const struct personality *personality, const char *service,
                       const struct endpoint *endpoint);
/* There is no target: what the original says before it ends. */
void personality_failed(const struct personality *personality);

#endif
