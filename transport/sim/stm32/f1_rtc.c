/* SPDX-License-Identifier: MIT */
/* The real-time clock of the STM32F1 (RM0008, chapter 18): a prescaler and a counter of 32 bits in
 * the backup domain, with its alarm, which is EXTI's line 17 too. Writes are done at once. */
#include "sim/stm32/stm32_internal.h"

enum {
    CRH = 0x00,
    CRL = 0x04,
    PRLH = 0x08,
    PRLL = 0x0C,
    DIVH = 0x10,
    DIVL = 0x14,
    CNTH = 0x18,
    CNTL = 0x1C,
    ALRH = 0x20,
    ALRL = 0x24,

    ALARM_LINE = 17, /* of EXTI */
};
#define SECOND (1u << 0) /* in CRH and CRL */
#define ALARM (1u << 1)
#define OVERFLOW (1u << 2)
#define CRL_RSF (1u << 3)
#define CRL_CNF (1u << 4)
#define CRL_RTOFF (1u << 5)
#define CRL_CLEARABLE (SECOND | ALARM | OVERFLOW | CRL_RSF)
#define PS_PER_S 1000000000000ull

struct rtc {
    uint32_t crh, crl;
    uint32_t prl, count, alarm;
    uint32_t cycles;    /* since the counter last counted */
    uint64_t anchor_ps; /* when these were true */
};

static void update_irq(struct sim_part *part)
{
    const struct rtc *rtc = part->state;

    sim_part_irq(part, 0, rtc->crl & rtc->crh & (SECOND | ALARM | OVERFLOW));
}

/* --- counting --- */

/* Of the clock, in that time: both stay inside 64 bits. */
static uint64_t cycles_in(uint64_t ps, uint32_t hz)
{
    return ps / PS_PER_S * hz + ps % PS_PER_S * hz / PS_PER_S;
}

static uint64_t cycles_to_ps(uint64_t cycles, uint32_t hz)
{
    return cycles / hz * PS_PER_S + cycles % hz * PS_PER_S / hz;
}

static void count(struct sim_part *part, uint64_t ticks)
{
    struct rtc *rtc = part->state;
    uint64_t to_alarm = (uint32_t)(rtc->alarm - rtc->count - 1) + UINT64_C(1);

    if (ticks == 0)
        return;
    rtc->crl |= SECOND;
    if (rtc->count + ticks > UINT32_MAX)
        rtc->crl |= OVERFLOW;
    rtc->count += (uint32_t)ticks;
    if (ticks >= to_alarm) {
        rtc->crl |= ALARM;
        sim_exti_edge(part->board, ALARM_LINE, true);
        sim_pwr_wake(part->board);
    }
    update_irq(part);
}

/* When the counter will have counted so many times. */
static uint64_t time_of(const struct rtc *rtc, uint64_t ticks, uint32_t hz)
{
    uint64_t cycles = ticks * (rtc->prl + UINT64_C(1)) - rtc->cycles;

    return rtc->anchor_ps + cycles_to_ps(cycles, hz) + 1;
}

static uint64_t next_event(const struct rtc *rtc, uint32_t hz)
{
    uint64_t to_alarm = (uint32_t)(rtc->alarm - rtc->count - 1) + UINT64_C(1);

    if (rtc->crh & SECOND && !(rtc->crl & SECOND))
        return time_of(rtc, 1, hz);
    if (rtc->crh & OVERFLOW && rtc->count > rtc->alarm)
        to_alarm = UINT32_MAX - rtc->count + UINT64_C(1);
    return time_of(rtc, to_alarm, hz);
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct rtc *rtc = part->state;
    uint32_t hz = part->board->chip->rcc->rtc_hz(part->board);

    if (hz == 0) {
        rtc->anchor_ps = now_ps;
        return SIM_NEVER;
    }
    uint64_t cycles = cycles_in(now_ps - rtc->anchor_ps, hz);
    rtc->anchor_ps += cycles_to_ps(cycles, hz);
    uint64_t total = rtc->cycles + cycles, period = rtc->prl + UINT64_C(1);
    rtc->cycles = (uint32_t)(total % period);
    if (cycles > 0)
        rtc->crl |= CRL_RSF;
    count(part, total / period);
    return next_event(rtc, hz);
}

/* --- registers --- */

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct rtc *rtc = part->state;
    uint32_t div = rtc->prl - rtc->cycles;
    const uint32_t registers[] = {[CRH / 4] = rtc->crh,
                                  [CRL / 4] = rtc->crl | CRL_RTOFF,
                                  [DIVH / 4] = div >> 16,
                                  [DIVL / 4] = div & 0xFFFF,
                                  [CNTH / 4] = rtc->count >> 16,
                                  [CNTL / 4] = rtc->count & 0xFFFF,
                                  [ALRL / 4] = 0 /* write-only, as PRL and ALRH are */};

    *value = offset <= ALRL ? registers[offset / 4] : 0;
    return true;
}

static void put_half(uint32_t *reg, bool high, uint32_t value)
{
    *reg = high ? (*reg & 0xFFFF) | value << 16 : (*reg & 0xFFFF0000) | (value & 0xFFFF);
}

static void configure(struct rtc *rtc, uint32_t offset, uint32_t value)
{
    if (offset == PRLH || offset == PRLL) {
        put_half(&rtc->prl, offset == PRLH, offset == PRLH ? value & 0xF : value);
        rtc->cycles = 0;
    } else if (offset == CNTH || offset == CNTL) {
        put_half(&rtc->count, offset == CNTH, value);
        rtc->cycles = 0;
    } else if (offset == ALRH || offset == ALRL) {
        put_half(&rtc->alarm, offset == ALRH, value);
    }
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct rtc *rtc = part->state;

    if (!sim_backup_writable(part->board))
        return true;
    if (offset == CRH)
        rtc->crh = value & (SECOND | ALARM | OVERFLOW);
    else if (offset == CRL) /* zeros clear */
        rtc->crl = (rtc->crl & CRL_CLEARABLE & value) | (value & CRL_CNF);
    else if (rtc->crl & CRL_CNF)
        configure(rtc, offset, value);
    update_irq(part);
    return true;
}

/* Counter, prescaler and alarm belong to the backup domain (18.3.2). */
static void reset(struct sim_part *part)
{
    struct rtc *rtc = part->state;

    rtc->crh = rtc->crl = 0;
    update_irq(part);
}

static void power_on(struct sim_part *part)
{
    *(struct rtc *)part->state =
        (struct rtc){.prl = 0x8000, .alarm = UINT32_MAX, .anchor_ps = sim_part_now(part)};
    update_irq(part);
}

const struct sim_device sim_device_f1_rtc = {
    .state_size = sizeof(struct rtc),
    .read = read,
    .write = write,
    .reset = reset,
    .power_on = power_on,
    .sync = sync,
    .always_on = true,
    .backed_up = true,
};
