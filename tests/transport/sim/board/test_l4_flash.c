/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32L4, G4, G0 and C0 as a debugger drives it, register by register
 * (RM0351, RM0440, RM0444 and RM0490, chapter 3). */
#include "rig.h"

enum {
    RCC = 0x40021000,
    RCC_CSR = RCC + 0x94,
    KEYR = 0x40022008,
    OPTKEYR = 0x4002200C,
    SR = 0x40022010,
    CR = 0x40022014,
    OPTR = 0x40022020,
    WRP1AR = 0x4002202C,
    WRP2AR = 0x4002204C,
    OTP = 0x1FFF7000,
    L4_OPTIONS = 0x1FFF7800,
    PAGE = 2048,
    OBLRSTF = 1 << 25,
};
#define OPTKEY1 0x08192A3Bu
#define OPTKEY2 0x4C5D6E7Fu
#define PG (1u << 0)
#define PER (1u << 1)
#define MER1 (1u << 2)
#define PNB(n) ((uint32_t)(n) << 3)
#define MER2 (1u << 15)
#define STRT (1u << 16)
#define OPTSTRT (1u << 17)
#define FSTPG (1u << 18)
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
#define BSY (7u << 16) /* with BSY2 and CFGBSY */
#define CFGBSY (1u << 18)

static const char *const boards[] = {"nucleo-g431", "nucleo-l476", "nucleo-g071", "nucleo-c031"};
enum { BOARDS = 4, L476 = 1, G071 = 2 };

static void unlock(struct sim_board *board)
{
    poke32(board, KEYR, KEY1);
    poke32(board, KEYR, KEY2);
    assert_int_equal(peek32(board, CR), OPTLOCK);
}

static void unlock_options(struct sim_board *board)
{
    poke32(board, OPTKEYR, OPTKEY1);
    poke32(board, OPTKEYR, OPTKEY2);
    assert_int_equal(peek32(board, CR), 0);
}

static struct sim_board *unlocked(const char *spec)
{
    struct sim_board *board = rig_halted(spec);

    unlock(board);
    return board;
}

/* Until idle, a look every 10 us; returns how long it took. */
static unsigned wait_idle(struct sim_board *board)
{
    uint64_t start = sim_board_now_us(board);

    while (peek32(board, SR) & BSY)
        sim_board_advance_us(board, 10);
    return (unsigned)(sim_board_now_us(board) - start);
}

static unsigned program(struct sim_board *board, uint32_t address, uint32_t low, uint32_t high)
{
    poke32(board, CR, PG);
    poke32(board, address, low);
    poke32(board, address + 4, high);
    unsigned us = wait_idle(board);
    poke32(board, CR, 0);
    return us;
}

static unsigned erase(struct sim_board *board, uint32_t what)
{
    poke32(board, CR, what);
    poke32(board, CR, what | STRT);
    unsigned us = wait_idle(board);
    poke32(board, CR, 0);
    return us;
}

static void assert_status(struct sim_board *board, uint32_t errors)
{
    assert_int_equal(peek32(board, SR), errors);
    poke32(board, SR, errors);
    assert_int_equal(peek32(board, SR), 0);
}

/* --- the lock --- */

static void keys_open_it_and_any_too_many_is_an_error(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        assert_int_equal(peek32(board, CR), LOCK | OPTLOCK);
        assert_int_equal(mem_write(board, OPTKEYR, 4, OPTKEY1), SWD_FAULT);
        unlock(board);
        assert_int_equal(mem_write(board, KEYR, 4, KEY1), SWD_FAULT);
        assert_int_equal(peek32(board, CR), LOCK | OPTLOCK);
        assert_int_equal(mem_write(board, KEYR, 4, KEY1), SWD_FAULT); /* until the next reset */
        sim_board_destroy(board);
    }
}

static void lock_locks_the_options_too(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);

        unlock_options(board);
        poke32(board, CR, LOCK);
        assert_int_equal(peek32(board, CR), LOCK | OPTLOCK);
        poke32(board, CR, PG);
        assert_int_equal(peek32(board, CR), LOCK | OPTLOCK);
        sim_board_destroy(board);
    }
}

/* --- programming --- */

static void a_double_word_is_programmed_by_its_second_word(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);

        poke32(board, CR, PG);
        poke32(board, FLASH_BASE, 0x11223344);
        assert_int_equal(peek32(board, SR), i < G071 ? 0 : CFGBSY);
        assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
        poke32(board, FLASH_BASE + 4, 0x55667788);
        wait_idle(board);
        assert_int_equal(peek32(board, FLASH_BASE), 0x11223344);
        assert_int_equal(peek32(board, FLASH_BASE + 4), 0x55667788);
        assert_int_equal(peek32(board, SR), 0); /* EOP tells who asked */
        poke32(board, CR, PG | EOPIE);
        poke32(board, FLASH_BASE + 8, 1);
        poke32(board, FLASH_BASE + 12, 2);
        wait_idle(board);
        assert_int_equal(peek32(board, SR), EOP);
        sim_board_destroy(board);
    }
}

static void a_cell_is_programmed_once_or_to_zeros(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);

        assert_in_range(program(board, FLASH_BASE, 0xFFFFFFFF, 0xFFFFFF00), 82, 110);
        program(board, FLASH_BASE, 0xFFFFFFFF, 0xFFFFF000);
        assert_status(board, PROGERR);
        assert_int_equal(peek32(board, FLASH_BASE + 4), 0xFFFFFF00);
        program(board, FLASH_BASE, 0, 0);
        assert_status(board, 0);
        assert_int_equal(peek32(board, FLASH_BASE + 4), 0);
        program(board, OTP, 1, 2);
        assert_int_equal(peek32(board, OTP + 4), 2);
        sim_board_destroy(board);
    }
}

static void other_stores_are_errors_by_name(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);

        poke32(board, FLASH_BASE, 1); /* without PG */
        assert_status(board, PGSERR);
        poke32(board, CR, PG);
        assert_int_equal(mem_write(board, FLASH_BASE, 2, 1), SWD_OK);
        assert_status(board, SIZERR);
        poke32(board, FLASH_BASE + 4, 1); /* the second word first */
        assert_status(board, PGAERR);
        poke32(board, FLASH_BASE, 1);
        poke32(board, FLASH_BASE + 12, 1); /* of another double word */
        assert_status(board, PGAERR);
        poke32(board, CR, FSTPG);
        poke32(board, FLASH_BASE, 1);
        assert_true(peek32(board, SR) & PGSERR);
        sim_board_destroy(board);
    }
}

static void an_old_error_makes_the_next_operation_fail(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);

        poke32(board, CR, PG);
        poke32(board, FLASH_BASE + 4, 1);
        program(board, FLASH_BASE, 1, 2);
        assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
        assert_status(board, PGAERR | PGSERR);
        poke32(board, FLASH_BASE, 1);
        erase(board, PER);
        assert_status(board, PGSERR);
        program(board, FLASH_BASE, 1, 2);
        assert_status(board, 0);
        sim_board_destroy(board);
    }
}

/* --- erasing --- */

static void a_page_is_erased_and_no_other(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);

        for (uint32_t page = 2; page < 5; page++)
            program(board, FLASH_BASE + page * PAGE, page, page);
        assert_in_range(erase(board, PER | PNB(3)), 22000, 22200);
        assert_int_equal(peek32(board, FLASH_BASE + 2 * PAGE), 2);
        assert_int_equal(peek32(board, FLASH_BASE + 3 * PAGE), 0xFFFFFFFF);
        assert_int_equal(peek32(board, FLASH_BASE + 4 * PAGE), 4);
        assert_status(board, 0);
        sim_board_destroy(board);
    }
}

/* BKER stands elsewhere on G0. */
static const struct two_banks {
    const char *board;
    uint32_t half, bker;
} two_banks[] = {{"nucleo-l476", 0x80000, 1u << 11}, {"nucleo-g0b1", 0x40000, 1u << 13}};

static void mark_both_banks(struct sim_board *board, uint32_t half)
{
    program(board, FLASH_BASE + PAGE, 1, 1);
    program(board, FLASH_BASE + half + PAGE, 2, 2);
}

static void assert_banks(struct sim_board *board, uint32_t half, uint32_t first, uint32_t second)
{
    assert_int_equal(peek32(board, FLASH_BASE + PAGE), first);
    assert_int_equal(peek32(board, FLASH_BASE + half + PAGE), second);
}

static void erase_banks(struct sim_board *board, const struct two_banks *row)
{
    uint32_t half = row->half;

    mark_both_banks(board, half);
    erase(board, PER | PNB(1) | row->bker);
    assert_banks(board, half, 1, 0xFFFFFFFF);
    program(board, FLASH_BASE + half + PAGE, 2, 2);
    erase(board, MER1);
    assert_banks(board, half, 0xFFFFFFFF, 2);
    program(board, FLASH_BASE + PAGE, 1, 1);
    erase(board, MER2);
    assert_banks(board, half, 1, 0xFFFFFFFF);
    program(board, FLASH_BASE + half + PAGE, 2, 2);
    assert_in_range(erase(board, MER1 | MER2), 22000, 22300);
    assert_banks(board, half, 0xFFFFFFFF, 0xFFFFFFFF);
}

/* BKER chooses; a page number beyond the bank wraps. */
static void banks_are_erased_page_by_page_alone_or_together(void **state)
{
    for (size_t i = 0; i < sizeof two_banks / sizeof *two_banks; i++) {
        struct sim_board *board = unlocked(two_banks[i].board);

        erase_banks(board, &two_banks[i]);
        sim_board_destroy(board);
    }
}

/* Each bank of the G0B1 has a flag of its own. */
static void the_flags_say_which_bank_is_busy(void **state)
{
    static const struct {
        uint32_t erases, flags;
    } rows[] = {{MER1, 1}, {MER2, 2}, {MER1 | MER2, 3}, {PER, 1}, {PER | 1u << 13, 2}};
    struct sim_board *board = unlocked("nucleo-g0b1");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        poke32(board, CR, rows[i].erases | STRT);
        assert_int_equal(peek32(board, SR) >> 16 & 3, rows[i].flags);
        wait_idle(board);
    }
    sim_board_destroy(board);
}

/* --- option bytes --- */

static void set_option(struct sim_board *board, uint32_t address, uint32_t value)
{
    unlock_options(board);
    poke32(board, address, value);
    poke32(board, CR, OPTSTRT);
    wait_idle(board);
    poke32(board, CR, LOCK);
    unlock(board);
}

static void launch(struct sim_board *board)
{
    unlock_options(board);
    mem_write(board, CR, 4, OBL_LAUNCH);
    sim_board_advance_us(board, 100);
    rig_halt(board);
}

/* A system reset does not load them. */
static void write_protection_counts_after_a_load(void **state)
{
    struct sim_board *board = unlocked(boards[L476]);

    set_option(board, WRP1AR, 0xFF03FF02);
    set_option(board, WRP2AR, 0xFF00FF00);
    rig_system_reset(board);
    unlock(board);
    erase(board, PER | PNB(2));
    assert_status(board, 0);
    launch(board);
    assert_true(peek32(board, RCC_CSR) & OBLRSTF);
    assert_int_equal(peek32(board, CR), LOCK | OPTLOCK);
    unlock(board);
    erase(board, PER | PNB(3));
    assert_status(board, WRPERR);
    erase(board, PER | PNB(4));
    assert_status(board, 0);
    erase(board, PER | two_banks[0].bker);
    assert_status(board, WRPERR);
    erase(board, MER1);
    assert_status(board, WRPERR);
    program(board, FLASH_BASE + 2 * PAGE, 1, 2);
    assert_true(peek32(board, SR) & WRPERR);
    sim_board_destroy(board);
}

static void options_want_their_own_keys(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);
        uint32_t optr = peek32(board, OPTR);

        poke32(board, OPTR, 0);
        assert_int_equal(peek32(board, OPTR), optr);
        assert_int_equal(mem_write(board, L4_OPTIONS, 4, 0), SWD_FAULT);
        set_option(board, OPTR, optr & ~(1u << 16));
        assert_int_equal(peek32(board, L4_OPTIONS), optr & ~(1u << 16));
        assert_int_equal(peek32(board, L4_OPTIONS + 4), ~optr | 1u << 16);
        sim_board_destroy(board);
    }
}

static void the_end_of_read_protection_takes_the_flash_along(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);
        uint32_t optr = peek32(board, OPTR) & ~0xFFu, word;

        program(board, FLASH_BASE, 1, 2);
        set_option(board, OPTR, optr | 0x55);
        assert_int_equal(peek32(board, FLASH_BASE), 1);
        launch(board);
        assert_int_equal(mem_read(board, FLASH_BASE, 4, &word), SWD_FAULT);
        unlock(board);
        set_option(board, OPTR, optr | 0xAA);
        launch(board);
        assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
        sim_board_destroy(board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_open_it_and_any_too_many_is_an_error),
        cmocka_unit_test(lock_locks_the_options_too),
        cmocka_unit_test(a_double_word_is_programmed_by_its_second_word),
        cmocka_unit_test(a_cell_is_programmed_once_or_to_zeros),
        cmocka_unit_test(other_stores_are_errors_by_name),
        cmocka_unit_test(an_old_error_makes_the_next_operation_fail),
        cmocka_unit_test(a_page_is_erased_and_no_other),
        cmocka_unit_test(banks_are_erased_page_by_page_alone_or_together),
        cmocka_unit_test(the_flags_say_which_bank_is_busy),
        cmocka_unit_test(write_protection_counts_after_a_load),
        cmocka_unit_test(options_want_their_own_keys),
        cmocka_unit_test(the_end_of_read_protection_takes_the_flash_along),
    };

    return cmocka_run_group_tests_name("l4_flash", tests, NULL, NULL);
}
