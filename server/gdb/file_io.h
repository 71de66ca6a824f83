/* SPDX-License-Identifier: MIT */
/* gdb's File-I/O (gdb manual, "File-I/O Remote Protocol Extension"): a question of the program's as
 * an F packet, and gdb's answer. gdb takes the one only while it waits for a stop, and is sent no
 * stop before the other. */
#ifndef PROBED_FILE_IO_H
#define PROBED_FILE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/semihosting_host.h"

struct file_io_answer {
    int64_t result;   /* negative: an enum semihosting_errno */
    bool interrupted; /* Ctrl-C came meanwhile; with -SEMI_EINTR nothing was done */
};

/* Pure, both. The payload of an F packet. */
void file_io_write(struct buf *out, const struct semihosting_question *question);
/* What follows the F of an answer. One that makes no sense is -SEMI_EIO. */
struct file_io_answer file_io_parse(const char *text, size_t length);

#endif
