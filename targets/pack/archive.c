/* SPDX-License-Identifier: MIT */
#include "pack/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zip.h>

enum { NAME_MAX_LENGTH = 512, STEP = 65536 };

struct archive {
    const char *path; /* for sentences; the caller's */
    zip_t *zip;       /* or NULL, and .. */
    int folder;       /* .. this is open */
};

static enum err fail(struct job *job, const struct archive *archive, const char *what)
{
    return job_fail(job, ERR_FILE, "%s: %s", archive->path, what);
}

static enum err open_zip(struct job *job, struct archive *archive)
{
    int code = 0;

    archive->zip = zip_open(archive->path, ZIP_RDONLY, &code);
    if (archive->zip)
        return ERR_OK;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    enum err err = job_fail(job, ERR_FILE, "%s cannot be opened as a CMSIS-Pack (a zip file): %s",
                            archive->path, zip_error_strerror(&error));
    zip_error_fini(&error);
    return err;
}

enum err archive_open(struct job *job, const char *path, struct archive **result)
{
    struct archive *archive = calloc(1, sizeof *archive);
    enum err err = ERR_OK;

    *result = NULL;
    if (!archive)
        return job_fail(job, ERR_NO_MEMORY, "out of memory");
    archive->path = path;
    archive->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (archive->folder < 0 && errno != ENOTDIR)
        err = job_fail(job, ERR_FILE, "%s: %s", path, strerror(errno));
    else if (archive->folder < 0)
        err = open_zip(job, archive);
    if (err)
        archive_close(archive);
    else
        *result = archive;
    return err;
}

void archive_close(struct archive *archive)
{
    if (!archive)
        return;
    if (archive->zip)
        zip_discard(archive->zip);
    if (archive->folder >= 0)
        close(archive->folder);
    free(archive);
}

/* --- reading, as far as the limit --- */

/* As read(): bytes, 0 at the end, -1. */
typedef ssize_t source(void *from, void *bytes, size_t room);

static ssize_t read_zip(void *from, void *bytes, size_t room)
{
    return (ssize_t)zip_fread(from, bytes, room);
}

static ssize_t read_descriptor(void *from, void *bytes, size_t room)
{
    return read(*(int *)from, bytes, room);
}

/* What an entry says of its size is not believed: a small one may be a large file. */
static enum err read_all(struct job *job, const struct archive *archive, source *more, void *from,
                         uint8_t **data, size_t *size)
{
    uint8_t *bytes = NULL;
    size_t used = 0, room = 0;

    for (;;) {
        if (room - used < STEP) {
            uint8_t *larger = realloc(bytes, room = 2 * room + STEP + 1);

            if (!larger) {
                free(bytes);
                return job_fail(job, ERR_NO_MEMORY, "out of memory");
            }
            bytes = larger;
        }
        ssize_t count = more(from, bytes + used, room - used - 1);
        used += count > 0 ? (size_t)count : 0;
        if (count < 0 || used > ARCHIVE_FILE_MAX) {
            free(bytes);
            return fail(job, archive,
                        count < 0 ? "a file in it is damaged, or cannot be read"
                                  : "a file in it has more than 32 MiB");
        }
        if (count == 0)
            break;
    }
    bytes[used] = 0;
    *data = bytes;
    *size = used;
    return ERR_OK;
}

/* --- by name --- */

/* From the root downward, with / between. False: it leads elsewhere. */
static bool take_name(const char *name, char *own, size_t size)
{
    size_t length = strlen(name);

    if (!length || length >= size)
        return false;
    for (size_t i = 0; i <= length; i++)
        own[i] = name[i] == '\\' ? '/' : name[i];
    if (own[0] == '/' || (length > 1 && own[1] == ':'))
        return false;
    for (const char *part = own; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (strcmp(part, "..") == 0 || strncmp(part, "../", 3) == 0)
            return false;
    return true;
}

static enum err read_entry(struct job *job, struct archive *archive, const char *name,
                           uint8_t **data, size_t *size)
{
    zip_file_t *file = zip_fopen(archive->zip, name, ZIP_FL_NOCASE);

    if (!file)
        return job_fail(job, ERR_FILE, "%s has no file %s in it that can be read: %s",
                        archive->path, name, zip_strerror(archive->zip));
    enum err err = read_all(job, archive, read_zip, file, data, size);
    zip_fclose(file);
    return err;
}

/* Nor by a link that somebody packed. */
static enum err read_below(struct job *job, struct archive *archive, const char *name,
                           uint8_t **data, size_t *size)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int file = (int)syscall(SYS_openat2, archive->folder, name, &how, sizeof how);
    struct stat facts;

    if (file < 0)
        return job_fail(job, ERR_FILE, "%s/%s: %s", archive->path, name, strerror(errno));
    enum err err = fstat(file, &facts) == 0 && S_ISREG(facts.st_mode)
                       ? read_all(job, archive, read_descriptor, &file, data, size)
                       : job_fail(job, ERR_FILE, "%s/%s is no file", archive->path, name);
    close(file);
    return err;
}

enum err archive_read(struct job *job, struct archive *archive, const char *name, uint8_t **data,
                      size_t *size)
{
    char own[NAME_MAX_LENGTH];

    if (!take_name(name, own, sizeof own))
        return job_fail(job, ERR_FILE, "%s names a file that is not inside of it: %.80s",
                        archive->path, name);
    return archive->zip ? read_entry(job, archive, own, data, size)
                        : read_below(job, archive, own, data, size);
}

/* --- the description --- */

static bool is_description(const char *name)
{
    size_t length = strlen(name);

    return length > 5 && strcasecmp(name + length - 5, ".pdsc") == 0 && !strchr(name, '/');
}

/* Counts them; `name`: of the first. */
static unsigned find_in_zip(struct archive *archive, char *name, size_t size)
{
    zip_int64_t entries = zip_get_num_entries(archive->zip, 0);
    unsigned count = 0;

    for (zip_int64_t i = 0; i < entries; i++) {
        const char *entry = zip_get_name(archive->zip, (zip_uint64_t)i, 0);

        if (entry && is_description(entry) && count++ == 0)
            snprintf(name, size, "%s", entry);
    }
    return count;
}

static unsigned find_in_folder(struct archive *archive, char *name, size_t size)
{
    int copy = openat(archive->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy < 0 ? NULL : fdopendir(copy);
    unsigned count = 0;

    if (!folder) {
        if (copy >= 0)
            close(copy);
        return 0;
    }
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        if (is_description(entry->d_name) && count++ == 0)
            snprintf(name, size, "%s", entry->d_name);
    closedir(folder);
    return count;
}

enum err archive_read_description(struct job *job, struct archive *archive, char **text,
                                  size_t *size)
{
    char name[NAME_MAX_LENGTH] = "";
    uint8_t *data = NULL;
    unsigned count = archive->zip ? find_in_zip(archive, name, sizeof name)
                                  : find_in_folder(archive, name, sizeof name);

    if (count != 1)
        return fail(job, archive,
                    count ? "no CMSIS-Pack: it has several descriptions (.pdsc), and a pack has one"
                          : "no CMSIS-Pack: it has no description (.pdsc) in its root");
    enum err err = archive_read(job, archive, name, &data, size);
    *text = (char *)data;
    return err;
}
