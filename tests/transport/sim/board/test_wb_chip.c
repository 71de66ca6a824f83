/* SPDX-License-Identifier: MIT */
/* STM32WB55 and STM32WL55 as a debugger finds them: ids, memories, clocks, what the second core
 * has, and their flash where it differs from the L4's (RM0434, RM0453). */
#include "rig.h"

enum {
    RCC = 0x58000000,
    RCC_CFGR = RCC + 0x08,
    RCC_PLLCFGR = RCC + 0x0C,
    RCC_AHB2ENR = RCC + 0x4C,
    RCC_APB1ENR1 = RCC + 0x58,
    RCC_EXTCFGR = RCC + 0x108,
    RCC_C2AHB2ENR = RCC + 0x14C,
    PWR_CR1 = 0x58000400,
    PWR_CR4 = 0x5800040C,
    HSEM = 0x58001400,
    GPIOA_MODER = 0x48000000,
    TIM2 = 0x40000000,
    TIM2_CNT = TIM2 + 0x24,
    ACR = 0x58004000,
    KEYR = 0x58004008,
    OPTKEYR = 0x5800400C,
    SR = 0x58004010,
    CR = 0x58004014,
    OPTR = 0x58004020,
    C2ACR = 0x5800405C,
    C2SR = 0x58004060,
    SFR = 0x58004080,
    KEPT = FLASH_BASE + 0xF4000,
};
#define PES (1u << 15)
#define PESD (1u << 19)
#define PG (1u << 0)
#define PER (1u << 1)
#define MER (1u << 2)
#define STRT (1u << 16)
#define WRPERR (1u << 4)
#define OPTVERR (1u << 15)
#define BSY (1u << 16)
#define CFGBSY (1u << 18)
#define EMPTY (1u << 16)

static const char *const boards[] = {"nucleo-wb55", "nucleo-wl55"};
enum { BOARDS = 2, WB = 0, WL = 1 };

static void they_say_who_they_are(void **state)
{
    static const struct {
        uint32_t idcode, rom, kib, optr;
    } rows[] = {{0x20016495, 0x9504, 1024, 0x3FFFF1AA}, {0x10036497, 0x9704, 256, 0x3FFFF0AA}};

    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_connected(boards[i]);

        assert_int_equal(peek32(board, CPUID), 0x410FC241);
        assert_int_equal(peek32(board, 0xE0042000), rows[i].idcode);
        assert_int_equal(peek16(board, 0x1FFF75E0), rows[i].kib);
        assert_int_equal(peek32(board, OPTR), rows[i].optr);
        uint32_t value = peek32(board, 0xE00FFFE0) << 8 | peek32(board, 0xE00FFFE4);
        assert_int_equal(value & 0xFF0F, rows[i].rom);
        sim_board_destroy(board);
    }
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[BOARDS][3] = {
        {{0x080FFFFC, 0x08100000}, {0x2003FFFC, 0x20040000}, {0x1FFF8FFC, 0x1FFF9000}},
        {{0x0803FFFC, 0x08040000}, {0x2000FFFC, 0x20010000}, {0x1FFF7FFC, 0x1FFF8000}}};
    uint32_t ignored;

    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);
        for (size_t n = 0; n < 3; n++) {
            assert_int_equal(mem_read(board, rows[i][n].last, 4, &ignored), SWD_OK);
            assert_int_equal(mem_read(board, rows[i][n].beyond, 4, &ignored), SWD_FAULT);
        }
        sim_board_destroy(board);
    }
}

/* Core clock by what TIM2 counts in 10 ms, APB1 undivided. */
static void assert_khz(struct sim_board *board, uint32_t wanted)
{
    poke32(board, RCC_APB1ENR1, 1);
    poke32(board, TIM2 + 0x2C, 0xFFFFFFFF);
    poke32(board, TIM2, 1);
    uint32_t before = peek32(board, TIM2_CNT);
    uint64_t start = sim_board_now_us(board);
    sim_board_advance_us(board, 10000);
    uint32_t counted = peek32(board, TIM2_CNT) - before;
    uint32_t khz = (uint32_t)(UINT64_C(1000) * counted / (sim_board_now_us(board) - start));
    assert_in_range(khz, wanted - wanted / 50, wanted + wanted / 50);
}

/* As ST's set-up does it: it waits until every prescaler says that it is applied. */
static void clocks_follow_msi_hse_and_the_pll(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        assert_int_equal(peek32(board, RCC), 0x63);
        assert_int_equal(peek32(board, RCC_CFGR), 0x70000);
        assert_int_equal(peek32(board, RCC_EXTCFGR), 0x30000);
        assert_khz(board, 4000);
        poke32(board, RCC, i == WL ? 0xBB : 0xB1); /* MSI at 48 MHz; MSIRGSEL */
        assert_khz(board, 48000);
        poke32(board, RCC, 1 | 1 << 16); /* HSE32 */
        assert_int_equal(peek32(board, RCC) & 0x30000, 0x30000);
        poke32(board, RCC_CFGR, 2);
        assert_int_equal(peek32(board, RCC_CFGR), 0x7000A);
        assert_khz(board, 32000);
        poke32(board, RCC, 1 | 1 << 16 | 1 << 20); /* HSEPRE */
        assert_khz(board, 16000);
        poke32(board, RCC_PLLCFGR, 3u | 1 << 4 | 16 << 8 | 1 << 28 | 3u << 29); /* / 2 x 16 / 4 */
        poke32(board, RCC, 1 | 1 << 16 | 1 << 24);
        poke32(board, RCC_EXTCFGR, 8 << 4); /* C2HPRE */
        assert_int_equal(peek32(board, RCC_EXTCFGR), 0x30080);
        poke32(board, RCC_CFGR, 3);
        assert_khz(board, 64000);
        sim_board_destroy(board);
    }
}

/* The clock that either core gives a port is enough. */
static void either_core_gives_clocks(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        assert_int_equal(peek32(board, GPIOA_MODER), 0);
        poke32(board, RCC_C2AHB2ENR, 1);
        assert_int_equal(peek32(board, RCC_C2AHB2ENR), 1);
        assert_int_equal(peek32(board, RCC_AHB2ENR), 0);
        assert_int_equal(peek32(board, GPIOA_MODER), 0xABFFFFFF);
        poke32(board, RCC_AHB2ENR, 1);
        poke32(board, RCC_C2AHB2ENR, 0);
        assert_int_equal(peek32(board, GPIOA_MODER), 0xABFFFFFF);
        sim_board_destroy(board);
    }
}

static void power_is_ready_and_keeps_the_second_core_going(void **state)
{
    struct sim_board *board = rig_halted(boards[WL]);

    assert_int_equal(peek32(board, PWR_CR1), 0x200);
    assert_int_equal(peek32(board, PWR_CR1 + 0x14) & 0x400, 0); /* VOSF */
    poke32(board, PWR_CR4, 1 << 15);
    poke32(board, PWR_CR4, 0);
    assert_int_equal(peek32(board, PWR_CR4), 1 << 15);
    sim_board_destroy(board);
}

static void semaphores_are_taken_once(void **state)
{
    struct sim_board *board = rig_halted(boards[WB]);

    assert_int_equal(peek32(board, HSEM + 0x80 + 4 * 5), 0x80000400); /* by a read */
    assert_int_equal(peek32(board, HSEM + 4 * 5), 0x80000400);
    poke32(board, HSEM + 4 * 5, 0x80000801); /* the second core comes late */
    assert_int_equal(peek32(board, HSEM + 4 * 5), 0x80000400);
    poke32(board, HSEM + 4 * 5, 0x00000400);
    assert_int_equal(peek32(board, HSEM + 4 * 5), 0);
    poke32(board, HSEM + 4 * 7, 0x80000402); /* by a write and a look */
    assert_int_equal(peek32(board, HSEM + 4 * 7), 0x80000402);
    sim_board_destroy(board);
}

/* --- flash --- */

static struct sim_board *unlocked(const char *spec)
{
    struct sim_board *board = rig_halted(spec);

    poke32(board, KEYR, KEY1);
    poke32(board, KEYR, KEY2);
    poke32(board, SR, 0xFFFF);
    return board;
}

static void wait_idle(struct sim_board *board)
{
    while (peek32(board, SR) & BSY)
        sim_board_advance_us(board, 10);
}

static void a_first_word_waits_for_its_second(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = unlocked(boards[i]);

        poke32(board, CR, PG);
        poke32(board, FLASH_BASE, 1);
        assert_int_equal(peek32(board, SR), CFGBSY);
        poke32(board, FLASH_BASE + 4, 2);
        wait_idle(board);
        assert_int_equal(peek32(board, SR), 0);
        assert_int_equal(peek32(board, FLASH_BASE), 1);
        sim_board_destroy(board);
    }
}

/* By either core's bit, and both registers of status say so. */
static void what_is_suspended_does_not_begin(void **state)
{
    static const uint32_t registers[] = {ACR, C2ACR};

    for (size_t i = 0; i < BOARDS; i++)
        for (size_t n = 0; n < 2; n++) {
            struct sim_board *board = unlocked(boards[i]);

            poke32(board, registers[n], PES);
            assert_int_equal(peek32(board, SR), PESD);
            assert_int_equal(peek32(board, C2SR), PESD);
            assert_int_equal(mem_write(board, CR, 4, PER | STRT), SWD_FAULT);
            poke32(board, CR, PG);
            assert_int_equal(mem_write(board, FLASH_BASE, 4, 0), SWD_FAULT);
            poke32(board, registers[n], 0);
            assert_int_equal(peek32(board, SR), 0);
            poke32(board, CR, PER | STRT);
            assert_int_equal(peek32(board, SR) & (BSY | PESD), BSY);
            poke32(board, registers[n], PES); /* what is under way ends */
            wait_idle(board);
            assert_int_equal(peek32(board, SR), PESD);
            sim_board_destroy(board);
        }
}

/* From page 244 on: neither read, nor written, nor taken by a mass erase, nor given away. */
static void the_radio_keeps_its_flash(void **state)
{
    struct sim_board *board = unlocked(boards[WB]);

    assert_int_equal(peek32(board, SFR), 0xFFFFEEF4);
    assert_int_equal(peek32(board, KEPT - 4), 0xFFFFFFFF);
    assert_int_equal(peek32(board, KEPT), 0);
    poke32(board, CR, PER | 244u << 3 | STRT);
    assert_int_equal(peek32(board, SR), WRPERR);
    poke32(board, SR, WRPERR);
    poke32(board, CR, PG);
    poke32(board, KEPT, 0);
    assert_int_equal(peek32(board, SR), WRPERR);
    poke32(board, SR, WRPERR);
    poke32(board, CR, MER);
    assert_int_equal(mem_write(board, CR, 4, MER | STRT), SWD_FAULT);
    assert_int_equal(peek32(board, SR), 0);
    poke32(board, OPTKEYR, 0x08192A3B);
    poke32(board, OPTKEYR, 0x4C5D6E7F);
    poke32(board, SFR, 0xFFFFFFFF);
    assert_int_equal(peek32(board, SFR), 0xFFFFEEF4);
    sim_board_destroy(board);
}

/* ES0394, 2.2.9: and it makes nothing fail. */
static void an_option_error_stands_behind_every_reset_of_the_wb(void **state)
{
    struct sim_board *board = rig_halted(boards[WB]);

    assert_int_equal(peek32(board, SR), OPTVERR);
    poke32(board, KEYR, KEY1);
    poke32(board, KEYR, KEY2);
    poke32(board, CR, PER | STRT);
    wait_idle(board);
    assert_int_equal(peek32(board, SR), OPTVERR);
    sim_board_destroy(board);
}

/* The boot loader is started until the flash is not empty any more, or is said not to be. */
static void an_empty_flash_is_not_started(void **state)
{
    for (size_t i = 0; i < BOARDS; i++) {
        struct sim_board *board = rig_halted(boards[i]);

        assert_int_equal(peek32(board, ACR), 0x600 | EMPTY);
        assert_int_equal(peek32(board, 0), peek32(board, 0x1FFF0000));
        poke32(board, ACR, 0x600);
        poke32(board, AIRCR, AIRCR_SYSRESETREQ);
        sim_board_advance_us(board, 100);
        assert_int_equal(peek32(board, 0), 0xFFFFFFFF);
        sim_board_destroy(board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_say_who_they_are),
        cmocka_unit_test(memories_end_where_the_manual_says),
        cmocka_unit_test(clocks_follow_msi_hse_and_the_pll),
        cmocka_unit_test(either_core_gives_clocks),
        cmocka_unit_test(power_is_ready_and_keeps_the_second_core_going),
        cmocka_unit_test(semaphores_are_taken_once),
        cmocka_unit_test(a_first_word_waits_for_its_second),
        cmocka_unit_test(what_is_suspended_does_not_begin),
        cmocka_unit_test(the_radio_keeps_its_flash),
        cmocka_unit_test(an_option_error_stands_behind_every_reset_of_the_wb),
        cmocka_unit_test(an_empty_flash_is_not_started),
    };

    return cmocka_run_group_tests_name("wb_chip", tests, NULL, NULL);
}
