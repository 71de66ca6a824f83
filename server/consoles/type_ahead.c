/* SPDX-License-Identifier: MIT */
#include "consoles/type_ahead.h"

void type_ahead_put(struct type_ahead *ahead, char byte)
{
    ahead->bytes[(ahead->first + ahead->length++) % TYPE_AHEAD] = byte;
}

uint8_t type_ahead_take(struct type_ahead *ahead)
{
    char byte = ahead->bytes[ahead->first];

    ahead->first = (ahead->first + 1) % TYPE_AHEAD;
    ahead->length--;
    return (uint8_t)byte;
}

bool type_ahead_forget_through(struct type_ahead *ahead, char byte)
{
    size_t n = ahead->length;

    while (n > 0 && ahead->bytes[(ahead->first + n - 1) % TYPE_AHEAD] != byte)
        n--;
    ahead->first = (ahead->first + n) % TYPE_AHEAD;
    ahead->length -= n;
    return n > 0;
}
