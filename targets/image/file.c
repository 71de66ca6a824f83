/* SPDX-License-Identifier: MIT */
/* A program file into memory: refused by its size before it is read, read in slices. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/image_internal.h"

enum {
    SLICE = 1024 * 1024,
    TEXT_MAX = 4 * IMAGE_BYTES_MAX, /* a byte is two digits, and a line has some more */
};

/* By what the file begins with; anything else is taken for the bytes themselves. */
static const struct {
    const char *beginning;
    off_t limit;
} limits[] = {
    {"\177ELF", IMAGE_FILE_MAX}, {":", TEXT_MAX},       {"S", TEXT_MAX},
    {"UF2\n", TEXT_MAX},         {"", IMAGE_BYTES_MAX},
};

static off_t limit_for(const uint8_t *head, size_t size, enum image_format format)
{
    size_t i = format == IMAGE_BINARY ? sizeof limits / sizeof *limits - 1 : 0;

    for (; limits[i].beginning[0]; i++) {
        size_t length = strlen(limits[i].beginning);

        if (size >= length && memcmp(head, limits[i].beginning, length) == 0)
            break;
    }
    return limits[i].limit;
}

static enum err no_file(struct job *job, const char *path)
{
    return job_fail(job, ERR_FILE, "%s: %s", path, strerror(errno));
}

static enum err check_size(struct job *job, const char *path, int handle, enum image_format format,
                           size_t *size)
{
    struct stat info;
    uint8_t head[4];

    if (fstat(handle, &info))
        return no_file(job, path);
    if (!S_ISREG(info.st_mode))
        return job_fail(job, ERR_FILE, "%s is not a file", path);
    ssize_t got = pread(handle, head, sizeof head, 0);
    if (got < 0)
        return no_file(job, path);
    off_t limit = limit_for(head, (size_t)got, format);
    if (info.st_size > limit && limit == IMAGE_BYTES_MAX)
        return job_fail(job, ERR_FILE,
                        "%s, with %lld MiB larger than any chip's memory, holds more than %d MiB "
                        "to load",
                        path, (long long)(info.st_size >> 20), IMAGE_BYTES_MAX >> 20);
    if (info.st_size > limit)
        return job_fail(job, ERR_FILE, "%s is larger than %d MiB", path, (int)(limit >> 20));
    *size = (size_t)info.st_size;
    return ERR_OK;
}

/* A file that became shorter meanwhile is as long as it is now. */
static enum err read_slices(struct job *job, const char *path, int handle, uint8_t *data,
                            size_t *size)
{
    size_t done = 0;
    ssize_t got = 1;

    while (done < *size && got > 0) {
        enum err err = job_checkpoint(job);

        if (err)
            return err;
        got = read(handle, data + done, *size - done < SLICE ? *size - done : SLICE);
        if (got < 0)
            return no_file(job, path);
        done += (size_t)got;
    }
    *size = done;
    return ERR_OK;
}

enum err image_file_read(struct job *job, const char *path, enum image_format format,
                         uint8_t **data, size_t *size)
{
    /* Not to wait for a writer, should it be a FIFO. */
    int handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    *data = NULL;
    if (handle < 0)
        return no_file(job, path);
    enum err err = check_size(job, path, handle, format, size);
    if (!err) {
        *data = malloc(*size + 1);
        err = *data ? read_slices(job, path, handle, *data, size)
                    : job_fail(job, ERR_NO_MEMORY, "out of memory");
    }
    close(handle);
    return err;
}
