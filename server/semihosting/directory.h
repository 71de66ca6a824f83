/* SPDX-License-Identifier: MIT */
/* Files for a program on the chip, inside one directory of this machine and nowhere else, whatever
 * it asks for: a name is walked part by part, each opened without following a symbolic link, and
 * none may be "..", as openat2() with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS would on the kernels
 * and in the containers that have it. So nobody who moves files or links meanwhile leads it
 * outside. Devices, FIFOs and sockets are refused without waiting for them. Worker thread.
 *
 * Bounds: DIRECTORY_FILE bytes a file, DIRECTORY_BYTES and DIRECTORY_MADE in what the program made
 * or made larger and did not remove, SEMI_FILES open. */
#ifndef PROBED_DIRECTORY_H
#define PROBED_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"
#include "core/semihosting_host.h"

#define DIRECTORY_FILE (256u << 20)
#define DIRECTORY_BYTES (1024u << 20)
enum { DIRECTORY_MADE = 4096 };

struct directory;

/* False: `why` has a sentence. `log` gets what is refused, a few times; outlives it. */
bool directory_open(const char *path, const struct log *log, struct directory **directory,
                    char *why, size_t why_size);
/* NULL is fine. */
void directory_close(struct directory *directory);
/* From now on names count from this directory inside, which has none of ".." or a link in its name;
 * empty: from where they did at first. False: `why` has a sentence. */
bool directory_enter(struct directory *directory, const char *name, char *why, size_t why_size);
/* As it was given, and what was entered. */
const char *directory_path(const struct directory *directory);

/* Its `user` is a struct directory. */
extern const struct semihosting_files directory_files;

#endif
