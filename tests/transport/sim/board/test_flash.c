/* SPDX-License-Identifier: MIT */
/* The flash controller as a debugger drives it, register by register. */
#include "rig.h"

enum {
    PG = 1,
    PER = 2,
    MER = 4,
    STRT = 0x40,
    LOCK = 0x80,
    BSY = 1,
    PGERR = 4,
    WRPRTERR = 0x10,
    EOP = 0x20,
};

static struct sim_board *unlocked(void)
{
    struct sim_board *board = rig_halted("bluepill");

    rig_unlock(board);
    return board;
}

static void erase(struct sim_board *board, uint32_t address)
{
    poke32(board, FLASH_CR, PER);
    poke32(board, FLASH_AR, address);
    poke32(board, FLASH_CR, PER | STRT);
}

static void starts_locked(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    assert_int_equal(peek32(board, FLASH_CR), LOCK);
    poke32(board, FLASH_CR, PG);
    assert_int_equal(peek32(board, FLASH_CR), LOCK);
    assert_int_equal(mem_write(board, FLASH_BASE, 2, 0x1234), SWD_FAULT);
    assert_int_equal(peek16(board, FLASH_BASE), 0xFFFF);
    sim_board_destroy(board);
}

static void a_wrong_key_blocks_until_reset(void **state)
{
    struct sim_board *board = rig_halted("bluepill");

    assert_int_equal(mem_write(board, FLASH_KEYR, 4, 0x12345678), SWD_FAULT);
    assert_int_equal(mem_write(board, FLASH_KEYR, 4, KEY1), SWD_FAULT);
    assert_int_equal(mem_write(board, FLASH_KEYR, 4, KEY2), SWD_FAULT);
    assert_true(peek32(board, FLASH_CR) & LOCK);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
    sim_board_advance_us(board, 100);
    rig_unlock(board);
    sim_board_destroy(board);
}

static void keys_in_the_wrong_order_block(void **state)
{
    struct sim_board *board = rig_connected("bluepill");

    assert_int_equal(mem_write(board, FLASH_KEYR, 4, KEY1), SWD_OK);
    assert_int_equal(mem_write(board, FLASH_KEYR, 4, KEY1), SWD_FAULT);
    assert_int_equal(mem_write(board, FLASH_KEYR, 4, KEY2), SWD_FAULT);
    sim_board_destroy(board);
}

/* Black Magic Debug sends the keys before every page, and never locks. */
static void a_second_right_pair_of_keys_is_harmless(void **state)
{
    struct sim_board *board = unlocked();

    rig_unlock(board);
    rig_program(board, FLASH_BASE, 0x1234);
    assert_int_equal(peek32(board, FLASH_SR), EOP);
    sim_board_destroy(board);
}

static void a_wrong_key_while_unlocked_blocks(void **state)
{
    struct sim_board *board = unlocked();

    assert_int_equal(mem_write(board, FLASH_KEYR, 4, KEY2), SWD_FAULT);
    assert_int_equal(mem_write(board, FLASH_KEYR, 4, KEY1), SWD_FAULT);
    assert_true(peek32(board, FLASH_CR) & LOCK);
    sim_board_destroy(board);
}

static void software_can_lock(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, FLASH_CR, LOCK);
    assert_int_equal(peek32(board, FLASH_CR), LOCK);
    rig_unlock(board);
    sim_board_destroy(board);
}

static void programs_halfwords(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, FLASH_CR, PG);
    poke16(board, FLASH_BASE + 6, 0x1234);
    assert_int_equal(rig_wait_flash(board, NULL), EOP);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 0x1234FFFF);
    assert_int_equal(peek32(board, 4), 0x1234FFFF); /* the alias */
    poke32(board, FLASH_SR, EOP);
    assert_int_equal(peek32(board, FLASH_SR), 0);
    sim_board_destroy(board);
}

static void other_widths_are_bus_errors(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, FLASH_CR, PG);
    assert_int_equal(mem_write(board, FLASH_BASE, 4, 0x12345678), SWD_FAULT);
    assert_int_equal(mem_write(board, FLASH_BASE, 1, 0x12), SWD_FAULT);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    sim_board_destroy(board);
}

static void programming_what_is_not_erased_fails(void **state)
{
    struct sim_board *board = unlocked();

    rig_program(board, FLASH_BASE, 0x1234);
    poke32(board, FLASH_SR, EOP);
    rig_program(board, FLASH_BASE, 0x1230);
    assert_int_equal(peek32(board, FLASH_SR), PGERR);
    assert_int_equal(peek16(board, FLASH_BASE), 0x1234);
    poke32(board, FLASH_SR, PGERR);
    rig_program(board, FLASH_BASE, 0x0000); /* always allowed */
    assert_int_equal(peek32(board, FLASH_SR), EOP);
    assert_int_equal(peek16(board, FLASH_BASE), 0);
    sim_board_destroy(board);
}

static void page_erase_erases_one_page(void **state)
{
    struct sim_board *board = unlocked();
    uint64_t us;

    rig_program(board, FLASH_BASE + 0x3FE, 1);
    rig_program(board, FLASH_BASE + 0x400, 2);
    rig_program(board, FLASH_BASE + 0x7FE, 3);
    rig_program(board, FLASH_BASE + 0x800, 4);
    erase(board, FLASH_BASE + 0x456);
    assert_int_equal(rig_wait_flash(board, &us), EOP);
    assert_in_range(us, 19700, 20300);
    assert_int_equal(peek16(board, FLASH_BASE + 0x3FE), 1);
    assert_int_equal(peek16(board, FLASH_BASE + 0x400), 0xFFFF);
    assert_int_equal(peek16(board, FLASH_BASE + 0x7FE), 0xFFFF);
    assert_int_equal(peek16(board, FLASH_BASE + 0x800), 4);
    assert_int_equal(peek32(board, FLASH_CR), PER);
    sim_board_destroy(board);
}

static void mass_erase_erases_all(void **state)
{
    struct sim_board *board = unlocked();
    uint64_t us;

    rig_program(board, FLASH_BASE, 1);
    rig_program(board, FLASH_BASE + 0xFFFE, 2);
    poke32(board, FLASH_CR, MER);
    poke32(board, FLASH_CR, MER | STRT);
    rig_wait_flash(board, &us);
    assert_in_range(us, 19700, 20300);
    assert_int_equal(peek16(board, FLASH_BASE), 0xFFFF);
    assert_int_equal(peek16(board, FLASH_BASE + 0xFFFE), 0xFFFF);
    sim_board_destroy(board);
}

static void erase_outside_of_flash_is_an_error(void **state)
{
    struct sim_board *board = unlocked();

    erase(board, 0x08010000);
    assert_int_equal(rig_wait_flash(board, NULL) & WRPRTERR, WRPRTERR);
    sim_board_destroy(board);
}

/* PM0075, 2.3.3: an access to busy flash stalls the bus; a debug port then answers WAIT. */
static void busy_flash_makes_the_port_wait(void **state)
{
    struct sim_board *board = unlocked();
    uint32_t value;

    erase(board, FLASH_BASE);
    assert_int_equal(peek32(board, FLASH_SR), BSY);
    ap_write(board, AP_TAR, FLASH_BASE);
    assert_int_equal(ap_read(board, AP_DRW, &value), SWD_OK);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_WAIT);
    assert_int_equal(dp_write(board, DP_SELECT, 0), SWD_WAIT);
    assert_int_equal(dp_read(board, DP_CTRL_STAT, &value), SWD_OK);
    sim_board_advance_us(board, 20000);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_OK);
    assert_int_equal(value, 0xFFFFFFFF);
    sim_board_destroy(board);
}

static void abort_frees_a_waiting_port(void **state)
{
    struct sim_board *board = unlocked();
    uint32_t value;

    erase(board, FLASH_BASE);
    ap_write(board, AP_TAR, FLASH_BASE);
    ap_read(board, AP_DRW, &value);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_WAIT);
    assert_int_equal(dp_write(board, DP_ABORT, DP_ABORT_DAPABORT), SWD_OK);
    assert_int_equal(peek32(board, FLASH_SR), BSY);
    sim_board_destroy(board);
}

/* At full SWD speed halfwords come faster than the flash takes them. */
static void writes_wait_for_the_one_before(void **state)
{
    struct sim_board *board = unlocked();
    uint32_t value;
    unsigned waits = 0;

    sim_board_set_swclk(board, 4000);
    poke32(board, FLASH_CR, PG);
    ap_write(board, AP_CSW, AP_CSW_PROT | AP_CSW_SIZE_16 | AP_CSW_ADDRINC_SINGLE);
    ap_write(board, AP_TAR, FLASH_BASE);
    uint64_t start = sim_board_now_us(board);
    for (uint32_t i = 0; i < 100;) {
        enum swd_ack ack = ap_write(board, AP_DRW, (0x1000 + i) << 16 * (i & 1));
        if (ack == SWD_WAIT)
            waits++;
        else if (ack == SWD_OK)
            i++;
        else
            fail();
    }
    while (dp_read(board, DP_RDBUFF, &value) == SWD_WAIT)
        ;
    uint64_t us = sim_board_now_us(board) - start;
    assert_true(waits > 100);
    assert_in_range(us, 5190, 5400);
    rig_wait_flash(board, NULL);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(peek16(board, FLASH_BASE + 2 * i), 0x1000 + i);
    sim_board_destroy(board);
}

static void reset_ends_an_erase(void **state)
{
    struct sim_board *board = unlocked();

    erase(board, FLASH_BASE);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
    sim_board_advance_us(board, 10);
    assert_int_equal(peek32(board, FLASH_SR), 0);
    assert_int_equal(peek32(board, FLASH_CR), LOCK);
    sim_board_destroy(board);
}

/* A loader in RAM polls BSY itself, one in flash stalls: both see the time pass. */
static void code_sees_the_flash_busy(void **state)
{
    static const uint16_t loader[] = {
        0x8001, /*        strh  r1, [r0]      program */
        0x68D3, /* poll:  ldr   r3, [r2, #12] SR */
        0x3401, /*        adds  r4, #1 */
        0x07DB, /*        lsls  r3, r3, #31   BSY */
        0xD1FB, /*        bne   poll */
        0xBE00, /*        bkpt  0 */
    };
    struct sim_board *board = unlocked();

    poke32(board, FLASH_CR, PG);
    rig_set_register(board, 0, FLASH_BASE);
    rig_set_register(board, 1, 0xCAFE);
    rig_set_register(board, 2, 0x40022000);
    rig_set_register(board, 4, 0);
    rig_run_code(board, SRAM_BASE, loader, sizeof loader / 2);
    sim_board_advance_us(board, 1000);
    assert_true(peek32(board, DHCSR) & S_HALT);
    /* 52.5 us at 8 MHz are 420 cycles: some 50 to 110 rounds. */
    assert_in_range(rig_register(board, 4), 40, 120);
    assert_int_equal(peek16(board, FLASH_BASE), 0xCAFE);
    sim_board_destroy(board);
}

/* Reading flash right behind the write costs the core the whole time, in one instruction. */
static void code_stalls_on_busy_flash(void **state)
{
    static const uint16_t code[] = {
        0x8001, /* strh  r1, [r0] */
        0x8803, /* ldrh  r3, [r0] */
        0xBE00, /* bkpt  0 */
    };
    struct sim_board *board = unlocked();

    poke32(board, FLASH_CR, PG);
    poke32(board, DEMCR, 1u << 24);
    poke32(board, 0xE0001000, 1);
    rig_set_register(board, 0, FLASH_BASE);
    rig_set_register(board, 1, 0xBEEF);
    poke32(board, 0xE0001004, 0);
    rig_run_code(board, SRAM_BASE, code, sizeof code / 2);
    sim_board_advance_us(board, 1000);
    assert_true(peek32(board, DHCSR) & S_HALT);
    assert_int_equal(rig_register(board, 3), 0xBEEF);
    assert_in_range(peek32(board, 0xE0001004), 420, 440);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_locked),
        cmocka_unit_test(a_wrong_key_blocks_until_reset),
        cmocka_unit_test(keys_in_the_wrong_order_block),
        cmocka_unit_test(a_second_right_pair_of_keys_is_harmless),
        cmocka_unit_test(a_wrong_key_while_unlocked_blocks),
        cmocka_unit_test(software_can_lock),
        cmocka_unit_test(programs_halfwords),
        cmocka_unit_test(other_widths_are_bus_errors),
        cmocka_unit_test(programming_what_is_not_erased_fails),
        cmocka_unit_test(page_erase_erases_one_page),
        cmocka_unit_test(mass_erase_erases_all),
        cmocka_unit_test(erase_outside_of_flash_is_an_error),
        cmocka_unit_test(busy_flash_makes_the_port_wait),
        cmocka_unit_test(abort_frees_a_waiting_port),
        cmocka_unit_test(writes_wait_for_the_one_before),
        cmocka_unit_test(reset_ends_an_erase),
        cmocka_unit_test(code_sees_the_flash_busy),
        cmocka_unit_test(code_stalls_on_busy_flash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
