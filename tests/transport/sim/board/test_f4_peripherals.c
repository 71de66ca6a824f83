/* SPDX-License-Identifier: MIT */
/* Peripherals that F2 and F4 share with the F1, at their places there. */
#include "rig.h"

#include <stdio.h>

enum {
    RCC = 0x40023800,
    AHB1ENR = RCC + 0x30,
    F4_APB1ENR = RCC + 0x40,
    F4_APB2ENR = RCC + 0x44,
    CSR = RCC + 0x74,
    EXTI = 0x40013C00,
    SYSCFG_EXTICR1 = 0x40013808,
    IWDG = 0x40003000,
    WWDG_CR = 0x40002C00,
    CRC = 0x40023000,
};
#define NVIC_ISPR0 0xE000E200u
#define DBGMCU_APB1_FZ 0xE0042008u
#define RMVF (1u << 24)
#define IWDGRSTF (1u << 29)
#define WWDGRSTF (1u << 30)

static const char *const boards[] = {"blackpill-f401", "nucleo-f446", "nucleo-f205"};
enum { BOARDS = sizeof boards / sizeof *boards };

/* A core out of blank flash would be locked up. */
static struct sim_board *halted(unsigned number)
{
    char spec[40];

    snprintf(spec, sizeof spec, "%s,sleep", boards[number]);
    struct sim_board *board = rig_halted(spec);
    poke32(board, AHB1ENR, 0x1F | 1u << 12);
    poke32(board, F4_APB1ENR, 1u << 11);
    poke32(board, F4_APB2ENR, 1u << 14);
    poke32(board, CSR, RMVF);
    return board;
}

static void a_pin_interrupts(void **state)
{
    for (unsigned i = 0; i < BOARDS; i++) {
        struct sim_board *board = halted(i);
        poke32(board, SYSCFG_EXTICR1, 1u << 4); /* line 1: port B */
        poke32(board, EXTI, 2);
        poke32(board, EXTI + 0x8, 2);
        rig_pin(board, "PA1", "1");
        assert_int_equal(peek32(board, EXTI + 0x14), 0);
        rig_pin(board, "PB1", "1");
        assert_int_equal(peek32(board, EXTI + 0x14), 2);
        assert_true(peek32(board, NVIC_ISPR0) & 1u << 7);
        sim_board_destroy(board);
    }
}

/* At 16 MHz the window watchdog bites after 16 ms. */
static void each_watchdog_bites_unless_it_is_frozen(void **state)
{
    for (unsigned i = 0; i < BOARDS; i++) {
        struct sim_board *board = halted(i);
        poke32(board, DBGMCU_APB1_FZ, 3u << 11);
        poke32(board, IWDG, 0xCCCC); /* half a second */
        poke32(board, WWDG_CR, 0xFF);
        sim_board_advance_us(board, 2000000);
        assert_int_equal(peek32(board, CSR) & (IWDGRSTF | WWDGRSTF), 0);
        poke32(board, DBGMCU_APB1_FZ, 1u << 12);
        sim_board_advance_us(board, 100000);
        assert_int_equal(peek32(board, CSR) & (IWDGRSTF | WWDGRSTF), WWDGRSTF);
        poke32(board, CSR, RMVF);
        poke32(board, DBGMCU_APB1_FZ, 0);
        poke32(board, IWDG, 0xCCCC);
        sim_board_advance_us(board, 600000);
        assert_int_equal(peek32(board, CSR) & (IWDGRSTF | WWDGRSTF), IWDGRSTF);
        sim_board_destroy(board);
    }
}

static void the_crc_unit_counts_words(void **state)
{
    struct sim_board *board = halted(0);

    poke32(board, CRC + 8, 1);
    poke32(board, CRC, 0);
    assert_int_equal(peek32(board, CRC), 0xC704DD7B); /* of four zeros, from FFFFFFFF */
    sim_board_destroy(board);
}

/* A debugger that wants to know whether it runs is told nothing else. */
static void a_window_watchdog_without_a_clock_is_off(void **state)
{
    struct sim_board *board = halted(0);
    char text[300];

    poke32(board, F4_APB1ENR, 0);
    assert_int_equal(peek32(board, WWDG_CR), 0);
    assert_false(sim_board_remark(board, text, sizeof text));
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pin_interrupts),
        cmocka_unit_test(each_watchdog_bites_unless_it_is_frozen),
        cmocka_unit_test(the_crc_unit_counts_words),
        cmocka_unit_test(a_window_watchdog_without_a_clock_is_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
