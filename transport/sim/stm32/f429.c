/* SPDX-License-Identifier: MIT */
/* The STM32F429ZI (RM0090; data sheet DS9405): two banks of flash. */
#include "sim/stm32/f4_rows.h"

static const struct sim_peripheral peripherals[] = {
    F4_USART1, /* the Discovery's virtual COM port */
    F4_USART2,
    F4_USART3,
    F4_USART6,
    F4_TIMERS,
    F4_PORTS_A_TO_E,
    F4_PORTS_F_TO_G,
    F4_PORT_H,
    F4_PORT_I,
    F4_PORT(J, 0x40022400, 9),
    F4_PORT(K, 0x40022800, 10),
    F4_SYSTEM(SIM_F4_PWR_OVERDRIVE),
};

static const struct sim_range unmodelled[] = {F4_UNMODELLED,
                                              F4_UNMODELLED_MORE,
                                              {0x40007800, 0x40008000}, /* UART7, UART8 */
                                              {0x40015000, 0x40017000}, /* SPI5, SPI6, SAI1, LTDC */
                                              {0x40028000, 0x4002BC00}, /* Ethernet, DMA2D */
                                              {0, 0}};

const struct sim_chip sim_chip_f429zi = {
    .name = "STM32F429ZI",
    .core = &sim_core_m4f,
    .integration = {.irqs = 91, /* 12.1.1 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x419,
                    .systick_calib = 0x40000000 | 18750}, /* 12.1.2: 1 ms at 18.75 MHz */
    F4_COMMON,
    .power_on_mv = 1700,
    .memories = {{SIM_FLASH, 0x08000000, 2048 * 1024},
                 {SIM_RAM, 0x20000000, 192 * 1024},
                 {SIM_RAM, 0x10000000, 64 * 1024}, /* CCM */
                 F4_SYSTEM_MEMORIES},
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {F4_AHB1ENR(0x7EF417FF, 0x00100000), F4_AHB2ENR(0x000000C1), F4_AHB3ENR(0x00000001),
              F4_APB1ENR(0xF6FEC9FF), F4_APB2ENR(0x04777F33)},
    .flash = &sim_f42x_flash,
    .dbgmcu = F4_DBGMCU(0x20036419, 0x06E01DFF, 0x00070003), /* REV_ID 2003 (5, B), DEV_ID 419 */
};
