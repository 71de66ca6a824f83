/* SPDX-License-Identifier: MIT */
/* What to make of an access that was not answered OK: repeat it, report it, reconnect. */
#include "adi/mem_ap_internal.h"

enum { SAME_PLACE_RETRIES = 8 }; /* garbled answers to one access */

const struct op *mem_ap_op_at(const struct mem_ap_run *run, size_t slot)
{
    size_t op = run->slots[slot].at.op;

    return &run->ops[op < run->count ? op : run->count - 1];
}

static enum err fail_at(struct mem_ap_run *run, size_t slot, enum swd_ack ack)
{
    const struct op *op = mem_ap_op_at(run, slot);

    return probe_fail_op(run->probe, op, mem_ap_address(op, run->slots[slot].at.step), ack);
}

/* An error on the target's bus shows at the access behind a write, and at a read itself. */
static size_t culprit(const struct mem_ap_run *run, size_t slot)
{
    if (slot && !run->list[slot - 1].read && mem_ap_is_data(&run->list[slot - 1]))
        return slot - 1;
    return slot < run->used ? slot : run->used - 1;
}

static enum err start_over_at(struct mem_ap_run *run, size_t slot)
{
    struct mem_ap_cursor at = slot < run->used ? run->slots[slot].at : run->next;
    bool same = at.op == run->trouble_at.op && at.step == run->trouble_at.step;

    run->retries = same ? run->retries + 1 : 1;
    if (run->retries > SAME_PLACE_RETRIES)
        return fail_at(run, slot < run->used ? slot : run->used - 1, SWD_PARITY);
    run->trouble_at = at;
    run->next = at;
    return ERR_OK;
}

/* The access ports may hold anything now; what was asked for is not repeated on a chip that may
 * just have started anew. */
static enum err reset_lost(struct mem_ap_run *run, size_t slot)
{
    uint32_t dpidr;
    enum err err = job_fail(run->probe->job, ERR_RESET_LOST,
                            "the debug port forgot its power-up request: the target lost power or "
                            "was reset");

    run->probe->failed = mem_ap_op_at(run, slot < run->used ? slot : run->used - 1);
    dap_connect(run->probe, &dpidr);
    return err;
}

/* WDATAERR: the last write before `slot` was dropped by the port, so it may be sent again. */
static enum err repeat_dropped_write(struct mem_ap_run *run, size_t slot)
{
    while (slot && run->list[slot - 1].read)
        slot--;
    run->probe->stats.repeats++;
    return start_over_at(run, slot ? slot - 1 : 0);
}

static enum err after_fault(struct mem_ap_run *run, size_t slot, enum dap_trouble trouble)
{
    if (trouble == DAP_WAS_RESET)
        return reset_lost(run, slot);
    if (trouble == DAP_WRITE_BAD)
        return repeat_dropped_write(run, slot);
    return fail_at(run, culprit(run, slot), SWD_FAULT);
}

/* A garbled read has happened on the target all the same. Reading again is right for everything
 * but a block from one address, where each read takes an element away. */
static bool may_repeat(const struct mem_ap_run *run, size_t slot)
{
    const struct op *op = mem_ap_op_at(run, slot);

    return run->slots[slot].kind != SLOT_ELEMENT || op->increment || op->count == 1;
}

static enum err after_parity(struct mem_ap_run *run, size_t slot, enum dap_trouble trouble)
{
    if (trouble == DAP_WAS_RESET)
        return reset_lost(run, slot);
    if (slot < run->used && !may_repeat(run, slot))
        return fail_at(run, slot, SWD_PARITY);
    run->probe->stats.repeats++;
    return start_over_at(run, slot);
}

/* Behind a WAIT nobody knows where TAR stands: it is set anew. */
static enum err after_doubt(struct mem_ap_run *run, size_t slot, enum dap_trouble trouble)
{
    if (trouble == DAP_WAS_RESET)
        return reset_lost(run, slot);
    if (slot < run->used && !may_repeat(run, slot))
        return fail_at(run, slot, SWD_WAIT);
    return start_over_at(run, slot);
}

static enum err after_silence(struct mem_ap_run *run, size_t slot)
{
    enum dap_trouble trouble;
    struct job *job = run->probe->job;
    size_t at = slot < run->used ? slot : run->used - 1;

    if (run->reconnected)
        return fail_at(run, at, SWD_NONE);
    run->reconnected = true;
    enum err err = dap_reconnect(run->probe, &trouble);
    if (err == ERR_PROBE_GONE || err == ERR_PROBE || err == ERR_CANCELLED)
        return err;
    if (err) {
        job_clear(job); /* what was being done says more than that DPIDR does not answer either */
        return fail_at(run, at, SWD_NONE);
    }
    if (trouble != DAP_WELL)
        return after_fault(run, slot, trouble);
    return start_over_at(run, slot);
}

enum err mem_ap_trouble(struct mem_ap_run *run, size_t done, enum swd_ack ack)
{
    enum dap_trouble trouble;
    enum err err;

    switch (ack) {
    case SWD_WAIT:
        err = dap_abort(run->probe);
        if (err)
            return err;
        if (job_cancelled(run->probe->job))
            return job_fail(run->probe->job, ERR_CANCELLED, "interrupted");
        return fail_at(run, culprit(run, done), SWD_WAIT);
    case SWD_FAULT:
        err = dap_recover(run->probe, &trouble);
        return !err ? after_fault(run, done, trouble) : err;
    case SWD_UNSURE:
        err = dap_recover(run->probe, &trouble);
        return !err ? after_doubt(run, done, trouble) : err;
    case SWD_PARITY:
        err = dap_recover(run->probe, &trouble);
        return !err ? after_parity(run, done, trouble) : err;
    default:
        return after_silence(run, done);
    }
}
