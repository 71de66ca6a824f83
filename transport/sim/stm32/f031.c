/* SPDX-License-Identifier: MIT */
/* The STM32F031x6 (RM0091; data sheet DS9773). */
#include "sim/stm32/f0_rows.h"

static const struct sim_peripheral peripherals[] = {
    F0_TIMERS, F0_USART1, F0_SYSTEM, F0_PORTS_A_TO_C, F0_PORT_F,
};

static const struct sim_range unmodelled[] = {
    F0_UNMODELLED,
    {0x40005400, 0x40005800}, /* I2C1 */
    {0x40007000, 0x40007400}, /* PWR */
    {0x40014400, 0x40014C00}, /* TIM16, TIM17 */
    {0, 0},
};

const struct sim_chip sim_chip_f031x6 = {
    .name = "STM32F031x6",
    F0_COMMON,
    .integration = F0_INTEGRATION(0x444),
    .memories = {{SIM_FLASH, 0x08000000, 32 * 1024},
                 {SIM_RAM, 0x20000000, 4 * 1024},
                 {SIM_SYSTEM, 0x1FFFEC00, 3 * 1024},
                 {SIM_OPTIONS, 0x1FFFF800, 16}},
    .page_size = 1024,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {F0_AHBENR(0x004E0055), F0_APB2ENR(0x00465A01), F0_APB1ENR(0x10200903)},
    .dbgmcu = F0_DBGMCU(0x10006444, 0x00201D03, 0x00060800), /* REV_ID 1000, DEV_ID 444 */
};
