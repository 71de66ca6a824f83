/* SPDX-License-Identifier: MIT */
/* System configuration of the STM32F0 and F3 (RM0360, chapter 9; RM0364, chapter 10) and their
 * kin: what stands at address 0, and which bank of flash first; the rest keeps what is written. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { CFGR1 = 0x00, LAST = 0x50 };
#define MEM_MODE 3u
#define FB_MODE (1u << 8) /* where there are two banks (RM0351, 9.2.1) */

struct syscfg {
    uint32_t registers[LAST / 4 + 1];
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct syscfg *syscfg = part->state;

    *value = offset <= LAST ? syscfg->registers[offset / 4] : 0;
    return true;
}

/* Bytes are kept as they show. */
void sim_swap_halves(struct sim_board *board)
{
    uint8_t *first = sim_memory_bytes(board, SIM_FLASH);

    for (uint32_t i = 0, half = sim_memory_row(board->chip, SIM_FLASH)->size / 2; i < half; i++) {
        uint8_t byte = first[i];
        first[i] = first[half + i];
        first[half + i] = byte;
    }
}

void sim_show_second_first(struct sim_board *board, bool second)
{
    if (board->chip->flash->show_second_first)
        board->chip->flash->show_second_first(board, second);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct syscfg *syscfg = part->state;

    if (offset <= LAST)
        syscfg->registers[offset / 4] = value;
    if (offset == CFGR1)
        sim_show_second_first(part->board, value & FB_MODE);
    if (offset == CFGR1)
        sim_map_zero(part->board, value & MEM_MODE);
    return true;
}

static void reset(struct sim_part *part)
{
    struct sim_board *board = part->board;
    struct syscfg *syscfg = part->state;

    memset(syscfg, 0, sizeof *syscfg);
    sim_show_second_first(board, false);
    syscfg->registers[CFGR1 / 4] = board->booted == SIM_FLASH    ? 0
                                   : board->booted == SIM_SYSTEM ? 1
                                                                 : MEM_MODE;
    board->at_zero = board->booted;
    sim_windows_update(board);
}

const struct sim_device sim_device_f0_syscfg = {
    .state_size = sizeof(struct syscfg),
    .read = read,
    .write = write,
    .reset = reset,
};
