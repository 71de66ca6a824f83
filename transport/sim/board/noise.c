/* SPDX-License-Identifier: MIT */
/* Which accesses the faults `noise` and `wires` garble: the same ones in every run. */
#include "sim/board/board_internal.h"

enum { LONG_WIRES_ONE_IN = 20 };
#define SEED 0x9E3779B9u

void sim_noise_restart(struct sim_faults *faults)
{
    faults->noise_state = SEED;
}

bool sim_noise_strikes(struct sim_board *board)
{
    struct sim_faults *state = &board->faults;
    bool too_fast = state->wires_khz && board->swclk_khz > state->wires_khz;
    uint32_t one_in = too_fast ? LONG_WIRES_ONE_IN : state->noise;

    if (one_in == 0)
        return false;
    /* xorshift32 */
    state->noise_state ^= state->noise_state << 13;
    state->noise_state ^= state->noise_state >> 17;
    state->noise_state ^= state->noise_state << 5;
    return state->noise_state % one_in == 0;
}
