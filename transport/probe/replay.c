/* SPDX-License-Identifier: MIT */
/* A probe that answers what a wire log (docs/wire-log.md) says. The same questions must come in
 * the same order; only how often one looks at a running core may differ, since that is a matter of
 * the wall's time. Where the session departs from the record it is over, for good. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "probe/record.h"
#include "probe/wire_log.h"

enum { AGAIN_US = 1000 }; /* passes while the same is asked more often than was recorded */

struct replay {
    struct clock clock; /* first: the clock's functions get back here from it */
    struct record record;
    /* The last flush, if it changed nothing: it may come again, or have been recorded more often.
     * A line an operation. */
    char *looked;
    struct record_place looked_at;
    char *over; /* the sentence, once the session has departed from the record */
};

static struct replay *replay_of(const struct probe *probe)
{
    return probe->state;
}

static uint64_t replay_now(struct clock *clock)
{
    struct record *record = &((struct replay *)clock)->record;

    (void)record_now(record);
    return record->now_us;
}

static void replay_sleep(struct clock *clock, uint64_t us)
{
    ((struct replay *)clock)->record.now_us += us;
}

/* --- where they part --- */

static enum err say_over(struct probe *probe)
{
    return job_fail(probe->job, ERR_PROBE_GONE, "%s", replay_of(probe)->over);
}

/* `asked` is a line or more; the record stands before what was recorded. */
static enum err depart(struct probe *probe, const char *asked)
{
    struct replay *replay = replay_of(probe);
    int length = (int)strcspn(asked, "\n");
    char text[400];

    if (length > 60)
        length = 60;
    if (record_next(&replay->record))
        snprintf(text, sizeof text,
                 "%s:%u: here the session departs from the record: recorded was \"%.60s\", asked "
                 "is \"%.*s\" (the same options and commands as then?)",
                 probe->info.spec, replay->record.number, replay->record.request, length, asked);
    else
        snprintf(text, sizeof text, "%s: the record ends here; asked is \"%.*s\"", probe->info.spec,
                 length, asked);
    replay->over = strdup(text);
    return replay->over ? say_over(probe) : job_fail(probe->job, ERR_NO_MEMORY, "out of memory");
}

/* --- answers --- */

/* What the driver did besides answering. */
static void take_notes(struct probe *probe)
{
    const struct record *record = &replay_of(probe)->record;

    probe_note_dhcsr(probe, record->dhcsr);
    if (record->now_khz) {
        probe->now_khz = record->now_khz;
        probe->one_speed = record->one_speed;
    }
}

static enum err garbled(struct probe *probe, const char *what)
{
    return job_fail(probe->job, ERR_PROBE, "%s:%u: %s", probe->info.spec,
                    replay_of(probe)->record.number, what);
}

/* The recorded error, or ERR_OK with record.answer to be read. */
static enum err take_answer(struct probe *probe)
{
    const char *answer = replay_of(probe)->record.answer;
    int code, used = 0;

    if (sscanf(answer, "error %d %n", &code, &used) == 1 && code > 0 && code < ERR_COUNT)
        return job_fail(probe->job, (enum err)code, "%s", answer + used);
    return ERR_OK;
}

static enum err take_value(struct probe *probe, uint32_t *value)
{
    enum err err = take_answer(probe);

    if (!err && sscanf(replay_of(probe)->record.answer, "%8" SCNx32, value) != 1)
        return garbled(probe, "no number behind the arrow");
    return err;
}

static enum err take_bytes(struct probe *probe, const struct op *op)
{
    const char *answer = replay_of(probe)->record.answer;
    size_t length = (size_t)op->width * op->count;

    if (strlen(answer) != 2 * length || !wire_take_hex(answer, op->data, length))
        return garbled(probe, "not as many bytes in hexadecimal as were asked for");
    return ERR_OK;
}

/* Where an access failed, and what it had read before. */
static void take_broken(struct probe *probe, const struct op *op)
{
    const char *broken = replay_of(probe)->record.broken;
    size_t room = (size_t)op->width * op->count;
    uint32_t address;
    int used = 0;

    if (!broken || sscanf(broken, "%8" SCNx32 " %n", &address, &used) != 1)
        return;
    probe->failed_address = address;
    probe->failed_address_known = true;
    size_t length = strspn(broken + used, "0123456789abcdef") / 2;
    if (op->kind == OP_READ && op->data && length <= room)
        (void)wire_take_hex(broken + used, op->data, length);
}

static enum err take_op(struct probe *probe, const struct op *op)
{
    enum err err = op->result ? take_value(probe, op->result) : take_answer(probe);

    if (!err && op->kind == OP_READ && op->data)
        err = take_bytes(probe, op);
    if (!err && op->missed && strcmp(replay_of(probe)->record.answer, "missed") == 0)
        *op->missed = true;
    if (err) {
        probe->failed = op;
        take_broken(probe, op);
    }
    return err;
}

/* --- questions --- */

static char *write_questions(const struct op *ops, size_t count)
{
    char *questions = NULL;
    size_t size;
    FILE *text = open_memstream(&questions, &size);

    for (size_t i = 0; text && i < count; i++) {
        wire_put_request(text, &ops[i]);
        fputc('\n', text);
    }
    if (text)
        fclose(text);
    return questions;
}

static bool changes_nothing(const struct op *ops, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ops[i].kind != OP_READ && ops[i].kind != OP_REG_READ)
            return false;
    return true;
}

/* Answers a flush from where the record stands. False: other questions stand there; *differs is the
 * first of ours that does not. */
static bool answer(struct probe *probe, struct op *ops, size_t count, const char *questions,
                   bool again, const char **differs, enum err *err)
{
    struct record *record = &replay_of(probe)->record;

    *err = ERR_OK;
    for (size_t i = 0; i < count && !*err; i++) {
        size_t length = strcspn(questions, "\n");

        *differs = questions;
        if (!record_next(record) || strlen(record->request) != length ||
            strncmp(record->request, questions, length) != 0)
            return false;
        if (!again)
            take_notes(probe);
        *err = take_op(probe, &ops[i]);
        questions += length + 1;
    }
    return true;
}

/* Asked once more than was recorded: the same answer. */
static bool answer_again(struct probe *probe, struct op *ops, size_t count, const char *questions,
                         enum err *err)
{
    struct replay *replay = replay_of(probe);
    struct record_place place = record_tell(&replay->record);
    const char *differs;

    if (!replay->looked || strcmp(replay->looked, questions) != 0)
        return false;
    record_seek(&replay->record, replay->looked_at);
    bool answered = answer(probe, ops, count, questions, true, &differs, err);
    record_seek(&replay->record, place);
    replay->record.now_us += AGAIN_US;
    return answered;
}

/* One that only looks, where the record looks and then acts: the act is still to come. */
static bool looks_ahead(struct replay *replay, const struct op *ops, size_t count)
{
    return changes_nothing(ops, count) && record_flush_is_longer(&replay->record, count);
}

static bool skip_look(struct replay *replay)
{
    return replay->looked && record_skip(&replay->record, replay->looked);
}

static enum err run_questions(struct probe *probe, struct op *ops, size_t count, char *questions)
{
    struct replay *replay = replay_of(probe);
    struct record_place place = record_tell(&replay->record);
    bool ahead = looks_ahead(replay, ops, count);
    const char *differs = questions;
    enum err err;

    while (!answer(probe, ops, count, questions, ahead, &differs, &err)) {
        record_seek(&replay->record, place);
        if (answer_again(probe, ops, count, questions, &err)) {
            free(questions);
            return err;
        }
        if (!skip_look(replay)) {
            for (const char *at = questions; at < differs; at++)
                if (*at == '\n')
                    record_next(&replay->record);
            err = depart(probe, differs);
            free(questions);
            return err;
        }
        place = record_tell(&replay->record);
        ahead = looks_ahead(replay, ops, count);
    }
    if (ahead)
        record_seek(&replay->record, place);
    free(replay->looked);
    replay->looked = changes_nothing(ops, count) ? questions : NULL;
    replay->looked_at = place;
    if (!replay->looked)
        free(questions);
    return err;
}

static enum err replay_run(struct probe *probe, struct op *ops, size_t count)
{
    if (replay_of(probe)->over)
        return say_over(probe);
    char *questions = write_questions(ops, count);

    return questions ? run_questions(probe, ops, count, questions)
                     : job_fail(probe->job, ERR_NO_MEMORY, "out of memory");
}

/* A question that is no operation is the record's next one, maybe after looks. False: the record
 * stands before what is. */
static bool come_to(struct probe *probe, const char *request)
{
    struct replay *replay = replay_of(probe);
    struct record *record = &replay->record;
    struct record_place place;

    do {
        place = record_tell(record);
        if (record_next(record) && strcmp(record->request, request) == 0) {
            take_notes(probe);
            return true;
        }
        record_seek(record, place);
    } while (skip_look(replay));
    return false;
}

static enum err expect(struct probe *probe, const char *request)
{
    if (replay_of(probe)->over)
        return say_over(probe);
    return come_to(probe, request) ? ERR_OK : depart(probe, request);
}

static enum err expect_value(struct probe *probe, const char *request, uint32_t *value)
{
    enum err err = expect(probe, request);

    return !err ? take_value(probe, value) : err;
}

static enum err expect_ok(struct probe *probe, const char *request)
{
    enum err err = expect(probe, request);

    return !err ? take_answer(probe) : err;
}

/* --- the driver --- */

/* What the probe was, which stands in front of the first question. */
static void introduce(struct probe *probe)
{
    struct record *record = &replay_of(probe)->record;
    struct record_place start = record_tell(record);

    (void)record_next(record);
    take_notes(probe);
    if (record->product[0])
        snprintf(probe->info.product, sizeof probe->info.product, "recorded: %.50s",
                 record->product);
    record_seek(record, start);
}

static enum err replay_open(struct probe *probe)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (!replay)
        return job_fail(probe->job, ERR_NO_MEMORY, "out of memory");
    replay->clock = (struct clock){replay_now, replay_sleep, .is_virtual = false};
    const char *why = record_open(&replay->record, probe->info.spec);
    if (why) {
        free(replay);
        return job_fail(probe->job, ERR_PROBE, "%s cannot be read: %s", probe->info.spec, why);
    }
    probe->state = replay;
    probe->clock = &replay->clock;
    introduce(probe);
    return ERR_OK;
}

static void replay_close(struct probe *probe)
{
    struct replay *replay = replay_of(probe);

    record_finish(&replay->record);
    free(replay->looked);
    free(replay->over);
    free(replay);
}

static enum err replay_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    return expect_value(probe, wire_connect_name(how), dpidr);
}

static enum err replay_disconnect(struct probe *probe)
{
    return expect_ok(probe, "disconnect");
}

static enum err replay_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    char request[32];

    snprintf(request, sizeof request, "speed %u", khz);
    return expect_value(probe, request, actual_khz);
}

static enum err replay_nrst(struct probe *probe, enum probe_nrst level)
{
    return expect_ok(probe, wire_nrst_name(level));
}

static enum err replay_vtref(struct probe *probe, uint32_t *millivolts)
{
    return expect_value(probe, "vtref", millivolts);
}

static void take_said(struct probe *probe, char *reply, size_t size)
{
    const char *said = replay_of(probe)->record.said;
    size_t length = said ? strspn(said, "0123456789abcdef") / 2 : 0;

    if (length >= size || !wire_take_hex(said, (uint8_t *)reply, length))
        length = 0;
    reply[length] = '\0';
}

/* Another one than was recorded is refused, and nothing else has happened: the session goes on. */
static enum err replay_command(struct probe *probe, int argc, const char *const argv[], char *reply,
                               size_t size)
{
    struct replay *replay = replay_of(probe);
    struct record_place start = record_tell(&replay->record);
    char request[200];

    if (replay->over)
        return say_over(probe);
    wire_control_request(argc, argv, request, sizeof request);
    if (!come_to(probe, request)) {
        record_seek(&replay->record, start);
        return job_fail(probe->job, ERR_UNSUPPORTED,
                        "this is a record: nothing can be done to its board but what was done "
                        "while it was made, in its turn (%s)",
                        probe->info.spec);
    }
    enum err err = take_answer(probe);
    if (!err)
        take_said(probe, reply, size);
    return err;
}

static enum err replay_describe(struct probe_info *info, unsigned number, struct job *job)
{
    if (!info->spec[0])
        return job_fail(job, ERR_ARGUMENT, "replay: which wire log? replay:FILE");
    const char *why = record_doubt(info->spec);
    if (why)
        return job_fail(job, ERR_FILE, "%s cannot be read: %s", info->spec, why);
    snprintf(info->product, sizeof info->product, "recorded wire log");
    snprintf(info->place, sizeof info->place, "replay:%u", number);
    return ERR_OK;
}

const struct probe_driver replay_probe_driver = {
    .name = "replay",
    .outlives_cable = true,
    .recorded = true,
    .describe = replay_describe,
    .open = replay_open,
    .close = replay_close,
    .connect = replay_connect,
    .disconnect = replay_disconnect,
    .run = replay_run,
    .set_speed = replay_set_speed,
    .nrst = replay_nrst,
    .vtref = replay_vtref,
    .command = replay_command,
};
