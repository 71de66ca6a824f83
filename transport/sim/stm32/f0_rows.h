/* SPDX-License-Identifier: MIT */
/* Rows of the chips' tables: what every F0 has at the same place, with the same bits and interrupts
 * (RM0091), and what the F3 has of that (RM0316). A chip lists what it has. */
#ifndef PROBED_SIM_F0_ROWS_H
#define PROBED_SIM_F0_ROWS_H

#include "sim/stm32/stm32_internal.h"

enum { AHB, APB2, APB1 }; /* gates[] of the chips */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZ = 8, DBGMCU_APB2_FZ = 12 };

/* clang-format off */

/* --- F0 and F3, with interrupts of their own --- */

#define F0_USART(n, base, bus, bit, number, pclk) \
    {"USART" #n, base, &sim_device_usart_isr, .gate = {bus, bit}, .irq = (number), .clock = (pclk)}
#define F0_TIMER(n, base, device, bit, number)                                            \
    {"TIM" #n, base, &(device), .gate = {APB1, bit}, .irq = (number), .clock = SIM_TIMCLK1, \
     .freeze = {DBGMCU_APB1_FZ, bit}}
#define F0_IWDG                                                                \
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .unit = 1,     \
     .freeze = {DBGMCU_APB1_FZ, 12}}
#define F0_PWR {"PWR", 0x40007000, &sim_device_pwr, .gate = {APB1, 28}, .facts = &sim_pwr_f0}
#define F0_SYSCFG {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}}

#define F0_PORT(letter, base, bit) \
    {"GPIO" #letter, base, &sim_device_gpio, .gate = {AHB, bit}, .unit = SIM_P##letter}
#define F0_PORTS_A_TO_C           \
    F0_PORT(A, 0x48000000, 17),   \
    F0_PORT(B, 0x48000400, 18),   \
    F0_PORT(C, 0x48000800, 19)
#define F0_PORT_D F0_PORT(D, 0x48000C00, 20)
#define F0_PORT_E F0_PORT(E, 0x48001000, 21)
#define F0_PORT_F F0_PORT(F, 0x48001400, 22)

/* Registers of gates, by the bits that a chip has: RM0091, 6.4.6 to 6.4.8; RM0316, 9.4.6 to
 * 9.4.8. */
#define F0_AHBENR(bits) [AHB] = {"AHBENR", 0x14, 0x28, (bits), 0x00000014}
#define F0_APB2ENR(bits) [APB2] = {"APB2ENR", 0x18, 0x0C, (bits), 0}
#define F0_APB1ENR(bits) [APB1] = {"APB1ENR", 0x1C, 0x10, (bits), 0}

/* --- F0 alone --- */

#define F0_USART1 F0_USART(1, 0x40013800, APB2, 14, 27, SIM_PCLK1)
#define F0_TIMERS                                       \
    F0_TIMER(2, 0x40000000, sim_device_tim32, 0, 15),   \
    F0_TIMER(3, 0x40000400, sim_device_tim, 1, 16)
#define F0_SYSTEM                                                                      \
    F0_SYSCFG,                                                                         \
    F0_IWDG,                                                                           \
    F0_PWR,                                                                            \
    {"DBGMCU", 0x40015800, &sim_device_dbgmcu, .gate = SIM_UNGATED},                   \
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 4},               \
    {"FLASH", 0x40022000, &sim_device_f1_flash, .gate = SIM_UNGATED, .irq = 3}

/* Those that all have and none models. */
#define F0_UNMODELLED                                   \
    {0x40002000, 0x40002400}, /* TIM14 */               \
    {0x40002800, 0x40003000}, /* RTC, WWDG */           \
    {0x40010400, 0x40010800}, /* EXTI */                \
    {0x40012400, 0x40012800}, /* ADC */                 \
    {0x40012C00, 0x40013400}, /* TIM1, SPI1 */          \
    {0x40020000, 0x40020400}, /* DMA */                 \
    {0x40023000, 0x40023400}  /* CRC */

/* 1 ms at 6 MHz. */
#define F0_INTEGRATION(id)                                                               \
    {.irqs = 32, .priority_bits = 2, .rom_designer = SIM_DESIGNER_ST, .rom_part = (id),  \
     .systick_calib = 0x40000000 | 6000}
#define F0_DBGMCU(code, apb1, apb2)                                                      \
    {.idcode = (code), .gated = true, .gate = {APB2, 22},                                \
     .writable = {[DBGMCU_CR / 4] = 0x00000006,                                          \
                  [DBGMCU_APB1_FZ / 4] = (apb1),                                         \
                  [DBGMCU_APB2_FZ / 4] = (apb2)}}
/* clang-format on */

/* Fields that are alike. */
#define F0_COMMON                                                                               \
    .core = &sim_core_m0, .dpidr = 0x0BB11477, .ap_idr = 0x04770021, .ap_base = 0xE00FF003,     \
    .power_on_mv = 1920, .size_register = 0x1FFFF7CC, .unique_id = 0x1FFFF7AC,                  \
    .ahb_start = 0x40020000, .rcc = &sim_f0_rcc, .flash = &sim_f0_flash, .gpio = &sim_gpio_swd, \
    .pins_off = {0x40021014, 1u << 17, 0x48000000, 0},                                          \
    .standby = {0x4002101C, 1u << 28, 0x40007000, 1u << 1}

#endif
