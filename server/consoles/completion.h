/* SPDX-License-Identifier: MIT */
/* What the word before the cursor may become: words of command names, and the literal words of
 * their usage lines ("[run|halt|init]"). Made from the monitor's table. Pure. */
#ifndef PROBED_COMPLETION_H
#define PROBED_COMPLETION_H

#include <stddef.h>

#include "base/buf.h"
#include "commands/monitor.h"

enum { COMPLETION_MAX = 160, COMPLETION_OUTPUT = 8192 };

struct completion {
    size_t typed; /* bytes of the word before the cursor */
    size_t count;
    struct completion_word {
        const char *text; /* of the table: not NUL-terminated */
        size_t length;
    } words[COMPLETION_MAX]; /* sorted, each once */
};

/* `line` is what stands before the cursor, `commands` a table of `count`. */
void completion_find(struct completion *completion, const char *line, size_t length,
                     const struct monitor_command *commands, size_t count);
/* The bytes that all of them begin with. */
size_t completion_common(const struct completion *completion);
/* The words in columns of a terminal of this width, each line ended by CR LF. */
void completion_list(const struct completion *completion, unsigned width, struct buf *out);

#endif
