/* SPDX-License-Identifier: MIT */
/* TIM2 as an up-counter with its update interrupt (RM0008, chapter 15). Capture, compare and the
 * other modes are not there: their registers read as 0. */
#include "sim/board/board_internal.h"

enum { CR1 = 0x00, DIER = 0x0C, SR = 0x10, EGR = 0x14, CNT = 0x24, PSC = 0x28, ARR = 0x2C };
enum { TIM2_IRQ = 28 };
#define CR1_CEN (1u << 0)
#define CR1_URS (1u << 2)
#define CR1_OPM (1u << 3)
#define UPDATE (1u << 0) /* UIE, UIF, UG */

static void update_irq(struct sim_board *board)
{
    const struct sim_tim *tim = &board->chip.tim2;

    sim_cpu_irq(board->cpu, TIM2_IRQ, tim->sr & tim->dier & UPDATE);
}

static bool counts(const struct sim_board *board)
{
    bool frozen = board->chip.dbgmcu_cr & SIM_DBGMCU_TIM2_STOP && sim_cpu_is_halted(board->cpu);

    return board->chip.tim2.cr1 & CR1_CEN && !frozen && sim_has_clock(board, &sim_device_tim2, 0);
}

static uint64_t ticks_to_ps(const struct sim_board *board, uint64_t ticks)
{
    return ticks * (board->chip.tim2.psc + 1) * 1000000000 / sim_rcc_tim_khz(board);
}

/* Moves the counter on and the anchor with it, by whole ticks. */
static void count_ticks(struct sim_board *board, uint64_t ticks)
{
    struct sim_tim *tim = &board->chip.tim2;
    uint64_t count = tim->count + ticks, period = (uint64_t)tim->arr + 1;

    tim->anchor_ps += ticks_to_ps(board, ticks);
    if (count >= period) {
        tim->sr |= UPDATE;
        if (tim->cr1 & CR1_OPM)
            tim->cr1 &= ~CR1_CEN;
    }
    tim->count = (uint32_t)(count % period);
}

static uint64_t sync(struct sim_board *board, unsigned unit, uint64_t now_ps)
{
    struct sim_tim *tim = &board->chip.tim2;

    if (!counts(board)) {
        tim->anchor_ps = now_ps;
        return SIM_NEVER;
    }
    if (now_ps > tim->anchor_ps) {
        uint64_t tick_ps = ticks_to_ps(board, 1);
        count_ticks(board, (now_ps - tim->anchor_ps) / tick_ps);
        update_irq(board);
    }
    if (!(tim->dier & UPDATE) || tim->sr & UPDATE)
        return SIM_NEVER;
    return tim->anchor_ps + ticks_to_ps(board, (uint64_t)tim->arr + 1 - tim->count);
}

static void generate_update(struct sim_tim *tim, uint64_t now_ps)
{
    tim->count = 0;
    tim->anchor_ps = now_ps;
    if (!(tim->cr1 & CR1_URS))
        tim->sr |= UPDATE;
}

static bool read(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t *value)
{
    const struct sim_tim *tim = &board->chip.tim2;

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

static bool write(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t value)
{
    struct sim_tim *tim = &board->chip.tim2;

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
            generate_update(tim, sim_now_ps(board));
        break;
    case CNT:
        tim->count = value & 0xFFFF;
        break;
    case PSC:
        tim->psc = value & 0xFFFF;
        break;
    case ARR:
        tim->arr = value & 0xFFFF;
        break;
    default:
        break;
    }
    update_irq(board);
    return true;
}

static void reset(struct sim_board *board, unsigned unit)
{
    board->chip.tim2 = (struct sim_tim){.arr = 0xFFFF, .anchor_ps = sim_now_ps(board)};
    update_irq(board);
}

const struct sim_device sim_device_tim2 = {read, write, reset, sync};
