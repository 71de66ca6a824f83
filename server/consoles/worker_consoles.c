/* SPDX-License-Identifier: MIT */
#include "consoles/worker_consoles.h"

#include "commands/monitor.h"

enum {
    OUTPUT_AHEAD = 256 * 1024, /* bytes that the loop has not taken yet */
    EVENT_TEXT = 1024,
};

/* Where the text of a command goes. */
struct output {
    struct mailbox *answers;
    struct message *command;
};

/* The loop always takes it soon: whoever does not read is closed, and that cancels the command. */
static bool wait_for_room(struct message *command)
{
    while (atomic_load(&command->unsent) > OUTPUT_AHEAD) {
        if (job_cancelled(&command->job))
            return false;
        uv_sleep(1);
    }
    return true;
}

static void send_output(void *user, const char *text, size_t length)
{
    struct output *output = user;
    struct message *command = output->command, *message = NULL;

    if (wait_for_room(command))
        message =
            message_create(MESSAGE_OUTPUT, command->requester, command->job.log, text, length);
    if (!message)
        return;
    atomic_fetch_add(&command->unsent, length);
    mailbox_put(output->answers, message);
}

void worker_run_command(struct session *session, struct mailbox *answers, struct message *message)
{
    struct monitor monitor = {.session = session, .job = &message->job};
    struct output output = {.answers = answers, .command = message};

    if (job_cancelled(&message->job)) { /* while it waited for its turn */
        message->error = job_fail(&message->job, ERR_CANCELLED, "cancelled");
        return;
    }
    if (message->requester) {
        message->job.output = send_output;
        message->job.user = &output;
    }
    struct job *before = session_enter(session, &message->job);
    message->error = message->kind == MESSAGE_FILE ? monitor_run_file(&monitor, message->payload)
                                                   : monitor_run(&monitor, message->payload);
    session_end_text(session);
    session_leave(session, before);
    message->request = monitor.request;
    message->exit_code = monitor.exit_code;
    message->value = monitor.value;
    if (message->requester)
        message->job.output = NULL;
}

static void tell(struct session *session, enum session_event events, struct mailbox *answers,
                 void *cause)
{
    char memory[EVENT_TEXT];
    struct buf text;
    struct job job;

    job_init(&job, session->log);
    buf_init(&text, memory, sizeof memory);
    events_describe(session, &job, events, &text);
    struct message *message =
        message_create(MESSAGE_EVENT, cause, session->log, text.data, text.length);
    if (!message)
        return;
    message->events = events;
    message->reset = session->last_reset;
    mailbox_put(answers, message);
}

void worker_tell_events(struct session *session, struct event_state *state, struct mailbox *answers,
                        void *cause)
{
    enum session_event events[EVENT_AT_ONCE];
    size_t count = events_look(state, session, events);

    for (size_t i = 0; i < count && session->watchers > 0; i++)
        tell(session, events[i], answers, cause);
}

void worker_check_presence(struct session *session, struct job *job)
{
    size_t count;
    const struct target_region *regions = target_regions(session->target, &count);
    struct job *before = session_enter(session, job);
    uint32_t word;

    /* That one address refuses to be read says nothing. */
    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_RAM) {
            (void)target_read_width(session->target, regions[i].start, 4, &word, 1);
            break;
        }
    session_leave(session, before);
}
