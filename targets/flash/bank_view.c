/* SPDX-License-Identifier: MIT */
#include "flash/bank_view.h"

#include "chip/chips.h"
#include "core/core.h"

/* RM0351, RM0432 and RM0440, "SYSCFG_MEMRMP" and "RCC_APB2ENR"; RM0090 (UFB_MODE) and RM0410
 * (SWP_FB). */
static const struct view {
    uint16_t dev_id;
    uint32_t memrmp, enable, clock;
} views[] = {
    {0x415, 0x40010000, 0x40021060, 1u << 0},  {0x461, 0x40010000, 0x40021060, 1u << 0},
    {0x470, 0x40010000, 0x40021060, 1u << 0},  {0x471, 0x40010000, 0x40021060, 1u << 0},
    {0x469, 0x40010000, 0x40021060, 1u << 0},  {0x419, 0x40013800, 0x40023844, 1u << 14},
    {0x434, 0x40013800, 0x40023844, 1u << 14}, {0x451, 0x40013800, 0x40023844, 1u << 14},
};
#define FB_MODE (1u << 8)

static const struct view *view_of(const struct flash_controller *controller)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (views[i].dev_id == controller->target->chip.dev_id &&
            controller->geometry.bank_count > 1)
            return &views[i];
    return NULL;
}

enum err bank_view_look(struct flash_controller *controller)
{
    const struct view *view = view_of(controller);
    struct core *core = controller->target->core;
    struct ops *ops = &core->ops;
    uint32_t enabled = 0, memrmp = 0;

    if (!view)
        return ERR_OK;
    ops_read32(ops, view->enable, &enabled);
    enum err err = core_flush(core);
    if (err)
        return err;
    if (!(enabled & view->clock)) { /* without it everything reads as 0 */
        ops_write32(ops, view->enable, enabled | view->clock);
        ops_read32(ops, view->enable, &memrmp); /* it comes two cycles later */
    }
    ops_read32(ops, view->memrmp, &memrmp);
    if (!(enabled & view->clock))
        ops_write32(ops, view->enable, enabled);
    err = core_flush(core);
    if (!err)
        controller->target->chip.banks_swapped = memrmp & FB_MODE;
    return err;
}
