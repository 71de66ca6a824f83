/* SPDX-License-Identifier: MIT */
/* What OpenOCD is told before it begins: -c commands and configuration files. Files that name
 * interfaces, chips and boards are known by name; of others, lines that are plain commands are
 * understood. Everything that is no setting is left for the monitor, once connected. */
#ifndef PROBED_PERSONALITY_SCRIPT_H
#define PROBED_PERSONALITY_SCRIPT_H

#include "personality_internal.h"

/* `from`: where the text comes from, for messages. */
bool personality_script_run(struct personality_reading *reading, const char *text,
                            const char *from);
bool personality_script_file(struct personality_reading *reading, const char *path);

/* --- personality_files.c --- */

enum personality_file {
    PERSONALITY_FILE_KNOWN, /* what it says is found out by itself here */
    PERSONALITY_FILE_WRONG, /* `why` has a sentence */
    PERSONALITY_FILE_READ,  /* *text is what stands in it */
};

enum personality_file personality_file_find(struct personality_reading *reading, const char *path,
                                            const char **text);

#endif
