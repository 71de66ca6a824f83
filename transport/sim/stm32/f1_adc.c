/* SPDX-License-Identifier: MIT */
/* The ADC of the STM32F1 (RM0008, chapter 11), alone: regular and injected groups, scan, continuous
 * and discontinuous mode, calibration, analog watchdog, DMA, triggers of timers. Those of pins do
 * not come. What a channel measures, a person says (adc_controls.c). */
#include "sim/stm32/stm32_internal.h"

enum {
    SR = 0x00,
    CR1 = 0x04,
    CR2 = 0x08,
    SMPR1 = 0x0C,
    SMPR2 = 0x10,
    JOFR1 = 0x14,
    HTR = 0x24,
    LTR = 0x28,
    SQR1 = 0x2C,
    SQR3 = 0x34,
    JSQR = 0x38,
    JDR1 = 0x3C,
    DR = 0x4C,
    WORDS = DR / 4 + 1,

    FULL_SCALE = 4095,
    BY_SOFTWARE = 7, /* EXTSEL, JEXTSEL */
};
#define SR_AWD (1u << 0)
#define SR_EOC (1u << 1)
#define SR_JEOC (1u << 2)
#define SR_JSTRT (1u << 3)
#define SR_STRT (1u << 4)
#define CR1_EOCIE (1u << 5)
#define CR1_AWDIE (1u << 6)
#define CR1_JEOCIE (1u << 7)
#define CR1_SCAN (1u << 8)
#define CR1_AWDSGL (1u << 9)
#define CR1_JAUTO (1u << 10)
#define CR1_DISCEN (1u << 11)
#define CR1_DISCNUM(cr1) ((cr1) >> 13 & 7)
#define CR1_JAWDEN (1u << 22)
#define CR1_AWDEN (1u << 23)
#define CR2_ADON (1u << 0)
#define CR2_CONT (1u << 1)
#define CR2_CAL (1u << 2)
#define CR2_RSTCAL (1u << 3)
#define CR2_DMA (1u << 8)
#define CR2_ALIGN (1u << 11)
#define CR2_JEXTTRIG (1u << 15)
#define CR2_EXTTRIG (1u << 20)
#define CR2_JSWSTART (1u << 21)
#define CR2_SWSTART (1u << 22)
#define CR2_JEXTSEL(cr2) ((cr2) >> 12 & 7)
#define CR2_EXTSEL(cr2) ((cr2) >> 17 & 7)
#define CR2_KEPT (0x009FF803u | CR2_DMA)

struct adc {
    uint32_t registers[WORDS];        /* by offset / 4 */
    unsigned rank;                    /* of the regular group: next to be converted */
    unsigned chunk;                   /* still to be converted after this trigger */
    uint64_t regular_ps, injected_ps; /* when the conversion, and the group, end; 0: none */
};

static uint32_t reg(const struct adc *adc, uint32_t offset)
{
    return adc->registers[offset / 4];
}

static void update_irq(struct sim_part *part)
{
    const struct adc *adc = part->state;
    uint32_t sr = reg(adc, SR), cr1 = reg(adc, CR1);

    sim_part_irq(part, 0,
                 (sr & SR_EOC && cr1 & CR1_EOCIE) || (sr & SR_AWD && cr1 & CR1_AWDIE) ||
                     (sr & SR_JEOC && cr1 & CR1_JEOCIE));
}

/* --- what is converted, and how long that takes --- */

static unsigned regular_length(const struct adc *adc)
{
    return reg(adc, CR1) & CR1_SCAN ? (reg(adc, SQR1) >> 20 & 15) + 1 : 1;
}

static unsigned regular_channel(const struct adc *adc, unsigned rank)
{
    return reg(adc, SQR3 - 4 * (rank / 6)) >> rank % 6 * 5 & 31;
}

static unsigned injected_length(const struct adc *adc)
{
    return reg(adc, CR1) & CR1_SCAN ? (reg(adc, JSQR) >> 20 & 3) + 1 : 1;
}

/* A short sequence ends with JSQ4 (11.12.12). */
static unsigned injected_channel(const struct adc *adc, unsigned rank)
{
    unsigned length = (reg(adc, JSQR) >> 20 & 3) + 1;

    return reg(adc, JSQR) >> (4 - length + rank) * 5 & 31;
}

static uint64_t conversion_ps(const struct sim_part *part, unsigned channel)
{
    static const uint16_t half_cycles[8] = {3, 15, 27, 57, 83, 111, 143, 479};
    enum { CONVERSION = 25 }; /* 12.5 cycles */
    const struct adc *adc = part->state;
    uint32_t smpr = channel < 10 ? reg(adc, SMPR2) : reg(adc, SMPR1);
    uint32_t cycles = half_cycles[smpr >> channel % 10 * 3 & 7] + CONVERSION;
    uint32_t khz = part->board->chip->rcc->khz(part->board, part->row->clock);

    return sim_cycles_to_ps(cycles, khz) / 2;
}

static uint32_t measure(struct sim_part *part, unsigned channel)
{
    uint32_t mv = channel < SIM_ANALOG_CHANNELS ? part->board->analog_mv[channel] : 0;
    uint64_t value = (uint64_t)mv * FULL_SCALE / part->board->faults.vtref_mv;

    return value < FULL_SCALE ? (uint32_t)value : FULL_SCALE;
}

static void watch(struct adc *adc, uint32_t enable, unsigned channel, uint32_t value)
{
    uint32_t cr1 = reg(adc, CR1);
    bool meant = !(cr1 & CR1_AWDSGL) || (cr1 & 31) == channel;

    if (cr1 & enable && meant && (value > reg(adc, HTR) || value < reg(adc, LTR)))
        adc->registers[SR / 4] |= SR_AWD;
}

static uint32_t align(const struct adc *adc, uint32_t value)
{
    return reg(adc, CR2) & CR2_ALIGN ? value << 4 : value;
}

/* --- the regular group --- */

static void begin_conversion(struct sim_part *part, uint64_t from_ps)
{
    struct adc *adc = part->state;

    adc->regular_ps = from_ps + conversion_ps(part, regular_channel(adc, adc->rank));
}

static void start_regular(struct sim_part *part)
{
    struct adc *adc = part->state;
    unsigned length = regular_length(adc);

    if (adc->rank >= length)
        adc->rank = 0;
    adc->chunk = length - adc->rank;
    if (reg(adc, CR1) & CR1_DISCEN && adc->chunk > CR1_DISCNUM(reg(adc, CR1)) + 1)
        adc->chunk = CR1_DISCNUM(reg(adc, CR1)) + 1;
    adc->registers[SR / 4] |= SR_STRT;
    begin_conversion(part, sim_part_now(part));
}

static void start_injected(struct sim_part *part, uint64_t from_ps)
{
    struct adc *adc = part->state;

    adc->registers[SR / 4] |= SR_JSTRT;
    adc->injected_ps = from_ps;
    for (unsigned i = 0; i < injected_length(adc); i++)
        adc->injected_ps += conversion_ps(part, injected_channel(adc, i));
}

/* The group, or with DISCEN a part of it, is over. */
static void end_group(struct sim_part *part, uint64_t at_ps)
{
    struct adc *adc = part->state;

    adc->registers[SR / 4] |= SR_EOC;
    adc->regular_ps = 0;
    if (adc->rank >= regular_length(adc))
        adc->rank = 0;
    if (reg(adc, CR1) & CR1_JAUTO)
        start_injected(part, at_ps);
    if (!(reg(adc, CR2) & CR2_CONT) || reg(adc, CR1) & CR1_DISCEN)
        return;
    adc->chunk = regular_length(adc);
    begin_conversion(part, at_ps);
}

static void end_conversion(struct sim_part *part, uint64_t at_ps)
{
    struct adc *adc = part->state;
    unsigned channel = regular_channel(adc, adc->rank++);
    uint32_t value = measure(part, channel);

    adc->registers[DR / 4] = align(adc, value);
    watch(adc, CR1_AWDEN, channel, value);
    if (--adc->chunk == 0)
        end_group(part, at_ps);
    else
        begin_conversion(part, at_ps);
    if (reg(adc, CR2) & CR2_DMA)
        sim_dma_pulse(part, 0);
}

/* --- the injected group --- */

static void end_injected(struct sim_part *part)
{
    struct adc *adc = part->state;

    adc->injected_ps = 0;
    for (unsigned i = 0; i < injected_length(adc); i++) {
        unsigned channel = injected_channel(adc, i);
        uint32_t value = measure(part, channel);
        watch(adc, CR1_JAWDEN, channel, value);
        adc->registers[JDR1 / 4 + i] = align(adc, value - reg(adc, JOFR1 + 4 * i)) & 0xFFFF;
    }
    adc->registers[SR / 4] |= SR_JEOC;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a == 0 ? b : b == 0 || a < b ? a : b;
}

static uint64_t sync(struct sim_part *part, uint64_t now_ps)
{
    struct adc *adc = part->state;

    while (adc->regular_ps != 0 && adc->regular_ps <= now_ps)
        end_conversion(part, adc->regular_ps);
    if (adc->injected_ps != 0 && adc->injected_ps <= now_ps)
        end_injected(part);
    update_irq(part);
    uint64_t next = earlier(adc->regular_ps, adc->injected_ps);
    return next ? next : SIM_NEVER;
}

/* --- triggers --- */

/* By EXTSEL and JEXTSEL (11.12.3): the timer, its output; no timer: a pin, or software. */
struct source {
    uint8_t timer, output;
};
static const struct source regular_sources[8] = {{1, SIM_CC1}, {1, SIM_CC2},  {1, SIM_CC3},
                                                 {2, SIM_CC2}, {3, SIM_TRGO}, {4, SIM_CC4}};
static const struct source injected_sources[8] = {{1, SIM_TRGO}, {1, SIM_CC4}, {2, SIM_TRGO},
                                                  {2, SIM_CC1},  {3, SIM_CC4}, {4, SIM_TRGO}};

static uint64_t signal_of(uint32_t enabled, struct source source)
{
    return enabled && source.timer ? sim_signal(source.timer, source.output) : 0;
}

static uint64_t regular_signal(const struct adc *adc)
{
    uint32_t cr2 = reg(adc, CR2);

    return signal_of(cr2 & CR2_EXTTRIG, regular_sources[CR2_EXTSEL(cr2)]);
}

static uint64_t injected_signal(const struct adc *adc)
{
    uint32_t cr2 = reg(adc, CR2);

    return signal_of(cr2 & CR2_JEXTTRIG, injected_sources[CR2_JEXTSEL(cr2)]);
}

static void trigger(struct sim_part *part, uint64_t signal)
{
    const struct adc *adc = part->state;

    if (!(reg(adc, CR2) & CR2_ADON))
        return;
    if (regular_signal(adc) == signal)
        start_regular(part);
    if (injected_signal(adc) == signal)
        start_injected(part, sim_part_now(part));
}

/* --- registers --- */

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    struct adc *adc = part->state;

    *value = offset / 4 < WORDS ? reg(adc, offset) : 0;
    if (offset == DR) {
        adc->registers[SR / 4] &= ~SR_EOC;
        update_irq(part);
    }
    return true;
}

/* Calibration is over at once. ADON wakes the converter; written again with nothing else changed it
 * starts it (11.3.1). */
static void write_cr2(struct sim_part *part, uint32_t value)
{
    struct adc *adc = part->state;
    uint32_t before = reg(adc, CR2), kept = value & CR2_KEPT;
    bool on = before & CR2_ADON && value & CR2_ADON;

    adc->registers[CR2 / 4] = kept;
    sim_trigger_listen(part, regular_signal(adc) | injected_signal(adc));
    if (!(value & CR2_ADON)) {
        adc->regular_ps = adc->injected_ps = 0;
        adc->rank = 0;
    }
    bool again = on && kept == before && !(value & (CR2_CAL | CR2_RSTCAL | CR2_JSWSTART));
    bool by_software =
        value & CR2_SWSTART && value & CR2_EXTTRIG && CR2_EXTSEL(value) == BY_SOFTWARE;
    if (on && (by_software || (again && !(value & CR2_SWSTART))))
        start_regular(part);
    if (on && value & CR2_JSWSTART && value & CR2_JEXTTRIG && CR2_JEXTSEL(value) == BY_SOFTWARE)
        start_injected(part, sim_part_now(part));
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct adc *adc = part->state;

    if (offset == SR) /* zeros clear */
        adc->registers[SR / 4] &= value;
    else if (offset == CR2)
        write_cr2(part, value);
    else if (offset < JDR1)
        adc->registers[offset / 4] = value;
    update_irq(part);
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct adc *)part->state = (struct adc){.registers[HTR / 4] = 0xFFF};
    sim_trigger_listen(part, 0);
    update_irq(part);
}

const struct sim_device sim_device_f1_adc = {
    .state_size = sizeof(struct adc),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sync,
    .trigger = trigger,
};
