/* SPDX-License-Identifier: MIT */
/* Small programs that are in flash when the board comes to the bench: those of the faults `swj-off`
 * and `sleep`, and the bootloader. Real ones, so that erasing them cures what they did. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/stm32_internal.h"

enum { VECTORS = 4, CODE = 4 * VECTORS };

/* Thumb instructions, in the order of memory. */
static const uint16_t sleep[] = {
    0xBF30, /* again: wfi */
    0xE7FD, /*        b     again */
};
static const uint16_t bootloader[] = {
    0x2000, /*        movs  r0, #0 */
    0x3001, /* again: adds  r0, #1 */
    0xE7FD, /*        b     again */
};

static const struct sim_program sleep_program = {sleep, sizeof sleep / sizeof *sleep};
static const struct sim_program bootloader_program = {bootloader,
                                                      sizeof bootloader / sizeof *bootloader};

/* Stack, reset, NMI and HardFault: all start the program. */
static void place(struct sim_board *board, enum sim_memory_kind kind,
                  const struct sim_program *program)
{
    const struct sim_memory *ram = sim_memory_row(board->chip, SIM_RAM);
    uint8_t *memory = sim_memory_bytes(board, kind);
    uint32_t start = sim_memory_row(board->chip, kind)->start;

    put_le32(memory, ram->start + ram->size);
    for (size_t i = 1; i < VECTORS; i++)
        put_le32(&memory[4 * i], (start + CODE) | 1);
    for (size_t i = 0; i < program->halves; i++)
        put_le16(&memory[CODE + 2 * i], program->code[i]);
}

void sim_preloaded_bootloader(struct sim_board *board)
{
    place(board, SIM_SYSTEM, &bootloader_program);
}

void sim_preloaded_program(struct sim_board *board, enum sim_preloaded_program program)
{
    uint8_t *page = sim_memory_bytes(board, SIM_FLASH);
    uint8_t *kept = board->faults.first_page;
    uint32_t page_size = board->chip->page_size;

    if (board->faults.program == SIM_PROGRAM_NONE)
        memcpy(kept, page, page_size);
    board->faults.program = program;
    if (program == SIM_PROGRAM_NONE) {
        memcpy(page, kept, page_size);
    } else {
        memset(page, 0xFF, page_size);
        place(board, SIM_FLASH,
              program == SIM_PROGRAM_SLEEP ? &sleep_program : board->chip->swj_off);
    }
    if (board->powered)
        sim_chip_reset(board, SIM_CAUSE_PIN);
}
