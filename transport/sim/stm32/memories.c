/* SPDX-License-Identifier: MIT */
/* The memories of the chip, by its table. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/stm32_internal.h"

/* --- rows --- */

const struct sim_memory *sim_memory_row(const struct sim_chip *chip, enum sim_memory_kind kind)
{
    const struct sim_memory *row = chip->memories;

    while (row->kind != kind)
        row++;
    return row;
}

const struct sim_memory *sim_memory_at(const struct sim_chip *chip, uint32_t address)
{
    for (unsigned i = 0; i < SIM_MEMORIES_MAX && chip->memories[i].size; i++)
        if (address - chip->memories[i].start < chip->memories[i].size)
            return &chip->memories[i];
    return NULL;
}

uint8_t *sim_memory_cell(const struct sim_board *board, const struct sim_memory *memory,
                         uint32_t address)
{
    return &board->memory[memory - board->chip->memories][address - memory->start];
}

uint8_t *sim_memory_bytes(const struct sim_board *board, enum sim_memory_kind kind)
{
    return board->memory[sim_memory_row(board->chip, kind) - board->chip->memories];
}

/* --- contents --- */

void sim_ecc_written(struct sim_board *board, uint32_t start, uint32_t size)
{
    unsigned left = 0;

    for (unsigned i = 0; i < board->spoiled_count; i++)
        if (board->spoiled[i].offset - start >= size)
            board->spoiled[left++] = board->spoiled[i];
    board->spoiled_count = left;
}

void sim_memory_fill(struct sim_board *board, enum sim_memory_kind kind, uint8_t value)
{
    uint32_t size = sim_memory_row(board->chip, kind)->size;

    memset(sim_memory_bytes(board, kind), value, size);
    if (kind == SIM_FLASH)
        sim_ecc_written(board, 0, size);
}

static uint8_t *system_cell(const struct sim_board *board, uint32_t address)
{
    return sim_memory_cell(board, sim_memory_at(board->chip, address), address);
}

bool sim_memories_create(struct sim_board *board)
{
    static const uint8_t unique_id[12] = {0x33, 0xFF, 0x6B, 0x06, 0x4D, 0x48,
                                          0x39, 0x33, 0x38, 0x12, 0x05, 0x43};

    for (unsigned i = 0; i < SIM_MEMORIES_MAX && board->chip->memories[i].size; i++) {
        board->memory[i] = malloc(board->chip->memories[i].size);
        if (!board->memory[i])
            return false;
        memset(board->memory[i], 0xFF, board->chip->memories[i].size);
    }
    uint32_t at = board->chip->unique_id, third = board->chip->unique_id_third;
    memcpy(system_cell(board, at), unique_id, 8);
    memcpy(system_cell(board, at + (third ? third : 8)), unique_id + 8, 4);
    return true;
}

void sim_memories_destroy(struct sim_board *board)
{
    for (unsigned i = 0; i < SIM_MEMORIES_MAX; i++)
        free(board->memory[i]);
}

/* What they hold is undefined: anything but zeros, the same in every run. */
void sim_memories_scramble(struct sim_board *board)
{
    uint32_t state = 0x2545F491;

    for (unsigned i = 0; i < SIM_MEMORIES_MAX; i++) {
        for (uint32_t at = 0;
             board->chip->memories[i].kind == SIM_RAM && at < board->chip->memories[i].size; at++) {
            state = state * 1664525 + 1013904223;
            board->memory[i][at] = (uint8_t)(state >> 24);
        }
    }
}

/* Clones and a fault say what they like. */
void sim_size_register_update(struct sim_board *board)
{
    const struct sim_chip *chip = board->chip;
    const struct sim_clone *clone = board->faults.clone;
    uint32_t kib = sim_memory_row(chip, SIM_FLASH)->size / 1024;
    uint8_t *cell = system_cell(board, chip->size_register);

    if (board->faults.flash_size_set)
        kib = board->faults.flash_size;
    else if (chip->flash->hides_size && chip->flash->is_protected(board))
        kib = 0;
    else if (clone && clone->size_unset)
        kib = 0;
    put_le16(cell, (uint16_t)kib);
    if (chip->clones)
        put_le16(cell + 2, clone && clone->ram_above
                               ? (uint16_t)(sim_memory_row(chip, SIM_RAM)->size / 1024)
                               : 0xFFFF);
}
