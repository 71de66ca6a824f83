/* SPDX-License-Identifier: MIT */
/* The components behind an access port, as its ROM tables list them (IHI 0031, chapter D; IHI 0029,
 * chapter B2). Worker thread; the core may run. */
#ifndef PROBED_ROM_TABLE_H
#define PROBED_ROM_TABLE_H

#include "target.h"

enum rom_class { ROM_CLASS_TABLE = 1, ROM_CLASS_CORESIGHT = 9 };

/* What a component says of itself. */
struct rom_component {
    uint32_t base;
    bool unreadable;       /* the rest is not known */
    uint32_t cidr;         /* CIDR0-3, a byte each */
    uint64_t pidr;         /* PIDR0-7 */
    uint32_t type;         /* DEVTYPE; of a ROM table MEMTYPE */
    uint32_t architecture; /* DEVARCH */
};

struct rom_visitor {
    void *user;
    void (*component)(void *user, const struct rom_component *component);
    /* An entry of a table that stands in `depth` others; 0: its last. Then the component, if it is
     * present (bit 0). */
    void (*entry)(void *user, unsigned depth, uint32_t offset, uint32_t entry);
};

/* Whether the identification is one at all; and what of it is meant. */
bool rom_is_component(const struct rom_component *component);
unsigned rom_class(const struct rom_component *component);
unsigned rom_designer(const struct rom_component *component); /* JEP106: bank << 7 | id */
unsigned rom_part(const struct rom_component *component);

/* IDR (0: there is no such port) and BASE of an access port. ERR_UNSUPPORTED where the probe
 * reaches none but the first. */
enum err rom_port(struct target *target, unsigned ap, uint32_t *idr, uint32_t *base);
/* Tells of all that is listed below BASE, in order. What cannot be read is told as such. */
enum err rom_walk(struct target *target, unsigned ap, uint32_t base,
                  const struct rom_visitor *visitor);

#endif
