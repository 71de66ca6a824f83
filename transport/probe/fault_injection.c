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

/* The same of what is no operation on memory. */
static enum err fail_call(struct probe *probe, struct fault_plan *plan)
{
    static const enum err errs[] = {[FAULT_TIMEOUT] = ERR_TIMEOUT,
                                    [FAULT_NO_ACK] = ERR_NO_TARGET,
                                    [FAULT_REFUSED] = ERR_FAULT,
                                    [FAULT_GARBLED] = ERR_PARITY,
                                    [FAULT_GONE] = ERR_PROBE_GONE};

    if (!plan->gone && (!plan->calls || !breaks(plan)))
        return ERR_OK;
    plan->gone = plan->kind == FAULT_GONE;
    return job_fail(probe->job, errs[plan->kind], "injected: %s", err_text(errs[plan->kind]));
}

static enum err fault_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr)
{
    struct fault_plan *plan = plan_of(probe);
    enum err err = fail_call(probe, plan);

    return err ? err : plan->inner->connect(probe, how, dpidr);
}

static enum err fault_nrst(struct probe *probe, enum probe_nrst level)
{
    struct fault_plan *plan = plan_of(probe);
    enum err err = fail_call(probe, plan);

    return err ? err : plan->inner->nrst(probe, level);
}

static enum err fault_vtref(struct probe *probe, uint32_t *millivolts)
{
    struct fault_plan *plan = plan_of(probe);
    enum err err = fail_call(probe, plan);

    return err ? err : plan->inner->vtref(probe, millivolts);
}

static enum err fault_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz)
{
    struct fault_plan *plan = plan_of(probe);
    enum err err = fail_call(probe, plan);

    return err ? err : plan->inner->set_speed(probe, khz, actual_khz);
}

void fault_wrap(struct probe *probe, struct fault_plan *plan)
{
    plan->inner = probe->driver;
    plan->driver = *probe->driver;
    plan->driver.run = fault_run;
    plan->driver.connect = fault_connect;
    if (plan->calls) {
        plan->driver.nrst = fault_nrst;
        plan->driver.vtref = plan->inner->vtref ? fault_vtref : NULL;
        plan->driver.set_speed = fault_set_speed;
    }
    plan->seen = 0;
    plan->gone = false;
    probe->driver = &plan->driver;
}
