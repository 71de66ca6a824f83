/* SPDX-License-Identifier: MIT */
#include "probe/fault_injection.h"

#include <stddef.h>

/* The wrapper's driver struct lies inside its plan. */
static struct fault_plan *plan_of(const struct probe *probe)
{
    return (struct fault_plan *)((uintptr_t)probe->driver - offsetof(struct fault_plan, driver));
}

/* xorshift32: the same seed breaks the same operations everywhere. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static bool breaks(struct fault_plan *plan)
{
    plan->seen++;
    if (plan->at)
        return plan->seen == plan->at;
    return plan->one_in && next_random(&plan->seed) % plan->one_in == 0;
}

static enum err fail(struct probe *probe, struct fault_plan *plan, const struct op *op)
{
    probe->failed = op;
    switch (plan->kind) {
    case FAULT_TIMEOUT:
        return job_fail(probe->job, ERR_TIMEOUT, "injected: time limit passed");
    case FAULT_NO_ACK:
        return probe_fail_op(probe, op, op->address, SWD_NONE);
    case FAULT_REFUSED:
        return probe_fail_op(probe, op, op->address, SWD_FAULT);
    case FAULT_GARBLED:
        return probe_fail_op(probe, op, op->address, SWD_PARITY);
    case FAULT_GONE:
        break;
    }
    plan->gone = true;
    return job_fail(probe->job, ERR_PROBE_GONE, "injected: the debug probe is gone");
}

static enum err fault_run(struct probe *probe, struct op *ops, size_t count)
{
    struct fault_plan *plan = plan_of(probe);
    size_t good = 0;

    if (plan->gone)
        return fail(probe, plan, ops);
    while (good < count && !breaks(plan))
        good++;
    enum err err = good ? plan->inner->run(probe, ops, good) : ERR_OK;
    return !err && good < count ? fail(probe, plan, &ops[good]) : err;
}

static enum err fault_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    struct fault_plan *plan = plan_of(probe);

    if (plan->gone)
        return job_fail(probe->job, ERR_PROBE_GONE, "injected: the debug probe is gone");
    return plan->inner->connect(probe, how, dpidr);
}

void fault_wrap(struct probe *probe, struct fault_plan *plan)
{
    plan->inner = probe->driver;
    plan->driver = *probe->driver;
    plan->driver.run = fault_run;
    plan->driver.connect = fault_connect;
    plan->seen = 0;
    plan->gone = false;
    probe->driver = &plan->driver;
}
