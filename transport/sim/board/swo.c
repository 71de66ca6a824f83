/* SPDX-License-Identifier: MIT */
/* The wire from TRACESWO to the probe: characters as the chip sends them, and a UART at the other
 * end that samples the line at its own rate, so that a wrong one reads what a wrong one reads. */
#include <stdlib.h>
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { DATA_BITS = 8, CHARACTER_BITS = 10, HALVES = 2 };
#define PS_PER_S 1000000000000ull

static uint64_t end_of(const struct sim_swo_character *character)
{
    return character->begin_ps + CHARACTER_BITS * character->bit_ps;
}

/* Between characters it is high. */
static bool is_high(const struct sim_swo *swo, uint64_t at)
{
    for (unsigned i = 0; i < SIM_SWO_LINE; i++) {
        const struct sim_swo_character *character = &swo->line[i];
        if (!character->bit_ps || at < character->begin_ps || at >= end_of(character))
            continue;
        uint64_t bit = (at - character->begin_ps) / character->bit_ps;
        return bit > DATA_BITS || (bit > 0 && character->byte >> (bit - 1) & 1);
    }
    return true;
}

static void keep(struct sim_swo *swo, uint8_t byte)
{
    if (swo->count == swo->capacity)
        return;
    swo->received[(swo->first + swo->count++) % swo->capacity] = byte;
}

/* The next falling edge that the receiver may take for a start bit; UINT64_MAX: none yet. */
static uint64_t next_edge(const struct sim_swo *swo)
{
    uint64_t edge = UINT64_MAX;

    for (unsigned i = 0; i < SIM_SWO_LINE; i++)
        for (unsigned bit = 0; swo->line[i].bit_ps && bit < CHARACTER_BITS; bit++) {
            uint64_t at = swo->line[i].begin_ps + bit * swo->line[i].bit_ps;
            if (at >= swo->listens_ps && at < edge && !is_high(swo, at) &&
                (at == 0 || is_high(swo, at - 1)))
                edge = at;
        }
    return edge;
}

static uint8_t sample(const struct sim_swo *swo, uint64_t edge)
{
    uint8_t byte = 0;

    for (unsigned bit = 0; bit < DATA_BITS; bit++)
        if (is_high(swo, edge + (3 + HALVES * bit) * swo->bit_ps / HALVES))
            byte |= (uint8_t)(1u << bit);
    return byte;
}

/* All that can be read of the line so far; what goes on behind `known_ps` nobody knows. */
static void listen(struct sim_swo *swo, uint64_t known_ps)
{
    for (;;) {
        uint64_t edge = next_edge(swo);

        if (edge == UINT64_MAX || edge + CHARACTER_BITS * swo->bit_ps > known_ps)
            return;
        keep(swo, sample(swo, edge));
        swo->listens_ps = edge + (HALVES * CHARACTER_BITS - 1) * swo->bit_ps / HALVES;
    }
}

/* As near as a UART can do with: then there is nothing to be worked out. */
static bool agrees(const struct sim_swo *swo, uint64_t bit_ps)
{
    uint64_t apart = bit_ps > swo->bit_ps ? bit_ps - swo->bit_ps : swo->bit_ps - bit_ps;

    return apart * 100 <= 3 * swo->bit_ps;
}

static bool pin_is_traced(const struct sim_board *board)
{
    const struct sim_dbgmcu_facts *facts = &board->chip->dbgmcu;

    return (sim_dbgmcu(board, SIM_DBGMCU_CR) & facts->trace_pin.mask) == facts->trace_pin.value;
}

void sim_swo_put(void *user, uint8_t byte, uint64_t after, uint32_t bit_cycles)
{
    struct sim_board *board = user;
    struct sim_swo *swo = &board->swo;
    uint64_t bit_ps = sim_cycles_to_ps(bit_cycles, board->core_khz);

    if (!swo->received || !pin_is_traced(board))
        return;
    if (agrees(swo, bit_ps)) {
        keep(swo, byte);
        return;
    }
    swo->line[swo->next] = (struct sim_swo_character){
        .begin_ps = sim_now_ps(board) + sim_cycles_to_ps(after, board->core_khz),
        .bit_ps = bit_ps,
        .byte = byte};
    listen(swo, end_of(&swo->line[swo->next]));
    swo->next = (swo->next + 1) % SIM_SWO_LINE;
}

bool sim_board_swo_listen(struct sim_board *board, uint32_t baud, size_t capacity)
{
    struct sim_swo *swo = &board->swo;

    free(swo->received);
    *swo = (struct sim_swo){0};
    if (!baud)
        return true;
    swo->received = malloc(capacity);
    swo->capacity = swo->received ? capacity : 0;
    swo->bit_ps = PS_PER_S / baud;
    swo->listens_ps = board->now_ps;
    return swo->received != NULL;
}

size_t sim_board_swo_waiting(struct sim_board *board)
{
    listen(&board->swo, board->now_ps);
    return board->swo.count;
}

size_t sim_board_swo_take(struct sim_board *board, uint8_t *bytes, size_t capacity)
{
    struct sim_swo *swo = &board->swo;
    size_t waiting = sim_board_swo_waiting(board), length = waiting < capacity ? waiting : capacity;

    for (size_t i = 0; i < length; i++)
        bytes[i] = swo->received[(swo->first + i) % swo->capacity];
    if (length > 0)
        swo->first = (swo->first + length) % swo->capacity;
    swo->count -= length;
    return length;
}
