/* SPDX-License-Identifier: MIT */
/* Access ports that are not a core's: one that leads to the bus matrix, and one to a bus for
 * debugging alone (RM0433, 60.4), which answers while NRST is low, too: the units on it have an
 * identification (IHI 0029, B2), their first register keeps what is written, and ROM tables list
 * them; beside them stands DBGMCU. */
#include "sim/stm32/stm32_internal.h"

enum { UNIT_SIZE = 0x1000, DBGMCU_SIZE = 0x400, ID_FIRST = 0xFD0, MEMTYPE = 0xFCC };
#define ENTRY_PRESENT 3u
/* A core's own: what it has tightly coupled, and its private peripherals. */
#define ITCM_END 0x00400000u
#define DTCM 0x20000000u
#define DTCM_END 0x20020000u
#define PRIVATE 0xE0000000u

/* --- the bus matrix --- */

static bool is_a_cores(uint32_t address)
{
    return address < ITCM_END || address - DTCM < DTCM_END - DTCM || address >= PRIVATE;
}

/* --- units --- */

/* A byte a word: PIDR4 to 7, PIDR0 to 3, CIDR0 to 3. */
static uint32_t identification(const struct sim_debug_unit *unit, uint32_t offset)
{
    const uint8_t bytes[12] = {
        [0] = (uint8_t)(unit->designer >> 8),
        [4] = (uint8_t)unit->part,
        [5] = (uint8_t)((unit->designer & 0xF) << 4 | unit->part >> 8),
        [6] = (uint8_t)(1u << 3 | (unit->designer >> 4 & 7)),
        [8] = 0x0D,
        [9] = (uint8_t)(unit->class << 4),
        [10] = 0x05,
        [11] = 0xB1,
    };

    return bytes[(offset - ID_FIRST) / 4];
}

static uint32_t read_table(const struct sim_debug_unit *unit, uint32_t offset)
{
    for (unsigned i = 0; unit->table[i]; i++)
        if (offset == 4 * i)
            return (unit->table[i] - unit->base) | ENTRY_PRESENT;
    return 0;
}

/* NULL: nothing is there. */
static const struct sim_debug_unit *unit_at(const struct sim_extra_ap *ap, uint32_t address,
                                            unsigned *number)
{
    for (*number = 0; ap->units[*number].base; ++*number)
        if (address - ap->units[*number].base < UNIT_SIZE)
            return &ap->units[*number];
    return NULL;
}

static bool is_dbgmcu(const struct sim_extra_ap *ap, uint32_t address)
{
    return ap->dbgmcu && address - ap->dbgmcu < DBGMCU_SIZE;
}

static bool read_unit(struct sim_board *board, const struct sim_extra_ap *ap, uint32_t address,
                      uint32_t *value)
{
    unsigned number;
    const struct sim_debug_unit *unit = unit_at(ap, address, &number);
    uint32_t offset = address % UNIT_SIZE;

    *value = 0;
    if (is_dbgmcu(ap, address))
        return sim_part_read(board->dbgmcu, offset, value);
    if (!unit)
        return false;
    if (offset >= ID_FIRST)
        *value = identification(unit, offset);
    else if (unit->table)
        *value = offset == MEMTYPE ? 0 : read_table(unit, offset);
    else if (offset == 0)
        *value = board->debug_units[number];
    return true;
}

bool sim_extra_ap_read(struct sim_board *board, const struct sim_extra_ap *ap, uint32_t address,
                       unsigned width, uint32_t *value)
{
    board->debugger = true;
    if (!ap->units)
        return !is_a_cores(address) && sim_map_read(board, address, width, value, true);
    return width == 4 && read_unit(board, ap, address, value);
}

bool sim_extra_ap_write(struct sim_board *board, const struct sim_extra_ap *ap, uint32_t address,
                        unsigned width, uint32_t value)
{
    unsigned number;

    board->debugger = true;
    if (!ap->units)
        return !is_a_cores(address) && sim_map_write(board, address, width, value, true);
    if (is_dbgmcu(ap, address))
        return width == 4 && sim_part_write(board->dbgmcu, address % UNIT_SIZE, value);
    const struct sim_debug_unit *unit = unit_at(ap, address, &number);
    if (unit && !unit->table && address % UNIT_SIZE == 0)
        board->debug_units[number] = value;
    return unit && width == 4;
}
