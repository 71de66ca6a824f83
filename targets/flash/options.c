/* SPDX-License-Identifier: MIT */
/* Fields of option bytes; pure. */
#include "flash/options.h"

#include <stdio.h>
#include <string.h>

static uint32_t mask_of(const struct option_field *field)
{
    return (uint32_t)((UINT64_C(1) << field->bits) - 1) << field->shift;
}

uint32_t option_get(const struct option_field *field, const uint32_t *registers)
{
    return (registers[field->reg] & mask_of(field)) >> field->shift;
}

void option_set(const struct option_field *field, uint32_t *registers, uint32_t value)
{
    uint32_t mask = mask_of(field);

    registers[field->reg] = (registers[field->reg] & ~mask) | (value << field->shift & mask);
}

const struct option_value *option_value(const struct option_field *field, uint32_t value)
{
    for (uint8_t i = 0; i < field->value_count; i++)
        if (field->values[i].value == value)
            return &field->values[i];
    return NULL;
}

uint32_t option_number_get(const struct option_number *number, const uint32_t *registers)
{
    uint32_t value = 0;

    for (size_t i = 0; i < sizeof number->parts / sizeof *number->parts; i++)
        value |= (registers[number->reg] & number->parts[i].mask) >> number->parts[i].down;
    return value;
}

bool option_number_set(const struct option_number *number, uint32_t *registers, uint32_t value)
{
    uint32_t *word = &registers[number->reg];

    if ((uint64_t)value >> 4 * number->digits)
        return false;
    for (size_t i = 0; i < sizeof number->parts / sizeof *number->parts; i++) {
        uint32_t mask = number->parts[i].mask;

        *word = (*word & ~mask) | (value << number->parts[i].down & mask);
    }
    return true;
}

/* Blocks that get the protection which they keep. */
static bool more_pcrop(const struct option_blocks *blocks, const uint32_t *before,
                       const uint32_t *after, unsigned registers)
{
    unsigned most = blocks->most < 32 ? blocks->most : 32;
    uint32_t bits = (uint32_t)((UINT64_C(1) << most) - 1) << blocks->shift;
    uint32_t clear = blocks->set_protects ? UINT32_MAX : 0; /* what protects there, then */
    bool was_on = before[0] & blocks->pcrop;

    if (!(after[0] & blocks->pcrop))
        return false;
    for (unsigned i = blocks->reg; i < registers; i++)
        if ((after[i] ^ clear) & bits & ~(was_on ? before[i] ^ clear : 0))
            return true;
    return false;
}

static enum option_guard guard_of(const struct flash_options *options, uint8_t index,
                                  const struct option_value *value)
{
    return value                                                ? value->guard
           : index < 32 && options->one_way_fields >> index & 1 ? OPTION_ONE_WAY
                                                                : OPTION_FREE;
}

/* The first field that is changed to a value so guarded. */
static bool find_guarded(const struct flash_options *options, enum option_guard guard,
                         const uint32_t *before, const uint32_t *after, char *text, size_t size)
{
    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];
        uint32_t now = option_get(field, after);
        const struct option_value *value = option_value(field, now);

        if (guard_of(options, i, value) != guard || option_get(field, before) == now)
            continue;
        if (value)
            snprintf(text, size, "%s = %s", field->name, value->text);
        else
            snprintf(text, size, "%s = 0x%x", field->name, (unsigned)now);
        return true;
    }
    return false;
}

bool option_harms(const struct flash_options *options, const uint32_t *before,
                  const uint32_t *after, char *text, size_t size)
{
    return find_guarded(options, OPTION_HARMS, before, after, text, size);
}

bool option_one_way(const struct flash_options *options, const uint32_t *before,
                    const uint32_t *after, char *text, size_t size)
{
    if (find_guarded(options, OPTION_ONE_WAY, before, after, text, size))
        return true;
    if (!more_pcrop(&options->blocks, before, after, options->register_count))
        return false;
    snprintf(text, size, "protection of a sector against reading and writing");
    return true;
}

bool option_waits(const struct flash_options *options, const struct option_state *state)
{
    return memcmp(state->in_force, state->stored,
                  options->register_count * sizeof *state->stored) != 0;
}

bool option_pending(const struct flash_options *options, const struct option_state *state)
{
    uint8_t shift = options->blocks.shift;

    for (uint8_t i = options->blocks.reg; options->blocks.most && i < options->register_count; i++)
        if (state->stored[i] >> shift != state->in_force[i] >> shift)
            return true;
    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];
        uint32_t now = option_get(field, state->in_force);
        const struct option_value *value = option_value(field, now);

        if (value && value->meaning && option_get(field, state->stored) != now)
            return true;
    }
    return false;
}
