/* SPDX-License-Identifier: MIT */
/* STM32L053R8 as a debugger finds it, where it differs from the L1 (test_l1_chip.c): Cortex-M0+,
 * its ROM table, ports on a bus of their own, clocks; a flash controller that refuses what is not
 * erased and counts words (RM0367). */
#include "rig.h"

enum {
    RCC = 0x40021000,
    FLASHER = 0x40022000,
    PECR = FLASHER + 0x04,
    PEKEYR = FLASHER + 0x0C,
    PRGKEYR = FLASHER + 0x10,
    OPTKEYR = FLASHER + 0x14,
    SR = FLASHER + 0x18,
    OPTR = FLASHER + 0x1C,
    WRPR = FLASHER + 0x20,
    GPIOA = 0x50000000,
    EEPROM = 0x08080000,
    OPTION_WORDS = 0x1FF80000,
    RAM_BASE = 0x20000000,
};
enum { PROG = 1 << 3, ERASE = 1 << 9, FPRG = 1 << 10, OBL_LAUNCH = 1 << 18, LOCKS = 7 };
enum { BSY = 1, EOP = 2, WRPERR = 1 << 8, PGAERR = 1 << 9, NOTZEROERR = 1 << 16, FWWERR = 1 << 17 };
enum { PAGE = 128, HALF = 64 };

static struct sim_board *halted(void)
{
    return rig_halted("nucleo-l053");
}

static void open_pecr(struct sim_board *board)
{
    poke32(board, PEKEYR, 0x89ABCDEF);
    poke32(board, PEKEYR, 0x02030405);
}

static struct sim_board *open_program(void)
{
    struct sim_board *board = halted();

    open_pecr(board);
    poke32(board, PRGKEYR, 0x8C9DAEBF);
    poke32(board, PRGKEYR, 0x13141516);
    assert_int_equal(peek32(board, PECR), 4);
    return board;
}

static uint32_t wait_idle(struct sim_board *board)
{
    sim_board_advance_us(board, 7000);
    uint32_t sr = peek32(board, SR);
    assert_false(sr & BSY);
    poke32(board, SR, 0xFFFFFFFF);
    return sr & ~(3u << 2);
}

/* The number of the chip stands in its own table, the core's names the core. */
static void it_says_who_it_is(void **state)
{
    struct sim_board *board = rig_connected("nucleo-l053");
    uint32_t value;

    (void)state;
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    assert_int_equal(value, 0x0BC11477);
    assert_int_equal(peek32(board, CPUID), 0x410CC601);
    assert_int_equal(peek32(board, 0xE0002000) >> 4 & 0xF, 4); /* breakpoints */
    poke32(board, 0xE000EDFC, 1 << 24);                        /* DWTENA */
    assert_int_equal(peek32(board, 0xE0001000) >> 28, 2);      /* watchpoints */
    assert_int_equal(peek32(board, 0x40015800) & 0xFFF, 0x417);
    assert_int_equal(peek16(board, 0x1FF8007C), 64);
    assert_int_equal(peek32(board, 0xF0000000), 0xF00FF003); /* the core's: from here */
    assert_int_equal(peek32(board, 0xF0000004), 0);
    assert_int_equal(peek32(board, 0xF0000FE0) << 8 | peek32(board, 0xF0000FE4), 0x1704);
    assert_int_equal(peek32(board, 0xE00FFFE0) << 8 | peek32(board, 0xE00FFFE4), 0xC0B4);
    sim_board_destroy(board);
}

static void its_unique_id_has_a_gap(void **state)
{
    struct sim_board *board = halted();

    (void)state;
    assert_int_not_equal(peek32(board, 0x1FF80064), 0xFFFFFFFF);
    assert_int_equal(peek32(board, 0x1FF80058), 0xFFFFFFFF);
    sim_board_destroy(board);
}

/* The vector table moves: of the Armv6-M cores the M0+ can. */
static void it_has_vtor(void **state)
{
    struct sim_board *board = halted();

    (void)state;
    poke32(board, 0xE000ED08, 0x20000155);
    assert_int_equal(peek32(board, 0xE000ED08), 0x20000100);
    sim_board_destroy(board);
}

static void ports_hang_on_a_bus_of_their_own(void **state)
{
    struct sim_board *board = halted();

    (void)state;
    assert_int_equal(peek32(board, GPIOA), 0); /* no clock */
    poke32(board, RCC + 0x2C, 1);
    assert_int_equal(peek32(board, GPIOA), 0xEBFFFCFF); /* the debug port's two are its own */
    poke32(board, GPIOA, 0xEBFFF7FF);                   /* PA5: the LED */
    poke32(board, GPIOA + 0x18, 1 << 5);
    assert_int_equal(peek32(board, GPIOA + 0x14), 1 << 5);
    sim_board_destroy(board);
}

/* As ST's and OpenOCD's set-ups do it. */
static void it_starts_by_msi_and_goes_to_hsi16_and_pll(void **state)
{
    struct sim_board *board = halted();

    (void)state;
    assert_int_equal(peek32(board, RCC), 0x300);
    assert_int_equal(peek32(board, RCC + 0x0C) & 0xF, 0);
    poke32(board, RCC, 0x301);
    assert_true(peek32(board, RCC) & 1 << 2);
    poke32(board, RCC + 0x0C, 1);
    assert_int_equal(peek32(board, RCC + 0x0C) & 0xC, 4);
    poke32(board, RCC + 0x0C, 1 | 1 << 18 | 1 << 22); /* x 4, / 2 */
    poke32(board, RCC, 0x01000301);
    assert_true(peek32(board, RCC) & 1 << 25);
    poke32(board, RCC + 0x0C, 3 | 1 << 18 | 1 << 22);
    assert_int_equal(peek32(board, RCC + 0x0C) & 0xC, 0xC);
    poke32(board, RCC + 0x08, 1); /* HSI48 */
    assert_true(peek32(board, RCC + 0x08) & 2);
    assert_int_equal(peek32(board, 0x40015804), 0);
    poke32(board, 0x40015804, 7);
    assert_int_equal(peek32(board, 0x40015804), 0); /* DBGMCU wants its clock */
    poke32(board, RCC + 0x34, 1 << 22);
    poke32(board, 0x40015804, 7);
    assert_int_equal(peek32(board, 0x40015804), 7);
    sim_board_destroy(board);
}

static void what_is_not_erased_is_not_programmed(void **state)
{
    struct sim_board *board = open_program();

    (void)state;
    poke32(board, FLASH_BASE + 4, 0x00FF0000);
    assert_int_equal(wait_idle(board), EOP);
    poke32(board, FLASH_BASE + 4, 0x000000FF);
    assert_int_equal(wait_idle(board), NOTZEROERR);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 0x00FF0000);
    poke32(board, FLASH_BASE + PAGE, 5);
    wait_idle(board);
    poke32(board, PECR, PROG | ERASE);
    poke32(board, FLASH_BASE, 0);
    assert_int_equal(wait_idle(board), EOP);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 0);
    assert_int_equal(peek32(board, FLASH_BASE + PAGE), 5);
    sim_board_destroy(board);
}

/* ST's code writes all words to the first address, OpenOCD's to rising ones. */
static void a_half_page_counts_its_words(void **state)
{
    (void)state;
    for (uint32_t step = 0; step <= 4; step += 4) {
        struct sim_board *board = open_program();

        poke32(board, PECR, PROG | FPRG);
        for (uint32_t i = 0; i < HALF / 4; i++)
            poke32(board, FLASH_BASE + HALF + i * step, i + 1);
        assert_true(peek32(board, SR) & BSY);
        assert_int_equal(wait_idle(board), EOP);
        for (uint32_t i = 0; i < HALF / 4; i++)
            assert_int_equal(peek32(board, FLASH_BASE + HALF + 4 * i), i + 1);
        poke32(board, FLASH_BASE, 1);
        poke32(board, FLASH_BASE + 8, 1);
        assert_int_equal(wait_idle(board), PGAERR);
        assert_int_equal(peek32(board, FLASH_BASE), 0);
        sim_board_destroy(board);
    }
}

/* str r1, [r0]; b . */
static const uint32_t write_and_stay = 0xE7FE6001;

static void run_at(struct sim_board *board, uint32_t address)
{
    rig_set_register(board, 0, FLASH_BASE + HALF);
    rig_set_register(board, 1, 1);
    rig_set_register(board, 15, address);
    rig_set_register(board, 16, 0x01000000);
    poke32(board, DHCSR, 0xA05F0001);
    sim_board_advance_us(board, 100);
    rig_halt(board);
}

/* A program in flash is fetched while it writes a half page. */
static void a_half_page_is_not_for_programs_in_flash(void **state)
{
    struct sim_board *board = open_program();

    (void)state;
    poke32(board, FLASH_BASE, write_and_stay);
    wait_idle(board);
    poke32(board, RAM_BASE, write_and_stay);
    poke32(board, PECR, PROG | FPRG);
    run_at(board, FLASH_BASE);
    assert_int_equal(wait_idle(board), FWWERR);
    run_at(board, RAM_BASE);
    assert_int_equal(wait_idle(board), 0); /* the first word of it */
    sim_board_destroy(board);
}

static void launch(struct sim_board *board)
{
    mem_write(board, PECR, 4, OBL_LAUNCH);
    sim_board_advance_us(board, 1000);
    rig_halt(board);
}

static void write_option(struct sim_board *board, uint32_t offset, uint32_t half)
{
    open_pecr(board);
    poke32(board, OPTKEYR, 0xFBEAD9C8);
    poke32(board, OPTKEYR, 0x24252627);
    poke32(board, OPTION_WORDS + offset, half | (~half & 0xFFFF) << 16);
    sim_board_advance_us(board, 200000);
}

static void option_bytes_count_when_they_are_launched(void **state)
{
    struct sim_board *board = halted();

    (void)state;
    assert_int_equal(peek32(board, OPTR), 0x807000AA);
    write_option(board, 4, 0x0069);
    assert_int_equal(peek32(board, OPTR), 0x807000AA);
    launch(board);
    assert_int_equal(peek32(board, OPTR), 0x006900AA);
    assert_int_equal(peek32(board, PECR), LOCKS);
    write_option(board, 8, 0x0001);
    launch(board);
    assert_int_equal(peek32(board, WRPR), 1);
    open_pecr(board);
    poke32(board, PRGKEYR, 0x8C9DAEBF);
    poke32(board, PRGKEYR, 0x13141516);
    poke32(board, FLASH_BASE, 1);
    assert_int_equal(wait_idle(board), WRPERR);
    poke32(board, FLASH_BASE + 4096, 1);
    assert_int_equal(wait_idle(board), EOP);
    sim_board_destroy(board);
}

static void the_end_of_read_protection_erases_both_memories(void **state)
{
    struct sim_board *board = open_program();
    uint32_t value;

    (void)state;
    poke32(board, FLASH_BASE, 0x11);
    wait_idle(board);
    poke32(board, EEPROM, 0x22);
    wait_idle(board);
    poke32(board, PECR, 1);
    write_option(board, 0, 0);
    launch(board);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &value), SWD_FAULT);
    assert_int_equal(mem_read(board, EEPROM, 4, &value), SWD_FAULT);
    write_option(board, 0, 0xAA);
    launch(board);
    assert_int_equal(peek32(board, FLASH_BASE), 0);
    assert_int_equal(peek32(board, EEPROM), 0);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_who_it_is),
        cmocka_unit_test(its_unique_id_has_a_gap),
        cmocka_unit_test(it_has_vtor),
        cmocka_unit_test(ports_hang_on_a_bus_of_their_own),
        cmocka_unit_test(it_starts_by_msi_and_goes_to_hsi16_and_pll),
        cmocka_unit_test(what_is_not_erased_is_not_programmed),
        cmocka_unit_test(a_half_page_counts_its_words),
        cmocka_unit_test(a_half_page_is_not_for_programs_in_flash),
        cmocka_unit_test(option_bytes_count_when_they_are_launched),
        cmocka_unit_test(the_end_of_read_protection_erases_both_memories),
    };

    return cmocka_run_group_tests_name("l0_chip", tests, NULL, NULL);
}
