/* SPDX-License-Identifier: MIT */
#include "gdb/target_xml.h"

#include <string.h>

/* --- target.xml --- */

/* How `info registers` sorts them. */
static const char *group_of(const char *feature)
{
    if (strstr(feature, "vfp"))
        return "float";
    return strstr(feature, "m-system") ? "system" : "general";
}

void describe_target(struct buf *out, const struct target_register *registers, size_t count)
{
    const char *feature = NULL;

    buf_text(out, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
                  "<target version=\"1.0\">\n<architecture>arm</architecture>\n");
    for (size_t i = 0; i < count; i++) {
        const struct target_register *reg = &registers[i];

        if (!feature || strcmp(feature, reg->feature) != 0) {
            if (feature)
                buf_text(out, "</feature>\n");
            feature = reg->feature;
            buf_printf(out, "<feature name=\"%s\">\n", feature);
        }
        buf_printf(out,
                   "<reg name=\"%s\" bitsize=\"%u\" regnum=\"%zu\" type=\"%s\" group=\"%s\"/>\n",
                   reg->name, reg->bits, i, reg->type, group_of(reg->feature));
    }
    if (feature)
        buf_text(out, "</feature>\n");
    buf_text(out, "</target>\n");
}

/* --- memory map --- */

static void write_memory(struct buf *out, const char *type, uint64_t start, uint64_t end,
                         uint32_t blocksize)
{
    buf_printf(out, "<memory type=\"%s\" start=\"0x%08llx\" length=\"0x%llx\"", type,
               (unsigned long long)start, (unsigned long long)(end - start));
    if (blocksize)
        buf_printf(out, "><property name=\"blocksize\">0x%x</property></memory>\n", blocksize);
    else
        buf_text(out, "/>\n");
}

static void write_region(struct buf *out, const struct target_region *region, uint64_t start,
                         uint64_t end)
{
    /* Not "rom": gdb would refuse to load there itself, with no more words than "Load failed". */
    static const char *const types[] = {
        [REGION_FLASH] = "flash", [REGION_FLASH_ALIAS] = "flash", [REGION_EEPROM] = "flash",
        [REGION_RAM] = "ram",     [REGION_ROM] = "ram",           [REGION_DEVICE] = "ram"};

    write_memory(out, types[region->kind], start, end, region->sector_size);
}

/* The lowest region that reaches beyond `from`, or NULL. */
static const struct target_region *next_region(const struct target_region *regions, size_t count,
                                               uint64_t from)
{
    const struct target_region *next = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct target_region *region = &regions[i];

        if ((uint64_t)region->start + region->size > from && (!next || region->start < next->start))
            next = region;
    }
    return next;
}

void describe_memory(struct buf *out, const struct target_region *regions, size_t count)
{
    const uint64_t end_of_memory = UINT64_C(1) << 32;
    const struct target_region *region;
    uint64_t at = 0;

    buf_text(out, "<?xml version=\"1.0\"?>\n"
                  "<!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\"\n"
                  "  \"http://sourceware.org/gdb/gdb-memory-map.dtd\">\n<memory-map>\n");
    while ((region = next_region(regions, count, at))) {
        uint64_t end = (uint64_t)region->start + region->size;

        if (region->start > at)
            write_memory(out, "ram", at, region->start, 0);
        write_region(out, region, region->start > at ? region->start : at, end);
        at = end;
    }
    if (at < end_of_memory)
        write_memory(out, "ram", at, end_of_memory, 0);
    buf_text(out, "</memory-map>\n");
}

/* --- threads --- */

/* What XML does not take as it is. */
static void put_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("<>&\"'", *text))
            buf_printf(out, "&#%d;", *text);
        else
            buf_byte(out, (uint8_t)*text);
    }
}

void describe_threads_begin(struct buf *out)
{
    buf_text(out, "<?xml version=\"1.0\"?>\n<threads>\n");
}

void describe_thread(struct buf *out, uint32_t id, const char *name, const char *state)
{
    buf_printf(out, "<thread id=\"%x\" core=\"0\"", (unsigned)id);
    if (name[0]) {
        buf_text(out, " name=\"");
        put_escaped(out, name);
        buf_text(out, "\"");
    }
    buf_text(out, ">");
    put_escaped(out, state);
    buf_text(out, "</thread>\n");
}

void describe_threads_end(struct buf *out)
{
    buf_text(out, "</threads>\n");
}
