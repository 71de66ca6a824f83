/* SPDX-License-Identifier: MIT */
/* What OpenOCD is told before it begins: -c commands and configuration files. Files that name
 * interfaces, chips and boards are known by name; of others, lines that are plain commands are
 * understood. Everything that is no setting is left for the monitor, once connected. */
#ifndef PROBED_COMPAT_SCRIPT_H
#define PROBED_COMPAT_SCRIPT_H

#include "commands/monitor_words.h"
#include "compat/compat_internal.h"

/* `from`: where the text comes from, for messages. */
bool compat_script_run(struct compat_reading *reading, const char *text, const char *from);
bool compat_script_file(struct compat_reading *reading, const char *path);

/* --- what the files of this room share --- */

enum { SCRIPT_NESTED = 8 }; /* files that name files */

struct script_source {
    const char *from; /* "-c", or the file's path */
    const char *text; /* its beginning */
    const char *rest; /* what is still to be read; NULL at the end */
    size_t line;      /* in which the command stands; 0: -c has none */
};

struct script {
    struct compat_reading *reading;
    struct script_source sources[SCRIPT_NESTED];
    size_t depth;
    struct monitor_words words;
    const char *begin, *end; /* the command as it was written */
};

const char *script_word(const struct script *script, int index); /* "": there is none */
/* Sets `why`, with the place and the first word in front; returns false. */
bool script_wrong(struct script *script, const char *text);
/* Reads this text next. */
bool script_push(struct script *script, const char *from, const char *text, size_t line);
/* A command that sets something before the beginning is taken: *is_setting. Else it is for the
 * monitor. False: `why` has a sentence. */
bool script_set(struct script *script, bool *is_setting);

/* --- openocd_files.c --- */

enum compat_file {
    COMPAT_FILE_KNOWN, /* what it says is found out by itself here */
    COMPAT_FILE_WRONG, /* `why` has a sentence */
    COMPAT_FILE_READ,  /* *text is what stands in it */
};

enum compat_file compat_file_find(struct compat_reading *reading, const char *path,
                                  const char **text);

#endif
