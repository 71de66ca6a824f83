/* SPDX-License-Identifier: MIT */
/* monitor doctor: what probed doctor says, in the middle of a session. */
#include <stdlib.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "connect/doctor.h"
#include "doctor/doctor_picture.h"

static void put(const struct measurements *measured, FILE *out)
{
    struct doctor_view view;
    const struct doctor_picture picture = {measured, &view, NULL};

    doctor_view_take(&view, measured);
    doctor_view_print(&view, false, out);
    doctor_picture_print(&picture, false, false, out);
}

static void print_lines(struct job *job, const char *text)
{
    for (size_t length; *text; text += length) {
        length = strcspn(text, "\n");
        length += text[length] == '\n';
        job_print(job, "%.*s", (int)length, text);
    }
}

static enum err print(struct monitor *monitor, const struct measurements *measured)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out)
        put(measured, out);
    if (!out || fclose(out) != 0)
        return job_fail(monitor->job, ERR_NO_MEMORY, "no memory for the doctor's words");
    print_lines(monitor->job, text);
    free(text);
    return ERR_OK;
}

enum err monitor_doctor(struct monitor *monitor, int argc, const char *const argv[])
{
    const struct doctor_limits limits = {.allow_reset = argc > 1};
    struct measurements measured;
    enum err err = ERR_OK;

    if (argc > 1 && strcmp(argv[1], "reset") != 0)
        return monitor_usage(monitor, argv[0]);
    if (limits.allow_reset)
        err = session_may_run(monitor->session, monitor->job);
    if (!err)
        err = session_examine(monitor->session, monitor->job, &limits, &measured);
    return err ? err : print(monitor, &measured);
}
