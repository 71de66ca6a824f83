/* SPDX-License-Identifier: MIT */
/* The STM32F446RE (RM0390; data sheet DS10693). */
#include "sim/stm32/f4_rows.h"

static const struct sim_peripheral peripherals[] = {
    F4_USART2, /* the Nucleo's virtual COM port */
    F4_USART1,       F4_USART3,       F4_USART6, F4_TIMERS,
    F4_PORTS_A_TO_E, F4_PORTS_F_TO_G, F4_PORT_H, F4_SYSTEM(SIM_F4_PWR_OVERDRIVE),
};

static const struct sim_range unmodelled[] = {F4_UNMODELLED,
                                              F4_UNMODELLED_MORE,
                                              {0x40015800, 0x40016000}, /* SAI1, SAI2 */
                                              {0, 0}};

const struct sim_chip sim_chip_f446re = {
    .name = "STM32F446RE",
    .core = &sim_core_m4f,
    .integration = {.irqs = 97, /* 10.1.1 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x421,
                    .systick_calib = 0x40000000 | 22500}, /* 10.1.2: 1 ms at 22.5 MHz */
    F4_COMMON,
    .power_on_mv = 1700,
    .memories = F4_MEMORIES(512, 128),
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {F4_AHB1ENR(0x606410FF, 0), F4_AHB2ENR(0x00000081), F4_AHB3ENR(0x00000003),
              F4_APB1ENR(0x3FFFC9FF), F4_APB2ENR(0x00C77F33)},
    .flash = &sim_f4_flash,
    .dbgmcu = F4_DBGMCU(0x10006421, 0x07E01DFF, 0x00070003), /* REV_ID 1000 (A), DEV_ID 421 */
};
