/* SPDX-License-Identifier: MIT */
#include "suggest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 31 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Three rows of the table of distances between all beginnings of both words (Damerau). */
size_t edit_distance(const char *from, const char *to)
{
    size_t rows[3][LONGEST + 1];
    size_t n = strlen(from), m = strlen(to);

    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = smaller(smaller(up[j], row[j - 1]) + 1,
                             up[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = smaller(row[j], up2[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

/* How many slips a word of this length may have: more, and another word was meant. */
static size_t allowance(size_t length)
{
    return length < 6 ? 1 : length < 10 ? 2 : 3;
}

const char *suggest(const char *word, const void *names, size_t count, size_t stride)
{
    const char *best = NULL;
    size_t best_distance = SIZE_MAX, length = strlen(word);
    size_t letters = length - strspn(word, "-");

    for (size_t i = 0; i < count; i++) {
        const char *name;

        memcpy(&name, (const uint8_t *)names + i * stride, sizeof name);
        size_t distance = edit_distance(word, name);
        if (letters >= 2 && strncmp(name, word, length) == 0)
            distance = 0; /* the beginning of a name is as good as a hit */
        if (distance < best_distance) {
            best_distance = distance;
            best = name;
        }
    }
    return best_distance <= allowance(letters) ? best : NULL;
}
