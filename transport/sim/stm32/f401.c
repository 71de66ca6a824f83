/* SPDX-License-Identifier: MIT */
/* The STM32F401CC (RM0368; data sheet DS9716). */
#include "sim/stm32/f4_rows.h"

static const struct sim_peripheral peripherals[] = {
    F4_USART1,
    F4_USART2,
    F4_USART6,
    F4_TIMERS,
    F4_PORTS_A_TO_E,
    F4_PORT_H,
    F4_SYSTEM(SIM_F4_PWR_SCALES),
};

static const struct sim_range unmodelled[] = {F4_UNMODELLED, {0, 0}};

const struct sim_chip sim_chip_f401cc = {
    .name = "STM32F401CC",
    .core = &sim_core_m4f,
    .integration = {.irqs = 85, /* 10.1.1 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x423,
                    .systick_calib = 0x40000000 | 10500}, /* 10.1.2: 1 ms at 10.5 MHz */
    F4_COMMON,
    .power_on_mv = 1700,
    .memories = F4_MEMORIES(256, 64),
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {F4_AHB1ENR(0x0060109F, 0), F4_AHB2ENR(0x00000080), F4_APB1ENR(0x10E2C80F),
              F4_APB2ENR(0x00077931)},
    .flash = &sim_f4_flash,
    .dbgmcu = F4_DBGMCU(0x10016423, 0x00E01C0F, 0x00070001), /* REV_ID 1001 (Z), DEV_ID 423 */
};
