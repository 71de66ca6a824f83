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
    for (uint8_t i = 0; field->values && i < field->value_count; i++) {
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

static struct target with_flash(uint16_t dev_id, uint32_t kib, bool two_banks)
{
    struct target target = {.chip = {.dev_id = dev_id}};

    detect_map(chip_by_dev_id(dev_id), 1024 * kib, two_banks, &target.regions);
    return target;
}

/* One bit, or one page of the bank, stands for no two blocks. */
static void check_place(const struct flash_options *options, const struct option_block *block,
                        bool taken[OPTION_REGISTERS_MAX][256])
{
    assert_true(block->reg + block->ranges <= options->register_count);
    assert_true(block->bit <= (block->ranges ? block->page_bits : 31));
    assert_false(taken[block->reg][block->bit]);
    taken[block->reg][block->bit] = true;
}

/* They follow each other, but for a gap between banks, and cover the flash. */
static void check_blocks(const struct flash_options *options, const struct chip *chip, uint32_t kib)
{
    bool two = chip_two_banks_chosen(chip, 1024 * kib, CHIP_BANKS_AS_DELIVERED);
    bool taken[OPTION_REGISTERS_MAX][256] = {{false}};
    struct target target = with_flash(chip->dev_id, kib, two);
    uint32_t next = chip_family(chip)->flash_base, sum = 0;
    struct option_block block;

    for (uint32_t i = 0; option_block_get(options, &target, i, &block); i++) {
        if (block.address != next) /* behind a gap */
            assert_int_equal(detect_region_at(&target.regions, block.address)->start,
                             block.address);
        next = block.address + block.size;
        check_place(options, &block, taken);
        sum += block.size;
    }
    assert_int_equal(sum, 1024 * kib);
}

/* What means something now and will mean something else behind the next load: any of the fields. */
static unsigned check_pending(const struct flash_options *options)
{
    struct option_state state = {0};
    unsigned meaningful = 0;

    for (uint8_t i = 0; i < options->field_count; i++)
        if (options->fields[i].values)
            option_set(&options->fields[i], state.in_force, options->fields[i].values[0].value);
    memcpy(state.stored, state.in_force, sizeof state.stored);
    assert_false(option_pending(options, &state));
    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];

        if (field->value_count < 2 || !field->values[0].meaning)
            continue;
        meaningful++;
        option_set(field, state.stored, field->values[1].value);
        assert_true(option_pending(options, &state));
        option_set(field, state.stored, field->values[0].value);
        assert_false(option_pending(options, &state));
    }
    return meaningful;
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
        assert_true(options->lock && options->unlock);
        assert_int_equal(options->load != NULL, options->no_load == NULL);
        assert_in_range(options->register_count, 1, OPTION_REGISTERS_MAX);
        for (uint8_t n = 0; n < options->register_count; n++)
            assert_in_range(options->registers[n].offset, 4, 0x3FF);
        check_places(options);
        for (uint8_t n = 0; n < options->field_count; n++)
            check_values(&options->fields[n]);
        assert_true(check_pending(options) > 1);
        check_blocks(options, &chips[i], chips[i].flash_max_kib);
        check_blocks(options, &chips[i], chips[i].flash_guess_kib);
    }
    /* F0 to F4, F7, L0, L1, L4, G0, G4, C0, U5, H5, H7, WB and WL */
    assert_int_equal(known, 5 + 7 + 1 + 5 + 10 + 3 + 4 + 5 + 7 + 4 + 3 + 5 + 3 + 3 + 4 + 4);
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

static struct option_block block_of(const struct flash_options *options,
                                    const struct target *target, uint32_t index)
{
    struct option_block block = {0};

    assert_true(option_block_get(options, target, index, &block));
    return block;
}

/* The last block has all that follows. */
static void blocks_cover_large_flash(void **state)
{
    const struct flash_options *options = options_of(chip_by_dev_id(0x414));
    struct target large = with_flash(0x414, 512, false), small = with_flash(0x412, 16, false);
    uint32_t registers[OPTION_REGISTERS_MAX] = {UINT32_MAX, UINT32_MAX};

    (void)state;
    assert_int_equal(option_block_count(options, &large), 32);
    struct option_block last = block_of(options, &large, 31),
                        before = block_of(options, &large, 30);
    assert_int_equal(before.size, 4096);
    assert_int_equal(last.size, 388 * 1024);
    assert_int_equal(option_block_count(options, &small), 4);
    option_block_protect(&last, registers, true);
    assert_true(option_block_protected(&last, registers));
    assert_false(option_block_protected(&before, registers));
    option_block_protect(&last, registers, false);
    assert_false(option_block_protected(&last, registers));
}

static void check_block(const struct option_block *block, uint32_t address, uint32_t kib,
                        uint8_t reg, uint8_t bit)
{
    assert_int_equal(block->address, address);
    assert_int_equal(block->size, kib * 1024);
    assert_int_equal(block->reg, reg);
    assert_int_equal(block->bit, bit);
}

/* As F4 has it: nWRP from bit 16 on, those of a second bank in OPTCR1, and the F413's last bit for
 * two sectors. */
static void blocks_may_be_sectors(void **state)
{
    static const struct flash_options f42x = {.blocks = {.reg = 0, .shift = 16, .most = 12}};
    static const struct flash_options f413 = {.blocks = {.reg = 0, .shift = 16, .most = 15}};
    struct target two = with_flash(0x419, 2048, false), chosen = with_flash(0x419, 1024, true);
    struct target large = with_flash(0x463, 1536, false);
    struct option_block block;

    (void)state;
    assert_int_equal(option_block_count(&f42x, &two), 24);
    block = block_of(&f42x, &two, 4);
    check_block(&block, 0x08010000, 64, 0, 20);
    block = block_of(&f42x, &two, 12);
    check_block(&block, 0x08100000, 16, 1, 16);
    block = block_of(&f42x, &two, 23);
    check_block(&block, 0x081E0000, 128, 1, 27);
    assert_int_equal(option_block_count(&f42x, &chosen), 16);
    block = block_of(&f42x, &chosen, 8);
    check_block(&block, 0x08080000, 16, 1, 16);
    assert_int_equal(option_block_count(&f413, &large), 15);
    block = block_of(&f413, &large, 13);
    check_block(&block, 0x08120000, 128, 0, 29);
    block = block_of(&f413, &large, 14);
    check_block(&block, 0x08140000, 256, 0, 30);
}

/* --- write protection by ranges of pages --- */

static struct job job;

static void assert_pages(const struct flash_options *options, const struct target *target,
                         const uint32_t *registers, const char *wanted)
{
    char line[300];
    const struct option_state state = {0};
    struct option_state now = state;

    memcpy(now.in_force, registers, sizeof now.in_force);
    memcpy(now.stored, registers, sizeof now.stored);
    assert_true(option_line(options, target, options->field_count, &now, line, sizeof line));
    const char *value = line + strcspn(line, " ");
    value += strspn(value, " ");
    assert_memory_equal(value, wanted, strlen(wanted));
    assert_int_equal(value[strlen(wanted)], ' ');
}

static void take(const struct flash_options *options, const struct target *target, const char *word,
                 uint32_t *registers, enum err wanted)
{
    job_clear(&job);
    assert_int_equal(option_take(&job, options, target, 1, &word, registers), wanted);
}

/* Which one of two would count is not ours to choose. */
static void a_name_given_twice_is_refused(void **state)
{
    const struct flash_options *f1 = options_of(chip_by_dev_id(0x410));
    struct target target = with_flash(0x410, 64, false);
    const char *const twice[] = {"nRST_STOP=RSTSTOP", "RDP=off", "rdprt=on"};
    uint32_t registers[OPTION_REGISTERS_MAX] = {0};

    (void)state;
    job_clear(&job);
    assert_int_equal(option_take(&job, f1, &target, 2, twice, registers), ERR_OK);
    assert_int_equal(option_take(&job, f1, &target, 3, twice, registers), ERR_ARGUMENT);
    assert_string_equal(job.text, "'RDP=off' and 'rdprt=on': which of the two?");
}

/* L476: bank 1's are WRP1AR and WRP1BR, the second's follow; first page low, last page high. */
static void pages_are_protected_by_ranges(void **state)
{
    const struct flash_options *l4 = options_of(chip_by_dev_id(0x415));
    struct target target = with_flash(0x415, 1024, true);
    uint32_t registers[OPTION_REGISTERS_MAX] = {0, 0xFF00FFFF, 0xFF00FFFF, 0xFF00FFFF, 0xFF00FFFF};

    (void)state;
    assert_int_equal(option_block_count(l4, &target), 512);
    assert_pages(l4, &target, registers, "none");
    take(l4, &target, "WRP=3-7,9,254-257", registers, ERR_ARGUMENT);
    take(l4, &target, "WRP=none", registers, ERR_OK);
    take(l4, &target, "WRP=3-7,254-257", registers, ERR_OK);
    assert_int_equal(registers[1], 0xFF07FF03); /* what the fields do not hold stays */
    assert_int_equal(registers[2], 0xFFFFFFFE);
    assert_int_equal(registers[3], 0xFF01FF00);
    assert_int_equal(registers[4], 0xFF00FFFF);
    assert_pages(l4, &target, registers, "3-7,254-257");
    assert_int_equal(option_blocks_set(&job, l4, &target, 5, 5, false, registers), ERR_ARGUMENT);
    assert_pages(l4, &target, registers, "3-7,254-257");
    assert_int_equal(option_blocks_set(&job, l4, &target, 7, 255, false, registers), ERR_OK);
    assert_pages(l4, &target, registers, "3-6,256-257");
    take(l4, &target, "WRP=all", registers, ERR_OK);
    assert_int_equal(registers[1], 0xFFFFFF00);
    assert_int_equal(registers[2], 0xFF00FFFF);
    assert_pages(l4, &target, registers, "0-511");
}

/* G47x as one bank: pages of 4 KiB, and the ranges of both halves count for it. */
static void one_bank_has_the_ranges_of_both(void **state)
{
    const struct flash_options *g4 = options_of(chip_by_dev_id(0x469));
    struct target one = with_flash(0x469, 512, false), two = with_flash(0x469, 512, true);
    uint32_t registers[OPTION_REGISTERS_MAX] = {0, 0x7F, 0x7F, 0x7F, 0x7F};

    (void)state;
    assert_int_equal(option_block_count(g4, &one), 128);
    assert_int_equal(option_block_count(g4, &two), 256);
    take(g4, &one, "WRP=0,2,4,127", registers, ERR_OK);
    assert_int_equal(registers[4], 0x7F007F);
    assert_pages(g4, &one, registers, "0,2,4,127");
    take(g4, &two, "WRP=0,2,4", registers, ERR_ARGUMENT);
}

/* G0Bx as two banks; as one, pages above 127 have more bits than the registers. */
static void pages_without_a_number_are_no_blocks(void **state)
{
    const struct flash_options *g0 = options_of(chip_by_dev_id(0x467));
    struct target one = with_flash(0x467, 512, false), two = with_flash(0x467, 512, true);
    uint32_t registers[OPTION_REGISTERS_MAX] = {0, 0x7F, 0x7F, 0x7F, 0x7F};

    (void)state;
    assert_int_equal(option_block_count(g0, &two), 256);
    assert_int_equal(option_block_count(g0, &one), 128);
    take(g0, &two, "WRP=127-128", registers, ERR_OK);
    assert_int_equal(registers[1], 0x7F007F);
    assert_int_equal(registers[3], 0);
    assert_pages(g0, &two, registers, "127-128");
    two.chip.banks_swapped = true;
    assert_pages(g0, &two, registers, "0,255");
}

static void check_guard(uint16_t dev_id, const char *word)
{
    const struct flash_options *options = options_of(chip_by_dev_id(dev_id));
    struct target target = with_flash(dev_id, chip_by_dev_id(dev_id)->flash_max_kib, false);
    uint32_t before[OPTION_REGISTERS_MAX] = {0xFFEFF8AA}, after[OPTION_REGISTERS_MAX];
    char text[100];

    memcpy(after, before, sizeof after);
    take(options, &target, word, after, ERR_OK);
    assert_true(option_one_way(options, before, after, text, sizeof text));
    assert_memory_equal(text, word, strcspn(word, "="));
    memcpy(after, before, sizeof after);
    take(options, &target, "nBOOT0=0", after, ERR_OK);
    assert_false(option_one_way(options, before, after, text, sizeof text));
}

/* What only the end of read protection takes back. */
static void areas_that_cannot_be_read_have_no_way_back(void **state)
{
    static const struct {
        uint16_t dev_id;
        const char *guarded[12];
    } rows[] = {
        {0x468,
         {"PCROP1_STRT=0x10", "PCROP1_END=0x20", "PCROP_RDP=erased", "SEC_SIZE1=3", "BOOT_LOCK=on",
          "RDP=level2"}},
        {0x460,
         {"PCROP1A_STRT=0x10", "PCROP1A_END=0x20", "PCROP1B_STRT=0x10", "PCROP1B_END=0x20",
          "PCROP_RDP=erased", "SEC_SIZE=3", "BOOT_LOCK=on", "RDP=level2"}},
        {0x467,
         {"PCROP1A_STRT=0x10", "PCROP1B_END=0x20", "PCROP2A_STRT=0x10", "PCROP2A_END=0x20",
          "PCROP2B_STRT=0x10", "PCROP2B_END=0x20", "PCROP_RDP=erased", "SEC_SIZE=3", "SEC_SIZE2=3",
          "BOOT_LOCK=on", "RDP=level2"}},
        {0x453,
         {"PCROP1B_END=0x20", "PCROP_RDP=erased", "SEC_SIZE=3", "BOOT_LOCK=on", "RDP=level2"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t n = 0; rows[i].guarded[n]; n++)
            check_guard(rows[i].dev_id, rows[i].guarded[n]);
}

/* Of every chip: pins that a higher supply would damage, if they are set up for a low one. */
static unsigned check_supply(const struct flash_options *options)
{
    unsigned found = 0;

    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];
        uint32_t before[OPTION_REGISTERS_MAX] = {0}, after[OPTION_REGISTERS_MAX] = {0};
        char text[100];

        if (!strstr(field->name, "HSLV"))
            continue;
        option_set(field, after, 1);
        assert_true(option_harms(options, before, after, text, sizeof text));
        assert_memory_equal(text, field->name, strlen(field->name));
        assert_false(option_one_way(options, before, after, text, sizeof text));
        assert_false(option_harms(options, after, before, text, sizeof text));
        found++;
    }
    return found;
}

static void pins_for_a_low_supply_are_guarded(void **state)
{
    unsigned found = 0;

    (void)state;
    for (size_t i = 0; i < chip_count; i++)
        if (options_of(&chips[i]))
            found += check_supply(options_of(&chips[i]));
    assert_true(found >= 8); /* H5, H7, H7A and U5 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(a_field_is_set_and_leaves_its_neighbours),
        cmocka_unit_test(blocks_cover_large_flash),
        cmocka_unit_test(blocks_may_be_sectors),
        cmocka_unit_test(a_name_given_twice_is_refused),
        cmocka_unit_test(pages_are_protected_by_ranges),
        cmocka_unit_test(one_bank_has_the_ranges_of_both),
        cmocka_unit_test(pages_without_a_number_are_no_blocks),
        cmocka_unit_test(areas_that_cannot_be_read_have_no_way_back),
        cmocka_unit_test(pins_for_a_low_supply_are_guarded),
    };

    return cmocka_run_group_tests_name("option_tables", tests, NULL, NULL);
}
