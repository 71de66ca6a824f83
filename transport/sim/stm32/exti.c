/* SPDX-License-Identifier: MIT */
/* External interrupts and events, lines 0 to 31 (RM0008, 10.2): edges at pins and of what is inside
 * the chip, and those that the program makes. irqs[] of its row has the interrupt of each line. */
#include "sim/stm32/stm32_internal.h"

enum { IMR = 0x00, EMR = 0x04, RTSR = 0x08, FTSR = 0x0C, SWIER = 0x10, PR = 0x14 };

struct exti {
    uint32_t imr, emr, rtsr, ftsr, swier, pr;
    uint32_t levels; /* of the pins' lines when they were last looked at */
};

static uint32_t lines_of(const struct sim_part *part)
{
    return *(const uint32_t *)part->row->facts;
}

/* Lines that share an interrupt are neighbours. */
static void update_irqs(struct sim_part *part)
{
    const struct exti *exti = part->state;
    const uint8_t *irqs = part->row->irqs;
    uint32_t lines = lines_of(part), pending = exti->pr & exti->imr;
    bool level = false;

    for (unsigned line = 0; line < 32 && lines >> line; line++) {
        if (line > 0 && irqs[line] != irqs[line - 1])
            level = false;
        level = level || pending >> line & 1;
        if (lines >> line & 1)
            sim_part_irq(part, line, level);
    }
}

static void trigger(struct sim_part *part, uint32_t lines)
{
    struct exti *exti = part->state;

    exti->pr |= lines & exti->imr;
    if (lines & exti->emr)
        sim_cpu_event(part->board->cpu);
    update_irqs(part);
}

/* --- edges --- */

void sim_exti_edge(struct sim_board *board, unsigned line, bool rising)
{
    const struct exti *exti = board->exti ? board->exti->state : NULL;

    if (exti && (rising ? exti->rtsr : exti->ftsr) >> line & 1)
        trigger(board->exti, 1u << line);
}

static uint32_t levels(const struct sim_board *board)
{
    uint32_t result = 0;

    for (unsigned line = 0; line < SIM_PINS; line++)
        result |= (uint32_t)sim_pin_level(board, board->chip->exti_port(board, line), line) << line;
    return result;
}

void sim_exti_look(struct sim_board *board)
{
    struct exti *exti = board->exti ? board->exti->state : NULL;

    if (!exti || !(exti->rtsr | exti->ftsr))
        return;
    uint32_t before = exti->levels, now = levels(board);
    exti->levels = now;
    uint32_t edges = (now & ~before & exti->rtsr) | (before & ~now & exti->ftsr);
    if (edges)
        trigger(board->exti, edges);
}

/* --- registers --- */

static uint32_t *register_at(struct exti *exti, uint32_t offset)
{
    uint32_t *const registers[] = {&exti->imr,  &exti->emr,   &exti->rtsr,
                                   &exti->ftsr, &exti->swier, &exti->pr};

    return offset <= PR ? registers[offset / 4] : NULL;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const uint32_t *reg = register_at(part->state, offset);

    *value = reg ? *reg : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct exti *exti = part->state;
    uint32_t *reg = register_at(exti, offset);

    if (!reg)
        return true;
    value &= lines_of(part);
    if (offset == PR) { /* ones clear, in SWIER too */
        exti->pr &= ~value;
        exti->swier &= ~value;
    } else if (offset == SWIER) {
        uint32_t fresh = value & ~exti->swier;
        exti->swier |= value;
        trigger(part, fresh);
    } else {
        *reg = value;
        exti->levels = levels(part->board); /* what was before is no edge */
    }
    update_irqs(part);
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct exti *)part->state = (struct exti){0};
    update_irqs(part);
}

const struct sim_device sim_device_exti = {
    .state_size = sizeof(struct exti),
    .read = read,
    .write = write,
    .reset = reset,
};
