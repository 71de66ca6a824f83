/* SPDX-License-Identifier: MIT */
/* A CMSIS-Pack's files, of a zip file or of a folder that it was unpacked into. Packs come from
 * anywhere: sizes are bounded whatever they say, and no path leads out of them. */
#ifndef PROBED_ARCHIVE_H
#define PROBED_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

enum { ARCHIVE_FILE_MAX = 32 * 1024 * 1024 };

struct archive;

/* `path`: a .pack (or .zip) or a folder. ERR_FILE. */
enum err archive_open(struct job *job, const char *path, struct archive **archive);
/* The one description (.pdsc) in its root. Text, ended by a 0 that does not count; the caller frees
 * it. ERR_FILE: there is none, or more than one. */
enum err archive_read_description(struct job *job, struct archive *archive, char **text,
                                  size_t *size);
/* A file by its path from the root, with / or \ between names. The caller frees it. ERR_FILE. */
enum err archive_read(struct job *job, struct archive *archive, const char *name, uint8_t **data,
                      size_t *size);
void archive_close(struct archive *archive);

#endif
