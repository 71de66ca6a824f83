/* SPDX-License-Identifier: MIT */
/* The monitor's handlers, for its table; each in the file of its group. As monitor_command.run. */
#ifndef PROBED_MONITOR_COMMANDS_H
#define PROBED_MONITOR_COMMANDS_H

#include "monitor.h"

/* Connected, or ERR_NOT_CONNECTED with the sentence why not. */
enum err monitor_target(struct monitor *monitor, struct target **target);

typedef enum err monitor_handler(struct monitor *monitor, int argc, const char *const argv[]);

/* monitor.c */
monitor_handler monitor_help;
/* monitor_control.c */
monitor_handler monitor_halt, monitor_resume, monitor_reset, monitor_step;
/* monitor_status.c */
monitor_handler monitor_status, monitor_stats, monitor_sim;
/* monitor_memory.c: the width is the last letter of the name */
monitor_handler monitor_display, monitor_write;
/* monitor_reg.c */
monitor_handler monitor_reg;

#endif
