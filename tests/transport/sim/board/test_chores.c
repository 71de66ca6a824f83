/* SPDX-License-Identifier: MIT */
/* A program's chores (programs/chores.c) on the board: no peripheral lets it wait for ever, each
 * does what the manual says, watchdogs and low-power modes reset it as they should. Argument: the
 * program as a plain binary. */
#include "programs/chores.h"
#include "rig.h"

#define DBGMCU_CR 0xE0042004u
#define DBG_STOP 2u
#define BKP_DR1 0x40006C04u
#define BKP_DR4 0x40006C10u
enum { PATIENCE = 200 }; /* milliseconds of the board's */

static const char *image;

static uint32_t chore(struct sim_board *board)
{
    return peek32(board, REPORT_AT);
}

/* Fails with the number of the chore that it hangs in. */
static void until_chore(struct sim_board *board, uint32_t wanted)
{
    for (int i = 0; i < PATIENCE && chore(board) < wanted; i++)
        sim_board_advance_us(board, 1000);
    assert_int_equal(chore(board), wanted);
}

static void assert_sent(struct sim_board *board, const char *text)
{
    char sent[64] = "";

    sim_board_uart_take(board, sent, sizeof sent - 1);
    assert_string_equal(sent, text);
}

static void type(struct sim_board *board, const char *text)
{
    const char *const argv[] = {"uart", "USART3", "send", text};
    char reply[200];

    if (!sim_board_control(board, 4, argv, reply, sizeof reply))
        fail_msg("%s", reply);
}

/* Up to the last chores, with what a person has to do. `debug`: DBGMCU's word for low-power modes.
 */
static struct sim_board *served(uint32_t debug)
{
    struct sim_board *board = rig_connected("bluepill");
    const char *const measure[] = {"adc", "1", "1650"};
    char reply[200];

    assert_true(sim_board_control(board, 3, measure, reply, sizeof reply));
    poke32(board, DBGMCU_CR, debug);
    poke32(board, REPORT_AT, 0);
    rig_start_program(board, image);
    until_chore(board, EXTI_PIN);
    sim_board_advance_us(board, 5000);
    assert_int_equal(chore(board), EXTI_PIN);
    rig_pin(board, "PB5", "0");
    rig_pin(board, "PB5", "float");
    until_chore(board, SERIAL_ECHO);
    assert_sent(board, "by dma\n");
    type(board, "echo\\n");
    return board;
}

static void chores_are_served(void **state)
{
    struct sim_board *board = served(DBG_STOP);

    until_chore(board, STOP_BY_ALARM);
    assert_sent(board, "echo\n");
    assert_int_equal(peek32(board, REPORT_AT + 4), 0);
    sim_board_destroy(board);
}

static bool is_silent(struct sim_board *board)
{
    uint32_t value;

    sim_board_swd_line_reset(board);
    return dp_read(board, DP_DPIDR, &value) == SWD_NONE;
}

static void until_silent(struct sim_board *board, bool silent)
{
    for (int i = 0; i < 1000 && is_silent(board) != silent; i++)
        sim_board_advance_us(board, 1000);
    assert_int_equal(is_silent(board), silent);
}

/* In Stop nobody is at the port; half a second later somebody is. */
static void stop_silences_the_port_until_the_alarm(void **state)
{
    struct sim_board *board = served(0);

    until_silent(board, true);
    uint64_t before = sim_board_now_us(board);
    until_silent(board, false);
    assert_in_range(sim_board_now_us(board) - before, 450000, 520000);
    rig_connect(board);
    assert_int_equal(chore(board), CHORES);
    assert_int_equal(peek32(board, REPORT_AT + 4), 0);
    sim_board_destroy(board);
}

static void each_reset_leaves_its_flag(void **state)
{
    struct sim_board *board = served(0);

    sim_board_advance_us(board, 3000000);
    assert_true(is_silent(board)); /* in Standby, until PA0 rises */
    rig_pin(board, "PA0", "1");
    sim_board_advance_us(board, 10000);
    rig_connect(board);
    assert_int_equal(peek32(board, BKP_DR1), START_DONE);
    assert_int_equal(peek32(board, BKP_DR4), 0);
    sim_board_destroy(board);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chores_are_served),
        cmocka_unit_test(stop_silences_the_port_until_the_alarm),
        cmocka_unit_test(each_reset_leaves_its_flag),
    };

    image = argc > 1 ? argv[1] : "chores.bin";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
