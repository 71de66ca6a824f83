/* SPDX-License-Identifier: MIT */
/* The STM32F205VG (RM0033, PM0059; data sheet DS6329): a Cortex-M3 among the peripherals of the F4.
 */
#include "sim/stm32/f4_rows.h"

static const struct sim_peripheral peripherals[] = {
    F4_USART3, /* the virtual COM port of a Nucleo-144 */
    F4_USART1, F4_USART2,       F4_USART6,
    F4_TIMERS, F4_PORTS_A_TO_E, F4_PORTS_F_TO_G,
    F4_PORT_H, F4_PORT_I,       F4_SYSTEM(SIM_F4_PWR_F2),
};

static const struct sim_range unmodelled[] = {F4_UNMODELLED, F4_UNMODELLED_MORE, {0, 0}};

const struct sim_chip sim_chip_f205vg = {
    .name = "STM32F205VG",
    .core = &sim_core_m3_r2p0,
    .integration = {.irqs = 81, /* 8.1.1 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x411,
                    .systick_calib = 0x40000000 | 15000}, /* 8.1.2: 1 ms at 15 MHz */
    F4_COMMON,
    .power_on_mv = 1800,
    .memories = F4_MEMORIES(1024, 128),
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {F4_AHB1ENR(0x606411FF, 0), F4_AHB2ENR(0x000000C0), F4_AHB3ENR(0x00000001),
              F4_APB1ENR(0x36FEC9FF), F4_APB2ENR(0x00075F33)},
    .flash = &sim_f2_flash,
    .dbgmcu = F4_DBGMCU(0x20036411, 0x06E01DFF, 0x00070003), /* REV_ID 2003 (X), DEV_ID 411 */
};
