/* SPDX-License-Identifier: MIT */
#include "sim/board/wall.h"

enum {
    AHEAD_US = 1000,     /* realtime: less than that is left alone */
    EFFORT_US = 1000000, /* gdb gives up on an answer after two seconds */
    SLICE_US = 1000,     /* virtual time between looks at the wall, at first */
    SLICE_EFFORT_US = 2000,
};

/* Below 0: the board is ahead. */
static int64_t behind_us(const struct sim_wall *wall)
{
    return (int64_t)(clock_now_us(wall->clock) - wall->zero_us - sim_board_now_us(wall->board));
}

/* From now on the two are even. */
static void forget(struct sim_wall *wall)
{
    wall->zero_us = clock_now_us(wall->clock) - sim_board_now_us(wall->board);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* In slices that grow while they are cheap: a busy core takes this machine about as long as the
 * chip, a sleeping one next to nothing. Returns what is left. */
static uint64_t advance(struct sim_board *board, struct clock *clock, uint64_t us)
{
    uint64_t slice = SLICE_US, started = clock_now_us(clock), now = started;
    uint64_t effort = least(us, EFFORT_US);

    while (us > 0 && now - started < effort) {
        uint64_t step = least(us, slice), before = now;
        sim_board_advance_us(board, step);
        us -= step;
        now = clock_now_us(clock);
        if (now - before < SLICE_EFFORT_US)
            slice *= 2;
        else if (slice > SLICE_US)
            slice /= 2;
    }
    return us;
}

void sim_wall_init(struct sim_wall *wall, struct sim_board *board, struct clock *clock)
{
    *wall = (struct sim_wall){.board = board, .clock = clock};
    forget(wall);
}

void sim_wall_begin(struct sim_wall *wall)
{
    int64_t behind = behind_us(wall);

    if (sim_board_pace(wall->board) == SIM_PACE_STILL || behind <= 0)
        return;
    wall->lost_us += advance(wall->board, wall->clock, (uint64_t)behind);
    forget(wall);
}

void sim_wall_end(struct sim_wall *wall)
{
    int64_t ahead = -behind_us(wall);

    if (sim_board_pace(wall->board) != SIM_PACE_REALTIME)
        forget(wall);
    else if (ahead > AHEAD_US)
        clock_sleep_us(wall->clock, (uint64_t)ahead);
}
