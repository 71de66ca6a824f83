/* SPDX-License-Identifier: MIT */
/* Standing in for another debug server: under its name (that of the program file, or --as NAME)
 * probed takes that server's command line, prints the lines that its clients wait for, and ends
 * when it would. What cannot be honoured is said in one line. The command lines have no word for a
 * simulated board, so the environment variable PROBED_SIM may name one. */
#ifndef PROBED_COMPAT_H
#define PROBED_COMPAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "options/options.h"

struct compat;
struct string_pool;

/* By the last part of a path: "/opt/bin/st-util". NULL: there is none. */
const struct compat *compat_find(const char *path);
/* Their names, with a comma between them. */
const char *compat_names(void);
/* "probed as openocd": whose messages they are. */
void compat_full_name(const struct compat *compat, char *name, size_t size);

enum compat_outcome {
    COMPAT_SERVE,
    COMPAT_DONE,  /* what was asked for was printed */
    COMPAT_WRONG, /* `why` (at least 240 bytes) has one line for the user */
};

/* Fills in `options`, whose strings point into argv, the environment or `pool`. Warnings and what
 * --help and --version say are printed. */
enum compat_outcome compat_parse(const struct compat *compat, int argc, const char *const argv[],
                                 struct options *options, struct string_pool *pool, char *why,
                                 size_t why_size);
/* A port accepts from now on: prints what clients match on, in whole lines. */
void compat_ready(const struct compat *compat, const char *service,
                  const struct endpoint *endpoint);
/* There is no target: what the original says before it ends. */
void compat_failed(const struct compat *compat);

#endif
