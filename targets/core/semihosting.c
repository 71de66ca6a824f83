/* SPDX-License-Identifier: MIT */
/* A call from its BKPT to its result. */
#include "core/semihosting.h"

#include <string.h>

#include "base/bytes.h"
#include "core/memory.h"
#include "core/semihosting_internal.h"

enum { SEMIHOST_BKPT = 0xAB, LOOK_US = 30000, WORDS_AHEAD = 12, DATA_AHEAD = 48, PARTS_AHEAD = 14 };

/* --- what the program says of its memory --- */

/* The program's mistake, whatever the bus would have said. */
static enum err bad_memory(struct core *core, const char *what)
{
    return job_fail(core->target->job, ERR_FAULT, "the argument of a semihosting call %s", what);
}

/* Peripherals and debug units are none (DDI 0403, B3.1): to read them may do something. */
static bool is_memory(uint64_t address, uint64_t length)
{
    uint64_t end = address + length;

    return end <= 0xE0000000u && !(address < 0x60000000u && end > 0x40000000u);
}

enum err semi_check(struct core *core, uint64_t address, uint64_t length)
{
    const uint64_t all = UINT64_C(1) << 32;

    if (address >= all || length > all - address)
        return bad_memory(core, "runs past 4 GiB");
    return is_memory(address, length) ? ERR_OK : bad_memory(core, "is no memory");
}

enum err semi_read(struct core *core, uint64_t address, void *data, uint64_t length)
{
    enum err err = semi_check(core, address, length);

    return err ? err : memory_read(core, (uint32_t)address, data, (size_t)length, NULL);
}

enum err semi_read_some(struct core *core, uint64_t address, void *data, size_t length, size_t *got)
{
    enum err err = semi_check(core, address, 1);
    size_t most = length;

    while (!err && !is_memory(address, most))
        most /= 2;
    return err ? err : memory_read(core, (uint32_t)address, data, most, got);
}

enum err semi_write(struct core *core, uint64_t address, const void *data, uint64_t length)
{
    enum err err = semi_check(core, address, length);

    return err ? err : target_write(core->target, (uint32_t)address, data, (size_t)length);
}

static enum err read_words(struct core *core, uint32_t address, uint32_t *words, size_t count)
{
    uint8_t bytes[SEMI_WORDS * 4] = {0};
    enum err err = count ? semi_read(core, address, bytes, count * 4) : ERR_OK;

    for (size_t i = 0; i < count && !err; i++)
        words[i] = get_le32(bytes + 4 * i);
    return err;
}

enum err semi_pause(struct core *core, struct semihosting_call *call, uint64_t began_us)
{
    if (call->of != STOP_OF_RUN)
        return job_checkpoint(core->target->job);
    call->later = core_now_us(core) - began_us > LOOK_US;
    core->semihosting.talks |= call->later;
    return ERR_OK;
}

/* --- results --- */

enum err semi_fail(struct core *core, struct semihosting_call *call, enum semihosting_errno number)
{
    core->semihosting.error = (int)number;
    call->result = SEMI_FAILED;
    return ERR_OK;
}

enum err semi_result(struct core *core, struct semihosting_call *call, int64_t got)
{
    if (got < 0)
        return semi_fail(core, call, (enum semihosting_errno) - got);
    call->result = (uint32_t)got;
    return ERR_OK;
}

void semi_warn(struct core *core, uint32_t number, const char *what)
{
    uint64_t bit = UINT64_C(1) << (number & 63); /* they end at 0x31 */

    if (core->semihosting.warned & bit)
        return;
    core->semihosting.warned |= bit;
    log_line(core->target->job->log, LOG_WARN, "the program %s", what);
}

static enum err not_offered(struct core *core, struct semihosting_call *call)
{
    char what[80];

    snprintf(what, sizeof what, "makes semihosting call 0x%02x, which there is not: it gets -1",
             (unsigned)call->number);
    semi_warn(core, call->number, what);
    return semi_fail(core, call, SEMI_ENOSYS);
}

/* --- the table --- */

static const struct semihosting_row {
    uint32_t number;
    uint8_t words; /* of the block that the argument points to; 0: it does not, or not to words */
    semi_handler *run;
} calls[] = {
    {0x01, 3, semi_open},    {0x02, 1, semi_close},      {0x03, 0, semi_writec},
    {0x04, 0, semi_write0},  {0x05, 3, semi_write_call}, {0x06, 3, semi_read_call},
    {0x07, 0, semi_readc},   {0x08, 1, semi_iserror},    {0x09, 1, semi_istty},
    {0x0A, 2, semi_seek},    {0x0C, 1, semi_flen},       {0x0D, 3, semi_tmpnam},
    {0x0E, 2, semi_remove},  {0x0F, 4, semi_rename},     {0x10, 0, semi_clock},
    {0x11, 0, semi_time},    {0x12, 0, semi_system},     {0x13, 0, semi_errno},
    {0x15, 2, semi_cmdline}, {0x16, 1, semi_heapinfo},   {0x18, 0, semi_exit},
    {0x20, 2, semi_exit},    {0x30, 0, semi_elapsed},    {0x31, 0, semi_tickfreq},
    {0x100, 2, semi_user},
};

/* Eight are for programs' own use. */
static const struct semihosting_row *row_of(uint32_t number)
{
    if (number >= 0x100 && number <= 0x107)
        number = 0x100;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}

/* --- the call that comes next --- */

bool semihosting_may_go_on(const struct core *core)
{
    return core->semihosting.talks || core->semihosting.talked;
}

void semihosting_want_next(struct core *core)
{
    const struct semihosting_pending *last = &core->semihosting.pending;

    if (!semihosting_may_go_on(core))
        return;
    memory_want(core, last->argument, WORDS_AHEAD, PARTS_AHEAD);
    memory_want(core, last->buffer, DATA_AHEAD, PARTS_AHEAD);
}

/* --- one call --- */

/* Behind a reset nothing is open, nor under way. */
static void look_at_resets(struct core *core)
{
    if (core->semihosting.resets == core->resets)
        return;
    semihosting_close_all(core);
    core->semihosting.resets = core->resets;
}

/* It is the one that the last look has begun, or another one. */
static void meet_pending(struct core *core, const struct semihosting_call *call)
{
    struct semihosting_pending *pending = &core->semihosting.pending;
    uint32_t pc = core->regs.word[SLOT_PC];

    if (!pending->open || pending->pc != pc || pending->number != call->number ||
        pending->argument != call->argument)
        *pending = (struct semihosting_pending){
            .pc = pc, .number = call->number, .argument = call->argument};
    pending->open = true;
}

/* The program's mistake, not the connection's. */
static enum err forgive_fault(struct core *core, struct semihosting_call *call, enum err err,
                              enum err mark)
{
    if (err != ERR_FAULT)
        return err;
    core_rollback(core, mark);
    return semi_fail(core, call, SEMI_EFAULT);
}

static enum err run_call(struct core *core, struct semihosting_call *call)
{
    const struct semihosting_row *row = row_of(call->number);
    enum err mark = core_mark(core);

    if (!row)
        return not_offered(core, call);
    enum err err = read_words(core, call->argument, call->word, row->words);
    if (err == ERR_FAULT && row->run == semi_exit) { /* it means to end all the same */
        core_rollback(core, mark);
        err = ERR_OK;
    }
    core->semihosting.pending.buffer = row->words > 1 ? call->word[1] : call->argument;
    if (!err)
        err = row->run(core, call);
    return forgive_fault(core, call, err, mark);
}

/* The core stands at BKPT 0xAB: serves the call and moves pc behind it. */
static enum err serve(struct core *core, enum stop_of of, struct target_stop *stop,
                      enum stop_verdict *verdict)
{
    enum err err = regs_need(core);

    if (err)
        return err;
    struct semihosting_call call = {
        .number = core->regs.word[0], .argument = core->regs.word[1], .of = of, .stop = stop};
    look_at_resets(core);
    meet_pending(core, &call);
    err = run_call(core, &call);
    if (err)
        return err;
    if (call.later) {
        *verdict = VERDICT_LATER;
        return ERR_OK;
    }
    core->semihosting.pending.open = false;
    regs_set_slot(core, SLOT_PC, core->regs.word[SLOT_PC] + 2);
    if (call.exits)
        return ERR_OK;
    regs_set_slot(core, 0, call.result);
    core->semihosting.talks = true;
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
        return serve(core, of, stop, verdict);
    *verdict = VERDICT_LATER;
    return ERR_OK;
}

const struct stop_filter semihosting_filter = {.name = "semihosting", .look = look};

/* --- what it is set to --- */

void target_set_semihosting(struct target *target, bool on)
{
    target->core->semihosting.off = !on;
}

bool target_semihosting(const struct target *target)
{
    return !target->core->semihosting.off;
}

void target_set_exit_returns(struct target *target, bool on)
{
    target->core->semihosting.exit_returns = on;
}

bool target_exit_returns(const struct target *target)
{
    return target->core->semihosting.exit_returns;
}

bool target_talks(const struct target *target)
{
    bool talks = false;

    for (unsigned i = 0; i < target->core_count; i++)
        talks |= target->cores[i].semihosting.talks;
    return talks;
}

void semihosting_close_all(struct core *core)
{
    struct semihosting *semihosting = &core->semihosting;
    const struct semihosting_setup *setup = &core->target->semihosting;

    for (size_t i = 0; i < SEMI_FILES; i++) {
        if (semihosting->files[i].kind == SEMI_FILE && setup->files)
            setup->files->close(setup->files_user, semihosting->files[i].number);
        semihosting->files[i].kind = SEMI_CLOSED;
    }
    semihosting->pending.open = false;
}

void target_set_files(struct target *target, const struct semihosting_files *files, void *user)
{
    for (unsigned i = 0; i < TARGET_CORES_MAX; i++)
        semihosting_close_all(&target->cores[i]);
    target->semihosting.files = files;
    target->semihosting.files_user = user;
}

void target_set_input(struct target *target, semihosting_input *input, void *user)
{
    target->semihosting.input = input;
    target->semihosting.input_user = user;
}

void target_set_command_line(struct target *target, const char *text)
{
    snprintf(target->semihosting.command_line, sizeof target->semihosting.command_line, "%s", text);
}

const char *target_user_call_text(const struct target *target)
{
    return target->semihosting.user_text;
}

const char *target_command_line(const struct target *target)
{
    return target->semihosting.command_line;
}
