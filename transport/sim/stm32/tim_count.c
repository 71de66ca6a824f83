/* SPDX-License-Identifier: MIT */
/* How a timer counts (RM0008, 14.3 and 15.3): up, down, or up and down, from one event to the next:
 * the end of a round, or a compare register that is reached. It computes when that is; it never
 * ticks. */
#include "sim/stm32/tim_internal.h"

enum { SMS_ENCODER_1 = 1, SMS_ENCODER_3 = 3, SMS_RESET, SMS_GATED, SMS_TRIGGER, SMS_EXTERNAL };
enum { IRQ_BREAK, IRQ_UPDATE, IRQ_TRIGGER, IRQ_COMPARE, IRQS }; /* of those that have several */
#define FLAGS_BREAK (1u << 7)
#define FLAGS_TRIGGER (3u << 5)
#define FLAGS_COMPARE (15u << 1)
#define DMA_ENABLES(dier) ((dier) >> 8) /* in the order of the flags */
#define FLAGS 0xFFu

uint32_t sim_tim_widest(const struct sim_part *part)
{
    return part->row->device == &sim_device_tim32 ? UINT32_MAX : 0xFFFF;
}

/* --- flags --- */

void sim_tim_update_irqs(struct sim_part *part)
{
    static const uint32_t flags[IRQS] = {FLAGS_BREAK, SIM_TIM_UPDATE, FLAGS_TRIGGER, FLAGS_COMPARE};
    const struct sim_tim *tim = part->state;
    uint32_t due = tim->sr & tim->dier & FLAGS;

    if (!part->row->irqs) {
        sim_part_irq(part, 0, due);
        return;
    }
    for (unsigned i = 0; i < IRQS; i++)
        sim_part_irq(part, i, due & flags[i]);
}

/* Its requests stand in the row as update, compare 1 to 4, trigger. */
static void request_dma(struct sim_part *part, uint32_t flag)
{
    const struct sim_tim *tim = part->state;

    for (unsigned i = 0; i < SIM_DMA_LINES; i++) {
        uint32_t of_line = i + 1 < SIM_DMA_LINES ? 1u << i : 1u << 6;
        if (flag == of_line && DMA_ENABLES(tim->dier) & of_line)
            sim_dma_pulse(part, i);
    }
}

void sim_tim_flag(struct sim_part *part, uint32_t flag)
{
    struct sim_tim *tim = part->state;

    tim->sr |= flag;
    request_dma(part, flag);
}

/* --- rounds --- */

static bool is_centred(const struct sim_tim *tim)
{
    return tim->cr1 & SIM_TIM_CMS;
}

static void take_preloaded(struct sim_part *part)
{
    struct sim_tim *tim = part->state;

    tim->psc_used = tim->psc;
    tim->arr_used = tim->arr;
    tim->repeats = tim->rcr;
    for (unsigned i = 0; i < SIM_TIM_CHANNELS; i++)
        tim->ccr_used[i] = tim->ccr[i];
}

void sim_tim_update_event(struct sim_part *part, bool restart)
{
    struct sim_tim *tim = part->state;
    bool tells = !(restart && tim->cr1 & SIM_TIM_URS);

    if (restart && is_centred(tim))
        tim->down = false;
    if (!(tim->cr1 & SIM_TIM_UDIS)) {
        take_preloaded(part);
        if (tells)
            sim_tim_flag(part, SIM_TIM_UPDATE);
        if (SIM_TIM_MMS(tim->cr2) == SIM_TIM_MMS_UPDATE)
            sim_trigger(part, SIM_TRGO);
    }
    if (restart)
        tim->count = tim->down ? tim->arr_used : 0;
}

static void end_round(struct sim_part *part)
{
    struct sim_tim *tim = part->state;

    if (tim->repeats > 0) {
        tim->repeats--;
        return;
    }
    sim_tim_update_event(part, false);
    if (tim->cr1 & SIM_TIM_OPM)
        tim->cr1 &= ~SIM_TIM_CEN;
}

/* Ticks until the round ends, at least 1; *tells: with an event, which a counter beyond its reload
 * value has not. */
static uint64_t to_round(const struct sim_part *part, bool *tells)
{
    const struct sim_tim *tim = part->state;

    *tells = true;
    if (is_centred(tim) && tim->count <= tim->arr_used) {
        uint32_t left = tim->down ? tim->count : tim->arr_used - tim->count;
        return left ? left : 1;
    }
    if (tim->down)
        return (uint64_t)tim->count + 1;
    if (tim->count <= tim->arr_used)
        return (uint64_t)tim->arr_used - tim->count + 1;
    *tells = false;
    return (uint64_t)sim_tim_widest(part) - tim->count + 1;
}

/* Ticks until a compare register is reached within the round; 0: it is not. */
static uint64_t to_compare(const struct sim_tim *tim, unsigned channel)
{
    uint32_t value = tim->ccr_used[channel];

    if (tim->down)
        return value < tim->count ? tim->count - value : 0;
    return value > tim->count && value <= tim->arr_used ? value - tim->count : 0;
}

/* Centred counters may tell in one direction only (14.4.1, CMS). */
static bool tells_compare(const struct sim_tim *tim)
{
    uint32_t mode = (tim->cr1 & SIM_TIM_CMS) >> 5;

    return mode == 0 || mode == 3 || (mode == 1) == tim->down;
}

/* TRGO is a channel's output, or its compare pulse. */
static bool is_trgo(const struct sim_tim *tim, unsigned channel)
{
    enum { COMPARE_PULSE = 3, OUTPUT_1 = 4 };
    uint32_t mms = SIM_TIM_MMS(tim->cr2);

    return mms == OUTPUT_1 + channel || (mms == COMPARE_PULSE && channel == 0);
}

static void match(struct sim_part *part)
{
    const struct sim_tim *tim = part->state;

    for (unsigned i = 0; i < SIM_TIM_CHANNELS; i++) {
        if (tim->count != tim->ccr_used[i] || !tells_compare(tim))
            continue;
        sim_tim_flag(part, SIM_TIM_CC(i));
        sim_trigger(part, SIM_CC1 + i);
        if (is_trgo(tim, i))
            sim_trigger(part, SIM_TRGO);
    }
}

static void begin_round(struct sim_part *part)
{
    struct sim_tim *tim = part->state;

    if (is_centred(tim)) {
        tim->count = tim->down ? 0 : tim->arr_used;
        tim->down = !tim->down;
    } else {
        tim->count = tim->down ? tim->arr_used : 0;
    }
}

static void advance(struct sim_part *part, uint64_t ticks)
{
    struct sim_tim *tim = part->state;
    bool tells;

    if (ticks < to_round(part, &tells)) {
        tim->count += tim->down ? -(uint32_t)ticks : (uint32_t)ticks;
    } else {
        begin_round(part);
        if (tells)
            end_round(part);
    }
    match(part);
}

/* --- time --- */

static bool counts(const struct sim_part *part)
{
    const struct sim_tim *tim = part->state;
    uint32_t sms = tim->smcr & 7;
    bool by_others =
        (sms >= SMS_ENCODER_1 && sms <= SMS_ENCODER_3) || sms == SMS_GATED || sms == SMS_EXTERNAL;

    return tim->cr1 & SIM_TIM_CEN && tim->arr_used != 0 && !by_others &&
           !sim_part_is_frozen(part) && sim_part_has_clock(part);
}

static uint32_t khz(const struct sim_part *part)
{
    return part->board->chip->rcc->khz(part->board, part->row->clock);
}

static uint64_t ticks_to_ps(const struct sim_part *part, uint64_t ticks)
{
    const struct sim_tim *tim = part->state;

    return sim_ticks_to_ps(ticks, khz(part), (uint64_t)tim->psc_used + 1);
}

/* Until anything happens. */
static uint64_t to_event(const struct sim_part *part)
{
    const struct sim_tim *tim = part->state;
    bool tells;
    uint64_t least = to_round(part, &tells);

    for (unsigned i = 0; i < SIM_TIM_CHANNELS; i++) {
        uint64_t ticks = to_compare(tim, i);
        if (ticks > 0 && ticks < least)
            least = ticks;
    }
    return least;
}

static bool others_listen(const struct sim_part *part)
{
    return part->board->listened_to >> part->row->unit * 8 & 0xFF;
}

/* Many whole rounds, in which nobody changed anything: all that happens in one has happened. */
static uint64_t skip_rounds(struct sim_part *part, uint64_t ticks)
{
    struct sim_tim *tim = part->state;
    uint64_t round = is_centred(tim) ? UINT64_C(2) * tim->arr_used : (uint64_t)tim->arr_used + 1;
    uint64_t rounds = round ? ticks / round : 0;
    bool settled = tim->psc == tim->psc_used && tim->arr == tim->arr_used && tim->repeats == 0 &&
                   tim->rcr == 0 && !(tim->cr1 & SIM_TIM_OPM) && tim->count <= tim->arr_used &&
                   DMA_ENABLES(tim->dier) == 0 && !others_listen(part);

    if (!settled || rounds < 3)
        return 0;
    return (rounds - 2) * round; /* the two left set all flags */
}

static void count(struct sim_part *part, uint64_t now_ps)
{
    struct sim_tim *tim = part->state;
    uint64_t ticks, next;

    do {
        uint64_t divider = (uint64_t)tim->psc_used + 1;
        ticks = sim_ticks_in(now_ps - tim->anchor_ps, khz(part), divider);
        tim->anchor_ps += ticks_to_ps(part, skip_rounds(part, ticks));
        ticks = sim_ticks_in(now_ps - tim->anchor_ps, khz(part), divider);
        next = to_event(part);
        uint64_t step = ticks < next ? ticks : next;
        tim->anchor_ps += ticks_to_ps(part, step);
        if (step > 0)
            advance(part, step);
    } while (ticks >= next && tim->cr1 & SIM_TIM_CEN);
}

/* Somebody is told when a round ends or a compare register is reached. */
static bool is_listened_to(const struct sim_part *part)
{
    const struct sim_tim *tim = part->state;
    uint32_t quiet = tim->sr & FLAGS; /* an interrupt that waits already */

    return tim->dier & (FLAGS & ~quiet) || DMA_ENABLES(tim->dier) || others_listen(part);
}

uint64_t sim_tim_sync(struct sim_part *part, uint64_t now_ps)
{
    struct sim_tim *tim = part->state;

    if (!counts(part)) {
        tim->anchor_ps = now_ps;
        return SIM_NEVER;
    }
    if (now_ps > tim->anchor_ps)
        count(part, now_ps);
    sim_tim_update_irqs(part);
    if (!counts(part) || !is_listened_to(part))
        return SIM_NEVER;
    return tim->anchor_ps + ticks_to_ps(part, to_event(part)) + 1;
}

/* --- other timers --- */

/* Its slave mode, by another's TRGO (14.3.14). */
void sim_tim_triggered(struct sim_part *part, uint64_t signal)
{
    struct sim_tim *tim = part->state;
    uint32_t sms = tim->smcr & 7;

    sim_tim_flag(part, SIM_TIM_TRIGGER);
    if (sms == SMS_RESET) {
        tim->anchor_ps = sim_part_now(part);
        sim_tim_update_event(part, true);
    } else if (sms == SMS_TRIGGER) {
        tim->cr1 |= SIM_TIM_CEN;
    } else if (sms == SMS_EXTERNAL && tim->cr1 & SIM_TIM_CEN && tim->arr_used != 0) {
        advance(part, 1);
    }
    sim_tim_update_irqs(part);
}

/* Which of the others' SMCR.TS chooses: the row's facts, by number of ITR. */
void sim_tim_listen(struct sim_part *part)
{
    const struct sim_tim *tim = part->state;
    const uint8_t *timers = part->row->facts;
    uint32_t source = tim->smcr >> 4 & 7;
    bool listens = timers && tim->smcr & 7 && source < SIM_TIM_ITRS && timers[source];

    sim_trigger_listen(part, listens ? sim_signal(timers[source], SIM_TRGO) : 0);
}
