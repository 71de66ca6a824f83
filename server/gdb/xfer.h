/* SPDX-License-Identifier: MIT */
/* qXfer: a window into a document (gdb manual, "qXfer"). Pure. */
#ifndef PROBED_XFER_H
#define PROBED_XFER_H

#include "base/buf.h"
#include "base/err.h"

/* Writes 'm' or 'l' and at most `length` bytes from `offset`, escaped, as many as a packet holds:
 * 'l' if and only if they reach the end. An offset behind the end: ERR_ARGUMENT. */
enum err xfer_window(struct buf *reply, const void *document, size_t size, size_t offset,
                     size_t length);

#endif
