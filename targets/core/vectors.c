/* SPDX-License-Identifier: MIT */
/* Whether a program may begin with what the vector table holds: DDI 0403, B1.5.2 and B1.5.3. A
 * reset loads the stack pointer from its first word and jumps to its second. */
#include "core/vectors.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "chip/chips.h"
#include "core/core.h"
#include "core/memory.h"

#define THUMB 1u
#define XPSR_T (1u << 24)
#define RAM 0x20000000u
#define PERIPHERALS 0x40000000u
#define LARGEST_FLASH 0x00400000u /* of any chip with a boot area at its start */

enum {
    TABLE_SIZE = 8,   /* the two words that matter here */
    NEAR = 64 * 1024, /* a program's reset code is not far from its vectors */
    SLOW_US = 20000,  /* for four words */
};

/* Boot loaders leave the start of the flash to themselves; what sizes there are. */
static const uint32_t boot_areas[] = {0x800,  0x1000, 0x1800, 0x2000, 0x2800, 0x3000,
                                      0x4000, 0x5000, 0x6000, 0x8000, 0xC000, 0x10000};
enum { BOOT_AREAS = sizeof boot_areas / sizeof *boot_areas };

struct table {
    uint32_t sp, reset;
};

static const struct target_region *find_flash(const struct core *core)
{
    for (size_t i = 0; i < core->target->regions.count; i++)
        if (core->target->regions.items[i].kind == REGION_FLASH)
            return &core->target->regions.items[i];
    return NULL;
}

/* For questions whose answer may be a refusal. */
static bool read_quietly(struct core *core, uint32_t address, uint8_t *data, size_t length)
{
    enum err mark = core_mark(core);

    if (memory_read(core, address, data, length, NULL) == ERR_OK)
        return true;
    core_rollback(core, mark);
    return false;
}

/* A word of erased flash. */
static uint32_t erased(const struct core *core)
{
    return chip_family_of(core->target->chip.dev_id)->erased * 0x01010101u;
}

static bool is_blank(const struct core *core, const struct table *table)
{
    return table->sp == erased(core) && table->reset == erased(core);
}

/* Where a reset finds its vectors. False: no answer. */
static bool find_table(struct core *core, uint32_t *address)
{
    enum err mark = core_mark(core);

    *address = 0;
    if (!core->profile->resets_vtor)
        return true;
    ops_read32(&core->ops, SCB_VTOR, address);
    if (core_flush(core) == ERR_OK)
        return true;
    core_rollback(core, mark);
    return false;
}

/* What the core begins with, and where people know that: address 0 shows the flash, unless BOOT0
 * and BOOT1 say otherwise. */
static bool read_table(struct core *core, struct table *table, uint32_t *address)
{
    const struct target_region *flash = find_flash(core);
    uint8_t here[TABLE_SIZE], there[TABLE_SIZE] = {0};
    enum err mark = core_mark(core);
    uint32_t begin;

    if (!find_table(core, &begin))
        return false;
    ops_read(&core->ops, begin, 4, here, TABLE_SIZE / 4);
    if (flash)
        ops_read(&core->ops, flash->start, 4, there, TABLE_SIZE / 4);
    if (core_flush(core) != ERR_OK) {
        core_rollback(core, mark);
        return false;
    }
    *table = (struct table){get_le32(here), get_le32(here + 4)};
    *address = flash && memcmp(here, there, TABLE_SIZE) == 0 ? flash->start : begin;
    return true;
}

/* --- a program that begins behind an empty boot area --- */

static bool begins_program(const struct core *core, uint32_t address, const struct table *table)
{
    const struct target_region *stack = target_region_at(core->target, table->sp - 4);
    const struct target_region *code = target_region_at(core->target, table->reset);

    return stack && stack->kind == REGION_RAM && table->sp % 4 == 0 && table->reset & THUMB &&
           code && code->sector_size &&
           target_own_address(core->target, table->reset) - address < NEAR;
}

/* 0: none was found. */
static uint32_t find_program(struct core *core)
{
    const struct target_region *flash = find_flash(core);
    uint8_t words[BOOT_AREAS][TABLE_SIZE];
    enum err mark = core_mark(core);

    if (!flash)
        return 0;
    memset(words, 0xFF, sizeof words);
    for (size_t i = 0; i < BOOT_AREAS; i++)
        if (boot_areas[i] < flash->size)
            ops_read(&core->ops, flash->start + boot_areas[i], 4, words[i], TABLE_SIZE / 4);
    if (core_flush(core) != ERR_OK) {
        core_rollback(core, mark);
        return 0;
    }
    for (size_t i = 0; i < BOOT_AREAS; i++) {
        struct table table = {get_le32(words[i]), get_le32(words[i] + 4)};
        if (begins_program(core, flash->start + boot_areas[i], &table))
            return flash->start + boot_areas[i];
    }
    return 0;
}

static void say_blank(struct core *core, uint32_t at, bool search, char *text, size_t size)
{
    uint32_t program = search ? find_program(core) : 0;

    if (program)
        snprintf(text, size,
                 "the vectors at 0x%08x read 0x%08x; the program begins at 0x%08x and needs "
                 "its boot loader before it, or has to be linked for 0x%08x",
                 at, erased(core), program, at);
    else
        snprintf(text, size,
                 "the vectors at 0x%08x read 0x%08x: the flash is empty, or its program begins "
                 "elsewhere; load one, then reset ('monitor reset halt' in gdb)",
                 at, erased(core));
}

/* --- one that leads nowhere --- */

static bool is_executable(const struct target_region *region)
{
    return region && (region->kind != REGION_DEVICE || region->start < PERIPHERALS);
}

/* Which memory of a larger chip would be there. */
static void say_nowhere(const struct core *core, uint32_t code, char *text)
{
    const struct target_region *flash = find_flash(core);

    bool by_alias = target_own_address(core->target, 0) && code < LARGEST_FLASH;

    if (flash && (by_alias || code - flash->start < LARGEST_FLASH))
        snprintf(text, VECTORS_REASON,
                 "0x%08x is behind the end of the flash: is the program made for a larger chip?",
                 code);
    else
        snprintf(text, VECTORS_REASON,
                 "there is no code at 0x%08x: is this a program, and all of it?", code);
}

static bool is_erased(struct core *core, uint32_t code)
{
    const struct target_region *region = target_region_at(core->target, code);
    uint8_t bytes[4];

    return region && region->kind != REGION_RAM && region->kind != REGION_DEVICE &&
           read_quietly(core, code, bytes, sizeof bytes) && get_le32(bytes) == erased(core);
}

/* RAM whose size is not in the table, or a second one, is a device to the map. */
static bool holds_stack(const struct core *core, uint32_t sp)
{
    const struct target_region *region = target_region_at(core->target, sp - 4);

    return region && (region->kind == REGION_RAM ||
                      (region->kind == REGION_DEVICE && region->start < PERIPHERALS));
}

static void say_stack(const struct core *core, uint32_t sp, char *text)
{
    const struct target_region *below = NULL;

    for (size_t i = 0; i < core->target->regions.count && sp < PERIPHERALS; i++) {
        const struct target_region *ram = &core->target->regions.items[i];
        if (ram->kind == REGION_RAM && sp >= ram->start)
            below = ram;
    }
    if (below)
        snprintf(text, VECTORS_REASON,
                 "the stack begins at 0x%08x, but RAM ends at 0x%08x: is the program made for a "
                 "larger chip?",
                 sp, below->start + below->size - 1);
    else
        snprintf(text, VECTORS_REASON, "there is no RAM for a stack at 0x%08x: is this a program?",
                 sp);
}

bool vectors_lack_stack(const struct core *core, uint32_t sp, char text[VECTORS_REASON])
{
    text[0] = '\0';
    if (sp < RAM || sp > PERIPHERALS || sp % 4 || holds_stack(core, sp))
        return false;
    say_stack(core, sp, text);
    return true;
}

/* Empty if nothing is wrong. */
static void judge(struct core *core, const struct table *table, char reason[VECTORS_REASON])
{
    uint32_t code = table->reset & ~THUMB;

    reason[0] = '\0';
    if (!is_executable(target_region_at(core->target, code)))
        say_nowhere(core, code, reason);
    else if (!(table->reset & THUMB))
        snprintf(reason, VECTORS_REASON,
                 "bit 0 of a reset vector has to be set (Thumb code): is this a program?");
    else if (!holds_stack(core, table->sp))
        say_stack(core, table->sp, reason);
    else if (is_erased(core, code))
        snprintf(reason, VECTORS_REASON,
                 "the flash at 0x%08x is erased: is all of the program there?", code);
}

/* --- outside --- */

bool vectors_mislead(struct core *core, char *text, size_t size)
{
    uint64_t began = core_now_us(core);
    char reason[VECTORS_REASON];
    struct table table;
    uint32_t at;

    if (!read_table(core, &table, &at))
        return false;
    if (is_blank(core, &table)) { /* somebody waits for an answer: no search on a crawling wire */
        say_blank(core, at, core_now_us(core) - began < SLOW_US, text, size);
        return true;
    }
    judge(core, &table, reason);
    if (reason[0])
        snprintf(text, size, "the vectors at 0x%08x are 0x%08x (stack), 0x%08x (reset): %s", at,
                 table.sp, table.reset, reason);
    return reason[0];
}

/* The stack pointer lacks its lowest bits, the Thumb bit is in xPSR: enough to see that all is well
 * without reading. */
bool vectors_misled(struct core *core, char *text, size_t size)
{
    const uint32_t *word = core->regs.word;
    struct table table = {word[SLOT_SP], word[SLOT_PC] | (word[SLOT_XPSR] & XPSR_T ? THUMB : 0)};
    char reason[VECTORS_REASON];

    judge(core, &table, reason);
    return reason[0] && vectors_mislead(core, text, size);
}
