/* SPDX-License-Identifier: MIT */
/* A bounded output buffer on memory of the caller's. What does not fit is dropped whole and
 * remembered in `overflow`: check it once at the end instead of after every append. */
#ifndef PROBED_BUF_H
#define PROBED_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    uint8_t *data;
    size_t capacity; /* bytes at data */
    size_t length;   /* bytes used */
    bool overflow;   /* an append did not fit */
};

/* `memory` stays the caller's and must outlive the buffer. */
void buf_init(struct buf *buf, void *memory, size_t capacity);
void buf_clear(struct buf *buf);
void buf_put(struct buf *buf, const void *data, size_t length);
void buf_byte(struct buf *buf, uint8_t byte);
void buf_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Two lower-case digits a byte. */
void buf_hex(struct buf *buf, const void *data, size_t length);

#endif
