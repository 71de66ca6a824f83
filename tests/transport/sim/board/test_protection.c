/* SPDX-License-Identifier: MIT */
/* Option bytes, read protection and write protection (PM0075, 2.4 and 2.5). */
#include "rig.h"

enum {
    MER = 4,
    OPTPG = 0x10,
    STRT = 0x40,
    PGERR = 4,
    WRPRTERR = 0x10,
    RDPRT = 2,
};

static void power_cycle(struct sim_board *board)
{
    rig_hand(board, "power", "off");
    sim_board_advance_us(board, 1000);
    rig_hand(board, "power", "on");
    rig_connect(board);
    rig_halt(board);
}

static void factory_settings_are_open(void **state)
{
    struct sim_board *board = rig_halted("bluepill");

    assert_int_equal(peek32(board, OPTIONS), 0x00FF5AA5);
    assert_int_equal(peek32(board, FLASH_OBR), 0x03FFFFFC);
    assert_int_equal(peek32(board, FLASH_WRPR), 0xFFFFFFFF);
    sim_board_destroy(board);
}

static void options_need_their_own_keys(void **state)
{
    struct sim_board *board = rig_halted("bluepill");

    assert_int_equal(mem_write(board, FLASH_OPTKEYR, 4, 0), SWD_FAULT);
    assert_int_equal(mem_write(board, FLASH_OPTKEYR, 4, KEY1), SWD_FAULT);
    rig_unlock(board);
    poke32(board, FLASH_CR, OPTPG);
    assert_int_equal(mem_write(board, OPTIONS + 4, 2, 0x12), SWD_FAULT);
    sim_board_destroy(board);
}

static void hardware_makes_the_complement(void **state)
{
    struct sim_board *board = rig_halted("bluepill");

    rig_unlock_options(board);
    rig_erase_options(board);
    assert_int_equal(peek32(board, OPTIONS), 0xFFFFFFFF);
    assert_false(rig_program_option(board, 0, 0xA5) & PGERR);
    assert_false(rig_program_option(board, 4, 0x3C) & PGERR);
    assert_int_equal(peek16(board, OPTIONS + 4), 0xC33C);
    assert_true(rig_program_option(board, 4, 0x3D) & PGERR);
    assert_int_equal(peek16(board, OPTIONS + 4), 0xC33C);
    assert_int_equal(peek32(board, FLASH_OBR) >> 10 & 0xFF, 0xFF); /* loaded by a reset */
    rig_system_reset(board);
    assert_int_equal(peek32(board, FLASH_OBR) >> 10 & 0xFF, 0x3C);
    assert_false(peek32(board, FLASH_OBR) & RDPRT);
    sim_board_destroy(board);
}

static void write_protection_holds(void **state)
{
    struct sim_board *board = rig_halted("bluepill");

    rig_unlock_options(board);
    rig_erase_options(board);
    rig_program_option(board, 0, 0xA5);
    rig_program_option(board, 8, 0xFD); /* pages 4 to 7 */
    rig_system_reset(board);
    assert_int_equal(peek32(board, FLASH_WRPR), 0xFFFFFFFD);
    rig_unlock(board);
    rig_program(board, FLASH_BASE + 0x1000, 0x1234);
    assert_int_equal(peek32(board, FLASH_SR), WRPRTERR);
    assert_int_equal(peek16(board, FLASH_BASE + 0x1000), 0xFFFF);
    poke32(board, FLASH_SR, WRPRTERR);
    rig_program(board, FLASH_BASE + 0x2000, 0x1234);
    assert_int_equal(peek16(board, FLASH_BASE + 0x2000), 0x1234);
    poke32(board, FLASH_CR, MER | STRT);
    assert_true(rig_wait_flash(board, NULL) & WRPRTERR);
    assert_int_equal(peek16(board, FLASH_BASE + 0x2000), 0x1234);
    sim_board_destroy(board);
}

/* The classic accident: options erased, RDP not written, so it is FF and protects. */
static void erased_options_protect(void **state)
{
    struct sim_board *board = rig_halted("bluepill");
    uint32_t value;

    rig_unlock(board);
    rig_program(board, FLASH_BASE, 0x1234);
    poke32(board, FLASH_OPTKEYR, KEY1);
    poke32(board, FLASH_OPTKEYR, KEY2);
    rig_erase_options(board);
    assert_int_equal(peek16(board, FLASH_BASE), 0x1234); /* not before a reset */
    rig_system_reset(board);
    assert_true(peek32(board, FLASH_OBR) & RDPRT);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &value), SWD_FAULT);
    assert_int_equal(peek16(board, SIZE_REGISTER), 0);
    sim_board_destroy(board);
}

static void protection_closes_flash_only(void **state)
{
    struct sim_board *board = rig_halted("bluepill,locked");
    uint32_t value;

    assert_true(peek32(board, FLASH_OBR) & RDPRT);
    assert_int_equal(peek16(board, SIZE_REGISTER), 0);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &value), SWD_FAULT);
    assert_int_equal(mem_read(board, 0, 4, &value), SWD_FAULT);
    poke32(board, SRAM_BASE, 0x12345678);
    assert_int_equal(peek32(board, SRAM_BASE), 0x12345678);
    rig_unlock(board);
    rig_program(board, FLASH_BASE, 0x1234);
    assert_true(peek32(board, FLASH_SR) & WRPRTERR);
    sim_board_destroy(board);
}

/* Code in RAM is no more trusted than the debugger. */
static void code_in_ram_cannot_read_protected_flash(void **state)
{
    static const uint16_t code[] = {
        0x6801, /* ldr   r1, [r0] */
        0xBE00, /* bkpt  0 */
    };
    struct sim_board *board = rig_halted("bluepill,locked");

    rig_set_register(board, 0, FLASH_BASE);
    rig_set_register(board, 1, 0x5555);
    rig_run_code(board, SRAM_BASE, code, sizeof code / 2);
    sim_board_advance_us(board, 100);
    assert_true(peek32(board, 0xE000ED28) & 0x200); /* CFSR.PRECISERR */
    rig_halt(board);
    assert_int_equal(rig_register(board, 1), 0x5555);
    sim_board_destroy(board);
}

static void a_protected_program_runs(void **state)
{
    struct sim_board *board = rig_connected("bluepill,sleep,locked");

    sim_board_advance_us(board, 1000);
    assert_true(peek32(board, DHCSR) & S_SLEEP);
    sim_board_destroy(board);
}

static void lifting_protection_erases_all_and_needs_power(void **state)
{
    struct sim_board *board = rig_halted("bluepill,sleep,locked");
    uint32_t value;

    rig_unlock_options(board);
    rig_erase_options(board);
    uint64_t start = sim_board_now_us(board);
    rig_program_option(board, 0, 0xA5);
    assert_in_range(sim_board_now_us(board) - start, 20000, 20700);
    rig_system_reset(board);
    assert_true(peek32(board, FLASH_OBR) & RDPRT);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &value), SWD_FAULT);
    power_cycle(board);
    assert_false(peek32(board, FLASH_OBR) & RDPRT);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    assert_int_equal(peek16(board, SIZE_REGISTER), 64);
    sim_board_destroy(board);
}

static void a_fault_can_lock_and_unlock(void **state)
{
    struct sim_board *board = rig_halted("bluepill,sleep");
    uint32_t value, first = peek32(board, FLASH_BASE + 4);

    rig_hand(board, "fault", "+locked");
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &value), SWD_FAULT);
    rig_hand(board, "fault", "-locked");
    assert_int_equal(peek32(board, FLASH_BASE + 4), first);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factory_settings_are_open),
        cmocka_unit_test(options_need_their_own_keys),
        cmocka_unit_test(hardware_makes_the_complement),
        cmocka_unit_test(write_protection_holds),
        cmocka_unit_test(erased_options_protect),
        cmocka_unit_test(protection_closes_flash_only),
        cmocka_unit_test(code_in_ram_cannot_read_protected_flash),
        cmocka_unit_test(a_protected_program_runs),
        cmocka_unit_test(lifting_protection_erases_all_and_needs_power),
        cmocka_unit_test(a_fault_can_lock_and_unlock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
