/* SPDX-License-Identifier: MIT */
#include "core/rom_table.h"

#include "core/core.h"

enum { AP_BASE_AT = 0xF8, AP_IDR_AT = 0xFC };
enum {
    DEVARCH_AT = 0xFBC,
    TYPE_AT = 0xFCC, /* DEVTYPE, MEMTYPE; then.. */
    IDS = 12,        /* ..PIDR4 to 7, PIDR0 to 3, CIDR0 to 3, a byte a word */
    IDS_AT = 0xFD0,
};
enum { ENTRIES = 960, AT_ONCE = 8, DEPTH_MAX = 8, COMPONENTS_MAX = 256 };
#define ENTRY_PRESENT 1u
#define PAGE 0xFFFFF000u
#define CIDR_FIXED 0xFFFF0FFFu
#define CIDR_VALUE 0xB105000Du

bool rom_is_component(const struct rom_component *component)
{
    return (component->cidr & CIDR_FIXED) == CIDR_VALUE;
}

unsigned rom_class(const struct rom_component *component)
{
    return component->cidr >> 12 & 15;
}

unsigned rom_designer(const struct rom_component *component)
{
    return (unsigned)(component->pidr >> 12 & 0x7F) | (unsigned)(component->pidr >> 32 & 15) << 7;
}

unsigned rom_part(const struct rom_component *component)
{
    return (unsigned)(component->pidr & 0xFFF);
}

struct walk {
    struct core *core;
    const struct rom_visitor *visitor;
    uint8_t ap;
    unsigned components; /* so far: a table that lists itself comes to an end, too */
};

/* One trip by another port than the core's. A refusal is an answer. */
static enum err flush(struct core *core, uint8_t before, bool *refused)
{
    enum err err = ops_flush_or_refused(&core->ops, refused);

    core->ops.ap = before;
    return err;
}

enum err rom_port(struct target *target, unsigned ap, uint32_t *idr, uint32_t *base)
{
    struct core *core = target->core;
    uint8_t before = core->ops.ap;

    core->ops.ap = (uint8_t)ap;
    ops_ap_read(&core->ops, AP_IDR_AT, idr);
    ops_ap_read(&core->ops, AP_BASE_AT, base);
    enum err err = ops_flush(&core->ops);
    core->ops.ap = before;
    return err;
}

static uint64_t bytes_of(const uint32_t *words, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)(words[i] & 0xFF) << 8 * i;
    return value;
}

static enum err read_component(struct walk *walk, struct rom_component *component)
{
    struct ops *ops = &walk->core->ops;
    uint8_t before = ops->ap;
    uint32_t ids[IDS] = {0};

    ops->ap = walk->ap;
    ops_read32(ops, component->base + DEVARCH_AT, &component->architecture);
    ops_read32(ops, component->base + TYPE_AT, &component->type);
    ops_read(ops, component->base + IDS_AT, 4, ids, IDS);
    enum err err = flush(walk->core, before, &component->unreadable);
    component->cidr = (uint32_t)bytes_of(ids + 8, 4);
    component->pidr = bytes_of(ids + 4, 4) | bytes_of(ids, 4) << 32;
    return err;
}

static enum err read_entries(struct walk *walk, uint32_t address, uint32_t entries[AT_ONCE],
                             bool *refused)
{
    struct ops *ops = &walk->core->ops;
    uint8_t before = ops->ap;

    ops->ap = walk->ap;
    ops_read(ops, address, 4, entries, AT_ONCE);
    return flush(walk->core, before, refused);
}

static enum err visit(struct walk *walk, uint32_t base, unsigned depth);

static enum err visit_entry(struct walk *walk, uint32_t table, unsigned depth, uint32_t offset,
                            uint32_t entry)
{
    walk->visitor->entry(walk->visitor->user, depth, offset, entry);
    return entry & ENTRY_PRESENT ? visit(walk, table + (entry & PAGE), depth + 1) : ERR_OK;
}

static enum err visit_table(struct walk *walk, uint32_t base, unsigned depth)
{
    uint32_t entries[AT_ONCE] = {0};
    bool refused = false, last = false;
    enum err err = ERR_OK;

    for (uint32_t i = 0; i < ENTRIES && !last && !err; i++) {
        if (i % AT_ONCE == 0)
            err = read_entries(walk, base + 4 * i, entries, &refused);
        if (err || refused)
            break;
        last = entries[i % AT_ONCE] == 0;
        err = visit_entry(walk, base, depth, 4 * i, entries[i % AT_ONCE]);
    }
    return err;
}

/* `depth` of the tables that it stands in. */
static enum err visit(struct walk *walk, uint32_t base, unsigned depth)
{
    struct rom_component component = {.base = base};

    if (++walk->components > COMPONENTS_MAX || depth > DEPTH_MAX)
        return ERR_OK;
    enum err err = job_checkpoint(walk->core->target->job);
    if (!err)
        err = read_component(walk, &component);
    if (err)
        return err;
    walk->visitor->component(walk->visitor->user, &component);
    bool table = !component.unreadable && rom_is_component(&component) &&
                 rom_class(&component) == ROM_CLASS_TABLE;
    return table ? visit_table(walk, base, depth) : ERR_OK;
}

enum err rom_walk(struct target *target, unsigned ap, uint32_t base,
                  const struct rom_visitor *visitor)
{
    struct walk walk = {.core = target->core, .visitor = visitor, .ap = (uint8_t)ap};

    return visit(&walk, base & PAGE, 0);
}
