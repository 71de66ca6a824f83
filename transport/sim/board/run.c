/* SPDX-License-Identifier: MIT */
/* Virtual time passes: the core runs, peripherals and a stalled transfer of the debugger go on. */
#include "sim/stm32/stm32_internal.h"

enum { SLICE_CYCLES = 2000 }; /* how late a peripheral's interrupt may be seen by a busy core */

/* The longest step of a core that does nothing; keeps the arithmetic inside 64 bits. */
#define IDLE_SLICE_PS 1000000000000ull

/* Runs the core up to `end_ps`, at most one slice; returns when it is. */
static uint64_t run_slice(struct sim_board *board, uint64_t end_ps)
{
    if (end_ps - board->core_ps > IDLE_SLICE_PS)
        end_ps = board->core_ps + IDLE_SLICE_PS;
    uint64_t cycles = (end_ps - board->core_ps) * board->core_khz / 1000000000;

    if (cycles == 0)
        return end_ps;
    if (cycles > SLICE_CYCLES && !(sim_cpu_is_idle(board->cpu) && sim_second_is_idle(board)))
        cycles = SLICE_CYCLES;
    uint64_t planned_ps = board->core_ps + sim_cycles_to_ps(cycles, board->core_khz);
    uint64_t began = board->core_cycles = board->cpu->cycles;
    board->slice_end_ps = planned_ps;
    board->core_runs = true;
    sim_cpu_run(board->cpu, cycles);
    board->core_ps = sim_now_ps(board);
    board->core_runs = false;
    sim_second_run(board, board->cpu->cycles - began);
    board->core_cycles = board->cpu->cycles;
    return board->core_ps < end_ps ? board->core_ps : end_ps;
}

static uint64_t sync_parts(struct sim_board *board)
{
    sim_mode_update(board);
    uint64_t event = sim_parts_due(board);
    if (sim_mode_update(board)) /* one of them woke the core */
        event = sim_parts_due(board);

    sim_ap_complete(board);
    sim_reset_if_wanted(board);
    return event;
}

/* Up to `end_ps`, or to where it stopped before; returns when that is. */
static uint64_t run_core(struct sim_board *board, uint64_t end_ps)
{
    if (board->nrst_low || board->core_ps >= end_ps)
        return end_ps;
    if (!sim_mode_core_stands(board))
        return run_slice(board, end_ps);
    board->core_ps = end_ps;
    return end_ps;
}

void sim_advance_ps(struct sim_board *board, uint64_t ps)
{
    uint64_t end = board->now_ps + ps;

    while (board->now_ps < end) {
        uint64_t step = end;
        if (board->powered) {
            uint64_t event = sync_parts(board);
            if (event > board->now_ps && event < step)
                step = event;
            step = run_core(board, step);
        }
        board->now_ps = step;
        if (!board->powered || board->nrst_low)
            board->core_ps = step;
    }
    if (board->powered)
        sync_parts(board);
}

uint64_t sim_board_now_us(const struct sim_board *board)
{
    return board->now_ps / SIM_PS_PER_US;
}

void sim_board_advance_us(struct sim_board *board, uint64_t us)
{
    sim_advance_ps(board, us * SIM_PS_PER_US);
}
