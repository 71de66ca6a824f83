/* SPDX-License-Identifier: MIT */
/* STM32G431 and STM32L476 as a debugger finds them: ids, memories, clocks, pins (RM0440, RM0351).
 */
#include "rig.h"

enum {
    RCC = 0x40021000,
    RCC_CFGR = RCC + 0x08,
    RCC_PLLCFGR = RCC + 0x0C,
    RCC_AHB2ENR = RCC + 0x4C,
    RCC_APB1ENR1 = RCC + 0x58,
    RCC_L4_APB2ENR = RCC + 0x60,
    GPIOA_MODER = 0x48000000,
    TIM2 = 0x40000000,
    TIM2_CNT = TIM2 + 0x24,
    SYSCFG_MEMRMP = 0x40010000,
    PWR_CR1 = 0x40007000,
    PWR_SR2 = 0x40007014,
};

static const char *const boards[] = {"nucleo-g431", "nucleo-l476"};
enum { BOARDS = 2, L476 = 1 };

static void they_say_who_they_are(void **state)
{
    static const struct {
        uint32_t idcode, rom, kib;
    } rows[] = {{0x20016468, 0x6804, 128}, {0x10076415, 0x1504, 1024}};

    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_connected(boards[i]);

        assert_int_equal(peek32(board, CPUID), 0x410FC241);
        assert_int_equal(peek32(board, 0xE0042000), rows[i].idcode);
        assert_int_equal(peek16(board, 0x1FFF75E0), rows[i].kib);
        uint32_t value = peek32(board, 0xE00FFFE0) << 8 | peek32(board, 0xE00FFFE4);
        assert_int_equal(value & 0xFF0F, rows[i].rom);
        sim_board_destroy(board);
    }
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[BOARDS][4] = {{{0x0801FFFC, 0x08020000},
                          {0x20007FFC, 0x20008000},
                          {0x100027FC, 0x10002800},
                          {0x1FFF73FC, 0x1FFF8000}},
                         {{0x080FFFFC, 0x08100000},
                          {0x20017FFC, 0x20018000},
                          {0x10007FFC, 0x10008000},
                          {0x1FFF73FC, 0x1FFF8000}}};
    uint32_t ignored;

    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);
        for (size_t n = 0; n < 4; n++) {
            assert_int_equal(mem_read(board, rows[i][n].last, 4, &ignored), SWD_OK);
            assert_int_equal(mem_read(board, rows[i][n].beyond, 4, &ignored), SWD_FAULT);
        }
        sim_board_destroy(board);
    }
}

static void pins_are_analog_but_for_the_debug_ports(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        poke32(board, RCC_AHB2ENR, 3);
        assert_int_equal(peek32(board, GPIOA_MODER), 0xABFFFFFF);
        assert_int_equal(peek32(board, GPIOA_MODER + 0x400), 0xFFFFFEBF);
        sim_board_destroy(board);
    }
}

/* Core clock by what TIM2 counts in a millisecond, APB1 undivided. */
static uint32_t khz(struct sim_board *board)
{
    poke32(board, RCC_APB1ENR1, 1);
    poke32(board, TIM2 + 0x2C, 0xFFFFFFFF);
    poke32(board, TIM2, 1);
    uint32_t before = peek32(board, TIM2_CNT);
    uint64_t start = sim_board_now_us(board);
    sim_board_advance_us(board, 10000);
    uint32_t counted = peek32(board, TIM2_CNT) - before;
    return (uint32_t)(UINT64_C(1000) * counted / (sim_board_now_us(board) - start));
}

static void assert_khz(struct sim_board *board, uint32_t wanted)
{
    assert_in_range(khz(board), wanted - wanted / 50, wanted + wanted / 50);
}

/* As ST's set-up does it: 80 MHz by MSI or HSI16 and the PLL, 170 MHz on G4. */
static void clocks_follow_msi_hsi16_and_the_pll(void **state)
{
    struct sim_board *g4 = rig_halted(boards[0]), *l4 = rig_halted(boards[L476]);

    assert_int_equal(peek32(l4, RCC), 0x00000063);
    assert_int_equal(peek32(l4, RCC_CFGR), 0);
    assert_khz(l4, 4000);
    poke32(l4, RCC, 0x99 | 1 << 8); /* MSI at 24 MHz, and HSI16 */
    assert_int_equal(peek32(l4, RCC) & 0x402, 0x402);
    assert_khz(l4, 24000);
    poke32(l4, RCC_PLLCFGR, 2 | 10 << 8 | 1 << 24); /* HSI16 / 1 x 10 / 2 */
    poke32(l4, RCC, 0x99 | 1 << 8 | 1 << 24);
    poke32(l4, RCC_CFGR, 3);
    assert_int_equal(peek32(l4, RCC_CFGR), 0xF);
    assert_khz(l4, 80000);
    sim_board_destroy(l4);
    assert_int_equal(peek32(g4, RCC), 0x00000500);
    assert_int_equal(peek32(g4, RCC_CFGR), 5);
    assert_khz(g4, 16000);
    poke32(g4, RCC_PLLCFGR, 2 | 3 << 4 | 85 << 8 | 1 << 24); /* HSI16 / 4 x 85 / 2 */
    poke32(g4, RCC, 0x500 | 1 << 24);
    poke32(g4, RCC_CFGR, 3);
    assert_khz(g4, 170000);
    sim_board_destroy(g4);
}

static void power_is_ready_and_what_stands_at_zero_is_chosen(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        poke32(board, RCC_APB1ENR1, 1u << 28);
        poke32(board, RCC_L4_APB2ENR, 1);
        assert_int_equal(peek32(board, PWR_CR1), 0x200);
        poke32(board, PWR_CR1, 0x400);
        assert_int_equal(peek32(board, PWR_CR1), 0x400);
        assert_int_equal(peek32(board, PWR_SR2) & 0x400, 0); /* VOSF */
        rig_choose_at_zero(board, SYSCFG_MEMRMP);
        sim_board_destroy(board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_say_who_they_are),
        cmocka_unit_test(memories_end_where_the_manual_says),
        cmocka_unit_test(pins_are_analog_but_for_the_debug_ports),
        cmocka_unit_test(clocks_follow_msi_hsi16_and_the_pll),
        cmocka_unit_test(power_is_ready_and_what_stands_at_zero_is_chosen),
    };

    return cmocka_run_group_tests_name("l4_chip", tests, NULL, NULL);
}
