/* SPDX-License-Identifier: MIT */
/* STM32G071 and C031 as a debugger finds them: ids, memories, clocks, pins, what they start from
 * (RM0444, RM0490). */
#include "rig.h"

enum {
    RCC = 0x40021000,
    RCC_CFGR = RCC + 0x08,
    RCC_PLLCFGR = RCC + 0x0C,
    RCC_IOPENR = RCC + 0x34,
    RCC_APBENR1 = RCC + 0x3C,
    RCC_CSR = RCC + 0x60,
    GPIOA_MODER = 0x50000000,
    TIM3 = 0x40000400,
    DBG_IDCODE = 0x40015800,
    DBG_CR = 0x40015804,
    DBG_APB_FZ1 = 0x40015808,
    IWDG = 0x40003000,
    SYSCFG_CFGR1 = 0x40010000,
    FLASH_ACR = 0x40022000,
    G0_KEYR = 0x40022008,
    G0_OPTKEYR = 0x4002200C,
    G0_SR = 0x40022010,
    G0_CR = 0x40022014,
    G0_OPTR = 0x40022020,
    G0_SECR = 0x40022080,
    SYSTEM = 0x1FFF0000,
    PC = 15,
};
#define VTOR 0xE000ED08u
#define EMPTY (1u << 16)
#define DBGEN (1u << 27)
#define BUSY (7u << 16)
#define OBL_LAUNCH (1u << 27)
#define IWDGRSTF (1u << 29)
#define NBOOT_SEL (1u << 24)
#define NBOOT1 (1u << 25)
#define NBOOT0 (1u << 26)

static const char *const boards[] = {"nucleo-g071", "nucleo-c031"};
enum { BOARDS = 2 };

static void they_say_who_they_are(void **state)
{
    static const struct {
        uint32_t idcode, rom, size, kib; /* the C031's ROM table has the number of the G031 */
    } rows[] = {{0x20006460, 0x6004, 0x1FFF75E0, 128}, {0x10000453, 0x6604, 0x1FFF75A0, 32}};

    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_connected(boards[i]);

        assert_int_equal(peek32(board, CPUID), 0x410CC601);
        assert_int_equal(peek32(board, DBG_IDCODE), rows[i].idcode);
        assert_int_equal(peek16(board, rows[i].size), rows[i].kib);
        uint32_t ids = peek32(board, 0xF0000FE0) << 8 | peek32(board, 0xF0000FE4);
        assert_int_equal(ids & 0xFF0F, rows[i].rom);
        assert_int_equal(ap_register(board, 0xF8), 0xF0000003);
        assert_int_equal(ap_register(board, 0xFC), 0x04770031);
        sim_board_destroy(board);
    }
}

/* An M0+ can move its vectors. */
static void the_core_has_a_vector_table_register(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);

    poke32(board, VTOR, 0x20000100);
    assert_int_equal(peek32(board, VTOR), 0x20000100);
    sim_board_destroy(board);
}

/* All but the id wants its clock, and loses what is written without. */
static void the_debug_component_wants_its_clock(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        poke32(board, DBG_CR, 6);
        assert_int_equal(peek32(board, DBG_CR), 0);
        poke32(board, RCC_APBENR1, DBGEN);
        poke32(board, DBG_CR, 7);
        poke32(board, DBG_APB_FZ1, 0x1800);
        assert_int_equal(peek32(board, DBG_CR), 6);
        assert_int_equal(peek32(board, DBG_APB_FZ1), 0x1800);
        sim_board_destroy(board);
    }
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[BOARDS][4] = {{{0x0801FFFC, 0x08020000},
                          {0x20008FFC, 0x20009000},
                          {0x1FFF6FFC, 0x1FFF7800 + 0x80},
                          {0x1FFF73FC, 0x1FFF8000}},
                         {{0x08007FFC, 0x08008000},
                          {0x20002FFC, 0x20003000},
                          {0x1FFF17FC, 0x1FFF1800},
                          {0x1FFF73FC, 0x1FFF8000}}};
    uint32_t ignored;

    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);
        for (size_t n = 0; n < 4; n++) {
            assert_int_equal(mem_read(board, rows[i][n].last, 4, &ignored), SWD_OK);
            assert_int_equal(mem_read(board, rows[i][n].beyond, 4, &ignored), SWD_FAULT);
        }
        sim_board_destroy(board);
    }
}

static void pins_are_analog_but_for_the_debug_ports(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        assert_int_equal(peek32(board, GPIOA_MODER), 0); /* no clock */
        poke32(board, RCC_IOPENR, 3);
        assert_int_equal(peek32(board, GPIOA_MODER), 0xEBFFFFFF);
        assert_int_equal(peek32(board, GPIOA_MODER + 0x400), 0xFFFFFFFF);
        sim_board_destroy(board);
    }
}

/* What TIM3, 16 bits, counts in 400 us. */
static void assert_khz(struct sim_board *board, uint32_t wanted)
{
    poke32(board, RCC_APBENR1, 2);
    poke32(board, TIM3, 1);
    uint32_t before = peek32(board, TIM3 + 0x24);
    uint64_t start = sim_board_now_us(board);
    sim_board_advance_us(board, 400);
    uint32_t counted = (peek32(board, TIM3 + 0x24) - before) & 0xFFFF;
    uint32_t khz = (uint32_t)(UINT64_C(1000) * counted / (sim_board_now_us(board) - start));
    assert_in_range(khz, wanted - wanted / 20, wanted + wanted / 20);
}

/* As ST's set-up does it: 64 MHz by HSI16 and the PLL; 48 MHz by HSI48 undivided. */
static void clocks_follow_the_dividers_and_the_pll(void **state)
{
    struct sim_board *g0 = rig_halted(boards[0]), *c0 = rig_halted(boards[1]);

    assert_int_equal(peek32(g0, RCC), 0x00000500);
    assert_khz(g0, 16000);
    poke32(g0, RCC_PLLCFGR, 2 | 8 << 8 | 1u << 28 | 1u << 29); /* HSI16 x 8 / 2 */
    poke32(g0, RCC, 0x500 | 1 << 24);
    poke32(g0, RCC_CFGR, 2);
    assert_int_equal(peek32(g0, RCC) >> 24 & 3, 3);
    assert_int_equal(peek32(g0, RCC_CFGR), 2 | 2 << 3);
    assert_khz(g0, 64000);
    sim_board_destroy(g0);
    assert_int_equal(peek32(c0, RCC), 0x00001540);
    assert_khz(c0, 12000);
    poke32(c0, RCC, 0x540);
    assert_int_equal(peek32(c0, RCC_CFGR), 0);
    assert_khz(c0, 48000);
    sim_board_destroy(c0);
}

static void a_watchdog_that_nobody_feeds_resets(void **state)
{
    struct sim_board *board = rig_connected(boards[0]);

    poke32(board, RCC_CSR, 1u << 23);
    assert_int_equal(peek32(board, RCC_CSR) & IWDGRSTF, 0);
    poke32(board, IWDG, 0xCCCC); /* 512 ms by LSI of 32 kHz */
    sim_board_advance_us(board, 500000);
    assert_int_equal(peek32(board, RCC_CSR) & IWDGRSTF, 0);
    sim_board_advance_us(board, 20000);
    assert_int_equal(peek32(board, RCC_CSR) & IWDGRSTF, IWDGRSTF);
    sim_board_destroy(board);
}

/* --- what it starts from --- */

static void unlock(struct sim_board *board)
{
    poke32(board, G0_KEYR, KEY1);
    poke32(board, G0_KEYR, KEY2);
    poke32(board, G0_OPTKEYR, 0x08192A3B);
    poke32(board, G0_OPTKEYR, 0x4C5D6E7F);
    assert_int_equal(peek32(board, G0_CR), 0);
}

static void wait_idle(struct sim_board *board)
{
    while (peek32(board, G0_SR) & BUSY)
        sim_board_advance_us(board, 10);
}

static void program_vectors(struct sim_board *board)
{
    poke32(board, G0_CR, 1);
    poke32(board, FLASH_BASE, SRAM_BASE + 0x1000);
    poke32(board, FLASH_BASE + 4, FLASH_BASE + 9);
    wait_idle(board);
    poke32(board, FLASH_BASE + 8, 0xE7FEE7FE); /* b . */
    poke32(board, FLASH_BASE + 12, 0);
    wait_idle(board);
    poke32(board, G0_CR, 0);
    assert_int_equal(peek32(board, G0_SR), 0);
}

static void launch(struct sim_board *board)
{
    mem_write(board, G0_CR, 4, OBL_LAUNCH);
    sim_board_advance_us(board, 100);
    rig_halt(board);
}

static void set_option(struct sim_board *board, uint32_t address, uint32_t value)
{
    unlock(board);
    poke32(board, address, value);
    poke32(board, G0_CR, 1u << 17);
    wait_idle(board);
    launch(board);
}

/* Which memory, by the upper half of the addresses that its code has. */
static void assert_runs_at(struct sim_board *board, uint32_t memory)
{
    assert_int_equal(rig_register(board, PC) & 0xFFFF0000, memory);
}

static void an_empty_flash_is_not_started_from_until_somebody_says_so(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        assert_runs_at(board, SYSTEM);
        assert_int_equal(peek32(board, FLASH_ACR) & EMPTY, EMPTY);
        unlock(board);
        program_vectors(board);
        rig_system_reset(board);
        assert_runs_at(board, SYSTEM);
        poke32(board, FLASH_ACR, peek32(board, FLASH_ACR) & ~EMPTY);
        rig_system_reset(board);
        assert_runs_at(board, FLASH_BASE);
        sim_board_destroy(board);
    }
}

static void a_load_of_option_bytes_looks_at_the_flash_anew(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);

    unlock(board);
    program_vectors(board);
    launch(board);
    assert_int_equal(peek32(board, FLASH_ACR) & EMPTY, 0);
    assert_runs_at(board, FLASH_BASE);
    rig_hand(board, "power", "off");
    rig_hand(board, "power", "on");
    rig_connect(board);
    rig_halt(board);
    assert_runs_at(board, FLASH_BASE);
    sim_board_destroy(board);
}

/* As delivered the pin BOOT0 does not count. */
static void options_say_what_it_starts_from(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);
        uint32_t optr = peek32(board, G0_OPTR);

        assert_int_equal(optr, 0xFFFFFEAA);
        unlock(board);
        program_vectors(board);
        rig_hand(board, "boot0", "1");
        launch(board);
        assert_runs_at(board, FLASH_BASE);
        set_option(board, G0_OPTR, optr & ~NBOOT0);
        assert_runs_at(board, SYSTEM);
        set_option(board, G0_OPTR, optr & ~NBOOT_SEL);
        assert_runs_at(board, SYSTEM);
        rig_hand(board, "boot0", "0");
        rig_system_reset(board);
        assert_runs_at(board, FLASH_BASE);
        set_option(board, G0_OPTR, optr & ~(NBOOT0 | NBOOT1));
        assert_int_equal(peek32(board, 0), peek32(board, SRAM_BASE));
        sim_board_destroy(board);
    }
}

/* Locked for good: also what may not be read is started from, and no debugger gets in. */
static void the_boot_lock_keeps_debuggers_out_of_what_is_protected(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);
    uint32_t optr = peek32(board, G0_OPTR), value;

    unlock(board);
    program_vectors(board);
    launch(board);
    rig_hand(board, "boot0", "1");
    set_option(board, G0_SECR, peek32(board, G0_SECR) | 1u << 16);
    assert_runs_at(board, FLASH_BASE);
    unlock(board);
    poke32(board, G0_OPTR, (optr & ~0xFFu) | 0x55);
    poke32(board, G0_CR, 1u << 17);
    wait_idle(board);
    mem_write(board, G0_CR, 4, OBL_LAUNCH);
    sim_board_advance_us(board, 100);
    assert_int_not_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
    sim_board_destroy(board);
}

/* A half-written double word keeps the controller waiting until the other half comes. */
static void a_double_word_that_is_begun_is_waited_for(void **state)
{
    struct sim_board *board = rig_halted(boards[0]);

    unlock(board);
    poke32(board, G0_CR, 1);
    poke32(board, FLASH_BASE + 0x800, 1);
    sim_board_advance_us(board, 1000000);
    assert_int_equal(peek32(board, G0_SR), 1u << 18);
    poke32(board, FLASH_BASE + 0x804, 2);
    wait_idle(board);
    assert_int_equal(peek32(board, FLASH_BASE + 0x800), 1);
    sim_board_destroy(board);
}

static void what_stands_at_zero_is_chosen(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        poke32(board, RCC + 0x40, 1);
        assert_int_equal(peek32(board, SYSCFG_CFGR1), 1); /* the boot loader */
        poke32(board, SYSCFG_CFGR1, 0);
        rig_choose_at_zero(board, SYSCFG_CFGR1);
        sim_board_destroy(board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_say_who_they_are),
        cmocka_unit_test(the_core_has_a_vector_table_register),
        cmocka_unit_test(the_debug_component_wants_its_clock),
        cmocka_unit_test(memories_end_where_the_manual_says),
        cmocka_unit_test(pins_are_analog_but_for_the_debug_ports),
        cmocka_unit_test(clocks_follow_the_dividers_and_the_pll),
        cmocka_unit_test(a_watchdog_that_nobody_feeds_resets),
        cmocka_unit_test(an_empty_flash_is_not_started_from_until_somebody_says_so),
        cmocka_unit_test(a_load_of_option_bytes_looks_at_the_flash_anew),
        cmocka_unit_test(options_say_what_it_starts_from),
        cmocka_unit_test(the_boot_lock_keeps_debuggers_out_of_what_is_protected),
        cmocka_unit_test(a_double_word_that_is_begun_is_waited_for),
        cmocka_unit_test(what_stands_at_zero_is_chosen),
    };

    return cmocka_run_group_tests_name("g0_chip", tests, NULL, NULL);
}
