/* SPDX-License-Identifier: MIT */
/* Target memory of any alignment and length, in the widest accesses that alignment allows, in
 * slices that leave room for other sessions, past breakpoints that stand in it. */
#include "core/memory.h"

#include <string.h>

#include "chip/otp.h"
#include "core/core.h"
#include "core/debug_writes.h"
#include "probe/probe.h"

enum {
    SLICE_FIRST = 256, /* 35 ms at 100 kHz */
    SLICE_FIRST_MS = 30,
    CLOCKS_A_WORD = 46, /* of SWD: IHI 0031, B4.1 */
    SLICE_MIN = 64,
    SLICE_MAX = 16384,
    SLICE_SHORT_US = 15000, /* a slice that took less may grow */
    SLICE_LONG_US = 40000,  /* one that took more shrinks: it should stay below 50 ms */
};

/* A piece of a request that one width serves: bytes and halfwords up to the first word, words, and
 * the rest. */
struct piece {
    unsigned width;
    size_t length;
};

static struct piece next_piece(uint32_t address, size_t length)
{
    if ((address & 1) || length == 1)
        return (struct piece){1, 1};
    if ((address & 2) || length < 4)
        return (struct piece){2, 2};
    return (struct piece){4, length & ~(size_t)3};
}

void memory_queue_read(struct core *core, uint32_t address, void *data, size_t length)
{
    for (uint8_t *to = data; length > 0;) {
        struct piece piece = next_piece(address, length);
        ops_read(&core->ops, address, piece.width, to, (uint32_t)(piece.length / piece.width));
        address += (uint32_t)piece.length;
        to += piece.length;
        length -= piece.length;
    }
}

static void queue_write(struct core *core, uint32_t address, const void *data, size_t length)
{
    for (const uint8_t *from = data; length > 0;) {
        struct piece piece = next_piece(address, length);
        ops_write(&core->ops, address, piece.width, from, (uint32_t)(piece.length / piece.width));
        address += (uint32_t)piece.length;
        from += piece.length;
        length -= piece.length;
    }
}

/* As much as it takes to be no short one, at least twice; what a slice costs besides its bytes is a
 * reserve. */
static size_t grown(size_t slice, uint64_t took_us)
{
    size_t factor = took_us ? SLICE_SHORT_US / took_us : SLICE_MAX;

    factor = factor < 2 ? 2 : factor;
    return slice < SLICE_MAX / factor ? slice * factor & ~(size_t)63 : SLICE_MAX;
}

static void learn_slice(struct core *core, size_t length, uint64_t took_us)
{
    if (took_us > SLICE_LONG_US && core->slice > SLICE_MIN)
        core->slice /= 2;
    else if (length == core->slice && took_us < SLICE_SHORT_US)
        core->slice = grown(core->slice, took_us);
}

/* What the wire alone lets expect; what it costs besides is learnt. */
static size_t slice_at(uint32_t khz)
{
    size_t slice = (size_t)khz * SLICE_FIRST_MS / CLOCKS_A_WORD * 4 & ~(size_t)63;

    if (!khz)
        return SLICE_FIRST;
    return slice < SLICE_MIN ? SLICE_MIN : slice > SLICE_MAX ? SLICE_MAX : slice;
}

/* How much of the request the next slice takes; all but the last end at a word. */
static size_t slice_of(struct core *core, uint32_t address, size_t length)
{
    uint32_t khz = probe_now_khz(core->target->probe);

    if (!core->slice || khz != core->slice_khz)
        core->slice = slice_at(khz);
    core->slice_khz = khz;
    if (length <= core->slice)
        return length;
    return core->slice - (address & 3);
}

size_t memory_slice(struct core *core)
{
    return slice_at(probe_now_khz(core->target->probe));
}

static enum err flush_slice(struct core *core, size_t length)
{
    uint64_t before = core_now_us(core);
    enum err err = core_flush_halted(core);

    learn_slice(core, length, core_now_us(core) - before);
    return err;
}

static enum err try_read(struct core *core, uint32_t address, void *data, size_t length)
{
    memory_queue_read(core, address, data, length);
    return core_flush_halted(core);
}

/* Bytes before the first word that cannot be read, if all words before it can. */
static enum err bisect(struct core *core, uint32_t address, uint8_t *data, size_t *length)
{
    enum err mark = core_mark(core);
    uint32_t low = 0, high = (uint32_t)((*length + (address & 3) + 3) / 4);

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t from = middle ? middle * 4 - (address & 3) : 0;
        size_t to = (size_t)middle * 4 + 4 - (address & 3);
        enum err err = try_read(core, address + (uint32_t)from, data + from,
                                (to < *length ? to : *length) - from);
        if (err && err != ERR_FAULT)
            return err;
        core_rollback(core, mark);
        if (err)
            high = middle;
        else
            low = middle + 1;
    }
    size_t good = low ? low * 4 - (address & 3) : 0;
    *length = good < *length ? good : *length;
    return ERR_OK;
}

/* After a FAULT somewhere in [address, address + length): reads what comes before the first
 * unreadable address; the sentence that stays in the job is that address's own. */
static enum err read_up_to_fault(struct core *core, uint32_t address, uint8_t *data, size_t length,
                                 enum err mark, size_t *good)
{
    enum err err;
    uint32_t at;

    *good = 0;
    if (length <= 4 - (address & 3)) /* there is nothing before it */
        return ERR_FAULT;
    *good = length;
    if (probe_failed_address(core->target->probe, &at) && at >= address && at - address < length)
        *good = at - address;
    core_rollback(core, mark);
    while (*good > 0 && (err = try_read(core, address, data, *good)) != ERR_OK) {
        if (err != ERR_FAULT)
            return err;
        core_rollback(core, mark);
        size_t before = *good;
        err = bisect(core, address, data, good);
        if (err)
            return err;
        if (*good == before) /* all its words can be read now: try them together again, once less */
            *good = before > 4 ? before - 4 : 0;
    }
    if (*good == length)
        return ERR_OK;
    uint32_t unit = 4 - ((address + (uint32_t)*good) & 3);
    size_t rest = length - *good < unit ? length - *good : unit;
    err = try_read(core, address + (uint32_t)*good, data + *good, rest);
    if (!err)
        *good += rest;
    return err;
}

static enum err read_direct(struct core *core, uint32_t address, uint8_t *data, size_t length,
                            size_t *good)
{
    enum err mark = core_mark(core);

    memory_queue_read(core, address, data, length);
    enum err err = flush_slice(core, length);
    *good = err ? 0 : length;
    return err == ERR_FAULT ? read_up_to_fault(core, address, data, length, mark, good) : err;
}

static enum err read_slices(struct core *core, uint32_t address, uint8_t *data, size_t length,
                            size_t *done)
{
    enum err err = ERR_OK;

    while (*done < length && !err) {
        uint32_t at = address + (uint32_t)*done;
        size_t good, n = slice_of(core, at, length - *done);
        err = read_direct(core, at, data + *done, n, &good);
        *done += good;
        if (!err && *done < length)
            err = job_checkpoint(core->target->job);
    }
    return err;
}

static enum err check_range(struct core *core, uint32_t address, uint64_t length)
{
    enum err err = core_need_connected(core);

    if (!err && address + length > 1ull << 32)
        err = job_fail(core->target->job, ERR_ARGUMENT, "0x%08x and %llu bytes run past 0xffffffff",
                       address, (unsigned long long)length);
    return err;
}

static enum err check_access(struct core *core, uint32_t address, uint64_t length)
{
    enum err err = check_range(core, address, length);

    return !err && busy_touches(core, address, length) ? busy_wait(core, address) : err;
}

/* gdb asks for the same unreadable words again and again (around a pc of 0xfffffffe): what was
 * refused while the core stands is refused without asking. Peripherals and debug units may change
 * by themselves (DDI 0403, B3.1: the system address map). */
static bool may_remember_refusal(const struct core *core, uint32_t address)
{
    return core->state == TARGET_HALTED && !core_has_company(core) &&
           !(address >= 0x40000000u && address < 0x60000000u) &&
           !(address >= 0xE0000000u && address < 0xE0100000u);
}

/* A loader and breakpoints stand in RAM; what the program has there is known. */
static void show_as_program_has_it(const struct core *core, uint32_t address, void *data,
                                   size_t length)
{
    const struct lent_ram *lent = &core->lent;
    uint64_t end = (uint64_t)address + length, lent_end = (uint64_t)lent->start + lent->saved_size;
    uint32_t from = address > lent->start ? address : lent->start;
    uint64_t to = end < lent_end ? end : lent_end;

    if (from < to)
        memcpy((uint8_t *)data + (from - address), lent->saved + (from - lent->start), to - from);
    breakpoints_hide(core, address, data, length);
}

enum err memory_read(struct core *core, uint32_t address, void *data, size_t length, size_t *done)
{
    enum err mark = core_mark(core);
    size_t got = 0;
    enum err err = check_range(core, address, length);

    if (done)
        *done = 0;
    if (err)
        return err;
    const char *refusal =
        may_remember_refusal(core, address) ? cache_refusal(core_cache(core), address) : NULL;
    if (refusal)
        return job_fail(core->target->job, ERR_FAULT, "%s", refusal);
    if (busy_touches(core, address, length) && !memory_is_cached(core, address, length))
        err = busy_wait(core, address);
    if (!err)
        err = core_note_loss(core, ecc_look_before(core, address));
    if (!err)
        err = memory_read_cached(core, address, data, length, &got);
    if (!err)
        err = read_slices(core, address, data, length, &got);
    if (err == ERR_FAULT && got == 0)
        err = core_check_reset(core, err, mark);
    if (err == ERR_FAULT && (got == 0 || !done))
        err = core_explain_refusal(core, address + (uint32_t)got, err, mark);
    if (err == ERR_FAULT && got == 0 && may_remember_refusal(core, address))
        cache_refuse(core_cache(core), address, job_text(core->target->job, err));
    show_as_program_has_it(core, address, data, got);
    if (!done)
        return err;
    *done = got;
    if (err != ERR_FAULT || got == 0)
        return err;
    core_rollback(core, mark);
    return ERR_OK;
}

enum err target_read(struct target *target, uint32_t address, void *data, size_t length,
                     size_t *done)
{
    return memory_read(target->core, address, data, length, done);
}

/* What a write may have changed besides the bytes written: a peripheral can move memory, a core
 * register written by DCRSR is one we believe to know. */
static void forget_written_by(struct core *core, uint32_t address, size_t length)
{
    const struct target_region *region = target_region_at(core->target, address);

    if (region && region->kind != REGION_DEVICE) {
        cache_drop_range(core_cache(core), address, length);
        return;
    }
    cache_drop_all(core_cache(core));
    core->icsr_epoch = 0;
}

static void forget_written(struct core *core, uint32_t address, size_t length)
{
    core->target->writes++;
    for (unsigned i = 0; i < core->target->core_count; i++)
        forget_written_by(&core->target->cores[i], address, length);
}

void memory_queue_write(struct core *core, uint32_t address, const void *data, size_t length)
{
    forget_written(core, address, length);
    cpu_caches_wrote(core, address, length);
    queue_write(core, address, data, length);
}

/* There stands a loader now: it would run what is written, and what was there before comes back. */
static enum err refuse_lent(struct core *core, uint32_t address, size_t length)
{
    uint64_t end = (uint64_t)address + length,
             lent_end = (uint64_t)core->lent.start + core->lent.size;

    if (core->lent.size == 0 || address >= lent_end || end <= core->lent.start)
        return ERR_OK;
    return job_fail(
        core->target->job, ERR_BUSY,
        "the load that is under way uses the RAM at 0x%08x: write there when it is over", address);
}

/* What cannot be written is not left to the bus: some chips drop such a write without a word. */
static enum err refuse_read_only(struct core *core, uint32_t address)
{
    const struct target_region *region = target_region_at(core->target, address);

    if (chip_is_otp(core->target->chip.dev_id, address))
        return job_fail(core->target->job, ERR_FAULT, "0x%08x is " TARGET_OTP_TEXT, address);
    if (!region || region->kind == REGION_RAM || region->kind == REGION_DEVICE)
        return ERR_OK;
    if (region->sector_size)
        return job_fail(core->target->job, ERR_FAULT,
                        "0x%08x is %s, which is not written like RAM: load a program "
                        "('load', 'flash write_image')",
                        address, region->kind == REGION_EEPROM ? region->name : "flash");
    return job_fail(core->target->job, ERR_FAULT, "0x%08x is %s, which nobody can write", address,
                    region->name);
}

/* One slice; `width` 0: the widest that alignment allows. */
static enum err write_slice(struct core *core, uint32_t address, unsigned width, const void *data,
                            size_t length)
{
    bool debug = debug_write_concerns(address, length);
    enum err err = debug ? debug_write_begin(core, address, length) : ERR_OK;

    if (err)
        return err;
    forget_written(core, address, length);
    cpu_caches_wrote(core, address, length);
    if (width)
        ops_write(&core->ops, address, width, data, (uint32_t)(length / width));
    else
        queue_write(core, address, data, length);
    breakpoints_queue_keep(core, address, data, length);
    if (!debug)
        return flush_slice(core, length);
    err = core_flush(core);
    return err ? err : debug_write_end(core, address, length);
}

static enum err write_slices(struct core *core, uint32_t address, unsigned width,
                             const uint8_t *data, size_t length)
{
    enum err mark = core_mark(core), err = ERR_OK;

    for (size_t done = 0; done < length && !err;) {
        size_t n = slice_of(core, address + (uint32_t)done, length - done);
        err = write_slice(core, address + (uint32_t)done, width, data + done, n);
        done += n;
        if (!err && done < length)
            err = job_checkpoint(core->target->job);
    }
    return err == ERR_FAULT ? core_check_reset(core, err, mark) : err;
}

enum err target_write(struct target *target, uint32_t address, const void *data, size_t length)
{
    struct core *core = target->core;
    enum err err = check_access(core, address, length);

    if (!err && length > 0)
        err = refuse_read_only(core, address);
    if (!err)
        err = refuse_lent(core, address, length);
    return err ? err : write_slices(core, address, 0, data, length);
}

static enum err check_width(struct core *core, uint32_t address, unsigned width, size_t count)
{
    if (width != 1 && width != 2 && width != 4)
        return job_fail(core->target->job, ERR_ARGUMENT, "an access has 1, 2 or 4 bytes, not %u",
                        width);
    if (address % width)
        return job_fail(core->target->job, ERR_ALIGNMENT, "0x%08x is not a multiple of %u", address,
                        width);
    return check_access(core, address, (uint64_t)count * width);
}

enum err target_read_width(struct target *target, uint32_t address, unsigned width, void *data,
                           size_t count)
{
    struct core *core = target->core;
    enum err mark = core_mark(core);
    enum err err = check_width(core, address, width, count);
    size_t length = count * width;

    for (size_t done = 0; done < length && !err;) {
        uint32_t at = address + (uint32_t)done;
        size_t n = slice_of(core, at, length - done);
        ops_read(&core->ops, at, width, (uint8_t *)data + done, (uint32_t)(n / width));
        err = flush_slice(core, n);
        if (!err)
            show_as_program_has_it(core, at, (uint8_t *)data + done, n);
        done += n;
        if (!err && done < length)
            err = job_checkpoint(target->job);
    }
    if (err == ERR_FAULT)
        err = core_explain_refusal(core, address, core_check_reset(core, err, mark), mark);
    return err;
}

enum err target_write_width(struct target *target, uint32_t address, unsigned width,
                            const void *data, size_t count)
{
    struct core *core = target->core;
    enum err err = check_width(core, address, width, count);

    if (!err)
        err = refuse_lent(core, address, count * width);
    return err ? err : write_slices(core, address, width, data, count * width);
}
