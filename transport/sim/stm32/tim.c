/* SPDX-License-Identifier: MIT */
/* A general-purpose timer as an up-counter with its update interrupt (RM0008, chapter 15). Capture,
 * compare and the other modes are not there: their registers read as 0. */
#include "sim/stm32/stm32_internal.h"

enum { CR1 = 0x00, DIER = 0x0C, SR = 0x10, EGR = 0x14, CNT = 0x24, PSC = 0x28, ARR = 0x2C };
#define CR1_CEN (1u << 0)
#define CR1_URS (1u << 2)
#define CR1_OPM (1u << 3)
#define UPDATE (1u << 0) /* UIE, UIF, UG */

struct tim {
    uint32_t cr1, dier, sr, psc, arr;
    uint32_t count;
    uint64_t anchor_ps; /* when `count` was true */
};

static void update_irq(struct sim_part *part)
{
    const struct tim *tim = part->state;

    sim_cpu_irq(part->board->cpu, part->row->irq, tim->sr & tim->dier & UPDATE);
}

/* Of counter and reload register. */
static uint32_t widest(const struct sim_part *part)
{
    return part->row->device == &sim_device_tim32 ? UINT32_MAX : 0xFFFF;
}

static bool counts(const struct sim_part *part)
{
    const struct tim *tim = part->state;

    return tim->cr1 & CR1_CEN && !sim_part_is_frozen(part) && sim_part_has_clock(part);
}

static uint64_t ticks_to_ps(const struct sim_part *part, uint64_t ticks)
{
    const struct tim *tim = part->state;
    uint32_t khz = part->board->chip->rcc->khz(part->board, part->row->clock);

    return ticks * (tim->psc + 1) * 1000000000 / khz;
}

/* Moves the counter on and the anchor with it, by whole ticks. */
static void count_ticks(struct sim_part *part, uint64_t ticks)
{
    struct tim *tim = part->state;
    uint64_t count = tim->count + ticks, period = (uint64_t)tim->arr + 1;

    tim->anchor_ps += ticks_to_ps(part, ticks);
    if (count >= period) {
        tim->sr |= UPDATE;
        if (tim->cr1 & CR1_OPM)
            tim->cr1 &= ~CR1_CEN;
    }
    tim->count = (uint32_t)(count % period);
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct tim *tim = part->state;

    if (!counts(part)) {
        tim->anchor_ps = now_ps;
        return SIM_NEVER;
    }
    if (now_ps > tim->anchor_ps) {
        uint64_t tick_ps = ticks_to_ps(part, 1);
        count_ticks(part, (now_ps - tim->anchor_ps) / tick_ps);
        update_irq(part);
    }
    if (!(tim->dier & UPDATE) || tim->sr & UPDATE)
        return SIM_NEVER;
    return tim->anchor_ps + ticks_to_ps(part, (uint64_t)tim->arr + 1 - tim->count);
}

static void generate_update(struct tim *tim, uint64_t now_ps)
{
    tim->count = 0;
    tim->anchor_ps = now_ps;
    if (!(tim->cr1 & CR1_URS))
        tim->sr |= UPDATE;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct tim *tim = part->state;

    switch (offset) {
    case CR1:
        *value = tim->cr1;
        break;
    case DIER:
        *value = tim->dier;
        break;
    case SR:
        *value = tim->sr;
        break;
    case CNT:
        *value = tim->count;
        break;
    case PSC:
        *value = tim->psc;
        break;
    case ARR:
        *value = tim->arr;
        break;
    default:
        *value = 0;
    }
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct tim *tim = part->state;

    switch (offset) {
    case CR1:
        tim->cr1 = value & 0x3FF;
        break;
    case DIER:
        tim->dier = value & UPDATE;
        break;
    case SR: /* zeros clear */
        tim->sr &= value;
        break;
    case EGR:
        if (value & UPDATE)
            generate_update(tim, sim_part_now(part));
        break;
    case CNT:
        tim->count = value & widest(part);
        break;
    case PSC:
        tim->psc = value & 0xFFFF;
        break;
    case ARR:
        tim->arr = value & widest(part);
        break;
    default:
        break;
    }
    update_irq(part);
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct tim *)part->state = (struct tim){.arr = widest(part), .anchor_ps = sim_part_now(part)};
    update_irq(part);
}

const struct sim_device sim_device_tim = {
    .state_size = sizeof(struct tim),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
};
const struct sim_device sim_device_tim32 = {
    .state_size = sizeof(struct tim),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
};
