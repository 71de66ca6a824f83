/* SPDX-License-Identifier: MIT */
/* RCC's gates and resets: what has no clock is deaf, and whoever uses it is told of. */
#include "rig.h"

enum {
    TIM2 = 0x40000000,
    AFIO_MAPR = 0x40010004,
    GPIOA = 0x40010800,
    GPIOB = 0x40010C00,
    USART1 = 0x40013800,
    USB = 0x40005C00,
    RCC_CFGR = 0x40021004,
};

/* A register that holds what is written, its gate, and the reset value. */
static const struct row {
    const char *name;
    uint32_t address, enable, bit, written, reset;
} rows[] = {
    {"TIM2", TIM2 + 0x2C, RCC_APB1ENR, 0, 0x1234, 0xFFFF},
    {"AFIO", AFIO_MAPR, RCC_APB2ENR, 0, 0x00000001, 0},
    {"GPIOA", GPIOA, RCC_APB2ENR, 2, 0x44444443, 0x44444444},
    {"GPIOB", GPIOB, RCC_APB2ENR, 3, 0x44444443, 0x44444444},
    {"GPIOC", 0x40011000, RCC_APB2ENR, 4, 0x44444443, 0x44444444},
    {"GPIOD", 0x40011400, RCC_APB2ENR, 5, 0x44444443, 0x44444444},
    {"GPIOE", 0x40011800, RCC_APB2ENR, 6, 0x44444443, 0x44444444},
    {"USART1", USART1 + 0x08, RCC_APB2ENR, 14, 833, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void each_gate_opens_its_peripheral_alone(void **state)
{
    for (const struct row *row = rows; row < rows + ROWS; row++) {
        struct sim_board *board = rig_halted("bluepill,sleep");

        poke32(board, RCC_APB2ENR, UINT32_MAX);
        poke32(board, RCC_APB1ENR, UINT32_MAX);
        poke32(board, row->enable, ~(1u << row->bit));
        poke32(board, row->address, row->written);
        assert_int_equal(peek32(board, row->address), 0);
        poke32(board, row->enable, 1u << row->bit);
        assert_int_equal(peek32(board, row->address), row->reset); /* that write was lost */
        poke32(board, row->address, row->written);
        poke32(board, row->enable, 0);
        assert_int_equal(peek32(board, row->address), 0);
        poke32(board, row->enable, 1u << row->bit); /* and what it held before was kept */
        assert_int_equal(peek32(board, row->address), row->written);
        sim_board_destroy(board);
    }
}

static void each_reset_resets_its_peripheral_alone(void **state)
{
    for (const struct row *row = rows; row < rows + ROWS; row++) {
        struct sim_board *board = rig_halted("bluepill,sleep");
        uint32_t reset = row->enable == RCC_APB2ENR ? RCC_APB2RSTR : RCC_APB1RSTR;

        rig_clocks_on(board);
        for (const struct row *each = rows; each < rows + ROWS; each++)
            poke32(board, each->address, each->written);
        poke32(board, reset, 1u << row->bit);
        assert_int_equal(peek32(board, reset), 1u << row->bit);
        poke32(board, row->address, row->written); /* held in reset */
        for (const struct row *each = rows; each < rows + ROWS; each++)
            assert_int_equal(peek32(board, each->address),
                             each == row ? each->reset : each->written);
        poke32(board, reset, 0);
        poke32(board, row->address, row->written);
        assert_int_equal(peek32(board, row->address), row->written);
        sim_board_destroy(board);
    }
}

/* What the chip has not stays 0: TIM5, for example. */
static void missing_gates_read_as_0(void **state)
{
    struct sim_board *board = rig_halted("bluepill,sleep");

    poke32(board, RCC_APB1ENR, UINT32_MAX);
    poke32(board, RCC_APB2ENR, UINT32_MAX);
    assert_int_equal(peek32(board, RCC_APB1ENR), 0x1AE64807);
    assert_int_equal(peek32(board, RCC_APB2ENR), 0x5E7D);
    sim_board_destroy(board);
}

static void narrow_and_single_bits_are_lost_too(void **state)
{
    struct sim_board *board = rig_halted("bluepill,sleep");
    enum { PA0_ODR_ALIAS = 0x42000000 + (GPIOA + 0xC - 0x40000000) * 32 };

    assert_int_equal(mem_write(board, GPIOA + 0xC, 2, 0xFFFF), SWD_OK);
    assert_int_equal(mem_write(board, PA0_ODR_ALIAS, 4, 1), SWD_OK);
    poke32(board, RCC_APB2ENR, 4);
    assert_int_equal(peek32(board, GPIOA + 0xC), 0);
    poke32(board, PA0_ODR_ALIAS, 1);
    assert_int_equal(peek32(board, GPIOA + 0xC), 1);
    sim_board_destroy(board);
}

static void a_timer_without_a_clock_stands(void **state)
{
    struct sim_board *board = rig_halted("bluepill,sleep");

    poke32(board, RCC_APB1ENR, 1);
    poke32(board, TIM2 + 0x28, 7);
    poke32(board, TIM2 + 0x14, 1); /* taken with an update */
    poke32(board, TIM2, 1);
    sim_board_advance_us(board, 1000);
    poke32(board, RCC_APB1ENR, 0);
    sim_board_advance_us(board, 20000);
    poke32(board, RCC_APB1ENR, 1);
    assert_in_range(peek32(board, TIM2 + 0x24), 1000, 2500);
    sim_board_destroy(board);
}

/* MAPR without AFIO's clock: nobody is cut off. */
static void swj_cfg_needs_the_clock(void **state)
{
    struct sim_board *board = rig_halted("bluepill,sleep");

    poke32(board, AFIO_MAPR, 4u << 24);
    peek32(board, DHCSR);
    poke32(board, RCC_APB2ENR, 1);
    assert_int_equal(peek32(board, AFIO_MAPR), 0);
    sim_board_destroy(board);
}

/* --- remarks --- */

static void assert_remark(struct sim_board *board, const char *part1, const char *part2)
{
    char text[300];

    assert_true(sim_board_remark(board, text, sizeof text));
    if (!strstr(text, part1) || !strstr(text, part2))
        fail_msg("neither '%s' nor '%s' may be missing: %s", part1, part2, text);
}

static void assert_no_remark(struct sim_board *board)
{
    char text[300];

    if (sim_board_remark(board, text, sizeof text))
        fail_msg("%s", text);
}

static void the_program_is_told_of_once_a_reset(void **state)
{
    /* str r1, [r0]; ldr r1, [r0]; bkpt */
    static const uint16_t code[] = {0x6001, 0x6801, 0xBE00};
    struct sim_board *board = rig_halted("bluepill,sleep");

    for (int i = 0; i < 2; i++) {
        assert_no_remark(board);
        rig_set_register(board, 0, GPIOB);
        rig_set_register(board, 1, 0x5555);
        rig_run_code(board, SRAM_BASE, code, 3);
        sim_board_advance_us(board, 100);
        assert_int_equal(rig_register(board, 1), 0);
        assert_remark(board, "program, at 0x20000000", "GPIOB");
        rig_run_code(board, SRAM_BASE, code, 3);
        sim_board_advance_us(board, 100);
        assert_no_remark(board);
        poke32(board, AIRCR, AIRCR_SYSRESETREQ);
        sim_board_advance_us(board, 10);
    }
    sim_board_destroy(board);
}

/* The debugger's look does not use up what is said of the program. */
static void the_debugger_is_told_of_apart(void **state)
{
    static const uint16_t code[] = {0x6801, 0xBE00};
    struct sim_board *board = rig_halted("bluepill,sleep");

    peek32(board, USART1);
    poke32(board, TIM2, 1);
    assert_remark(board, "debugger", "TIM2");
    assert_remark(board, "debugger uses USART1", "bit 14 of RCC_APB2ENR");
    assert_no_remark(board);
    rig_set_register(board, 0, USART1);
    rig_run_code(board, SRAM_BASE + 4, code, 2);
    sim_board_advance_us(board, 100);
    assert_remark(board, "program, at 0x20000004", "USART1");
    assert_no_remark(board);
    sim_board_destroy(board);
}

static void what_is_not_simulated_is_said_once(void **state)
{
    static const uint16_t code[] = {0x6801, 0x6841, 0xE7FC}; /* ldr r1, [r0], [r0, #4]; again */
    struct sim_board *board = rig_halted("bluepill,sleep");

    peek32(board, USB); /* of the debugger nothing is said */
    assert_no_remark(board);
    rig_set_register(board, 0, USB);
    rig_run_code(board, SRAM_BASE, code, 3);
    sim_board_advance_us(board, 1000);
    assert_remark(board, "the program, at 0x20000000", "at 0x40005c00");
    assert_no_remark(board);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_gate_opens_its_peripheral_alone),
        cmocka_unit_test(each_reset_resets_its_peripheral_alone),
        cmocka_unit_test(missing_gates_read_as_0),
        cmocka_unit_test(narrow_and_single_bits_are_lost_too),
        cmocka_unit_test(a_timer_without_a_clock_stands),
        cmocka_unit_test(swj_cfg_needs_the_clock),
        cmocka_unit_test(the_program_is_told_of_once_a_reset),
        cmocka_unit_test(the_debugger_is_told_of_apart),
        cmocka_unit_test(what_is_not_simulated_is_said_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
