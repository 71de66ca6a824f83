/* SPDX-License-Identifier: MIT */
/* The STM32C031C6 (RM0490; data sheet DS13867). */
#include "sim/stm32/g0_rows.h"

static const struct sim_rom_table rom = {SIM_DESIGNER_ST, 0x466};

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    G0_USART2, G0_USART1, G0_TIM3, G0_SYSTEM, G0_PORTS, G0_ROM_TABLE(rom),
};

static const struct sim_range unmodelled[] = {
    G0_UNMODELLED,
    {0, 0},
};

const struct sim_chip sim_chip_c031c6 = {
    .name = "STM32C031C6",
    G0_COMMON,
    .power_on_mv = 1960,
    .memories = {{SIM_FLASH, 0x08000000, 32 * 1024},
                 {SIM_RAM, 0x20000000, 12 * 1024},
                 {SIM_SYSTEM, 0x1FFF0000, 6 * 1024},
                 {SIM_OTP, 0x1FFF7000, 1024},
                 {SIM_SYSTEM, 0x1FFF7400, 1024}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFF7800, 8 * SIM_L4_OPTIONS}},
    .size_register = 0x1FFF75A0,
    .unique_id = 0x1FFF7550,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = G0_GATES(0x0000002F, 0x00001101, 0x18220C02, 0x0016D801),
    .rcc = &sim_c0_rcc,
    .flash = &sim_c03_flash,
    .dbgmcu = G0_DBG(0x10000453, 0x00201C02, 0x00068800), /* REV_ID 1000 (A), DEV_ID 453 */
};
