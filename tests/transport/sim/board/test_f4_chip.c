/* SPDX-License-Identifier: MIT */
/* The STM32F401 as a debugger finds it: ids, memories, clocks, pins (RM0368). */
#include "rig.h"

enum {
    RCC = 0x40023800,
    RCC_PLLCFGR = RCC + 0x04,
    RCC_CFGR = RCC + 0x08,
    RCC_AHB1ENR = RCC + 0x30,
    F4_RCC_APB1ENR = RCC + 0x40,
    F4_RCC_APB2ENR = RCC + 0x44,
    GPIOA = 0x40020000,
    GPIOA_PUPDR = GPIOA + 0x0C,
    GPIOA_IDR = GPIOA + 0x10,
    GPIOA_ODR = GPIOA + 0x14,
    GPIOA_BSRR = GPIOA + 0x18,
    GPIOA_LCKR = GPIOA + 0x1C,
    TIM2 = 0x40000000,
    TIM3_ARR = 0x40000400 + 0x2C,
    TIM2_ARR = TIM2 + 0x2C,
    SYSCFG_MEMRMP = 0x40013800,
};
#define DBGMCU_IDCODE 0xE0042000u

static struct sim_board *halted(void)
{
    struct sim_board *board = rig_halted("blackpill-f401");

    poke32(board, RCC_AHB1ENR, 0x9F);
    poke32(board, F4_RCC_APB1ENR, 0x3);
    poke32(board, F4_RCC_APB2ENR, 1u << 14);
    return board;
}

static void says_who_it_is(void **state)
{
    struct sim_board *board = rig_connected("blackpill-f401");
    uint32_t value;

    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    assert_int_equal(value, 0x2BA01477);
    assert_int_equal(ap_register(board, AP_IDR), 0x24770011);
    assert_int_equal(peek32(board, CPUID), 0x410FC241);
    assert_int_equal(peek32(board, DBGMCU_IDCODE), 0x10016423);
    assert_int_equal(peek16(board, 0x1FFF7A22), 256);
    assert_int_equal(peek32(board, 0xE00FFFE0) << 8 | peek32(board, 0xE00FFFE4), 0x2304);
    sim_board_destroy(board);
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[] = {{0x0803FFFC, 0x08040000}, {0x2000FFFC, 0x20010000}, {0x1FFF7A0C, 0x1FFFC010}};
    struct sim_board *board = halted();
    uint32_t ignored;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(mem_read(board, rows[i].last, 4, &ignored), SWD_OK);
        assert_int_equal(mem_read(board, rows[i].beyond, 4, &ignored), SWD_FAULT);
    }
    sim_board_destroy(board);
}

static void the_program_chooses_what_stands_at_zero(void **state)
{
    struct sim_board *board = halted();

    rig_choose_at_zero(board, SYSCFG_MEMRMP);
    sim_board_destroy(board);
}

/* As ST's set-up for 84 MHz from the 25 MHz crystal: a timer at its doubled clock tells. */
static void the_pll_gives_84_mhz(void **state)
{
    struct sim_board *board = halted();

    poke32(board, RCC, 0x00010083);
    assert_true(peek32(board, RCC) & 1u << 17);
    poke32(board, RCC_PLLCFGR, 25 | 336 << 6 | 1 << 16 | 1 << 22 | 7 << 24);
    poke32(board, RCC, 0x01010083);
    assert_true(peek32(board, RCC) & 1u << 25);
    poke32(board, RCC_CFGR, 4 << 10 | 2); /* APB1 at half */
    assert_int_equal(peek32(board, RCC_CFGR) & 0xF, 0xA);
    assert_in_range(rig_count_10_ms(board), 840000, 860000);
    sim_board_destroy(board);
}

static void timers_are_as_wide_as_they_are(void **state)
{
    struct sim_board *board = halted();

    assert_int_equal(peek32(board, TIM2_ARR), 0xFFFFFFFF);
    assert_int_equal(peek32(board, TIM3_ARR), 0xFFFF);
    sim_board_destroy(board);
}

static void pins_drive_and_read(void **state)
{
    struct sim_board *board = halted();

    assert_int_equal(peek32(board, GPIOA), 0xA8000000);
    poke32(board, GPIOA, 0xA8000001); /* PA0 out */
    poke32(board, GPIOA_BSRR, 1);
    assert_int_equal(peek32(board, GPIOA_IDR) & 3, 1);
    poke32(board, GPIOA_BSRR, 1u << 16);
    assert_int_equal(peek32(board, GPIOA_IDR) & 3, 0);
    rig_pin(board, "PA1", "1");
    assert_int_equal(peek32(board, GPIOA_IDR) & 3, 2);
    rig_pin(board, "PA1", "float");
    poke32(board, GPIOA_PUPDR, 0x64000004);
    assert_int_equal(peek32(board, GPIOA_IDR) & 3, 2);
    sim_board_destroy(board);
}

static void a_locked_pin_keeps_its_mode(void **state)
{
    static const uint32_t steps[] = {0x10001, 0x00001, 0x10001};
    struct sim_board *board = halted();

    for (unsigned i = 0; i < 3; i++)
        poke32(board, GPIOA_LCKR, steps[i]);
    peek32(board, GPIOA_LCKR);
    assert_int_equal(peek32(board, GPIOA_LCKR), 0x10001);
    poke32(board, GPIOA, 0xA8000005);
    assert_int_equal(peek32(board, GPIOA), 0xA8000004);
    poke32(board, GPIOA_ODR, 3);
    assert_int_equal(peek32(board, GPIOA_ODR), 3);
    sim_board_destroy(board);
}

static void a_program_can_take_the_debug_pins(void **state)
{
    struct sim_board *board = rig_board("blackpill-f401,swj-off");
    uint32_t value;

    sim_board_advance_us(board, 1000);
    sim_board_swd_line_reset(board);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    sim_board_nrst(board, true);
    rig_connect(board);
    sim_board_destroy(board);
}

static void no_clone_of_it_is_known(void **state)
{
    char err[256];

    assert_null(sim_board_create("blackpill-f401,clone", err, sizeof err));
    assert_non_null(strstr(err, "no fault 'clone'"));
    assert_null(strstr(err, "is: clone"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_who_it_is),
        cmocka_unit_test(memories_end_where_the_manual_says),
        cmocka_unit_test(the_program_chooses_what_stands_at_zero),
        cmocka_unit_test(the_pll_gives_84_mhz),
        cmocka_unit_test(timers_are_as_wide_as_they_are),
        cmocka_unit_test(pins_drive_and_read),
        cmocka_unit_test(a_locked_pin_keeps_its_mode),
        cmocka_unit_test(a_program_can_take_the_debug_pins),
        cmocka_unit_test(no_clone_of_it_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
