/* SPDX-License-Identifier: MIT */
/* The STM32G071RB (RM0444; data sheet DS12232). */
#include "sim/stm32/g0_rows.h"

static const struct sim_rom_table rom = {SIM_DESIGNER_ST, 0x460};

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    G0_USART2,
    G0_USART1,
    G0_USART(3, 0x40004800, APB1, 18, 29),
    G0_USART(4, 0x40004C00, APB1, 19, 29),
    G0_TIM2,
    G0_TIM3,
    G0_SYSTEM,
    G0_PORTS,
    G0_ROM_TABLE(rom),
};

static const struct sim_range unmodelled[] = {
    G0_UNMODELLED,
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40005800, 0x40005C00}, /* I2C2 */
    {0x40007400, 0x40008400}, /* DAC, CEC, LPTIM1, LPUART1 */
    {0x40009400, 0x40009800}, /* LPTIM2 */
    {0x4000A000, 0x4000B400}, /* UCPD1, UCPD2, TAMP */
    {0x40014000, 0x40014400}, /* TIM15 */
    {0, 0},
};

const struct sim_chip sim_chip_g071rb = {
    .name = "STM32G071RB",
    G0_COMMON,
    .power_on_mv = 1660,
    .memories = {{SIM_FLASH, 0x08000000, 128 * 1024},
                 {SIM_RAM, 0x20000000, 36 * 1024},
                 {SIM_SYSTEM, 0x1FFF0000, 28 * 1024},
                 {SIM_OTP, 0x1FFF7000, 1024},
                 {SIM_SYSTEM, 0x1FFF7400, 1024}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFF7800, 8 * SIM_L4_OPTIONS}},
    .size_register = 0x1FFF75E0,
    .unique_id = 0x1FFF7590,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = G0_GATES(0x0000002F, 0x00001101, 0xFF7E4C33, 0x0017D801),
    .rcc = &sim_g0_rcc,
    .flash = &sim_g07_flash,
    .dbgmcu = G0_DBG(0x20006460, 0xC0201C33, 0x00078800), /* REV_ID 2000 (B), DEV_ID 460 */
};
