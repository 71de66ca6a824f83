/* SPDX-License-Identifier: MIT */
/* The STM32G0B1RE (RM0444; data sheet DS13560), whose flash is two banks. */
#include "sim/stm32/g0_rows.h"

static const struct sim_rom_table rom = {SIM_DESIGNER_ST, 0x467};

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    G0_USART2,
    G0_USART1,
    G0_USART(3, 0x40004800, APB1, 18, 29),
    G0_USART(4, 0x40004C00, APB1, 19, 29),
    G0_USART(5, 0x40005000, APB1, 8, 29),
    G0_USART(6, 0x40013C00, APB1, 9, 29),
    G0_TIM2,
    G0_TIM3,
    G0_TIMER(4, 0x40000800, sim_device_tim, 2, 16),
    G0_SYSTEM,
    G0_PORTS,
    G0_PORT(E, 0x50001000, 4),
    G0_ROM_TABLE(rom),
};

static const struct sim_range unmodelled[] = {
    G0_UNMODELLED,
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40003800, 0x40004000}, /* SPI2, SPI3 */
    {0x40005800, 0x40007000}, /* I2C2, USB, FDCAN, CRS */
    {0x40007400, 0x40008C00}, /* DAC, CEC, LPTIM1, LPUART1, LPUART2, I2C3 */
    {0x40009400, 0x4000C000}, /* LPTIM2, USB's memory, UCPD1, UCPD2, TAMP, FDCAN's memory */
    {0x40014000, 0x40014400}, /* TIM15 */
    {0, 0},
};

const struct sim_chip sim_chip_g0b1re = {
    .name = "STM32G0B1RE",
    G0_COMMON,
    .power_on_mv = 1660,
    .memories = {{SIM_FLASH, 0x08000000, 512 * 1024},
                 {SIM_RAM, 0x20000000, 144 * 1024},
                 {SIM_SYSTEM, 0x1FFF0000, 28 * 1024},
                 {SIM_OTP, 0x1FFF7000, 1024},
                 {SIM_SYSTEM, 0x1FFF7400, 1024}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFF7800, 8 * SIM_L4_OPTIONS}},
    .size_register = 0x1FFF75E0,
    .unique_id = 0x1FFF7590,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = G0_GATES(0x0000003F, 0x00001103, 0xFFFFFFB7, 0x0017D801),
    .rcc = &sim_g0b_rcc,
    .flash = &sim_g0b_flash,
    .dbgmcu = G0_DBG(0x10006467, 0xC0601C37, 0x00078800), /* REV_ID 1000 (A), DEV_ID 467 */
};
