/* SPDX-License-Identifier: MIT */
/* The bus of the chip: which memory or peripheral answers at an address, by its table. What nobody
 * answers is a bus error. */
#include "base/bytes.h"
#include "sim/stm32/stm32_internal.h"

enum { DBGMCU_SIZE = 8 };

/* --- memory --- */

/* For speed: below and from here on there is none. */
#define FIRST_MEMORY 0x08000000u
#define PERIPHERALS 0x40000000u
#define PRIVATE 0xE0000000u

static const struct sim_memory *memory_at(const struct sim_board *board, uint32_t address)
{
    return address < PERIPHERALS ? sim_memory_at(board->chip, address) : NULL;
}

static uint32_t behind(const struct sim_alias *alias, uint32_t address)
{
    for (; alias->size; alias++)
        if (address - alias->start < alias->size)
            return address - alias->start + alias->shows;
    return address;
}

uint32_t sim_map_behind(const struct sim_board *board, uint32_t address)
{
    return board->chip->aliases ? behind(board->chip->aliases, address) : address;
}

static uint32_t unalias(const struct sim_board *board, uint32_t address)
{
    if (address >= FIRST_MEMORY)
        return address;
    if (board->chip->aliases)
        return sim_map_behind(board, address);
    const struct sim_memory *at_zero = sim_memory_row(board->chip, board->at_zero);
    return address < at_zero->size ? address + at_zero->start : address;
}

static uint32_t load(const uint8_t *from, unsigned width)
{
    return width == 4 ? get_le32(from) : width == 2 ? get_le16(from) : *from;
}

static void store(uint8_t *to, unsigned width, uint32_t value)
{
    if (width == 4)
        put_le32(to, value);
    else if (width == 2)
        put_le16(to, (uint16_t)value);
    else
        *to = (uint8_t)value;
}

static bool is_flash(const struct sim_memory *memory)
{
    return memory->kind == SIM_FLASH || memory->kind == SIM_OPTIONS || memory->kind == SIM_OTP ||
           memory->kind == SIM_EEPROM;
}

/* What another core keeps for itself. */
static bool is_kept(const struct sim_board *board, const struct sim_memory *memory,
                    uint32_t address)
{
    const struct sim_flash_kind *flash = board->chip->flash;

    return memory->kind == SIM_FLASH && flash->open_flash &&
           address - memory->start >= flash->open_flash(board);
}

/* What read protection keeps. */
static bool is_the_programs(const struct sim_memory *memory)
{
    return memory->kind == SIM_FLASH || memory->kind == SIM_EEPROM;
}

static bool is_stalling_register(const struct sim_board *board, uint32_t address)
{
    const uint8_t *stalling = board->chip->flash->stalling;
    uint32_t offset = (address & ~3u) - board->flash->row->base;

    return stalling[0] && (offset == stalling[0] || offset == stalling[1]);
}

static uint64_t flash_busy_until(const struct sim_board *board, const struct sim_memory *memory,
                                 uint32_t address, bool read)
{
    const struct sim_flash_kind *flash = board->chip->flash;

    if (flash->stalls_until && memory && memory->kind == SIM_FLASH)
        return flash->stalls_until(board, address - memory->start, read);
    return flash->busy_until(board);
}

uint64_t sim_map_busy_until(const struct sim_board *board, uint32_t address, bool read)
{
    uint32_t own = unalias(board, address);
    const struct sim_memory *memory = memory_at(board, own);

    if (memory ? is_flash(memory) : !read && is_stalling_register(board, address))
        return flash_busy_until(board, memory, own, read);
    return 0;
}

/* An access to flash that is busy waits: PM0075, 2.3.3. The AHB-AP asked before. */
static void stall(struct sim_board *board, const struct sim_memory *memory, uint32_t address,
                  bool read)
{
    uint64_t now = sim_now_ps(board), until;

    if (!is_flash(memory) || !(until = flash_busy_until(board, memory, address, read)))
        return;
    sim_stall_core(board, until);
    board->flash->row->device->sync(board->flash, until > now ? until : now);
}

static bool read_fails(struct sim_board *board, const struct sim_memory *memory, uint32_t address)
{
    const struct sim_flash_kind *flash = board->chip->flash;

    if (is_the_programs(memory) && !flash->readable(board))
        return true;
    return memory->kind == SIM_FLASH && flash->read_fails &&
           flash->read_fails(board, address - memory->start);
}

/* --- peripherals --- */

static bool read_device(struct sim_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    struct sim_part *part = sim_part_at(board, address);
    uint32_t word = 0;

    if (!part && !sim_is_unmodelled(board, address))
        return false;
    if (part && !sim_part_read(part, (address - part->row->base) & ~3u, &word))
        return false;
    word >>= (address & 3) * 8;
    *value = width == 4 ? word : word & ((1u << width * 8) - 1);
    return true;
}

/* What a register behind a bridge gets from a narrow write: the datum repeated over the bus
 * (RM0008, 3.1, note on AHB/APB bridges). */
static uint32_t replicate(unsigned width, uint32_t value)
{
    return width == 1 ? (value & 0xFF) * 0x01010101u : (value & 0xFFFF) * 0x00010001u;
}

static bool write_narrow(struct sim_part *part, uint32_t address, unsigned width, uint32_t value)
{
    uint32_t offset = (address - part->row->base) & ~3u, word;
    unsigned shift = (address & 3) * 8;
    uint32_t mask = ((1u << width * 8) - 1) << shift;

    if (address < part->board->chip->ahb_start)
        return sim_part_write(part, offset, replicate(width, value));
    if (!sim_part_read(part, offset, &word))
        return false;
    return sim_part_write(part, offset, (word & ~mask) | (value << shift & mask));
}

static bool write_device(struct sim_board *board, uint32_t address, unsigned width, uint32_t value)
{
    struct sim_part *part = sim_part_at(board, address);

    if (!part)
        return sim_is_unmodelled(board, address);
    if (width == 4)
        return sim_part_write(part, address - part->row->base, value);
    return write_narrow(part, address, width, value);
}

/* --- the bus --- */

static bool read_bus(struct sim_board *board, uint32_t address, unsigned width, uint32_t *value)
{
    address = unalias(board, address);
    const struct sim_memory *memory = memory_at(board, address);
    if (!memory)
        return read_device(board, address, width, value);
    stall(board, memory, address, true);
    if (read_fails(board, memory, address))
        return false;
    *value =
        is_kept(board, memory, address) ? 0 : load(sim_memory_cell(board, memory, address), width);
    if (memory->kind == SIM_FLASH && board->spoiled_count &&
        sim_ecc_read(board, address - memory->start))
        *value ^= 3; /* two wrong bits */
    return true;
}

static bool write_bus(struct sim_board *board, uint32_t address, unsigned width, uint32_t value)
{
    bool by_alias = board->chip->aliases && unalias(board, address) != address;

    address = unalias(board, address);
    const struct sim_memory *memory = memory_at(board, address);
    if (by_alias)
        return false;
    if (!memory)
        return write_device(board, address, width, value);
    if (memory->kind == SIM_RAM) {
        store(sim_memory_cell(board, memory, address), width, value);
        return true;
    }
    stall(board, memory, address, false);
    return is_flash(memory) &&
           board->chip->flash->write(board, memory->kind, address - memory->start, width, value);
}

/* While NRST is low the bus matrix is in reset; only the debug part of the core lives, and what
 * the maker put beside it. */
static bool bus_dead(const struct sim_board *board, uint32_t address)
{
    uint32_t dbgmcu = board->dbgmcu->row->base;

    return board->nrst_low && (dbgmcu < PRIVATE || address - dbgmcu >= DBGMCU_SIZE);
}

bool sim_map_read(void *user, uint32_t address, unsigned width, uint32_t *value, bool debugger)
{
    struct sim_board *board = user;

    if (bus_dead(board, address))
        return false;
    board->debugger = debugger;
    return read_bus(board, address, width, value);
}

bool sim_map_write(void *user, uint32_t address, unsigned width, uint32_t value, bool debugger)
{
    struct sim_board *board = user;

    if (bus_dead(board, address))
        return false;
    board->debugger = debugger;
    return write_bus(board, address, width, value);
}
