/* SPDX-License-Identifier: MIT */
/* Fields of option bytes; pure. */
#include "flash/options.h"

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

bool option_pending(const struct flash_options *options, const struct option_state *state)
{
    uint8_t reg = options->blocks.reg, shift = options->blocks.shift;

    if (options->blocks.most && state->stored[reg] >> shift != state->in_force[reg] >> shift)
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
