/* SPDX-License-Identifier: MIT */
/* Which memories the core reaches directly, for speed: those in which nothing happens on an access.
 */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

static bool in_window(const struct sim_board *board, const struct sim_memory *memory)
{
    const struct sim_flash_kind *flash = board->chip->flash;

    if (memory->kind == SIM_FLASH)
        return flash->busy_until(board) == 0 && !flash->is_protected(board) &&
               !board->spoiled_count && !(flash->any_fails && flash->any_fails(board));
    return memory->kind == SIM_RAM || memory->kind == SIM_SYSTEM;
}

static uint32_t reach_of(const struct sim_board *board, const struct sim_memory *memory)
{
    const struct sim_flash_kind *flash = board->chip->flash;

    return memory->kind == SIM_FLASH && flash->open_flash ? flash->open_flash(board) : memory->size;
}

void sim_map_zero(struct sim_board *board, uint32_t mode)
{
    static const enum sim_memory_kind memories[4] = {SIM_FLASH, SIM_SYSTEM, SIM_NO_MEMORY, SIM_RAM};

    if (memories[mode & 3] == SIM_NO_MEMORY)
        return;
    board->at_zero = memories[mode & 3];
    sim_windows_update(board);
}

/* Of the row number `index` of the memories, as windows from *window on. */
static void add_aliases(const struct sim_board *board, unsigned index, struct sim_window **window)
{
    const struct sim_memory *memory = &board->chip->memories[index];
    const struct sim_alias *alias = board->chip->aliases;

    for (; alias && alias->size; alias++)
        if (alias->shows == memory->start)
            *(*window)++ =
                (struct sim_window){alias->start, alias->size, board->memory[index], false};
    if (!alias && memory == sim_memory_row(board->chip, board->at_zero))
        *(*window)++ = (struct sim_window){0, reach_of(board, memory), board->memory[index],
                                           memory->kind == SIM_RAM};
}

void sim_windows_update(struct sim_board *board)
{
    const struct sim_chip *chip = board->chip;
    struct sim_window *window = board->bus.windows;

    memset(window, 0, sizeof board->bus.windows);
    for (unsigned i = 0; i < SIM_MEMORIES_MAX && chip->memories[i].size; i++) {
        const struct sim_memory *memory = &chip->memories[i];
        bool writable = memory->kind == SIM_RAM;
        uint32_t size = reach_of(board, memory);
        if (!in_window(board, memory) || !size)
            continue;
        *window++ = (struct sim_window){memory->start, size, board->memory[i], writable};
        add_aliases(board, i, &window);
    }
}
