/* SPDX-License-Identifier: MIT */
/* Outputs of timers that start other peripherals inside the chip: a timer says when one has an
 * edge, and whoever listens to it does what it does. */
#include "sim/stm32/stm32_internal.h"

static struct sim_part *end_of(const struct sim_board *board)
{
    return board->parts + board->chip->peripheral_count;
}

void sim_trigger_listen(struct sim_part *part, uint64_t signals)
{
    struct sim_board *board = part->board;

    part->listens_to = signals;
    board->listened_to = 0;
    for (struct sim_part *each = board->parts; each < end_of(board); each++)
        board->listened_to |= each->listens_to;
}

void sim_trigger(struct sim_part *part, enum sim_tim_output output)
{
    struct sim_board *board = part->board;
    uint64_t signal = sim_signal(part->row->unit, output);

    if (!(board->listened_to & signal))
        return;
    sim_parts_touched(board);
    for (struct sim_part *each = board->parts; each < end_of(board); each++)
        if (each != part && each->listens_to & signal && sim_part_has_clock(each))
            each->row->device->trigger(each, signal);
}
