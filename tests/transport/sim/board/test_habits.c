/* SPDX-License-Identifier: MIT */
/* Programs' habits (programs/habits.c) on the board: it waits for nothing in vain, reads back what
 * it wrote, and the debugger stays connected. Argument: the program as a plain binary. */
#include <stdio.h>

#include "programs/habits.h"
#include "rig.h"

static const char *image;

static void flash_image(struct sim_board *board)
{
    FILE *file = fopen(image, "rbe");
    uint8_t half[2] = {0xFF, 0xFF};
    uint32_t address = FLASH_BASE;

    assert_non_null(file);
    rig_halt(board);
    rig_unlock(board);
    for (; fread(half, 1, 2, file) > 0; address += 2) {
        rig_program(board, address, (uint16_t)(half[0] | half[1] << 8));
        half[0] = half[1] = 0xFF;
    }
    assert_true(address > FLASH_BASE + 0x200);
    assert_int_equal(fclose(file), 0);
}

static struct report report_of(struct sim_board *board)
{
    return (struct report){peek32(board, SRAM_BASE), peek32(board, SRAM_BASE + 4)};
}

static struct sim_board *started(void)
{
    struct sim_board *board = rig_connected("bluepill");

    flash_image(board);
    poke32(board, DHCSR, DHCSR_RUN);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
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
