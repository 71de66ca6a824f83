/* SPDX-License-Identifier: MIT */
#include "core/semihosting.h"

#include <string.h>

#include "base/bytes.h"
#include "core/core.h"
#include "core/memory.h"

enum semihost_call {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITEC = 0x03,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_ISERROR = 0x08,
    SYS_ISTTY = 0x09,
    SYS_ERRNO = 0x13,
    SYS_EXIT = 0x18,
    SYS_EXIT_EXTENDED = 0x20,
};

enum { SEMIHOST_BKPT = 0xAB };
enum { CHUNK = 256, TEXT_MAX = 65536, TARGET_ENOSYS = 88, TARGET_EBADF = 9, TARGET_EFAULT = 14 };
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u
#define FAILED 0xFFFFFFFFu

/* Addresses and lengths are the program's word. One that runs past 4 GiB is its mistake, as is
 * memory where nothing answers: ERR_FAULT. */
static enum err past_the_end(struct core *core)
{
    return job_fail(core->target->job, ERR_FAULT,
                    "the argument of a semihosting call runs past 4 GiB");
}

static enum err read_program(struct core *core, uint32_t address, void *data, size_t length)
{
    if (length > (UINT64_C(1) << 32) - address)
        return past_the_end(core);
    return memory_read(core, address, data, length, NULL);
}

static enum err read_words(struct core *core, uint32_t address, uint32_t *words, size_t count)
{
    uint8_t bytes[4 * 4] = {0};
    enum err err = read_program(core, address, bytes, count * 4);

    for (size_t i = 0; i < count && !err; i++)
        words[i] = get_le32(bytes + 4 * i);
    return err;
}

static void pass_on(struct core *core, const char *text, size_t length)
{
    const struct target *target = core->target;
    const struct program_text said = {TEXT_SEMIHOSTING, 1, text, length};

    if (length && target->text)
        target->text(target->text_user, &said);
    else if (length && target->job->output)
        target->job->output(target->job->user, text, length);
}

void target_set_text(struct target *target,
                     void (*text)(void *user, const struct program_text *text), void *user)
{
    target->text = text;
    target->text_user = user;
}

/* Programs write byte by byte, too, but whoever shows it must see characters and escape sequences
 * whole: what is only begun waits for its rest. */
static void emit(struct core *core, const uint8_t *text, size_t length)
{
    struct semihosting *semihosting = &core->semihosting;
    char whole[sizeof semihosting->begun + CHUNK];
    size_t begun = semihosting->begun_length;

    memcpy(whole, semihosting->begun, begun);
    memcpy(whole + begun, text, length);
    length += begun;
    begun = visible_unfinished(whole, length);
    memcpy(semihosting->begun, whole + length - begun, begun);
    semihosting->begun_length = begun;
    pass_on(core, whole, length - begun);
}

void target_end_text(struct target *target)
{
    struct core *core = target->core;

    size_t length = core->semihosting.begun_length;

    core->semihosting.begun_length = 0;
    pass_on(core, core->semihosting.begun, length);
}

static uint32_t fail_with(struct core *core, int number)
{
    core->semihosting.error = number;
    return FAILED;
}

/* Up to the NUL; a string without end is cut. */
static enum err write0(struct core *core, uint32_t address)
{
    uint8_t text[CHUNK];

    for (uint64_t at = address; at < (uint64_t)address + TEXT_MAX; at += CHUNK) {
        size_t got;
        uint64_t room = (UINT64_C(1) << 32) - at;
        size_t n = room < CHUNK ? (size_t)room : CHUNK;
        enum err err = memory_read(core, (uint32_t)at, text, n, &got);
        if (err)
            return err;
        size_t length = strnlen((const char *)text, got);
        emit(core, text, length);
        if (length < got || got < CHUNK)
            return ERR_OK;
        err = at + CHUNK > UINT32_MAX ? past_the_end(core) : job_checkpoint(core->target->job);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* The result is the number of bytes that were not written: the program may write the rest of what a
 * cancel cut short. */
static enum err write_handle(struct core *core, uint32_t block, uint32_t *result)
{
    uint8_t text[CHUNK];
    uint32_t word[3]; /* handle, address, length */
    enum err mark = core_mark(core);
    enum err err = read_words(core, block, word, 3);

    if (err)
        return err;
    if (word[0] != 1 && word[0] != 2) {
        fail_with(core, TARGET_EBADF);
        *result = word[2];
        return ERR_OK;
    }
    uint32_t todo = word[2] < TEXT_MAX ? word[2] : TEXT_MAX, done = 0;
    if (word[2] > (UINT64_C(1) << 32) - word[1])
        err = past_the_end(core);
    while (done < todo && !err) {
        uint32_t n = todo - done < CHUNK ? todo - done : CHUNK;
        err = read_program(core, word[1] + done, text, n);
        if (err)
            break;
        emit(core, text, n);
        done += n;
        err = done < todo ? job_checkpoint(core->target->job) : ERR_OK;
    }
    if (err == ERR_CANCELLED && done > 0) { /* else that would be said twice */
        core_rollback(core, mark);
        err = ERR_OK;
    }
    *result = word[2] - done;
    return err;
}

/* ":tt" is the console: modes 0-3 read, 4-7 write, 8-11 append, which C libraries use for input,
 * output and errors. */
static enum err open_console(struct core *core, uint32_t block, uint32_t *result)
{
    uint32_t word[3]; /* name, mode, length */
    uint8_t name[3];
    enum err err = read_words(core, block, word, 3);

    if (err)
        return err;
    *result = fail_with(core, TARGET_ENOSYS);
    if (word[2] != 3 || word[1] > 11)
        return ERR_OK;
    err = read_program(core, word[0], name, 3);
    if (!err && memcmp(name, ":tt", 3) == 0)
        *result = word[1] / 4;
    return err;
}

/* Calls whose argument is a block that begins with a handle. */
static enum err handle_call(struct core *core, uint32_t call, uint32_t block, uint32_t *result)
{
    uint32_t word[3] = {0};
    enum err err = read_words(core, block, word, call == SYS_READ ? 3 : 1);

    if (err)
        return err;
    if (word[0] > 2)
        *result = call == SYS_ISTTY ? 0 : fail_with(core, TARGET_EBADF);
    else if (call == SYS_ISTTY)
        *result = 1;
    else /* nothing is ever typed: SYS_READ leaves all bytes unread, which is end of file */
        *result = call == SYS_READ ? word[2] : 0;
    return ERR_OK;
}

static enum err exit_call(struct core *core, uint32_t call, uint32_t argument,
                          struct target_stop *stop)
{
    uint32_t word[2] = {argument, 0};
    enum err err = ERR_OK;

    if (call == SYS_EXIT_EXTENDED)
        err = read_words(core, argument, word, 2);
    if (err && err != ERR_FAULT)
        return err;
    bool normal = word[0] == ADP_STOPPED_APPLICATION_EXIT;
    *stop = (struct target_stop){.reason = STOP_EXIT, .pc = stop->pc + 2};
    stop->exit_code = normal ? (int)word[1] : 1;
    return err;
}

static void warn_once(struct core *core, uint32_t call)
{
    uint64_t bit = UINT64_C(1) << (call & 63); /* they end at 0x31 */

    if (core->semihosting.warned & bit)
        return;
    core->semihosting.warned |= bit;
    log_line(core->target->job->log, LOG_WARN,
             "the program makes semihosting call 0x%02x, which is not offered: it gets -1", call);
}

static enum err run_call(struct core *core, uint32_t call, uint32_t argument, uint32_t *result)
{
    uint32_t word = 0;
    uint8_t character;
    enum err err;

    *result = 0;
    switch (call) {
    case SYS_OPEN:
        return open_console(core, argument, result);
    case SYS_WRITEC:
        err = read_program(core, argument, &character, 1);
        if (!err)
            emit(core, &character, 1);
        return err;
    case SYS_WRITE0:
        return write0(core, argument);
    case SYS_WRITE:
        return write_handle(core, argument, result);
    case SYS_CLOSE:
    case SYS_READ:
    case SYS_ISTTY:
        return handle_call(core, call, argument, result);
    case SYS_ISERROR:
        err = read_words(core, argument, &word, 1);
        *result = word >> 31;
        return err;
    case SYS_ERRNO:
        *result = (uint32_t)core->semihosting.error;
        return ERR_OK;
    default:
        warn_once(core, call);
        *result = fail_with(core, TARGET_ENOSYS);
        return ERR_OK;
    }
}

void target_set_semihosting(struct target *target, bool on)
{
    target->core->semihosting.off = !on;
}

bool target_semihosting(const struct target *target)
{
    return !target->core->semihosting.off;
}

/* The program's mistake, not the connection's. */
static enum err forgive_fault(struct core *core, enum err err, enum err mark, uint32_t *result)
{
    if (err != ERR_FAULT)
        return err;
    core_rollback(core, mark);
    *result = fail_with(core, TARGET_EFAULT);
    return ERR_OK;
}

/* The core stands at BKPT 0xAB: serves the call and moves pc behind it. */
static enum err serve(struct core *core, struct target_stop *stop, enum stop_verdict *verdict)
{
    enum err mark = core_mark(core);
    enum err err = regs_need(core);

    if (err)
        return err;
    uint32_t call = core->regs.word[0], argument = core->regs.word[1], result = 0;
    uint32_t next = core->regs.word[SLOT_PC] + 2;
    bool exits = call == SYS_EXIT || call == SYS_EXIT_EXTENDED;
    err = exits ? exit_call(core, call, argument, stop) : run_call(core, call, argument, &result);
    err = forgive_fault(core, err, mark, &result);
    if (err)
        return err;
    regs_set_slot(core, SLOT_PC, next);
    if (exits)
        return ERR_OK;
    regs_set_slot(core, 0, result);
    *verdict = VERDICT_SERVED;
    return ERR_OK;
}

/* A program that talks much nearly always stands at a call when it is halted. */
static enum err look(struct core *core, enum stop_of of, struct target_stop *stop,
                     enum stop_verdict *verdict)
{
    if (core->semihosting.off || stop->reason != STOP_BKPT || stop->bkpt != SEMIHOST_BKPT)
        return ERR_OK;
    if (of != STOP_OF_HALT)
        return serve(core, stop, verdict);
    *verdict = VERDICT_LATER;
    return ERR_OK;
}

const struct stop_filter semihosting_filter = {.name = "semihosting", .look = look};
