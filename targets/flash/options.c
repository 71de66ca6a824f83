/* SPDX-License-Identifier: MIT */
/* Fields and blocks of option bytes; pure. */
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
    uint8_t reg = options->blocks.reg;

    if (options->blocks.most && state->stored[reg] != state->in_force[reg])
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

uint32_t option_block_count(const struct flash_options *options, uint32_t flash_size)
{
    const struct option_blocks *blocks = &options->blocks;
    uint32_t count = blocks->most ? (flash_size + blocks->size - 1) / blocks->size : 0;

    return count < blocks->most ? count : blocks->most;
}

uint32_t option_block_size(const struct flash_options *options, uint32_t flash_size, uint32_t index)
{
    uint32_t rest = flash_size - index * options->blocks.size;

    return index + 1 == option_block_count(options, flash_size) ? rest : options->blocks.size;
}

bool option_block_protected(const struct flash_options *options, const uint32_t *registers,
                            uint32_t index)
{
    return !(registers[options->blocks.reg] >> index & 1);
}

void option_block_protect(const struct flash_options *options, uint32_t *registers, uint32_t index,
                          bool on)
{
    uint32_t bit = UINT32_C(1) << index, *word = &registers[options->blocks.reg];

    *word = on ? *word & ~bit : *word | bit;
}
