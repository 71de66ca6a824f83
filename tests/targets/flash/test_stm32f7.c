/* SPDX-License-Identifier: MIT */
/* What the driver of F2 and F4 does otherwise for an F7: sectors, accelerator, protection. */
#include "stm32f4_model.h"

#define ONE_BANK 0xF0FFAAFDu
#define TWO_BANKS 0xD0FFAAFDu

/* Sectors of an F74x are twice as large, those of an F76x with two banks as large as an F4's. */
static void an_f7_has_sectors_and_times_of_its_own(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x449, 1024, ONE_BANK, 3300);
    const struct flash_geometry *geometry = &rig.controller.geometry;
    assert_int_equal(geometry->areas[0].sector_size, 32768);
    assert_int_equal(geometry->areas[0].erase_us, 200000);
    assert_int_equal(geometry->areas[1].erase_us, 500000);
    assert_int_equal(geometry->areas[2].sector_size, 262144);
    assert_int_equal(geometry->areas[2].erase_us, 1000000);
    assert_int_equal(geometry->bank_count, 1);
    down(&rig);
    up(&rig, 0x451, 2048, ONE_BANK, 3300);
    assert_int_equal(geometry->areas[2].size, 7 * 262144);
    assert_int_equal(geometry->bank_count, 1);
    down(&rig);
    up(&rig, 0x451, 2048, TWO_BANKS, 3300);
    assert_int_equal(geometry->bank_count, 2);
    assert_int_equal(geometry->banks[1].start, 0x08100000);
    assert_int_equal(geometry->areas[0].erase_us, 250000);
    down(&rig);
    up(&rig, 0x452, 512, ONE_BANK, 3300);
    assert_int_equal(geometry->areas[0].sector_size, 16384);
    down(&rig);
}

static void the_accelerator_of_an_f7_is_off_meanwhile(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x449, 1024, 0xC0FFAAFD, 3300);
    *reg(STM32F4_ACR) = 0x307;
    assert_int_equal(controller_take(&rig.controller, true), ERR_OK);
    assert_int_equal(*reg(STM32F4_ACR), 0x107);
    assert_int_equal(controller_give_back(&rig.controller), ERR_OK);
    assert_int_equal(*reg(STM32F4_ACR), 0x307);
    down(&rig);
}

/* The manual: of two banks, a bit keeps two sectors. */
static void a_bit_keeps_two_sectors_of_two_banks(void **state)
{
    struct option_block block;
    struct rig rig;

    (void)state;
    up(&rig, 0x451, 2048, TWO_BANKS, 3300);
    assert_int_equal(option_block_count(&stm32f76x_option_table, rig.target), 12);
    assert_true(option_block_get(&stm32f76x_option_table, rig.target, 2, &block));
    assert_int_equal(block.address, 0x08010000);
    assert_int_equal(block.size, 0x30000);
    assert_int_equal(block.bit, 18);
    assert_true(option_block_get(&stm32f76x_option_table, rig.target, 6, &block));
    assert_int_equal(block.address, 0x08100000);
    assert_int_equal(block.size, 0x8000);
    assert_int_equal(block.reg, 0);
    assert_int_equal(block.bit, 22);
    down(&rig);
    up(&rig, 0x451, 2048, ONE_BANK, 3300);
    assert_true(option_block_get(&stm32f76x_option_table, rig.target, 6, &block));
    assert_int_equal(block.address, 0x08080000);
    down(&rig);
}

/* What a PCROP area keeps to itself is to go, too. */
static void the_end_of_protection_takes_pcrop_along(void **state)
{
    struct rig rig;

    (void)state;
    up(&rig, 0x452, 512, 0xC0FF55ECu | OPTLOCK, 3300);
    assert_int_equal(stm32f72x_option_table.unlock(rig.target), ERR_OK);
    assert_int_equal(*reg(STM32F4_OPTCR2), 0x80000000);
    /* The window watchdog runs by itself, until the end. */
    assert_int_equal(model.start_count, 3);
    assert_int_equal(model.starts[0], 0xC0FF55FC);
    assert_int_equal(model.starts[1], 0xC0FFAAFC);
    assert_int_equal(model.starts[2], 0xC0FFAAEC);
    down(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_f7_has_sectors_and_times_of_its_own),
        cmocka_unit_test(the_accelerator_of_an_f7_is_off_meanwhile),
        cmocka_unit_test(a_bit_keeps_two_sectors_of_two_banks),
        cmocka_unit_test(the_end_of_protection_takes_pcrop_along),
    };

    return cmocka_run_group_tests_name("stm32f7", tests, NULL, NULL);
}
