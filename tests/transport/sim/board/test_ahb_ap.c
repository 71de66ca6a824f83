/* SPDX-License-Identifier: MIT */
/* The memory access port and what it finds on the bus. */
#include "rig.h"

static void identifies_itself(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    assert_int_equal(ap_register(board, AP_IDR), 0x14770011);
    assert_int_equal(ap_register(board, AP_BASE), 0xE00FF003);
    assert_int_equal(ap_register(board, AP_CFG), 0);
    assert_true(ap_register(board, AP_CSW) & AP_CSW_DEVICEEN);
    sim_board_destroy(board);
}

static void other_aps_do_not_exist(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    dp_write(board, DP_SELECT, 0x010000F0);
    assert_int_equal(ap_read(board, AP_IDR, &value), SWD_OK);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_OK);
    assert_int_equal(value, 0);
    sim_board_destroy(board);
}

static void address_wraps_at_4_kib(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    poke32(board, SRAM_BASE, 0xAAAA0000);
    poke32(board, SRAM_BASE + 0xFFC, 0xAAAA0FFC);
    poke32(board, SRAM_BASE + 0x1000, 0xAAAA1000);
    ap_write(board, AP_CSW, AP_CSW_PROT | AP_CSW_SIZE_32 | AP_CSW_ADDRINC_SINGLE);
    ap_write(board, AP_TAR, SRAM_BASE + 0xFFC);
    ap_read(board, AP_DRW, &value);
    ap_read(board, AP_DRW, &value);
    assert_int_equal(value, 0xAAAA0FFC);
    dp_read(board, DP_RDBUFF, &value);
    assert_int_equal(value, 0xAAAA0000);
    sim_board_destroy(board);
}

static void narrow_accesses_use_their_lanes(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    poke32(board, SRAM_BASE, 0x44332211);
    ap_write(board, AP_CSW, AP_CSW_PROT | AP_CSW_SIZE_8 | AP_CSW_ADDRINC_SINGLE);
    ap_write(board, AP_TAR, SRAM_BASE + 2);
    ap_read(board, AP_DRW, &value);
    ap_read(board, AP_DRW, &value);
    assert_int_equal(value & 0x00FF0000, 0x00330000);
    dp_read(board, DP_RDBUFF, &value);
    assert_int_equal(value & 0xFF000000, 0x44000000);
    ap_write(board, AP_TAR, SRAM_BASE + 1);
    ap_write(board, AP_DRW, 0xDDCCBBAA);
    assert_int_equal(peek32(board, SRAM_BASE), 0x4433BB11);
    assert_int_equal(mem_write(board, SRAM_BASE + 2, 2, 0xBEEF), SWD_OK);
    assert_int_equal(peek32(board, SRAM_BASE), 0xBEEFBB11);
    sim_board_destroy(board);
}

static void banked_data_follow_tar(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    for (uint32_t i = 0; i < 4; i++)
        poke32(board, SRAM_BASE + 0x100 + 4 * i, 0xB0 + i);
    ap_write(board, AP_CSW, AP_CSW_PROT | AP_CSW_SIZE_32 | AP_CSW_ADDRINC_SINGLE);
    ap_write(board, AP_TAR, SRAM_BASE + 0x104);
    dp_write(board, DP_SELECT, AP_BD0);
    ap_read(board, 0x0, &value);
    ap_read(board, 0xC, &value);
    assert_int_equal(value, 0xB0);
    dp_read(board, DP_RDBUFF, &value);
    assert_int_equal(value, 0xB3);
    assert_int_equal(ap_register(board, AP_TAR), SRAM_BASE + 0x104);
    sim_board_destroy(board);
}

static void what_is_not_there_does_not_read_back(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    ap_write(board, AP_CSW, AP_CSW_PROT | 0x20 | AP_CSW_SIZE_32); /* packed */
    assert_int_equal(ap_register(board, AP_CSW) & 0x3F, AP_CSW_SIZE_32);
    ap_write(board, AP_CSW, AP_CSW_PROT | 3); /* 64 bits */
    assert_int_equal(ap_register(board, AP_CSW) & 7, AP_CSW_SIZE_32);
    sim_board_destroy(board);
}

static void unaligned_is_an_error(void **state)
{
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    assert_int_equal(mem_read(board, SRAM_BASE + 2, 4, &value), SWD_FAULT);
    assert_int_equal(mem_read(board, SRAM_BASE + 1, 2, &value), SWD_FAULT);
    assert_int_equal(mem_read(board, SRAM_BASE + 2, 2, &value), SWD_OK);
    sim_board_destroy(board);
}

/* Each end of each region, inside and outside. */
static void memory_ends_where_it_should(void **state)
{
    static const struct {
        uint32_t address;
        enum swd_ack ack;
    } places[] = {
        {0x00000000, SWD_OK},    {0x0000FFFC, SWD_OK},    {0x00010000, SWD_FAULT},
        {0x07FFFFFC, SWD_FAULT}, {0x08000000, SWD_OK},    {0x0800FFFC, SWD_OK},
        {0x08010000, SWD_FAULT}, {0x1FFFEFFC, SWD_FAULT}, {0x1FFFF000, SWD_OK},
        {0x1FFFF7FC, SWD_OK},    {0x1FFFF800, SWD_OK},    {0x1FFFF80C, SWD_OK},
        {0x1FFFF810, SWD_FAULT}, {0x1FFFFFFC, SWD_FAULT}, {0x20000000, SWD_OK},
        {0x20004FFC, SWD_OK},    {0x20005000, SWD_FAULT}, {0x40021000, SWD_OK},
        {0x40001000, SWD_FAULT}, {0x50000000, SWD_FAULT}, {0x60000000, SWD_FAULT},
        {0xE0042000, SWD_OK},    {0xFFFFFFFC, SWD_FAULT},
    };
    struct sim_board *board = rig_connected("bluepill");
    uint32_t value;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (mem_read(board, places[i].address, 4, &value) != places[i].ack)
            fail_msg("0x%08x: not as expected", places[i].address);
    sim_board_destroy(board);
}

static void identities(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    assert_int_equal(peek32(board, CPUID), 0x411FC231);
    assert_int_equal(peek32(board, 0xE0042000), 0x20036410);
    assert_int_equal(peek16(board, SIZE_REGISTER), 64);
    assert_int_not_equal(peek32(board, 0x1FFFF7E8), 0xFFFFFFFF);
    assert_int_equal(peek32(board, 0xE00FFFE0) & 0xFF, 0x10); /* part 410, designer ST */
    assert_int_equal(peek32(board, 0xE00FFFE4) & 0xFF, 0x04);
    assert_int_equal(peek32(board, 0xE00FFFE8) & 0x0F, 0x0A);
    sim_board_destroy(board);
}

static void bit_band_reaches_single_bits(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    poke32(board, SRAM_BASE + 8, 0);
    poke32(board, 0x22000000 + 8 * 32 + 5 * 4, 1);
    assert_int_equal(peek32(board, SRAM_BASE + 8), 1u << 5);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifies_itself),
        cmocka_unit_test(other_aps_do_not_exist),
        cmocka_unit_test(address_wraps_at_4_kib),
        cmocka_unit_test(narrow_accesses_use_their_lanes),
        cmocka_unit_test(banked_data_follow_tar),
        cmocka_unit_test(what_is_not_there_does_not_read_back),
        cmocka_unit_test(unaligned_is_an_error),
        cmocka_unit_test(memory_ends_where_it_should),
        cmocka_unit_test(identities),
        cmocka_unit_test(bit_band_reaches_single_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
