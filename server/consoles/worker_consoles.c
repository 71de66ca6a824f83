/* SPDX-License-Identifier: MIT */
#include "consoles/worker_consoles.h"

#include "commands/monitor.h"

enum {
    OUTPUT_AHEAD = 256 * 1024, /* bytes that the loop has not taken yet */
    NEWS_TEXT = 1024,
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
        message = message_create(MESSAGE_OUTPUT, command->session, command->job.log, text, length);
    if (!message)
        return;
    atomic_fetch_add(&command->unsent, length);
    mailbox_put(output->answers, message);
}

void worker_run_command(struct unit *unit, struct mailbox *answers, struct message *message)
{
    struct monitor monitor = {.unit = unit, .job = &message->job};
    struct output output = {.answers = answers, .command = message};

    if (job_cancelled(&message->job)) { /* while it waited for its turn */
        message->error = job_fail(&message->job, ERR_CANCELLED, "cancelled");
        return;
    }
    if (message->session) {
        message->job.output = send_output;
        message->job.user = &output;
    }
    struct job *before = unit_enter(unit, &message->job);
    message->error = message->kind == MESSAGE_FILE ? monitor_run_file(&monitor, message->payload)
                                                   : monitor_run(&monitor, message->payload);
    unit_end_text(unit);
    unit_leave(unit, before);
    message->wish = monitor.wish;
    message->exit_code = monitor.exit_code;
    message->value = monitor.value;
    if (message->session)
        message->job.output = NULL;
}

static void tell(struct unit *unit, enum unit_news news, struct mailbox *answers, void *cause)
{
    char memory[NEWS_TEXT];
    struct buf text;
    struct job job;

    job_init(&job, unit->log);
    buf_init(&text, memory, sizeof memory);
    news_describe(unit, &job, news, &text);
    struct message *message =
        message_create(MESSAGE_NEWS, cause, unit->log, text.data, text.length);
    if (!message)
        return;
    message->news = news;
    message->reset = unit->last_reset;
    mailbox_put(answers, message);
}

void worker_tell_news(struct unit *unit, struct news_state *state, struct mailbox *answers,
                      void *cause)
{
    enum unit_news news[NEWS_AT_ONCE];
    size_t count = news_look(state, unit, news);

    for (size_t i = 0; i < count && unit->watchers > 0; i++)
        tell(unit, news[i], answers, cause);
}

void worker_check_presence(struct unit *unit, struct job *job)
{
    size_t count;
    const struct target_region *regions = target_regions(unit->target, &count);
    struct job *before = unit_enter(unit, job);
    uint32_t word;

    /* That one address refuses to be read says nothing. */
    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_RAM) {
            (void)target_read_width(unit->target, regions[i].start, 4, &word, 1);
            break;
        }
    unit_leave(unit, before);
}
