/* SPDX-License-Identifier: MIT */
/* Small programs that are in flash when the board comes to the bench: those of the faults `swj-off`
 * and `sleep`, and the bootloader. Real ones, so that erasing them cures what they did. */
#include <string.h>

#include "base/bytes.h"
#include "sim/board/board_internal.h"

enum {
    VECTORS = 4,
    CODE = 4 * VECTORS,
    STACK_TOP = 0x20005000,
    FLASH_START = 0x08000000,
    SYSTEM_START = 0x1FFFF000
};

/* Thumb instructions, in the order of memory. */
static const uint16_t swj_off[] = {
    0x4803,         /*        ldr   r0, =0x40021018  RCC_APB2ENR */
    0x2101,         /*        movs  r1, #1           AFIOEN */
    0x6001,         /*        str   r1, [r0] */
    0x4803,         /*        ldr   r0, =0x40010004  AFIO_MAPR */
    0xF04F, 0x6180, /*        mov   r1, #0x04000000  SWJ_CFG = 100: JTAG and SWD off */
    0x6001,         /*        str   r1, [r0] */
    0xE7FE,         /*        b     . */
    0x1018, 0x4002, 0x0004, 0x4001,
};
static const uint16_t sleep[] = {
    0xBF30, /* again: wfi */
    0xE7FD, /*        b     again */
};
static const uint16_t bootloader[] = {
    0x2000, /*        movs  r0, #0 */
    0x3001, /* again: adds  r0, #1 */
    0xE7FD, /*        b     again */
};

/* Stack, reset, NMI and HardFault: all start the program. */
static void place(uint8_t *memory, uint32_t start, const uint16_t *code, size_t count)
{
    put_le32(memory, STACK_TOP);
    for (size_t i = 1; i < VECTORS; i++)
        put_le32(&memory[4 * i], (start + CODE) | 1);
    for (size_t i = 0; i < count; i++)
        put_le16(&memory[CODE + 2 * i], code[i]);
}

void sim_preloaded_bootloader(uint8_t *memory)
{
    place(memory, SYSTEM_START, bootloader, sizeof bootloader / sizeof *bootloader);
}

void sim_preloaded_program(struct sim_board *board, enum sim_preloaded_program program)
{
    uint8_t *page = board->chip.flash.main;
    uint8_t *kept = board->faults.first_page;

    if (board->faults.program == SIM_PROGRAM_NONE)
        memcpy(kept, page, SIM_PAGE_SIZE);
    board->faults.program = program;
    if (program == SIM_PROGRAM_NONE) {
        memcpy(page, kept, SIM_PAGE_SIZE);
    } else {
        memset(page, 0xFF, SIM_PAGE_SIZE);
        if (program == SIM_PROGRAM_SLEEP)
            place(page, FLASH_START, sleep, sizeof sleep / sizeof *sleep);
        else
            place(page, FLASH_START, swj_off, sizeof swj_off / sizeof *swj_off);
    }
    if (board->powered)
        sim_chip_reset(board, SIM_CAUSE_PIN);
}
