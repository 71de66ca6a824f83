/* SPDX-License-Identifier: MIT */
/* Walks the tables of option bytes, and what is made from them. Families are found as a chip of
 * each would find them. */
#include <string.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/options.h"
#include "flash_bench.h"

static const struct flash_options *options_of(const struct chip *chip)
{
    struct target target = {.chip = {.dev_id = chip->dev_id}};

    return flash_options_for(&target);
}

/* Every field lies in a register, in bits that no other has. */
static void check_places(const struct flash_options *options)
{
    uint64_t taken[OPTION_REGISTERS_MAX] = {0};

    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];
        uint64_t mask = ((UINT64_C(1) << field->bits) - 1) << field->shift;

        assert_true(field->reg < options->register_count);
        assert_true(field->bits > 0 && field->shift + field->bits <= 32);
        assert_int_equal(taken[field->reg] & mask, 0);
        taken[field->reg] |= mask;
    }
}

/* Every value fits, is told once, and has all the words or none of that kind. */
static void check_values(const struct option_field *field)
{
    assert_non_null(field->name);
    assert_non_null(field->title);
    assert_true((field->values != NULL) == (field->value_count != 0));
    assert_true(!field->word || !field->values);
    for (uint8_t i = 0; i < field->value_count; i++) {
        const struct option_value *value = &field->values[i];

        assert_true(value->value >> field->bits == 0);
        assert_ptr_equal(option_value(field, value->value), value);
        assert_non_null(value->text);
        assert_true((value->word != NULL) == (field->values[0].word != NULL));
        assert_true((value->meaning != NULL) == (field->values[0].meaning != NULL));
    }
    if (field->key && field->values)
        assert_non_null(option_value(field, field->key_true));
}

static void check_blocks(const struct flash_options *options, uint32_t flash_size)
{
    uint32_t count = option_block_count(options, flash_size), sum = 0;

    assert_true(options->blocks.most <= 32 && options->blocks.reg < options->register_count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(sum, i * options->blocks.size);
        sum += option_block_size(options, flash_size, i);
    }
    assert_int_equal(sum, flash_size);
}

static void tables_are_sound(void **state)
{
    size_t known = 0;

    (void)state;
    for (size_t i = 0; i < chip_count; i++) {
        const struct flash_options *options = options_of(&chips[i]);
        const struct chip_family *family = chip_family(&chips[i]);

        if (!options)
            continue;
        known++;
        assert_non_null(family->commands);
        assert_true(options->says && options->read && options->write);
        assert_true(options->lock && options->unlock && options->no_load);
        assert_in_range(options->register_count, 1, OPTION_REGISTERS_MAX);
        for (uint8_t n = 0; n < options->register_count; n++)
            assert_in_range(options->registers[n].offset, 4, 0x3FF);
        check_places(options);
        for (uint8_t n = 0; n < options->field_count; n++)
            check_values(&options->fields[n]);
        check_blocks(options, 1024u * chips[i].flash_max_kib);
        check_blocks(options, 1024u * chips[i].flash_guess_kib);
    }
    assert_int_equal(known, 7); /* the F1 */
}

static void a_field_is_set_and_leaves_its_neighbours(void **state)
{
    static const struct option_field field = {.reg = 1, .shift = 10, .bits = 16};
    static const struct option_field whole = {.reg = 0, .shift = 0, .bits = 32};
    uint32_t registers[2] = {0, UINT32_MAX};

    (void)state;
    option_set(&field, registers, 0x1234);
    assert_int_equal(registers[1], 0xFC0003FF | 0x1234 << 10);
    assert_int_equal(option_get(&field, registers), 0x1234);
    option_set(&field, registers, 0x1FFFF); /* more than fits */
    assert_int_equal(registers[1], UINT32_MAX);
    option_set(&whole, registers, 0x89ABCDEF);
    assert_int_equal(option_get(&whole, registers), 0x89ABCDEF);
}

/* The last block has all that follows. */
static void blocks_cover_large_flash(void **state)
{
    const struct flash_options *options = options_of(chip_by_dev_id(0x414));
    uint32_t registers[OPTION_REGISTERS_MAX] = {UINT32_MAX, UINT32_MAX};

    (void)state;
    assert_int_equal(option_block_count(options, 512 * 1024), 32);
    assert_int_equal(option_block_size(options, 512 * 1024, 30), 4096);
    assert_int_equal(option_block_size(options, 512 * 1024, 31), 388 * 1024);
    assert_int_equal(option_block_count(options, 16 * 1024), 4);
    option_block_protect(options, registers, 31, true);
    assert_true(option_block_protected(options, registers, 31));
    assert_false(option_block_protected(options, registers, 30));
    option_block_protect(options, registers, 31, false);
    assert_false(option_block_protected(options, registers, 31));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(a_field_is_set_and_leaves_its_neighbours),
        cmocka_unit_test(blocks_cover_large_flash),
    };

    return cmocka_run_group_tests_name("option_tables", tests, NULL, NULL);
}
