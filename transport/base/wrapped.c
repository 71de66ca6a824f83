/* SPDX-License-Identifier: MIT */
#include "base/wrapped.h"

#include <string.h>

/* Bytes that continue a character (RFC 3629) take no column. */
static int columns_of(const char *word, size_t length)
{
    int columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)word[i] & 0xC0) != 0x80;
    return columns;
}

/* How many bytes of `text` go on a line that stands at `column`: a word at least, and nothing
 * behind a line end. */
static size_t line_of(const char *text, int column)
{
    size_t length = strcspn(text, " \n");

    column += columns_of(text, length);
    while (text[length] == ' ') {
        size_t word = strcspn(text + length + 1, " \n");

        column += 1 + columns_of(text + length + 1, word);
        if (column > WRAPPED_WIDTH)
            break;
        length += 1 + word;
    }
    return length;
}

void wrapped_put(FILE *out, int column, int indent, const char *text)
{
    for (;;) {
        size_t length = line_of(text, column);

        fprintf(out, "%.*s\n", (int)length, text);
        text += length;
        if (!*text)
            return;
        text++;
        fprintf(out, "%*s", indent, "");
        column = indent;
    }
}

size_t wrapped_copy(const char *text, int column, char *out, size_t size)
{
    size_t used = strlen(text) < size ? strlen(text) : size - 1;

    memcpy(out, text, used);
    out[used] = '\0';
    if (!strstr(text, ". "))
        return used;
    for (char *at = out; *(at += line_of(at, column)); column = 0)
        *at++ = '\n';
    return used;
}
