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
    .gates = {[AHB1] = {"AHB1ENR", 0x30, 0x10, 0x606411FF, 0}, /* 5.3.10 to 5.3.14 */
              [AHB2] = {"AHB2ENR", 0x34, 0x14, 0x000000C0, 0},
              [AHB3] = {"AHB3ENR", 0x38, 0x18, 0x00000001, 0},
              [APB1] = {"APB1ENR", 0x40, 0x20, 0x36FEC9FF, 0},
              [APB2] = {"APB2ENR", 0x44, 0x24, 0x00075F33, 0}},
    .flash = &sim_f2_flash,
    .dbgmcu = {.idcode = 0x20036411, /* REV_ID 2003 (X), DEV_ID 411 */
               .writable = {[DBGMCU_CR / 4] = 0x000000E7,
                            [DBGMCU_APB1_FZ / 4] = 0x06E01DFF,
                            [DBGMCU_APB2_FZ / 4] = 0x00070003}},
};
