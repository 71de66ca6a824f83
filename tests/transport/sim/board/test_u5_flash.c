/* SPDX-License-Identifier: MIT */
/* The STM32U575 as a debugger finds it, and its flash controller register by register (RM0456). */
#include "rig.h"

enum {
    RCC = 0x46020C00,
    RCC_ICSCR1 = RCC + 0x08,
    RCC_CFGR1 = RCC + 0x1C,
    RCC_CFGR2 = RCC + 0x20,
    RCC_PLL1CFGR = RCC + 0x28,
    RCC_PLL1DIVR = RCC + 0x34,
    RCC_AHB2ENR1 = RCC + 0x8C,
    RCC_AHB3ENR = RCC + 0x94,
    RCC_APB1ENR1 = RCC + 0x9C,
    RCC_BDCR = RCC + 0xF0,
    RCC_CSR = RCC + 0xF4,
    PWR_VOSR = 0x4602080C,
    ICACHE_CR = 0x40030400,
    GPIOA_MODER = 0x42020000,
    TIM2 = 0x40000000,
    NSKEYR = 0x40022008,
    OPTKEYR = 0x40022010,
    NSSR = 0x40022020,
    NSCR = 0x40022028,
    OPTR = 0x40022040,
    SECBOOTADD0R = 0x4002204C,
    WRP1AR = 0x40022058,
    WRP2AR = 0x40022068,
    U5_OTP = 0x0BFA0000,
    PAGE = 8192,
    BANK = 0x100000,
};
#define OPTKEY1 0x08192A3Bu
#define OPTKEY2 0x4C5D6E7Fu
#define PG (1u << 0)
#define PER (1u << 1)
#define MER1 (1u << 2)
#define PNB(n) ((uint32_t)(n) << 3)
#define BKER (1u << 11)
#define BWR (1u << 14)
#define MER2 (1u << 15)
#define STRT (1u << 16)
#define OPTSTRT (1u << 17)
#define EOPIE (1u << 24)
#define OBL_LAUNCH (1u << 27)
#define OPTLOCK (1u << 30)
#define LOCK (1u << 31)
#define EOP (1u << 0)
#define PROGERR (1u << 3)
#define WRPERR (1u << 4)
#define PGAERR (1u << 5)
#define SIZERR (1u << 6)
#define PGSERR (1u << 7)
#define OPTWERR (1u << 13)
#define BSY (1u << 16)
#define WDW (1u << 17)
#define SWAP_BANK (1u << 20)
#define TZEN (1u << 31)
#define AS_DELIVERED 0x1FEFF8AAu

static struct sim_board *halted(void)
{
    return rig_halted("nucleo-u575");
}

static void unlock(struct sim_board *board)
{
    poke32(board, NSKEYR, KEY1);
    poke32(board, NSKEYR, KEY2);
    assert_int_equal(peek32(board, NSCR), OPTLOCK);
}

static struct sim_board *unlocked(void)
{
    struct sim_board *board = halted();

    unlock(board);
    return board;
}

/* Until idle, a look every 10 us; returns how long it took. */
static unsigned wait_idle(struct sim_board *board)
{
    uint64_t start = sim_board_now_us(board);

    while (peek32(board, NSSR) & BSY)
        sim_board_advance_us(board, 10);
    return (unsigned)(sim_board_now_us(board) - start);
}

static unsigned program(struct sim_board *board, uint32_t address, uint32_t value, unsigned words)
{
    poke32(board, NSCR, words == 32 ? PG | BWR : PG);
    for (unsigned i = 0; i < words; i++)
        poke32(board, address + 4 * i, value + i);
    unsigned us = wait_idle(board);
    poke32(board, NSCR, 0);
    return us;
}

static unsigned erase(struct sim_board *board, uint32_t what)
{
    poke32(board, NSCR, what);
    poke32(board, NSCR, what | STRT);
    unsigned us = wait_idle(board);
    poke32(board, NSCR, 0);
    return us;
}

static void assert_status(struct sim_board *board, uint32_t errors)
{
    assert_int_equal(peek32(board, NSSR), errors);
    poke32(board, NSSR, errors);
    assert_int_equal(peek32(board, NSSR), 0);
}

/* --- the chip --- */

static void it_says_who_it_is(void **state)
{
    struct sim_board *board = rig_connected("nucleo-u575");
    uint32_t ignored;

    assert_int_equal(peek32(board, CPUID), 0x410FD214);
    assert_int_equal(peek32(board, 0xE0044000), 0x20016482);
    assert_int_equal(peek32(board, 0xE0042000), 0); /* CTI, where others have it */
    assert_int_equal(mem_read(board, 0, 4, &ignored), SWD_FAULT);
    assert_int_equal(peek16(board, 0x0BFA07A0), 2048);
    sim_board_destroy(board);
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[] = {{0x081FFFFC, 0x08200000},
                {0x200BFFFC, 0x200C0000},
                {0x28003FFC, 0x28004000},
                {0x0BFA01FC, 0x0BFA0200},
                {0x0BF9FFFC, 0x0BFA0200}};
    struct sim_board *board = halted();
    uint32_t ignored;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(mem_read(board, rows[i].last, 4, &ignored), SWD_OK);
        assert_int_equal(mem_read(board, rows[i].beyond, 4, &ignored), SWD_FAULT);
    }
    sim_board_destroy(board);
}

/* Core clock by what TIM2 counts in 10 ms, APB1 undivided. */
static void assert_khz(struct sim_board *board, uint32_t wanted)
{
    poke32(board, RCC_APB1ENR1, 1);
    poke32(board, TIM2 + 0x2C, 0xFFFFFFFF);
    poke32(board, TIM2, 1);
    uint32_t before = peek32(board, TIM2 + 0x24);
    uint64_t start = sim_board_now_us(board);
    sim_board_advance_us(board, 10000);
    uint32_t counted = peek32(board, TIM2 + 0x24) - before;
    uint32_t khz = (uint32_t)(UINT64_C(1000) * counted / (sim_board_now_us(board) - start));
    assert_in_range(khz, wanted - wanted / 50, wanted + wanted / 50);
}

/* As OpenOCD and ST's set-up do it: range 1, booster, 160 MHz by MSIS and PLL1. */
static void clocks_follow_msis_and_the_pll(void **state)
{
    struct sim_board *board = halted();

    assert_int_equal(peek32(board, RCC), 0x35);
    assert_int_equal(peek32(board, RCC_CSR) & 0xF000, 0x4000);
    assert_khz(board, 4000);
    poke32(board, RCC_ICSCR1, 0x14800000); /* MSIS at 24 MHz */
    assert_khz(board, 24000);
    poke32(board, RCC_ICSCR1, 0x44800000);
    poke32(board, RCC_AHB3ENR, 4);
    assert_int_equal(peek32(board, PWR_VOSR), 0x8000);
    poke32(board, PWR_VOSR, 0x70000);
    assert_int_equal(peek32(board, PWR_VOSR), 0x7C000);
    assert_int_equal(peek32(board, 0x4602083C) & 0x38000, 0x38000); /* SVMSR: ACTVOS */
    poke32(board, RCC_PLL1CFGR, 0x00040009);
    poke32(board, RCC_PLL1DIVR, 0x0101024F);
    poke32(board, RCC, 0x35 | 1 << 24);
    assert_int_equal(peek32(board, RCC) >> 25 & 1, 1);
    poke32(board, RCC_CFGR1, 3);
    assert_int_equal(peek32(board, RCC_CFGR1), 0xF);
    assert_khz(board, 160000);
    poke32(board, RCC_CFGR2, 8); /* HPRE: by two */
    assert_khz(board, 80000);
    poke32(board, RCC_BDCR, 1u << 26);
    assert_int_equal(peek32(board, RCC_BDCR), 3u << 26); /* LSI is ready */
    sim_board_destroy(board);
}

static void pins_and_cache_are_where_they_are(void **state)
{
    struct sim_board *board = halted();

    poke32(board, RCC_AHB2ENR1, 3);
    assert_int_equal(peek32(board, GPIOA_MODER), 0xABFFFFFF);
    assert_int_equal(peek32(board, GPIOA_MODER + 0x400), 0xFFFFFEBF);
    poke32(board, ICACHE_CR, 1);
    assert_int_equal(peek32(board, ICACHE_CR + 4), 0);
    poke32(board, ICACHE_CR, 0);
    assert_int_equal(peek32(board, ICACHE_CR + 4), 2); /* emptied */
    sim_board_destroy(board);
}

/* --- the lock --- */

static void keys_open_it_and_any_too_many_is_an_error(void **state)
{
    struct sim_board *board = halted();

    assert_int_equal(peek32(board, NSCR), LOCK | OPTLOCK);
    assert_int_equal(mem_write(board, OPTKEYR, 4, OPTKEY1), SWD_FAULT);
    unlock(board);
    assert_int_equal(mem_write(board, NSKEYR, 4, KEY1), SWD_FAULT);
    assert_int_equal(peek32(board, NSCR), LOCK | OPTLOCK);
    assert_int_equal(mem_write(board, NSKEYR, 4, KEY1), SWD_FAULT); /* until the next reset */
    sim_board_destroy(board);
}

/* --- programming --- */

static void a_quad_word_is_programmed_by_its_fourth_word(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, NSCR, PG);
    for (unsigned i = 0; i < 3; i++) {
        poke32(board, FLASH_BASE + 4 * i, i);
        assert_int_equal(peek32(board, NSSR), WDW);
    }
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    poke32(board, FLASH_BASE + 12, 3);
    assert_in_range(wait_idle(board), 100, 250);
    assert_int_equal(peek32(board, FLASH_BASE + 8), 2);
    assert_int_equal(peek32(board, NSSR), 0); /* EOP tells who asked */
    sim_board_destroy(board);
}

static void a_row_of_eight_goes_faster(void **state)
{
    struct sim_board *board = unlocked();

    assert_in_range(program(board, FLASH_BASE + 128, 1000, 32), 350, 550);
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(peek32(board, FLASH_BASE + 128 + 4 * i), 1000 + i);
    sim_board_destroy(board);
}

static void what_is_out_of_order_is_an_error(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, NSCR, 0);
    poke32(board, FLASH_BASE, 0);
    assert_status(board, PGSERR);
    poke32(board, NSCR, PG);
    poke32(board, FLASH_BASE + 4, 0); /* the second word first */
    assert_status(board, PGAERR);
    poke32(board, FLASH_BASE, 0);
    poke32(board, FLASH_BASE + 8, 0); /* the second word left out */
    assert_status(board, PGAERR);
    poke16(board, FLASH_BASE, 0);
    assert_status(board, SIZERR);
    poke32(board, NSCR, PG | BWR);
    poke32(board, FLASH_BASE + 16, 0); /* a row begins at 128 bytes */
    assert_status(board, PGAERR);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    sim_board_destroy(board);
}

static void a_cell_is_programmed_once(void **state)
{
    struct sim_board *board = unlocked();

    program(board, FLASH_BASE + 16, 7, 4);
    program(board, FLASH_BASE + 16, 7, 4);
    assert_status(board, PROGERR);
    program(board, FLASH_BASE, 100, 32); /* nor in a row */
    assert_status(board, PROGERR);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    poke32(board, NSCR, PG); /* but all zeros */
    for (unsigned i = 0; i < 4; i++)
        poke32(board, FLASH_BASE + 16 + 4 * i, 0);
    wait_idle(board);
    assert_status(board, 0);
    assert_int_equal(peek32(board, FLASH_BASE + 16), 0);
    sim_board_destroy(board);
}

static void an_old_error_makes_the_next_operation_fail(void **state)
{
    struct sim_board *board = unlocked();

    poke32(board, FLASH_BASE, 0);
    erase(board, PER);
    assert_status(board, PGSERR);
    program(board, FLASH_BASE, 5, 4);
    assert_int_equal(peek32(board, FLASH_BASE), 5);
    sim_board_destroy(board);
}

static void otp_is_programmed_too(void **state)
{
    struct sim_board *board = unlocked();

    program(board, U5_OTP + 32, 9, 4);
    assert_int_equal(peek32(board, U5_OTP + 44), 12);
    sim_board_destroy(board);
}

/* --- erasing --- */

static void pages_and_banks_are_erased(void **state)
{
    struct sim_board *board = unlocked();

    program(board, FLASH_BASE + PAGE, 1, 4);
    program(board, FLASH_BASE + BANK + PAGE, 2, 4);
    assert_in_range(erase(board, PER | PNB(1) | BKER), 1400, 1700);
    assert_int_equal(peek32(board, FLASH_BASE + PAGE), 1);
    assert_int_equal(peek32(board, FLASH_BASE + BANK + PAGE), 0xFFFFFFFF);
    erase(board, PER | PNB(0x81)); /* the highest bit of eight is not there */
    assert_int_equal(peek32(board, FLASH_BASE + PAGE), 0xFFFFFFFF);
    program(board, FLASH_BASE, 1, 4);
    program(board, FLASH_BASE + BANK, 2, 4);
    assert_in_range(erase(board, MER2), 180000, 210000);
    assert_int_equal(peek32(board, FLASH_BASE), 1);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 0xFFFFFFFF);
    erase(board, MER1 | MER2);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    erase(board, PER | MER1);
    assert_status(board, PGSERR);
    sim_board_destroy(board);
}

static void who_asks_is_told_of_the_end(void **state)
{
    struct sim_board *board = unlocked();

    erase(board, PER | EOPIE);
    assert_status(board, EOP);
    sim_board_destroy(board);
}

/* --- option bytes --- */

static void unlock_options(struct sim_board *board)
{
    poke32(board, OPTKEYR, OPTKEY1);
    poke32(board, OPTKEYR, OPTKEY2);
    assert_int_equal(peek32(board, NSCR), 0);
}

/* Programmed and loaded; halted, unlocked. */
static void set_option(struct sim_board *board, uint32_t address, uint32_t value)
{
    unlock_options(board);
    poke32(board, address, value);
    poke32(board, NSCR, OPTSTRT);
    wait_idle(board);
    assert_int_equal(peek32(board, NSSR), 0);
    poke32(board, NSCR, OBL_LAUNCH);
    rig_halt(board);
    unlock(board);
}

static void options_count_from_the_next_load_on(void **state)
{
    struct sim_board *board = unlocked();

    assert_int_equal(peek32(board, OPTR), AS_DELIVERED);
    set_option(board, WRP1AR, 0xFF80FF80 | 1 << 16 | 1);
    erase(board, PER | PNB(1));
    assert_status(board, WRPERR);
    erase(board, PER | PNB(1) | BKER); /* another bank's */
    assert_status(board, 0);
    program(board, FLASH_BASE + PAGE, 1, 4);
    assert_status(board, WRPERR | PGSERR); /* of the word, and of those that follow */
    erase(board, MER1);
    assert_status(board, WRPERR);
    sim_board_destroy(board);
}

/* Without UNLOCK an area stays as it is; nobody is secure who could write the secure ones. */
static void doors_stay_shut(void **state)
{
    struct sim_board *board = unlocked();

    set_option(board, WRP1AR, 0x7F80FF80 | 1 << 16 | 1);
    unlock_options(board);
    poke32(board, WRP1AR, 0xFF80FFFF);
    poke32(board, NSCR, OPTSTRT);
    assert_status(board, OPTWERR);
    rig_system_reset(board);
    unlock(board);
    set_option(board, SECBOOTADD0R, 0x0C00007D);
    assert_int_equal(peek32(board, SECBOOTADD0R), 0x0C00007C);
    sim_board_destroy(board);
}

static void trust_zone_stays_on(void **state)
{
    struct sim_board *board = unlocked();

    set_option(board, OPTR, AS_DELIVERED | TZEN);
    unlock_options(board);
    poke32(board, OPTR, AS_DELIVERED);
    poke32(board, NSCR, OPTSTRT);
    assert_status(board, OPTWERR);
    sim_board_destroy(board);
}

/* SWAP_BANK exchanges what is seen; BKER and WRP still mean the banks themselves. */
static void swapped_banks_are_seen_in_the_other_order(void **state)
{
    struct sim_board *board = unlocked();

    program(board, FLASH_BASE, 1, 4);
    program(board, FLASH_BASE + BANK, 2, 4);
    set_option(board, OPTR, AS_DELIVERED | SWAP_BANK);
    assert_int_equal(peek32(board, FLASH_BASE), 2);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 1);
    erase(board, PER);
    assert_int_equal(peek32(board, FLASH_BASE), 2);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 0xFFFFFFFF);
    set_option(board, WRP2AR, 0xFF80FF80);
    program(board, FLASH_BASE + 16, 2, 4);
    assert_status(board, WRPERR | PGSERR);
    set_option(board, OPTR, AS_DELIVERED);
    assert_int_equal(peek32(board, FLASH_BASE + BANK), 2);
    sim_board_destroy(board);
}

static void the_end_of_protection_erases_all(void **state)
{
    struct sim_board *board = unlocked();
    uint32_t ignored;

    program(board, FLASH_BASE, 1, 4);
    set_option(board, OPTR, (AS_DELIVERED & ~0xFFu) | 0xBB);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &ignored), SWD_FAULT);
    set_option(board, OPTR, AS_DELIVERED);
    assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_who_it_is),
        cmocka_unit_test(memories_end_where_the_manual_says),
        cmocka_unit_test(clocks_follow_msis_and_the_pll),
        cmocka_unit_test(pins_and_cache_are_where_they_are),
        cmocka_unit_test(keys_open_it_and_any_too_many_is_an_error),
        cmocka_unit_test(a_quad_word_is_programmed_by_its_fourth_word),
        cmocka_unit_test(a_row_of_eight_goes_faster),
        cmocka_unit_test(what_is_out_of_order_is_an_error),
        cmocka_unit_test(a_cell_is_programmed_once),
        cmocka_unit_test(an_old_error_makes_the_next_operation_fail),
        cmocka_unit_test(otp_is_programmed_too),
        cmocka_unit_test(pages_and_banks_are_erased),
        cmocka_unit_test(who_asks_is_told_of_the_end),
        cmocka_unit_test(options_count_from_the_next_load_on),
        cmocka_unit_test(doors_stay_shut),
        cmocka_unit_test(trust_zone_stays_on),
        cmocka_unit_test(swapped_banks_are_seen_in_the_other_order),
        cmocka_unit_test(the_end_of_protection_erases_all),
    };

    return cmocka_run_group_tests_name("u5_flash", tests, NULL, NULL);
}
