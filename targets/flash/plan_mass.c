/* SPDX-License-Identifier: MIT */
/* The planner's look at the whole chip: is mass erase the better way, and what was changed. */
#include <inttypes.h>

#include "base/buf.h"
#include "flash/plan.h"

/* Guards against a rash choice: gdb's first packet may bring a single sector, and that this one
 * changed says little about the others. */
enum { DOUBT = 4 };

struct outlook {
    uint32_t compared;    /* sectors whose pages are known */
    uint32_t stale;       /* of them: need an erase or were erased before */
    uint64_t to_erase_us; /* of those that need it now */
    uint64_t pending_us;  /* of sectors to be compared yet, and not known to be blank */
    uint32_t good_pages;
    uint32_t pending_pages;
};

static bool is_compared(const struct flash_plan *plan, const struct plan_sector *sector)
{
    for (uint32_t page = 0; page < plan_page_count(plan, sector); page++)
        if (sector->pages[page] == PAGE_STALE)
            return true;
        else if (sector->pages[page] == PAGE_UNKNOWN)
            return false;
    return true;
}

static uint32_t good_pages(const struct flash_plan *plan, const struct plan_sector *sector)
{
    uint32_t count = 0;

    for (uint32_t page = 0; sector->want && page < plan_page_count(plan, sector); page++)
        count += sector->pages[page] == PAGE_SAME;
    return count;
}

static void look_at(const struct flash_plan *plan, const struct plan_sector *sector,
                    struct outlook *outlook)
{
    if (sector->blank || (!sector->want && !sector->announced))
        return;
    if (!is_compared(plan, sector)) {
        outlook->pending_us += sector->erase_us;
        outlook->pending_pages += plan_page_count(plan, sector);
        return;
    }
    bool needs_erase = plan_needs_erase(plan, sector);
    outlook->compared++;
    outlook->to_erase_us += needs_erase ? sector->erase_us : 0;
    outlook->stale += needs_erase || sector->erased;
    outlook->good_pages += good_pages(plan, sector);
}

/* Mass erase saves erases and costs the pages that could have stayed. */
static bool is_cheaper(const struct outlook *outlook, const struct flash_costs *costs)
{
    uint64_t seen = outlook->compared + DOUBT;
    uint64_t more_us = outlook->pending_us * outlook->stale / seen;
    uint64_t lost = outlook->good_pages + outlook->pending_pages * (seen - outlook->stale) / seen;

    return costs->mass_erase_us + lost * costs->page_us < outlook->to_erase_us + more_us;
}

bool plan_is_rest(const struct plan_sector *sector)
{
    return !sector->want && !sector->announced && !sector->blank;
}

enum mass_erase plan_mass_erase(const struct flash_plan *plan, const struct flash_costs *costs)
{
    struct outlook outlook = {0};
    bool rest = false;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_sector *sector = &plan->sectors[i];

        if (plan_must_keep(sector))
            return MASS_NO;
        rest |= plan_is_rest(sector);
        look_at(plan, sector, &outlook);
    }
    if (!outlook.to_erase_us || !is_cheaper(&outlook, costs))
        return MASS_NO;
    return rest ? MASS_IF_REST_IS_BLANK : MASS_YES;
}

static const char *state_text(const struct plan_sector *sector)
{
    if (!sector->touched)
        return NULL;
    switch (sector->state) {
    case SECTOR_UNTOUCHED:
        return NULL;
    case SECTOR_ERASED:
        return "erased, not programmed";
    case SECTOR_PARTIAL:
        return "partly programmed";
    case SECTOR_DONE:
        break;
    }
    return sector->want ? "programmed" : "erased";
}

void plan_describe(const struct flash_plan *plan, char *text, size_t size)
{
    struct buf buf;

    buf_init(&buf, text, size - 1);
    for (size_t i = 0, end; i < plan->count; i = end) {
        const char *state = state_text(&plan->sectors[i]);

        for (end = i + 1; end < plan->count && state_text(&plan->sectors[end]) == state; end++)
            continue;
        if (state)
            buf_printf(&buf, "%s0x%08" PRIx32 "-0x%08" PRIx32 " %s", buf.length ? ", " : "",
                       plan->sectors[i].address,
                       plan->sectors[end - 1].address + plan->sectors[end - 1].size - 1, state);
    }
    if (!buf.length)
        buf_text(&buf, "unchanged");
    text[buf.length] = '\0';
}
