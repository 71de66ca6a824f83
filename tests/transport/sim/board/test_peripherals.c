/* SPDX-License-Identifier: MIT */
/* Clocks, ports, serial port and timer, as start-up code and a debugger see them. */
#include "rig.h"

#define DBGMCU_CR 0xE0042004u
#define NVIC_ISPR0 0xE000E200u
#define NVIC_ISPR1 0xE000E204u
enum {
    TIM2 = 0x40000000,
    AFIO_MAPR = 0x40010004,
    GPIOA = 0x40010800,
    GPIOC = 0x40011000,
    USART1 = 0x40013800,
    RCC_CR = 0x40021000,
    RCC_CFGR = 0x40021004,
    FLASH_ACR = 0x40022000,
};

/* Something has to be in flash: a core out of a blank one hangs in HardFault. */
static struct sim_board *halted(void)
{
    struct sim_board *board = rig_halted("bluepill,sleep");

    rig_clocks_on(board);
    return board;
}

/* HSE, PLL times 9, APB1 divided by 2: what SystemInit does on every Blue Pill. */
static void start_72_mhz(struct sim_board *board)
{
    poke32(board, FLASH_ACR, 0x12);
    poke32(board, RCC_CR, peek32(board, RCC_CR) | 1u << 16);
    assert_true(peek32(board, RCC_CR) & 1u << 17);
    poke32(board, RCC_CFGR, 0x001D0400);
    poke32(board, RCC_CR, peek32(board, RCC_CR) | 1u << 24);
    assert_true(peek32(board, RCC_CR) & 1u << 25);
    poke32(board, RCC_CFGR, 0x001D0402);
    assert_int_equal(peek32(board, RCC_CFGR) & 0xC, 0x8);
}

/* Rounds of a loop of an addition and a jump in a millisecond. */
static uint32_t rounds_in_1_ms(struct sim_board *board)
{
    static const uint16_t loop[] = {0x3001, 0xE7FD};

    rig_set_register(board, 0, 0);
    rig_run_code(board, SRAM_BASE, loop, 2);
    uint32_t before = (uint32_t)sim_board_instructions(board);
    sim_board_advance_us(board, 1000);
    uint32_t rounds = ((uint32_t)sim_board_instructions(board) - before) / 2;
    rig_halt(board);
    return rounds;
}

static void reset_values(void **state)
{
    struct sim_board *board = halted();

    assert_int_equal(peek32(board, RCC_CR), 0x83);
    assert_int_equal(peek32(board, RCC_CFGR), 0);
    assert_int_equal(peek32(board, 0x40021014), 0x14);
    assert_int_equal(peek32(board, FLASH_ACR), 0x30);
    assert_int_equal(peek32(board, GPIOA), 0x44444444);
    assert_int_equal(peek32(board, USART1), 0xC0);
    assert_int_equal(peek32(board, TIM2 + 0x2C), 0xFFFF);
    sim_board_destroy(board);
}

static void the_core_follows_the_clock_tree(void **state)
{
    struct sim_board *board = halted();

    uint32_t slow = rounds_in_1_ms(board);
    start_72_mhz(board);
    uint32_t fast = rounds_in_1_ms(board);
    assert_in_range(fast, slow * 9 - 20, slow * 9 + 20);
    poke32(board, RCC_CFGR, 0x001D0482); /* AHB divided by 2 */
    assert_in_range(rounds_in_1_ms(board), fast / 2 - 20, fast / 2 + 20);
    sim_board_destroy(board);
}

static void a_switch_waits_for_its_source(void **state)
{
    struct sim_board *board = halted();

    poke32(board, RCC_CFGR, 1);
    assert_int_equal(peek32(board, RCC_CFGR) & 0xF, 0x1);
    poke32(board, RCC_CR, 0x10083);
    assert_int_equal(peek32(board, RCC_CFGR) & 0xF, 0x5);
    poke32(board, RCC_CR, 0x83); /* the clock in use stays on */
    assert_true(peek32(board, RCC_CR) & 1u << 16);
    sim_board_destroy(board);
}

static void ports_set_reset_and_read_back(void **state)
{
    struct sim_board *board = halted();

    poke32(board, GPIOC + 4, 0x44244444); /* PC13, the LED, is an output */
    poke32(board, GPIOC + 0x10, 1u << 13);
    assert_int_equal(peek32(board, GPIOC + 0xC), 1u << 13);
    assert_int_equal(peek32(board, GPIOC + 0x8), 1u << 13);
    poke32(board, GPIOC + 0x10, 1u << 29);
    assert_int_equal(peek32(board, GPIOC + 0x8), 0);
    poke32(board, GPIOC + 0x10, 1u << 29 | 1u << 13); /* set wins */
    assert_int_equal(peek32(board, GPIOC + 0xC), 1u << 13);
    poke32(board, GPIOC + 0x14, 1u << 13);
    assert_int_equal(peek32(board, GPIOC + 0xC), 0);
    poke32(board, GPIOA, 0x44444448); /* PA0 pulled */
    poke32(board, GPIOA + 0xC, 3);
    assert_int_equal(peek32(board, GPIOA + 8) & 0xFF, 1);
    sim_board_destroy(board);
}

static void a_locked_pin_keeps_its_configuration(void **state)
{
    struct sim_board *board = halted();
    enum { LCKR = GPIOA + 0x18, KEY = 1 << 16 };

    poke32(board, LCKR, KEY | 1);
    poke32(board, LCKR, 1);
    poke32(board, LCKR, KEY | 1);
    assert_int_equal(peek32(board, LCKR), 1); /* "read 0, read 1" (9.2.7) */
    assert_int_equal(peek32(board, LCKR), KEY | 1);
    poke32(board, GPIOA, 0x33333333);
    assert_int_equal(peek32(board, GPIOA), 0x33333334);
    sim_board_destroy(board);
}

/* What ST's libraries write with every remap, 111, and all else that means nothing leaves the field
 * as it is; the remap beside it is done. */
static void swj_cfg_obeys_its_four_codes(void **state)
{
    static const struct {
        uint32_t written, reads;
    } rows[] = {{1, 1}, {7, 1}, {2, 2}, {3, 2}, {5, 2}, {6, 2}, {7, 2}, {0, 0}, {7, 0}};
    struct sim_board *board = halted();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t remap = (uint32_t)i & 7;
        poke32(board, AFIO_MAPR, rows[i].written << 24 | remap);
        assert_int_equal(peek32(board, AFIO_MAPR), rows[i].reads << 24 | remap);
    }
    sim_board_destroy(board);
}

static void swj_cfg_disconnects_until_reset(void **state)
{
    struct sim_board *board = halted();
    uint32_t value;

    mem_write(board, AFIO_MAPR, 4, 4u << 24);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    sim_board_swd_line_reset(board);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    rig_hand(board, "nrst", "press");
    rig_hand(board, "nrst", "release");
    rig_connect(board);
    sim_board_destroy(board);
}

/* 8 MHz / 833 is 9600 baud: 1041 us a character, while a debugger's access takes some 130. */
static void start_usart(struct sim_board *board, uint32_t cr1)
{
    poke32(board, USART1 + 0x8, 833);
    poke32(board, USART1 + 0xC, cr1);
}

static void the_serial_port_sends_at_its_pace(void **state)
{
    struct sim_board *board = halted();
    char text[16];

    start_usart(board, 0x200C);
    poke32(board, USART1 + 4, 'H');
    poke32(board, USART1 + 4, 'i');
    assert_int_equal(peek32(board, USART1) & 0xC0, 0); /* neither TXE nor TC */
    assert_int_equal(sim_board_uart_take(board, text, sizeof text), 0);
    sim_board_advance_us(board, 1000);
    assert_int_equal(peek32(board, USART1) & 0xC0, 0x80); /* the second is on its way */
    sim_board_advance_us(board, 1000);
    assert_int_equal(peek32(board, USART1) & 0xC0, 0xC0);
    assert_int_equal(sim_board_uart_take(board, text, sizeof text), 2);
    assert_memory_equal(text, "Hi", 2);
    assert_int_equal(sim_board_uart_take(board, text, sizeof text), 0);
    sim_board_destroy(board);
}

static void a_disabled_serial_port_sends_nothing(void **state)
{
    struct sim_board *board = halted();
    char text[16];

    poke32(board, USART1 + 4, 'x');
    sim_board_advance_us(board, 100000);
    assert_int_equal(sim_board_uart_take(board, text, sizeof text), 0);
    sim_board_destroy(board);
}

static void the_serial_port_receives_and_interrupts(void **state)
{
    struct sim_board *board = halted();

    start_usart(board, 0x202C);
    sim_board_uart_put(board, 'a');
    assert_int_equal(peek32(board, USART1) & 0x20, 0);
    sim_board_advance_us(board, 1000);
    assert_int_equal(peek32(board, USART1) & 0x20, 0x20);
    assert_true(peek32(board, NVIC_ISPR1) & 1u << 5);
    assert_int_equal(peek32(board, USART1 + 4), 'a');
    assert_int_equal(peek32(board, USART1) & 0x20, 0);
    sim_board_uart_put(board, 'b');
    sim_board_uart_put(board, 'c');
    sim_board_advance_us(board, 3000);
    assert_int_equal(peek32(board, USART1) & 0x28, 0x28); /* overrun */
    assert_int_equal(peek32(board, USART1 + 4), 'b');
    sim_board_destroy(board);
}

static void the_timer_counts_and_interrupts(void **state)
{
    struct sim_board *board = halted();

    poke32(board, TIM2 + 0x28, 7);   /* 1 MHz, */
    poke32(board, TIM2 + 0x2C, 999); /* 1 ms, */
    poke32(board, TIM2 + 0x14, 1);   /* from the next update on */
    poke32(board, TIM2 + 0x10, 0);
    poke32(board, TIM2 + 0xC, 1);
    poke32(board, TIM2, 1);
    assert_int_equal(peek32(board, TIM2 + 0x10), 0);
    sim_board_advance_us(board, 400);
    assert_in_range(peek32(board, TIM2 + 0x24), 400, 900);
    sim_board_advance_us(board, 700);
    assert_int_equal(peek32(board, TIM2 + 0x10) & 1, 1);
    assert_true(peek32(board, NVIC_ISPR0) & 1u << 28);
    poke32(board, TIM2 + 0x10, 0);
    assert_int_equal(peek32(board, TIM2 + 0x10), 0);
    sim_board_destroy(board);
}

static void a_frozen_timer_stands_while_the_core_is_halted(void **state)
{
    struct sim_board *board = halted();

    poke32(board, TIM2, 1);
    poke32(board, DBGMCU_CR, 1u << 10);
    uint32_t count = peek32(board, TIM2 + 0x24);
    sim_board_advance_us(board, 1234);
    assert_int_equal(peek32(board, TIM2 + 0x24), count);
    poke32(board, DBGMCU_CR, 0);
    sim_board_advance_us(board, 1234);
    assert_int_not_equal(peek32(board, TIM2 + 0x24), count);
    sim_board_destroy(board);
}

/* A sleeping core is woken by the timer, at the right time. */
static void the_timer_wakes_a_sleeping_core(void **state)
{
    static const uint16_t code[] = {
        0xB672, /* cpsid i */
        0xBF30, /* wfi */
        0xBE00, /* bkpt 0 */
    };
    struct sim_board *board = halted();

    poke32(board, TIM2 + 0x28, 7);
    poke32(board, TIM2 + 0x2C, 9999);
    poke32(board, TIM2 + 0x14, 1);
    poke32(board, TIM2 + 0x10, 0);
    poke32(board, TIM2 + 0xC, 1);
    poke32(board, 0xE000E100, 1u << 28);
    rig_run_code(board, SRAM_BASE, code, 3);
    poke32(board, TIM2, 1);
    sim_board_advance_us(board, 9000);
    assert_true(peek32(board, DHCSR) & S_SLEEP);
    sim_board_advance_us(board, 1500);
    assert_true(peek32(board, DHCSR) & S_HALT);
    sim_board_destroy(board);
}

/* DBG_STOP is what keeps SWD alive in Stop mode (RM0008, 31.16.1). */
static void deep_sleep_silences_the_port(void **state)
{
    static const uint16_t code[] = {0xBF30, 0xE7FD}; /* wfi, again */
    struct sim_board *board = halted();
    uint32_t value;

    poke32(board, 0xE000ED10, 4); /* SLEEPDEEP */
    poke32(board, DBGMCU_CR, 2);
    rig_run_code(board, SRAM_BASE, code, 2);
    sim_board_advance_us(board, 100);
    assert_true(peek32(board, DHCSR) & S_SLEEP);
    mem_write(board, DBGMCU_CR, 4, 0);
    assert_int_equal(dp_read(board, DP_DPIDR, &value), SWD_NONE);
    sim_board_nrst(board, true);
    rig_connect(board);
    sim_board_destroy(board);
}

static void the_program_reads_no_device_id(void **state)
{
    static const uint16_t code[] = {0x6801, 0xBE00}; /* ldr r1, [r0]; bkpt */
    struct sim_board *board = halted();

    rig_set_register(board, 0, 0xE0042000);
    rig_set_register(board, 1, 0x5555);
    rig_run_code(board, SRAM_BASE, code, 2);
    sim_board_advance_us(board, 100);
    assert_true(peek32(board, DHCSR) & S_HALT);
    assert_int_equal(rig_register(board, 1), 0);
    sim_board_destroy(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_values),
        cmocka_unit_test(the_core_follows_the_clock_tree),
        cmocka_unit_test(a_switch_waits_for_its_source),
        cmocka_unit_test(ports_set_reset_and_read_back),
        cmocka_unit_test(a_locked_pin_keeps_its_configuration),
        cmocka_unit_test(swj_cfg_obeys_its_four_codes),
        cmocka_unit_test(swj_cfg_disconnects_until_reset),
        cmocka_unit_test(the_serial_port_sends_at_its_pace),
        cmocka_unit_test(a_disabled_serial_port_sends_nothing),
        cmocka_unit_test(the_serial_port_receives_and_interrupts),
        cmocka_unit_test(the_timer_counts_and_interrupts),
        cmocka_unit_test(a_frozen_timer_stands_while_the_core_is_halted),
        cmocka_unit_test(the_timer_wakes_a_sleeping_core),
        cmocka_unit_test(deep_sleep_silences_the_port),
        cmocka_unit_test(the_program_reads_no_device_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
