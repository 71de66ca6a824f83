/* SPDX-License-Identifier: MIT */
#include "net/stranger_log.h"

#include <stdio.h>
#include <string.h>

enum { PERIOD_MAX_MS = 3600 * 1000 };

void stranger_log_flush(struct stranger_log *strangers)
{
    for (size_t i = 0; i < strangers->count; i++) {
        struct stranger_line *line = &strangers->lines[i];

        if (line->more > 0)
            log_line(strangers->to, line->level, "%llu more like this: %s", line->more, line->text);
        line->more = 0;
    }
}

static void wait_for_more(struct stranger_log *strangers);

/* A line that did not come again is forgotten: the next is news. */
static void forget_the_quiet(struct stranger_log *strangers)
{
    size_t kept = 0;

    for (size_t i = 0; i < strangers->count; i++) {
        if (strangers->lines[i].more > 0)
            strangers->lines[kept++] = strangers->lines[i];
    }
    strangers->count = kept;
}

static void on_period(uv_timer_t *timer)
{
    struct stranger_log *strangers = timer->data;

    forget_the_quiet(strangers);
    stranger_log_flush(strangers);
    strangers->period_ms *= 2;
    if (strangers->period_ms > PERIOD_MAX_MS)
        strangers->period_ms = PERIOD_MAX_MS;
    if (strangers->count > 0)
        wait_for_more(strangers);
}

static void wait_for_more(struct stranger_log *strangers)
{
    uv_timer_start(&strangers->timer, on_period, strangers->period_ms, 0);
    uv_unref((uv_handle_t *)&strangers->timer);
}

static void begin(struct stranger_log *strangers, struct stranger_line *line, enum log_level level,
                  const char *text)
{
    if (strangers->count++ == 0) {
        strangers->period_ms = strangers->first_ms;
        wait_for_more(strangers);
    }
    *line = (struct stranger_line){.level = level};
    snprintf(line->text, sizeof line->text, "%s", text);
}

/* The last one stands for all that there is no room for. */
static struct stranger_line *find(struct stranger_log *strangers, enum log_level level,
                                  const char *text)
{
    struct stranger_line *line = strangers->lines;

    while (line < strangers->lines + strangers->count && strcmp(line->text, text) != 0)
        line++;
    if (line == strangers->lines + STRANGER_LINES)
        line--;
    else if (line == strangers->lines + strangers->count)
        begin(strangers, line, level, text);
    return line;
}

static void write_line(void *user, enum log_level level, const char *text)
{
    struct stranger_log *strangers = user;

    if (level == LOG_DEBUG) { /* whoever asks for these wants all */
        log_line(strangers->to, level, "%s", text);
        return;
    }
    struct stranger_line *line = find(strangers, level, text);
    if (line->written < STRANGER_FEW)
        log_line(strangers->to, level, "%s", text);
    else
        line->more++;
    line->written += line->written < STRANGER_FEW;
}

void stranger_log_init(struct stranger_log *strangers, uv_loop_t *loop, const struct log *to,
                       uint64_t first_ms)
{
    *strangers = (struct stranger_log){
        .log = {.level = to->level, .write = write_line, .user = strangers},
        .to = to,
        .first_ms = first_ms,
    };
    uv_timer_init(loop, &strangers->timer);
    strangers->timer.data = strangers;
}
