/* SPDX-License-Identifier: MIT */
#include "session/events.h"

#include "commands/monitor_commands.h"

void news_begin(struct news_state *state, const struct unit *unit)
{
    state->connected = unit_connected(unit);
    state->halted = state->connected && target_state(unit->target) == TARGET_HALTED;
    state->resets = unit->resets;
}

size_t news_look(struct news_state *state, const struct unit *unit,
                 enum unit_news news[NEWS_AT_ONCE])
{
    struct news_state before = *state;
    size_t count = 0;

    news_begin(state, unit);
    if (before.connected && !state->connected)
        news[count++] = NEWS_LOST;
    if (!before.connected && state->connected)
        news[count++] = NEWS_FOUND;
    if (before.resets != state->resets)
        news[count++] = NEWS_RESET;
    if (before.connected && state->connected && before.halted && !state->halted)
        news[count++] = NEWS_RUNNING;
    if (!before.halted && state->halted)
        news[count++] = NEWS_HALTED;
    return count;
}

static void append(void *user, const char *text, size_t length)
{
    buf_put(user, text, length);
}

/* As the command `halt` says it. */
static void describe_halt(struct unit *unit, struct job *job, struct buf *text)
{
    struct monitor monitor = {.unit = unit, .job = job};
    struct job *before = unit_enter(unit, job);

    job->output = append;
    job->user = text;
    if (monitor_print_halted(&monitor) != ERR_OK)
        buf_printf(text, "halted, but its registers cannot be read: %s\n",
                   job_text(job, job->error));
    job->output = NULL;
    unit_leave(unit, before);
}

void news_describe(struct unit *unit, struct job *job, enum unit_news news, struct buf *text)
{
    switch (news) {
    case NEWS_FOUND:
        buf_printf(text, "connected: %s\n", target_chip(unit->target)->name);
        break;
    case NEWS_LOST:
        buf_printf(text, "lost the target: %s\n", unit->why_absent);
        break;
    case NEWS_RESET:
        buf_text(text, "the target was reset\n");
        break;
    case NEWS_RUNNING:
        buf_text(text, "the core runs\n");
        break;
    case NEWS_HALTED:
        describe_halt(unit, job, text);
        break;
    }
}
