/* SPDX-License-Identifier: MIT */
/* What a reset tells: whether NRST arrives, whether the chip answers before its program runs, and
 * what that program then does to the debug port. */
#include "connect/doctor_internal.h"

#include "chip/chips.h"

enum {
    HALT_LIMIT_US = 300000, /* a capacitor at NRST delays the start by milliseconds */
    LOOKS = 3,
    RUN_US = 100000, /* long enough for a program to go to sleep */
};

/* --- caught at the vector --- */

/* As it was before anything of ours, which an earlier step may have left. */
static void remember_core(struct doctor *doctor, uint32_t demcr, uint32_t dhcsr)
{
    if (doctor->catching)
        return;
    doctor->demcr = doctor->tracing ? doctor->demcr : demcr;
    doctor->dhcsr = dhcsr;
    doctor->catching = true;
}

static enum err catch_reset(struct doctor *doctor)
{
    struct ops *ops = &doctor->ops;
    uint32_t demcr, dhcsr;

    ops_read32(ops, DEMCR, &demcr);
    ops_read32(ops, DHCSR, &dhcsr);
    enum err err = ops_flush(ops);
    if (err)
        return err;
    doctor->measured->reset_seen |= (dhcsr & DHCSR_S_RESET_ST) != 0;
    remember_core(doctor, demcr, dhcsr);
    ops_write32(ops, DHCSR, doctor_control_bits(doctor));
    ops_write32(ops, DEMCR, doctor->demcr | DEMCR_VC_CORERESET);
    ops_write32(ops, SCB_DFSR, DFSR_VCATCH);
    return ops_flush(ops);
}

/* NRST is low, or so the probe thinks. *caught: the core stands at its reset vector because of it.
 */
static enum err release_and_catch(struct doctor *doctor, bool *caught)
{
    uint32_t dfsr = 0;

    enum err err = probe_nrst(doctor->probe, PROBE_NRST_RELEASE);
    if (!err) {
        ops_wait32(&doctor->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HALT_LIMIT_US);
        err = ops_flush(&doctor->ops);
        if (err == ERR_TIMEOUT) { /* it runs on: what DFSR says then counts */
            job_clear(doctor->job);
            err = ERR_OK;
        }
    }
    if (!err) {
        ops_read32(&doctor->ops, SCB_DFSR, &dfsr);
        err = ops_flush(&doctor->ops);
    }
    *caught = !err && dfsr & DFSR_VCATCH;
    return err;
}

static enum err let_run(struct doctor *doctor)
{
    ops_write32(&doctor->ops, DEMCR, doctor->demcr);
    ops_write32(&doctor->ops, DHCSR, doctor_control_bits(doctor));
    return ops_flush(&doctor->ops);
}

/* --- the program, with and without the clocks kept for us --- */

/* One answer that is lost is not a chip that is gone. */
static enum err look_after_a_while(struct doctor *doctor, bool *answers, bool *stands)
{
    uint32_t dhcsr = 0;

    *answers = false;
    clock_sleep_us(probe_clock(doctor->probe), RUN_US);
    for (unsigned i = 0; i < LOOKS && !*answers; i++) {
        ops_read32(&doctor->ops, DHCSR, &dhcsr);
        enum err err = ops_flush(&doctor->ops);
        if (doctor_ends(err))
            return err;
        job_clear(doctor->job);
        *answers = err == ERR_OK;
    }
    *stands = *answers && dhcsr & DHCSR_S_HALT;
    return ERR_OK;
}

/* What takes SWD away may do so before this is acknowledged; or it did not arrive. */
static enum err let_run_and_look(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    bool stands = true;
    enum err err = ERR_OK;

    for (unsigned i = 0; i < LOOKS && !err && stands; i++) {
        err = let_run(doctor);
        if (doctor_ends(err))
            return err;
        job_clear(doctor->job);
        err = look_after_a_while(doctor, &m->awake_helps, &stands);
    }
    m->awake_tested = !err && !stands;
    return err;
}

/* The core stands at its vector. Does its program lose us even while DBGMCU keeps the clocks? */
static enum err test_awake(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    const struct chip_family *family =
        m->chip_known ? chip_family_of(m->chip.dev_id) : chip_family_of(0);

    if (!m->chip_known || !family->dbgmcu.cr)
        return ERR_OK;
    enum err err = dbgmcu_wake(&doctor->dbgmcu, &family->dbgmcu, &doctor->ops);
    if (!err)
        err = dbgmcu_prepare(&doctor->dbgmcu, &family->dbgmcu, &doctor->ops);
    return err ? err : let_run_and_look(doctor);
}

static enum err look_in_reset(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;

    enum err err = doctor_measure_aps(doctor); /* in reset it need not show the core yet */
    if (!err)
        err = catch_reset(doctor);
    if (!err)
        err = release_and_catch(doctor, &m->nrst_works);
    m->nrst_tested = !err;
    if (!err)
        err = doctor_measure_aps(doctor);
    if (!err)
        err = doctor_measure_chip(doctor);
    return err || !m->nrst_works ? err : test_awake(doctor);
}

static unsigned bad_reads(const struct speed_measured *speed)
{
    return speed->reads.tries - speed->reads.good + speed->reads.repeats;
}

static bool is_better(const struct speed_measured *tried, const struct speed_measured *best)
{
    unsigned bad = bad_reads(tried), best_bad = bad_reads(best);

    if (!tried->reads.good || !best->reads.good)
        return tried->reads.good || (!best->reads.good && tried->ids >= best->ids);
    return (uint64_t)bad * best->reads.tries < (uint64_t)best_bad * tried->reads.tries;
}

static enum err try_under_reset(struct doctor *doctor, uint32_t khz, struct speed_measured *tried)
{
    *tried = (struct speed_measured){.khz = khz};
    enum err err = probe_set_speed(doctor->probe, khz, NULL);

    return err ? err : doctor_try_speed(doctor, tried, PROBE_CONNECT_UNDER_RESET);
}

/* Down to a clock that is clean; else the best of them. */
static enum err find_clock_under_reset(struct doctor *doctor)
{
    static const uint32_t khz[] = {0, 480, 125};
    struct speed_measured *best = &doctor->measured->under_reset, tried = {0};
    enum err err = ERR_OK;

    for (unsigned i = 0; i < sizeof khz / sizeof *khz && !err && !doctor_is_clean(best); i++) {
        err = try_under_reset(doctor, khz[i], &tried);
        if (!err && is_better(&tried, best))
            *best = tried;
        if (probe_one_speed(doctor->probe))
            break;
    }
    doctor->best_khz = best->khz;
    return !err && best->khz != tried.khz ? try_under_reset(doctor, best->khz, &tried) : err;
}

enum err doctor_measure_under_reset(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;

    if (m->reached || !doctor_may_reset(doctor))
        return ERR_OK;
    m->reset_tried = doctor->pulled = true;
    enum err err = find_clock_under_reset(doctor);
    if (!err && m->under_reset.reads.good)
        err = look_in_reset(doctor);
    probe_nrst(doctor->probe, PROBE_NRST_RELEASE);
    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}

/* --- of a chip that answers as it is --- */

/* S_RESET_ST clears when it is read, but not while the core is held in reset. */
static enum err pull_nrst(struct doctor *doctor, bool *held)
{
    uint32_t first, second = 0;
    enum err err = probe_nrst(doctor->probe, PROBE_NRST_ASSERT);

    if (err)
        return err;
    ops_read32(&doctor->ops, DHCSR, &first);
    ops_read32(&doctor->ops, DHCSR, &second);
    err = ops_flush(&doctor->ops);
    *held = second & DHCSR_S_RESET_ST;
    return err;
}

/* Who resets itself is caught at its vector without NRST, too: then it has to be held, as well. */
static enum err pull_and_catch(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    bool held = false, caught = false;
    enum err err = pull_nrst(doctor, &held);

    if (!err)
        err = release_and_catch(doctor, &caught);
    m->nrst_works = caught && (held || !m->was_reset);
    return err;
}

enum err doctor_test_nrst(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;

    if (!m->core_found || m->nrst_tested || m->in_reset || !doctor_may_reset(doctor))
        return ERR_OK;
    doctor->pulled = true;
    enum err err = catch_reset(doctor);
    if (!err)
        err = pull_and_catch(doctor);
    m->nrst_tested = err == ERR_OK;
    if (!doctor_ends(err)) {
        job_clear(doctor->job);
        err = let_run(doctor);
    }
    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}
