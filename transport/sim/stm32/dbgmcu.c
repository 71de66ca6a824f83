/* SPDX-License-Identifier: MIT */
/* The MCU debug component (RM0008, 31.16): what the chip's row says it has. Only power resets it.
 */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { IDCODE = 0x0, SR = 0xFC };

struct dbgmcu {
    uint32_t registers[SIM_DBGMCU_REGISTERS];
};

uint32_t sim_dbgmcu(const struct sim_board *board, uint32_t offset)
{
    const struct dbgmcu *dbgmcu = board->dbgmcu->state;

    return dbgmcu->registers[offset / 4];
}

/* It keeps what it holds while its clock is off, and does what it says. */
static bool is_deaf(const struct sim_board *board)
{
    const struct sim_dbgmcu_facts *facts = &board->chip->dbgmcu;

    return facts->gated && !(board->enables[facts->gate.reg] >> facts->gate.bit & 1);
}

bool sim_part_is_frozen(const struct sim_part *part)
{
    struct sim_freeze freeze = part->row->freeze;

    return freeze.offset && sim_dbgmcu(part->board, freeze.offset) >> freeze.bit & 1 &&
           part->board->halted;
}

static uint32_t idcode_of(const struct sim_board *board)
{
    return board->faults.clone ? board->faults.clone->idcode : board->chip->dbgmcu.idcode;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_board *board = part->board;
    const struct sim_dbgmcu_facts *facts = &board->chip->dbgmcu;

    if (offset == IDCODE)
        *value = board->debugger || !facts->hidden_from_program ? idcode_of(board) : 0;
    else if (is_deaf(board))
        *value = 0;
    else if (offset == SR)
        *value = facts->access_ports ? facts->access_ports(board) : 0;
    else
        *value = offset / 4 < SIM_DBGMCU_REGISTERS ? sim_dbgmcu(board, offset) : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct dbgmcu *dbgmcu = part->state;
    unsigned i = offset / 4;

    sim_parts_sync(part->board); /* what is frozen from now on was not until now */
    if (i < SIM_DBGMCU_REGISTERS && !is_deaf(part->board))
        dbgmcu->registers[i] = value & part->board->chip->dbgmcu.writable[i];
    part->board->cpu->counts_asleep = dbgmcu->registers[SIM_DBGMCU_CR / 4] & SIM_DBGMCU_DBG_SLEEP;
    return true;
}

static void reset(struct sim_part *part) {}

static void power_on(struct sim_part *part)
{
    memset(part->state, 0, sizeof(struct dbgmcu));
    part->board->cpu->counts_asleep = false;
}

const struct sim_device sim_device_dbgmcu = {
    .state_size = sizeof(struct dbgmcu),
    .read = read,
    .write = write,
    .reset = reset,
    .power_on = power_on,
};
