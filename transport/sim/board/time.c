/* SPDX-License-Identifier: MIT */
/* What time it is for the board: between instructions it is the board's, in the midst of them the
 * core's cycles tell. */
#include "sim/board/board_internal.h"

#define PS_PER_MS 1000000000ull /* that is, picoseconds in a cycle at 1 kHz */

uint64_t sim_cycles_to_ps(uint64_t cycles, uint32_t khz)
{
    return cycles * PS_PER_MS / khz;
}

uint64_t sim_now_ps(const struct sim_board *board)
{
    if (!board->core_runs)
        return board->now_ps;
    return board->core_ps +
           sim_cycles_to_ps(board->cpu->cycles - board->core_cycles, board->core_khz);
}

uint64_t sim_clocks_lag_ps(const struct sim_board *board)
{
    return board->clocks_lag_ps +
           (board->clocks_stopped ? board->now_ps - board->clocks_stopped_ps : 0);
}

void sim_parts_touched(struct sim_board *board)
{
    board->parts_touched = true;
}

void sim_clock_changed(struct sim_board *board)
{
    sim_parts_touched(board);
    if (board->core_runs)
        board->core_ps = sim_now_ps(board);
    board->core_cycles = board->cpu->cycles;
    board->core_khz = board->chip->rcc->khz(board, SIM_HCLK);
}

void sim_expect_event(struct sim_board *board, uint64_t at_ps)
{
    if (board->core_runs && at_ps < board->slice_end_ps)
        sim_cpu_return(board->cpu);
}

void sim_stall_core(struct sim_board *board, uint64_t until_ps)
{
    uint64_t now = sim_now_ps(board);

    if (board->core_runs && until_ps > now)
        board->cpu->cycles += (until_ps - now) * board->core_khz / PS_PER_MS + 1;
}
