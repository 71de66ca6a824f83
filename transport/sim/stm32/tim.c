/* SPDX-License-Identifier: MIT */
/* The registers of a timer, advanced (TIM1) or general-purpose (RM0008, 14.4 and 15.4). Pins are
 * not there: nothing is captured, encoders stand, outputs show at none. */
#include "sim/stm32/tim_internal.h"

enum {
    CR1 = 0x00,
    CR2 = 0x04,
    SMCR = 0x08,
    DIER = 0x0C,
    SR = 0x10,
    EGR = 0x14,
    CCMR1 = 0x18,
    CCMR2 = 0x1C,
    CCER = 0x20,
    CNT = 0x24,
    PSC = 0x28,
    ARR = 0x2C,
    RCR = 0x30,
    CCR1 = 0x34,
    CCR4 = 0x40,
    BDTR = 0x44,
    DCR = 0x48,
};
#define OCPE(channel) (1u << (3 + (channel) % 2 * 8)) /* in CCMR1, CCMR2 */

static bool is_advanced(const struct sim_part *part)
{
    return part->row->irqs;
}

/* Those that only keep what is written. */
static uint32_t *plain_register(struct sim_tim *tim, uint32_t offset)
{
    switch (offset) {
    case CR2:
        return &tim->cr2;
    case SMCR:
        return &tim->smcr;
    case DIER:
        return &tim->dier;
    case CCMR1:
    case CCMR2:
        return &tim->ccmr[(offset - CCMR1) / 4];
    case CCER:
        return &tim->ccer;
    case DCR:
        return &tim->dcr;
    default:
        return NULL;
    }
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct sim_tim *tim = part->state;
    const uint32_t *plain = plain_register(tim, offset);

    *value = 0;
    if (plain)
        *value = *plain;
    else if (offset == CR1)
        *value = (tim->cr1 & ~SIM_TIM_DIR) | (tim->down ? SIM_TIM_DIR : 0);
    else if (offset == SR)
        *value = tim->sr;
    else if (offset == CNT)
        *value = tim->count;
    else if (offset == PSC)
        *value = tim->psc;
    else if (offset == ARR)
        *value = tim->arr;
    else if (offset >= CCR1 && offset <= CCR4)
        *value = tim->ccr[(offset - CCR1) / 4];
    else if (offset == RCR || offset == BDTR)
        *value = offset == RCR ? tim->rcr : tim->bdtr;
    return true;
}

static void write_cr1(struct sim_part *part, uint32_t value)
{
    struct sim_tim *tim = part->state;

    tim->cr1 = value & 0x3FF;
    if (!(tim->cr1 & SIM_TIM_CMS)) /* else DIR is read-only */
        tim->down = value & SIM_TIM_DIR;
    if (!(tim->cr1 & SIM_TIM_ARPE))
        tim->arr_used = tim->arr;
}

static void generate(struct sim_part *part, uint32_t value)
{
    if (value & SIM_TIM_UPDATE) {
        struct sim_tim *tim = part->state;
        tim->anchor_ps = sim_part_now(part);
        sim_tim_update_event(part, true);
    }
    for (unsigned i = 0; i < SIM_TIM_CHANNELS; i++)
        if (value & SIM_TIM_CC(i))
            sim_tim_flag(part, SIM_TIM_CC(i));
    if (value & SIM_TIM_TRIGGER)
        sim_tim_flag(part, SIM_TIM_TRIGGER);
}

static void write_ccr(struct sim_part *part, unsigned channel, uint32_t value)
{
    struct sim_tim *tim = part->state;

    tim->ccr[channel] = value & sim_tim_widest(part);
    if (!(tim->ccmr[channel / 2] & OCPE(channel)))
        tim->ccr_used[channel] = tim->ccr[channel];
}

static void write_arr(struct sim_part *part, uint32_t value)
{
    struct sim_tim *tim = part->state;

    tim->arr = value & sim_tim_widest(part);
    if (!(tim->cr1 & SIM_TIM_ARPE))
        tim->arr_used = tim->arr;
}

/* CNT may be written while it counts; PSC counts from the next update on. */
static void write_count(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_tim *tim = part->state;

    if (offset == CNT)
        tim->count = value & sim_tim_widest(part);
    else if (offset == PSC)
        tim->psc = value & 0xFFFF;
    else if (offset == ARR)
        write_arr(part, value);
    else if (offset >= CCR1 && offset <= CCR4)
        write_ccr(part, (offset - CCR1) / 4, value);
    else if (offset == RCR && is_advanced(part))
        tim->rcr = value & 0xFF;
    else if (offset == BDTR && is_advanced(part))
        tim->bdtr = value & 0xFFFF;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_tim *tim = part->state;
    uint32_t *plain = plain_register(tim, offset);

    if (plain)
        *plain = value & 0xFFFF;
    else if (offset == CR1)
        write_cr1(part, value);
    else if (offset == SR) /* zeros clear */
        tim->sr &= value;
    else if (offset == EGR)
        generate(part, value);
    else
        write_count(part, offset, value);
    if (offset == SMCR)
        sim_tim_listen(part);
    sim_tim_update_irqs(part);
    return true;
}

static void reset(struct sim_part *part)
{
    uint32_t widest = sim_tim_widest(part);

    *(struct sim_tim *)part->state =
        (struct sim_tim){.arr = widest, .arr_used = widest, .anchor_ps = sim_part_now(part)};
    sim_tim_listen(part);
    sim_tim_update_irqs(part);
}

/* They differ in their width alone: sim_tim_widest(). */
#define TIMER                                                                               \
    {                                                                                       \
        .state_size = sizeof(struct sim_tim), .read = read, .write = write, .reset = reset, \
        .sync = sim_tim_sync, .trigger = sim_tim_triggered,                                 \
    }
const struct sim_device sim_device_tim = TIMER;
const struct sim_device sim_device_tim32 = TIMER;
