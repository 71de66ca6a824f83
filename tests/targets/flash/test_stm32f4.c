/* SPDX-License-Identifier: MIT */
/* The controller of F2 and F4 as its driver takes it: geometry and times by voltage and banks,
 * keys, what is written to erase. Behind it stand registers alone, no flash. */
#include "stm32f4_model.h"

enum { OPEN = 0x0FFFAAED, DB1M = 0x4FFFAAED, PROTECTED = 0x0FFF55ED };

/* --- geometry --- */

static void the_voltage_decides_how_wide_and_how_fast(void **state)
{
    static const struct {
        uint32_t mv, program_size, erase_128k_us, erase_all_us;
    } cases[] = {
        {3300, 4, 1000000, 8000000},  {2700, 4, 1000000, 8000000},  {2699, 2, 1300000, 11000000},
        {2100, 2, 1300000, 11000000}, {1800, 1, 2000000, 16000000}, {300, 2, 2000000, 16000000},
        {0, 2, 2000000, 16000000}, /* cannot measure: as OpenOCD */
    };
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up(&rig, 0x413, 1024, OPEN, cases[i].mv);
        const struct flash_geometry *geometry = &rig.controller.geometry;
        assert_int_equal(geometry->program_size, cases[i].program_size);
        assert_int_equal(geometry->areas[2].erase_us, cases[i].erase_128k_us);
        assert_int_equal(geometry->bank_erase_us, cases[i].erase_all_us);
        assert_in_range(geometry->block_size / geometry->program_size * geometry->program_us, 1000,
                        45000);
        assert_int_equal(rig.job.err, ERR_OK);
        down(&rig);
    }
}

/* By one who knows that the probe measures its own rail. */
static void what_is_said_counts_more_than_what_is_measured(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x413, 1024, OPEN, 3300);
    probe_say_supply(rig.probe, 1800);
    assert_int_equal(controller_init(&rig.controller, rig.target, &stm32f4_flash), ERR_OK);
    assert_int_equal(rig.controller.geometry.program_size, 1);
    probe_say_supply(rig.probe, 0);
    assert_int_equal(controller_init(&rig.controller, rig.target, &stm32f4_flash), ERR_OK);
    assert_int_equal(rig.controller.geometry.program_size, 4);
    down(&rig);
}

static void a_bank_of_its_own_begins_with_small_sectors(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x413, 1024, OPEN, 3300);
    assert_int_equal(rig.controller.geometry.bank_count, 1);
    assert_int_equal(rig.controller.geometry.banks[0].size, 0x100000);
    down(&rig);
    up(&rig, 0x419, 2048, OPEN, 3300);
    assert_int_equal(rig.controller.geometry.bank_count, 2);
    assert_int_equal(rig.controller.geometry.banks[0].size, 0x100000);
    assert_int_equal(rig.controller.geometry.banks[1].start, 0x08100000);
    assert_int_equal(rig.controller.geometry.banks[1].size, 0x100000);
    down(&rig);
    up(&rig, 0x419, 1024, DB1M, 3300);
    assert_int_equal(rig.controller.geometry.bank_count, 2);
    assert_int_equal(rig.controller.geometry.banks[1].start, 0x08080000);
    down(&rig);
    up(&rig, 0x419, 1024, OPEN, 3300);
    assert_int_equal(rig.controller.geometry.bank_count, 1);
    down(&rig);
}

/* --- erasing --- */

enum { STRT = 1 << 16, X32 = 2 << 8, X8 = 0, SER = 2, MER = 4, MER2 = 1 << 15 };

static uint32_t erased_by(struct rig *rig, const struct flash_extent *what)
{
    bool ended = false;

    assert_int_equal(controller_take(&rig->controller, true), ERR_OK);
    model.cr_count = 0;
    assert_int_equal(controller_erase(&rig->controller, what, &ended), ERR_OK);
    assert_true(ended);
    assert_int_equal(model.cr_count, 2); /* first what, then STRT with it */
    assert_int_equal(model.cr_writes[0] | STRT, model.cr_writes[1]);
    assert_int_equal(controller_give_back(&rig->controller), ERR_OK);
    model.keys = 0;
    return model.cr_writes[0];
}

static uint32_t erased_at(struct rig *rig, uint32_t address)
{
    struct flash_extent what = controller_sector(&rig->controller, address);

    return erased_by(rig, &what);
}

static void sectors_have_the_numbers_of_the_manual(void **state)
{
    struct flash_extent all;
    struct rig rig;

    (void)state;
    up(&rig, 0x419, 2048, OPEN, 3300);
    assert_int_equal(erased_at(&rig, 0x08000000), SER | 0 << 3 | X32);
    assert_int_equal(erased_at(&rig, 0x0800C000), SER | 3 << 3 | X32);
    assert_int_equal(erased_at(&rig, 0x08010000), SER | 4 << 3 | X32);
    assert_int_equal(erased_at(&rig, 0x080E0000), SER | 11 << 3 | X32);
    assert_int_equal(erased_at(&rig, 0x08100000), SER | 16 << 3 | X32); /* sector 12 */
    assert_int_equal(erased_at(&rig, 0x081E0000), SER | 27 << 3 | X32); /* sector 23 */
    all = controller_all(&rig.controller);
    assert_int_equal(erased_by(&rig, &all), MER | MER2 | X32);
    down(&rig);
    up(&rig, 0x413, 512, OPEN, 0);
    assert_int_equal(erased_at(&rig, 0x08060000), SER | 7 << 3 | X8);
    all = controller_all(&rig.controller);
    assert_int_equal(erased_by(&rig, &all), MER | X8);
    down(&rig);
}

/* --- taking and giving back --- */

static void keys_are_given_only_to_a_locked_controller(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x413, 1024, OPEN, 3300);
    assert_int_equal(controller_take(&rig.controller, true), ERR_OK);
    assert_int_equal(model.keys, 2);
    assert_int_equal(controller_take(&rig.controller, true), ERR_OK); /* again, after a loss */
    assert_int_equal(model.keys, 2);
    assert_int_equal(model.faults, 0);
    assert_int_equal(*reg(STM32F4_ACR), CACHES_ON & ~0x600u); /* off meanwhile */
    assert_int_equal(controller_give_back(&rig.controller), ERR_OK);
    assert_int_equal(*reg(STM32F4_CR), STM32F4_CR_LOCK);
    assert_int_equal(*reg(STM32F4_ACR), CACHES_ON);
    down(&rig);
}

static void a_blocked_controller_is_explained(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x413, 1024, OPEN, 3300);
    model.keys = 1; /* the program gave one */
    assert_int_equal(controller_take(&rig.controller, true), ERR_FLASH);
    assert_non_null(strstr(rig.job.text, "stays locked"));
    down(&rig);
}

static void a_protected_chip_is_refused_by_its_family_s_command(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x413, 1024, PROTECTED, 3300);
    assert_int_equal(controller_take(&rig.controller, true), ERR_PROTECTED);
    assert_non_null(strstr(rig.job.text, "`monitor stm32f2x unlock 0`"));
    assert_int_equal(model.keys, 0);
    down(&rig);
}

static void a_failed_erase_is_explained(void **state)
{
    static const struct {
        uint32_t sr;
        enum err err;
        const char *text;
    } cases[] = {
        {STM32F4_SR_WRPERR, ERR_PROTECTED, "0x08004000 is write protected"},
        {STM32F4_SR_PGSERR, ERR_FLASH, "FLASH_SR 0x80"},
    };
    struct flash_extent what;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up(&rig, 0x413, 1024, OPEN, 3300);
        assert_int_equal(controller_take(&rig.controller, true), ERR_OK);
        what = controller_sector(&rig.controller, 0x08004000);
        *reg(STM32F4_SR) = cases[i].sr;
        assert_int_equal(stm32f4_flash.explain(&rig.controller, 0, what.address), cases[i].err);
        assert_non_null(strstr(rig.job.text, cases[i].text));
        assert_int_equal(*reg(STM32F4_SR), 0); /* cleared */
        down(&rig);
    }
}

/* A watchdog that runs from reset on would end the erase in its midst. */
static void read_protection_ends_without_a_hardware_watchdog(void **state)
{
    static const struct {
        uint32_t optcr;
        unsigned count;
        uint32_t starts[3];
    } cases[] = {
        {0x0FFF55CC | OPTLOCK, 3, {0x0FFF55EC, 0x0FFFAAEC, 0x0FFFAACC}},
        {0x0FFF55EC | OPTLOCK, 1, {0x0FFFAAEC}},
        {0x0FFFAACC | OPTLOCK, 0, {0}}, /* nothing to end */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;

        up(&rig, 0x423, 256, cases[i].optcr, 3300);
        assert_int_equal(stm32f4_option_table.unlock(rig.target), ERR_OK);
        assert_int_equal(model.start_count, cases[i].count);
        for (unsigned n = 0; n < cases[i].count; n++)
            assert_int_equal(model.starts[n], cases[i].starts[n]);
        down(&rig);
    }
}

/* --- what there is no way back from --- */

static void one_way_doors_want_a_word(void **state)
{
    static const struct {
        uint32_t before, wanted;
        bool one_way;
    } cases[] = {
        {0x0FFFAAEC, 0x8FFFAAEC, true},  /* SPRMOD, and with it all sectors */
        {0x0FFFAAEC, 0x0FFFCCEC, true},  /* RDP level 2 */
        {0x0FFFAAEC, 0x0FFF55E0, false}, /* level 1, BOR */
        {0x8000AAEC, 0x8001AAEC, true},  /* another sector */
        {0x8001AAEC, 0x8001AAE0, false},
    };
    struct option_state before, wanted;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up(&rig, 0x423, 256, cases[i].before | OPTLOCK, 3300);
        assert_int_equal(stm32f4_option_table.read(rig.target, &before), ERR_OK);
        wanted = before;
        wanted.stored[0] = cases[i].wanted | OPTLOCK;
        enum err err = option_change(rig.target, &stm32f4_option_table, &before, &wanted, false);
        assert_int_equal(err, cases[i].one_way ? ERR_ARGUMENT : ERR_OK);
        if (err) {
            assert_int_equal(model.start_count, 0);
            assert_non_null(strstr(rig.job.text, "say --irreversible behind it if that is meant"));
            job_clear(&rig.job);
            assert_int_equal(
                option_change(rig.target, &stm32f4_option_table, &before, &wanted, OPTION_SEALS),
                ERR_OK);
        }
        assert_int_equal(*reg(STM32F4_OPTCR), cases[i].wanted | OPTLOCK);
        down(&rig);
    }
}

/* RM0368, 3.6.5: with SPRMOD the sectors' bits mean the opposite. */
static void pcrop_turns_the_bits_over(void **state)
{
    uint32_t registers[OPTION_REGISTERS_MAX] = {0x8004AAEC};
    struct option_block block;
    struct rig rig;

    (void)state;
    up(&rig, 0x423, 256, 0x8004AAEC | OPTLOCK, 3300);
    assert_true(option_block_get(&stm32f4_option_table, rig.target, 2, &block));
    assert_true(option_block_protected(&block, registers));
    option_block_protect(&block, registers, false);
    assert_int_equal(registers[0], 0x8000AAEC);
    registers[0] = 0x0004AAEC;
    assert_false(option_block_protected(&block, registers));
    option_block_protect(&block, registers, true);
    assert_int_equal(registers[0], 0x0000AAEC);
    down(&rig);
}

static const struct option_field *find_field(const struct flash_options *options, const char *name)
{
    for (uint8_t i = 0; i < options->field_count; i++)
        if (strcmp(options->fields[i].name, name) == 0)
            return &options->fields[i];
    return NULL;
}

/* RM0033, 2.6.6; RM0090, 3.9.10 and 3.9.11; RM0368, 3.8.7; RM0430, 3.8.8. */
static void every_chip_has_the_option_bytes_of_its_manual(void **state)
{
    static const struct {
        uint16_t dev_id;
        bool pcrop, two_banks;
        uint8_t registers, sectors;
    } cases[] = {
        {0x413, false, false, 1, 12}, {0x423, true, false, 1, 12}, {0x431, true, false, 1, 12},
        {0x421, true, false, 1, 12},  {0x458, true, false, 1, 12}, {0x441, true, false, 1, 12},
        {0x463, true, false, 1, 15},  {0x419, true, true, 2, 12},  {0x434, true, true, 2, 12},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct target target = {.chip = {.dev_id = cases[i].dev_id}};
        const struct flash_options *options = flash_options_for(&target);

        assert_non_null(options);
        assert_int_equal(find_field(options, "SPRMOD") != NULL, cases[i].pcrop);
        assert_int_equal(find_field(options, "DB1M") != NULL, cases[i].two_banks);
        assert_int_equal(find_field(options, "BFB2") != NULL, cases[i].two_banks);
        assert_int_equal(options->register_count, cases[i].registers);
        assert_int_equal(options->blocks.most, cases[i].sectors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_voltage_decides_how_wide_and_how_fast),
        cmocka_unit_test(what_is_said_counts_more_than_what_is_measured),
        cmocka_unit_test(a_bank_of_its_own_begins_with_small_sectors),
        cmocka_unit_test(sectors_have_the_numbers_of_the_manual),
        cmocka_unit_test(keys_are_given_only_to_a_locked_controller),
        cmocka_unit_test(a_blocked_controller_is_explained),
        cmocka_unit_test(a_protected_chip_is_refused_by_its_family_s_command),
        cmocka_unit_test(a_failed_erase_is_explained),
        cmocka_unit_test(read_protection_ends_without_a_hardware_watchdog),
        cmocka_unit_test(one_way_doors_want_a_word),
        cmocka_unit_test(pcrop_turns_the_bits_over),
        cmocka_unit_test(every_chip_has_the_option_bytes_of_its_manual),
    };

    return cmocka_run_group_tests_name("stm32f4", tests, NULL, NULL);
}
