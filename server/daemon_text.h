/* SPDX-License-Identifier: MIT */
/* What a daemon says, as lines. */
#ifndef PROBED_DAEMON_TEXT_H
#define PROBED_DAEMON_TEXT_H

#include "net/endpoint.h"

/* "Listening on ADDR:PORT for SERVICE connections"; "Serving SERVICE on standard .." for a pipe;
 * with " to NAME" behind it if there is one. */
void daemon_ready_line(const char *name, const char *service, const struct endpoint *endpoint,
                       char *line, size_t size);
/* The output of a command without a session into the struct log that `user` is, whatever its level.
 * Worker thread. */
void daemon_log_text(void *user, const char *text, size_t length);

#endif
