/* SPDX-License-Identifier: MIT */
/* One telnet connection (RFC 854): a prompt, commands, news as they happen. Echo, editing, history
 * and completion are offered and begin once the client has agreed; to anything else, a pipe into nc
 * or a script, it is plain lines. Loop thread. */
#ifndef PROBED_TELNET_SESSION_H
#define PROBED_TELNET_SESSION_H

#include "consoles/console.h"

/* Takes the connection that waits at `listener`; frees itself after host->gone. NULL without
 * memory. */
struct shell *telnet_session_create(const struct shell_host *host, uv_stream_t *listener);

#endif
