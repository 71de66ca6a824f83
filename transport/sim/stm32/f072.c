/* SPDX-License-Identifier: MIT */
/* The STM32F072xB (RM0091; data sheet DS9826). */
#include "sim/stm32/stm32_internal.h"

enum { AHB, APB2, APB1 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZ = 8, DBGMCU_APB2_FZ = 12 };

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    {"USART2", 0x40004400, &sim_device_usart_isr, .gate = {APB1, 17}, .irq = 28,
     .clock = SIM_PCLK1},
    {"USART1", 0x40013800, &sim_device_usart_isr, .gate = {APB2, 14}, .irq = 27,
     .clock = SIM_PCLK1},
    {"TIM2", 0x40000000, &sim_device_tim32, .gate = {APB1, 0}, .irq = 15, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 0}},
    {"TIM3", 0x40000400, &sim_device_tim, .gate = {APB1, 1}, .irq = 16, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 1}},
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}},
    {"DBGMCU", 0x40015800, &sim_device_dbgmcu, .gate = SIM_UNGATED},
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 4},
    {"FLASH", 0x40022000, &sim_device_f1_flash, .gate = SIM_UNGATED, .irq = 3},
    {"GPIOA", 0x48000000, &sim_device_gpio, .gate = {AHB, 17}, .unit = SIM_PA},
    {"GPIOB", 0x48000400, &sim_device_gpio, .gate = {AHB, 18}, .unit = SIM_PB},
    {"GPIOC", 0x48000800, &sim_device_gpio, .gate = {AHB, 19}, .unit = SIM_PC},
    {"GPIOD", 0x48000C00, &sim_device_gpio, .gate = {AHB, 20}, .unit = SIM_PD},
    {"GPIOE", 0x48001000, &sim_device_gpio, .gate = {AHB, 21}, .unit = SIM_PE},
    {"GPIOF", 0x48001400, &sim_device_gpio, .gate = {AHB, 22}, .unit = SIM_PF},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40002000, 0x40002400}, /* TIM14 */
    {0x40002800, 0x40003400}, /* RTC, WWDG, IWDG */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40004800, 0x40005000}, /* USART3, USART4 */
    {0x40005400, 0x40006800}, /* I2C1, I2C2, USB, CAN */
    {0x40006C00, 0x40007C00}, /* CRS, PWR, DAC, CEC */
    {0x40010400, 0x40010800}, /* EXTI */
    {0x40012400, 0x40012800}, /* ADC */
    {0x40012C00, 0x40013400}, /* TIM1, SPI1 */
    {0x40014000, 0x40014C00}, /* TIM15, TIM16, TIM17 */
    {0x40020000, 0x40020400}, /* DMA */
    {0x40023000, 0x40023400}, /* CRC */
    {0x40024000, 0x40024400}, /* TSC */
    {0, 0},
};

const struct sim_chip sim_chip_f072rb = {
    .name = "STM32F072RB",
    .core = &sim_core_m0,
    .integration = {.irqs = 32,
                    .priority_bits = 2,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x448,
                    .systick_calib = 0x40000000 | 6000}, /* 1 ms at 6 MHz */
    .dpidr = 0x0BB11477,
    .ap_idr = 0x04770021,
    .ap_base = 0xE00FF003,
    .power_on_mv = 1920,
    .memories = {{SIM_FLASH, 0x08000000, 128 * 1024},
                 {SIM_RAM, 0x20000000, 16 * 1024},
                 {SIM_SYSTEM, 0x1FFFC800, 12 * 1024},
                 {SIM_OPTIONS, 0x1FFFF800, 16}},
    .size_register = 0x1FFFF7CC,
    .unique_id = 0x1FFFF7AC,
    .page_size = 2048,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB] = {"AHBENR", 0x14, 0x28, 0x017E0055, 0x00000014}, /* 6.4.6 to 6.4.8 */
              [APB2] = {"APB2ENR", 0x18, 0x0C, 0x00475A01, 0},
              [APB1] = {"APB1ENR", 0x1C, 0x10, 0x7AEE4933, 0}},
    .rcc = &sim_f0_rcc,
    .flash = &sim_f0_flash,
    .gpio = &sim_gpio_swd,
    .dbgmcu = {.idcode = 0x20016448, /* REV_ID 2001, DEV_ID 448 */
               .gated = true,
               .gate = {APB2, 22},
               .writable = {[DBGMCU_CR / 4] = 0x00000006,
                            [DBGMCU_APB1_FZ / 4] = 0x02201D33,
                            [DBGMCU_APB2_FZ / 4] = 0x00070800}},
    .swj_off = &sim_f0_swj_off,
};
