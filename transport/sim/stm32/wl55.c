/* SPDX-License-Identifier: MIT */
/* The STM32WL55JC (RM0453; data sheet DS13293): a Cortex-M4 without FPU, and a Cortex-M0+ that it
 * lets go by PWR_CR4.C2BOOT. */
#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, AHB3, APB1, APB2 }; /* gates[] below */
enum { DBGMCU_CR = 4 };

static const struct sim_peripheral peripherals[] = {
    {"USART2", 0x40004400, &sim_device_usart_isr, .gate = {APB1, 17}, .irq = 37,
     .clock = SIM_PCLK1},
    {"USART1", 0x40013800, &sim_device_usart_isr, .gate = {APB2, 14}, .irq = 36,
     .clock = SIM_PCLK2},
    {"TIM2", 0x40000000, &sim_device_tim32, .gate = {APB1, 0}, .irq = 26, .clock = SIM_TIMCLK1},
    {"GPIOA", 0x48000000, &sim_device_gpio, .gate = {AHB2, 0}, .unit = SIM_PA},
    {"GPIOB", 0x48000400, &sim_device_gpio, .gate = {AHB2, 1}, .unit = SIM_PB},
    {"GPIOC", 0x48000800, &sim_device_gpio, .gate = {AHB2, 2}, .unit = SIM_PC},
    {"GPIOH", 0x48001C00, &sim_device_gpio, .gate = {AHB2, 7}, .unit = SIM_PH},
    {"RCC", 0x58000000, &sim_device_rcc, .gate = SIM_UNGATED},
    {"PWR", 0x58000400, &sim_device_wl_pwr, .gate = SIM_UNGATED},
    {"FLASH", 0x58004000, &sim_device_wl_flash, .gate = SIM_UNGATED, .irq = 4},
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40002800, 0x40003400}, /* RTC, WWDG, IWDG */
    {0x40005400, 0x40006000}, /* I2C1 to I2C3 */
    {0x40007C00, 0x40008400}, /* LPTIM1, LPUART1 */
    {0x40009400, 0x40009C00}, /* LPTIM2, LPTIM3 */
    {0x40010000, 0x40010400}, /* SYSCFG, VREFBUF, COMP */
    {0x40012400, 0x40013400}, /* ADC, TIM1, SPI1 */
    {0x40014400, 0x40014C00}, /* TIM16, TIM17 */
    {0x40020000, 0x40020C00}, /* DMA1, DMA2, DMAMUX */
    {0x40023000, 0x40023400}, /* CRC */
    {0x58000800, 0x58002400}, /* EXTI, IPCC, RNG, AES, HSEM, PKA */
    {0, 0},
};

static const uint16_t swj_off[] = {
    0x4803, /*        ldr   r0, =0x5800004C  RCC_AHB2ENR */
    0x2101, /*        movs  r1, #1           GPIOAEN */
    0x6001, /*        str   r1, [r0] */
    0x4803, /*        ldr   r0, =0x48000000  GPIOA_MODER */
    0x2100, /*        movs  r1, #0           all inputs */
    0x6001, /*        str   r1, [r0] */
    0xE7FE, /*        b     . */
    0xBF00, 0x004C, 0x5800, 0x0000, 0x4800,
};
static const struct sim_program swj_off_program = {swj_off, sizeof swj_off / sizeof *swj_off};

const struct sim_chip sim_chip_wl55jc = {
    .name = "STM32WL55JC",
    .core = &sim_core_m4,
    .integration = {.irqs = 62,
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x497,
                    .systick_calib = 0x40000000 | 4000},
    .dpidr = 0x6BA02477,
    .ap_idr = 0x24770011,
    .ap_base = 0xE00FF003,
    .power_on_mv = 1710,
    .memories = {{SIM_FLASH, 0x08000000, 256 * 1024},
                 {SIM_RAM, 0x20000000, 64 * 1024}, /* SRAM1, SRAM2 */
                 {SIM_SYSTEM, 0x1FFF0000, 30 * 1024},
                 {SIM_OPTIONS, 0x1FFF7800, 128}},
    .size_register = 0x1FFF75E0,
    .unique_id = 0x1FFF7590,
    .page_size = 2048,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB1] = {"AHB1ENR", 0x48, 0x28, 0x00001007, 0},
              [AHB2] = {"AHB2ENR", 0x4C, 0x2C, 0x00000087, 0},
              [AHB3] = {"AHB3ENR", 0x50, 0x30, 0x021F0000, 0x02080000},
              [APB1] = {"APB1ENR1", 0x58, 0x38, 0xA0E24C01, 0},
              [APB2] = {"APB2ENR", 0x60, 0x40, 0x00065A00, 0}},
    .rcc = &sim_wl_rcc,
    .flash = &sim_wl_flash,
    .gpio = &sim_gpio,
    .dbgmcu = {.idcode = 0x20036497, .writable = {[DBGMCU_CR / 4] = 0x00000007}},
    .swj_off = &swj_off_program,
    .second = {.core = &sim_core_m0p,
               .integration = {.irqs = 32,
                               .priority_bits = 2,
                               .rom_designer = SIM_DESIGNER_ARM,
                               .rom_part = 0x4C0,
                               .systick_calib = 0x40000000 | 4000},
               .ap_idr = 0x84770001,
               .ap_base = 0xF0000003,
               .booted = sim_wl_core2_booted},
};
