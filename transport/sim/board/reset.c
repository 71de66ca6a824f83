/* SPDX-License-Identifier: MIT */
/* Resets that begin inside the chip: noted in the midst of whatever is under way, done before the
 * next instruction (power.c). */
#include "sim/board/board_internal.h"

void sim_reset_request(struct sim_board *board, enum sim_reset_cause cause)
{
    board->reset_wanted = true;
    board->reset_cause = cause;
    sim_expect_event(board, 0);
}

void sim_standby_wake(struct sim_board *board)
{
    if (board->mode == SIM_MODE_STANDBY)
        sim_reset_request(board, SIM_CAUSE_STANDBY);
}
