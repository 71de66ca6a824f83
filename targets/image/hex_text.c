/* SPDX-License-Identifier: MIT */
/* Lines of hexadecimal digits, as Intel HEX and S-record have them. */
#include <string.h>

#include "image/image_internal.h"

bool image_next_line(const struct image_reader *reader, size_t *at, struct image_line *line)
{
    const char *text = (const char *)reader->data;
    size_t from = *at, end;

    if (from >= reader->size)
        return false;
    for (end = from; end < reader->size && text[end] != '\n'; end++)
        continue;
    *at = end + 1;
    while (end > from && strchr(" \t\r", text[end - 1]) && text[end - 1])
        end--;
    while (from < end && strchr(" \t", text[from]) && text[from])
        from++;
    line->number++;
    line->text = text + from;
    line->length = end - from;
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int image_hex(const char *text, size_t length, uint8_t *bytes, size_t capacity)
{
    if (length % 2 || length / 2 > capacity)
        return -1;
    for (size_t i = 0; i < length; i += 2) {
        int high = digit(text[i]), low = digit(text[i + 1]);

        if (high < 0 || low < 0)
            return -1;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return (int)(length / 2);
}
