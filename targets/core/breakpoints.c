/* SPDX-License-Identifier: MIT */
/* Breakpoints: who has set which, by comparator or by an instruction in RAM, and the difference
 * between that and what is on the chip, queued with the next resume or step. */
#include "core/core.h"

#include <string.h>

#include "base/bytes.h"

static const uint8_t bkpt_code[2] = {0x00, 0xBE}; /* BKPT 0 */

static struct breakpoint *find(struct core *core, enum breakpoint_kind kind, uint32_t address)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++) {
        struct breakpoint *b = &core->breakpoints[i];
        if ((b->owners || b->inserted) && b->kind == kind && b->address == address)
            return b;
    }
    return NULL;
}

const struct breakpoint *breakpoint_at(const struct core *core, uint32_t address)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++) {
        const struct breakpoint *b = &core->breakpoints[i];
        if ((b->owners & ~(1ull << OWNER_INTERNAL)) && b->address == address)
            return b;
    }
    return NULL;
}

uint64_t breakpoint_owners(const struct core *core, uint32_t address)
{
    uint64_t owners = 0;

    for (size_t i = 0; i < BREAKPOINT_MAX; i++)
        if (core->breakpoints[i].address == address)
            owners |= core->breakpoints[i].owners;
    return owners & ~(1ull << OWNER_INTERNAL);
}

/* Addresses that need a comparator; our own temporary one first, users' must fit without it. */
static size_t comparator_addresses(const struct core *core, uint32_t exclude, bool internal,
                                   uint32_t *addresses)
{
    size_t count = 0;

    for (int pass = internal ? 0 : 1; pass < 2; pass++)
        for (size_t i = 0; i < BREAKPOINT_MAX; i++) {
            const struct breakpoint *b = &core->breakpoints[i];
            bool first = b->owners >> OWNER_INTERNAL & 1;
            uint64_t users = b->owners & ~(1ull << OWNER_INTERNAL);
            if (!b->soft && b->address != exclude && (pass == 0 ? first : users != 0))
                addresses[count++] = b->address;
        }
    return count;
}

static bool fits(const struct core *core)
{
    uint32_t addresses[2 * BREAKPOINT_MAX], slots[FPB_MAX] = {0};
    size_t count = comparator_addresses(core, NO_ADDRESS, false, addresses);

    return fpb_plan(&core->fpb, addresses, count, slots) == count;
}

bool breakpoints_have_room(const struct core *core)
{
    uint32_t addresses[2 * BREAKPOINT_MAX];

    return comparator_addresses(core, NO_ADDRESS, false, addresses) < core->fpb.count;
}

bool target_comparator_free(const struct target *target)
{
    return breakpoints_have_room(target->core);
}

uint32_t breakpoints_single(const struct core *core, uint32_t otherwise)
{
    uint32_t addresses[2 * BREAKPOINT_MAX];

    return comparator_addresses(core, NO_ADDRESS, false, addresses) == 1 ? addresses[0] : otherwise;
}

static bool is_in_ram(const struct core *core, uint32_t address)
{
    const struct target_region *region = target_region_at(core->target, address);

    return region && region->kind == REGION_RAM;
}

static enum err no_comparator(struct core *core, uint32_t address)
{
    if (!core->fpb.count || fpb_can_reach(&core->fpb, address))
        return job_fail(core->target->job, ERR_NO_RESOURCE,
                        "no comparator is free for a breakpoint at 0x%08x: the chip has %u, all "
                        "are in use by other breakpoints",
                        address, core->fpb.count);
    return job_fail(core->target->job, ERR_NO_RESOURCE,
                    "the comparators of this chip reach 0x00000000 to 0x1fffffff, not 0x%08x, and "
                    "no RAM is known there for a software breakpoint",
                    address);
}

static struct breakpoint *free_entry(struct core *core)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++)
        if (!core->breakpoints[i].owners && !core->breakpoints[i].inserted)
            return &core->breakpoints[i];
    return NULL;
}

enum err breakpoint_add(struct core *core, unsigned owner, enum breakpoint_kind kind,
                        uint32_t address)
{
    struct breakpoint *b = find(core, kind, address);

    if (!b) {
        b = free_entry(core);
        if (!b)
            return job_fail(core->target->job, ERR_NO_RESOURCE, "all %d breakpoints are in use",
                            BREAKPOINT_MAX);
        /* A comparator cannot reach RAM on FPBv1: an instruction does it there, whatever was asked.
         */
        bool reachable = fpb_can_reach(&core->fpb, address);
        bool soft = is_in_ram(core, address) && (kind == BREAKPOINT_SW || !reachable);
        if (!soft && !reachable)
            return no_comparator(core, address);
        *b = (struct breakpoint){.address = address, .kind = kind, .soft = soft};
    }
    uint64_t before = b->owners;
    b->owners |= 1ull << owner;
    if (!b->soft && owner != OWNER_INTERNAL && !fits(core)) {
        b->owners = before;
        return no_comparator(core, address);
    }
    return ERR_OK;
}

void breakpoint_remove(struct core *core, unsigned owner, enum breakpoint_kind kind,
                       uint32_t address)
{
    struct breakpoint *b = find(core, kind, address);

    if (b)
        b->owners &= ~(1ull << owner);
}

/* Queues the comparators that differ from what the chip holds. */
static void queue_comparators(struct core *core, uint32_t exclude)
{
    uint32_t addresses[2 * BREAKPOINT_MAX], slots[FPB_MAX];
    size_t count = comparator_addresses(core, exclude, true, addresses);

    if (core->fpb.switch_unsure && core->fpb.count)
        ops_write32(&core->ops, FP_CTRL, FP_CTRL_ENABLE_KEY);
    core->fpb.switch_unsure = false;
    memcpy(slots, core->fpb.written, sizeof slots);
    fpb_plan(&core->fpb, addresses, count, slots);
    for (unsigned i = 0; i < core->fpb.count; i++)
        if (core->fpb.epoch != core->power_epoch || slots[i] != core->fpb.written[i])
            ops_write32(&core->ops, FP_COMP0 + 4 * i, slots[i]);
    memcpy(core->fpb.written, slots, sizeof slots);
    core->fpb.epoch = core->power_epoch;
    core->fpb.lifted.is_one = false;
}

/* What another core has put at the same place of RAM; NULL: nothing. */
static const struct breakpoint *of_another(const struct core *core, uint32_t address)
{
    const struct target *target = core->target;

    for (unsigned i = 0; i < target->core_count; i++)
        for (size_t k = 0; k < BREAKPOINT_MAX; k++) {
            const struct breakpoint *b = &target->cores[i].breakpoints[k];
            if (&target->cores[i] != core && b->soft && b->inserted && b->owners &&
                b->address == address)
                return b;
        }
    return NULL;
}

static void queue_instruction(struct core *core, struct breakpoint *b, uint32_t exclude)
{
    bool wanted = b->owners != 0 && b->address != exclude;

    if (wanted == b->inserted && !b->unsure)
        return;
    b->inserted = wanted;
    if (!b->owners && of_another(core, b->address))
        return; /* it stays for that one */
    cache_drop_range(core_cache(core), b->address, 2);
    if (!wanted) {
        b->lifting = true;
        ops_write(&core->ops, b->address, 2, b->saved, 1);
        cpu_caches_wrote(core, b->address, 2);
        return;
    }
    b->reading = true;
    memcpy(b->found, bkpt_code, 2); /* stays if the read is not reached */
    ops_read(&core->ops, b->address, 2, b->found, 1);
    ops_write(&core->ops, b->address, 2, bkpt_code, 1);
    cpu_caches_wrote(core, b->address, 2);
}

/* A BKPT that nobody wants any more is lifted if it is there; in RAM that was without power, or got
 * another program, nothing is written for it. */
enum err breakpoints_look_again(struct core *core)
{
    enum err mark = core_mark(core), err = ERR_OK;

    for (size_t i = 0; i < BREAKPOINT_MAX && (!err || err == ERR_FAULT); i++) {
        struct breakpoint *b = &core->breakpoints[i];
        if (!b->inserted)
            continue;
        core_rollback(core, mark);
        ops_read(&core->ops, b->address, 2, b->found, 1);
        err = core_flush(core);
        b->inserted = !err && memcmp(b->found, bkpt_code, 2) == 0;
        b->unsure = false;
    }
    if (err == ERR_FAULT) { /* another chip, perhaps */
        core_rollback(core, mark);
        err = ERR_OK;
    }
    return err;
}

static void queue_instructions(struct core *core, uint32_t exclude)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++)
        if (core->breakpoints[i].soft)
            queue_instruction(core, &core->breakpoints[i], exclude);
}

void breakpoints_queue(struct core *core, uint32_t exclude)
{
    queue_comparators(core, exclude);
    queue_instructions(core, exclude);
}

static void queue_lift(struct core *core, uint32_t pc)
{
    for (uint8_t i = 0; i < core->fpb.count; i++) {
        uint32_t value = core->fpb.written[i], without = fpb_without(&core->fpb, value, pc);

        if (without == value)
            continue;
        ops_write32_loosely(&core->ops, FP_COMP0 + 4u * i, without, &core->missed);
        core->fpb.written[i] = without;
        core->fpb.lifted.is_one = true;
        core->fpb.lifted.index = i;
        core->fpb.lifted.value = value;
    }
}

static bool are_comparators_known(const struct core *core)
{
    for (unsigned i = 0; i < core->fpb.count; i++)
        if (core->fpb.written[i] == FP_COMP_UNKNOWN)
            return false;
    return core->fpb.epoch == core->power_epoch && !core->fpb.switch_unsure;
}

void breakpoints_queue_lift(struct core *core, uint32_t pc)
{
    if (!are_comparators_known(core)) {
        breakpoints_queue(core, pc);
        return;
    }
    queue_lift(core, pc);
    queue_instructions(core, pc);
}

void breakpoints_queue_put_back(struct core *core)
{
    unsigned i = core->fpb.lifted.index;

    if (core->fpb.lifted.is_one) {
        ops_write32_loosely(&core->ops, FP_COMP0 + 4 * i, core->fpb.lifted.value, &core->missed);
        core->fpb.written[i] = core->fpb.lifted.value;
    }
    core->fpb.lifted.is_one = false;
    queue_instructions(core, NO_ADDRESS);
}

/* A BKPT found where we once put one and lost sight of it is ours, not the program's; nor is that
 * which another core has there. */
static void keep_found(const struct core *core, struct breakpoint *b, enum err err)
{
    const struct breakpoint *other = of_another(core, b->address);

    if (memcmp(b->found, bkpt_code, 2) == 0 && other)
        memcpy(b->found, other->saved, 2);
    else if (memcmp(b->found, bkpt_code, 2) == 0 && (err || b->saved_valid))
        return;
    memcpy(b->saved, b->found, 2);
    b->saved_valid = true;
}

void breakpoints_flushed(struct core *core, enum err err)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++) {
        struct breakpoint *b = &core->breakpoints[i];
        if (!b->reading && !b->lifting)
            continue;
        if (b->reading)
            keep_found(core, b, err);
        b->reading = b->lifting = false;
        b->unsure = err && b->saved_valid;
        if (err) /* what stood in its place is known: it may be there */
            b->inserted = b->saved_valid;
    }
    if (err) {
        core->fpb.epoch = 0;
        core->fpb.switch_unsure = true;
    }
}

void breakpoints_queue_remove(struct core *core)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++)
        core->breakpoints[i].owners = 0;
    breakpoints_queue(core, NO_ADDRESS);
}

/* The overlap of a breakpoint's two bytes with a range, byte by byte. */
static bool covers(const struct breakpoint *b, unsigned byte, uint32_t address, size_t length)
{
    uint32_t at = b->address + byte;

    return b->soft && b->inserted && at >= address && at - address < length;
}

static void hide_own(const struct core *core, uint32_t address, void *data, size_t length)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++)
        for (unsigned byte = 0; byte < 2; byte++) {
            const struct breakpoint *b = &core->breakpoints[i];
            if (covers(b, byte, address, length))
                ((uint8_t *)data)[b->address + byte - address] = b->saved[byte];
        }
}

void breakpoints_hide(const struct core *core, uint32_t address, void *data, size_t length)
{
    for (unsigned i = 0; i < core->target->core_count; i++)
        hide_own(&core->target->cores[i], address, data, length);
}

static void keep_of(struct core *of, struct core *core, uint32_t address, const void *data,
                    size_t length)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++) {
        struct breakpoint *b = &of->breakpoints[i];
        bool hit = false;
        for (unsigned byte = 0; byte < 2; byte++)
            if (covers(b, byte, address, length)) {
                b->saved[byte] = ((const uint8_t *)data)[b->address + byte - address];
                hit = true;
            }
        if (hit)
            ops_write(&core->ops, b->address, 2, bkpt_code, 1);
    }
}

void breakpoints_queue_keep(struct core *core, uint32_t address, const void *data, size_t length)
{
    for (unsigned i = 0; i < core->target->core_count; i++)
        keep_of(&core->target->cores[i], core, address, data, length);
}

enum err breakpoints_apply(struct core *core)
{
    breakpoints_queue(core, NO_ADDRESS);
    watchpoints_queue(core);
    enum err err = core_flush(core);
    breakpoints_flushed(core, err);
    if (err)
        watchpoints_forget(core);
    return err;
}

enum err target_breakpoint_set(struct target *target, unsigned owner, enum breakpoint_kind kind,
                               uint32_t address, unsigned size)
{
    struct core *core = target->core;
    enum err err = core_need_connected(core);

    if (!err && (owner >= OWNER_INTERNAL || (address & 1)))
        err =
            job_fail(target->job, ERR_ARGUMENT, "0x%08x is no address of an instruction", address);
    if (!err)
        err = breakpoint_add(core, owner, kind, address);
    if (!err && core->state != TARGET_HALTED) /* no resume will bring it */
        err = breakpoints_apply(core);
    return err;
}

enum err target_breakpoint_clear(struct target *target, unsigned owner, enum breakpoint_kind kind,
                                 uint32_t address, unsigned size)
{
    struct core *core = target->core;

    breakpoint_remove(core, owner, kind, address);
    return core->state == TARGET_RUNNING ? breakpoints_apply(core) : ERR_OK;
}

bool target_breakpoint_get(const struct target *target, size_t index,
                           struct target_breakpoint *breakpoint)
{
    for (size_t i = 0; i < BREAKPOINT_MAX; i++) {
        const struct breakpoint *b = &target->core->breakpoints[i];
        uint64_t users = b->owners & ~(1ull << OWNER_INTERNAL);
        if (!users || index-- > 0)
            continue;
        *breakpoint = (struct target_breakpoint){b->address, b->kind, b->soft, users};
        return true;
    }
    return false;
}

enum err target_breakpoints_drop_owner(struct target *target, unsigned owner)
{
    struct core *core = target->core;

    for (size_t i = 0; i < BREAKPOINT_MAX; i++)
        core->breakpoints[i].owners &= ~(1ull << owner);
    watchpoints_drop_owner(core, owner);
    /* Those of others would come to the chip too, and stop a flash loader. */
    return core->state == TARGET_ABSENT || core->borrowed ? ERR_OK : breakpoints_apply(core);
}
