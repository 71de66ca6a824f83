/* SPDX-License-Identifier: MIT */
/* A probe that answers what a wire log (docs/wire-log.md) says. The same questions must come in
 * the same order; the first that differs is an error naming the line. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "probe/wire_log.h"

struct replay {
    struct clock clock; /* first: the clock's functions get back here from it */
    uint64_t now_us;
    FILE *file;
    char *line; /* the current one; request and answer point into it */
    size_t line_size;
    unsigned number;
    char *request, *answer;
};

static uint64_t replay_now(struct clock *clock)
{
    return ((struct replay *)clock)->now_us;
}

static void replay_sleep(struct clock *clock, uint64_t us)
{
    ((struct replay *)clock)->now_us += us;
}

/* Splits "virtual real request -> answer". False: a comment, a DAP access, or not such a line. */
static bool split_line(struct replay *replay)
{
    uint64_t at, real;
    int used = 0;
    char *arrow = strstr(replay->line, " -> ");

    if (!arrow || sscanf(replay->line, "%" SCNu64 " %" SCNu64 " %n", &at, &real, &used) < 2)
        return false;
    replay->request = replay->line + used;
    replay->answer = arrow + 4;
    *arrow = '\0';
    replay->answer[strcspn(replay->answer, "\r\n")] = '\0';
    if (at > replay->now_us)
        replay->now_us = at;
    return true;
}

static bool next_line(struct replay *replay)
{
    do {
        if (getline(&replay->line, &replay->line_size, replay->file) < 0)
            return false;
        replay->number++;
    } while (!split_line(replay));
    return true;
}

/* The recorded error, or ERR_OK with replay->answer to be read. */
static enum err expect(struct probe *probe, const char *request)
{
    struct replay *replay = probe->state;
    int code, used = 0;

    if (!next_line(replay))
        return job_fail(probe->job, ERR_PROBE_GONE, "%s ends before: %.80s", probe->info.spec,
                        request);
    if (strcmp(request, replay->request) != 0)
        return job_fail(probe->job, ERR_PROBE, "%s:%u: recorded was \"%.60s\", asked is \"%.60s\"",
                        probe->info.spec, replay->number, replay->request, request);
    if (sscanf(replay->answer, "error %d %n", &code, &used) == 1 && code > 0 && code < ERR_COUNT)
        return job_fail(probe->job, (enum err)code, "%s", replay->answer + used);
    return ERR_OK;
}

static enum err expect_value(struct probe *probe, const char *request, uint32_t *value)
{
    struct replay *replay = probe->state;
    enum err error = expect(probe, request);

    if (error == ERR_OK && sscanf(replay->answer, "%8" SCNx32, value) != 1)
        return job_fail(probe->job, ERR_PROBE, "%s:%u: no number behind the arrow",
                        probe->info.spec, replay->number);
    return error;
}

static enum err take_bytes(struct probe *probe, const struct op *op)
{
    struct replay *replay = probe->state;
    size_t length = (size_t)op->width * op->count;
    uint8_t *to = op->data;

    if (strlen(replay->answer) != 2 * length)
        return job_fail(probe->job, ERR_PROBE, "%s:%u: not %zu bytes", probe->info.spec,
                        replay->number, length);
    for (size_t i = 0; i < length; i++) {
        /* Cut out: sscanf() measures all that is behind, each time. */
        const char digits[] = {replay->answer[2 * i], replay->answer[2 * i + 1], '\0'};

        if (sscanf(digits, "%2" SCNx8, &to[i]) != 1)
            return job_fail(probe->job, ERR_PROBE, "%s:%u: not hexadecimal", probe->info.spec,
                            replay->number);
    }
    return ERR_OK;
}

static enum err replay_op(struct probe *probe, const struct op *op)
{
    char *request = NULL;
    size_t size;
    FILE *text = open_memstream(&request, &size);

    if (!text)
        return job_fail(probe->job, ERR_NO_MEMORY, "out of memory");
    wire_put_request(text, op);
    fclose(text);
    enum err error;
    if (op->result)
        error = expect_value(probe, request, op->result);
    else
        error = expect(probe, request);
    free(request);
    return error == ERR_OK && op->kind == OP_READ && op->data ? take_bytes(probe, op) : error;
}

static enum err replay_run(struct probe *probe, struct op *ops, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum err error = replay_op(probe, &ops[i]);
        if (error != ERR_OK) {
            probe->failed = &ops[i];
            return error;
        }
    }
    return ERR_OK;
}

static enum err replay_open(struct probe *probe)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (!replay)
        return job_fail(probe->job, ERR_NO_MEMORY, "out of memory");
    replay->clock =
        (struct clock){replay_now, replay_sleep, .is_virtual = true, .stands_still = true};
    replay->file = fopen(probe->info.spec, "re");
    if (!replay->file) {
        enum err error = job_fail(probe->job, ERR_PROBE, "%s cannot be read: %s", probe->info.spec,
                                  strerror(errno));
        free(replay);
        return error;
    }
    probe->state = replay;
    probe->clock = &replay->clock;
    return ERR_OK;
}

static void replay_close(struct probe *probe)
{
    struct replay *replay = probe->state;

    fclose(replay->file);
    free(replay->line);
    free(replay);
}

static enum err replay_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    return expect_value(probe, wire_connect_name(how), dpidr);
}

static enum err replay_disconnect(struct probe *probe)
{
    return expect(probe, "disconnect");
}

static enum err replay_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    char request[32];

    snprintf(request, sizeof request, "speed %u", khz);
    return expect_value(probe, request, actual_khz);
}

static enum err replay_nrst(struct probe *probe, enum probe_nrst level)
{
    return expect(probe, wire_nrst_name(level));
}

static enum err replay_vtref(struct probe *probe, uint32_t *millivolts)
{
    return expect_value(probe, "vtref", millivolts);
}

static enum err replay_describe(struct probe_info *info, unsigned number, struct job *job)
{
    if (!info->spec[0])
        return job_fail(job, ERR_ARGUMENT, "replay: which wire log? replay:FILE");
    snprintf(info->product, sizeof info->product, "recorded wire log");
    snprintf(info->place, sizeof info->place, "replay:%u", number);
    return ERR_OK;
}

const struct probe_driver replay_probe_driver = {
    .name = "replay",
    .describe = replay_describe,
    .open = replay_open,
    .close = replay_close,
    .connect = replay_connect,
    .disconnect = replay_disconnect,
    .run = replay_run,
    .set_speed = replay_set_speed,
    .nrst = replay_nrst,
    .vtref = replay_vtref,
};
