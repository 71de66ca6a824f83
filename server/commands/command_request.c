/* SPDX-License-Identifier: MIT */
#include "commands/command_request.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { OUTPUT_AHEAD = 256 * 1024 }; /* bytes that the loop has not taken yet */

/* Where the text of a command goes. */
struct output {
    struct session *session;
    struct command_request *command;
};

struct command_text *command_text_create(struct command_request *command, const char *text,
                                         size_t length)
{
    struct command_text *notice = malloc(sizeof *notice + length);

    if (!notice)
        return NULL;
    request_init(&notice->request, command->request.job.log, command->request.owner, NULL,
                 command->output);
    notice->length = length;
    memcpy(notice->bytes, text, length);
    atomic_fetch_add(&command->unsent, length);
    return notice;
}

/* The loop always takes it soon: whoever does not read is closed, and that cancels the command. */
static bool wait_for_room(struct command_request *command)
{
    while (atomic_load(&command->unsent) > OUTPUT_AHEAD) {
        if (job_cancelled(&command->request.job))
            return false;
        uv_sleep(1);
    }
    return true;
}

static void send_output(void *user, const char *text, size_t length)
{
    struct output *output = user;
    struct command_text *notice = NULL;

    if (wait_for_room(output->command))
        notice = command_text_create(output->command, text, length);
    if (notice)
        session_notify(output->session, &notice->request);
}

static void run(struct request *request, struct session *session)
{
    struct command_request *command = (struct command_request *)request;
    struct monitor monitor = {.session = session, .job = &request->job};
    struct output output = {.session = session, .command = command};

    if (job_cancelled(&request->job)) { /* while it waited for its turn */
        request->err = job_fail(&request->job, ERR_CANCELLED, "cancelled");
        return;
    }
    if (command->output) {
        request->job.output = send_output;
        request->job.user = &output;
    }
    unsigned core = session_select_core(session, session->picked);
    struct job *before = session_enter(session, &request->job);
    request->err = command->is_file ? monitor_run_file(&monitor, command->text)
                                    : monitor_run(&monitor, command->text);
    session_end_text(session);
    session_leave(session, before);
    session_select_core(session, core);
    command->outcome = monitor.outcome;
    command->exit_code = monitor.exit_code;
    command->value = monitor.value;
    if (command->output)
        request->job.output = NULL;
}

static void destroy(struct request *request)
{
    struct command_request *command = (struct command_request *)request;

    free(command->text);
    free(command);
}

struct command_request *command_request_create(void *owner, const struct log *log, const char *text,
                                               bool is_file, void (*done)(struct request *request),
                                               void (*output)(struct request *notice))
{
    struct command_request *command = calloc(1, sizeof *command);
    char *copy = strdup(text);

    if (!command || !copy) {
        free(command);
        free(copy);
        return NULL;
    }
    request_init(&command->request, log, owner, run, done);
    command->request.destroy = destroy;
    command->is_file = is_file;
    command->text = copy;
    command->request.what = copy;
    command->output = output;
    return command;
}
