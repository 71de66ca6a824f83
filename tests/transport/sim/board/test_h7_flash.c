/* SPDX-License-Identifier: MIT */
/* The flash of the STM32H743 as a debugger drives it, register by register (RM0433, chapter 4). */
#include "rig.h"

enum {
    BASE = 0x52002000,
    BANK_2 = 0x100,
    H7_KEYR = BASE + 0x04,
    H7_OPTKEYR = BASE + 0x08,
    H7_CR = BASE + 0x0C,
    H7_SR = BASE + 0x10,
    H7_CCR = BASE + 0x14,
    OPTCR = BASE + 0x18,
    OPTSR_CUR = BASE + 0x1C,
    OPTSR_PRG = BASE + 0x20,
    OPTCCR = BASE + 0x24,
    PRAR_PRG = BASE + 0x2C,
    WPSN_PRG = BASE + 0x3C,
    SECOND = FLASH_BASE + 0x100000,
    SECTOR = 0x20000,
    WORD = 32,
};
#define LOCK (1u << 0)
#define PG (1u << 1)
#define SER (1u << 2)
#define BER (1u << 3)
#define X64 (3u << 4)
#define FW (1u << 6)
#define START (1u << 7)
#define SNB(n) ((uint32_t)(n) << 8)
#define EOPIE (1u << 16)
#define WBNE (1u << 1)
#define QW (1u << 2)
#define EOP (1u << 16)
#define WRPERR (1u << 17)
#define PGSERR (1u << 18)
#define STRBERR (1u << 19)
#define INCERR (1u << 21)
#define DBECCERR (1u << 26)
#define OPTSTART 2u
#define OPT_BUSY 1u
#define OPTCHANGEERR (1u << 30)

static void unlock(struct sim_board *board, uint32_t bank)
{
    poke32(board, H7_KEYR + bank, KEY1);
    poke32(board, H7_KEYR + bank, KEY2);
    assert_int_equal(peek32(board, H7_CR + bank), X64);
}

static struct sim_board *unlocked(void)
{
    struct sim_board *board = rig_halted("nucleo-h743");

    sim_board_set_swclk(board, 10000); /* a look is quicker than a flash word */
    unlock(board, 0);
    unlock(board, BANK_2);
    return board;
}

static void unlock_options(struct sim_board *board)
{
    poke32(board, H7_OPTKEYR, 0x08192A3B);
    poke32(board, H7_OPTKEYR, 0x4C5D6E7F);
    assert_int_equal(peek32(board, OPTCR) & 1, 0);
}

/* Until the bank is idle, a look every 10 us; returns how long it took. */
static unsigned wait_idle(struct sim_board *board, uint32_t bank)
{
    uint64_t start = sim_board_now_us(board);

    while (peek32(board, H7_SR + bank) & QW)
        sim_board_advance_us(board, 10);
    return (unsigned)(sim_board_now_us(board) - start);
}

static void fill(struct sim_board *board, uint32_t address, uint32_t value)
{
    for (uint32_t i = 0; i < WORD; i += 4)
        poke32(board, address + i, value);
}

static unsigned program(struct sim_board *board, uint32_t cr, uint32_t address, uint32_t value)
{
    uint32_t bank = address < SECOND ? 0 : BANK_2;

    poke32(board, H7_CR + bank, cr);
    fill(board, address, value);
    unsigned us = wait_idle(board, bank);
    poke32(board, H7_CR + bank, X64);
    return us;
}

static void assert_status(struct sim_board *board, uint32_t bank, uint32_t flags)
{
    assert_int_equal(peek32(board, H7_SR + bank), flags);
    poke32(board, H7_CCR + bank, flags);
    assert_int_equal(peek32(board, H7_SR + bank), 0);
}

/* --- locks --- */

static void each_bank_has_a_lock(void **state)
{
    struct sim_board *board = rig_halted("nucleo-h743");

    assert_int_equal(peek32(board, H7_CR), X64 | LOCK);
    poke32(board, H7_CR, PG);
    assert_int_equal(peek32(board, H7_CR), X64 | LOCK);
    unlock(board, 0);
    assert_int_equal(peek32(board, H7_CR + BANK_2), X64 | LOCK);
    poke32(board, H7_CR, PG | LOCK); /* leaves the others as they are */
    assert_int_equal(peek32(board, H7_CR), X64 | LOCK);
    sim_board_destroy(board);
}

static void a_key_too_many_locks_until_the_next_reset(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, H7_KEYR, KEY1);
    assert_int_equal(peek32(board, H7_CR) & LOCK, LOCK);
    poke32(board, H7_KEYR, KEY1);
    poke32(board, H7_KEYR, KEY2);
    assert_int_equal(peek32(board, H7_CR) & LOCK, LOCK);
    unlock_options(board);
    poke32(board, H7_OPTKEYR + BANK_2, 0x08192A3B); /* the same register */
    assert_int_equal(peek32(board, OPTCR + BANK_2) & 1, 1);
    rig_system_reset(board);
    unlock(board, 0);
    sim_board_destroy(board);
}

/* --- programming --- */

static void a_flash_word_is_programmed_when_it_is_full(void **state)
{
    static const uint32_t us[] = {290, 180, 130, 100};
    struct sim_board *board = unlocked();

    poke32(board, H7_CR, PG | X64);
    for (uint32_t i = 0; i < WORD - 4; i += 4)
        poke32(board, FLASH_BASE + i, 0x11111111);
    assert_int_equal(peek32(board, H7_SR), WBNE);
    poke32(board, FLASH_BASE + WORD - 4, 0x22222222);
    assert_int_equal(peek32(board, H7_SR) & (WBNE | QW), QW);
    wait_idle(board, 0);
    assert_int_equal(peek32(board, FLASH_BASE + WORD - 8), 0x11111111);
    assert_int_equal(peek32(board, FLASH_BASE + WORD - 4), 0x22222222);
    for (uint32_t psize = 0; psize < 4; psize++)
        assert_in_range(program(board, PG | psize << 4, FLASH_BASE + (1 + psize) * WORD, 0),
                        us[psize] - 60, us[psize] + 40);
    sim_board_destroy(board);
}

static void the_rest_is_ones_if_it_is_forced(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, H7_CR, PG | X64);
    poke32(board, FLASH_BASE + 4, 0x12345678);
    poke32(board, H7_CR, PG | X64 | FW);
    wait_idle(board, 0);
    assert_int_equal(peek32(board, FLASH_BASE), UINT32_MAX);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 0x12345678);
    sim_board_destroy(board);
}

/* One is programmed, one waits, and who writes a third one waits for the first. */
static void two_are_taken_and_a_third_one_stalls(void **state)
{
    struct sim_board *board = unlocked();
    uint64_t start = sim_board_now_us(board);

    poke32(board, H7_CR, PG | X64);
    for (uint32_t i = 0; i < 3; i++)
        fill(board, FLASH_BASE + i * WORD, i);
    assert_in_range(sim_board_now_us(board) - start, 100, 3 * 8 * 200);
    wait_idle(board, 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(peek32(board, FLASH_BASE + i * WORD), i);
    assert_int_equal(peek32(board, H7_SR), 0);
    sim_board_destroy(board);
}

static void what_is_not_in_order_is_not_programmed(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, FLASH_BASE, 0); /* without PG */
    assert_status(board, 0, PGSERR);
    poke32(board, H7_CR, PG | X64);
    poke32(board, FLASH_BASE, 0);
    poke32(board, FLASH_BASE + WORD, 0); /* another flash word */
    assert_int_equal(peek32(board, H7_SR), INCERR);
    poke32(board, FLASH_BASE, 0); /* before that was cleared */
    assert_status(board, 0, INCERR | PGSERR);
    poke32(board, FLASH_BASE, 0);
    poke32(board, FLASH_BASE, 0); /* twice */
    assert_int_equal(peek32(board, H7_SR), WBNE | STRBERR);
    assert_int_equal(peek32(board, H7_SR + BANK_2), 0);
    sim_board_destroy(board);
}

/* Its ECC is wrong then: the bus says so to who reads it, until it is erased. */
static void a_flash_word_that_is_programmed_twice_is_lost(void **state)
{
    struct sim_board *board = unlocked();
    uint32_t ignored;

    program(board, PG | X64, FLASH_BASE, 0x12345678);
    program(board, PG | X64, FLASH_BASE + WORD, 0x12345678);
    program(board, PG | X64, FLASH_BASE, 0); /* all zeros may be programmed over anything */
    assert_int_equal(peek32(board, FLASH_BASE), 0);
    program(board, PG | X64, FLASH_BASE + WORD, 0x12340000);
    assert_int_equal(mem_read(board, FLASH_BASE + WORD, 4, &ignored), SWD_FAULT);
    assert_int_equal(peek32(board, BASE + 0x60), 1); /* the number of the flash word */
    assert_status(board, 0, DBECCERR);
    assert_int_equal(peek32(board, FLASH_BASE + 2 * WORD), UINT32_MAX);
    poke32(board, H7_CR, SER | X64);
    poke32(board, H7_CR, SER | X64 | START);
    wait_idle(board, 0);
    assert_int_equal(peek32(board, FLASH_BASE + WORD), UINT32_MAX);
    sim_board_destroy(board);
}

/* --- erasing --- */

static void a_sector_is_erased_by_its_number_in_the_bank(void **state)
{
    struct sim_board *board = unlocked();

    program(board, PG | X64, SECOND, 1);
    program(board, PG | X64, SECOND + SECTOR, 2);
    poke32(board, H7_CR + BANK_2, SER | X64 | SNB(1) | EOPIE);
    poke32(board, H7_CR + BANK_2, SER | X64 | SNB(1) | EOPIE | START);
    assert_in_range(wait_idle(board, BANK_2), 999000, 1010000);
    assert_int_equal(peek32(board, H7_CR + BANK_2) & START, 0);
    assert_int_equal(peek32(board, SECOND), 1);
    assert_int_equal(peek32(board, SECOND + SECTOR), UINT32_MAX);
    assert_status(board, BANK_2, EOP);
    sim_board_destroy(board);
}

/* A bank that is erased keeps who reads it waiting; the other one goes on. */
static void banks_work_at_the_same_time(void **state)
{
    struct sim_board *board = unlocked();

    program(board, PG | X64, FLASH_BASE, 1);
    program(board, PG | X64, SECOND, 2);
    poke32(board, H7_CR, BER | X64 | START);
    uint64_t start = sim_board_now_us(board);
    assert_int_equal(peek32(board, SECOND), 2);
    assert_in_range(sim_board_now_us(board) - start, 0, 1000);
    poke32(board, H7_CR + BANK_2, BER | X64 | START);
    assert_in_range(wait_idle(board, 0) + wait_idle(board, BANK_2), 4990000, 5010000);
    assert_int_equal(peek32(board, FLASH_BASE), UINT32_MAX);
    assert_int_equal(peek32(board, SECOND), UINT32_MAX);
    sim_board_destroy(board);
}

/* --- option bytes --- */

static void change(struct sim_board *board, uint32_t reg, uint32_t value)
{
    unlock_options(board);
    poke32(board, reg, value);
    poke32(board, OPTCCR, OPTCHANGEERR);
    poke32(board, OPTCR, OPTSTART);
    assert_int_equal(peek32(board, OPTSR_CUR) & OPT_BUSY, OPT_BUSY);
    while (peek32(board, OPTSR_CUR) & OPT_BUSY)
        sim_board_advance_us(board, 1000);
    poke32(board, OPTCR, LOCK);
}

static void options_count_at_once_and_are_seen_twice(void **state)
{
    struct sim_board *board = unlocked();

    assert_int_equal(peek32(board, OPTSR_CUR), 0x0406AAF0);
    poke32(board, OPTSR_PRG, 0); /* locked */
    assert_int_equal(peek32(board, OPTSR_PRG), 0x0406AAF0);
    change(board, OPTSR_PRG, 0x0406AAE0);
    assert_int_equal(peek32(board, OPTSR_CUR), 0x0406AAE0);
    assert_int_equal(peek32(board, OPTSR_CUR + BANK_2), 0x0406AAE0);
    sim_board_destroy(board);
}

static void protected_sectors_are_not_erased(void **state)
{
    struct sim_board *board = unlocked();

    program(board, PG | X64, SECOND + SECTOR, 1);
    change(board, WPSN_PRG + BANK_2, 0xFD);
    poke32(board, H7_CR + BANK_2, SER | X64 | SNB(1) | START);
    assert_status(board, BANK_2, WRPERR);
    poke32(board, H7_CR + BANK_2, BER | X64 | START);
    assert_status(board, BANK_2, WRPERR);
    program(board, PG | X64, SECOND + SECTOR + WORD, 1);
    assert_status(board, BANK_2, WRPERR);
    assert_int_equal(peek32(board, SECOND + SECTOR), 1);
    program(board, PG | X64, SECOND, 1);
    assert_status(board, BANK_2, 0);
    sim_board_destroy(board);
}

static void an_area_only_grows(void **state)
{
    struct sim_board *board = unlocked();

    change(board, PRAR_PRG, 0x00010000);
    change(board, PRAR_PRG, 0x000000FF);
    assert_int_equal(peek32(board, OPTSR_CUR) >> 30 & 1, 1);
    assert_int_equal(peek32(board, PRAR_PRG - 4), 0x00010000);
    change(board, PRAR_PRG, 0x00020000);
    assert_int_equal(peek32(board, OPTSR_CUR) >> 30 & 1, 0);
    assert_int_equal(peek32(board, PRAR_PRG - 4), 0x00020000);
    sim_board_destroy(board);
}

static void read_protection_hides_the_flash_and_its_end_erases_it(void **state)
{
    struct sim_board *board = unlocked();
    uint32_t ignored;

    program(board, PG | X64, FLASH_BASE, 1);
    program(board, PG | X64, SECOND, 1);
    change(board, OPTSR_PRG, 0x040655F0);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &ignored), SWD_FAULT);
    change(board, OPTSR_PRG, 0x0406AAF0);
    assert_int_equal(peek32(board, FLASH_BASE), UINT32_MAX);
    assert_int_equal(peek32(board, SECOND), UINT32_MAX);
    sim_board_destroy(board);
}

/* In the map; the controllers stay the banks' own. */
static void banks_are_swapped_by_a_reset(void **state)
{
    struct sim_board *board = unlocked();

    program(board, PG | X64, FLASH_BASE, 1);
    program(board, PG | X64, SECOND, 2);
    change(board, OPTSR_PRG, 0x8406AAF0);
    assert_int_equal(peek32(board, FLASH_BASE), 1);
    rig_system_reset(board);
    assert_int_equal(peek32(board, OPTCR), 0x80000001);
    assert_int_equal(peek32(board, FLASH_BASE), 2);
    poke32(board, FLASH_BASE, 0);
    assert_status(board, BANK_2, PGSERR);
    unlock(board, 0);
    poke32(board, H7_CR, SER | X64 | START);
    wait_idle(board, 0);
    assert_int_equal(peek32(board, FLASH_BASE), 2);
    assert_int_equal(peek32(board, SECOND), UINT32_MAX);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bank_has_a_lock),
        cmocka_unit_test(a_key_too_many_locks_until_the_next_reset),
        cmocka_unit_test(a_flash_word_is_programmed_when_it_is_full),
        cmocka_unit_test(the_rest_is_ones_if_it_is_forced),
        cmocka_unit_test(two_are_taken_and_a_third_one_stalls),
        cmocka_unit_test(what_is_not_in_order_is_not_programmed),
        cmocka_unit_test(a_flash_word_that_is_programmed_twice_is_lost),
        cmocka_unit_test(a_sector_is_erased_by_its_number_in_the_bank),
        cmocka_unit_test(banks_work_at_the_same_time),
        cmocka_unit_test(options_count_at_once_and_are_seen_twice),
        cmocka_unit_test(protected_sectors_are_not_erased),
        cmocka_unit_test(an_area_only_grows),
        cmocka_unit_test(read_protection_hides_the_flash_and_its_end_erases_it),
        cmocka_unit_test(banks_are_swapped_by_a_reset),
    };

    return cmocka_run_group_tests_name("h7_flash", tests, NULL, NULL);
}
