/* SPDX-License-Identifier: MIT */
/* The STM32G431KB (RM0440, category 2; data sheet DS12589). Its CCM SRAM shows behind SRAM2, too;
 * here what is at 0x10000000 is another memory. */
#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, APB1, APB1_2, APB2 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZR1 = 8, DBGMCU_APB1_FZR2 = 12, DBGMCU_APB2_FZR = 16 };

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo-32's virtual COM port comes first: it is what `sim uart` shows. */
    {"USART2", 0x40004400, &sim_device_usart_isr, .gate = {APB1, 17}, .irq = 38,
     .clock = SIM_PCLK1},
    {"USART1", 0x40013800, &sim_device_usart_isr, .gate = {APB2, 14}, .irq = 37,
     .clock = SIM_PCLK2},
    {"USART3", 0x40004800, &sim_device_usart_isr, .gate = {APB1, 18}, .irq = 39,
     .clock = SIM_PCLK1},
    {"UART4", 0x40004C00, &sim_device_usart_isr, .gate = {APB1, 19}, .irq = 52, .clock = SIM_PCLK1},
    {"TIM2", 0x40000000, &sim_device_tim32, .gate = {APB1, 0}, .irq = 28, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZR1, 0}},
    {"TIM3", 0x40000400, &sim_device_tim, .gate = {APB1, 1}, .irq = 29, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZR1, 1}},
    {"TIM4", 0x40000800, &sim_device_tim, .gate = {APB1, 2}, .irq = 30, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZR1, 2}},
    {"PWR", 0x40007000, &sim_device_l4_pwr, .gate = {APB1, 28}},
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}},
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED},
    {"FLASH", 0x40022000, &sim_device_l4_flash, .gate = SIM_UNGATED, .irq = 4},
    {"GPIOA", 0x48000000, &sim_device_gpio, .gate = {AHB2, 0}, .unit = SIM_PA},
    {"GPIOB", 0x48000400, &sim_device_gpio, .gate = {AHB2, 1}, .unit = SIM_PB},
    {"GPIOC", 0x48000800, &sim_device_gpio, .gate = {AHB2, 2}, .unit = SIM_PC},
    {"GPIOF", 0x48001400, &sim_device_gpio, .gate = {AHB2, 5}, .unit = SIM_PF},
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40002000, 0x40004000}, /* CRS, TAMP, RTC, WWDG, IWDG, SPI2, SPI3 */
    {0x40005400, 0x40006800}, /* I2C1, I2C2, USB, FDCAN1 */
    {0x40007800, 0x40008400}, /* I2C3, LPTIM1, LPUART1 */
    {0x4000A000, 0x4000B000}, /* UCPD1, the memories of USB and FDCAN1 */
    {0x40010030, 0x40010800}, /* VREFBUF, COMP, OPAMP, EXTI */
    {0x40012C00, 0x40013800}, /* TIM1, SPI1, TIM8 */
    {0x40014000, 0x40014C00}, /* TIM15, TIM16, TIM17 */
    {0x40015400, 0x40015800}, /* SAI1 */
    {0x40020000, 0x40021000}, /* DMA1, DMA2, DMAMUX, CORDIC */
    {0x40021400, 0x40021800}, /* FMAC */
    {0x40023000, 0x40023400}, /* CRC */
    {0x48000C00, 0x48001400}, /* GPIOD, GPIOE: of larger packages */
    {0x48001800, 0x48001C00}, /* GPIOG */
    {0x50000000, 0x50061000}, /* ADC, DAC, RNG */
    {0, 0},
};

const struct sim_chip sim_chip_g431kb = {
    .name = "STM32G431KB",
    .core = &sim_core_m4f,
    .integration = {.irqs = 102, /* 14.3 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x468,
                    .systick_calib = 0x40000000 | 1000}, /* 1 ms at 1 MHz */
    .dpidr = 0x2BA01477,
    .ap_idr = 0x24770011,
    .ap_base = 0xE00FF003,
    .power_on_mv = 1710,
    .memories = {{SIM_FLASH, 0x08000000, 128 * 1024},
                 {SIM_RAM, 0x20000000, 32 * 1024},
                 {SIM_RAM, 0x10000000, 10 * 1024}, /* CCM */
                 {SIM_SYSTEM, 0x1FFF0000, 28 * 1024},
                 {SIM_OTP, 0x1FFF7000, 1024},
                 {SIM_SYSTEM, 0x1FFF7400, 1024}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFF7800, 8 * SIM_L4_OPTIONS}},
    .size_register = 0x1FFF75E0,
    .unique_id = 0x1FFF7590,
    .page_size = 2048,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB1] = {"AHB1ENR", 0x48, 0x28, 0x0000111F, 0x00000100}, /* 7.4.14 to 7.4.19 */
              [AHB2] = {"AHB2ENR", 0x4C, 0x2C, 0x0405207F, 0},
              [APB1] = {"APB1ENR1", 0x58, 0x38, 0xD2EECD37, 0x00000400},
              [APB1_2] = {"APB1ENR2", 0x5C, 0x3C, 0x00000101, 0},
              [APB2] = {"APB2ENR", 0x60, 0x40, 0x00277801, 0}},
    .rcc = &sim_g4_rcc,
    .flash = &sim_g4_flash,
    .gpio = &sim_gpio_analog,
    .dbgmcu = {.idcode = 0x20016468, /* REV_ID 2001 (Z), DEV_ID 468 */
               .writable = {[DBGMCU_CR / 4] = 0x00000007,
                            [DBGMCU_APB1_FZR1 / 4] = 0xC0601C37,
                            [DBGMCU_APB1_FZR2 / 4] = 0x00000002,
                            [DBGMCU_APB2_FZR / 4] = 0x00072800}},
    .swj_off = &sim_l4_swj_off,
};
