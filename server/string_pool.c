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

static struct text *add(struct texts *texts, size_t length)
{
    struct text *text = malloc(sizeof *text + length + 1);

    if (!text)
        return NULL;
    text->next = texts->first;
    text->bytes[length] = '\0';
    return texts->first = text;
}

char *texts_keep(struct texts *texts, const char *bytes, size_t length)
{
    struct text *text = add(texts, length);

    return text ? memcpy(text->bytes, bytes, length) : NULL;
}

static char *read_file(struct texts *texts, FILE *file)
{
    struct stat status;

    if (fstat(fileno(file), &status) != 0)
        return NULL;
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_LIMIT) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EFBIG;
        return NULL;
    }
    struct text *text = add(texts, (size_t)status.st_size);
    if (!text)
        return NULL;
    /* It may have become shorter meanwhile. */
    text->bytes[fread(text->bytes, 1, (size_t)status.st_size, file)] = '\0';
    return ferror(file) ? NULL : text->bytes;
}

char *texts_read(struct texts *texts, const char *path)
{
    FILE *file = fopen(path, "re");

    if (!file)
        return NULL;
    char *bytes = read_file(texts, file);
    int error = errno;
    fclose(file);
    errno = error;
    return bytes;
}

void texts_finish(struct texts *texts)
{
    while (texts->first) {
        struct text *text = texts->first;

        texts->first = text->next;
        free(text);
    }
}
