/* SPDX-License-Identifier: MIT */
/* How the board's virtual time and the wall's go together. Nothing runs in between: what passed on
 * the wall is made up for when somebody looks again, so that a board nobody looks at costs
 * nothing. One thread, the probe's. */
#ifndef PROBED_SIM_WALL_H
#define PROBED_SIM_WALL_H

#include "base/clock.h"
#include "sim/board/board.h"

struct sim_wall {
    struct sim_board *board;
    struct clock *clock; /* the wall's */
    uint64_t zero_us;    /* the wall's time when virtual time was 0; differences may wrap */
    uint64_t lost_us;    /* what this machine was too slow to make up for; the user may clear it */
};

void sim_wall_init(struct sim_wall *wall, struct sim_board *board, struct clock *clock);
/* Somebody looks: the board catches up with the wall. That takes this machine at most as long as it
 * was not looked at, and at most a second; what is then still missing is lost. */
void sim_wall_begin(struct sim_wall *wall);
/* The look is over. In real time a board that is ahead waits for the wall; otherwise it stays as
 * far ahead as it is, and what the look took is not made up for. */
void sim_wall_end(struct sim_wall *wall);

#endif
