/* SPDX-License-Identifier: MIT */
/* The STM32F411CE (RM0383; data sheet DS10314). */
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

static const struct sim_range unmodelled[] = {F4_UNMODELLED,
                                              {0x40015000, 0x40015400}, /* SPI5 */
                                              {0, 0}};

const struct sim_chip sim_chip_f411ce = {
    .name = "STM32F411CE",
    .core = &sim_core_m4f,
    .integration = {.irqs = 86, /* 10.2 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x431,
                    .systick_calib = 0x40000000 | 12500}, /* 10.1.2: 1 ms at 12.5 MHz */
    F4_COMMON,
    .power_on_mv = 1700,
    .memories = F4_MEMORIES(512, 128),
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {F4_AHB1ENR(0x0060109F, 0), F4_AHB2ENR(0x00000080), F4_APB1ENR(0x10E2C80F),
              F4_APB2ENR(0x00177931)},
    .flash = &sim_f4_flash,
    .dbgmcu = F4_DBGMCU(0x10006431, 0x00E01C0F, 0x00070001), /* REV_ID 1000 (A), DEV_ID 431 */
};
