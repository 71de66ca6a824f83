/* SPDX-License-Identifier: MIT */
/* The STM32L053R8 (RM0367; data sheet DS10152). Its ports hang on a bus of the core's own. */
#include "sim/stm32/stm32_internal.h"

enum { IOP, AHB, APB2, APB1 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZ = 8, DBGMCU_APB2_FZ = 12 };

/* clang-format off */
#define PORT(letter, base, bit) \
    {"GPIO" #letter, base, &sim_device_gpio, .gate = {IOP, bit}, .unit = SIM_P##letter}
/* clang-format on */

static const struct sim_rom_table rom = {SIM_DESIGNER_ST, 0x417};

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    {"USART2", 0x40004400, &sim_device_usart_isr, .gate = {APB1, 17}, .irq = 28,
     .clock = SIM_PCLK1},
    {"USART1", 0x40013800, &sim_device_usart_isr, .gate = {APB2, 14}, .irq = 27,
     .clock = SIM_PCLK2},
    {"TIM2", 0x40000000, &sim_device_tim, .gate = {APB1, 0}, .irq = 15, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_APB1_FZ, 0}},
    {"TIM21", 0x40010800, &sim_device_tim, .gate = {APB2, 2}, .irq = 20, .clock = SIM_TIMCLK2,
     .freeze = {DBGMCU_APB2_FZ, 2}},
    {"TIM22", 0x40011400, &sim_device_tim, .gate = {APB2, 5}, .irq = 22, .clock = SIM_TIMCLK2,
     .freeze = {DBGMCU_APB2_FZ, 5}},
    {"WWDG", 0x40002C00, &sim_device_wwdg, .gate = {APB1, 11}, .irq = 0, .clock = SIM_PCLK1,
     .freeze = {DBGMCU_APB1_FZ, 11}},
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .unit = 1,
     .freeze = {DBGMCU_APB1_FZ, 12}},
    {"PWR", 0x40007000, &sim_device_f4_pwr, .gate = {APB1, 28}, .unit = SIM_F4_PWR_L0},
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}},
    {"DBGMCU", 0x40015800, &sim_device_dbgmcu, .gate = SIM_UNGATED},
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 4},
    {"FLASH", 0x40022000, &sim_device_l0_flash, .gate = SIM_UNGATED, .irq = 3},
    PORT(A, 0x50000000, 0),
    PORT(B, 0x50000400, 1),
    PORT(C, 0x50000800, 2),
    PORT(D, 0x50000C00, 3),
    PORT(H, 0x50001C00, 7),
    {"ROM table", 0xF0000000, &sim_device_rom_table, .gate = SIM_UNGATED, .facts = &rom},
    {"ROM table's ids", 0xF0000C00, &sim_device_rom_ids, .gate = SIM_UNGATED, .facts = &rom},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001400}, /* TIM6 */
    {0x40002400, 0x40002C00}, /* LCD, RTC */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40004800, 0x40004C00}, /* LPUART1 */
    {0x40005400, 0x40006400}, /* I2C1, I2C2, USB */
    {0x40006C00, 0x40007000}, /* CRS */
    {0x40007400, 0x40008000}, /* DAC, LPTIM1 */
    {0x40010400, 0x40010800}, /* EXTI */
    {0x40011C00, 0x40012000}, /* firewall */
    {0x40012400, 0x40012800}, /* ADC */
    {0x40013000, 0x40013400}, /* SPI1 */
    {0x40020000, 0x40020400}, /* DMA1 */
    {0x40023000, 0x40023400}, /* CRC */
    {0x40024000, 0x40025400}, /* TSC, RNG */
    {0, 0},
};

const struct sim_chip sim_chip_l053r8 = {
    .name = "STM32L053R8",
    .core = &sim_core_m0p,
    .integration = {.irqs = 32,
                    .priority_bits = 2,
                    .rom_designer = SIM_DESIGNER_ARM,
                    .rom_part = 0x4C0,
                    .systick_calib = 0x40000000 | 4000}, /* 12.1.1: 1 ms at 4 MHz */
    .dpidr = 0x0BC11477,
    .ap_idr = 0x04770031,
    .ap_base = 0xF0000003,
    .power_on_mv = 1500,
    .memories = {{SIM_FLASH, 0x08000000, 64 * 1024},
                 {SIM_EEPROM, 0x08080000, 2 * 1024},
                 {SIM_RAM, 0x20000000, 8 * 1024},
                 {SIM_SYSTEM, 0x1FF00000, 4 * 1024},
                 {SIM_OPTIONS, 0x1FF80000, 0x20},
                 {SIM_SYSTEM, 0x1FF80050, 0x30}}, /* unique id, size register */
    .size_register = 0x1FF8007C,
    .unique_id = 0x1FF80050,
    .unique_id_third = 0x14,
    .page_size = 128,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[IOP] = {"IOPENR", 0x2C, 0x1C, 0x0000008F, 0}, /* 7.3.8 to 7.3.15 */
              [AHB] = {"AHBENR", 0x30, 0x20, 0x00111101, 0x00000100},
              [APB2] = {"APB2ENR", 0x34, 0x24, 0x004052A5, 0},
              [APB1] = {"APB1ENR", 0x38, 0x28, 0xB8E64A11, 0}},
    .rcc = &sim_l0_rcc,
    .flash = &sim_l0_cat3_flash,
    .gpio = &sim_gpio_l0,
    .dbgmcu = {.idcode = 0x10386417, /* REV_ID 1038 (X), DEV_ID 417 */
               .gated = true,
               .gate = {APB2, 22},
               .writable = {[DBGMCU_CR / 4] = 0x00000007,
                            [DBGMCU_APB1_FZ / 4] = 0x80601C11,
                            [DBGMCU_APB2_FZ / 4] = 0x00000024}},
    .pins_off = {0x4002102C, 1, 0x50000000, 0},
    .standby = {0x40021038, 1u << 28, 0x40007000, 1u << 1},
};
