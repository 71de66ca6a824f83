/* SPDX-License-Identifier: MIT */
/* The other core of a chip that has two: it shares memories and peripherals with the first one, is
 * held by every reset until the first lets it go, and runs by the same clock, after it in each
 * slice of time. */
#include "sim/board/board_internal.h"

bool sim_second_create(struct sim_board *board)
{
    const struct sim_second_core *row = &board->chip->second;

    if (!row->core)
        return true;
    board->second = sim_cpu_create(row->core, &row->integration, &board->bus);
    return board->second != NULL;
}

bool sim_second_runs(const struct sim_board *board)
{
    return board->second && !board->nrst_low && board->chip->second.booted(board);
}

void sim_second_reset(struct sim_board *board, enum sim_reset kind)
{
    if (!board->second)
        return;
    sim_cpu_reset(board->second, kind);
    sim_cpu_hold(board->second, true);
}

bool sim_second_is_idle(const struct sim_board *board)
{
    return !sim_second_runs(board) || sim_cpu_is_idle(board->second);
}

void sim_second_run(struct sim_board *board, uint64_t cycles)
{
    if (!sim_second_runs(board))
        return;
    sim_cpu_hold(board->second, false);
    sim_cpu_run(board->second, cycles);
}
