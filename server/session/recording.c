/* SPDX-License-Identifier: MIT */
#include "session/recording.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "options/probe_choice.h"
#include "probe/probe.h"

static bool is_same(const char *one, const struct stat *other)
{
    struct stat status;

    return stat(one, &status) == 0 && status.st_dev == other->st_dev &&
           status.st_ino == other->st_ino;
}

static bool is_replayed(const struct options *options, const char *path)
{
    struct probe_choice choice;
    struct stat status;
    char why[200];

    if (stat(path, &status) != 0)
        return false;
    for (size_t i = 0; i < options->probe_count; i++) {
        bool read = probe_choice_read(options->probes[i], &choice, why, sizeof why);
        const char *file = read ? probe_replayed_file(choice.selector) : NULL;

        if (file && is_same(file, &status))
            return true;
    }
    return false;
}

FILE *recording_open(const struct options *options, const char *path, const char **why)
{
    FILE *file = NULL;

    *why = "that is the record being replayed";
    if (!is_replayed(options, path)) {
        file = fopen(path, "we");
        *why = strerror(errno);
    }
    return file;
}
