/* SPDX-License-Identifier: MIT */
#include "string_pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_LIMIT = 1024 * 1024 };

struct text {
    struct text *next;
    char bytes[];
};

static struct text *add(struct string_pool *pool, size_t length)
{
    struct text *text = malloc(sizeof *text + length + 1);

    if (!text)
        return NULL;
    text->next = pool->first;
    text->bytes[length] = '\0';
    return pool->first = text;
}

char *string_pool_keep(struct string_pool *pool, const char *bytes, size_t length)
{
    struct text *text = add(pool, length);

    return text ? memcpy(text->bytes, bytes, length) : NULL;
}

static char *read_file(struct string_pool *pool, FILE *file)
{
    struct stat status;

    if (fstat(fileno(file), &status) != 0)
        return NULL;
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_LIMIT) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EFBIG;
        return NULL;
    }
    struct text *text = add(pool, (size_t)status.st_size);
    if (!text)
        return NULL;
    /* It may have become shorter meanwhile. */
    text->bytes[fread(text->bytes, 1, (size_t)status.st_size, file)] = '\0';
    return ferror(file) ? NULL : text->bytes;
}

char *string_pool_read(struct string_pool *pool, const char *path)
{
    FILE *file = fopen(path, "re");

    if (!file)
        return NULL;
    char *bytes = read_file(pool, file);
    int err = errno;
    fclose(file);
    errno = err;
    return bytes;
}

void string_pool_finish(struct string_pool *pool)
{
    while (pool->first) {
        struct text *text = pool->first;

        pool->first = text->next;
        free(text);
    }
}
