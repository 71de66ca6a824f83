/* SPDX-License-Identifier: MIT */
/* The STM32H563 as a debugger finds it: two access ports, ids, memories, clocks (RM0481). */
#include "rig.h"

enum {
    RCC = 0x44020C00,
    RCC_CFGR1 = RCC + 0x1C,
    RCC_CFGR2 = RCC + 0x20,
    RCC_PLL1CFGR = RCC + 0x28,
    RCC_PLL1DIVR = RCC + 0x34,
    RCC_AHB2ENR = RCC + 0x8C,
    RCC_APB1LENR = RCC + 0x9C,
    RCC_BDCR = RCC + 0xF0,
    RCC_RSR = RCC + 0xF4,
    PWR_VOSCR = 0x44020810,
    PWR_VOSSR = 0x44020814,
    GPIOA_MODER = 0x42020000,
    TIM2 = 0x40000000,
    TIM2_CNT = TIM2 + 0x24,
    DBGMCU = 0x44024000,
    ICACHE_CR = 0x40030400,
    ICACHE_SR = 0x40030404,
};
#define DEBUG_ROM 0xE00E0000u
#define DEBUG_DBGMCU 0xE0044000u
#define DEBUG_DBGMCU_SR 0xE00440FCu

static struct sim_board *board;

static int up(void **state)
{
    (void)state;
    board = rig_halted("nucleo-h563");
    return 0;
}

static int down(void **state)
{
    (void)state;
    sim_board_destroy(board);
    return 0;
}

static void the_core_is_behind_port_1_and_the_debug_units_behind_port_0(void **state)
{
    uint32_t ignored;

    (void)state;
    assert_int_equal(ap_register(board, AP_IDR), 0x84770001);
    assert_int_equal(peek32(board, CPUID), 0x410FD214);
    assert_int_equal(peek32(board, DBGMCU), 0x10016484);
    assert_int_equal(mem_read(board, DEBUG_DBGMCU, 4, &ignored), SWD_FAULT);
    rig_use_ap(board, 0);
    assert_int_equal(ap_register(board, AP_IDR), 0x54770002);
    assert_int_equal(ap_register(board, AP_BASE), 0xE00E0003);
    assert_int_equal(peek32(board, DEBUG_DBGMCU), 0x10016484);
    assert_int_equal(peek32(board, DEBUG_DBGMCU_SR), 0x00030003);
    assert_int_equal(peek32(board, DEBUG_ROM), 0x00004003);
    uint32_t rom = peek32(board, DEBUG_ROM + 0xFE0) << 8 | peek32(board, DEBUG_ROM + 0xFE4);
    assert_int_equal(rom & 0xFF0F, 0x8404);
    assert_int_equal(mem_read(board, CPUID, 4, &ignored), SWD_FAULT);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &ignored), SWD_FAULT);
    poke32(board, DEBUG_DBGMCU + 8, 0x1800); /* what one port writes the other one reads */
    rig_use_ap(board, 1);
    assert_int_equal(peek32(board, DBGMCU + 8), 0x1800);
}

/* While NRST is low, too, port 0 tells who it is. */
static void the_debug_units_know_no_reset(void **state)
{
    uint32_t ignored;

    (void)state;
    sim_board_nrst(board, true);
    assert_int_equal(mem_read(board, DBGMCU, 4, &ignored), SWD_FAULT);
    rig_use_ap(board, 0);
    assert_int_equal(peek32(board, DEBUG_DBGMCU), 0x10016484);
}

static void of_a_closed_product_port_1_refuses_all(void **state)
{
    uint32_t ignored;

    (void)state;
    rig_hand(board, "fault", "+locked");
    assert_int_equal(mem_read(board, CPUID, 4, &ignored), SWD_FAULT);
    assert_int_equal(mem_write(board, SRAM_BASE, 4, 0), SWD_FAULT);
    rig_use_ap(board, 0);
    assert_int_equal(peek32(board, DEBUG_DBGMCU_SR), 0x00010003);
    rig_hand(board, "fault", "-locked");
    assert_int_equal(peek32(board, DEBUG_DBGMCU_SR), 0x00030003);
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[] = {{0x081FFFFC, 0x08200000},
                {0x2009FFFC, 0x200A0000},
                {0x08FFF7FC, 0x08FFF000 - 4},
                {0x0BF9FFFC, 0x0BFA0000}};
    uint32_t ignored;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(mem_read(board, rows[i].last, 4, &ignored), SWD_OK);
        assert_int_equal(mem_read(board, rows[i].beyond, 4, &ignored), SWD_FAULT);
    }
    assert_int_equal(peek16(board, 0x08FFF80C), 2048);
}

static void pins_are_analog_but_for_the_debug_ports(void **state)
{
    (void)state;
    poke32(board, RCC_AHB2ENR, 3);
    assert_int_equal(peek32(board, GPIOA_MODER), 0xABFFFFFF);
}

static void assert_khz(uint32_t wanted)
{
    poke32(board, RCC_APB1LENR, 1);
    poke32(board, TIM2 + 0x2C, 0xFFFFFFFF);
    poke32(board, TIM2, 1);
    uint32_t before = peek32(board, TIM2_CNT);
    uint64_t start = sim_board_now_us(board);
    sim_board_advance_us(board, 10000);
    uint32_t counted = peek32(board, TIM2_CNT) - before;
    uint64_t khz = UINT64_C(1000) * counted / (sim_board_now_us(board) - start);

    assert_in_range(khz, wanted - wanted / 50, wanted + wanted / 50);
}

/* As ST's set-up does it: scale 0, HSE at 8 MHz from the ST-Link, 250 MHz by PLL1. */
static void clocks_follow_hsi_csi_hse_and_pll1(void **state)
{
    (void)state;
    assert_int_equal(peek32(board, RCC), 0x0000002B);
    assert_khz(32000);
    poke32(board, RCC, 0x23 | 1 << 8); /* HSI undivided, and CSI */
    assert_int_equal(peek32(board, RCC), 0x00000323);
    assert_khz(64000);
    poke32(board, RCC_CFGR1, 1);
    assert_int_equal(peek32(board, RCC_CFGR1), 0x9);
    assert_khz(4000);
    poke32(board, PWR_VOSCR, 0x30);
    assert_int_equal(peek32(board, PWR_VOSSR), 0x0000E008);
    poke32(board, RCC, 1 | 1 << 16 | 1 << 18);
    assert_int_equal(peek32(board, RCC) >> 16 & 3, 3);
    poke32(board, RCC_PLL1CFGR, 3 | 4 << 8 | 1 << 16); /* HSE / 4 x 250 / 2 */
    poke32(board, RCC_PLL1DIVR, 249 | 1 << 9);
    poke32(board, RCC, 1 | 1 << 16 | 1 << 18 | 1 << 24);
    assert_int_equal(peek32(board, RCC) >> 24 & 3, 3);
    poke32(board, RCC_CFGR1, 3);
    assert_int_equal(peek32(board, RCC_CFGR1), 0x1B);
    assert_khz(250000);
    poke32(board, RCC_CFGR2, 8 | 5 << 4); /* AHB by 2, APB1 by 4: timers get twice as much */
    assert_khz(62500);
}

static void lsi_is_in_the_backup_domain_and_flags_in_another_register(void **state)
{
    (void)state;
    assert_int_equal(peek32(board, RCC_RSR), 0x0C000000);
    poke32(board, RCC_BDCR, 1u << 26);
    assert_int_equal(peek32(board, RCC_BDCR), 3u << 26);
    poke32(board, RCC_RSR, 1u << 23);
    assert_int_equal(peek32(board, RCC_RSR), 0);
}

static void the_cache_says_that_it_was_emptied(void **state)
{
    (void)state;
    assert_int_equal(peek32(board, ICACHE_CR), 4);
    poke32(board, ICACHE_CR, 5);
    assert_int_equal(peek32(board, ICACHE_SR), 0);
    poke32(board, ICACHE_CR, 7);
    assert_int_equal(peek32(board, ICACHE_CR), 5);
    assert_int_equal(peek32(board, ICACHE_SR), 2);
    poke32(board, ICACHE_SR + 8, 2);
    assert_int_equal(peek32(board, ICACHE_SR), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)
    const struct CMUnitTest tests[] = {
        TEST(the_core_is_behind_port_1_and_the_debug_units_behind_port_0),
        TEST(the_debug_units_know_no_reset),
        TEST(of_a_closed_product_port_1_refuses_all),
        TEST(memories_end_where_the_manual_says),
        TEST(pins_are_analog_but_for_the_debug_ports),
        TEST(clocks_follow_hsi_csi_hse_and_pll1),
        TEST(lsi_is_in_the_backup_domain_and_flags_in_another_register),
        TEST(the_cache_says_that_it_was_emptied),
    };

    return cmocka_run_group_tests_name("h5_chip", tests, NULL, NULL);
}
