/* SPDX-License-Identifier: MIT */
#include "semihosting/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/visible.h"

enum { TOLD_MAX = 10, NAME_SHOWN = 80, PART_MAX = 255 };

struct directory {
    int fd, top; /* where names count from; the whole */
    const struct log *log;
    unsigned told;
    unsigned made;  /* files */
    uint64_t grown; /* bytes */
    size_t top_length;
    char path[];
};

/* --- errors --- */

/* The host's numbers above 34 are not newlib's. */
static int failed(int number)
{
    static const struct {
        int host;
        enum semihosting_errno number;
    } others[] = {
        {ENOSYS, SEMI_ENOSYS},    {ENAMETOOLONG, SEMI_ENAMETOOLONG},
        {ELOOP, SEMI_EACCES},                           /* a symbolic link, where none may be */
        {ENOTEMPTY, SEMI_EEXIST}, {ENXIO, SEMI_EACCES}, /* a FIFO that nobody reads */
        {EDQUOT, SEMI_ENOSPC},    {ETXTBSY, SEMI_EACCES},
        {EXDEV, SEMI_EACCES},
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].host == number)
            return -(int)others[i].number;
    return number > 0 && number <= EROFS ? -number : -SEMI_EIO;
}

static int refuse(struct directory *directory, const char *name, const char *why)
{
    char shown[VISIBLE_GROWTH * NAME_SHOWN];

    if (directory->told++ < TOLD_MAX) {
        visible_copy(VISIBLE_LINE, name, strnlen(name, NAME_SHOWN), shown, sizeof shown);
        log_line(directory->log, LOG_WARN, "the program may not have the file '%s': %s", shown,
                 why);
    }
    return -SEMI_EACCES;
}

/* --- names --- */

static int refuse_outside(struct directory *directory, const char *name)
{
    char why[400];

    snprintf(why, sizeof why, "it has what is inside %.300s, by names without '..'",
             directory->path);
    return refuse(directory, name, why);
}

/* What a failed step on the way to a file means. */
static int refuse_step(struct directory *directory, const char *name, int number)
{
    if (number == ELOOP)
        return refuse(directory, name, "a symbolic link is on the way, and none is followed");
    return failed(number);
}

/* The next part of a name, behind its slashes; its length, 0 at the end. */
static size_t next_part(const char **name)
{
    *name += strspn(*name, "/");
    return strcspn(*name, "/");
}

/* A part as a string; false: it is none that a file has. */
static bool take_part(const char *name, size_t length, char part[PART_MAX + 1])
{
    if (length == 0 || length > PART_MAX)
        return false;
    memcpy(part, name, length);
    part[length] = '\0';
    return true;
}

/* Opens the directory that holds the last part of `name`, and gives that part. Negative: a
 * semihosting_errno. */
static int open_parent(struct directory *directory, const char *name, char last[PART_MAX + 1])
{
    const char *at = name;
    int parent = *name == '/' ? -1 : fcntl(directory->fd, F_DUPFD_CLOEXEC, 0);

    if (parent < 0)
        return *name == '/' ? refuse_outside(directory, name) : failed(errno);
    for (;;) {
        size_t length = next_part(&at);
        bool whole = take_part(at, length, last);

        at += length;
        if (!whole || strcmp(last, "..") == 0) {
            close(parent);
            if (length == 0) /* a name that ends with a slash */
                return -SEMI_EISDIR;
            return whole ? refuse_outside(directory, name) : -SEMI_ENAMETOOLONG;
        }
        if (*at == '\0')
            return parent;
        int child = openat(parent, last, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int number = errno;
        close(parent);
        if (child < 0)
            return refuse_step(directory, name, number);
        parent = child;
    }
}

/* --- opening --- */

static int how_to_open(unsigned how)
{
    int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

    if (how & SEMI_APPEND)
        flags |= O_APPEND;
    if (!(how & SEMI_WRITE))
        return flags | O_RDONLY;
    return flags | (how & SEMI_READ ? O_RDWR : O_WRONLY);
}

/* O_EXCL: what is made is a file that was not there, and no link to elsewhere. */
static int make(struct directory *directory, int parent, const char *last, unsigned how)
{
    if (directory->made >= DIRECTORY_MADE) {
        errno = ENOSPC;
        return -1;
    }
    int fd = openat(parent, last, how_to_open(how) | O_CREAT | O_EXCL, 0644);
    directory->made += fd >= 0 ? 1 : 0;
    return fd;
}

static void give_back(struct directory *directory, off_t size)
{
    uint64_t bytes = size > 0 ? (uint64_t)size : 0;

    directory->grown -= bytes < directory->grown ? bytes : directory->grown;
}

/* It is a file like any other, empty if that was asked for; else closed. */
static int check_opened(struct directory *directory, int fd, const char *name, unsigned how)
{
    struct stat stat;
    int number = 0;

    if (fstat(fd, &stat) != 0) {
        number = failed(errno);
    } else if (S_ISDIR(stat.st_mode)) {
        number = -SEMI_EISDIR;
    } else if (!S_ISREG(stat.st_mode)) {
        number = refuse(directory, name, "it is a device, a FIFO or a socket");
    } else if (how & SEMI_TRUNCATE && stat.st_size > 0) {
        number = ftruncate(fd, 0) == 0 ? 0 : failed(errno);
        give_back(directory, number ? 0 : stat.st_size);
    }
    if (number == 0)
        return fd;
    close(fd);
    return number;
}

static int open_file(void *user, const char *name, unsigned how)
{
    struct directory *directory = user;
    char last[PART_MAX + 1];
    int parent = open_parent(directory, name, last);

    if (parent < 0)
        return parent;
    int fd = openat(parent, last, how_to_open(how));
    if (fd < 0 && errno == ENOENT && how & SEMI_CREATE)
        fd = make(directory, parent, last, how);
    int number = errno;
    close(parent);
    if (fd < 0)
        return number == ENXIO ? refuse(directory, name, "it is a FIFO or a device")
                               : refuse_step(directory, name, number);
    return check_opened(directory, fd, name, how);
}

static int close_file(void *user, int file)
{
    (void)user;
    return close(file) == 0 ? 0 : failed(errno);
}

/* --- bytes --- */

static int32_t read_file(void *user, int file, void *data, uint32_t size)
{
    ssize_t got;

    (void)user;
    do
        got = read(file, data, size);
    while (got < 0 && errno == EINTR);
    return got < 0 ? failed(errno) : (int32_t)got;
}

/* How much of `size` may be written at the end `at`, and by how much the file then grows. */
static int allow(const struct directory *directory, uint64_t at, uint64_t end, uint32_t *size,
                 uint64_t *growth)
{
    if (at >= DIRECTORY_FILE && *size > 0)
        return -SEMI_EFBIG;
    if (*size > DIRECTORY_FILE - at)
        *size = (uint32_t)(DIRECTORY_FILE - at);
    *growth = at + *size > end ? at + *size - end : 0;
    return directory->grown + *growth > DIRECTORY_BYTES ? -SEMI_ENOSPC : 0;
}

static int32_t write_file(void *user, int file, const void *data, uint32_t size)
{
    struct directory *directory = user;
    struct stat stat;
    uint64_t growth;
    off_t at = lseek(file, 0, SEEK_CUR);
    int flags = fcntl(file, F_GETFL);

    if (at < 0 || flags < 0 || fstat(file, &stat) != 0)
        return failed(errno);
    if (flags & O_APPEND)
        at = stat.st_size;
    int refused = allow(directory, (uint64_t)at, (uint64_t)stat.st_size, &size, &growth);
    if (refused)
        return refused;
    ssize_t put;
    do
        put = write(file, data, size);
    while (put < 0 && errno == EINTR);
    if (put < 0)
        return failed(errno);
    directory->grown += growth;
    return (int32_t)put;
}

static int seek_file(void *user, int file, uint32_t position)
{
    (void)user;
    return lseek(file, (off_t)position, SEEK_SET) < 0 ? failed(errno) : 0;
}

static int64_t file_length(void *user, int file)
{
    struct stat stat;

    (void)user;
    return fstat(file, &stat) == 0 ? (int64_t)stat.st_size : failed(errno);
}

/* --- names alone --- */

static int remove_file(void *user, const char *name)
{
    struct directory *directory = user;
    char last[PART_MAX + 1];
    struct stat stat = {0};
    int parent = open_parent(directory, name, last);

    if (parent < 0)
        return parent;
    bool seen = fstatat(parent, last, &stat, AT_SYMLINK_NOFOLLOW) == 0;
    int number = unlinkat(parent, last, 0) == 0 ? 0 : failed(errno);
    close(parent);
    if (number == 0 && seen && S_ISREG(stat.st_mode)) {
        directory->made -= directory->made > 0 ? 1 : 0;
        give_back(directory, stat.st_size);
    }
    return number;
}

static int rename_file(void *user, const char *from, const char *to)
{
    char last_from[PART_MAX + 1], last_to[PART_MAX + 1];
    int parent_from = open_parent(user, from, last_from);

    if (parent_from < 0)
        return parent_from;
    int parent_to = open_parent(user, to, last_to);
    int number = parent_to < 0                                               ? parent_to
                 : renameat(parent_from, last_from, parent_to, last_to) == 0 ? 0
                                                                             : failed(errno);
    close(parent_from);
    if (parent_to >= 0)
        close(parent_to);
    return number;
}

const struct semihosting_files directory_files = {
    .open = open_file,
    .close = close_file,
    .read = read_file,
    .write = write_file,
    .seek = seek_file,
    .length = file_length,
    .remove = remove_file,
    .rename = rename_file,
};

/* --- the directory --- */

bool directory_open(const char *path, const struct log *log, struct directory **directory,
                    char *why, size_t why_size)
{
    struct directory *made = calloc(1, sizeof *made + strlen(path) + SEMI_NAME_MAX + 2);

    *directory = made;
    if (!made) {
        snprintf(why, why_size, "no memory");
        return false;
    }
    memcpy(made->path, path, strlen(path));
    made->top_length = strlen(path);
    made->log = log;
    made->fd = made->top = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (made->top >= 0)
        return true;
    snprintf(why, why_size, "%.200s: %s", path,
             errno == ENOTDIR  ? "not a directory"
             : errno == ENOENT ? "there is no such directory"
                               : strerror(errno));
    free(made);
    *directory = NULL;
    return false;
}

void directory_close(struct directory *directory)
{
    if (!directory)
        return;
    if (directory->fd != directory->top)
        close(directory->fd);
    close(directory->top);
    free(directory);
}

/* The last part is walked as those before it: by a name that goes on behind it. */
bool directory_enter(struct directory *directory, const char *name, char *why, size_t why_size)
{
    char inner[SEMI_NAME_MAX + 1], last[PART_MAX + 1];
    int before = directory->fd, fd = directory->top;

    directory->fd = directory->top;
    if (snprintf(inner, sizeof inner, "%s/.", name) >= (int)sizeof inner)
        fd = -SEMI_ENAMETOOLONG;
    else if (*name)
        fd = open_parent(directory, inner, last);
    directory->fd = before;
    if (fd < 0) {
        snprintf(why, why_size, "'%.80s' is no directory inside %.150s, by a name without '..'",
                 name, directory->path);
        return false;
    }
    if (directory->fd != directory->top)
        close(directory->fd);
    directory->fd = fd;
    snprintf(directory->path + directory->top_length, SEMI_NAME_MAX + 2, "%s%s", *name ? "/" : "",
             name);
    return true;
}

const char *directory_path(const struct directory *directory)
{
    return directory->path;
}
