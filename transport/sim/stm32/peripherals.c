/* SPDX-License-Identifier: MIT */
/* The peripherals of the chip as a table (stm32f1_map.c): which one answers at an address, whether
 * RCC gives it a clock or holds it in reset (RM0008, 7.3.5 to 7.3.8), and what is said of those who
 * use one that has no clock. */
#include <stdio.h>

#include "sim/board/board_internal.h"

enum { PERIPHERAL_SIZE = 0x400 };
enum user { THE_PROGRAM = 1, THE_DEBUGGER = 2 }; /* of a peripheral without a clock */

/* --- clock and reset --- */

static bool bit_of(const uint32_t registers[], struct sim_gate gate)
{
    return registers[gate.bus] >> gate.bit & 1;
}

static bool has_clock(const struct sim_board *board, const struct sim_peripheral *peripheral)
{
    return peripheral->gate.bus == SIM_UNGATED || bit_of(board->chip.rcc.enables, peripheral->gate);
}

static bool in_reset(const struct sim_board *board, const struct sim_peripheral *peripheral)
{
    return peripheral->gate.bus != SIM_UNGATED && bit_of(board->chip.rcc.resets, peripheral->gate);
}

bool sim_has_clock(const struct sim_board *board, const struct sim_device *device, unsigned unit)
{
    for (size_t i = 0; i < sim_peripheral_count; i++)
        if (sim_peripherals[i].device == device && sim_peripherals[i].unit == unit)
            return has_clock(board, &sim_peripherals[i]);
    return false;
}

static void reset(struct sim_board *board, size_t index)
{
    sim_peripherals[index].device->reset(board, sim_peripherals[index].unit);
    board->misuses[index] = (struct sim_misuse){0};
}

void sim_devices_reset(struct sim_board *board)
{
    for (size_t i = 0; i < sim_peripheral_count; i++)
        reset(board, i);
}

void sim_devices_hold_reset(struct sim_board *board)
{
    for (size_t i = 0; i < sim_peripheral_count; i++)
        if (in_reset(board, &sim_peripherals[i]))
            reset(board, i);
}

/* --- time --- */

static uint64_t sync(struct sim_board *board, const struct sim_peripheral *peripheral)
{
    if (!peripheral->device->sync)
        return SIM_NEVER;
    return peripheral->device->sync(board, peripheral->unit, sim_now_ps(board));
}

uint64_t sim_devices_sync(struct sim_board *board)
{
    uint64_t next = SIM_NEVER;

    for (size_t i = 0; i < sim_peripheral_count; i++) {
        uint64_t event = sync(board, &sim_peripherals[i]);
        if (event < next)
            next = event;
    }
    return next;
}

/* --- without a clock --- */

static void note_misuse(struct sim_board *board, const struct sim_peripheral *peripheral)
{
    struct sim_misuse *misuse = &board->misuses[peripheral - sim_peripherals];
    enum user user = board->chip.debugger ? THE_DEBUGGER : THE_PROGRAM;

    if (misuse->seen & user)
        return;
    misuse->seen |= user;
    misuse->due |= user;
    if (user == THE_PROGRAM)
        misuse->pc = board->cpu->r[15];
    board->remarks_due = true;
}

/* Takes one of those who used it; the program first. */
static void tell(struct sim_misuse *misuse, const struct sim_peripheral *peripheral, char *text,
                 size_t size)
{
    static const char *const registers[] = {"AHBENR", "APB2ENR", "APB1ENR"};
    enum user user = misuse->due & THE_PROGRAM ? THE_PROGRAM : THE_DEBUGGER;
    char who[48] = "the debugger";

    if (user == THE_PROGRAM)
        snprintf(who, sizeof who, "the program, at 0x%08x,", (unsigned)misuse->pc);
    misuse->due &= (uint8_t)~user;
    snprintf(text, size,
             "%s uses %s, whose clock is off: it reads as 0 and what is written is lost; bit %u of "
             "RCC_%s is its clock",
             who, peripheral->name, peripheral->gate.bit, registers[peripheral->gate.bus]);
}

bool sim_board_remark(struct sim_board *board, char *text, size_t size)
{
    if (!board->remarks_due)
        return false;
    for (size_t i = 0; i < sim_peripheral_count; i++) {
        if (!board->misuses[i].due)
            continue;
        tell(&board->misuses[i], &sim_peripherals[i], text, size);
        return true;
    }
    return board->remarks_due = false;
}

/* --- accesses --- */

const struct sim_peripheral *sim_peripheral_at(struct sim_board *board, uint32_t address)
{
    for (size_t i = 0; i < sim_peripheral_count; i++) {
        if (address - sim_peripherals[i].base >= PERIPHERAL_SIZE)
            continue;
        sync(board, &sim_peripherals[i]);
        return &sim_peripherals[i];
    }
    return NULL;
}

bool sim_peripheral_read(struct sim_board *board, const struct sim_peripheral *peripheral,
                         uint32_t offset, uint32_t *value)
{
    if (has_clock(board, peripheral))
        return peripheral->device->read(board, peripheral->unit, offset, value);
    note_misuse(board, peripheral);
    *value = 0;
    return true;
}

bool sim_peripheral_write(struct sim_board *board, const struct sim_peripheral *peripheral,
                          uint32_t offset, uint32_t value)
{
    if (!has_clock(board, peripheral)) {
        note_misuse(board, peripheral);
        return true;
    }
    if (in_reset(board, peripheral))
        return true;
    return peripheral->device->write(board, peripheral->unit, offset, value);
}
