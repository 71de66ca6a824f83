/* SPDX-License-Identifier: MIT */
/* The trace wire of a board: what a probe's UART reads of it, at the right rate and at wrong ones.
 */
#include "rig.h"

#define DBGMCU_CR 0xE0042004u
#define TRACE_IOEN 0x20u
#define ITM_STIM0 0xE0000000u

/* Behind a reset at 8 MHz; eight cycles a bit: 1 Mbaud. */
static struct sim_board *traced(uint32_t dbgmcu, uint32_t baud)
{
    struct sim_board *board = rig_halted("bluepill,still");
    static const uint32_t writes[][2] = {
        {0xE0040010, 7},          {0xE00400F0, 2}, {0xE0040304, 0x100},
        {0xE0000FB0, 0xC5ACCE55}, {0xE0000E00, 1}, {0xE0000E80, 0x10001},
    };

    poke32(board, DEMCR, 1u << 24);
    poke32(board, DBGMCU_CR, dbgmcu);
    for (unsigned i = 0; i < sizeof writes / sizeof *writes; i++)
        poke32(board, writes[i][0], writes[i][1]);
    assert_true(sim_board_swo_listen(board, baud, 4096));
    return board;
}

/* Word by word, as fast as the wire is. */
static void say(struct sim_board *board, const char *text)
{
    for (; *text; text++) {
        assert_int_equal(mem_write(board, ITM_STIM0, 1, (uint8_t)*text), SWD_OK);
        sim_board_advance_us(board, 40);
    }
}

static void what_is_said_arrives(void **state)
{
    struct sim_board *board = traced(TRACE_IOEN, 1000000);
    uint8_t bytes[64];

    say(board, "Hi");
    assert_int_equal(sim_board_swo_waiting(board), 4);
    assert_int_equal(sim_board_swo_take(board, bytes, 3), 3);
    assert_memory_equal(bytes, "\1H\1", 3);
    assert_int_equal(sim_board_swo_take(board, bytes, sizeof bytes), 1);
    assert_int_equal(bytes[0], 'i');
    assert_true(sim_board_swo_listen(board, 0, 0));
    say(board, "more");
    assert_int_equal(sim_board_swo_waiting(board), 0);
    sim_board_destroy(board);
}

static void a_uart_may_be_three_per_cent_off(void **state)
{
    struct sim_board *board = traced(TRACE_IOEN, 1025000);
    uint8_t bytes[64];

    say(board, "A");
    assert_int_equal(sim_board_swo_take(board, bytes, sizeof bytes), 2);
    assert_memory_equal(bytes, "\1A", 2);
    sim_board_destroy(board);
}

/* At twice the rate each bit is read twice: 0x55 begins 0 11 00 11 00 .. */
static void at_a_wrong_rate_the_line_reads_as_it_does(void **state)
{
    struct sim_board *board = traced(TRACE_IOEN, 2000000);
    uint8_t bytes[64];

    say(board, "U");
    size_t length = sim_board_swo_take(board, bytes, sizeof bytes);
    assert_true(length >= 3);
    /* 01h: start bit twice, bit 0 twice, then 0 seven times twice: the first receiver's character
     * is what its eight samples behind the first half of the start bit see: 0 1 1 0 0 0 0 0. */
    assert_int_equal(bytes[0], 0x06);
    for (size_t i = 0; i < length; i++)
        assert_int_not_equal(bytes[i], 0x55);
    sim_board_destroy(board);
}

static void the_pin_is_not_the_traces_until_dbgmcu_says_so(void **state)
{
    static const uint32_t others[] = {0, TRACE_IOEN | 0x40}; /* off; a parallel port */

    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        struct sim_board *board = traced(others[i], 1000000);
        say(board, "x");
        assert_int_equal(sim_board_swo_waiting(board), 0);
        sim_board_destroy(board);
    }
}

static void a_full_receiver_loses_what_comes(void **state)
{
    struct sim_board *board = traced(TRACE_IOEN, 1000000);
    uint8_t bytes[64];

    assert_true(sim_board_swo_listen(board, 1000000, 3));
    say(board, "ab");
    say(board, "c");
    assert_int_equal(sim_board_swo_take(board, bytes, sizeof bytes), 3);
    assert_memory_equal(bytes, "\1a\1", 3);
    say(board, "d");
    assert_int_equal(sim_board_swo_take(board, bytes, sizeof bytes), 2);
    assert_memory_equal(bytes, "\1d", 2);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_arrives),
        cmocka_unit_test(a_uart_may_be_three_per_cent_off),
        cmocka_unit_test(at_a_wrong_rate_the_line_reads_as_it_does),
        cmocka_unit_test(the_pin_is_not_the_traces_until_dbgmcu_says_so),
        cmocka_unit_test(a_full_receiver_loses_what_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
