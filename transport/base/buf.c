/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buf_init(struct buf *buf, void *memory, size_t capacity)
{
    *buf = (struct buf){.data = memory, .capacity = capacity};
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->overflow = false;
}

void buf_put(struct buf *buf, const void *data, size_t length)
{
    if (length > buf->capacity - buf->length) {
        buf->overflow = true;
        return;
    }
    if (length > 0)
        memcpy(buf->data + buf->length, data, length);
    buf->length += length;
}

void buf_byte(struct buf *buf, uint8_t byte)
{
    buf_put(buf, &byte, 1);
}

void buf_text(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof text)
        buf->overflow = true;
    else
        buf_put(buf, text, (size_t)length);
}

void buf_hex(struct buf *buf, const void *data, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;

    if (length > (buf->capacity - buf->length) / 2) {
        buf->overflow = true;
        return;
    }
    for (size_t i = 0; i < length; i++) {
        buf->data[buf->length++] = (uint8_t)digits[bytes[i] >> 4];
        buf->data[buf->length++] = (uint8_t)digits[bytes[i] & 15];
    }
}
