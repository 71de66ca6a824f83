/* SPDX-License-Identifier: MIT */
/* The debug port, packet by packet. */
#include "rig.h"

static void silent_before_line_reset(void **state)
{
    struct sim_board *board = rig_board("bluepill");
    uint32_t value;

    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    assert_int_equal(value, 0xFFFFFFFF);
    sim_board_swd_line_reset(board);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    assert_int_equal(value, 0x1BA01477);
    sim_board_destroy(board);
}

static void wants_dpidr_first(void **state)
{
    struct sim_board *board = rig_board("bluepill");
    uint32_t value;

    sim_board_swd_line_reset(board);
    assert_int_equal(dp_read(board, DP_CTRL_STAT, &value), SWD_NONE);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    rig_connect(board);
    sim_board_destroy(board);
}

static void ap_faults_without_power(void **state)
{
    struct sim_board *board = rig_board("bluepill");
    uint32_t value;

    sim_board_swd_line_reset(board);
    dp_read(board, DP_DPIDR, &value);
    assert_int_equal(ap_read(board, AP_CSW, &value), SWD_FAULT);
    assert_int_equal(dp_read(board, DP_CTRL_STAT, &value), SWD_OK);
    assert_int_equal(value, DP_CTRL_STICKYERR);
    sim_board_destroy(board);
}

static void ap_reads_are_posted(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    poke32(board, SRAM_BASE, 0x11111111);
    poke32(board, SRAM_BASE + 4, 0x22222222);
    ap_write(board, AP_CSW, AP_CSW_PROT | AP_CSW_SIZE_32 | AP_CSW_ADDRINC_SINGLE);
    ap_write(board, AP_TAR, SRAM_BASE);
    assert_int_equal(ap_read(board, AP_DRW, &value), SWD_OK);
    assert_int_not_equal(value, 0x11111111);
    assert_int_equal(ap_read(board, AP_DRW, &value), SWD_OK);
    assert_int_equal(value, 0x11111111);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_OK);
    assert_int_equal(value, 0x22222222);
    assert_int_equal(dp_read(board, DP_SELECT, &value), SWD_OK); /* RESEND */
    assert_int_equal(value, 0x22222222);
    assert_int_equal(ap_register(board, AP_TAR), SRAM_BASE + 8);
    sim_board_destroy(board);
}

static void bus_error_is_sticky(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    ap_write(board, AP_CSW, AP_CSW_PROT | AP_CSW_SIZE_32);
    ap_write(board, AP_TAR, 0x30000000);
    assert_int_equal(ap_read(board, AP_DRW, &value), SWD_OK);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_FAULT);
    assert_int_equal(ap_write(board, AP_TAR, SRAM_BASE), SWD_FAULT);
    assert_int_equal(dp_write(board, DP_SELECT, 0), SWD_FAULT);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    assert_int_equal(dp_read(board, DP_CTRL_STAT, &value), SWD_OK);
    assert_true(value & DP_CTRL_STICKYERR);
    assert_int_equal(dp_write(board, DP_ABORT, 0x04), SWD_OK);
    assert_int_equal(dp_read(board, DP_CTRL_STAT, &value), SWD_OK);
    assert_false(value & DP_CTRL_STICKYERR);
    assert_int_equal(ap_register(board, AP_TAR), 0x30000000);
    sim_board_destroy(board);
}

static void abort_clears_only_the_flag_asked_for(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    ap_write(board, AP_TAR, 0x30000000);
    ap_read(board, AP_DRW, &value);
    assert_int_equal(dp_write(board, DP_ABORT, 0x1A), SWD_OK);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_FAULT);
    sim_board_destroy(board);
}

static void overrun_is_detected_when_asked_for(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    dp_write(board, DP_CTRL_STAT, 0x50000001);
    ap_write(board, AP_TAR, 0x30000000);
    ap_read(board, AP_DRW, &value);
    dp_read(board, DP_RDBUFF, &value);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_true(value & DP_CTRL_STICKYORUN);
    dp_write(board, DP_ABORT, 0x14);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_false(value & (DP_CTRL_STICKYORUN | DP_CTRL_STICKYERR));
    sim_board_destroy(board);
}

static void pushed_verify_compares(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    poke32(board, SRAM_BASE, 0x12345678);
    ap_write(board, AP_TAR, SRAM_BASE);
    dp_write(board, DP_CTRL_STAT, 0x50000F04); /* TRNMODE 1, all lanes */
    ap_write(board, AP_DRW, 0x12345678);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_false(value & DP_CTRL_STICKYCMP);
    ap_write(board, AP_DRW, 0x12345679);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_true(value & DP_CTRL_STICKYCMP);
    dp_write(board, DP_ABORT, DP_ABORT_CLEAR_STICKY);
    dp_write(board, DP_CTRL_STAT, 0x50000000);
    assert_int_equal(peek32(board, SRAM_BASE), 0x12345678);
    sim_board_destroy(board);
}

static void power_requests_are_acknowledged_and_withdrawn(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    dp_write(board, DP_CTRL_STAT, DP_CTRL_CDBGPWRUPREQ);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_int_equal(value & 0xF0000000, DP_CTRL_CDBGPWRUPREQ | DP_CTRL_CDBGPWRUPACK);
    dp_write(board, DP_CTRL_STAT, 0);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_int_equal(value & 0xF0000000, 0);
    assert_int_equal(ap_read(board, AP_CSW, &value), SWD_FAULT);
    sim_board_destroy(board);
}

static void line_reset_keeps_power_and_address(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    ap_write(board, AP_TAR, SRAM_BASE + 0x40);
    sim_board_swd_line_reset(board);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    dp_read(board, DP_CTRL_STAT, &value);
    assert_int_equal(value & 0xF0000000, 0xF0000000);
    assert_int_equal(ap_register(board, AP_TAR), SRAM_BASE + 0x40);
    sim_board_destroy(board);
}

static void a_packet_costs_46_cycles(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    sim_board_set_swclk(board, 1000);
    uint64_t start = sim_board_now_us(board);
    for (int i = 0; i < 100; i++)
        dp_read(board, DP_DPIDR, &value);
    assert_in_range(sim_board_now_us(board) - start, 4599, 4601);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silent_before_line_reset),
        cmocka_unit_test(wants_dpidr_first),
        cmocka_unit_test(ap_faults_without_power),
        cmocka_unit_test(ap_reads_are_posted),
        cmocka_unit_test(bus_error_is_sticky),
        cmocka_unit_test(abort_clears_only_the_flag_asked_for),
        cmocka_unit_test(overrun_is_detected_when_asked_for),
        cmocka_unit_test(pushed_verify_compares),
        cmocka_unit_test(power_requests_are_acknowledged_and_withdrawn),
        cmocka_unit_test(line_reset_keeps_power_and_address),
        cmocka_unit_test(a_packet_costs_46_cycles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
