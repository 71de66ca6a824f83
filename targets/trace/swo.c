/* SPDX-License-Identifier: MIT */
#include "trace/swo.h"

#include <string.h>

#include "base/buf.h"
#include "chip/chips.h"
#include "core/core.h"

#define ITM_TER 0xE0000E00u
#define ITM_TPR 0xE0000E40u
#define ITM_TCR 0xE0000E80u
#define ITM_LAR 0xE0000FB0u
#define DWT_CYCCNT 0xE0001004u
#define LOCK_KEY 0xC5ACCE55u

#define TCR_ITMENA (1u << 0)
#define TCR_TSENA (1u << 1)
#define TCR_SYNCENA (1u << 2)
#define TCR_TXENA (1u << 3)
#define TCR_BUS_ID (1u << 16) /* of the formatter's frames, which we do without: not 0 */
#define TCR_BUSY (1u << 23)
#define CTRL_CYCCNTENA (1u << 0)
#define CTRL_POSTPRESET_SHIFT 1
#define CTRL_POSTINIT_SHIFT 5
#define CTRL_CYCTAP (1u << 9)
#define CTRL_SYNCTAP_24 (1u << 10)
#define CTRL_PCSAMPLENA (1u << 12)
#define CTRL_EXCTRCENA (1u << 16)

/* Of the TPIU, and of the block that H7 has for this pin alone (RM0433, 60.5.6). */
enum { CSPSR = 0x004, ACPR = 0x010, SPPR = 0x0F0, FFCR = 0x304, LAR = 0xFB0 };
enum { CSPSR_ONE_BIT = 1, SPPR_NRZ = 2, FFCR_PLAIN = 0x100, ACPR_MAX = 0x1FFF };

enum {
    CPUID_ARCHITECTURE_SHIFT = 16,
    ARCHITECTURE_MAINLINE = 0xF,
    BUSY_US = 100000,
    TAP_SHORT = 64,
    TAP_LONG = 1024,
    PRESET_MAX = 15,
    MEASURE_US = 100000,
    LOOK_LONGEST_US = 10000, /* a look that took longer says too little of when it was */
    PER_CENT = 100,
};

/* Where the pin is given to the trace (DBGMCU_CR: TRACE_IOEN, and TRACE_MODE for one wire), and who
 * sends. */
static const struct trace_place {
    uint32_t dbgmcu, set, clear, output;
    uint32_t funnel; /* that leads there, to be opened; 0: there is none */
} places[] = {
    {0xE0042004, 0x20, 0xC0, 0xE0040000, 0},
    {0xE0044004, 0x30, 0xC0, 0xE0040000, 0}, /* with TRACE_EN */
    {0x44024004, 0x30, 0xC0, 0xE0040000, 0},
    {0x5C001004, 0x700000, 0, 0x5C003000, 0x5C004000}, /* TRACECLKEN, D1DBGCKEN, D3DBGCKEN */
};
#define FUNNEL_FIRST_CORE 0x301u

static struct core *core_of(struct target *target)
{
    return &target->cores[0];
}

/* NULL: not known. */
static const struct trace_place *place_of(const struct target *target)
{
    const struct chip_family *family = chip_family_of(target->chip.dev_id);

    for (size_t i = 0; family && i < sizeof places / sizeof *places; i++)
        if (family->dbgmcu.cr == places[i].dbgmcu)
            return &places[i];
    return NULL;
}

enum err swo_require(struct target *target)
{
    const struct core *core = core_of(target);
    bool mainline = (core->found.cpuid >> CPUID_ARCHITECTURE_SHIFT & 0xF) == ARCHITECTURE_MAINLINE;

    if (target_state(target) == TARGET_ABSENT)
        return job_fail(target->job, ERR_NOT_CONNECTED, "the target is not connected");
    if (!mainline)
        return job_fail(target->job, ERR_UNSUPPORTED,
                        "a %s has neither ITM nor SWO: print by RTT, which needs no pin",
                        core->found.name);
    if (!place_of(target))
        return job_fail(target->job, ERR_UNSUPPORTED,
                        "how %s gives its SWO pin to the trace is not known here: print by RTT, "
                        "which needs no pin",
                        target->chip.name);
    return ERR_OK;
}

/* --- rates --- */

static uint32_t divider(uint32_t clock_hz, uint32_t baud)
{
    uint32_t by = (uint32_t)(((uint64_t)clock_hz + baud / 2) / baud);

    return by == 0 ? 1 : by > ACPR_MAX + 1 ? ACPR_MAX + 1 : by;
}

uint32_t swo_best_baud(uint32_t clock_hz, uint32_t limit)
{
    if (!clock_hz || !limit)
        return 0;
    uint32_t by =
        (clock_hz - clock_hz / PER_CENT - 1) / limit + 1; /* what was measured is a guess */

    if (by > ACPR_MAX + 1)
        return 0;
    return clock_hz / by < limit ? clock_hz / by : limit;
}

uint32_t swo_pin_baud(const struct swo_plan *plan)
{
    return plan->clock_hz / divider(plan->clock_hz, plan->baud);
}

bool swo_fits(const struct swo_plan *plan)
{
    int64_t apart = (int64_t)swo_pin_baud(plan) - plan->baud;

    return (apart < 0 ? -apart : apart) * PER_CENT <= (int64_t)SWO_TOLERANCE * plan->baud;
}

/* POSTCNT counts every 64 or every 1024 cycles (C1.8.2). */
static uint32_t preset(uint32_t cycles, uint32_t tap)
{
    uint32_t count = (cycles + tap - 1) / tap;

    return count == 0 ? 0 : count - 1;
}

static bool needs_long_tap(uint32_t cycles)
{
    return preset(cycles, TAP_SHORT) > PRESET_MAX;
}

static uint32_t preset_of(uint32_t cycles)
{
    uint32_t value = preset(cycles, needs_long_tap(cycles) ? TAP_LONG : TAP_SHORT);

    return value < PRESET_MAX ? value : PRESET_MAX;
}

uint32_t swo_sample_period(uint32_t cycles)
{
    return (preset_of(cycles) + 1) * (needs_long_tap(cycles) ? TAP_LONG : TAP_SHORT);
}

/* --- registers as a plan wants them --- */

static uint32_t dwt_ctrl(const struct swo_plan *plan)
{
    uint32_t value = CTRL_CYCCNTENA | CTRL_SYNCTAP_24;

    if (plan->exceptions)
        value |= CTRL_EXCTRCENA;
    if (!plan->sample_cycles)
        return value;
    uint32_t post = preset_of(plan->sample_cycles);
    if (needs_long_tap(plan->sample_cycles))
        value |= CTRL_CYCTAP;
    return value | CTRL_PCSAMPLENA | post << CTRL_POSTPRESET_SHIFT | post << CTRL_POSTINIT_SHIFT;
}

static uint32_t itm_tcr(const struct swo_plan *plan)
{
    return TCR_ITMENA | TCR_SYNCENA | TCR_TXENA | TCR_BUS_ID | (plan->times ? TCR_TSENA : 0);
}

static void queue_output(struct ops *ops, const struct trace_place *place,
                         const struct swo_plan *plan)
{
    ops_write32(ops, place->output + LAR, LOCK_KEY);
    if (!place->funnel)
        ops_write32(ops, place->output + CSPSR, CSPSR_ONE_BIT);
    ops_write32(ops, place->output + ACPR, divider(plan->clock_hz, plan->baud) - 1);
    ops_write32(ops, place->output + SPPR, SPPR_NRZ);
    if (!place->funnel)
        ops_write32(ops, place->output + FFCR, FFCR_PLAIN);
}

/* Chips of the H7 series with one core have none, and take the write all the same. */
static void queue_funnel(struct ops *ops, const struct trace_place *place)
{
    if (!place->funnel)
        return;
    ops_write32(ops, place->funnel + LAR, LOCK_KEY);
    ops_write32(ops, place->funnel, FUNNEL_FIRST_CORE);
}

static void queue_sources(struct ops *ops, const struct swo_plan *plan)
{
    ops_write32(ops, ITM_LAR, LOCK_KEY);
    ops_write32(ops, ITM_TCR, 0);
    ops_wait32(ops, ITM_TCR, TCR_BUSY, 0, BUSY_US);
    ops_write32(ops, ITM_TPR, 0); /* tasks without privilege print, too */
    ops_write32(ops, ITM_TER, plan->ports);
    ops_write32(ops, DWT_CTRL, dwt_ctrl(plan));
    ops_write32(ops, ITM_TCR, itm_tcr(plan));
}

enum err swo_set_up(struct target *target, const struct swo_plan *plan)
{
    struct core *core = core_of(target);
    enum err err = swo_require(target);
    uint32_t demcr = 0, pins = 0;

    if (err)
        return err;
    const struct trace_place *place = place_of(target);
    ops_read32(&core->ops, DEMCR, &demcr);
    ops_read32(&core->ops, place->dbgmcu, &pins);
    if ((err = core_flush(core)) != ERR_OK)
        return err;
    ops_write32(&core->ops, DEMCR, demcr | DEMCR_TRCENA);
    ops_write32(&core->ops, place->dbgmcu, (pins & ~place->clear) | place->set);
    queue_funnel(&core->ops, place);
    queue_output(&core->ops, place, plan);
    queue_sources(&core->ops, plan);
    return core_flush(core);
}

enum err swo_set_samples(struct target *target, const struct swo_plan *plan)
{
    struct core *core = core_of(target);

    ops_write32(&core->ops, DWT_CTRL, dwt_ctrl(plan));
    return core_flush(core);
}

enum err swo_take_down(struct target *target)
{
    struct core *core = core_of(target);

    ops_write32(&core->ops, ITM_LAR, LOCK_KEY);
    ops_write32(&core->ops, ITM_TCR, 0);
    ops_write32(&core->ops, DWT_CTRL, 0);
    return core_flush(core);
}

/* --- what became of them --- */

struct check {
    const char *what;
    uint32_t address, mask, wanted, found;
};

enum err swo_check(struct target *target, const struct swo_plan *plan, char *changed, size_t size)
{
    struct core *core = core_of(target);
    const struct trace_place *place = place_of(target);
    struct buf text;

    buf_init(&text, changed, size - 1);
    changed[0] = '\0';
    if (!place)
        return ERR_OK;
    struct check checks[] = {
        {"trace is switched off (DEMCR)", DEMCR, DEMCR_TRCENA, DEMCR_TRCENA, 0},
        {"the pin is not the trace's (DBGMCU_CR)", place->dbgmcu, place->set | place->clear,
         place->set, 0},
        {"the divider of its rate is another (ACPR)", place->output + ACPR, ACPR_MAX,
         divider(plan->clock_hz, plan->baud) - 1, 0},
        {"the protocol is another (SPPR)", place->output + SPPR, 3, SPPR_NRZ, 0},
        {"the formatter is on (FFCR)", place->output + FFCR, place->funnel ? 0 : 2, 0, 0},
        {"ITM is off (TCR)", ITM_TCR, TCR_ITMENA, TCR_ITMENA, 0},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        ops_read32(&core->ops, checks[i].address, &checks[i].found);
    enum err err = core_flush(core);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && !err; i++)
        if ((checks[i].found & checks[i].mask) != checks[i].wanted)
            buf_printf(&text, "%s%s", text.length ? ", " : "", checks[i].what);
    changed[text.length] = '\0';
    return err;
}

/* --- the clock --- */

static enum err let_count(struct core *core)
{
    uint32_t ctrl = 0;

    ops_read32(&core->ops, DWT_CTRL, &ctrl);
    enum err err = core_flush(core);
    if (err || ctrl & CTRL_CYCCNTENA)
        return err;
    ops_write32(&core->ops, DWT_CTRL, ctrl | CTRL_CYCCNTENA);
    return core_flush(core);
}

enum err swo_clock_look(struct swo_clock *clock, struct target *target, uint32_t *hz)
{
    struct core *core = core_of(target);
    uint64_t before = core_now_us(core);
    uint32_t cycles = 0;

    *hz = 0;
    if (core->state != TARGET_RUNNING || (clock->epoch && clock->epoch != core->epoch))
        *clock = (struct swo_clock){0};
    if (core->state != TARGET_RUNNING || (clock->epoch && before - clock->at_us < MEASURE_US))
        return ERR_OK;
    enum err err = clock->epoch ? ERR_OK : let_count(core);
    if (err)
        return err;
    before = core_now_us(core);
    ops_read32(&core->ops, DWT_CYCCNT, &cycles);
    err = core_flush(core);
    uint64_t now = core_now_us(core), at = before + (now - before) / 2;
    if (err || now - before > LOOK_LONGEST_US)
        return err;
    if (clock->epoch)
        *hz = (uint32_t)((uint64_t)(cycles - clock->cycles) * 1000000 / (at - clock->at_us));
    *clock = (struct swo_clock){.epoch = core->epoch, .cycles = cycles, .at_us = at};
    return ERR_OK;
}
