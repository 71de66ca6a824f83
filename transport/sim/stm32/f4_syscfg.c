/* SPDX-License-Identifier: MIT */
/* System configuration of the STM32F4 (RM0368, chapter 7): what stands at address 0, and which
 * ports feed EXTI. */
#include "sim/stm32/stm32_internal.h"

enum { MEMRMP = 0x00, PMC = 0x04, EXTICR1 = 0x08, EXTICR4 = 0x14, CMPCR = 0x20 };
#define MEM_MODE 3u
#define UFB_MODE (1u << 8)    /* of two banks (RM0090, 9.2.1) */
#define CMPCR_READY (1u << 8) /* follows the power-down bit at once */

struct syscfg {
    uint32_t memrmp, pmc, exticr[4], cmpcr;
};

static uint32_t *register_at(struct syscfg *syscfg, uint32_t offset)
{
    if (offset >= EXTICR1 && offset <= EXTICR4)
        return &syscfg->exticr[(offset - EXTICR1) / 4];
    return offset == MEMRMP  ? &syscfg->memrmp
           : offset == PMC   ? &syscfg->pmc
           : offset == CMPCR ? &syscfg->cmpcr
                             : NULL;
}

unsigned sim_syscfg_exti_port(const struct sim_board *board, unsigned line)
{
    const struct syscfg *syscfg = sim_part_of(board, &sim_device_f4_syscfg)->state;

    return syscfg->exticr[line / 4] >> line % 4 * 4 & 15;
}

static uint32_t bank_mode(const struct sim_board *board)
{
    return board->chip->flash->show_second_first ? UFB_MODE : 0;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const uint32_t *reg = register_at(part->state, offset);

    *value = reg ? *reg : 0;
    if (offset == CMPCR && *value & 1)
        *value |= CMPCR_READY;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    uint32_t *reg = register_at(part->state, offset);

    if (!reg)
        return true;
    *reg = value & (offset == MEMRMP  ? MEM_MODE | bank_mode(part->board)
                    : offset == CMPCR ? 1
                                      : 0xFFFF);
    if (offset == MEMRMP) {
        sim_show_second_first(part->board, *reg & UFB_MODE);
        sim_map_zero(part->board, *reg & MEM_MODE);
    } else {
        sim_exti_look(part->board);
    }
    return true;
}

static void reset(struct sim_part *part)
{
    struct sim_board *board = part->board;

    *(struct syscfg *)part->state = (struct syscfg){.memrmp = board->booted == SIM_SYSTEM};
    sim_show_second_first(board, false);
    board->at_zero = board->booted;
    sim_windows_update(board);
}

const struct sim_device sim_device_f4_syscfg = {
    .state_size = sizeof(struct syscfg),
    .read = read,
    .write = write,
    .reset = reset,
};
