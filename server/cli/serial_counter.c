/* SPDX-License-Identifier: MIT */
/* The file that counts. It is replaced, never written into: whoever ends in the middle leaves the
 * old number or the new one. Who waits for the lock of a file that was replaced meanwhile looks
 * again. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/serial_number.h"

enum { LOOK_US = 20000, TEXT = 32 };

static enum err no_file(struct job *job, const char *path)
{
    return job_fail(job, ERR_FILE, "--serial-from %s: %s", path, strerror(errno));
}

static bool is_still(int handle, const char *path)
{
    struct stat mine, there;

    return fstat(handle, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

static enum err lock(struct job *job, const char *path, int *handle)
{
    enum err err = ERR_OK;

    *handle = -1;
    while (!err) {
        *handle = open(path, O_RDWR | O_CLOEXEC);
        if (*handle < 0)
            return no_file(job, path);
        while (!err && flock(*handle, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR)
                return no_file(job, path);
            clock_sleep_us(clock_real(), LOOK_US);
            err = job_checkpoint(job);
        }
        if (err || is_still(*handle, path))
            return err;
        close(*handle);
    }
    return err;
}

static enum err read_number(struct job *job, const char *path, int handle, uint32_t *number)
{
    char text[TEXT + 1];
    ssize_t got = read(handle, text, TEXT);
    char *end = NULL;

    if (got < 0)
        return no_file(job, path);
    text[got] = '\0';
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || end[strspn(end, " \r\n")] || got == TEXT ||
        value >= UINT32_MAX)
        return job_fail(job, ERR_FILE,
                        "--serial-from %s: the next number is meant to stand there, in decimal, "
                        "below 4294967295, and nothing else",
                        path);
    *number = (uint32_t)value;
    return ERR_OK;
}

static bool write_durably(int handle, const char *text)
{
    size_t length = strlen(text);

    return write(handle, text, length) == (ssize_t)length && fsync(handle) == 0;
}

/* The name counts when its folder is on disk. */
static bool keep_folder(const char *path)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof copy, "%s", path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool kept = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return kept;
}

static enum err replace(struct job *job, const char *path, int old, uint32_t number)
{
    char next[PATH_MAX + 16], text[TEXT];
    struct stat info = {.st_mode = 0600};

    snprintf(next, sizeof next, "%s.next", path); /* ours alone: the file is locked */
    snprintf(text, sizeof text, "%" PRIu32 "\n", number);
    fstat(old, &info);
    int handle = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (handle < 0)
        return no_file(job, next);
    bool done = fchmod(handle, info.st_mode & 0777) == 0 && write_durably(handle, text) &&
                rename(next, path) == 0 && keep_folder(path);
    if (!done)
        no_file(job, next);
    close(handle);
    return job->err;
}

enum err serial_number_take(struct job *job, const char *path, uint32_t *number)
{
    char real[PATH_MAX]; /* what a link leads to is replaced, not the link */
    int handle = -1;

    if (!realpath(path, real))
        return no_file(job, path);
    enum err err = lock(job, real, &handle);
    if (!err)
        err = read_number(job, real, handle, number);
    if (!err)
        err = replace(job, real, handle, *number + 1);
    if (handle >= 0)
        close(handle);
    return err;
}
