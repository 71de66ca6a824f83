/* SPDX-License-Identifier: MIT */
/* Why the core stands: DFSR (DDI 0403, C1.6.1), and what the units behind its bits say. */
#include "core/stop.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/core.h"
#include "core/fault_secure.h"
#include "core/fault_text.h"
#include "core/fault_v6m.h"
#include "core/memory.h"
#include "core/vectors.h"
#include "probe/probe.h"

#define CFSR_STACKING (1u << 12 | 1u << 4) /* STKERR, MSTKERR: nothing useful was pushed */
#define CFSR_NO_CODE (1u << 17 | 1u << 0)  /* INVSTATE, IACCVIOL */
#define CFSR_STKOF (1u << 20)
#define CFSR_IBUSERR (1u << 8)
#define CFSR_PRECISERR (1u << 9)
#define CFSR_BFARVALID (1u << 15)
#define HFSR_VECTTBL (1u << 1)
#define LOCKUP_TEXT "lockup: "

/* Parts of cache lines, of four words each: as many as fit into the 64 words of a probe's list with
 * what else a step or a stop needs. */
enum { PARTS_BESIDE_STEP = 10, PARTS_BESIDE_STOP = 12, WRITER_BYTES = 36 };

void stop_queue_faults(struct core *core, struct stop_facts *facts)
{
    if (core->profile->fault_status)
        ops_read(&core->ops, SCB_CFSR, 4, facts->scb, 5);
    else
        ops_read32(&core->ops, SCB_DFSR, &facts->scb[FACT_DFSR]);
}

void stop_queue(struct core *core, bool full, struct stop_facts *facts)
{
    struct ops *ops = &core->ops;

    if (full)
        stop_queue_faults(core, facts);
    else
        ops_read32(ops, SCB_DFSR, &facts->scb[FACT_DFSR]);
    if (full)
        cpu_caches_queue_look(core);
    ops_read32(ops, SCB_ICSR, &facts->icsr);
    ops_read32(ops, DHCSR, &facts->dhcsr);
}

/* Reading clears MATCHED (C1.8.17). */
void stop_queue_matches(struct core *core)
{
    for (unsigned i = 0; i < core->dwt.count; i++)
        if (core->dwt.written[i].function)
            ops_collect32(&core->ops, DWT_FUNCTION(i), &core->dwt.matched[i]);
}

/* gdb looks at what is watched as soon as the core stands, and again when it has stepped on, with
 * the watchpoint taken away. */
static void want_watched(struct core *core, size_t parts)
{
    for (size_t i = 0; i < WATCHPOINT_MAX; i++)
        if (core->watchpoints[i].owners)
            memory_want(core, core->watchpoints[i].address, core->watchpoints[i].length, parts);
    for (size_t i = 0; i < STOP_WATCH_HITS; i++)
        if (core->stop.reason == STOP_WATCHPOINT && core->stop.watch[i].owners)
            memory_want(core, core->stop.watch[i].address, 4, parts);
}

/* What gdb looks at in any case. pc may be anything after a crash: then its region is none that may
 * be cached. */
static void want_first(struct core *core, uint32_t pc, uint32_t sp, size_t parts)
{
    memory_want_code(core, pc, parts);
    want_watched(core, parts);
    memory_want(core, cache_line_of(sp), CACHE_LINE, parts);
}

/* If the trip has room: gdb's caches have 64-byte lines. */
static void want_rest(struct core *core, uint32_t pc, uint32_t sp, size_t parts)
{
    memory_want(core, cache_line_of(sp) + CACHE_LINE, CACHE_LINE, parts);
    memory_want(core, cache_line_of(pc), CACHE_LINE, parts);
}

void stop_queue_ahead(struct core *core, uint32_t pc, uint32_t sp)
{
    want_first(core, pc, sp, PARTS_BESIDE_STEP);
    want_rest(core, pc, sp, PARTS_BESIDE_STEP);
}

/* At the call that was made last, the only breakpoint there is, or where the function returns to;
 * with the stack where it was, for it is seldom far away. What the registers were is known even
 * while they are not. */
uint32_t stop_likely_pc(const struct core *core)
{
    if (semihosting_may_go_on(core))
        return core->semihosting.pending.pc;
    return breakpoints_single(core, core->regs.word[SLOT_LR]) & ~1u;
}

/* What is watched is written where it was written before, or soon behind that. */
static void want_writer(struct core *core)
{
    bool watches = false;

    for (size_t i = 0; i < WATCHPOINT_MAX; i++)
        watches |= core->watchpoints[i].owners != 0;
    if (watches)
        memory_want(core, core->regs.word[SLOT_PC] - 4, WRITER_BYTES, PARTS_BESIDE_STOP);
}

void stop_queue_likely(struct core *core)
{
    uint32_t pc = stop_likely_pc(core), sp = core->regs.word[SLOT_SP];

    memory_want_code(core, pc, PARTS_BESIDE_STOP);
    want_writer(core);
    want_first(core, pc, sp, PARTS_BESIDE_STOP);
    want_rest(core, pc, sp, PARTS_BESIDE_STOP);
    semihosting_want_next(core);
}

bool stop_ahead_failed(struct core *core, enum err err)
{
    uint32_t at;

    if (err != ERR_FAULT || !probe_failed_address(core->target->probe, &at) ||
        !cache_is_claimed(core_cache(core), at))
        return false;
    core->no_ahead = true;
    return true;
}

/* Reading ahead is a favour; that it fails is no news. What may not be looked at is worth no trip
 * of its own. */
static enum err read_ahead(struct core *core)
{
    uint32_t pc = core->regs.word[SLOT_PC], sp = core->regs.word[SLOT_SP];
    enum err mark = core_mark(core);

    want_first(core, pc, sp, PARTS_BESIDE_STOP);
    if (core->ops.count)
        want_rest(core, pc, sp, PARTS_BESIDE_STOP);
    enum err err = core_flush(core);
    cache_commit(core_cache(core), !err);
    if (err == ERR_FAULT) {
        core_rollback(core, mark);
        return ERR_OK;
    }
    return err;
}

/* One that several comparators cover counts once. */
static void add_hit(struct target_stop *stop, const struct watchpoint *watch)
{
    static const char *const names[] = {"write", "read", "access"};
    struct target_watch_hit hit = {watch->address, watch->kind, watch->owners};
    size_t used = 0;

    while (used < STOP_WATCH_HITS && stop->watch[used].owners) {
        if (stop->watch[used].address == hit.address && stop->watch[used].kind == hit.kind)
            return;
        used++;
    }
    if (used == STOP_WATCH_HITS || !hit.owners)
        return;
    stop->watch[used] = hit;
    stop->owners |= hit.owners;
    if (used == 0)
        snprintf(stop->text, sizeof stop->text, "%s watchpoint at 0x%08x, %u bytes",
                 names[watch->kind], watch->address, watch->length);
}

static void say_watchpoint(struct core *core, struct target_stop *stop)
{
    for (unsigned i = 0; i < core->dwt.count; i++) {
        const struct dwt_slot *slot = &core->dwt.written[i];
        if (slot->function && slot->watchpoint != NOBODYS &&
            (core->dwt.matched[i] & DWT_FUNCTION_MATCHED))
            add_hit(stop, &core->watchpoints[slot->watchpoint]);
    }
    stop->reason = stop->owners ? STOP_WATCHPOINT : STOP_EXTERNAL;
    if (!stop->owners)
        snprintf(stop->text, sizeof stop->text,
                 "a watchpoint that is not ours, or not set any more");
}

void stop_plain(struct core *core, enum stop_reason reason, struct target_stop *stop)
{
    *stop = (struct target_stop){.reason = reason, .pc = core->regs.word[SLOT_PC]};
    core->stop = *stop;
}

void stop_at_breakpoint(const struct core *core, const struct breakpoint *breakpoint,
                        struct target_stop *stop)
{
    stop->reason = breakpoint->soft ? STOP_BREAKPOINT_SW : STOP_BREAKPOINT_HW;
    stop->owners = breakpoint_owners(core, breakpoint->address);
    snprintf(stop->text, sizeof stop->text, "breakpoint at 0x%08x", breakpoint->address);
}

/* `stop` is what it was asked for. */
static void say_breakpoint(struct core *core, struct target_stop *stop)
{
    enum stop_reason plain = stop->reason;
    const struct breakpoint *ours = breakpoint_at(core, stop->pc);
    enum err mark = core_mark(core);
    uint8_t code[2] = {0};

    if (ours) {
        stop_at_breakpoint(core, ours, stop);
        return;
    }
    stop->reason = STOP_BKPT;
    if (memory_read(core, stop->pc, code, 2, NULL) != ERR_OK)
        core_rollback(core, mark);
    if (code[1] == 0xBE) {
        stop->bkpt = code[0];
        snprintf(stop->text, sizeof stop->text, "BKPT 0x%02x in the program at 0x%08x", code[0],
                 stop->pc);
        return;
    }
    /* A comparator that has been cleared since, or was never ours: no news to one who wanted the
     * core to stand, whose gdb would take it for one and let the core go on. */
    if (plain == STOP_REQUEST) {
        stop->reason = plain;
        return;
    }
    stop->reason = STOP_BREAKPOINT_HW;
    snprintf(stop->text, sizeof stop->text, "a breakpoint at 0x%08x that is not set any more",
             stop->pc);
}

/* In the first instruction of a handler LR is EXC_RETURN, and the return address lies in the frame
 * that was pushed to the stack it names (B1.5.6, B1.5.8; of which security state: DDI 0553). */
#define EXC_RETURN_PSP 4u
#define EXC_RETURN_SECURE 0x40u

static uint32_t frame_of(const struct core *core)
{
    const uint32_t *word = core->regs.word;
    bool psp = word[SLOT_LR] & EXC_RETURN_PSP, secure = word[SLOT_LR] & EXC_RETURN_SECURE;

    if (core->profile->banks)
        return word[(secure ? SLOT_MSP_S : SLOT_MSP_NS) + psp];
    return word[SLOT_MSP + psp];
}

static uint32_t limit_of(const struct core *core)
{
    const uint32_t *word = core->regs.word;
    bool psp = word[SLOT_LR] & EXC_RETURN_PSP, secure = word[SLOT_LR] & EXC_RETURN_SECURE;

    return word[(core->profile->banks && secure ? SLOT_MSPLIM_S : SLOT_MSPLIM) + psp];
}

static bool read_quietly(struct core *core, uint32_t address, void *bytes, size_t size)
{
    enum err mark = core_mark(core);

    if (memory_read(core, address, bytes, size, NULL) == ERR_OK)
        return true;
    core_rollback(core, mark);
    return false;
}

/* Armv8-M: where there was no room above its limit for the frame, SP stands at that and nothing was
 * pushed (DDI 0553, stack limit checks). It may as well have fitted exactly. */
static bool had_no_room(const struct core *core, const struct stop_facts *facts)
{
    return facts->scb[FACT_CFSR] & CFSR_STKOF && frame_of(core) == limit_of(core);
}

/* Which stack, and why it is not known where. */
static void explain_overflow(const struct core *core, const struct stop_facts *facts, char *cause,
                             size_t size)
{
    snprintf(cause, size, "%s is 0x%08x%s",
             core->regs.word[SLOT_LR] & EXC_RETURN_PSP ? "PSPLIM" : "MSPLIM", limit_of(core),
             had_no_room(core, facts) ? " and left no room to save where it was" : "");
}

static uint32_t faulting_pc(struct core *core, const struct stop_facts *facts)
{
    bool frame_is_whole = !(facts->scb[FACT_CFSR] & CFSR_STACKING) && !had_no_room(core, facts);
    uint8_t bytes[4];

    if (core->regs.word[SLOT_LR] >> 24 != 0xFF || !frame_is_whole ||
        !read_quietly(core, frame_of(core) + 0x18, bytes, sizeof bytes))
        return 0;
    return get_le32(bytes);
}

/* Of a core that keeps no record of a fault: what the instruction wanted, or "". */
static void find_cause(struct core *core, char *cause, size_t size)
{
    uint8_t bytes[32], code[4] = {0};
    struct fault_v6m fault;

    cause[0] = '\0';
    if (!read_quietly(core, frame_of(core), bytes, sizeof bytes))
        return;
    fault_v6m_take(&fault, bytes, frame_of(core), core->regs.word);
    fault.fetched = read_quietly(core, fault.pc, code, 2);
    if (fault.fetched)
        read_quietly(core, fault.pc + 2, code + 2, 2);
    fault.half[0] = get_le16(code);
    fault.half[1] = get_le16(code + 2);
    fault_v6m_explain(&fault, cause, size);
}

static void find_secure_cause(struct core *core, char *cause, size_t size)
{
    uint8_t bytes[8];

    if (read_quietly(core, FAULT_SFSR, bytes, sizeof bytes))
        fault_secure_explain(get_le32(bytes), get_le32(bytes + 4), cause, size);
}

/* The core was refused what it wanted from flash, and that is closed. One that came from nowhere
 * may have begun with vectors that nobody could read, or can look at now. */
static bool is_protection(struct core *core, const struct stop_facts *facts, uint32_t faulting_pc)
{
    uint32_t cfsr = facts->scb[FACT_CFSR];
    const struct target_region *region = target_region_at(core->target, facts->scb[FACT_BFAR]);
    bool code = cfsr & CFSR_IBUSERR || facts->scb[FACT_HFSR] & HFSR_VECTTBL ||
                (!faulting_pc && cfsr & CFSR_NO_CODE);
    bool data = cfsr & CFSR_PRECISERR && cfsr & CFSR_BFARVALID && region &&
                region->kind != REGION_RAM && region->kind != REGION_DEVICE;

    if (!core->profile->fault_status) { /* it does not tell: whatever was not in RAM */
        region = target_region_at(core->target, faulting_pc);
        code = !faulting_pc || !region || region->kind != REGION_RAM;
    }
    return (code || data) && core_protection_is_on(core);
}

bool stop_say_fault(struct core *core, const struct stop_facts *facts, unsigned exception,
                    uint32_t faulting_pc, char *text, size_t size)
{
    enum { HARD_FAULT = 3, SECURE_FAULT = 7 };
    char cause[100] = "";

    if (core->profile == &profile_armv6m && faulting_pc)
        find_cause(core, cause, sizeof cause);
    if (facts->scb[FACT_CFSR] & CFSR_STKOF && regs_are_known(core))
        explain_overflow(core, facts, cause, sizeof cause);
    if (exception == SECURE_FAULT)
        find_secure_cause(core, cause, sizeof cause);
    bool kept_out = is_protection(core, facts, faulting_pc);
    core->target->chip.readout_protected |= kept_out; /* the rest of it is measured in time */
    if (kept_out)
        snprintf(text, size, "%s",
                 core->target->chip.unlocked ? TARGET_UNLOCKED_FAULT_TEXT : PROTECTED_TEXT);
    else if (exception > HARD_FAULT || !vectors_mislead(core, text, size))
        fault_explain(facts, exception, cause, faulting_pc, text, size);
    return kept_out;
}

static void say_fault(struct core *core, const struct stop_facts *facts, bool lockup,
                      struct target_stop *stop)
{
    unsigned exception = core->regs.word[SLOT_XPSR] & XPSR_IPSR;
    char text[sizeof stop->text - 50];

    stop->reason = STOP_FAULT;
    stop->kept_out =
        stop_say_fault(core, facts, exception, faulting_pc(core, facts), text, sizeof text);
    snprintf(stop->text, sizeof stop->text, "%s%s", lockup ? LOCKUP_TEXT : "", text);
}

/* Both words of the vector table have been fetched: DDI 0403, B1.5.5. */
static void say_reset(struct core *core, struct target_stop *stop)
{
    stop->reason = STOP_RESET;
    stop->misled = vectors_misled(core, stop->text, sizeof stop->text);
    if (!stop->misled)
        snprintf(stop->text, sizeof stop->text, "halted after reset");
}

static void say_vector_catch(struct core *core, const struct stop_facts *facts,
                             struct target_stop *stop)
{
    unsigned exception = core->regs.word[SLOT_XPSR] & XPSR_IPSR;

    if (exception >= 3 && exception <= 7) {
        say_fault(core, facts, false, stop);
        return;
    }
    say_reset(core, stop);
}

enum err stop_explain(struct core *core, const struct stop_facts *facts, enum stop_reason plain,
                      struct target_stop *stop)
{
    uint32_t dfsr = facts->scb[FACT_DFSR];

    core_saw_dhcsr(core, facts->dhcsr);
    core_saw_icsr(core, facts->icsr);
    *stop = (struct target_stop){.reason = plain, .pc = core->regs.word[SLOT_PC]};
    enum err err = read_ahead(core);
    if (err)
        return err;
    /* A locked-up core that was halted does not show S_LOCKUP any more: `plain` says so. */
    if ((facts->dhcsr & DHCSR_S_LOCKUP) || plain == STOP_FAULT)
        say_fault(core, facts, true, stop);
    else if (dfsr & DFSR_VCATCH)
        say_vector_catch(core, facts, stop);
    else if (dfsr & DFSR_DWTTRAP)
        say_watchpoint(core, stop);
    else if (dfsr & DFSR_BKPT)
        say_breakpoint(core, stop);
    else if (dfsr & DFSR_EXTERNAL)
        stop->reason = STOP_EXTERNAL;
    else if (plain == STOP_RESET)
        say_reset(core, stop);
    core->stop = *stop;
    return core->state == TARGET_ABSENT ? core->target->job->err : ERR_OK;
}

bool target_locked_up(const struct target *target)
{
    const struct core *core = target->core;

    return core->state == TARGET_RUNNING && core->locked_up;
}

/* Its registers cannot be seen without halting it: the exception is not known. */
enum err target_explain_lockup(struct target *target, char *text, size_t size)
{
    struct core *core = target->core;
    struct stop_facts facts = {0};

    stop_queue_faults(core, &facts);
    enum err err = core_flush(core);
    if (!err)
        stop_say_fault(core, &facts, 0, 0, text, size);
    return err;
}
