/* SPDX-License-Identifier: MIT */
#include "flash/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"

static enum err check_areas(const struct flash_area *areas, size_t count, uint32_t page_size,
                            uint32_t program_size, size_t *sectors)
{
    *sectors = 0;
    if (!page_size || !program_size || page_size % program_size)
        return ERR_ARGUMENT;
    for (size_t i = 0; i < count; i++) {
        const struct flash_area *a = &areas[i];

        if (!a->sector_size || a->sector_size % page_size || a->size % a->sector_size ||
            a->size > UINT32_MAX - a->start)
            return ERR_ARGUMENT;
        if (i && a->start < areas[i - 1].start + areas[i - 1].size)
            return ERR_ARGUMENT;
        *sectors += a->size / a->sector_size;
    }
    return ERR_OK;
}

enum err plan_init(struct flash_plan *plan, const struct flash_area *areas, size_t count,
                   uint32_t page_size, uint32_t program_size, uint8_t erased)
{
    size_t sectors;
    enum err err = check_areas(areas, count, page_size, program_size, &sectors);

    *plan = (struct flash_plan){
        .page_size = page_size, .program_size = program_size, .erased = erased, .bank_count = 1};
    if (err)
        return err;
    plan->sectors = calloc(sectors ? sectors : 1, sizeof *plan->sectors);
    if (!plan->sectors)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        for (uint32_t at = 0; at < areas[i].size; at += areas[i].sector_size) {
            struct plan_sector *sector = &plan->sectors[plan->count++];

            sector->address = areas[i].start + at;
            sector->size = areas[i].sector_size;
            sector->erase_us = areas[i].erase_us;
            sector->pages = calloc(sector->size / page_size, 1);
            sector->before = calloc(sector->size / page_size, 1);
            sector->sums = calloc(sector->size / page_size, sizeof *sector->sums);
            if (!sector->pages || !sector->before || !sector->sums)
                return ERR_NO_MEMORY;
        }
    return ERR_OK;
}

void plan_begin_bank(struct flash_plan *plan, uint32_t address)
{
    uint8_t bank = (uint8_t)plan->bank_count++;

    for (size_t i = 0; i < plan->count; i++)
        if (plan->sectors[i].address >= address)
            plan->sectors[i].bank = bank;
}

void plan_finish(struct flash_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        free(plan->sectors[i].want);
        free(plan->sectors[i].written);
        free(plan->sectors[i].now);
        free(plan->sectors[i].pages);
        free(plan->sectors[i].before);
        free(plan->sectors[i].sums);
    }
    free(plan->sectors);
    *plan = (struct flash_plan){0};
}

struct plan_sector *plan_sector_at(const struct flash_plan *plan, uint32_t address)
{
    size_t low = 0, high = plan->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        struct plan_sector *sector = &plan->sectors[middle];

        if (address < sector->address)
            high = middle;
        else if (address - sector->address >= sector->size)
            low = middle + 1;
        else
            return sector;
    }
    return NULL;
}

static bool all_in_flash(const struct flash_plan *plan, uint32_t address, uint32_t length)
{
    if (length > UINT32_MAX - address)
        return false;
    for (uint32_t at = address; at < address + length;) {
        const struct plan_sector *sector = plan_sector_at(plan, at);

        if (!sector)
            return false;
        at = sector->address + sector->size;
    }
    return true;
}

static bool bit_get(const uint8_t *bits, uint32_t i)
{
    return bits[i / 8] >> i % 8 & 1;
}

static void forget_comparison(const struct flash_plan *plan, struct plan_sector *sector)
{
    sector->open = true;
    sector->handed_over = false;
    sector->block = 0;
    free(sector->now);
    sector->now = NULL;
    memset(sector->pages, PAGE_UNKNOWN, plan_page_count(plan, sector));
    memset(sector->before, PAGE_UNKNOWN, plan_page_count(plan, sector));
}

static void announce(const struct flash_plan *plan, struct plan_sector *sector)
{
    for (uint32_t i = 0; sector->want && i < sector->size; i++)
        if (!bit_get(sector->written, i))
            sector->want[i] = plan->erased;
    sector->announced = true;
    forget_comparison(plan, sector);
}

enum err plan_announce(struct flash_plan *plan, uint32_t address, uint32_t length)
{
    if (!all_in_flash(plan, address, length))
        return ERR_NOT_FLASH;
    for (uint32_t at = address; at < address + length;) {
        struct plan_sector *sector = plan_sector_at(plan, at);

        if (!sector->announced)
            announce(plan, sector);
        at = sector->address + sector->size;
    }
    return ERR_OK;
}

static enum err make_room(const struct flash_plan *plan, struct plan_sector *sector)
{
    if (sector->want)
        return ERR_OK;
    sector->want = malloc(sector->size);
    sector->written = calloc((sector->size + 7) / 8, 1);
    if (!sector->want || !sector->written) {
        free(sector->want);
        free(sector->written);
        sector->want = sector->written = NULL;
        return ERR_NO_MEMORY;
    }
    memset(sector->want, plan->erased, sector->size);
    return ERR_OK;
}

static void write_sector(const struct flash_plan *plan, struct plan_sector *sector,
                         uint32_t address, const uint8_t *data, uint32_t length)
{
    uint32_t from = address - sector->address;

    memcpy(sector->want + from, data, length);
    for (uint32_t i = from; i < from + length; i++) {
        sector->written_count += !bit_get(sector->written, i);
        sector->written[i / 8] |= (uint8_t)(1u << i % 8);
    }
    forget_comparison(plan, sector);
}

enum err plan_write(struct flash_plan *plan, uint32_t address, const void *data, uint32_t length)
{
    const uint8_t *from = data;

    if (!all_in_flash(plan, address, length))
        return ERR_NOT_FLASH;
    for (uint32_t at = address, left = length; left;) {
        struct plan_sector *sector = plan_sector_at(plan, at);
        uint32_t room = sector->address + sector->size - at;
        uint32_t part = left < room ? left : room;

        if (make_room(plan, sector))
            return ERR_NO_MEMORY;
        write_sector(plan, sector, at, from, part);
        from += part;
        at += part;
        left -= part;
    }
    plan->cursor = address + length;
    return ERR_OK;
}

bool plan_contradicts(const struct flash_plan *plan, uint32_t address, const void *data,
                      uint32_t length, uint32_t *at)
{
    const uint8_t *bytes = data;

    for (uint32_t i = 0; i < length; i++) {
        const struct plan_sector *sector = plan_sector_at(plan, address + i);
        uint32_t offset = sector ? address + i - sector->address : 0;

        if (!sector || !sector->want || !bit_get(sector->written, offset) ||
            sector->want[offset] == bytes[i])
            continue;
        *at = address + i;
        return true;
    }
    return false;
}

bool plan_is_final(const struct flash_plan *plan, const struct plan_sector *sector, bool all)
{
    bool cursor_inside =
        plan->cursor > sector->address && plan->cursor - sector->address < sector->size;

    return sector->open && (all || (sector->want && !cursor_inside));
}

bool plan_must_keep(const struct plan_sector *sector)
{
    return sector->open && !sector->announced && !sector->kept &&
           sector->written_count < sector->size;
}

bool plan_is_written(const struct plan_sector *sector, uint32_t offset, uint32_t length)
{
    while (length && bit_get(sector->written, offset))
        offset++, length--;
    return length == 0;
}

void plan_keep(struct plan_sector *sector, const uint8_t *now)
{
    for (uint32_t i = 0; i < sector->size; i++)
        if (!bit_get(sector->written, i))
            sector->want[i] = now[i];
    sector->kept = true;
}

uint32_t plan_page_count(const struct flash_plan *plan, const struct plan_sector *sector)
{
    return sector->size / plan->page_size;
}

uint32_t plan_page_written(const struct flash_plan *plan, const struct plan_sector *sector,
                           uint32_t page)
{
    uint32_t start = page * plan->page_size, count = 0;

    for (uint32_t i = 0; sector->want && i < plan->page_size; i++)
        count += bit_get(sector->written, start + i);
    return count;
}

bool plan_page_want(const struct flash_plan *plan, const struct plan_sector *sector, uint32_t page,
                    uint8_t *bytes)
{
    if (sector->want)
        memcpy(bytes, sector->want + (size_t)page * plan->page_size, plan->page_size);
    else
        memset(bytes, plan->erased, plan->page_size);
    return is_filled(bytes, plan->page_size, plan->erased);
}

static bool wants_erased(const struct flash_plan *plan, const struct plan_sector *sector,
                         uint32_t page)
{
    return !sector->want ||
           is_filled(sector->want + (size_t)page * plan->page_size, plan->page_size, plan->erased);
}

static uint8_t wanted_byte(const struct flash_plan *plan, const struct plan_sector *sector,
                           uint32_t offset)
{
    return sector->want ? sector->want[offset] : plan->erased;
}

static bool unit_is_same(const struct flash_plan *plan, const struct plan_sector *sector,
                         uint32_t offset, const uint8_t *now)
{
    for (uint32_t i = 0; i < plan->program_size; i++)
        if (wanted_byte(plan, sector, offset + i) != now[i])
            return false;
    return true;
}

static enum page_now compare_page(const struct flash_plan *plan, const struct plan_sector *sector,
                                  uint32_t start, const uint8_t *now)
{
    enum page_now result = PAGE_SAME;

    for (uint32_t i = 0; i < plan->page_size; i += plan->program_size) {
        if (unit_is_same(plan, sector, start + i, now + i))
            continue;
        if (!is_filled(now + i, plan->program_size, plan->erased))
            return PAGE_STALE;
        result = PAGE_WRITEABLE;
    }
    return result;
}

enum err plan_compare(struct flash_plan *plan, struct plan_sector *sector, uint32_t page,
                      const uint8_t *now)
{
    uint32_t start = page * plan->page_size;
    enum page_now result = compare_page(plan, sector, start, now);

    if (result == PAGE_WRITEABLE) {
        if (!sector->now)
            sector->now = malloc(sector->size);
        if (!sector->now)
            return ERR_NO_MEMORY;
        memcpy(sector->now + start, now, plan->page_size);
    }
    sector->pages[page] = (uint8_t)result;
    return ERR_OK;
}

void plan_found(struct plan_sector *sector, uint32_t page, enum page_now now)
{
    sector->pages[page] = (uint8_t)now;
}

void plan_found_blank(struct flash_plan *plan, struct plan_sector *sector)
{
    for (uint32_t page = 0; page < plan_page_count(plan, sector); page++)
        sector->pages[page] = wants_erased(plan, sector, page) ? PAGE_SAME : PAGE_BLANK;
    sector->blank = true;
    sector->summed = false;
}

bool plan_needs_erase(const struct flash_plan *plan, const struct plan_sector *sector)
{
    for (uint32_t page = 0; page < plan_page_count(plan, sector); page++)
        if (sector->pages[page] == PAGE_STALE)
            return true;
    return false;
}

void plan_erased(struct flash_plan *plan, struct plan_sector *sector)
{
    if (!sector->blank)
        sector->erased = sector->touched = true;
    if (sector->want || sector->announced) {
        sector->open = true;
        sector->state = SECTOR_ERASED;
    }
    plan_found_blank(plan, sector);
}

bool plan_page_program(const struct flash_plan *plan, const struct plan_sector *sector,
                       uint32_t page, uint8_t *bytes)
{
    uint32_t start = page * plan->page_size;

    if (sector->pages[page] != PAGE_BLANK && sector->pages[page] != PAGE_WRITEABLE)
        return false;
    bool nothing = plan_page_want(plan, sector, page, bytes);
    for (uint32_t i = 0; sector->pages[page] == PAGE_WRITEABLE && i < plan->page_size;
         i += plan->program_size)
        if (unit_is_same(plan, sector, start + i, sector->now + start + i))
            memset(bytes + i, plan->erased, plan->program_size);
    return !nothing;
}

void plan_page_begins(struct plan_sector *sector, uint32_t page)
{
    sector->before[page] = sector->pages[page];
    sector->pages[page] = PAGE_SAME;
    sector->block = UINT32_MAX;
    sector->blank = sector->summed = false;
    sector->touched = true;
    sector->state = SECTOR_PARTIAL;
}

bool plan_page_unprogrammed(const struct flash_plan *plan, const struct plan_sector *sector,
                            uint32_t page, const uint8_t *now)
{
    uint32_t start = page * plan->page_size;

    if (sector->before[page] == PAGE_BLANK)
        return is_filled(now, plan->page_size, plan->erased);
    return sector->before[page] == PAGE_WRITEABLE &&
           memcmp(now, sector->now + start, plan->page_size) == 0;
}

void plan_found_unprogrammed(struct plan_sector *sector)
{
    sector->state = sector->erased ? SECTOR_ERASED : SECTOR_UNTOUCHED;
    sector->touched = sector->erased;
}

void plan_hand_over(struct plan_sector *sector)
{
    sector->open = false;
    sector->handed_over = true;
}

void plan_close(struct plan_sector *sector)
{
    sector->open = sector->handed_over = false;
    sector->state = SECTOR_DONE;
    free(sector->now);
    sector->now = NULL;
}
