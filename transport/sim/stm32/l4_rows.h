/* SPDX-License-Identifier: MIT */
/* Rows of the chips' tables: what every L4 and G4 has at the same place, with the same bits and
 * interrupts (RM0351, RM0440). A chip lists what it has. */
#ifndef PROBED_SIM_L4_ROWS_H
#define PROBED_SIM_L4_ROWS_H

#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, APB1, APB1_2, APB2, AHB3 }; /* gates[] of the chips: not all have the last one */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZR1 = 8, DBGMCU_APB1_FZR2 = 12, DBGMCU_APB2_FZR = 16 };

/* clang-format off */
#define L4_UART(name, base, bus, bit, number, pclk) \
    {name, base, &sim_device_usart_isr, .gate = {bus, bit}, .irq = (number), .clock = (pclk)}
#define L4_USART1 L4_UART("USART1", 0x40013800, APB2, 14, 37, SIM_PCLK2)
#define L4_USART2 L4_UART("USART2", 0x40004400, APB1, 17, 38, SIM_PCLK1)
#define L4_USART3 L4_UART("USART3", 0x40004800, APB1, 18, 39, SIM_PCLK1)
#define L4_UART4 L4_UART("UART4", 0x40004C00, APB1, 19, 52, SIM_PCLK1)

#define L4_TIMER(n, base, device, bit, number)                                            \
    {"TIM" #n, base, &(device), .gate = {APB1, bit}, .irq = (number), .clock = SIM_TIMCLK1, \
     .freeze = {DBGMCU_APB1_FZR1, bit}}
#define L4_TIMERS_2_TO_4                                \
    L4_TIMER(2, 0x40000000, sim_device_tim32, 0, 28),   \
    L4_TIMER(3, 0x40000400, sim_device_tim, 1, 29),     \
    L4_TIMER(4, 0x40000800, sim_device_tim, 2, 30)

#define L4_PORT(letter, base, bit) \
    {"GPIO" #letter, base, &sim_device_gpio, .gate = {AHB2, bit}, .unit = SIM_P##letter}
#define L4_PORTS_A_TO_C          \
    L4_PORT(A, 0x48000000, 0),   \
    L4_PORT(B, 0x48000400, 1),   \
    L4_PORT(C, 0x48000800, 2)

#define L4_SYSTEM                                                                  \
    {"PWR", 0x40007000, &sim_device_l4_pwr, .gate = {APB1, 28}},                   \
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .unit = 1,         \
     .freeze = {DBGMCU_APB1_FZR1, 12}},                                            \
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}},              \
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED},                     \
    {"FLASH", 0x40022000, &sim_device_l4_flash, .gate = SIM_UNGATED, .irq = 4},    \
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED}

/* Registers of gates, by the bits that a chip has and those that are on after a reset: RM0351,
 * 6.4.16 to 6.4.21; RM0440, 7.4.14 to 7.4.19. */
#define L4_AHB1ENR(bits) [AHB1] = {"AHB1ENR", 0x48, 0x28, (bits), 0x00000100}
#define L4_AHB2ENR(bits) [AHB2] = {"AHB2ENR", 0x4C, 0x2C, (bits), 0}
#define L4_AHB3ENR(bits) [AHB3] = {"AHB3ENR", 0x50, 0x30, (bits), 0}
#define L4_APB1ENR1(bits, at_reset) [APB1] = {"APB1ENR1", 0x58, 0x38, (bits), (at_reset)}
#define L4_APB1ENR2(bits) [APB1_2] = {"APB1ENR2", 0x5C, 0x3C, (bits), 0}
#define L4_APB2ENR(bits) [APB2] = {"APB2ENR", 0x60, 0x40, (bits), 0}

/* `more_kib`: at 0x10000000, SRAM2 of the L4 and CCM SRAM of the G4. */
#define L4_MEMORIES(flash_kib, ram_kib, more_kib)                                        \
    {{SIM_FLASH, 0x08000000, (flash_kib) * 1024},                                        \
     {SIM_RAM, 0x20000000, (ram_kib) * 1024},                                            \
     {SIM_RAM, 0x10000000, (more_kib) * 1024},                                           \
     {SIM_SYSTEM, 0x1FFF0000, 28 * 1024},                                                \
     {SIM_OTP, 0x1FFF7000, 1024},                                                        \
     {SIM_SYSTEM, 0x1FFF7400, 1024}, /* unique id, size register, package */             \
     {SIM_OPTIONS, 0x1FFF7800, 8 * SIM_L4_OPTIONS}}
/* clang-format on */

/* Fields that are alike. */
#define L4_COMMON                                                                                  \
    .core = &sim_core_m4f, .dpidr = 0x2BA01477, .ap_idr = 0x24770011, .ap_base = 0xE00FF003,       \
    .power_on_mv = 1710, .size_register = 0x1FFF75E0, .unique_id = 0x1FFF7590, .page_size = 2048,  \
    .ahb_start = 0x40020000, .gpio = &sim_gpio_analog, .pins_off = {0x4002104C, 1, 0x48000000, 0}, \
    .standby = {0x40021058, 1u << 28, 0x40007000, 3}

#endif
