/* SPDX-License-Identifier: MIT */
/* STM32L152RC and RE as a debugger finds them, and their flash controller: locks, pages that are
 * erased to zeros, half pages, data EEPROM, option bytes (RM0038, chapters 3 and 6). */
#include "rig.h"

enum {
    FLASHER = 0x40023C00,
    PECR = FLASHER + 0x04,
    PEKEYR = FLASHER + 0x0C,
    PRGKEYR = FLASHER + 0x10,
    OPTKEYR = FLASHER + 0x14,
    SR = FLASHER + 0x18,
    OBR = FLASHER + 0x1C,
    RCC_CFGR_L1 = 0x40023808,
    RCC_CSR_L1 = 0x40023834,
    EEPROM = 0x08080000,
    OPTION_WORDS = 0x1FF80000,
};
enum { PROG = 1 << 3, ERASE = 1 << 9, FPRG = 1 << 10, OBL_LAUNCH = 1 << 18, LOCKS = 7 };
enum { BSY = 1, EOP = 2, WRPERR = 1 << 8, PGAERR = 1 << 9, SIZERR = 1 << 10, HALF = 128 };

static const char *const boards[] = {"l152c-disco", "nucleo-l152"};

static void open_pecr(struct sim_board *board)
{
    poke32(board, PEKEYR, 0x89ABCDEF);
    poke32(board, PEKEYR, 0x02030405);
}

static void open_program(struct sim_board *board)
{
    open_pecr(board);
    poke32(board, PRGKEYR, 0x8C9DAEBF);
    poke32(board, PRGKEYR, 0x13141516);
}

static uint32_t wait_idle(struct sim_board *board)
{
    sim_board_advance_us(board, 7000);
    uint32_t sr = peek32(board, SR);
    assert_false(sr & BSY);
    poke32(board, SR, 0xFFFFFFFF);
    return sr & ~(3u << 2);
}

static void they_say_who_they_are(void **state)
{
    static const struct {
        uint32_t idcode, rom, kib;
    } rows[] = {{0x10386427, 0x2704, 256}, {0x10006437, 0x3704, 512}};
    uint32_t value;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = rig_connected(boards[i]);

        assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
        assert_int_equal(value, 0x2BA01477);
        assert_int_equal(peek32(board, CPUID), 0x412FC230);
        assert_int_equal(peek32(board, 0xE0042000), rows[i].idcode);
        assert_int_equal(peek16(board, 0x1FF800CC), rows[i].kib);
        value = peek32(board, 0xE00FFFE0) << 8 | peek32(board, 0xE00FFFE4);
        assert_int_equal(value, rows[i].rom);
        assert_int_equal(peek32(board, FLASH_BASE), 0); /* erased */
        sim_board_destroy(board);
    }
}

static void locks_open_one_behind_the_other(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);

    (void)state;
    assert_int_equal(peek32(board, PECR), LOCKS);
    assert_int_equal(mem_write(board, PRGKEYR, 4, 0x8C9DAEBF), SWD_FAULT); /* not before PELOCK */
    sim_board_nrst(board, true);
    sim_board_nrst(board, false);
    rig_halt(board);
    open_program(board);
    assert_int_equal(peek32(board, PECR), 4);
    poke32(board, PECR, PROG | ERASE);
    assert_int_equal(peek32(board, PECR), PROG | ERASE | 4);
    poke32(board, PECR, 1); /* shuts all, and forgets */
    assert_int_equal(peek32(board, PECR), LOCKS);
    open_pecr(board);
    assert_int_equal(mem_write(board, PEKEYR, 4, 0x89ABCDEF), SWD_FAULT); /* one too many */
    assert_int_equal(peek32(board, PECR), LOCKS);
    sim_board_destroy(board);
}

static void a_word_adds_bits_and_a_page_is_erased_to_zeros(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);

    (void)state;
    poke32(board, FLASH_BASE, 1);
    assert_int_equal(wait_idle(board), WRPERR);
    open_program(board);
    poke32(board, FLASH_BASE + 4, 0x00FF0000);
    assert_true(peek32(board, SR) & BSY);
    assert_int_equal(wait_idle(board), EOP);
    poke32(board, FLASH_BASE + 4, 0x000000FF);
    assert_int_equal(wait_idle(board), EOP);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 0x00FF00FF);
    poke32(board, FLASH_BASE + 256, 5);
    wait_idle(board);
    poke16(board, FLASH_BASE + 8, 1);
    assert_int_equal(wait_idle(board), SIZERR);
    poke32(board, PECR, PROG | ERASE);
    poke32(board, FLASH_BASE + 0x80, 0);
    assert_int_equal(wait_idle(board), EOP);
    assert_int_equal(peek32(board, FLASH_BASE + 4), 0);
    assert_int_equal(peek32(board, FLASH_BASE + 256), 5); /* the next page */
    sim_board_destroy(board);
}

static void a_half_page_takes_its_words_in_a_row(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);

    (void)state;
    open_program(board);
    poke32(board, PECR, PROG | FPRG);
    poke32(board, FLASH_BASE + 4, 1);
    assert_int_equal(wait_idle(board), PGAERR); /* not its first word */
    for (uint32_t i = 0; i < HALF; i += 4)
        poke32(board, FLASH_BASE + HALF + i, i + 1);
    assert_true(peek32(board, SR) & BSY);
    assert_int_equal(wait_idle(board), EOP);
    for (uint32_t i = 0; i < HALF; i += 4)
        assert_int_equal(peek32(board, FLASH_BASE + HALF + i), i + 1);
    poke32(board, FLASH_BASE, 1);
    poke32(board, FLASH_BASE + 8, 1);
    assert_int_equal(wait_idle(board), PGAERR);
    assert_int_equal(peek32(board, FLASH_BASE), 0);
    sim_board_destroy(board);
}

static void data_is_written_as_it_comes(void **state)
{
    struct sim_board *board = rig_halted(boards[1]);
    uint32_t ignored;

    (void)state;
    poke32(board, EEPROM, 1);
    assert_int_equal(wait_idle(board), WRPERR);
    open_pecr(board);
    poke32(board, EEPROM, 0x12345678);
    wait_idle(board);
    poke16(board, EEPROM + 2, 0xABCD);
    assert_int_equal(wait_idle(board), EOP);
    assert_int_equal(peek32(board, EEPROM), 0xABCD5678);
    assert_int_equal(mem_read(board, EEPROM + 16 * 1024, 4, &ignored), SWD_FAULT);
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
    struct sim_board *board = rig_halted(boards[1]);

    (void)state;
    assert_int_equal(peek32(board, OBR), 0x00F800AA);
    poke32(board, OPTION_WORDS, 0);
    assert_int_equal(wait_idle(board), WRPERR);
    write_option(board, 4, 0xE9);
    assert_int_equal(peek32(board, OBR), 0x00F800AA);
    launch(board);
    assert_int_equal(peek32(board, OBR), 0x00E900AA);
    assert_true(peek32(board, RCC_CSR_L1) & 1u << 25);
    assert_int_equal(peek32(board, PECR), LOCKS);
    sim_board_destroy(board);
}

static void the_end_of_read_protection_erases_both_memories(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);
    uint32_t value;

    (void)state;
    open_program(board);
    poke32(board, FLASH_BASE, 0x11);
    wait_idle(board);
    poke32(board, EEPROM, 0x22);
    wait_idle(board);
    poke32(board, PECR, 1);
    write_option(board, 0, 0);
    assert_int_equal(peek32(board, FLASH_BASE), 0x11);
    launch(board);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &value), SWD_FAULT);
    assert_int_equal(mem_read(board, EEPROM, 4, &value), SWD_FAULT);
    write_option(board, 0, 0xAA);
    launch(board);
    assert_int_equal(peek32(board, FLASH_BASE), 0);
    assert_int_equal(peek32(board, EEPROM), 0);
    sim_board_destroy(board);
}

/* OpenOCD's set-up. */
static void it_starts_by_msi_and_goes_to_hsi(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);

    (void)state;
    assert_int_equal(peek32(board, 0x40023800), 0x300);
    assert_int_equal(peek32(board, RCC_CFGR_L1) & 0xF, 0);
    poke32(board, 0x40023800, 0x301);
    poke32(board, RCC_CFGR_L1, 1);
    assert_int_equal(peek32(board, RCC_CFGR_L1) & 0xF, 5);
    poke32(board, RCC_CSR_L1, 1 << 8);
    assert_true(peek32(board, RCC_CSR_L1) & 1 << 9); /* LSERDY */
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_say_who_they_are),
        cmocka_unit_test(locks_open_one_behind_the_other),
        cmocka_unit_test(a_word_adds_bits_and_a_page_is_erased_to_zeros),
        cmocka_unit_test(a_half_page_takes_its_words_in_a_row),
        cmocka_unit_test(data_is_written_as_it_comes),
        cmocka_unit_test(option_bytes_count_when_they_are_launched),
        cmocka_unit_test(the_end_of_read_protection_erases_both_memories),
        cmocka_unit_test(it_starts_by_msi_and_goes_to_hsi),
    };

    return cmocka_run_group_tests_name("l1_chip", tests, NULL, NULL);
}
