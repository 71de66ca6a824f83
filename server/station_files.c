/* SPDX-License-Identifier: MIT */
#include "station_files.h"

#include "options/pack_words.h"
#include "semihosting/directory.h"
#include "session/recording.h"

static bool open_wire(struct station_files *files, const struct options *options, const char *path,
                      const struct log *log)
{
    const char *why;

    if (!path[0])
        return true;
    files->wire = recording_open(options, path, &why);
    if (!files->wire)
        log_line(log, LOG_ERROR, "--wire-log %s: %s", path, why);
    return files->wire;
}

/* Each probe has its own: what one program makes is none of the other's bounds. */
static bool open_directory(struct station_files *files, const char *path, const struct log *log)
{
    char why[300];

    if (!path || directory_open(path, log, &files->directory, why, sizeof why))
        return true;
    log_line(log, LOG_ERROR, "--semihosting-dir %s", why);
    return false;
}

/* Each probe has its own: algorithms remember what they are at. */
static bool open_pack(struct station_files *files, const struct options *options,
                      const struct log *log)
{
    struct job job;

    job_init(&job, log);
    if (pack_of_options(options, &job, &files->pack) == ERR_OK)
        return true;
    log_line(log, LOG_ERROR, "%s", job_text(&job, job.err));
    return false;
}

bool station_files_open(struct station_files *files, const struct options *options,
                        const struct station_plan *plan, const struct log *log)
{
    return open_wire(files, options, plan->wire_log, log) &&
           open_directory(files, options->semihosting_dir, log) && open_pack(files, options, log);
}

void station_files_close(struct station_files *files)
{
    if (files->wire)
        fclose(files->wire);
    directory_close(files->directory);
    pack_close(files->pack);
}
