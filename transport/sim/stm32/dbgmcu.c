/* SPDX-License-Identifier: MIT */
/* The MCU debug component (RM0008, 31.16). Only power resets it. */
#include "sim/board/board_internal.h"

enum { IDCODE = 0x0, CR = 0x4 };
#define IDCODE_MEDIUM_DENSITY 0x20036410u /* REV_ID 2003, DEV_ID 410 */
#define CR_WRITABLE 0x001FFFE7u

static bool read(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t *value)
{
    /* The program reads 0 (errata sheet ES096, 2.3): only the debugger sees the id. */
    if (offset == IDCODE)
        *value = board->chip.debugger ? IDCODE_MEDIUM_DENSITY : 0;
    else
        *value = offset == CR ? board->chip.dbgmcu_cr : 0;
    return true;
}

static bool write(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t value)
{
    if (offset == CR)
        board->chip.dbgmcu_cr = value & CR_WRITABLE;
    return true;
}

static void reset(struct sim_board *board, unsigned unit) {}

const struct sim_device sim_device_dbgmcu = {read, write, reset, NULL};
