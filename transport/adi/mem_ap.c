/* SPDX-License-Identifier: MIT */
#include "adi/mem_ap.h"

#include "adi/mem_ap_internal.h"
#include "base/bytes.h"

enum {
    REG_LIMIT_US = 500000, /* for S_REGRDY */
    BATCH_NS = 20000000,   /* a cancelled job is noticed between batches */
    BATCH_MIN = 32,
};

/* --- answers --- */

/* Reading cleared these bits. */
static void note_cleared(const struct mem_ap_run *run, size_t slot)
{
    bool element = run->slots[slot].kind == SLOT_ELEMENT && run->list[slot].read;
    const struct op *op = mem_ap_op_at(run, slot);

    if (run->slots[slot].kind == SLOT_STATUS ||
        (element && mem_ap_address(op, run->slots[slot].at.step) == DEBUG_DHCSR))
        probe_note_dhcsr(run->probe, run->list[slot].value);
    if (element && op->adds_up)
        probe_deliver(op, run->list[slot].value);
}

/* Not there yet: the operation is looked at again from `step` on. What was read behind it in this
 * batch is dropped, but not the sticky bits that reading cleared. */
static bool look_again(struct mem_ap_run *run, size_t slot, uint32_t step, size_t done)
{
    for (size_t i = slot + 1; i < done; i++)
        note_cleared(run, i);
    run->next = (struct mem_ap_cursor){.op = run->slots[slot].at.op, .step = step};
    run->unsatisfied = true;
    run->retries = 0; /* it was answered: the next look is another access */
    return false;
}

static bool accept_status(struct mem_ap_run *run, size_t slot, size_t done, enum err *err)
{
    const struct op *op = mem_ap_op_at(run, slot);
    uint32_t dhcsr = run->list[slot].value;

    probe_note_dhcsr(run->probe, dhcsr);
    if (!(dhcsr & DHCSR_S_HALT)) {
        run->probe->failed = op;
        *err = job_fail(run->probe->job, ERR_NOT_HALTED,
                        "core register %u cannot be accessed: the core is not halted", op->address);
        return false;
    }
    if (dhcsr & DHCSR_S_REGRDY) {
        run->waiting = false;
        return true;
    }
    bool first = !run->careful;
    run->careful = true;
    /* The first time other requests were already sent behind this one: start over when they are
     * through. Later this is the only one under way. */
    return look_again(run, slot, first ? REG_IDLE : run->slots[slot].at.step, done);
}

static void accept_look(struct mem_ap_run *run, size_t slot)
{
    run->waited_value = run->list[slot].value;
    if (mem_ap_op_at(run, slot)->address == DEBUG_DHCSR)
        probe_note_dhcsr(run->probe, run->waited_value);
}

static bool accept_wait(struct mem_ap_run *run, size_t slot, size_t done)
{
    const struct op *op = mem_ap_op_at(run, slot);

    accept_look(run, slot);
    if ((run->waited_value & op->mask) != op->value)
        return look_again(run, slot, 0, done);
    run->waiting = false;
    return true;
}

static void accept_element(struct mem_ap_run *run, size_t slot)
{
    const struct op *op = mem_ap_op_at(run, slot);
    uint32_t step = run->slots[slot].at.step;
    uint32_t value = run->list[slot].value >> 8 * (mem_ap_address(op, step) & 3);
    uint8_t *to = op->data;

    if (op->kind != OP_READ)
        return;
    if (op->width < 4)
        value &= (1u << 8 * op->width) - 1;
    if (!to) {
        if (op->result)
            probe_deliver(op, value);
        return;
    }
    to += (size_t)step * op->width;
    if (op->width == 4)
        put_le32(to, value);
    else if (op->width == 2)
        put_le16(to, (uint16_t)value);
    else
        *to = (uint8_t)value;
}

/* Hands out what access `slot` brought. False: nothing behind it in the batch counts. */
static bool accept(struct mem_ap_run *run, size_t slot, size_t done, enum err *err)
{
    const struct op *op = mem_ap_op_at(run, slot);

    switch ((enum mem_ap_slot_kind)run->slots[slot].kind) {
    case SLOT_STATUS:
        return accept_status(run, slot, done, err);
    case SLOT_WAIT:
        return accept_wait(run, slot, done);
    case SLOT_ELEMENT:
        accept_element(run, slot);
        return true;
    case SLOT_RESULT:
        if (run->list[slot].read && op->result)
            *op->result = run->list[slot].value;
        return true;
    case SLOT_LOOK:
        accept_look(run, slot);
        return true;
    case SLOT_MATCH:
        run->waiting = false;
        return true;
    case SLOT_SETUP:
    case SLOT_CHECK:
        return true;
    }
    return true;
}

/* --- the loop --- */

/* So many accesses as take 20 ms, going by how long the last ones took. */
static void measure(struct mem_ap_run *run, uint64_t started_us, size_t done)
{
    struct dap *dap = &run->probe->dap;
    uint64_t elapsed_ns = (clock_now_us(run->probe->clock) - started_us) * 1000;

    if (done < 8)
        return;
    dap->access_ns = elapsed_ns / done < BATCH_NS ? (uint32_t)(elapsed_ns / done) + 1 : BATCH_NS;
}

static size_t batch_limit(const struct dap *dap)
{
    size_t limit = dap->access_ns ? BATCH_NS / dap->access_ns : MEM_AP_BATCH_START;

    return limit < BATCH_MIN ? BATCH_MIN : limit > MEM_AP_BATCH ? MEM_AP_BATCH : limit;
}

static enum err send_batch(struct mem_ap_run *run)
{
    size_t done;
    enum swd_ack ack;
    enum err err = ERR_OK;
    uint64_t started = clock_now_us(run->probe->clock);

    run->unsatisfied = false;
    if (!run->used)
        return ERR_OK;
    err = dap_transfer(run->probe, run->list, run->used, &done, &ack);
    measure(run, started, done);
    for (size_t i = 0; i < done; i++)
        if (!accept(run, i, done, &err))
            break;
    if (err || (run->unsatisfied && ack == SWD_OK))
        return err;
    if (done == run->used && ack == SWD_OK)
        return ERR_OK;
    if (ack == SWD_MISMATCH) {
        look_again(run, done, 0, done);
        dap_forget(&run->probe->dap); /* what was set behind it was not */
        return ERR_OK;
    }
    for (size_t i = done; i < run->used; i++)
        if (run->list[i].ran)
            note_cleared(run, i);
    struct mem_ap_cursor again = run->next;
    err = mem_ap_trouble(run, done, ack);
    if (run->unsatisfied)
        run->next = again;
    return err;
}

static enum err time_is_over(struct mem_ap_run *run)
{
    const struct op *op = &run->ops[run->next.op];

    run->probe->failed = op;
    if (op->kind == OP_WAIT)
        return job_fail(run->probe->job, ERR_TIMEOUT,
                        "0x%08x reads 0x%08x after %u ms: bits 0x%08x did not become 0x%08x",
                        op->address, run->waited_value, op->timeout_us / 1000, op->mask, op->value);
    return job_fail(run->probe->job, ERR_TIMEOUT,
                    "core register %u: the core does not finish the transfer (S_REGRDY stays 0)",
                    op->address);
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* Between batches: room for a cancel, and a pause while something is waited for. */
static enum err between_batches(struct mem_ap_run *run)
{
    const struct op *op = &run->ops[run->next.op];
    uint64_t now = clock_now_us(run->probe->clock);

    if (job_cancelled(run->probe->job))
        return job_fail(run->probe->job, ERR_CANCELLED, "interrupted");
    if (!run->unsatisfied)
        return ERR_OK;
    if (!run->waiting) {
        run->waiting = true;
        run->waiting_since_us = now;
    }
    uint64_t limit = op->kind == OP_WAIT ? op->timeout_us : REG_LIMIT_US;
    uint64_t elapsed = now - run->waiting_since_us;
    if (elapsed >= limit)
        return time_is_over(run);
    clock_sleep_us(run->probe->clock, clamp(elapsed / 8, 10, 500));
    return ERR_OK;
}

enum err mem_ap_run(struct probe *probe, struct op *ops, size_t count)
{
    struct mem_ap_run run;
    enum err err = ERR_OK;

    /* Not the arrays: they are filled before they are read. */
    run.probe = probe;
    run.ops = ops;
    run.count = count;
    run.next = (struct mem_ap_cursor){0};
    run.trouble_at = (struct mem_ap_cursor){.op = UINT32_MAX};
    run.retries = 0;
    run.careful = run.unsatisfied = run.waiting = run.reconnected = false;
    while (!err && run.next.op < count) {
        run.limit = batch_limit(&probe->dap);
        mem_ap_expand(&run);
        err = send_batch(&run);
        if (!err && run.next.op < count)
            err = between_batches(&run);
    }
    if (err)
        dap_forget(&probe->dap);
    return err;
}
