/* SPDX-License-Identifier: MIT */
/* The chip: what it is, by what it was reset, what it begins with. */
#include "connect/doctor_internal.h"

#include "chip/chips.h"
#include "chip/detect.h"
#include "chip/reset_flags.h"

enum { DETECTIONS = 5 }; /* of one whose wires garble */

static enum err read_reset_flags(struct doctor *doctor, const struct chip *chip)
{
    struct measurements *m = doctor->measured;

    return reset_flags_read(&doctor->ops, chip->family, &m->reset_flags_known, &m->reset_flags);
}

/* Again, if the wire garbles them. */
static enum err read_first_words(struct doctor *doctor, uint32_t address)
{
    struct measurements *m = doctor->measured;
    enum err err;

    do {
        job_clear(doctor->job);
        ops_read(&doctor->ops, address, 4, m->vectors, 2);
        err = ops_flush(&doctor->ops);
        doctor_count(&m->vector_reads, err);
    } while ((err == ERR_PARITY || err == ERR_NO_TARGET) && m->vector_reads.tries < DETECTIONS);
    return err;
}

static enum err read_vectors(struct doctor *doctor, const struct chip *chip)
{
    const struct chip_family *family = chip_family(chip);
    struct measurements *m = doctor->measured;
    uint32_t at_zero[2] = {0};

    enum err err = read_first_words(doctor, family->flash_base);
    m->vectors_known = err == ERR_OK;
    if (err || !(family->map & MAP_BOOT_ALIAS))
        return err;
    ops_read(&doctor->ops, 0, 4, at_zero, 2);
    err = ops_flush(&doctor->ops);
    m->boots_elsewhere = !err && (at_zero[0] != m->vectors[0] || at_zero[1] != m->vectors[1]);
    return err;
}

/* All of the word: the flash size stands in one half of it. */
static enum err read_size(struct doctor *doctor, const struct chip *chip)
{
    struct measurements *m = doctor->measured;

    if (!chip->flash_size_reg)
        return ERR_OK;
    ops_read32(&doctor->ops, chip->flash_size_reg & ~3u, &m->size_register);
    enum err err = ops_flush(&doctor->ops);
    m->size_known = err == ERR_OK;
    return err;
}

static enum err detect_once(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    struct detect_regions regions;
    struct target_core core;

    job_clear(doctor->job);
    enum err err = detect_chip(&doctor->ops, m->dpidr, &m->chip, &core, &regions);
    doctor_count(&m->detections, err);
    m->chip_err = err;
    m->chip_known = err == ERR_OK && m->chip.flash_size;
    return err;
}

/* One of these may be refused: then the next. */
static enum err read_more(struct doctor *doctor)
{
    static enum err (*const parts[])(struct doctor *, const struct chip *) = {
        read_reset_flags, read_vectors, read_size};
    const struct chip *chip = chip_by_dev_id(doctor->measured->chip.dev_id);
    enum err err = ERR_OK;

    for (size_t i = 0; i < sizeof parts / sizeof *parts && !doctor_ends(err); i++) {
        job_clear(doctor->job);
        err = parts[i](doctor, chip);
    }
    return err;
}

enum err doctor_measure_chip(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    enum err err = ERR_OK;

    if (!m->core_found || m->chip_known || m->in_reset)
        return ERR_OK;
    do
        err = detect_once(doctor);
    while ((err == ERR_PARITY || err == ERR_NO_TARGET) && m->detections.tries < DETECTIONS);
    if (m->chip_known)
        err = read_more(doctor);
    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}
