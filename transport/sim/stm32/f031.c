/* SPDX-License-Identifier: MIT */
/* The STM32F031x6 (RM0091; data sheet DS9773). */
#include "sim/stm32/stm32_internal.h"

enum { AHB, APB2, APB1 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZ = 8, DBGMCU_APB2_FZ = 12 };

static const struct sim_peripheral peripherals[] = {
    {"TIM2", 0x40000000, &sim_device_tim32, .gate = {APB1, 0}, .irq = 15, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 0}},
    {"TIM3", 0x40000400, &sim_device_tim, .gate = {APB1, 1}, .irq = 16, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 1}},
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}},
    {"USART1", 0x40013800, &sim_device_usart_isr, .gate = {APB2, 14}, .irq = 27,
     .clock = SIM_PCLK1},
    {"DBGMCU", 0x40015800, &sim_device_dbgmcu, .gate = SIM_UNGATED},
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 4},
    {"FLASH", 0x40022000, &sim_device_f1_flash, .gate = SIM_UNGATED, .irq = 3},
    {"GPIOA", 0x48000000, &sim_device_gpio, .gate = {AHB, 17}, .unit = SIM_PA},
    {"GPIOB", 0x48000400, &sim_device_gpio, .gate = {AHB, 18}, .unit = SIM_PB},
    {"GPIOC", 0x48000800, &sim_device_gpio, .gate = {AHB, 19}, .unit = SIM_PC},
    {"GPIOF", 0x48001400, &sim_device_gpio, .gate = {AHB, 22}, .unit = SIM_PF},
};

static const struct sim_range unmodelled[] = {
    {0x40002000, 0x40002400}, /* TIM14 */
    {0x40002800, 0x40003400}, /* RTC, WWDG, IWDG */
    {0x40005400, 0x40005800}, /* I2C1 */
    {0x40007000, 0x40007400}, /* PWR */
    {0x40010400, 0x40010800}, /* EXTI */
    {0x40012400, 0x40012800}, /* ADC */
    {0x40012C00, 0x40013400}, /* TIM1, SPI1 */
    {0x40014400, 0x40014C00}, /* TIM16, TIM17 */
    {0x40020000, 0x40020400}, /* DMA */
    {0x40023000, 0x40023400}, /* CRC */
    {0, 0},
};

/* Makes all pins of port A inputs: the debug port loses its two. */
static const uint16_t swj_off[] = {
    0x4803, /*        ldr   r0, =0x40021014  RCC_AHBENR */
    0x2102, /*        movs  r1, #2 */
    0x0409, /*        lsls  r1, r1, #16      IOPAEN */
    0x6001, /*        str   r1, [r0] */
    0x4802, /*        ldr   r0, =0x48000000  GPIOA_MODER */
    0x2100, /*        movs  r1, #0 */
    0x6001, /*        str   r1, [r0] */
    0xE7FE, /*        b     . */
    0x1014, 0x4002, 0x0000, 0x4800,
};
const struct sim_program sim_f0_swj_off = {swj_off, sizeof swj_off / sizeof *swj_off};

const struct sim_chip sim_chip_f031x6 = {
    .name = "STM32F031x6",
    .core = &sim_core_m0,
    .integration = {.irqs = 32,
                    .priority_bits = 2,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x444,
                    .systick_calib = 0x40000000 | 6000}, /* 1 ms at 6 MHz */
    .dpidr = 0x0BB11477,
    .ap_idr = 0x04770021,
    .ap_base = 0xE00FF003,
    .power_on_mv = 1920,
    .memories = {{SIM_FLASH, 0x08000000, 32 * 1024},
                 {SIM_RAM, 0x20000000, 4 * 1024},
                 {SIM_SYSTEM, 0x1FFFEC00, 3 * 1024},
                 {SIM_OPTIONS, 0x1FFFF800, 16}},
    .size_register = 0x1FFFF7CC,
    .unique_id = 0x1FFFF7AC,
    .page_size = 1024,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB] = {"AHBENR", 0x14, 0x28, 0x004E0055, 0x00000014}, /* 6.4.6 to 6.4.8 */
              [APB2] = {"APB2ENR", 0x18, 0x0C, 0x00465A01, 0},
              [APB1] = {"APB1ENR", 0x1C, 0x10, 0x10200903, 0}},
    .rcc = &sim_f0_rcc,
    .flash = &sim_f0_flash,
    .gpio = &sim_gpio_swd,
    .dbgmcu = {.idcode = 0x10006444, /* REV_ID 1000, DEV_ID 444 */
               .gated = true,
               .gate = {APB2, 22},
               .writable = {[DBGMCU_CR / 4] = 0x00000006,
                            [DBGMCU_APB1_FZ / 4] = 0x00201D03,
                            [DBGMCU_APB2_FZ / 4] = 0x00060800}},
    .swj_off = &sim_f0_swj_off,
};
