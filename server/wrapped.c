/* SPDX-License-Identifier: MIT */
#include "wrapped.h"

#include <string.h>

/* Bytes that continue a character (RFC 3629) take no column. */
static int columns_of(const char *word, int length)
{
    int columns = 0;

    for (int i = 0; i < length; i++)
        columns += ((unsigned char)word[i] & 0xC0) != 0x80;
    return columns;
}

void wrapped_put(FILE *out, int column, int indent, const char *text)
{
    const char *space = "";

    while (*text) {
        int length = (int)strcspn(text, " "), columns = columns_of(text, length);

        if (*space && column + 1 + columns > WRAPPED_WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            space = "";
        }
        fprintf(out, "%s%.*s", space, length, text);
        column += (*space ? 1 : 0) + columns;
        space = " ";
        text += length + (text[length] == ' ');
    }
    fputc('\n', out);
}
