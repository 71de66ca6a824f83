/* SPDX-License-Identifier: MIT */
/* The debug information (DWARF) of an ELF file, opened once for many questions: which function and
 * line an address is (source_lines.h), and how a function's caller is found (frame_rules.h). */
#ifndef PROBED_DEBUG_INFO_H
#define PROBED_DEBUG_INFO_H

#include <stdbool.h>

#include "base/job.h"

struct debug_info;

/* A file without debug information is no error: functions are then known by the symbol table alone.
 * ERR_FILE, ERR_NO_MEMORY. */
enum err debug_info_open(struct job *job, const char *path, struct debug_info **info);
/* NULL is fine. What was got from it is gone. */
void debug_info_close(struct debug_info *info);
/* It says which lines there are. */
bool debug_info_has_lines(const struct debug_info *info);

#endif
