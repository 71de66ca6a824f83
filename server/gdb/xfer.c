/* SPDX-License-Identifier: MIT */
#include "gdb/xfer.h"

#include "gdb/rsp.h"

enum err xfer_window(struct buf *reply, const void *document, size_t size, size_t offset,
                     size_t length)
{
    if (offset > size)
        return ERR_ARGUMENT;
    size_t left = size - offset;
    size_t kind_at = reply->length;

    buf_byte(reply, 'm');
    if (reply->overflow)
        return ERR_NO_MEMORY;
    size_t sent = rsp_escape(reply, (const char *)document + offset, length < left ? length : left,
                             reply->capacity - reply->length);
    if (sent == left)
        reply->data[kind_at] = 'l';
    return ERR_OK;
}
