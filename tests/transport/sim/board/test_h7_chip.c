/* SPDX-License-Identifier: MIT */
/* The STM32H743 as a debugger finds it: three access ports, ids, memories, boot addresses, clocks,
 * power, watchdogs (RM0433; OpenOCD's stm32h7x.cfg). */
#include "rig.h"

enum {
    H7_OPTKEYR = 0x52002008,
    OPTCR = 0x52002018,
    BOOT_PRG = 0x52002044,
    RCC = 0x58024400,
    RCC_CFGR = RCC + 0x10,
    RCC_D1CFGR = RCC + 0x18,
    RCC_D2CFGR = RCC + 0x1C,
    RCC_PLLCKSELR = RCC + 0x28,
    RCC_PLLCFGR = RCC + 0x2C,
    RCC_PLL1DIVR = RCC + 0x30,
    RCC_PLL1FRACR = RCC + 0x34,
    RCC_RSR = RCC + 0xD0,
    RCC_AHB4ENR = RCC + 0xE0,
    RCC_APB1LENR = RCC + 0xE8,
    GPIOA_MODER = 0x58020000,
    PWR_CSR1 = 0x58024804,
    PWR_CR3 = 0x5802480C,
    PWR_D3CR = 0x58024818,
    IWDG1_KR = 0x58004800,
    DBGMCU = 0x5C001000,
    DBGMCU_CR = DBGMCU + 0x04,
    DBGMCU_APB4FZ1 = DBGMCU + 0x54,
};
#define DBGMCU_SEEN 0xE00E1000u /* by AP 2 */
#define VTOR 0xE000ED08u
#define VOSRDY (1u << 13)
static const char board_name[] = "nucleo-h743";

static void select_ap(struct sim_board *board, uint32_t ap, uint8_t bank)
{
    assert_int_equal(dp_write(board, DP_SELECT, ap << 24 | bank), SWD_OK);
}

static uint32_t register_of(struct sim_board *board, uint32_t ap, uint8_t reg)
{
    uint32_t value;

    select_ap(board, ap, reg & 0xF0);
    assert_int_equal(ap_read(board, reg, &value), SWD_OK);
    assert_int_equal(dp_read(board, DP_RDBUFF, &value), SWD_OK);
    return value;
}

/* PIDR0 and PIDR1 of a table or a unit, as designer and part. */
static uint32_t part_at(struct sim_board *board, uint32_t base)
{
    return (peek32(board, base + 0xFE4) & 0xFF) << 8 | (peek32(board, base + 0xFE0) & 0xFF);
}

/* --- access ports --- */

static void there_are_three_ports(void **state)
{
    static const uint32_t idr[] = {0x84770001, 0x84770001, 0x54770002, 0};
    struct sim_board *board = rig_connected(board_name);

    for (uint32_t ap = 0; ap < 4; ap++)
        assert_int_equal(register_of(board, ap, AP_IDR), idr[ap]);
    assert_int_equal(register_of(board, 0, AP_BASE), 0xE00FE003);
    assert_int_equal(register_of(board, 2, AP_BASE), 0xE00E0003);
    sim_board_destroy(board);
}

static void the_debug_bus_has_its_tables_and_dbgmcu(void **state)
{
    struct sim_board *board = rig_halted(board_name);
    uint32_t ignored;

    assert_int_equal(part_at(board, 0xE00FE000), 0x0450);
    assert_int_equal(part_at(board, 0xE00FF000), 0xB4C7);
    select_ap(board, 2, 0);
    assert_int_equal(part_at(board, 0xE00E0000), 0x0450);
    assert_int_equal(peek32(board, 0xE00E0000), 0x00003003);
    assert_int_equal(part_at(board, 0xE00F0000), 0x0001);
    assert_int_equal(part_at(board, 0xE00F5000), 0xB912);
    assert_int_equal(peek32(board, DBGMCU_SEEN), 0x20036450);
    poke32(board, DBGMCU_SEEN + 4, 0x00600007);
    poke32(board, 0xE00E4000, 3); /* ENS0, ENS1 of the funnel */
    assert_int_equal(peek32(board, 0xE00E4000), 3);
    assert_int_equal(mem_read(board, FLASH_BASE, 4, &ignored), SWD_FAULT);
    select_ap(board, 0, 0);
    assert_int_equal(peek32(board, DBGMCU_CR), 0x00600007);
    sim_board_destroy(board);
}

/* While NRST is low, DBGMCU is reached by AP 2 alone. */
static void reset_leaves_the_debug_bus_alone(void **state)
{
    struct sim_board *board = rig_connected(board_name);
    uint32_t ignored;

    sim_board_nrst(board, true);
    assert_int_equal(mem_read(board, DBGMCU, 4, &ignored), SWD_FAULT);
    select_ap(board, 2, 0);
    assert_int_equal(peek32(board, DBGMCU_SEEN), 0x20036450);
    sim_board_nrst(board, false);
    sim_board_destroy(board);
}

/* What is coupled to the core is seen by its own port only. */
static void the_bus_port_does_not_see_the_core(void **state)
{
    struct sim_board *board = rig_halted(board_name);
    uint32_t ignored;

    poke32(board, 0x24000000, 0x12345678);
    select_ap(board, 1, 0);
    assert_int_equal(peek32(board, 0x24000000), 0x12345678);
    assert_int_equal(mem_read(board, SRAM_BASE, 4, &ignored), SWD_FAULT);
    assert_int_equal(mem_read(board, CPUID, 4, &ignored), SWD_FAULT);
    sim_board_destroy(board);
}

/* --- who it is, what it has --- */

static void it_says_who_it_is(void **state)
{
    struct sim_board *board = rig_connected(board_name);

    assert_int_equal(peek32(board, CPUID), 0x411FC271);
    assert_int_equal(peek32(board, DBGMCU), 0x20036450);
    assert_int_equal(peek16(board, 0x1FF1E880), 2048);
    assert_int_equal(peek32(board, 0x1FF1E804), 0x3339484D);
    sim_board_destroy(board);
}

static void memories_end_where_the_manual_says(void **state)
{
    static const struct {
        uint32_t last, beyond;
    } rows[] = {{0x081FFFFC, 0x08200000}, {0x0000FFFC, 0x00010000}, {0x2001FFFC, 0x20020000},
                {0x2407FFFC, 0x24080000}, {0x30047FFC, 0x30048000}, {0x3800FFFC, 0x38010000},
                {0x38800FFC, 0x38801000}, {0x1FF1FFFC, 0x1FF20000}};
    struct sim_board *board = rig_halted(board_name);
    uint32_t ignored;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(mem_read(board, rows[i].last, 4, &ignored), SWD_OK);
        assert_int_equal(mem_read(board, rows[i].beyond, 4, &ignored), SWD_FAULT);
    }
    poke32(board, 0, 0x600DF00D); /* ITCM is memory of its own, no second view of the flash */
    assert_int_equal(peek32(board, FLASH_BASE), UINT32_MAX);
    sim_board_destroy(board);
}

static void option_bytes_say_where_it_starts(void **state)
{
    struct sim_board *board = rig_halted(board_name);

    assert_int_equal(peek32(board, VTOR), 0x08000000);
    poke32(board, H7_OPTKEYR, 0x08192A3B);
    poke32(board, H7_OPTKEYR, 0x4C5D6E7F);
    poke32(board, BOOT_PRG, 0x1FF02400);
    poke32(board, OPTCR, 2);
    sim_board_advance_us(board, 100000);
    rig_system_reset(board);
    assert_int_equal(peek32(board, VTOR), 0x24000000);
    rig_hand(board, "boot0", "1");
    rig_system_reset(board);
    assert_int_equal(peek32(board, VTOR), 0x1FF00000);
    sim_board_destroy(board);
}

/* --- clocks and power, as ST's set-up asks for them --- */

static uint32_t timer_khz(struct sim_board *board)
{
    poke32(board, RCC_APB1LENR, 1);
    return rig_count_10_ms(board) / 10;
}

static void assert_near(uint32_t khz, uint32_t wanted)
{
    assert_in_range(khz, wanted - wanted / 50, wanted + wanted / 50);
}

static void clocks_follow_hsi_and_the_pll(void **state)
{
    struct sim_board *board = rig_halted(board_name);

    assert_int_equal(peek32(board, RCC), 0x0000C025);
    assert_int_equal(peek32(board, RCC_PLL1DIVR), 0x01010280);
    assert_near(timer_khz(board), 64000);
    poke32(board, RCC, 0x00050001); /* HSE, bypassed, and HSI */
    assert_int_equal(peek32(board, RCC) & 0x00020004, 0x00020004);
    poke32(board, RCC_PLLCKSELR, 0x02020042);            /* HSE / 4 */
    poke32(board, RCC_PLLCFGR, 0x01FF000D);              /* with the fraction */
    poke32(board, RCC_PLL1DIVR, 0x01010200 | (400 - 1)); /* x 400 / 2 */
    poke32(board, RCC_PLL1FRACR, 0);
    poke32(board, RCC, 0x01050001);
    poke32(board, RCC_D1CFGR, 0x8);   /* HPRE: 2 */
    poke32(board, RCC_D2CFGR, 0x440); /* D2PPRE1, D2PPRE2: 2 */
    poke32(board, RCC_CFGR, 3);
    assert_int_equal(peek32(board, RCC_CFGR), 3 | 3 << 3);
    assert_near(timer_khz(board), 200000); /* of 400 MHz, on a bus of 100 */
    sim_board_destroy(board);
}

static void supply_and_scale_are_as_asked(void **state)
{
    struct sim_board *board = rig_halted(board_name);

    assert_int_equal(peek32(board, PWR_CR3) & 7, 6);
    poke32(board, PWR_CR3, 2); /* LDO alone */
    assert_int_equal(peek32(board, PWR_CR3), 2);
    assert_int_equal(peek32(board, PWR_CSR1), 0x4000 | VOSRDY);
    poke32(board, PWR_D3CR, 0xC000); /* scale 1 */
    assert_int_equal(peek32(board, PWR_D3CR), 0xC000 | VOSRDY);
    assert_int_equal(peek32(board, PWR_CSR1), 0xC000 | VOSRDY);
    sim_board_destroy(board);
}

static void pins_are_analog_but_for_the_debug_ports(void **state)
{
    struct sim_board *board = rig_halted(board_name);

    poke32(board, RCC_AHB4ENR, 7);
    assert_int_equal(peek32(board, GPIOA_MODER), 0xABFFFFFF);
    assert_int_equal(peek32(board, GPIOA_MODER + 0x800), 0xFFFFFFFF);
    sim_board_destroy(board);
}

/* RSR tells of it, and APB4FZ1 stops it while the core stands. */
static void the_watchdog_resets_unless_it_is_frozen(void **state)
{
    struct sim_board *board = rig_halted(board_name);

    poke32(board, RCC_RSR, 1u << 16); /* RMVF */
    assert_int_equal(peek32(board, RCC_RSR), 0);
    poke32(board, DBGMCU_APB4FZ1, 0x000C0000);
    assert_int_equal(peek32(board, DBGMCU_APB4FZ1), 0x00040000);
    poke32(board, IWDG1_KR, 0xCCCC);
    sim_board_advance_us(board, 1000000);
    assert_int_equal(peek32(board, RCC_RSR), 0);
    poke32(board, DBGMCU_APB4FZ1, 0);
    sim_board_advance_us(board, 1000000);
    assert_int_equal(peek32(board, RCC_RSR) >> 26 & 1, 1);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_three_ports),
        cmocka_unit_test(the_debug_bus_has_its_tables_and_dbgmcu),
        cmocka_unit_test(reset_leaves_the_debug_bus_alone),
        cmocka_unit_test(the_bus_port_does_not_see_the_core),
        cmocka_unit_test(it_says_who_it_is),
        cmocka_unit_test(memories_end_where_the_manual_says),
        cmocka_unit_test(option_bytes_say_where_it_starts),
        cmocka_unit_test(clocks_follow_hsi_and_the_pll),
        cmocka_unit_test(supply_and_scale_are_as_asked),
        cmocka_unit_test(pins_are_analog_but_for_the_debug_ports),
        cmocka_unit_test(the_watchdog_resets_unless_it_is_frozen),
    };

    return cmocka_run_group_tests_name("h7_chip", tests, NULL, NULL);
}
