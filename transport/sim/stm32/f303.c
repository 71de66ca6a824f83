/* SPDX-License-Identifier: MIT */
/* The STM32F303K8 (RM0316; data sheet DS9866). */
#include "sim/stm32/f0_rows.h"

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    F0_USART(2, 0x40004400, APB1, 17, 38, SIM_PCLK1),
    F0_USART(1, 0x40013800, APB2, 14, 37, SIM_PCLK2),
    F0_USART(3, 0x40004800, APB1, 18, 39, SIM_PCLK1),
    F0_TIMER(2, 0x40000000, sim_device_tim32, 0, 28),
    F0_TIMER(3, 0x40000400, sim_device_tim, 1, 29),
    F0_SYSCFG,
    F0_IWDG,
    F0_PWR,
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 5},
    {"FLASH", 0x40022000, &sim_device_f1_flash, .gate = SIM_UNGATED, .irq = 4},
    F0_PORTS_A_TO_C,
    F0_PORT_D,
    F0_PORT_F,
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40002800, 0x40003000}, /* RTC, WWDG */
    {0x40005400, 0x40005800}, /* I2C1 */
    {0x40006400, 0x40006800}, /* bxCAN */
    {0x40007400, 0x40007800}, /* DAC1 */
    {0x40009800, 0x40009C00}, /* DAC2 */
    {0x40010400, 0x40010800}, /* EXTI */
    {0x40012C00, 0x40013400}, /* TIM1, SPI1 */
    {0x40014000, 0x40014C00}, /* TIM15, TIM16, TIM17 */
    {0x40020000, 0x40020400}, /* DMA1 */
    {0x40023000, 0x40023400}, /* CRC */
    {0x40024000, 0x40024400}, /* TSC */
    {0x50000000, 0x50000800}, /* ADC1, ADC2 */
    {0, 0},
};

const struct sim_chip sim_chip_f303k8 = {
    .name = "STM32F303K8",
    .core = &sim_core_m4f,
    .integration = {.irqs = 82,
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x438,
                    .systick_calib = 0x40000000 | 9000}, /* 1 ms at 9 MHz */
    .dpidr = 0x2BA01477,
    .ap_idr = 0x24770011,
    .ap_base = 0xE00FF003,
    .power_on_mv = 1920,
    .memories = {{SIM_FLASH, 0x08000000, 64 * 1024},
                 {SIM_RAM, 0x20000000, 12 * 1024},
                 {SIM_RAM, 0x10000000, 4 * 1024}, /* CCM */
                 {SIM_SYSTEM, 0x1FFFD800, 8 * 1024},
                 {SIM_OPTIONS, 0x1FFFF800, 16}},
    .size_register = 0x1FFFF7CC,
    .unique_id = 0x1FFFF7AC,
    .page_size = 2048,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {F0_AHBENR(0x115E0055), F0_APB2ENR(0x00075801), F0_APB1ENR(0x36260833)},
    .rcc = &sim_f3_rcc,
    .flash = &sim_f3_flash,
    .gpio = &sim_gpio,
    .dbgmcu = {.idcode = 0x10016438, /* REV_ID 1001, DEV_ID 438 */
               .trace_pin = {0xE0, 0x20},
               .writable = {[DBGMCU_CR / 4] = 0x000000E7,
                            [DBGMCU_APB1_FZ / 4] = 0x42201C33,
                            [DBGMCU_APB2_FZ / 4] = 0x0000001D}},
    .pins_off = {0x40021014, 1u << 17, 0x48000000, 0},
    .standby = {0x4002101C, 1u << 28, 0x40007000, 1u << 1},
};
