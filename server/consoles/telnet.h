/* SPDX-License-Identifier: MIT */
/* One telnet connection (RFC 854): a prompt, commands, events as they happen. Echo, editing,
 * history and completion are offered and begin once the client has agreed; to anything else, a pipe
 * into nc or a script, it is plain lines. Loop thread. */
#ifndef PROBED_TELNET_H
#define PROBED_TELNET_H

#include "consoles/console.h"

/* Takes the connection that waits at `listener`; frees itself after host->gone. NULL without
 * memory. */
struct console *telnet_console_create(const struct console_host *host, uv_stream_t *listener);

#endif
