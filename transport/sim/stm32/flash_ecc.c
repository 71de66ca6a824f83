/* SPDX-License-Identifier: MIT */
/* What ECC finds when flash is read, where its registers tell of that and the bus does not
 * (RM0351, 3.3.2 and 3.7.7; RM0440, RM0444, RM0434, RM0453, RM0456 and RM0481, "Error code
 * correction"): one wrong bit is corrected, two raise an NMI, and what was read is wrong. While a
 * flag stands, the next error of its kind leaves it as it is. */
#include <string.h>

#include "sim/cpu/cpu.h"
#include "sim/stm32/stm32_internal.h"

#define ECCC (1u << 30)
#define ECCD (1u << 31)

static const struct sim_ecc_registers *registers_of(const struct sim_board *board)
{
    return &board->chip->flash->registers->ecc;
}

static uint32_t unit_at(const struct sim_board *board, uint32_t offset)
{
    return offset - offset % registers_of(board)->unit;
}

/* NULL: it is as it was written. */
static struct sim_spoiled *find(struct sim_board *board, uint32_t offset)
{
    uint32_t at = unit_at(board, offset);

    for (unsigned i = 0; i < board->spoiled_count; i++)
        if (board->spoiled[i].offset == at)
            return &board->spoiled[i];
    return NULL;
}

void sim_ecc_spoil(struct sim_board *board, uint32_t offset, bool corrected)
{
    struct sim_spoiled *spoiled = find(board, offset);

    if (!spoiled && board->spoiled_count < SIM_SPOILED_MAX)
        spoiled = &board->spoiled[board->spoiled_count++];
    if (spoiled)
        *spoiled = (struct sim_spoiled){unit_at(board, offset), corrected};
    sim_windows_update(board);
}

/* --- registers --- */

/* Of a bank, or of corrected errors and the others, or the only one. */
static unsigned which(const struct sim_board *board, uint32_t offset, bool corrected)
{
    const struct sim_ecc_registers *at = registers_of(board);

    if (at->by_kind)
        return !corrected;
    return at->second && offset >= sim_memory_row(board->chip, SIM_FLASH)->size / 2;
}

static void note(struct sim_board *board, uint32_t offset, bool corrected)
{
    const struct sim_ecc_registers *at = registers_of(board);
    struct sim_flash *flash = board->flash->state;
    uint32_t *word = &flash->ecc[which(board, offset, corrected)];
    uint32_t half = sim_memory_row(board->chip, SIM_FLASH)->size / 2;
    bool second = at->banks && offset >= half;

    if (*word & (corrected ? ECCC : ECCD))
        return;
    if (!(*word & (ECCC | ECCD)))
        *word = (*word & at->irq_enable) | (second ? at->bank : 0) |
                (unit_at(board, at->banks ? offset % half : offset) >> at->address_shift);
    *word |= corrected ? ECCC : ECCD;
    if (!corrected)
        sim_cpu_nmi(board->cpu);
}

bool sim_ecc_read(struct sim_board *board, uint32_t offset)
{
    const struct sim_spoiled *spoiled = find(board, offset);

    if (spoiled)
        note(board, offset, spoiled->corrected);
    return spoiled && !spoiled->corrected;
}

static int register_at(const struct sim_board *board, uint32_t offset)
{
    const struct sim_ecc_registers *at = registers_of(board);

    if (!at->unit)
        return -1;
    return offset == at->first ? 0 : at->second && offset == at->second ? 1 : -1;
}

bool sim_ecc_register_read(const struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_flash *flash = part->state;
    int i = register_at(part->board, offset);

    if (i >= 0)
        *value = flash->ecc[i];
    return i >= 0;
}

/* Ones clear. */
bool sim_ecc_register_write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    uint32_t enable = registers_of(part->board)->irq_enable;
    struct sim_flash *flash = part->state;
    int i = register_at(part->board, offset);

    if (i >= 0)
        flash->ecc[i] = (flash->ecc[i] & ~(value & (ECCC | ECCD)) & ~enable) | (value & enable);
    return i >= 0;
}
