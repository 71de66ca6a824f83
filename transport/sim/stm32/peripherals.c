/* SPDX-License-Identifier: MIT */
/* The peripherals of the chip by its table: which one answers at an address, and what is said of
 * those who use one that has no clock. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/stm32/stm32_internal.h"

enum { PERIPHERAL_SIZE = 0x400 };
enum user { THE_PROGRAM = 1, THE_DEBUGGER = 2 }; /* of a peripheral without a clock */

/* --- all of them --- */

static struct sim_part *parts_end(const struct sim_board *board)
{
    return board->parts + board->chip->peripheral_count;
}

/* Those that the board asks by name. */
static void introduce(struct sim_board *board, struct sim_part *part)
{
    const struct sim_device *device = part->row->device;

    if (device == board->chip->rcc->device)
        board->rcc = part;
    else if (device == board->chip->flash->device)
        board->flash = part;
    else if (device == &sim_device_dbgmcu)
        board->dbgmcu = part;
    else if (device == &sim_device_exti)
        board->exti = part;
    else if (device == &sim_device_pwr)
        board->pwr = part;
    else if (device == &sim_device_dma)
        board->dma = part;
    else if (device == board->chip->gpio->device)
        board->ports[part->row->unit] = part;
}

bool sim_parts_create(struct sim_board *board)
{
    const struct sim_chip *chip = board->chip;

    board->parts = calloc(chip->peripheral_count, sizeof *board->parts);
    if (!board->parts)
        return false;
    for (size_t i = 0; i < chip->peripheral_count; i++) {
        struct sim_part *part = &board->parts[i];
        *part = (struct sim_part){board, .row = &chip->peripherals[i]};
        part->state = calloc(1, part->row->device->state_size);
        if (!part->state)
            return false;
        introduce(board, part);
        if (part->row->device->sync) {
            part->next_synced = board->first_synced;
            board->first_synced = part;
        }
    }
    return true;
}

void sim_parts_destroy(struct sim_board *board)
{
    if (!board->parts)
        return;
    for (struct sim_part *part = board->parts; part < parts_end(board); part++)
        free(part->state);
    free(board->parts);
}

struct sim_part *sim_part_of(const struct sim_board *board, const struct sim_device *device)
{
    struct sim_part *part = board->parts;

    while (part->row->device != device)
        part++;
    return part;
}

void sim_parts_power_on(struct sim_board *board)
{
    for (struct sim_part *part = board->parts; part < parts_end(board); part++)
        if (part->row->device->power_on)
            part->row->device->power_on(part);
}

void sim_backup_reset(struct sim_board *board)
{
    for (struct sim_part *part = board->parts; part < parts_end(board); part++)
        if (part->row->device->backed_up)
            part->row->device->power_on(part);
}

static void reset(struct sim_part *part)
{
    part->row->device->reset(part);
    part->misuse = (struct sim_misuse){0};
}

void sim_parts_reset(struct sim_board *board)
{
    board->unmodelled = (struct sim_unmodelled){0};
    sim_gates_reset(board);
    for (struct sim_part *part = board->parts; part < parts_end(board); part++)
        reset(part);
}

/* How far the time of its clock is behind. */
static uint64_t lag_of(const struct sim_part *part)
{
    return part->row->device->always_on ? 0 : sim_clocks_lag_ps(part->board);
}

uint64_t sim_part_now(const struct sim_part *part)
{
    return sim_now_ps(part->board) - lag_of(part);
}

/* Returns the board's time of its next event. */
static uint64_t sync(struct sim_part *part)
{
    const struct sim_device *device = part->row->device;

    if (!device->sync || (part->board->clocks_stopped && !device->always_on))
        return SIM_NEVER;
    uint64_t event = device->sync(part, sim_part_now(part));
    return event == SIM_NEVER ? SIM_NEVER : event + lag_of(part);
}

uint64_t sim_parts_due(struct sim_board *board)
{
    if (board->halted != sim_cpu_is_halted(board->cpu)) {
        sim_parts_sync(board); /* until now they were frozen, or were not */
        board->halted = !board->halted;
        board->parts_touched = true;
    }
    if (board->now_ps < board->parts_event_ps && !board->parts_touched)
        return board->parts_event_ps;
    for (int i = 0; i < 2; i++) { /* one may touch another, by DMA */
        board->parts_touched = false;
        board->parts_event_ps = sim_parts_sync(board);
        if (!board->parts_touched)
            break;
    }
    return board->parts_event_ps;
}

uint64_t sim_parts_sync(struct sim_board *board)
{
    uint64_t next = SIM_NEVER;

    for (struct sim_part *part = board->first_synced; part; part = part->next_synced) {
        uint64_t event = sync(part);
        if (event < next)
            next = event;
    }
    return next;
}

void sim_part_irq(struct sim_part *part, unsigned number, bool level)
{
    unsigned irq = part->row->irqs ? part->row->irqs[number] : part->row->irq;
    uint8_t *high = &part->board->irqs_high[irq];

    if ((part->irqs_high >> number & 1) == level)
        return;
    part->irqs_high ^= 1u << number;
    *high = (uint8_t)(level ? *high + 1 : *high - 1);
    sim_cpu_irq(part->board->cpu, irq, *high > 0);
}

bool sim_backup_writable(const struct sim_board *board)
{
    return board->backup_open || !board->pwr;
}

/* --- clock and reset --- */

static bool bit_of(const uint32_t registers[], struct sim_gate gate)
{
    return registers[gate.reg] >> gate.bit & 1;
}

static bool is_gated(const struct sim_part *part)
{
    return part->row->gate.reg < SIM_GATES_MAX;
}

bool sim_part_has_clock(const struct sim_part *part)
{
    const struct sim_board *board = part->board;

    return !is_gated(part) || bit_of(board->enables, part->row->gate) ||
           bit_of(board->second_enables, part->row->gate);
}

static bool in_reset(const struct sim_part *part)
{
    return is_gated(part) && bit_of(part->board->resets, part->row->gate);
}

void sim_gates_reset(struct sim_board *board)
{
    for (unsigned i = 0; i < SIM_GATES_MAX; i++) {
        board->enables[i] = board->chip->gates[i].at_reset;
        board->resets[i] = board->second_enables[i] = 0;
    }
}

/* The bits of the gate register that is at an offset in RCC, and which one it is; NULL: none. */
static uint32_t *find_gates(struct sim_board *board, uint32_t offset, int *which)
{
    for (int i = 0; i < SIM_GATES_MAX && board->chip->gates[i].name; i++) {
        const struct sim_gate_register *row = &board->chip->gates[i];

        *which = i;
        if (offset == row->enable)
            return &board->enables[i];
        if (row->reset && offset == row->reset)
            return &board->resets[i];
        if (row->second && offset == row->second)
            return &board->second_enables[i];
    }
    return NULL;
}

bool sim_gates_read(struct sim_board *board, uint32_t offset, uint32_t *value)
{
    int which;
    const uint32_t *bits = find_gates(board, offset, &which);

    if (bits)
        *value = *bits;
    return bits;
}

static void hold_resets(struct sim_board *board)
{
    for (struct sim_part *part = board->parts; part < parts_end(board); part++)
        if (in_reset(part))
            reset(part);
}

bool sim_gates_write(struct sim_board *board, uint32_t offset, uint32_t value)
{
    int which;
    uint32_t *bits = find_gates(board, offset, &which);

    if (!bits)
        return false;
    sim_parts_sync(board); /* what had a clock until now, counted until now */
    *bits = value & board->chip->gates[which].bits;
    if (bits == &board->resets[which])
        hold_resets(board);
    return true;
}

/* --- without a clock --- */

static void note_misuse(struct sim_part *part)
{
    struct sim_misuse *misuse = &part->misuse;
    enum user user = part->board->debugger ? THE_DEBUGGER : THE_PROGRAM;

    if (misuse->seen & user)
        return;
    misuse->seen |= user;
    misuse->due |= user;
    if (user == THE_PROGRAM)
        misuse->pc = part->board->cpu->r[15];
    part->board->remarks_due = true;
}

/* Takes one of those who used it; the program first. */
static void tell(struct sim_part *part, char *text, size_t size)
{
    struct sim_misuse *misuse = &part->misuse;
    const struct sim_peripheral *row = part->row;
    enum user user = misuse->due & THE_PROGRAM ? THE_PROGRAM : THE_DEBUGGER;
    char who[48] = "the debugger";

    if (user == THE_PROGRAM)
        snprintf(who, sizeof who, "the program, at 0x%08x,", (unsigned)misuse->pc);
    misuse->due &= (uint8_t)~user;
    snprintf(text, size,
             "%s uses %s, whose clock is off: it reads as 0 and what is written is lost; bit %u of "
             "RCC_%s is its clock",
             who, row->name, row->gate.bit, part->board->chip->gates[row->gate.reg].name);
}

bool sim_board_remark(struct sim_board *board, char *text, size_t size)
{
    if (!board->remarks_due)
        return false;
    for (struct sim_part *part = board->parts; part < parts_end(board); part++) {
        if (!part->misuse.due)
            continue;
        tell(part, text, size);
        return true;
    }
    return board->remarks_due = sim_unmodelled_remark(board, text, size);
}

/* --- accesses --- */

static struct sim_part *find(struct sim_board *board, uint32_t address)
{
    for (struct sim_part *part = board->parts; part < parts_end(board); part++)
        if (address - part->row->base < PERIPHERAL_SIZE)
            return part;
    return NULL;
}

/* Programs poll: it is most likely the same as before. */
struct sim_part *sim_part_at(struct sim_board *board, uint32_t address)
{
    struct sim_part *part = board->last_used;

    if (!part || address - part->row->base >= PERIPHERAL_SIZE)
        part = find(board, address);
    if (part) {
        sim_parts_touched(board);
        sync(part);
    }
    return board->last_used = part;
}

bool sim_part_read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    if (sim_part_has_clock(part))
        return part->row->device->read(part, offset, value);
    if (!part->row->device->off_reads_true)
        note_misuse(part);
    *value = 0;
    return true;
}

bool sim_part_write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    if (!sim_part_has_clock(part)) {
        note_misuse(part);
        return true;
    }
    if (in_reset(part))
        return true;
    bool ok = part->row->device->write(part, offset, value);
    if (part->board->core_runs)
        sim_expect_event(part->board, sync(part));
    return ok;
}
