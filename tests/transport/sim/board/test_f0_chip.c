/* SPDX-License-Identifier: MIT */
/* STM32F031 and STM32F303K8 as a debugger finds them: ids, memories, clocks, pins, and what of
 * their flash controller is not the F1's (RM0091, RM0360, RM0316). */
#include "rig.h"

enum {
    RCC = 0x40021000,
    RCC_CFGR = RCC + 0x04,
    RCC_AHBENR = RCC + 0x14,
    F0_RCC_CSR = RCC + 0x24,
    RCC_CFGR2 = RCC + 0x2C,
    RCC_CR2 = RCC + 0x34,
    GPIOA = 0x48000000,
    GPIOB = 0x48000400,
    GPIOA_IDR = GPIOA + 0x10,
    GPIOA_BSRR = GPIOA + 0x18,
    SYSCFG_CFGR1 = 0x40010000,
    BRR = 0x0C,
    ISR = 0x1C,
    ICR = 0x20,
    RDR = 0x24,
    TDR = 0x28,
    F0_DBGMCU = 0x40015800,
    ALL_PORTS = 0x004E0000,
    OBLRSTF = 1 << 25,
};
enum { PG = 1, MER = 4, STRT = 0x40 };
enum { OBL_LAUNCH = 0x2000, PGERR = 4, WRPRTERR = 0x10, LEVEL1 = 2, LEVELS = 6 };

static const char *const boards[] = {"f031", "nucleo-f303k8"};

static struct sim_board *halted(const char *spec)
{
    struct sim_board *board = rig_halted(spec);

    poke32(board, RCC_AHBENR, ALL_PORTS | 0x14);
    poke32(board, RCC_APB1ENR, 1 << 17 | 1);
    poke32(board, RCC_APB2ENR, 1 << 14 | 1);
    return board;
}

static void they_say_who_they_are(void **state)
{
    static const struct {
        const char *board;
        uint32_t dpidr, ap_idr, cpuid, dbgmcu, idcode, rom, kib;
    } rows[] = {
        {"f031", 0x0BB11477, 0x04770021, 0x410CC200, F0_DBGMCU, 0x10006444, 0x4404, 32},
        {"nucleo-f303k8", 0x2BA01477, 0x24770011, 0x410FC241, 0xE0042000, 0x10016438, 0x3804, 64},
        {"nucleo-f072", 0x0BB11477, 0x04770021, 0x410CC200, F0_DBGMCU, 0x20016448, 0x4804, 128},
    };
    uint32_t value;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim_board *board = rig_connected(rows[i].board);

        assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_OK);
        assert_int_equal(value, rows[i].dpidr);
        assert_int_equal(ap_register(board, AP_IDR), rows[i].ap_idr);
        assert_int_equal(peek32(board, CPUID), rows[i].cpuid);
        assert_int_equal(peek32(board, rows[i].dbgmcu), rows[i].idcode);
        assert_int_equal(peek16(board, 0x1FFFF7CC), rows[i].kib);
        value = peek32(board, 0xE00FFFE0) << 8 | peek32(board, 0xE00FFFE4);
        assert_int_equal(value, rows[i].rom);
        sim_board_destroy(board);
    }
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[2][3] = {{{0x08007FFC, 0x08008000}, {0x20000FFC, 0x20001000}, {0x1FFFEC00, 0x1FFFEBFC}},
                    {{0x0800FFFC, 0x08010000}, {0x20002FFC, 0x20003000}, {0x10000FFC, 0x10001000}}};
    uint32_t ignored;

    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(boards[i]);
        for (size_t n = 0; n < 3; n++) {
            assert_int_equal(mem_read(board, rows[i][n].last, 4, &ignored), SWD_OK);
            assert_int_equal(mem_read(board, rows[i][n].beyond, 4, &ignored), SWD_FAULT);
        }
        sim_board_destroy(board);
    }
}

static void the_program_chooses_what_stands_at_zero(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(boards[i]);

        rig_choose_at_zero(board, SYSCFG_CFGR1);
        sim_board_destroy(board);
    }
}

/* DBGMCU of the F0 is on its APB: IDCODE reads always, the rest listens once it has a clock. */
static void the_f0s_dbgmcu_wants_a_clock(void **state)
{
    struct sim_board *board = halted("f031");
    uint32_t value;

    poke32(board, F0_DBGMCU + 4, 6);
    assert_int_equal(peek32(board, F0_DBGMCU + 4), 0);
    poke32(board, RCC_APB2ENR, 1 << 22);
    assert_int_equal(peek32(board, F0_DBGMCU + 4), 0);
    poke32(board, F0_DBGMCU + 4, 0xFFFFFFFF);
    assert_int_equal(peek32(board, F0_DBGMCU + 4), 6);
    sim_board_nrst(board, true);
    assert_int_equal(mem_read(board, F0_DBGMCU, 4, &value), SWD_FAULT);
    sim_board_destroy(board);
}

/* As ST's set-ups: 48 MHz from the crystal of 8, and 64 MHz from half of HSI. */
static void the_pll_gives_what_st_sets_up(void **state)
{
    struct sim_board *board = halted("f031");

    poke32(board, RCC, 0x00010083);
    assert_true(peek32(board, RCC) & 1u << 17);
    poke32(board, RCC_CFGR2, 0);
    poke32(board, RCC_CFGR, 4 << 18 | 1 << 16);
    poke32(board, RCC, 0x01010083);
    poke32(board, RCC_CFGR, 4 << 18 | 1 << 16 | 2);
    assert_int_equal(peek32(board, RCC_CFGR) & 0xF, 0xA);
    assert_in_range(rig_count_10_ms(board), 480000, 490000);
    sim_board_destroy(board);

    board = halted("nucleo-f303k8");
    poke32(board, RCC, 0x00010083);
    assert_false(peek32(board, RCC) & 1u << 17); /* no crystal */
    poke32(board, RCC_CFGR, 14 << 18);
    poke32(board, RCC, 0x01000083);
    poke32(board, RCC_CFGR, 14 << 18 | 4 << 8 | 2); /* APB1 at half: its timers at 64 */
    assert_in_range(rig_count_10_ms(board), 640000, 652000);
    sim_board_destroy(board);
}

static void the_f0_has_more_oscillators(void **state)
{
    struct sim_board *board = halted("f031");

    assert_int_equal(peek32(board, RCC_CR2) & 0x30003, 0);
    poke32(board, RCC_CR2, 0x00010081);
    assert_int_equal(peek32(board, RCC_CR2) & 0x30003, 0x30003);
    poke32(board, RCC_CFGR, 3); /* HSI48 */
    assert_in_range(rig_count_10_ms(board), 480000, 490000);
    poke32(board, RCC_CR2, 0x80);
    assert_int_equal(peek32(board, RCC_CR2) & 0x30003, 0x30000); /* it is in use */
    sim_board_destroy(board);
}

static void pins_drive_and_read(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(boards[i]);

        assert_int_equal(peek32(board, GPIOA), i == 0 ? 0x28000000 : 0xA8000000);
        assert_int_equal(peek32(board, GPIOB), i == 0 ? 0 : 0x280);
        poke32(board, GPIOA, 0x28000001);
        poke32(board, GPIOA_BSRR, 1);
        rig_pin(board, "PA1", "1");
        assert_int_equal(peek32(board, GPIOA_IDR) & 7, 3);
        sim_board_destroy(board);
    }
}

static void a_program_can_take_the_debug_pins(void **state)
{
    static const char *const specs[] = {"f031,swj-off", "nucleo-f303k8,swj-off"};
    uint32_t value;

    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = rig_board(specs[i]);

        sim_board_advance_us(board, 1000);
        sim_board_swd_line_reset(board);
        assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
        sim_board_nrst(board, true);
        rig_connect(board);
        sim_board_destroy(board);
    }
}

static void characters_are_sent_and_received(void **state)
{
    static const uint32_t usarts[] = {0x40013800, 0x40004400}; /* of the Nucleo's port: USART2 */
    char text[8] = "";

    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(boards[i]);
        uint32_t usart = usarts[i];

        poke32(board, usart + BRR, 833); /* 9600 Bd */
        poke32(board, usart, 0xD);       /* UE, RE, TE */
        assert_int_equal(peek32(board, usart + ISR), 0x6000C0);
        poke32(board, usart + TDR, 'o');
        assert_int_equal(peek32(board, usart + ISR) & 0x40, 0);
        sim_board_advance_us(board, 1100);
        assert_int_equal(peek32(board, usart + ISR) & 0x40, 0x40);
        poke32(board, usart + ICR, 0x40);
        assert_int_equal(peek32(board, usart + ISR) & 0x40, 0);
        assert_int_equal(sim_board_uart_take(board, text, sizeof text), 1);
        assert_int_equal(text[0], 'o');
        sim_board_uart_put(board, 'k');
        sim_board_advance_us(board, 2200);
        assert_int_equal(peek32(board, usart + ISR) & 0x20, 0x20);
        assert_int_equal(peek32(board, usart + RDR), 'k');
        assert_int_equal(peek32(board, usart + ISR) & 0x20, 0);
        sim_board_destroy(board);
    }
}

/* --- flash: what is not as in test_flash.c and test_protection.c --- */

static void launch(struct sim_board *board)
{
    peek32(board, DHCSR);
    poke32(board, FLASH_CR, OBL_LAUNCH);
    sim_board_advance_us(board, 100);
    assert_true(peek32(board, DHCSR) & S_RESET_ST);
    assert_true(peek32(board, F0_RCC_CSR) & OBLRSTF);
    rig_halt(board);
}

/* RM0360, chapter 4, and RM0364, chapter 4: a reset is enough for the F3, not for the F0. */
static void option_bytes_are_loaded_when_the_manual_says(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(boards[i]);

        assert_int_equal(peek32(board, FLASH_OBR), 0xFFFFFF00);
        rig_unlock_options(board);
        rig_erase_options(board);
        rig_program_option(board, 0, 0xAA);
        rig_program_option(board, 2, 0xFB);
        rig_program_option(board, 4, 0x3C);
        rig_program_option(board, 6, 0x5A);
        rig_program_option(board, 8, 0xFD);
        assert_int_equal(peek32(board, FLASH_OBR), 0xFFFFFF00);
        rig_system_reset(board);
        assert_int_equal(peek32(board, FLASH_OBR), i == 0 ? 0xFFFFFF00 : 0x5A3CFB00);
        rig_unlock(board);
        launch(board);
        assert_int_equal(peek32(board, FLASH_OBR), 0x5A3CFB00);
        assert_int_equal(peek32(board, FLASH_WRPR), 0xFFFFFFFD);
        sim_board_destroy(board);
    }
}

/* A bit of WRPR is 4 KiB, whether the pages have 1 or 2. */
static void write_protection_holds(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(boards[i]);

        rig_unlock_options(board);
        rig_erase_options(board);
        rig_program_option(board, 0, 0xAA);
        rig_program_option(board, 8, 0xFD);
        launch(board);
        rig_unlock(board);
        rig_program(board, FLASH_BASE + 0x1FFE, 0x1234);
        assert_true(peek32(board, FLASH_SR) & WRPRTERR);
        poke32(board, FLASH_SR, WRPRTERR);
        rig_program(board, FLASH_BASE + 0x2000, 0x1234);
        assert_int_equal(peek16(board, FLASH_BASE + 0x2000), 0x1234);
        sim_board_destroy(board);
    }
}

static void level_1_keeps_the_debugger_out_and_its_end_erases(void **state)
{
    static const char *const specs[] = {"f031,locked", "nucleo-f303k8,locked"};
    uint32_t value;

    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(specs[i]);

        assert_int_equal(peek32(board, FLASH_OBR) & LEVELS, LEVEL1);
        assert_int_equal(mem_read(board, FLASH_BASE, 4, &value), SWD_FAULT);
        rig_unlock(board);
        poke32(board, FLASH_CR, MER);
        poke32(board, FLASH_CR, MER | STRT);
        assert_true(rig_wait_flash(board, NULL) & PGERR);
        poke32(board, FLASH_CR, PG);
        poke16(board, FLASH_BASE, 0x1234);
        assert_true(rig_wait_flash(board, NULL) & PGERR);
        rig_system_reset(board);
        rig_unlock_options(board);
        rig_erase_options(board);
        rig_program_option(board, 0, 0xAA);
        launch(board);
        assert_int_equal(peek32(board, FLASH_OBR) & LEVELS, 0);
        assert_int_equal(peek32(board, FLASH_BASE), 0xFFFFFFFF);
        sim_board_destroy(board);
    }
}

static void level_2_shuts_the_debug_port_for_good(void **state)
{
    uint32_t value;

    for (size_t i = 0; i < 2; i++) {
        struct sim_board *board = halted(boards[i]);

        rig_unlock_options(board);
        rig_erase_options(board);
        rig_program_option(board, 0, 0xCC);
        ap_write(board, AP_TAR, FLASH_CR);
        ap_write(board, AP_DRW, OBL_LAUNCH);
        sim_board_advance_us(board, 100);
        sim_board_swd_line_reset(board);
        assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
        rig_hand(board, "power", "off");
        rig_hand(board, "power", "on");
        sim_board_swd_line_reset(board);
        assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
        sim_board_destroy(board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_say_who_they_are),
        cmocka_unit_test(memories_end_where_the_manual_says),
        cmocka_unit_test(the_program_chooses_what_stands_at_zero),
        cmocka_unit_test(the_f0s_dbgmcu_wants_a_clock),
        cmocka_unit_test(the_pll_gives_what_st_sets_up),
        cmocka_unit_test(the_f0_has_more_oscillators),
        cmocka_unit_test(pins_drive_and_read),
        cmocka_unit_test(a_program_can_take_the_debug_pins),
        cmocka_unit_test(characters_are_sent_and_received),
        cmocka_unit_test(option_bytes_are_loaded_when_the_manual_says),
        cmocka_unit_test(write_protection_holds),
        cmocka_unit_test(level_1_keeps_the_debugger_out_and_its_end_erases),
        cmocka_unit_test(level_2_shuts_the_debug_port_for_good),
    };

    return cmocka_run_group_tests_name("f0_chip", tests, NULL, NULL);
}
