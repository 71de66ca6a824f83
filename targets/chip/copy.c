/* SPDX-License-Identifier: MIT */
/* What a genuine STM32F1 answers: RM0008, 31.6.3 and 31.8.3; DDI 0337 r1p1; the upper half of its
 * size register reads as erased, that of a GD32 says how much RAM it has. Copies: what their users
 * and Black Magic Debug have seen. */
#include "chip/copy.h"

#include <stdio.h>

#include "base/buf.h"

enum { MAKER_ST = 0x020, MAKER_ARM = 0x43B, MAKER_GIGADEVICE = 0x751 };
enum { PART_M0P = 0xC60, PART_HK = 0x29B };
#define F1_DPIDR 0x1BA01477u
#define F1_CPUID 0x411FC231u

/* What contradicts. */
enum mark {
    MARK_CORE = 1 << 0,
    MARK_PORT = 1 << 1,
    MARK_ROM = 1 << 2,
    MARK_REVISION = 1 << 3,
    MARK_SIZE_WORD = 1 << 4,
    MARK_OTHER_CORE = 1 << 5,
};

static bool is_f1(const struct chip *chip)
{
    return chip && (chip->family == CHIP_F1 || chip->family == CHIP_F1_XL);
}

/* Those that GigaDevice gave away; another unknown revision accuses nobody. */
static bool is_foreign_revision(uint32_t idcode)
{
    uint32_t revision = idcode >> 16;

    return revision == 0x1303 || revision == 0x1704 || revision == 0x1906 || revision == 0x1909;
}

/* Under read protection, or where it is elsewhere, the word says nothing. */
static bool tells_ram(const struct copy_ids *ids)
{
    uint32_t flash = ids->size_word & 0xFFFF, ram = ids->size_word >> 16;

    return ids->size_known && flash && flash != 0xFFFF && ram && ram <= 96;
}

static unsigned marks_of(const struct chip *chip, const struct copy_ids *ids)
{
    unsigned marks = 0;

    if (ids->rom_known && ids->maker == MAKER_GIGADEVICE)
        marks |= MARK_ROM;
    if (chip && chip->family == CHIP_F0 && (ids->cpuid >> 4 & 0xFFF) == PART_M0P)
        marks |= MARK_OTHER_CORE;
    if (!is_f1(chip))
        return marks;
    return marks | (ids->cpuid != F1_CPUID ? MARK_CORE : 0) |
           (ids->dpidr != F1_DPIDR ? MARK_PORT : 0) |
           (ids->rom_known && ids->maker != MAKER_ST ? MARK_ROM : 0) |
           (is_foreign_revision(ids->idcode) ? MARK_REVISION : 0) |
           (tells_ram(ids) ? MARK_SIZE_WORD : 0);
}

/* --- whose it is --- */

static bool by_gigadevice(const struct copy_ids *ids, unsigned marks)
{
    return (marks & MARK_ROM && ids->maker == MAKER_GIGADEVICE) ||
           marks & (MARK_REVISION | MARK_SIZE_WORD);
}

static bool by_hk(const struct copy_ids *ids, unsigned marks)
{
    return marks & MARK_ROM && ids->part == PART_HK;
}

static bool by_wch(const struct copy_ids *ids, unsigned marks)
{
    return marks & MARK_ROM && ids->maker == MAKER_ARM && ids->idcode >> 16 == 0x2000;
}

static bool with_r2p0(const struct copy_ids *ids, unsigned marks)
{
    return marks & MARK_CORE && (ids->cpuid & 0x00F0000F) == 0x00200000;
}

static bool with_m0p(const struct copy_ids *ids, unsigned marks)
{
    (void)ids;
    return marks & MARK_OTHER_CORE;
}

static bool by_others(const struct copy_ids *ids, unsigned marks)
{
    (void)ids;
    return marks;
}

static const struct {
    bool (*is)(const struct copy_ids *ids, unsigned marks);
    const char *likely, *differs;
} makers[] = {
    {by_gigadevice, "a GD32",
     "code in the first 256 KiB runs without wait states, and clocks and analog parts are its own"},
    {by_hk, "an HK32 or CS32", "flash is programmed as ST's"},
    {by_wch, "a CH32", "flash takes some ten times as long"},
    {with_m0p, "a copy of the STM32F030", "reading past the end of flash gives 0, not a fault"},
    {with_r2p0, "a CKS32, APM32 or GD32",
     "some have more or less flash than the size register says, and times of their flash are their "
     "own"},
    {by_others, "an APM32, CKS32 or CH32",
     "some have more or less flash than the size register says, and times of their flash are their "
     "own"},
};

/* --- the sentence --- */

static void put_marks(const struct copy_ids *ids, unsigned marks, struct buf *out)
{
    if (marks & (MARK_CORE | MARK_OTHER_CORE))
        buf_printf(out, "its core is r%up%u (CPUID 0x%08x)", ids->cpuid >> 20 & 0xF,
                   ids->cpuid & 0xF, ids->cpuid);
    if (marks & MARK_PORT)
        buf_printf(out, "%sits debug port is 0x%08x", out->length ? ", " : "", ids->dpidr);
    if (marks & MARK_ROM)
        buf_printf(out, "%sits ROM table names maker %x:%02x", out->length ? ", " : "",
                   ids->maker >> 8, ids->maker & 0xFF);
    if (marks & MARK_REVISION)
        buf_printf(out, "%sits revision is %04x", out->length ? ", " : "", ids->idcode >> 16);
    if (marks & MARK_SIZE_WORD)
        buf_printf(out, "%sits size register tells of %u KiB RAM", out->length ? ", " : "",
                   ids->size_word >> 16);
}

bool copy_suspect(const struct chip *chip, const struct copy_ids *ids, char *text, size_t size)
{
    unsigned marks = marks_of(chip, ids), row = 0;
    char seen[160];
    struct buf buf;

    if (!marks)
        return false;
    buf_init(&buf, seen, sizeof seen - 1);
    put_marks(ids, marks, &buf);
    seen[buf.length] = '\0';
    while (!makers[row].is(ids, marks))
        row++;
    snprintf(
        text, size,
        "probably not made by ST but a copy: it says it is an %s, but %s; likely %s; debugging "
        "works, what differs: %s",
        chip ? chip->name : "STM32", seen, makers[row].likely, makers[row].differs);
    return true;
}
