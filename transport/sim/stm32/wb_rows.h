/* SPDX-License-Identifier: MIT */
/* Rows of the chips' tables: what WB and WL have at the same place, with the same bits and
 * interrupts (RM0434, RM0453). A chip lists what it has. */
#ifndef PROBED_SIM_WB_ROWS_H
#define PROBED_SIM_WB_ROWS_H

#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, AHB3, APB1, APB1_2, APB2 }; /* gates[] of the chips */
/* DBGMCU, with a register of each kind for the second core behind it. */
enum { DBGMCU_CR = 0x04, DBGMCU_APB1FZR1 = 0x3C, DBGMCU_APB1FZR2 = 0x44, DBGMCU_APB2FZR = 0x4C };

/* clang-format off */
#define WB_USART1 \
    {"USART1", 0x40013800, &sim_device_usart_isr, .gate = {APB2, 14}, .irq = 36, .clock = SIM_PCLK2}
#define WB_TIM2(number)                                                                        \
    {"TIM2", 0x40000000, &sim_device_tim32, .gate = {APB1, 0}, .irq = (number), .clock = SIM_TIMCLK1, \
     .freeze = {DBGMCU_APB1FZR1, 0}}

#define WB_PORT(letter, base, bit) \
    {"GPIO" #letter, base, &sim_device_gpio, .gate = {AHB2, bit}, .unit = SIM_P##letter}
#define WB_PORTS_A_TO_C          \
    WB_PORT(A, 0x48000000, 0),   \
    WB_PORT(B, 0x48000400, 1),   \
    WB_PORT(C, 0x48000800, 2)

#define WB_SYSTEM                                                                               \
    {"WWDG", 0x40002C00, &sim_device_wwdg, .gate = {APB1, 11}, .clock = SIM_PCLK1,              \
     .freeze = {DBGMCU_APB1FZR1, 11}},                                                          \
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {DBGMCU_APB1FZR1, 12}}, \
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = SIM_UNGATED},                         \
    {"RCC", 0x58000000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 5},                        \
    {"PWR", 0x58000400, &sim_device_wb_pwr, .gate = SIM_UNGATED},                               \
    {"HSEM", 0x58001400, &sim_device_hsem, .gate = {AHB3, 19}, .irq = 46},                      \
    {"FLASH", 0x58004000, &sim_device_wb_flash, .gate = SIM_UNGATED, .irq = 4},                 \
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED}

/* Those that both have and none models. */
#define WB_UNMODELLED                                              \
    {0x40002800, 0x40002C00}, /* RTC */                            \
    {0x40005400, 0x40006000}, /* I2C */                            \
    {0x40007C00, 0x40008400}, /* LPTIM1, LPUART1 */                \
    {0x40009400, 0x40009C00}, /* LPTIM2; LPTIM3 */                 \
    {0x40010030, 0x40010400}, /* VREFBUF, COMP */                  \
    {0x40012400, 0x40013400}, /* ADC, TIM1, SPI1 */                \
    {0x40014400, 0x40014C00}, /* TIM16, TIM17 */                   \
    {0x40020000, 0x40020C00}, /* DMA1, DMA2, DMAMUX */             \
    {0x40023000, 0x40023400}, /* CRC */                            \
    {0x58000800, 0x58001400}, /* EXTI, IPCC, RNG */                \
    {0x58001800, 0x58002400}  /* AES, PKA */

/* Registers of gates, by the bits that a chip has. */
#define WB_GATES(ahb1, ahb2, ahb3, apb1, apb1_2, apb2)                          \
    {[AHB1] = {"AHB1ENR", 0x48, 0x28, (ahb1), 0, 0x148},                        \
     [AHB2] = {"AHB2ENR", 0x4C, 0x2C, (ahb2), 0, 0x14C},                        \
     [AHB3] = {"AHB3ENR", 0x50, 0x30, (ahb3), 0x02080000, 0x150},               \
     [APB1] = {"APB1ENR1", 0x58, 0x38, (apb1), 0, 0x158},                       \
     [APB1_2] = {"APB1ENR2", 0x5C, 0x3C, (apb1_2), 0, 0x15C},                   \
     [APB2] = {"APB2ENR", 0x60, 0x40, (apb2), 0, 0x160}}

#define WB_COMMON                                                                                  \
    .dpidr = 0x6BA02477, .ap_idr = 0x24770011, .ap_base = 0xE00FF003, .power_on_mv = 1710,         \
    .size_register = 0x1FFF75E0, .unique_id = 0x1FFF7590, .ahb_start = 0x40020000,                 \
    .gpio = &sim_gpio_analog, .pins_off = {0x5800004C, 1, 0x48000000, 0},                                          \
    .standby = {0x58000050, 1u << 25, 0x58000400, 3} /* the clock of FLASH, which is on */
/* clang-format on */

#endif
