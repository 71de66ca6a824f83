/* SPDX-License-Identifier: MIT */
#include "core/crc_by_core.h"

#include <string.h>

#include "chip/chips.h"
#include "core/borrowed.h"
#include "core/busy.h"
#include "core/routines/crc.h"

#define CPUID_PART(cpuid) ((cpuid) >> 4 & 0xFFFu)
#define WWDG_CR_WDGA (1u << 7)

/* The area: vectors, mailbox, code, table, a stack for the frame of a fault. */
enum { NEXT, END, CRC, WATCHDOG, STATE_WORDS, MAILBOX_WORDS = STATE_WORDS + 7 };
enum {
    MAILBOX = BORROWED_VECTORS,
    CODE = MAILBOX + 4 * MAILBOX_WORDS,
    TABLE = CODE + sizeof crc_code,
    STACK = TABLE + 1024,
    AREA_SIZE = STACK + 64,
    TABLE_BYTES = 350, /* to make the table takes as long as these bytes */
};
enum {
    WORTH_BYTES = 8192,
    FIRST_LOOK_US = 1500,
    NAP_US = 10000, /* how long a cancel may go unseen */
    SLICE_US = 40000,
    STUCK_US = 2000000, /* 64 bytes at 1 kHz */
};

struct crc_run {
    struct core *core;
    struct job *caller;
    struct borrowed_core lent;
    uint32_t area, first, end;
    uint32_t next, crc;          /* as of the last look, as are.. */
    bool stands, ended;          /* ..whether it was halted, and at the routine's end */
    bool kept;                   /* it could not be given back */
    uint64_t began_us, moved_us; /* when it was started; when it was seen to get on */
    uint8_t saved[AREA_SIZE];
};

/* --- can it be done? --- */

/* No caches that would hide what the wire writes, no secure world. */
static bool core_is_plain(const struct core *core)
{
    static const uint16_t parts[] = {0xC20, 0xC60, 0xC23, 0xC24}; /* M0, M0+, M3, M4 */

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i] == CPUID_PART(core->found.cpuid))
            return true;
    return false;
}

static bool is_memory(const struct core *core, uint32_t start, uint32_t end)
{
    for (uint32_t at = start; at < end;) {
        const struct target_region *region = target_region_at(core->target, at);
        if (!region || region->kind == REGION_DEVICE)
            return false;
        at = region->start + region->size;
    }
    return true;
}

static bool has_soft_breakpoints(const struct core *core, uint32_t start, uint32_t end)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++) {
        const struct breakpoint *breakpoint = &core->breakpoints[i];
        if (breakpoint->inserted && breakpoint->address + 2 > start && breakpoint->address < end)
            return true;
    }
    return false;
}

static bool is_possible(const struct core *core, uint32_t start, uint32_t end, uint32_t area)
{
    return core->state == TARGET_HALTED && !core->borrowed && !core->lent.size &&
           !core_has_company(core) && core_is_plain(core) &&
           chip_family_of(core->target->chip.dev_id)->watchdog && is_memory(core, start, end) &&
           !busy_touches(core, start, end - start) && (end <= area || start >= area + AREA_SIZE) &&
           !has_soft_breakpoints(core, start, end);
}

/* --- running it --- */

static uint32_t watchdog_of(const struct core *core)
{
    return chip_family_of(core->target->chip.dev_id)->watchdog;
}

/* Changes nothing. *fits: the range can be read, and no watchdog forbids a running core. */
static enum err look_around(struct crc_run *run, bool *fits)
{
    struct core *core = run->core;
    struct ops *ops = &core->ops;
    uint32_t wwdg_cr = 0, last;
    enum err mark = core_mark(core);

    ops_read32(ops, watchdog_of(core) - CHIP_WWDG_BELOW_IWDG, &wwdg_cr);
    ops_read32(ops, run->end - 4, &last);
    ops_read(ops, run->area, 4, run->saved, AREA_SIZE / 4);
    borrowed_queue_look(&run->lent);
    enum err err = core_flush_halted(core);
    if (!err && !regs_are_known(core))
        err = regs_need(core);
    *fits = !err && !(wwdg_cr & WWDG_CR_WDGA);
    if (err != ERR_FAULT)
        return err;
    core_rollback(core, mark);
    return ERR_OK;
}

static void fill_area(const struct crc_run *run, uint8_t *area)
{
    const uint32_t mailbox[MAILBOX_WORDS] = {run->first, run->end, run->crc,
                                             watchdog_of(run->core)};

    borrowed_vectors(run->area, area);
    memcpy(area + MAILBOX, mailbox, sizeof mailbox);
    memcpy(area + CODE, crc_code, sizeof crc_code);
}

static uint64_t now_us(const struct crc_run *run)
{
    return core_now_us(run->core);
}

/* *at_us: when it reached the core, about. */
static enum err flush_timed(struct crc_run *run, uint64_t *at_us)
{
    uint64_t before = now_us(run);
    enum err err = borrowed_flush(&run->lent, false);

    *at_us = before + (now_us(run) - before) / 2;
    return err;
}

static enum err start(struct crc_run *run)
{
    struct core *core = run->core;
    uint8_t area[TABLE];
    uint32_t mailbox = run->area + MAILBOX;

    fill_area(run, area);
    core_queue_catch(core, true); /* a fault stops it before a handler of the program runs */
    borrowed_queue_take(&run->lent);
    borrowed_queue_start(&run->lent, run->area + CODE, &mailbox, 1);
    ops_reg_write(&core->ops, 17, (run->area + AREA_SIZE) & ~7u); /* MSP */
    enum err err = core_flush_halted(core);
    if (err)
        return err;
    ops_write(&core->ops, run->area, 4, area, TABLE / 4);
    err = core_flush(core);
    if (err)
        return err;
    borrowed_queue_go(&run->lent);
    err = flush_timed(run, &run->began_us);
    run->moved_us = run->began_us;
    return err;
}

/* Until `us` are over or somebody wants an end. */
static bool nap(const struct crc_run *run, uint64_t us)
{
    for (uint64_t slice; us > 0; us -= slice) {
        bool slice_over = now_us(run) - run->began_us > SLICE_US;

        if (job_cancelled(run->caller) || (slice_over && job_others_wait(run->caller)))
            return false;
        slice = us < NAP_US ? us : NAP_US;
        clock_sleep_us(probe_clock(run->core->target->probe), slice);
    }
    return true;
}

static enum err look(struct crc_run *run)
{
    uint32_t mailbox[STATE_WORDS] = {0}, dhcsr = 0;
    uint64_t at_us;

    ops_read32(&run->core->ops, DHCSR, &dhcsr);
    ops_read(&run->core->ops, run->area + MAILBOX, 4, mailbox, STATE_WORDS);
    enum err err = flush_timed(run, &at_us);
    if (err)
        return err;
    core_saw_dhcsr(run->core, dhcsr);
    if (mailbox[NEXT] != run->next)
        run->moved_us = at_us;
    run->next = mailbox[NEXT];
    run->crc = mailbox[CRC];
    run->stands = dhcsr & DHCSR_S_HALT;
    /* A DMA channel of the program's may still write to this RAM: what is no end is none. */
    run->ended = run->stands && !mailbox[WATCHDOG] && run->next >= run->first &&
                 run->next <= run->end && run->next % 4 == 0;
    return ERR_OK;
}

/* How long the rest will take, by what was done so far; rather too long, since another look costs
 * more. */
static uint64_t expected_us(const struct crc_run *run)
{
    uint64_t went_us = run->moved_us - run->began_us, did = run->next - run->first;

    return did ? (run->end - run->next) * went_us / (did + TABLE_BYTES) * 33 / 32 + 200
               : FIRST_LOOK_US;
}

static bool is_stuck(const struct crc_run *run)
{
    return now_us(run) - run->moved_us > STUCK_US;
}

/* To its end, or to where it is when somebody wants one. */
static enum err wait_for_end(struct crc_run *run)
{
    bool on = nap(run, FIRST_LOOK_US);
    enum err err = look(run);

    while (!err && !run->stands && !is_stuck(run)) {
        if (on)
            on = nap(run, expected_us(run));
        if (!on)
            ops_write32(&run->core->ops, run->area + MAILBOX + 4 * END, 0);
        err = look(run);
    }
    if (!err && !run->stands)
        err = borrowed_halt(&run->lent);
    return err;
}

static enum err give_back(struct crc_run *run)
{
    struct core *core = run->core;

    if (core->state == TARGET_HALTED && regs_are_known(core))
        ops_write(&core->ops, run->area, 4, run->saved, AREA_SIZE / 4);
    /* Else it was reset or is gone: the RAM is the program's again. */
    return borrowed_give_back(&run->lent);
}

static enum err run_routine(struct crc_run *run)
{
    bool fits;
    enum err err = look_around(run, &fits);

    if (err || !fits)
        return err;
    err = start(run);
    if (!err)
        err = wait_for_end(run);
    if (!err && !run->ended)
        borrowed_leave_fault(&run->lent, run->area + CODE);
    run->lent.strayed = !run->ended;
    struct job_failure failure;
    job_set_aside(run->core->target->job, &failure);
    enum err given = give_back(run);
    run->kept = given != ERR_OK;
    job_take_back(run->core->target->job, &failure, BORROWED_NOT_GIVEN_BACK);
    return err ? err : given;
}

/* The routine failed, but the target is there and stands as before. */
static bool is_wire_left(const struct core *core, enum err err)
{
    return (err == ERR_LOADER || err == ERR_FAULT || err == ERR_TIMEOUT) &&
           core->state == TARGET_HALTED;
}

enum err crc_by_core(struct core *core, uint32_t address, size_t length, uint32_t *crc,
                     size_t *done)
{
    const struct target_region *ram = borrowed_ram(core, AREA_SIZE);
    uint32_t end = (uint32_t)(address + length) & ~3u;
    enum err mark = core_mark(core);
    struct job uncancellable;

    *done = 0;
    if (length < WORTH_BYTES || !ram || !is_possible(core, address, end, ram->start))
        return ERR_OK;
    struct crc_run run = {.core = core,
                          .area = ram->start,
                          .first = address,
                          .end = end,
                          .next = address,
                          .crc = *crc,
                          .lent = {.core = core,
                                   .by = "checksum routine",
                                   .used = 1u << 0 | 1u << SLOT_MSP,
                                   .vectors = ecc_has_flags(core->target) ? ram->start : 0}};
    core_uncancellable_begin(core, &uncancellable, &run.caller);
    enum err err = run_routine(&run);
    core_uncancellable_end(core, run.caller);
    if (err && (run.kept || !is_wire_left(core, err)))
        return job_fail(core->target->job, err, "%s", job_text(&uncancellable, err));
    core_rollback(core, mark);
    if (!err && run.ended) {
        *done = run.next - address;
        *crc = run.crc;
    }
    return ERR_OK;
}
