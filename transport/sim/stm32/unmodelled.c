/* SPDX-License-Identifier: MIT */
/* Peripherals that the chip has and the simulation has no model of: they read as 0 and ignore what
 * is written, and it is said, once after a reset, that a program uses one. */
#include <stdio.h>

#include "sim/stm32/stm32_internal.h"

static void note(struct sim_board *board, unsigned number, uint32_t address)
{
    struct sim_unmodelled *use = &board->unmodelled;

    if (board->debugger || use->seen >> number & 1)
        return;
    use->seen |= 1u << number;
    if (use->due) /* one at a time is enough */
        return;
    use->due = true;
    use->address = address;
    use->pc = board->cpu->r[15];
    board->remarks_due = true;
}

bool sim_is_unmodelled(struct sim_board *board, uint32_t address)
{
    const struct sim_range *range = board->chip->unmodelled;

    for (unsigned i = 0; range[i].end; i++) {
        if (address < range[i].start || address >= range[i].end)
            continue;
        note(board, i % 32, address);
        return true;
    }
    return false;
}

bool sim_unmodelled_remark(struct sim_board *board, char *text, size_t size)
{
    struct sim_unmodelled *use = &board->unmodelled;

    if (!use->due)
        return false;
    use->due = false;
    snprintf(
        text, size,
        "the program, at 0x%08x, uses a peripheral that is not simulated, at 0x%08x: it reads as "
        "0 and ignores what is written",
        (unsigned)use->pc, (unsigned)use->address);
    return true;
}
