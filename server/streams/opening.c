/* SPDX-License-Identifier: MIT */
#include "streams/opening.h"

#include <stdlib.h>
#include <string.h>

static const char config[] = "$$SEGGER_TELNET_ConfigStr=";

enum { CONFIG = sizeof config - 1, METHOD_MIN = 3 };

/* A browser sends its first line in one piece: METHOD, target, HTTP/version. Programs may be told
 * words in capitals, too, but no path behind them. */
static bool is_request(const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    size_t line = end ? (size_t)(end - bytes) : length, method = 0;

    while (method < line &&
           ((bytes[method] >= 'A' && bytes[method] <= 'Z') || bytes[method] == '-'))
        method++;
    if (method >= METHOD_MIN && method + 1 < line && bytes[method] == ' ' &&
        (bytes[method + 1] == '/' ||
         memcmp(bytes + method + 1, "http", line - method - 1 < 4 ? line - method - 1 : 4) == 0))
        return true;
    return memmem(bytes, line, " HTTP/", 6) != NULL;
}

static const char *find(const char *bytes, size_t length, const char *word)
{
    return memmem(bytes, length, word, strlen(word));
}

static void choose_channel(const char *bytes, size_t length, unsigned *channel)
{
    const char *at = find(bytes, length, "RTTCh;");
    char digits[4] = "";

    if (!at)
        return;
    at += strlen("RTTCh;");
    for (size_t i = 0; i + 1 < sizeof digits && at < bytes + length && *at >= '0' && *at <= '9';)
        digits[i++] = *at++;
    if (digits[0])
        *channel = (unsigned)strtoul(digits, NULL, 10);
}

enum opening_is opening_judge(const char *bytes, size_t length, size_t *used, unsigned *channel)
{
    size_t same = length < CONFIG ? length : CONFIG;

    if (length == 0)
        return OPENING_UNSURE;
    if (memcmp(bytes, config, same) != 0)
        return is_request(bytes, length) ? OPENING_HTTP : OPENING_BYTES;
    const char *end = length > CONFIG ? find(bytes + CONFIG, length - CONFIG, "$$") : NULL;
    if (!end)
        return length < OPENING_SIZE ? OPENING_UNSURE : OPENING_BYTES;
    *used = (size_t)(end - bytes) + 2;
    choose_channel(bytes, *used, channel);
    return OPENING_STRING;
}
