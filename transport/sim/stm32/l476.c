/* SPDX-License-Identifier: MIT */
/* The STM32L476RG (RM0351; data sheet DS10198). */
#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, AHB3, APB1, APB1_2, APB2 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZR1 = 8, DBGMCU_APB1_FZR2 = 12, DBGMCU_APB2_FZR = 16 };

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    {"USART2", 0x40004400, &sim_device_usart_isr, .gate = {APB1, 17}, .irq = 38,
     .clock = SIM_PCLK1},
    {"USART1", 0x40013800, &sim_device_usart_isr, .gate = {APB2, 14}, .irq = 37,
     .clock = SIM_PCLK2},
    {"USART3", 0x40004800, &sim_device_usart_isr, .gate = {APB1, 18}, .irq = 39,
     .clock = SIM_PCLK1},
    {"UART4", 0x40004C00, &sim_device_usart_isr, .gate = {APB1, 19}, .irq = 52, .clock = SIM_PCLK1},
    {"UART5", 0x40005000, &sim_device_usart_isr, .gate = {APB1, 20}, .irq = 53, .clock = SIM_PCLK1},
    {"TIM2", 0x40000000, &sim_device_tim32, .gate = {APB1, 0}, .irq = 28, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZR1, 0}},
    {"TIM3", 0x40000400, &sim_device_tim, .gate = {APB1, 1}, .irq = 29, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZR1, 1}},
    {"TIM4", 0x40000800, &sim_device_tim, .gate = {APB1, 2}, .irq = 30, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZR1, 2}},
    {"TIM5", 0x40000C00, &sim_device_tim32, .gate = {APB1, 3}, .irq = 50, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZR1, 3}},
    {"PWR", 0x40007000, &sim_device_l4_pwr, .gate = {APB1, 28}},
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}},
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED},
    {"FLASH", 0x40022000, &sim_device_l4_flash, .gate = SIM_UNGATED, .irq = 4},
    {"GPIOA", 0x48000000, &sim_device_gpio, .gate = {AHB2, 0}, .unit = SIM_PA},
    {"GPIOB", 0x48000400, &sim_device_gpio, .gate = {AHB2, 1}, .unit = SIM_PB},
    {"GPIOC", 0x48000800, &sim_device_gpio, .gate = {AHB2, 2}, .unit = SIM_PC},
    {"GPIOD", 0x48000C00, &sim_device_gpio, .gate = {AHB2, 3}, .unit = SIM_PD},
    {"GPIOH", 0x48001C00, &sim_device_gpio, .gate = {AHB2, 7}, .unit = SIM_PH},
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40002400, 0x40004000}, /* LCD, RTC, WWDG, IWDG, SPI2, SPI3 */
    {0x40005400, 0x40006800}, /* I2C1, I2C2, I2C3, CAN1 */
    {0x40007400, 0x40008C00}, /* DAC1, OPAMP, LPTIM1, LPUART1, SWPMI1 */
    {0x40009400, 0x40009800}, /* LPTIM2 */
    {0x40010030, 0x40010800}, /* VREFBUF, COMP, EXTI */
    {0x40011C00, 0x40012000}, /* FIREWALL */
    {0x40012800, 0x40013800}, /* SDMMC1, TIM1, SPI1, TIM8 */
    {0x40014000, 0x40014C00}, /* TIM15, TIM16, TIM17 */
    {0x40015400, 0x40016800}, /* SAI1, SAI2, DFSDM1 */
    {0x40020000, 0x40020800}, /* DMA1, DMA2 */
    {0x40023000, 0x40024400}, /* CRC, TSC */
    {0x48001000, 0x48001C00}, /* GPIOE, GPIOF, GPIOG: of larger packages */
    {0x50000000, 0x50061000}, /* USB OTG FS, ADC, RNG */
    {0xA0000000, 0xA0001400}, /* FMC, QUADSPI */
    {0, 0},
};

const struct sim_chip sim_chip_l476rg = {
    .name = "STM32L476RG",
    .core = &sim_core_m4f,
    .integration = {.irqs = 82, /* 13.3 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x415,
                    .systick_calib = 0x40000000 | 9999}, /* 1 ms at 10 MHz */
    .dpidr = 0x2BA01477,
    .ap_idr = 0x24770011,
    .ap_base = 0xE00FF003,
    .power_on_mv = 1710,
    .memories = {{SIM_FLASH, 0x08000000, 1024 * 1024},
                 {SIM_RAM, 0x20000000, 96 * 1024},
                 {SIM_RAM, 0x10000000, 32 * 1024},
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
    .gates = {[AHB1] = {"AHB1ENR", 0x48, 0x28, 0x00011103, 0x00000100}, /* 6.4.16 to 6.4.21 */
              [AHB2] = {"AHB2ENR", 0x4C, 0x2C, 0x000430FF, 0},
              [AHB3] = {"AHB3ENR", 0x50, 0x30, 0x00000101, 0},
              [APB1] = {"APB1ENR1", 0x58, 0x38, 0xF2FECA3F, 0},
              [APB1_2] = {"APB1ENR2", 0x5C, 0x3C, 0x00000025, 0},
              [APB2] = {"APB2ENR", 0x60, 0x40, 0x01677C81, 0}},
    .rcc = &sim_l4_rcc,
    .flash = &sim_l4_flash,
    .gpio = &sim_gpio_analog,
    .dbgmcu = {.idcode = 0x10076415, /* REV_ID 1007 (4), DEV_ID 415 */
               .writable = {[DBGMCU_CR / 4] = 0x000000E7,
                            [DBGMCU_APB1_FZR1 / 4] = 0x82E01C3F,
                            [DBGMCU_APB1_FZR2 / 4] = 0x00000020,
                            [DBGMCU_APB2_FZR / 4] = 0x00072800}},
    .swj_off = &sim_l4_swj_off,
};

/* Makes PA13 and PA14 inputs: the debug port loses them. */
static const uint16_t swj_off[] = {
    0x4803, /*        ldr   r0, =0x4002104C  RCC_AHB2ENR */
    0x2101, /*        movs  r1, #1           GPIOAEN */
    0x6001, /*        str   r1, [r0] */
    0x4803, /*        ldr   r0, =0x48000000  GPIOA_MODER */
    0x2100, /*        movs  r1, #0           all inputs */
    0x6001, /*        str   r1, [r0] */
    0xE7FE, /*        b     . */
    0xBF00, 0x104C, 0x4002, 0x0000, 0x4800,
};
const struct sim_program sim_l4_swj_off = {swj_off, sizeof swj_off / sizeof *swj_off};
