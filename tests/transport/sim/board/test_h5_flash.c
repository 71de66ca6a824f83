/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32H563 as a debugger drives it, register by register (RM0481,
 * chapter 7). */
#include "rig.h"

enum {
    NSKEYR = 0x40022004,
    OPTKEYR = 0x4002200C,
    OPTCR = 0x4002201C,
    NSSR = 0x40022020,
    NSCR = 0x40022028,
    NSCCR = 0x40022030,
    OPTSR_CUR = 0x40022050,
    ECCDETR = 0x40022104,
    OPTSR_PRG = 0x40022054,
    OPTSR2_PRG = 0x40022074,
    NSBOOTR_PRG = 0x40022084,
    OTPBLR_PRG = 0x40022094,
    SECWM1R_PRG = 0x400220E4,
    WRP1R_PRG = 0x400220EC,
    EDATA1R_PRG = 0x400220F4,
    WRP2R_PRG = 0x400221EC,
    OTP = 0x08FFF000,
    SECTOR = 8192,
    BANK = 1024 * 1024,
};
#define OPTKEY1 0x08192A3Bu
#define OPTKEY2 0x4C5D6E7Fu
#define LOCK (1u << 0)
#define PG (1u << 1)
#define SER (1u << 2)
#define BER (1u << 3)
#define FW (1u << 4)
#define STRT (1u << 5)
#define SNB(n) ((uint32_t)(n) << 6)
#define MER (1u << 15)
#define EOPIE (1u << 16)
#define BKSEL (1u << 31)
#define OPTLOCK (1u << 0)
#define OPTSTRT (1u << 1)
#define BSY (1u << 0)
#define WBNE (1u << 1)
#define EOP (1u << 16)
#define WRPERR (1u << 17)
#define PGSERR (1u << 18)
#define STRBERR (1u << 19)
#define INCERR (1u << 20)
#define OPTCHANGEERR (1u << 23)
#define SWAP_BANK (1u << 31)
#define ECCD (1u << 31)
#define OPTSR_FACTORY 0x2D30EDF8u

static struct sim_board *board;

static int up(void **state)
{
    (void)state;
    board = rig_halted("nucleo-h563");
    return 0;
}

static int down(void **state)
{
    (void)state;
    sim_board_destroy(board);
    return 0;
}

static void unlock(void)
{
    poke32(board, NSKEYR, KEY1);
    poke32(board, NSKEYR, KEY2);
    assert_int_equal(peek32(board, NSCR), 0);
}

static void unlock_options(void)
{
    poke32(board, OPTKEYR, OPTKEY1);
    poke32(board, OPTKEYR, OPTKEY2);
    assert_int_equal(peek32(board, OPTCR) & OPTLOCK, 0);
}

static unsigned wait_idle(void)
{
    uint64_t start = sim_board_now_us(board);

    while (peek32(board, NSSR) & BSY)
        sim_board_advance_us(board, 10);
    return (unsigned)(sim_board_now_us(board) - start);
}

static void store(uint32_t address, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        poke32(board, address + 4 * i, value + i);
}

static unsigned program(uint32_t address, uint32_t value)
{
    poke32(board, NSCR, PG);
    store(address, value);
    unsigned us = wait_idle();
    poke32(board, NSCR, 0);
    return us;
}

static unsigned erase(uint32_t what)
{
    poke32(board, NSCR, what);
    poke32(board, NSCR, what | STRT);
    unsigned us = wait_idle();
    poke32(board, NSCR, 0);
    return us;
}

static void assert_status(uint32_t errors)
{
    assert_int_equal(peek32(board, NSSR), errors);
    poke32(board, NSSR, errors); /* only the register beside it clears */
    assert_int_equal(peek32(board, NSSR), errors);
    poke32(board, NSCCR, errors);
    assert_int_equal(peek32(board, NSSR), 0);
}

static void program_options(void)
{
    poke32(board, OPTCR, OPTSTRT);
    wait_idle();
}

/* --- the lock --- */

static void keys_open_it_and_any_too_many_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(peek32(board, NSCR), LOCK);
    unlock();
    assert_int_equal(mem_write(board, NSKEYR, 4, KEY1), SWD_FAULT);
    assert_int_equal(peek32(board, NSCR), LOCK);
    assert_int_equal(mem_write(board, NSKEYR, 4, KEY1), SWD_FAULT); /* until the next reset */
    rig_system_reset(board);
    unlock();
    poke32(board, NSCR, LOCK);
    poke32(board, NSCR, PG); /* too late */
    assert_int_equal(peek32(board, NSCR), LOCK);
    assert_int_equal(peek32(board, OPTCR), OPTLOCK);
    unlock_options();
    assert_int_equal(mem_write(board, OPTKEYR, 4, OPTKEY1), SWD_FAULT);
}

/* --- programming --- */

static void a_quad_word_is_programmed_when_it_is_complete(void **state)
{
    (void)state;
    unlock();
    poke32(board, NSCR, PG);
    poke32(board, FLASH_BASE + 12, 4);
    poke32(board, FLASH_BASE + 4, 2);
    poke16(board, FLASH_BASE + 8, 3);
    poke16(board, FLASH_BASE + 10, 0);
    assert_int_equal(peek32(board, NSSR), WBNE);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 0xFFFFFFFF);
    poke32(board, FLASH_BASE, 1);
    assert_in_range(wait_idle(), 25, 200);
    assert_int_equal(peek32(board, NSSR), 0); /* EOP tells who asked for its interrupt */
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(peek32(board, FLASH_BASE + 4 * i), i + 1);
    poke32(board, NSCR, PG | EOPIE);
    store(FLASH_BASE + 16, 5);
    wait_idle();
    assert_status(EOP);
}

static void what_is_missing_is_forced(void **state)
{
    (void)state;
    unlock();
    poke32(board, NSCR, PG);
    poke32(board, FLASH_BASE + 4, 2);
    poke32(board, NSCR, PG | FW);
    wait_idle();
    assert_int_equal(peek32(board, NSSR), 0);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 2);
}

static void wrong_stores_are_told(void **state)
{
    (void)state;
    poke32(board, FLASH_BASE, 1); /* locked */
    assert_status(PGSERR);
    unlock();
    poke32(board, FLASH_BASE, 1); /* without PG */
    assert_status(PGSERR);
    poke32(board, NSCR, PG);
    poke32(board, FLASH_BASE, 1);
    poke32(board, FLASH_BASE + 16, 1);
    assert_status(INCERR);
    poke32(board, FLASH_BASE, 1);
    poke32(board, FLASH_BASE, 1);
    assert_int_equal(peek32(board, NSSR), STRBERR);
    poke32(board, FLASH_BASE + 4, 1); /* an old error */
    assert_status(STRBERR | PGSERR);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    assert_in_range(program(FLASH_BASE, 7), 25, 200);
}

static void a_cell_that_is_not_erased_is_spoiled(void **state)
{
    (void)state;
    unlock();
    program(FLASH_BASE, 0xF0F0);
    program(FLASH_BASE, 0xFF00);
    assert_int_equal(peek32(board, NSSR), 0);
    assert_int_equal(peek32(board, ECCDETR), 0);
    assert_int_not_equal(peek32(board, FLASH_BASE), 0xFF00);
    assert_int_equal(peek32(board, ECCDETR), ECCD);
    poke32(board, ECCDETR, ECCD);
    program(FLASH_BASE, 0); /* the words that follow are 1, 2 and 3 */
    peek32(board, FLASH_BASE);
    assert_int_equal(peek32(board, ECCDETR), ECCD);
}

/* --- erasing --- */

static void sectors_banks_and_all_are_erased(void **state)
{
    (void)state;
    unlock();
    program(FLASH_BASE, 1);
    program(FLASH_BASE + SECTOR, 2);
    program(FLASH_BASE + BANK, 3);
    program(FLASH_BASE + BANK + SECTOR, 4);
    assert_in_range(erase(SER | SNB(1)), 2000, 2100);
    assert_int_equal(peek32(board, FLASH_BASE), 1);
    assert_int_equal(peek32(board, FLASH_BASE + SECTOR), 0xFFFFFFFF);
    assert_int_equal(peek32(board, FLASH_BASE + BANK + SECTOR), 4);
    erase(SER | SNB(1) | BKSEL);
    assert_int_equal(peek32(board, FLASH_BASE + BANK + SECTOR), 0xFFFFFFFF);
    assert_in_range(erase(BER | BKSEL), 256000, 256100);
    assert_int_equal(peek32(board, FLASH_BASE), 1);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 0xFFFFFFFF);
    program(FLASH_BASE + BANK, 3);
    erase(MER);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 0xFFFFFFFF);
    erase(SER | BER);
    assert_status(PGSERR);
}

static void a_busy_flash_lets_the_bus_wait(void **state)
{
    (void)state;
    unlock();
    poke32(board, NSCR, SER);
    poke32(board, NSCR, SER | STRT);
    uint64_t start = sim_board_now_us(board);
    assert_int_equal(peek32(board, NSSR), BSY);
    peek32(board, FLASH_BASE + BANK);
    assert_in_range(sim_board_now_us(board) - start, 1800, 2300);
    assert_int_equal(peek32(board, NSCR), SER); /* STRT fell */
}

static void otp_takes_half_words_once(void **state)
{
    (void)state;
    unlock();
    poke32(board, NSCR, PG);
    poke16(board, OTP + 64, 0x1234);
    wait_idle();
    assert_int_equal(peek16(board, OTP + 64), 0x1234);
    poke16(board, OTP + 64, 0);
    assert_status(PGSERR);
    poke32(board, OTP + 68, 0);
    assert_status(PGSERR);
    unlock_options();
    poke32(board, OTPBLR_PRG, 2);
    program_options();
    poke16(board, OTP + 66, 0);
    assert_status(WRPERR);
    poke32(board, OTPBLR_PRG, 0);
    program_options();
    assert_status(OPTCHANGEERR);
}

/* --- option bytes --- */

static void option_bytes_are_programmed_all_at_once(void **state)
{
    (void)state;
    assert_int_equal(peek32(board, OPTSR_CUR), OPTSR_FACTORY);
    poke32(board, OPTSR_PRG, 0); /* locked */
    assert_int_equal(peek32(board, OPTSR_PRG), OPTSR_FACTORY);
    unlock_options();
    poke32(board, OPTSR_PRG, OPTSR_FACTORY | 2);
    assert_int_equal(peek32(board, OPTSR_CUR), OPTSR_FACTORY);
    program_options();
    assert_int_equal(peek32(board, OPTSR_CUR), OPTSR_FACTORY | 2);
    assert_int_equal(peek32(board, NSSR), 0);
    poke32(board, OPTSR_PRG, 0); /* never programmed: a reset forgets it */
    rig_system_reset(board);
    assert_int_equal(peek32(board, OPTSR_PRG), OPTSR_FACTORY | 2);
}

static void groups_of_four_sectors_are_protected(void **state)
{
    (void)state;
    unlock();
    program(FLASH_BASE + 4 * SECTOR, 1);
    unlock_options();
    poke32(board, WRP1R_PRG, ~2u);
    program_options();
    poke32(board, NSCR, PG);
    poke32(board, FLASH_BASE + 7 * SECTOR, 1);
    assert_status(WRPERR);
    erase(SER | SNB(4));
    assert_status(WRPERR);
    erase(BER);
    assert_status(WRPERR);
    erase(MER);
    assert_status(WRPERR);
    assert_int_equal(peek32(board, FLASH_BASE + 4 * SECTOR), 1);
    program(FLASH_BASE + 8 * SECTOR, 2);
    program(FLASH_BASE + BANK + 4 * SECTOR, 3);
    erase(BER | BKSEL);
    assert_int_equal(peek32(board, NSSR), 0);
}

/* BKSEL and WRP mean banks of the chip, wherever they show. */
static void banks_are_exchanged_by_a_reset(void **state)
{
    (void)state;
    unlock();
    program(FLASH_BASE, 1);
    program(FLASH_BASE + BANK, 2);
    unlock_options();
    poke32(board, OPTSR_PRG, OPTSR_FACTORY | SWAP_BANK);
    poke32(board, WRP2R_PRG, ~2u);
    program_options();
    assert_int_equal(peek32(board, FLASH_BASE), 1);
    assert_int_equal(peek32(board, OPTCR) & SWAP_BANK, 0);
    rig_system_reset(board);
    assert_int_equal(peek32(board, OPTCR) & SWAP_BANK, SWAP_BANK);
    assert_int_equal(peek32(board, FLASH_BASE), 2);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 1);
    unlock();
    poke32(board, NSCR, PG);
    poke32(board, FLASH_BASE + 4 * SECTOR, 1);
    assert_status(WRPERR);
    erase(SER | SNB(0));
    assert_int_equal(peek32(board, FLASH_BASE), 2);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 0xFFFFFFFF);
}

/* From one state only to those behind it; locked stays. */
static void the_product_only_goes_on(void **state)
{
    (void)state;
    unlock_options();
    poke32(board, OPTSR_PRG, (OPTSR_FACTORY & ~0xFF00u) | 0x1700);
    program_options();
    assert_int_equal(peek32(board, NSSR), 0);
    poke32(board, OPTSR_PRG, OPTSR_FACTORY);
    program_options();
    assert_status(OPTCHANGEERR);
    poke32(board, OPTSR_PRG, (OPTSR_FACTORY & ~0xFF00u) | 0x9A00); /* regression */
    program_options();
    assert_status(OPTCHANGEERR);
    poke32(board, OPTSR_PRG, (OPTSR_FACTORY & ~0xFF00u) | 0x5C00);
    program_options();
    assert_int_equal(peek32(board, CPUID), 0x410FD214); /* until the next reset */
    poke32(board, OPTSR_PRG, (OPTSR_FACTORY & ~0xFF00u) | 0x5C02);
    program_options();
    assert_status(OPTCHANGEERR);
    poke32(board, AIRCR, AIRCR_SYSRESETREQ);
    uint32_t ignored;
    assert_int_equal(mem_read(board, CPUID, 4, &ignored), SWD_FAULT);
}

static void a_boot_lock_holds_the_boot_address(void **state)
{
    (void)state;
    unlock_options();
    poke32(board, NSBOOTR_PRG, 0x08000AB4);
    program_options();
    poke32(board, NSBOOTR_PRG, 0x08000BB4);
    program_options();
    assert_status(OPTCHANGEERR);
}

static void secure_sectors_and_those_with_data_are_not_programmed(void **state)
{
    (void)state;
    unlock();
    unlock_options();
    poke32(board, EDATA1R_PRG, 0x8001);
    poke32(board, SECWM1R_PRG, 0x00030002);
    program_options();
    program(FLASH_BASE + 2 * SECTOR, 1); /* TrustZone is off */
    poke32(board, NSCR, PG);
    assert_int_equal(mem_write(board, FLASH_BASE + BANK - 2 * SECTOR, 4, 0), SWD_FAULT);
    program(FLASH_BASE + BANK - 3 * SECTOR, 1);
    assert_int_equal(peek32(board, NSSR), 0);
    poke32(board, OPTSR2_PRG, 0xB4000174);
    program_options();
    poke32(board, NSCR, PG);
    poke32(board, FLASH_BASE + 3 * SECTOR, 1);
    assert_status(WRPERR);
    program(FLASH_BASE + 4 * SECTOR, 1);
    assert_int_equal(peek32(board, NSSR), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)
    const struct CMUnitTest tests[] = {
        TEST(keys_open_it_and_any_too_many_is_an_error),
        TEST(a_quad_word_is_programmed_when_it_is_complete),
        TEST(what_is_missing_is_forced),
        TEST(wrong_stores_are_told),
        TEST(a_cell_that_is_not_erased_is_spoiled),
        TEST(sectors_banks_and_all_are_erased),
        TEST(a_busy_flash_lets_the_bus_wait),
        TEST(otp_takes_half_words_once),
        TEST(option_bytes_are_programmed_all_at_once),
        TEST(groups_of_four_sectors_are_protected),
        TEST(banks_are_exchanged_by_a_reset),
        TEST(the_product_only_goes_on),
        TEST(a_boot_lock_holds_the_boot_address),
        TEST(secure_sectors_and_those_with_data_are_not_programmed),
    };

    return cmocka_run_group_tests_name("h5_flash", tests, NULL, NULL);
}
