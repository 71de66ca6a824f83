/* SPDX-License-Identifier: MIT */
#include "monitor_rig.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

struct rig rig;

static void on_output(void *user, const char *text, size_t length)
{
    size_t used = strlen(rig.output);

    (void)user;
    assert_true(used + length < sizeof rig.output);
    memcpy(rig.output + used, text, length);
    rig.output[used + length] = '\0';
    if (rig.chunks < 127)
        rig.chunks++;
}

static void on_checkpoint(void *user)
{
    struct job *job = user;

    if (rig.cancel_at > 0 && --rig.cancel_at == 0)
        atomic_store(&job->cancelled, true);
}

static const char *run(const char *text, enum err (*how)(struct monitor *, const char *))
{
    struct job job;

    job_init(&job, NULL);
    job.output = on_output;
    job.between = on_checkpoint;
    job.between_user = &job;
    rig.output[0] = '\0';
    rig.chunks = 0;
    rig.last = (struct monitor){.session = &rig.session, .job = &job};
    struct job *before = session_enter(&rig.session, &job);
    rig.err = how(&rig.last, text);
    session_leave(&rig.session, before);
    if (rig.err != ERR_OK) {
        const char *why = job_text(&job, rig.err);

        on_output(NULL, "[", 1);
        on_output(NULL, why, strlen(why));
        on_output(NULL, "]", 1);
    }
    rig.cancel_at = 0;
    return rig.output;
}

const char *monitor(const char *line)
{
    return run(line, monitor_run);
}

const char *monitor_file(const char *path)
{
    return run(path, monitor_run_file);
}

const char *monitorf(const char *format, ...)
{
    char line[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return monitor(line);
}

bool rig_open(const char *board)
{
    char still[128];
    struct session_options options = {.connect = TARGET_CONNECT_LADDER};
    struct probe_info info;
    struct job job;

    job_init(&job, NULL);
    snprintf(still, sizeof still, "%s,still", board);
    assert_int_equal(probe_sim_info(still, &info, &job), ERR_OK);
    session_init(&rig.session, NULL, &options, &info, NULL);
    return session_connect(&rig.session, &job) == ERR_OK;
}

/* A folder of this process, away with the last file in it. */
static char folder[64];

const char *rig_path(const char *name)
{
    static char path[4][128];
    static unsigned next;
    char *here = path[next++ % 4];

    if (!folder[0]) {
        strcpy(folder, "/tmp/probed-rig-XXXXXX");
        assert_non_null(mkdtemp(folder));
    }
    snprintf(here, sizeof path[0], "%s/%s", folder, name);
    return here;
}

const char *rig_file(const char *name, const void *data, size_t size)
{
    const char *path = rig_path(name);
    FILE *file = fopen(path, "wbe");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void remove_files(void)
{
    DIR *listing = folder[0] ? opendir(folder) : NULL;
    const struct dirent *entry;

    while (listing && (entry = readdir(listing)))
        unlinkat(dirfd(listing), entry->d_name, 0);
    if (listing)
        closedir(listing);
    rmdir(folder);
    folder[0] = '\0';
}

void rig_close(void)
{
    session_finish(&rig.session);
    remove_files();
}

int rig_set_up(void **state)
{
    (void)state;
    return rig_open("bluepill") ? 0 : -1;
}

int rig_tear_down(void **state)
{
    (void)state;
    rig_close();
    return 0;
}
