/* SPDX-License-Identifier: MIT */
/* One connection of OpenOCD's TCL port: a command ends with byte 1A, so does its result. The result
 * of a command that fails is what it printed and its error. After `tcl_notifications on` events
 * come as "type target_state state halted" CR LF 1A, before the result of what caused them. No Tcl:
 * the commands are the monitor's; `capture` is taken off, since results are captured anyway. Loop
 * thread. */
#ifndef PROBED_TCL_H
#define PROBED_TCL_H

#include "consoles/console.h"

enum { TCL_RESULT_MAX = 512 * 1024 }; /* a longer one is an error */

/* As telnet_console_create(). */
struct console *tcl_console_create(const struct console_host *host, uv_stream_t *listener);

#endif
