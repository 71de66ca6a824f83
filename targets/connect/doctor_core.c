/* SPDX-License-Identifier: MIT */
/* What lies behind the debug port: access ports and the core; and the way back. */
#include "connect/doctor_internal.h"

#include "chip/detect.h"

#define DWT_PCSR 0xE000101Cu
enum { AP_CSW_AT = 0x00, AP_IDR_AT = 0xFC };
enum { SAMPLE_EVERY_US = 40000, HOPELESS_LOOKS = 4 };

/* --- access ports --- */

static enum err measure_ap(struct doctor *doctor, unsigned ap)
{
    struct measurements *m = doctor->measured;

    doctor->ops.ap = (uint8_t)ap;
    ops_ap_read(&doctor->ops, AP_IDR_AT, &m->aps[ap].idr);
    ops_ap_read(&doctor->ops, AP_CSW_AT, &m->aps[ap].csw);
    enum err err = ops_flush(&doctor->ops);
    m->aps[ap].known = err == ERR_OK;
    return err;
}

static enum err find_core(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    enum err err = ERR_OK;

    for (unsigned ap = 0; ap < MEASURED_APS && !m->core_found; ap++) {
        uint32_t cpuid = 0;
        doctor->ops.ap = (uint8_t)ap;
        ops_read32(&doctor->ops, SCB_CPUID, &cpuid);
        err = ops_flush(&doctor->ops);
        if (doctor_ends(err))
            return err;
        job_clear(doctor->job);
        m->core_found = !err && detect_is_arm_core(cpuid);
        m->core_ap = (uint8_t)ap;
        m->cpuid = m->core_found ? cpuid : m->cpuid;
    }
    doctor->ops.ap = m->core_found ? m->core_ap : 0;
    return ERR_OK;
}

enum err doctor_measure_aps(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;

    if (m->core_found || (!m->reached && !m->under_reset.reads.good))
        return ERR_OK;
    for (unsigned ap = 0; ap < MEASURED_APS; ap++) {
        enum err err = measure_ap(doctor, ap);
        if (doctor_ends(err))
            return err;
        job_clear(doctor->job);
    }
    return find_core(doctor);
}

/* --- the core --- */

/* S_RESET_ST and S_RETIRE_ST clear when read: what the second of two looks finds was so between
 * them. */
static void take_sample(struct measurements *m, uint32_t first, uint32_t second)
{
    bool in_reset = second & DHCSR_S_RESET_ST && !(second & DHCSR_S_RETIRE_ST);

    m->reset_seen |= ((first | second) & DHCSR_S_RESET_ST) != 0;
    m->in_reset += in_reset;
    /* What the first sample tells may be long ago. */
    m->was_reset += m->samples > 0 && !in_reset && first & DHCSR_S_RESET_ST;
    m->retired += ((first | second) & DHCSR_S_RETIRE_ST) != 0;
    m->locked_up += (second & DHCSR_S_LOCKUP) != 0;
    m->asleep += (second & DHCSR_S_SLEEP) != 0;
    m->halted += (second & DHCSR_S_HALT) != 0;
    m->samples++;
}

static enum err sample_pc(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    struct ops *ops = &doctor->ops;
    uint32_t demcr = 0, pc = 0;

    ops_read32(ops, DEMCR, &demcr);
    enum err err = ops_flush(ops);
    if (err)
        return err;
    doctor->demcr = demcr;
    doctor->tracing = true;
    ops_write32(ops, DEMCR, demcr | DEMCR_TRCENA);
    ops_read32(ops, DWT_PCSR, &pc);
    err = ops_flush(ops);
    job_clear(doctor->job);
    ops_write32(ops, DEMCR, demcr);
    enum err back = ops_flush(ops);
    doctor->tracing = back != ERR_OK;
    err = err ? err : back;
    m->pc_known = !err && pc != UINT32_MAX && pc != 0;
    m->pc = pc;
    return err;
}

static enum err wait_a_little(struct doctor *doctor)
{
    clock_sleep_us(probe_clock(doctor->probe), SAMPLE_EVERY_US);
    return job_checkpoint(doctor->job);
}

static enum err look_once(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    uint64_t repeats = probe_stats(doctor->probe)->repeats;
    uint32_t first, second;

    ops_read32(&doctor->ops, DHCSR, &first);
    ops_read32(&doctor->ops, DHCSR, &second);
    enum err err = ops_flush(&doctor->ops);
    doctor_count(&m->looks, err);
    m->looks.repeats += (unsigned)(probe_stats(doctor->probe)->repeats - repeats);
    if (!err)
        take_sample(m, first, second);
    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}

enum err doctor_sample_core(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    enum err err = ERR_OK;

    if (!m->core_found || !m->reached)
        return ERR_OK;
    /* A single reset may be the first of a slow loop's. */
    for (unsigned i = 0; i < (m->was_reset == 1 ? 2 : 1) * MEASURED_SAMPLES && !err; i++) {
        if (i)
            err = wait_a_little(doctor);
        if (!err)
            err = look_once(doctor);
        if (m->looks.tries >= HOPELESS_LOOKS && !m->looks.good)
            break;
    }
    if (!err && m->samples && !m->in_reset)
        err = sample_pc(doctor);
    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}
