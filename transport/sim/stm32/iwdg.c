/* SPDX-License-Identifier: MIT */
/* The independent watchdog (RM0008, chapter 19): it counts by LSI, in Stop and Standby too, and
 * nothing but a reset stops it once it was started, by the program or by the option bytes. That of
 * a later family (unit 1) has a window: a reload that comes too early resets, too (RM0091, 21.4.5).
 */
#include "sim/stm32/stm32_internal.h"

enum { KR = 0x00, PR = 0x04, RLR = 0x08, WINR = 0x10 };
enum { KEY_RELOAD = 0xAAAA, KEY_ACCESS = 0x5555, KEY_START = 0xCCCC };
enum { LEAST_DIVIDER = 4, LARGEST_PR = 6 };
#define PS_PER_S 1000000000000ull

struct iwdg {
    uint32_t pr, rlr, winr;
    bool started, open;
    uint64_t left_ps; /* at `anchor_ps` */
    uint64_t anchor_ps;
};

static uint64_t tick_ps(const struct sim_part *part)
{
    const struct iwdg *iwdg = part->state;
    uint32_t pr = iwdg->pr < LARGEST_PR ? iwdg->pr : LARGEST_PR;

    return ((uint64_t)LEAST_DIVIDER << pr) * (PS_PER_S / part->board->chip->rcc->family->lsi_hz);
}

static uint64_t period_ps(const struct sim_part *part)
{
    const struct iwdg *iwdg = part->state;

    return (iwdg->rlr + 1) * tick_ps(part);
}

static bool has_window(const struct sim_part *part)
{
    return part->row->unit == 1;
}

static bool is_too_early(const struct sim_part *part)
{
    const struct iwdg *iwdg = part->state;

    return has_window(part) && iwdg->started && iwdg->left_ps / tick_ps(part) > iwdg->winr;
}

static void reload(struct sim_part *part)
{
    struct iwdg *iwdg = part->state;

    iwdg->left_ps = period_ps(part);
    iwdg->anchor_ps = sim_part_now(part);
}

static bool counts(const struct sim_part *part)
{
    const struct iwdg *iwdg = part->state;
    const struct sim_flash_kind *flash = part->board->chip->flash;
    bool by_options = flash->user_options && !(flash->user_options(part->board) & SIM_WDG_SW);

    return iwdg->started || by_options;
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct iwdg *iwdg = part->state;
    uint64_t passed = now_ps - iwdg->anchor_ps;

    iwdg->anchor_ps = now_ps;
    if (!counts(part) || sim_part_is_frozen(part))
        return SIM_NEVER;
    if (passed < iwdg->left_ps) {
        iwdg->left_ps -= passed;
        return now_ps + iwdg->left_ps;
    }
    sim_reset_request(part->board, SIM_CAUSE_IWDG);
    reload(part);
    return SIM_NEVER;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct iwdg *iwdg = part->state;

    *value = offset == PR                         ? iwdg->pr
             : offset == RLR                      ? iwdg->rlr
             : offset == WINR && has_window(part) ? iwdg->winr
                                                  : 0; /* SR: updated at once */
    return true;
}

static void write_key(struct sim_part *part, uint32_t key)
{
    struct iwdg *iwdg = part->state;

    iwdg->open = key == KEY_ACCESS;
    if (key == KEY_RELOAD && is_too_early(part))
        sim_reset_request(part->board, SIM_CAUSE_IWDG);
    if (key == KEY_START)
        iwdg->started = true;
    if (key == KEY_START || key == KEY_RELOAD)
        reload(part);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct iwdg *iwdg = part->state;

    if (offset == KR)
        write_key(part, value & 0xFFFF);
    else if (offset == PR && iwdg->open)
        iwdg->pr = value & 7;
    else if (offset == RLR && iwdg->open)
        iwdg->rlr = value & 0xFFF;
    else if (offset == WINR && iwdg->open && has_window(part)) {
        iwdg->winr = value & 0xFFF;
        reload(part);
    }
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct iwdg *)part->state = (struct iwdg){.rlr = 0xFFF, .winr = 0xFFF};
    reload(part);
}

const struct sim_device sim_device_iwdg = {
    .state_size = sizeof(struct iwdg),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
    .always_on = true,
};
