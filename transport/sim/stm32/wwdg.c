/* SPDX-License-Identifier: MIT */
/* The window watchdog (RM0008, chapter 20): it has to be fed before it counts below 0x40, and not
 * while it is above its window. */
#include "sim/stm32/stm32_internal.h"

enum { CR = 0x00, CFR = 0x04, SR = 0x08 };
enum { T_MASK = 0x7F, T6 = 0x40, CYCLES = 4096 };
#define CR_WDGA (1u << 7)
#define CFR_WINDOW(cfr) ((cfr)&T_MASK)
#define CFR_WDGTB(cfr) ((cfr) >> 7 & 3)
#define CFR_EWI (1u << 9)
#define SR_EWIF (1u << 0)

struct wwdg {
    uint32_t cfr, sr;
    uint32_t count; /* T, at `anchor_ps` */
    bool active;
    uint64_t anchor_ps;
};

static void update_irq(struct sim_part *part)
{
    const struct wwdg *wwdg = part->state;

    sim_part_irq(part, 0, wwdg->sr & SR_EWIF && wwdg->cfr & CFR_EWI);
}

static uint64_t tick_ps(const struct sim_part *part)
{
    const struct wwdg *wwdg = part->state;
    uint32_t khz = part->board->chip->rcc->khz(part->board, part->row->clock);

    return (UINT64_C(1000000000) * CYCLES << CFR_WDGTB(wwdg->cfr)) / khz;
}

static void bite(struct sim_part *part)
{
    struct wwdg *wwdg = part->state;

    wwdg->active = false;
    sim_reset_request(part->board, SIM_CAUSE_WWDG);
}

static void count(struct sim_part *part, uint64_t ticks)
{
    struct wwdg *wwdg = part->state;
    uint64_t left = wwdg->count - T6; /* until it is 0x40 */

    if (ticks >= left && wwdg->count > T6)
        wwdg->sr |= SR_EWIF;
    if (ticks > left) {
        bite(part);
        return;
    }
    wwdg->count -= (uint32_t)ticks;
    wwdg->anchor_ps += ticks * tick_ps(part);
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct wwdg *wwdg = part->state;

    if (!wwdg->active || sim_part_is_frozen(part)) {
        wwdg->anchor_ps = now_ps;
        return SIM_NEVER;
    }
    if (now_ps > wwdg->anchor_ps)
        count(part, (now_ps - wwdg->anchor_ps) / tick_ps(part));
    update_irq(part);
    if (!wwdg->active)
        return SIM_NEVER;
    uint32_t ticks = wwdg->count > T6 ? wwdg->count - T6 : 1;
    return wwdg->anchor_ps + ticks * tick_ps(part);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct wwdg *wwdg = part->state;

    *value = offset == CR    ? wwdg->count | (wwdg->active ? CR_WDGA : 0)
             : offset == CFR ? wwdg->cfr
             : offset == SR  ? wwdg->sr
                             : 0;
    return true;
}

static void write_cr(struct sim_part *part, uint32_t value)
{
    struct wwdg *wwdg = part->state;
    bool too_early = wwdg->active && wwdg->count > CFR_WINDOW(wwdg->cfr);

    wwdg->active = wwdg->active || value & CR_WDGA;
    wwdg->count = value & T_MASK;
    wwdg->anchor_ps = sim_part_now(part);
    if (wwdg->active && (too_early || !(wwdg->count & T6)))
        bite(part);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct wwdg *wwdg = part->state;

    if (offset == CR)
        write_cr(part, value);
    else if (offset == CFR) /* EWI can only be set */
        wwdg->cfr = (value & 0x3FF) | (wwdg->cfr & CFR_EWI);
    else if (offset == SR)
        wwdg->sr &= value;
    update_irq(part);
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct wwdg *)part->state = (struct wwdg){.cfr = T_MASK, .count = T_MASK};
    update_irq(part);
}

const struct sim_device sim_device_wwdg = {
    .state_size = sizeof(struct wwdg),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
    .off_reads_true = true, /* CR.WDGA */
};
