/* SPDX-License-Identifier: MIT */
/* What becomes of a packet between the probe and the chip: wires that are wrong, loose or long, a
 * second chip on the same wires. */
#include "sim/stm32/stm32_internal.h"

enum { LONG_WIRES_ONE_IN = 20, LONG_WIRES_WORST = 4, PER_MILLE = 1000 };
#define SEED 0x9E3779B9u

/* --- what is drawn --- */

void sim_wires_restart(struct sim_faults *faults)
{
    faults->noise_state = SEED + faults->seed * 0x85EBCA6Bu;
    if (faults->noise_state == 0)
        faults->noise_state = SEED;
}

static uint32_t next_random(struct sim_faults *faults)
{
    /* xorshift32 */
    faults->noise_state ^= faults->noise_state << 13;
    faults->noise_state ^= faults->noise_state >> 17;
    faults->noise_state ^= faults->noise_state << 5;
    return faults->noise_state;
}

uint32_t sim_draw(const struct sim_board *board, const char *what, uint32_t least, uint32_t most)
{
    uint32_t hash = 2166136261u ^ board->faults.seed;

    /* FNV-1a, and a last stir for the low bits */
    for (; *what; what++)
        hash = (hash ^ (uint8_t)*what) * 16777619u;
    hash ^= hash >> 15;
    hash *= 0x2C1B3C6Du;
    hash ^= hash >> 12;
    return least + hash % (most - least + 1);
}

/* --- one packet --- */

static bool happens(struct sim_faults *faults, uint32_t per_mille)
{
    return per_mille && next_random(faults) % PER_MILLE < per_mille;
}

/* So long that they garble above a clock: the more, the faster. */
static uint32_t one_in(const struct sim_board *board)
{
    const struct sim_faults *faults = &board->faults;
    uint32_t times = faults->wires_khz ? board->swclk_khz / faults->wires_khz : 0;
    bool too_fast = faults->wires_khz && board->swclk_khz > faults->wires_khz;

    if (!too_fast)
        return faults->noise;
    return times * LONG_WIRES_WORST >= LONG_WIRES_ONE_IN ? LONG_WIRES_WORST
                                                         : LONG_WIRES_ONE_IN / (times ? times : 1);
}

static bool is_noisy(struct sim_board *board)
{
    uint32_t rate = one_in(board);

    return rate && next_random(&board->faults) % rate == 0;
}

enum sim_carried sim_wires_carry(struct sim_board *board)
{
    struct sim_faults *faults = &board->faults;
    const struct sim_wires *wires = &faults->wires;

    if (wires->resets_chip)
        sim_reset_request(board, SIM_CAUSE_PIN);
    if (wires->deaf || happens(faults, wires->lost_per_mille))
        return SIM_LOST;
    if (happens(faults, wires->garbled_per_mille) || is_noisy(board))
        return SIM_GARBLED;
    return SIM_CARRIED;
}

/* --- two chips that answer at once --- */

/* What a chip is stands in the same words in each of its kind, and both took the same writes; what
 * its program does, and what it has in its memories, is its own. */
bool sim_wires_alike(const struct sim_board *board, unsigned ap, uint8_t reg)
{
    enum { DRW = 0x0C, BD0 = 0x10, BD3 = 0x1C };
    const uint32_t dhcsr = 0xE000EDF0, dwt = 0xE0001000, dwt_end = 0xE0002000;

    if (ap >= SIM_APS || (reg != DRW && (reg < BD0 || reg > BD3)))
        return true;
    uint32_t address = board->aps[ap].tar;
    if (reg != DRW)
        address = (address & ~15u) | (reg & 12u);
    bool of_the_core = address >= 0xE0000000 && address != dhcsr;
    return (of_the_core && (address < dwt || address >= dwt_end)) ||
           (address & ~0xFFFu) == (board->chip->size_register & ~0xFFFu);
}

/* Both drive the line, the one that pulls low wins: what they agree on passes. */
enum swd_ack sim_wires_mix(const struct sim_board *board, bool ap, uint8_t reg, uint32_t *value)
{
    const struct sim_wires *wires = &board->faults.wires;
    bool buffered = ap || reg == DP_RDBUFF || reg == DP_SELECT; /* that of an access port */
    bool same_kind = wires->other_dpidr == 0;
    bool port_is_alike = buffered ? same_kind && board->link.said : reg != DP_DPIDR || same_kind;
    uint32_t other = reg == DP_DPIDR && !ap ? wires->other_dpidr : *value * 0x9E3779B9u;

    if (!wires->two_chips || port_is_alike || *value == 0 || *value == other)
        return SWD_OK;
    bool odd = __builtin_parity(*value) && __builtin_parity(other);
    *value &= other;
    return odd == (__builtin_parity(*value) != 0) ? SWD_OK : SWD_PARITY;
}
