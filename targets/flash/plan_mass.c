/* SPDX-License-Identifier: MIT */
/* The planner's look at the whole chip: is mass erase the better way, and what was changed. */
#include <inttypes.h>

#include "base/buf.h"
#include "flash/plan.h"

/* Guards against a rash choice: gdb's first packet may bring a single sector, and that this one
 * changed says little about the others. */
enum { DOUBT = 4 };

struct outlook {
    uint32_t compared; /* sectors whose pages are known */
    uint32_t stale;    /* of them: need an erase or were erased before */
    struct bank_outlook {
        bool keeps;           /* bytes are to stay that are not known yet */
        uint64_t to_erase_us; /* of sectors that need it now */
        uint64_t pending_us;  /* of sectors to be compared yet, and not known to be blank */
        uint32_t good_pages;
        uint32_t pending_pages;
    } banks[PLAN_BANKS_MAX];
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
    struct bank_outlook *bank = &outlook->banks[sector->bank];

    bank->keeps |= plan_must_keep(sector);
    if (sector->blank || (!sector->want && !sector->announced))
        return;
    if (!is_compared(plan, sector)) {
        bank->pending_us += sector->erase_us;
        bank->pending_pages += plan_page_count(plan, sector);
        return;
    }
    bool needs_erase = plan_needs_erase(plan, sector);
    outlook->compared++;
    bank->to_erase_us += needs_erase ? sector->erase_us : 0;
    outlook->stale += needs_erase || sector->erased;
    bank->good_pages += good_pages(plan, sector);
}

/* A whole bank saves erases and costs the pages that could have stayed. */
struct choice {
    bool possible, useful;
    uint64_t sectors_us, lost_us;
};

static struct choice weigh(const struct outlook *outlook, unsigned bank,
                           const struct flash_costs *costs, unsigned barred)
{
    const struct bank_outlook *look = &outlook->banks[bank];
    uint64_t seen = outlook->compared + DOUBT;
    uint64_t lost = look->good_pages + look->pending_pages * (seen - outlook->stale) / seen;

    return (struct choice){
        .possible = !look->keeps && !(barred >> bank & 1),
        .useful = look->to_erase_us != 0,
        .sectors_us = look->to_erase_us + look->pending_us * outlook->stale / seen,
        .lost_us = lost * costs->page_us,
    };
}

/* Each bank for itself; *us: what all of it takes then. */
static unsigned choose_apart(const struct choice *choices, unsigned count, uint32_t bank_us,
                             uint64_t *us)
{
    unsigned banks = 0;

    *us = 0;
    for (unsigned i = 0; i < count; i++) {
        bool whole = bank_us && count > 1 && choices[i].possible && choices[i].useful &&
                     bank_us + choices[i].lost_us < choices[i].sectors_us;
        *us += whole ? bank_us + choices[i].lost_us : choices[i].sectors_us;
        banks |= (unsigned)whole << i;
    }
    return banks;
}

bool plan_is_rest(const struct plan_sector *sector)
{
    return !sector->want && !sector->announced && !sector->blank;
}

static bool is_rest(const struct plan_sector *sector, unsigned banks)
{
    return (banks >> sector->bank & 1) && plan_is_rest(sector);
}

bool plan_has_rest(const struct flash_plan *plan, unsigned banks)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_rest(&plan->sectors[i], banks))
            return true;
    return false;
}

unsigned plan_mass_erase(const struct flash_plan *plan, const struct flash_costs *costs,
                         unsigned barred)
{
    struct choice choices[PLAN_BANKS_MAX];
    uint64_t apart_us, together_us = costs->mass_erase_us;
    bool possible = true, useful = false;
    struct outlook outlook = {0};

    for (size_t i = 0; i < plan->count; i++)
        look_at(plan, &plan->sectors[i], &outlook);
    for (unsigned i = 0; i < plan->bank_count; i++) {
        choices[i] = weigh(&outlook, i, costs, barred);
        possible &= choices[i].possible;
        useful |= choices[i].useful;
        together_us += choices[i].lost_us;
    }
    unsigned banks = choose_apart(choices, plan->bank_count, costs->bank_erase_us, &apart_us);
    bool together = costs->mass_erase_us && possible && useful && together_us < apart_us;
    return together ? (1u << plan->bank_count) - 1 : banks;
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
