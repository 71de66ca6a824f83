/* SPDX-License-Identifier: MIT */
/* The STM32F401CC (RM0368; data sheet DS9716). */
#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, APB1, APB2 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZ = 8, DBGMCU_APB2_FZ = 12 };

static const struct sim_peripheral peripherals[] = {
    {"USART1", 0x40011000, &sim_device_usart, .gate = {APB2, 4}, .irq = 37, .clock = SIM_PCLK2},
    {"USART2", 0x40004400, &sim_device_usart, .gate = {APB1, 17}, .irq = 38, .clock = SIM_PCLK1},
    {"USART6", 0x40011400, &sim_device_usart, .gate = {APB2, 5}, .irq = 71, .clock = SIM_PCLK2},
    {"TIM2", 0x40000000, &sim_device_tim32, .gate = {APB1, 0}, .irq = 28, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 0}},
    {"TIM3", 0x40000400, &sim_device_tim, .gate = {APB1, 1}, .irq = 29, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 1}},
    {"TIM4", 0x40000800, &sim_device_tim, .gate = {APB1, 2}, .irq = 30, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 2}},
    {"TIM5", 0x40000C00, &sim_device_tim32, .gate = {APB1, 3}, .irq = 50, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 3}},
    {"PWR", 0x40007000, &sim_device_f4_pwr, .gate = {APB1, 28}},
    {"SYSCFG", 0x40013800, &sim_device_f4_syscfg, .gate = {APB2, 14}},
    {"GPIOA", 0x40020000, &sim_device_gpio, .gate = {AHB1, 0}, .unit = SIM_PA},
    {"GPIOB", 0x40020400, &sim_device_gpio, .gate = {AHB1, 1}, .unit = SIM_PB},
    {"GPIOC", 0x40020800, &sim_device_gpio, .gate = {AHB1, 2}, .unit = SIM_PC},
    {"GPIOD", 0x40020C00, &sim_device_gpio, .gate = {AHB1, 3}, .unit = SIM_PD},
    {"GPIOE", 0x40021000, &sim_device_gpio, .gate = {AHB1, 4}, .unit = SIM_PE},
    {"GPIOH", 0x40021C00, &sim_device_gpio, .gate = {AHB1, 7}, .unit = SIM_PH},
    {"RCC", 0x40023800, &sim_device_rcc, .gate = SIM_UNGATED},
    {"FLASH", 0x40023C00, &sim_device_f4_flash, .gate = SIM_UNGATED, .irq = 4},
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40002800, 0x40004000}, /* RTC, WWDG, IWDG, I2S2ext, SPI2, SPI3 */
    {0x40004000, 0x40004400}, /* I2S3ext */
    {0x40005400, 0x40006000}, /* I2C1, I2C2, I2C3 */
    {0x40010000, 0x40010400}, /* TIM1 */
    {0x40012000, 0x40012400}, /* ADC1 */
    {0x40012C00, 0x40013800}, /* SDIO, SPI1, SPI4 */
    {0x40013C00, 0x40014C00}, /* EXTI, TIM9, TIM10, TIM11 */
    {0x40023000, 0x40023400}, /* CRC */
    {0x40026000, 0x40026800}, /* DMA1, DMA2 */
    {0x50000000, 0x50040000}, /* USB OTG FS */
    {0, 0},
};

/* Makes PA13 and PA14 inputs: the debug port loses them. */
static const uint16_t swj_off[] = {
    0x4803, /*        ldr   r0, =0x40023830  RCC_AHB1ENR */
    0x2101, /*        movs  r1, #1           GPIOAEN */
    0x6001, /*        str   r1, [r0] */
    0x4803, /*        ldr   r0, =0x40020000  GPIOA_MODER */
    0x2100, /*        movs  r1, #0           all inputs */
    0x6001, /*        str   r1, [r0] */
    0xE7FE, /*        b     . */
    0xBF00, 0x3830, 0x4002, 0x0000, 0x4002,
};
static const struct sim_program swj_off_program = {swj_off, sizeof swj_off / sizeof *swj_off};

const struct sim_chip sim_chip_f401cc = {
    .name = "STM32F401CC",
    .core = &sim_core_m4f,
    .integration = {.irqs = 85, /* 10.1.1 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x423,
                    .systick_calib = 0x40000000 | 10500}, /* 10.1.2: 1 ms at 10.5 MHz */
    .dpidr = 0x2BA01477,
    .ap_idr = 0x24770011,
    .ap_base = 0xE00FF003,
    .power_on_mv = 1700,
    .memories = {{SIM_FLASH, 0x08000000, 256 * 1024},
                 {SIM_RAM, 0x20000000, 64 * 1024},
                 {SIM_SYSTEM, 0x1FFF0000, 30 * 1024},
                 {SIM_OTP, 0x1FFF7800, 528},
                 {SIM_SYSTEM, 0x1FFF7A10, 0x30}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFFC000, 16}},
    .size_register = 0x1FFF7A22,
    .unique_id = 0x1FFF7A10,
    .page_size = 16 * 1024,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB1] = {"AHB1ENR", 0x30, 0x10, 0x0060109F, 0}, /* 6.3.9 to 6.3.12 */
              [AHB2] = {"AHB2ENR", 0x34, 0x14, 0x00000080, 0},
              [APB1] = {"APB1ENR", 0x40, 0x20, 0x10E2C80F, 0},
              [APB2] = {"APB2ENR", 0x44, 0x24, 0x00077931, 0}},
    .rcc = &sim_f4_rcc,
    .flash = &sim_f4_flash,
    .gpio = &sim_gpio,
    .dbgmcu = {.idcode = 0x10016423, /* REV_ID 1001 (Z), DEV_ID 423 */
               .writable = {[DBGMCU_CR / 4] = 0x000000E7,
                            [DBGMCU_APB1_FZ / 4] = 0x00E01C0F,
                            [DBGMCU_APB2_FZ / 4] = 0x00070001}},
    .swj_off = &swj_off_program,
};
