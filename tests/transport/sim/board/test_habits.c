/* SPDX-License-Identifier: MIT */
/* Programs' habits (programs/habits.c) on the board: it waits for nothing in vain, reads back what
 * it wrote, and the debugger stays connected. Argument: the program as a plain binary. */
#include "programs/habits.h"
#include "rig.h"

static const char *image;

static struct report report_of(struct sim_board *board)
{
    return (struct report){peek32(board, SRAM_BASE), peek32(board, SRAM_BASE + 4)};
}

static struct sim_board *started(void)
{
    struct sim_board *board = rig_connected("bluepill");

    rig_start_program(board, image);
    sim_board_advance_us(board, 20000);
    return board;
}

static void habits_are_served(void **state)
{
    struct sim_board *board = started();
    char text[32] = "";

    assert_int_equal(report_of(board).next, BUTTON);
    assert_int_equal(report_of(board).wrong, 0);
    sim_board_uart_take(board, text, sizeof text - 1);
    assert_string_equal(text, "ready\n");
    rig_pin(board, "PA0", "0");
    sim_board_advance_us(board, 1000);
    assert_int_equal(report_of(board).next, BUTTON);
    rig_pin(board, "PA0", "float");
    sim_board_advance_us(board, 1000);
    assert_int_equal(report_of(board).next, HABITS);
    sim_board_destroy(board);
}

static void nothing_is_remarked_on(void **state)
{
    struct sim_board *board = started();
    char text[300];

    if (sim_board_remark(board, text, sizeof text))
        fail_msg("%s", text);
    sim_board_destroy(board);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(habits_are_served),
        cmocka_unit_test(nothing_is_remarked_on),
    };

    image = argc > 1 ? argv[1] : "habits.bin";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
