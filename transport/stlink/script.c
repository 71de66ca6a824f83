/* SPDX-License-Identifier: MIT */
/* RW_MISC: a list of word accesses in one command, its results and one status word an item in a
 * second one.
 *
 * The probe runs all items even if one fails, so what shares a script must not depend on what
 * stands before it. Writes into the private peripheral bus (comparators, DEMCR, ..) may follow each
 * other; what lets the core go or resets it follows no write but DFSR's, whose failure is told
 * without trying again, and those whose caller bears it (`missed`); any other write is the last of
 * its script; a wait is looked at once with only reads, and such writes, behind it; a barrier ends
 * the script. All items of one go to one access port, which is named first if any but port 0 is in
 * use. S_REGRDY is read after every DCRSR write.
 * Peripherals, whose reads may have effects, are not read here but where the caller knows that
 * theirs has none (`still`): what stands behind a failed item is done again. */
#include "stlink/stlink.h"

#include <string.h>

#include "base/bytes.h"

enum { ITEM_ADDRESS = 1, ITEM_WRITE = 2, ITEM_READ = 3, ITEM_AP = 5 };
enum { ITEMS_MAX = 512, WORDS_MAX = 32, ROOM_FOR_REGISTERS = 200 };

#define PPB_START 0xE0000000u
#define PPB_END 0xE0100000u
#define AIRCR 0xE000ED0Cu
#define DFSR 0xE000ED30u
#define DHCSR 0xE000EDF0u
#define DHCSR_C_HALT (1u << 1)
#define DCRSR 0xE000EDF4u
#define DCRDR 0xE000EDF8u
#define DCRSR_WRITE (1u << 16)
#define DHCSR_S_REGRDY (1u << 16)

struct item {
    uint8_t code;
    uint8_t role; /* enum role: what its result means */
    uint16_t op;
    uint32_t operand;
};

enum role { ROLE_NONE, ROLE_WORD, ROLE_READY, ROLE_WAIT };

struct script {
    struct item items[ITEMS_MAX];
    size_t used, limit;
    uint8_t ap; /* the access port of all of them */
    bool waits, closed;
    bool uncertain; /* holds something that a later write may depend on */
    bool writes;    /* holds a write that letting the core go depends on */
    bool registers; /* holds a core register write: S_REGRDY must be seen before anything but
                       another */
    size_t operations;
    /* Up to the last write that letting the core go depends on. */
    size_t firm_used, firm_operations, firm_end;
};

static void add(struct script *script, size_t op, uint8_t code, uint32_t operand, enum role role)
{
    script->items[script->used++] =
        (struct item){.code = code, .role = (uint8_t)role, .op = (uint16_t)op, .operand = operand};
}

static uint32_t written(const struct op *op)
{
    return op->inline_data ? op->value : get_le32(op->data);
}

bool stlink_is_action(const struct op *op)
{
    if (op->kind != OP_WRITE || op->width != 4 || op->count != 1)
        return false;
    return op->address == AIRCR || (op->address == DHCSR && !(written(op) & DHCSR_C_HALT));
}

static bool in_ppb(uint32_t address)
{
    return address >= PPB_START && address < PPB_END;
}

static size_t items_for(const struct op *op)
{
    switch (op->kind) {
    case OP_READ:
        return op->count;
    case OP_WRITE:
        return 2;
    case OP_WAIT:
        return 1;
    case OP_REG_READ:
        return 4;
    case OP_REG_WRITE:
        return 5;
    default:
        return 0;
    }
}

/* The access can be an item at all. */
static bool fits_kind(const struct op *op)
{
    switch (op->kind) {
    case OP_READ:
        return op->width == 4 && op->count <= WORDS_MAX && (op->increment || op->count == 1) &&
               (op->still || !stlink_in_peripherals(op->address));
    case OP_WRITE:
        return op->width == 4 && op->count == 1;
    case OP_WAIT:
    case OP_REG_READ:
    case OP_REG_WRITE:
        return true;
    default:
        return false;
    }
}

static bool is_loose(const struct op *op)
{
    return op->kind == OP_WRITE && op->missed && in_ppb(op->address);
}

/* Letting the core go depends on it. */
static bool is_firm(const struct op *op)
{
    return op->kind == OP_REG_WRITE ||
           (op->kind == OP_WRITE && op->address != DFSR && !is_loose(op));
}

static void add_op(struct script *script, size_t index, const struct op *op)
{
    switch (op->kind) {
    case OP_READ:
        for (uint32_t i = 0; i < op->count; i++)
            add(script, index, ITEM_READ, op->address + 4 * i, ROLE_WORD);
        break;
    case OP_WRITE:
        add(script, index, ITEM_ADDRESS, op->address, ROLE_NONE);
        add(script, index, ITEM_WRITE, written(op), ROLE_NONE);
        script->closed = !in_ppb(op->address);
        break;
    case OP_WAIT:
        add(script, index, ITEM_READ, op->address, ROLE_WAIT);
        script->waits = true;
        break;
    case OP_REG_READ:
        add(script, index, ITEM_ADDRESS, DCRSR, ROLE_NONE);
        add(script, index, ITEM_WRITE, op->address, ROLE_NONE);
        add(script, index, ITEM_READ, DHCSR, ROLE_READY);
        add(script, index, ITEM_READ, DCRDR, ROLE_WORD);
        break;
    default: /* OP_REG_WRITE */
        add(script, index, ITEM_ADDRESS, DCRDR, ROLE_NONE);
        add(script, index, ITEM_WRITE, op->value, ROLE_NONE);
        add(script, index, ITEM_ADDRESS, DCRSR, ROLE_NONE);
        add(script, index, ITEM_WRITE, DCRSR_WRITE | op->address, ROLE_NONE);
        add(script, index, ITEM_READ, DHCSR, ROLE_READY);
        break;
    }
    if (is_firm(op)) {
        script->writes = true;
        script->firm_used = script->used;
        script->firm_operations = script->operations + 1;
        script->firm_end = index + 1;
    }
    script->uncertain = script->uncertain || (op->kind == OP_READ && !in_ppb(op->address));
    script->registers = script->registers || op->kind == OP_REG_WRITE;
    script->operations++;
}

static bool is_read(const struct op *op)
{
    return op->kind == OP_READ || op->kind == OP_REG_READ;
}

/* A register read that READALLREGS will serve for less: not if the script has room for all. */
static bool left_for_all_regs(const struct stlink *stlink, const struct op *op, size_t reg_reads)
{
    return stlink->caps.misc_max < ROOM_FOR_REGISTERS && stlink_all_regs_usable(stlink) &&
           op->kind == OP_REG_READ && op->address <= 18 && reg_reads >= 3 && op->ap == 0;
}

static size_t count_reg_reads(const struct op *ops, size_t first, size_t count)
{
    size_t reads = 0;

    for (size_t i = first; i < count; i++)
        reads += ops[i].kind == OP_REG_READ && ops[i].address <= 18;
    return reads;
}

static bool depends(const struct script *script, const struct op *op)
{
    if (script->operations == 0)
        return false;
    if (script->registers)
        return op->kind != OP_REG_WRITE;
    if (stlink_is_action(op) && script->writes)
        return true;
    return script->uncertain || (op->kind == OP_WRITE && !in_ppb(op->address));
}

/* The core is let go by the next script. One write alone is a command without a script: what stands
 * behind it waits for the next one, too. */
static size_t end_before_going(struct script *script, size_t end)
{
    if (script->firm_operations != 1)
        return end;
    script->used = script->firm_used;
    script->operations = 1;
    return script->firm_end;
}

static void begin(const struct stlink *stlink, struct script *script, const struct op *ops,
                  size_t first)
{
    script->ap = ops[first].ap;
    if (stlink->aps_open & ~1u || script->ap != 0)
        add(script, first, ITEM_AP, script->ap, ROLE_NONE);
}

/* Fills the script from `first` on; returns the first operation it did not look at. Reads that are
 * stepped over run after the script, so nothing that writes or waits may follow one in the same
 * script. */
static size_t build(const struct stlink *stlink, struct script *script, const struct op *ops,
                    size_t first, size_t count)
{
    size_t reg_reads = count_reg_reads(ops, first, count), i;
    bool stepped_over = false;

    begin(stlink, script, ops, first);
    for (i = first; i < count && !script->closed && ops[i].ap == script->ap; i++) {
        const struct op *op = &ops[i];
        bool changes = !is_read(op);
        bool fits = fits_kind(op) && items_for(op) <= script->limit &&
                    !left_for_all_regs(stlink, op, reg_reads);

        if (fits && script->used + items_for(op) > script->limit)
            break; /* for the next script */
        if (changes && (stepped_over || !fits || (script->waits && !is_loose(op))))
            break;
        if (changes && depends(script, op))
            return stlink_is_action(op) && !stepped_over ? end_before_going(script, i) : i;
        if (fits)
            add_op(script, i, op);
        else
            stepped_over = true;
    }
    return i;
}

/* --- running --- */

static enum err send(struct probe *probe, const struct script *script, uint8_t *reply)
{
    uint8_t command[STLINK_COMMAND_SIZE], data[ITEMS_MAX * 5 + 4] = {0};
    size_t operands = (script->used + 3) / 4 * 4;

    for (size_t i = 0; i < script->used; i++) {
        data[i] = script->items[i].code;
        put_le32(data + operands + 4 * i, script->items[i].operand);
    }
    stlink_command(command, STLINK_DEBUG, STLINK_MISC_OUT);
    put_le32(command + 2, (uint32_t)script->used);
    enum err err = stlink_tell(probe, command, data, operands + 4 * script->used);
    if (err)
        return err;
    stlink_command(command, STLINK_DEBUG, STLINK_MISC_IN);
    return stlink_fetch(probe, command, reply, 8 * script->used);
}

/* An echo of the command that fetches the results covers the first of them, and the statuses of
 * short scripts. Memory may look like that: single reads will tell, where all may be done again. */
static bool is_echo(const struct script *script, const uint8_t *reply)
{
    uint8_t command[STLINK_COMMAND_SIZE];

    stlink_command(command, STLINK_DEBUG, STLINK_MISC_IN);
    return 8 * script->used >= sizeof command && memcmp(reply, command, sizeof command) == 0;
}

static bool may_repeat_all(const struct script *script, const struct op *ops)
{
    for (size_t i = 0; i < script->used; i++)
        if (!stlink_may_repeat(&ops[script->items[i].op], ERR_PARITY))
            return false;
    return true;
}

static void deliver(struct op *op, size_t element, uint32_t value)
{
    if (op->data)
        put_le32((uint8_t *)op->data + 4 * element, value);
    else
        probe_deliver(op, value);
}

static bool satisfied(const struct op *op, enum role role, uint32_t value)
{
    if (role == ROLE_READY)
        return (value & DHCSR_S_REGRDY) != 0;
    return role != ROLE_WAIT || (value & op->mask) == op->value;
}

/* Reading cleared these bits whatever became of the items before. */
static void note_cleared(struct probe *probe, const struct script *script, const struct op *ops,
                         const uint8_t *reply)
{
    for (size_t i = 0; i < script->used; i++) {
        const struct item *item = &script->items[i];
        uint32_t value = get_le32(reply + 4 * i);

        if (item->code != ITEM_READ || reply[4 * script->used + 4 * i] != STLINK_STATUS_OK)
            continue;
        if (item->operand == DHCSR)
            probe_note_dhcsr(probe, value);
        if (ops[item->op].adds_up)
            probe_deliver(&ops[item->op], value);
    }
}

/* Something behind the failed operation that must not happen twice happened, or may have. */
static bool acted_behind(const struct script *script, const struct op *ops, size_t failed)
{
    for (size_t i = 0; i < script->used; i++)
        if (script->items[i].op > failed && stlink_is_action(&ops[script->items[i].op]))
            return true;
    return false;
}

static bool may_be_missed(const struct script *script, const struct op *ops, size_t failed)
{
    return is_loose(&ops[failed]) && acted_behind(script, ops, failed);
}

/* Goes through the results in order; returns the index of the first operation that did not come out
 * well, or `end`. *failed tells a bad status from an answer that is only not there yet. */
static size_t check(struct probe *probe, const struct script *script, struct op *ops, size_t end,
                    const uint8_t *reply, bool *done, const struct stlink_status **failed)
{
    size_t element = 0;

    *failed = NULL;
    for (size_t i = 0; i < script->used; i++) {
        const struct item *item = &script->items[i];
        uint32_t value = get_le32(reply + 4 * i);
        const struct stlink_status *status = stlink_status(reply[4 * script->used + 4 * i]);
        bool last = i + 1 == script->used || script->items[i + 1].op != item->op;

        if (i == 0 || script->items[i - 1].op != item->op)
            element = 0;
        if (status->err != ERR_OK && may_be_missed(script, ops, item->op)) {
            *ops[item->op].missed = true;
            stlink_note_repeat(probe);
            done[item->op] = true;
            continue;
        }
        if (status->err != ERR_OK) {
            *failed = status;
            return item->op;
        }
        if (!satisfied(&ops[item->op], item->role, value))
            return item->op;
        if (item->role == ROLE_WORD)
            deliver(&ops[item->op], element++, value);
        if (last && item->code != ITEM_AP) /* whose operation may be one that was stepped over */
            done[item->op] = true;
    }
    return end;
}

/* An item is a TAR and a DRW access at most, and all must fit into a slice. */
static size_t item_limit(const struct stlink *stlink)
{
    size_t limit = stlink_slice_accesses(stlink) / 2;

    if (limit > stlink->caps.misc_max)
        limit = stlink->caps.misc_max;
    return limit < ITEMS_MAX ? limit : ITEMS_MAX;
}

/* ERR_OK: what failed, and what stands behind it, may be done again. */
static enum err after_failure(struct probe *probe, const struct script *script, struct op *ops,
                              size_t at, const struct stlink_status *status)
{
    bool garbled = status->err == ERR_FAULT && stlink_write_was_garbled(probe);

    stlink_clear_sticky(probe);
    if ((status->retry || stlink_may_repeat(&ops[at], status->err)) &&
        !acted_behind(script, ops, at))
        return ERR_OK;
    enum err err = stlink_fail(probe, &ops[at], ops[at].address, status);
    return err == ERR_FAULT ? stlink_judge_refusal(probe, &ops[at], garbled) : err;
}

enum err stlink_script_run(struct probe *probe, struct op *ops, size_t first, size_t count,
                           bool *done, size_t *end)
{
    struct stlink *stlink = stlink_of(probe);
    struct script script = {.limit = item_limit(stlink)};
    const struct stlink_status *failed;
    uint8_t reply[8 * ITEMS_MAX];

    *end = build(stlink, &script, ops, first, count);
    /* One operation alone is one command without a script. */
    if (script.operations < 2) {
        *end = script.operations == 1 && *end > first + 1 && !script.waits && is_read(&ops[first])
                   ? *end
                   : first;
        return ERR_OK;
    }
    enum err err = stlink_need_ap(probe, script.ap);
    if (!err)
        err = send(probe, &script, reply);
    if (err)
        return err;
    if (is_echo(&script, reply)) {
        *end = first;
        stlink->dirty = true;
        return may_repeat_all(&script, ops) ? ERR_OK : stlink_fail_echo(probe, reply);
    }
    note_cleared(probe, &script, ops, reply);
    size_t stopped = check(probe, &script, ops, *end, reply, done, &failed);
    if (stopped == *end)
        return ERR_OK;
    if (!failed && ops[stopped].kind == OP_WAIT && ops[stopped].timeout_us == 0) {
        probe->failed = &ops[stopped];
        return job_fail(probe->job, ERR_TIMEOUT, "0x%08x does not read as awaited",
                        ops[stopped].address);
    }
    if (failed && (err = after_failure(probe, &script, ops, stopped, failed)) != ERR_OK)
        return err;
    /* Alone it gets its retries and its sentence; what stands behind it starts again from there. */
    err = stlink_run_one(probe, &ops[stopped]);
    if (!err && failed && !failed->retry)
        stlink_note_repeat(probe);
    done[stopped] = !err;
    for (size_t i = stopped + 1; i < *end; i++)
        done[i] = false;
    *end = stopped + 1;
    return err;
}
