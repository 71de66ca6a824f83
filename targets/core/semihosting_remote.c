/* SPDX-License-Identifier: MIT */
/* Calls that somebody else carries out, who reads and writes the program's memory himself: gdb, by
 * its File-I/O. Each is one question or a few; the core stands at the call until they are answered.
 */
#include "core/semihosting_internal.h"

#include "core/memory.h"

enum { ASKED_MAX = 65536, MOVED_MAX = 1 << 20 };
enum { HANDLE, BUFFER, LENGTH };

/* True: *got is the answer to the question, negative an error. False: it is still to come, and the
 * call with it. */
static bool answered(struct core *core, struct semihosting_call *call,
                     const struct semihosting_question *question, int64_t *got)
{
    const struct semihosting_setup *setup = &core->target->semihosting;
    struct semihosting_pending *pending = &core->semihosting.pending;

    if (pending->asked == SEMI_NOT_ASKED && !setup->ask) {
        *got = -SEMI_EIO;
        return true;
    }
    if (pending->asked == SEMI_NOT_ASKED && setup->ask(setup->ask_user, question))
        pending->asked = SEMI_ASKED;
    call->later = pending->asked != SEMI_ANSWERED;
    if (call->later)
        return false;
    pending->asked = SEMI_NOT_ASKED;
    *got = pending->answer;
    return true;
}

void target_answer(struct target *target, int64_t result)
{
    struct semihosting_pending *pending = &target->core->semihosting.pending;

    if (pending->asked != SEMI_ASKED)
        return;
    pending->asked = SEMI_ANSWERED;
    pending->answer = result;
}

void target_ask_again(struct target *target)
{
    struct semihosting_pending *pending = &target->core->semihosting.pending;

    if (pending->asked == SEMI_ASKED)
        pending->asked = SEMI_NOT_ASKED;
}

void target_set_remote_files(struct target *target, semihosting_ask *ask, void *user)
{
    for (unsigned i = 0; i < TARGET_CORES_MAX; i++) {
        struct semihosting *semihosting = &target->cores[i].semihosting;

        for (size_t j = 0; j < SEMI_FILES && !ask; j++)
            if (semihosting->files[j].kind == SEMI_REMOTE)
                semihosting->files[j].kind = SEMI_CLOSED;
        if (semihosting->pending.asked == SEMI_ASKED) {
            semihosting->pending.asked = SEMI_ANSWERED;
            semihosting->pending.answer = -SEMI_EIO;
        }
    }
    target->semihosting.ask = ask;
    target->semihosting.ask_user = user;
}

bool semi_is_remote(const struct core *core)
{
    return core->target->semihosting.ask;
}

/* --- names: with their NUL, which must be there --- */

static enum err check_nul(struct core *core, uint32_t name, uint32_t length, bool *ends)
{
    char nul = 1;
    enum err err = semi_read(core, (uint64_t)name + length, &nul, 1);

    *ends = nul == '\0';
    return err;
}

/* One question about one or two names; what comes of it is the result. */
static enum err ask_by_name(struct core *core, struct semihosting_call *call,
                            const struct semihosting_question *question)
{
    bool ends = true, other_ends = true;
    int64_t got;
    enum err err = check_nul(core, question->name, question->length, &ends);

    if (!err && question->what == SEMI_ASK_RENAME)
        err = check_nul(core, question->other, question->other_length, &other_ends);
    if (err)
        return err;
    if (!ends || !other_ends)
        return semi_fail(core, call, SEMI_EINVAL);
    return answered(core, call, question, &got) ? semi_result(core, call, got) : ERR_OK;
}

enum err semi_remote_open(struct core *core, struct semihosting_call *call, unsigned how)
{
    struct semihosting_file *file = semi_free_file(core);
    struct semihosting_question question = {
        .what = SEMI_ASK_OPEN, .name = call->word[0], .length = call->word[2], .how = how};

    if (!file)
        return semi_fail(core, call, SEMI_EMFILE);
    enum err err = ask_by_name(core, call, &question);
    if (err || call->later || call->result == SEMI_FAILED)
        return err;
    *file = (struct semihosting_file){SEMI_REMOTE, (int)call->result, 0};
    call->result = semi_handle_of(core, file);
    return ERR_OK;
}

enum err semi_remote_remove(struct core *core, struct semihosting_call *call)
{
    struct semihosting_question question = {
        .what = SEMI_ASK_REMOVE, .name = call->word[0], .length = call->word[1]};

    return ask_by_name(core, call, &question);
}

enum err semi_remote_rename(struct core *core, struct semihosting_call *call)
{
    struct semihosting_question question = {.what = SEMI_ASK_RENAME,
                                            .name = call->word[0],
                                            .length = call->word[1],
                                            .other = call->word[2],
                                            .other_length = call->word[3]};

    return ask_by_name(core, call, &question);
}

/* --- files --- */

enum err semi_remote_close(struct core *core, struct semihosting_call *call,
                           struct semihosting_file *file)
{
    struct semihosting_question question = {.what = SEMI_ASK_CLOSE, .file = file->number};
    int64_t got;

    if (!answered(core, call, &question, &got))
        return ERR_OK;
    file->kind = SEMI_CLOSED;
    return semi_result(core, call, got < 0 ? got : 0);
}

enum err semi_remote_seek(struct core *core, struct semihosting_call *call,
                          const struct semihosting_file *file)
{
    struct semihosting_question question = {
        .what = SEMI_ASK_SEEK, .file = file->number, .offset = call->word[1]};
    int64_t got;

    return answered(core, call, &question, &got) ? semi_result(core, call, got < 0 ? got : 0)
                                                 : ERR_OK;
}

/* To the end and back to where it was: `done` counts the questions, `kept` the answers. */
enum err semi_remote_flen(struct core *core, struct semihosting_call *call,
                          const struct semihosting_file *file)
{
    struct semihosting_pending *pending = &core->semihosting.pending;
    struct semihosting_question question = {.what = SEMI_ASK_SEEK, .file = file->number};
    int64_t got;

    for (; pending->done < 3; pending->done++) {
        static const enum semihosting_whence whence[] = {SEMI_FROM_HERE, SEMI_FROM_END,
                                                         SEMI_FROM_START};

        question.whence = whence[pending->done];
        question.offset = pending->done == 2 ? pending->kept[0] : 0;
        if (!answered(core, call, &question, &got))
            return ERR_OK;
        if (got < 0 || got > INT32_MAX)
            return semi_result(core, call, got < 0 ? got : -SEMI_EFBIG);
        if (pending->done < 2)
            pending->kept[pending->done] = (uint32_t)got;
    }
    return semi_result(core, call, pending->kept[1]);
}

/* --- bytes --- */

/* `number` of the remote: piece by piece, until one is short. */
static enum err transfer(struct core *core, struct semihosting_call *call,
                         enum semihosting_asked_for what, int number)
{
    struct semihosting_pending *pending = &core->semihosting.pending;
    uint32_t length = call->word[LENGTH];
    enum err err = semi_check(core, call->word[BUFFER], length);

    while (!err && pending->done < length && pending->done < MOVED_MAX) {
        uint32_t left = length - pending->done;
        struct semihosting_question question = {
            .what = what,
            .file = number,
            .name = call->word[BUFFER] + pending->done,
            .length = left < ASKED_MAX ? left : ASKED_MAX,
        };
        int64_t got;

        if (!answered(core, call, &question, &got))
            return ERR_OK;
        if (got < 0 && pending->done == 0)
            return semi_result(core, call, got);
        if (got <= 0 || got > question.length)
            break;
        pending->done += (uint32_t)got;
        if (got < question.length)
            break;
    }
    call->result = length - (pending->done < length ? pending->done : length);
    return err;
}

enum err semi_remote_write(struct core *core, struct semihosting_call *call,
                           const struct semihosting_file *file)
{
    enum err err = transfer(core, call, SEMI_ASK_WRITE, file->number);

    if (!err && call->result == SEMI_FAILED)
        call->result = call->word[LENGTH];
    return err;
}

enum err semi_remote_read(struct core *core, struct semihosting_call *call, int number)
{
    return transfer(core, call, SEMI_ASK_READ, number);
}

/* Into the word below the stack, which nobody uses while the core stands, and which gets back what
 * was there. */
enum err semi_remote_readc(struct core *core, struct semihosting_call *call)
{
    struct semihosting_pending *pending = &core->semihosting.pending;
    uint32_t place = (core->regs.word[SLOT_SP] & ~3u) - 4;
    struct semihosting_question question = {.what = SEMI_ASK_READ, .name = place, .length = 1};
    uint8_t byte = 0, kept;
    int64_t got;
    enum err err = pending->done ? ERR_OK : semi_read(core, place, &byte, 1);

    if (err)
        return err;
    if (!pending->done)
        pending->kept[0] = byte;
    pending->done = 1;
    if (!answered(core, call, &question, &got))
        return ERR_OK;
    target_drop_caches(core->target);
    kept = (uint8_t)pending->kept[0];
    err = semi_read(core, place, &byte, 1);
    if (!err)
        err = semi_write(core, place, &kept, 1);
    call->result = got == 1 ? byte : SEMI_FAILED;
    return err;
}
