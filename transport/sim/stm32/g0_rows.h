/* SPDX-License-Identifier: MIT */
/* Rows of the chips' tables: what every G0 and C0 has at the same place, with the same bits and
 * interrupts (RM0444, RM0490). A chip lists what it has. */
#ifndef PROBED_SIM_G0_ROWS_H
#define PROBED_SIM_G0_ROWS_H

#include "sim/stm32/stm32_internal.h"

enum { IOP, AHB, APB1, APB2 }; /* gates[] of the chips */
enum { DBG_CR = 4, DBG_APB_FZ1 = 8, DBG_APB_FZ2 = 12 };

/* clang-format off */
#define G0_USART(n, base, bus, bit, number) \
    {"USART" #n, base, &sim_device_usart_isr, .gate = {bus, bit}, .irq = (number), .clock = SIM_PCLK1}
#define G0_USART1 G0_USART(1, 0x40013800, APB2, 14, 27)
#define G0_USART2 G0_USART(2, 0x40004400, APB1, 17, 28)

#define G0_TIMER(n, base, device, bit, number)                                            \
    {"TIM" #n, base, &(device), .gate = {APB1, bit}, .irq = (number), .clock = SIM_TIMCLK1, \
     .freeze = {DBG_APB_FZ1, bit}}
#define G0_TIM2 G0_TIMER(2, 0x40000000, sim_device_tim32, 0, 15)
#define G0_TIM3 G0_TIMER(3, 0x40000400, sim_device_tim, 1, 16)

#define G0_PORT(letter, base, bit) \
    {"GPIO" #letter, base, &sim_device_gpio, .gate = {IOP, bit}, .unit = SIM_P##letter}
#define G0_PORTS                 \
    G0_PORT(A, 0x50000000, 0),   \
    G0_PORT(B, 0x50000400, 1),   \
    G0_PORT(C, 0x50000800, 2),   \
    G0_PORT(D, 0x50000C00, 3),   \
    G0_PORT(F, 0x50001400, 5)

#define G0_SYSTEM                                                                           \
    {"WWDG", 0x40002C00, &sim_device_wwdg, .gate = {APB1, 11}, .clock = SIM_PCLK1,          \
     .freeze = {DBG_APB_FZ1, 11}},                                                          \
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {DBG_APB_FZ1, 12}}, \
    {"PWR", 0x40007000, &sim_device_l4_pwr, .gate = {APB1, 28}, .facts = &sim_l4_pwr_g0},   \
    {"SYSCFG", 0x40010000, &sim_device_f0_syscfg, .gate = {APB2, 0}},                       \
    {"DBG", 0x40015800, &sim_device_dbgmcu, .gate = SIM_UNGATED},                           \
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 4},                    \
    {"FLASH", 0x40022000, &sim_device_l4_flash, .gate = SIM_UNGATED, .irq = 3}

/* Who made it, and its number; not always the device id. */
#define G0_ROM_TABLE(rom)                                                                   \
    {"ROM table", 0xF0000000, &sim_device_rom_table, .gate = SIM_UNGATED, .facts = &(rom)},  \
    {"ROM table's ids", 0xF0000C00, &sim_device_rom_ids, .gate = SIM_UNGATED, .facts = &(rom)}

/* Those that all have and none models. */
#define G0_UNMODELLED                                          \
    {0x40002000, 0x40002C00}, /* TIM14, RTC */                 \
    {0x40005400, 0x40005800}, /* I2C1 */                       \
    {0x40012400, 0x40012800}, /* ADC */                        \
    {0x40012C00, 0x40013400}, /* TIM1, SPI1 */                 \
    {0x40014400, 0x40014C00}, /* TIM16, TIM17 */               \
    {0x40020000, 0x40020C00}, /* DMA, DMAMUX */                \
    {0x40021800, 0x40021C00}, /* EXTI */                       \
    {0x40023000, 0x40023400}  /* CRC */

/* Registers of gates, by the bits that a chip has: RM0444, 5.4.13 to 5.4.20; RM0490, 6.4. */
#define G0_GATES(iop, ahb, apb1, apb2)                     \
    {[IOP] = {"IOPENR", 0x34, 0x24, (iop), 0},             \
     [AHB] = {"AHBENR", 0x38, 0x28, (ahb), 0x00000100},    \
     [APB1] = {"APBENR1", 0x3C, 0x2C, (apb1), 0},          \
     [APB2] = {"APBENR2", 0x40, 0x30, (apb2), 0}}

#define G0_DBG(code, apb1, apb2)                                                         \
    {.idcode = (code), .gated = true, .gate = {APB1, 27},                                \
     .writable = {[DBG_CR / 4] = 0x00000006,                                             \
                  [DBG_APB_FZ1 / 4] = (apb1),                                            \
                  [DBG_APB_FZ2 / 4] = (apb2)}}
/* clang-format on */

/* Fields that are alike; the core's own ROM table is ARM's, 1 ms at 1 MHz. */
#define G0_COMMON                                                                        \
    .core = &sim_core_m0p,                                                               \
    .integration = {.irqs = 32,                                                          \
                    .priority_bits = 2,                                                  \
                    .rom_designer = SIM_DESIGNER_ARM,                                    \
                    .rom_part = 0x4C0,                                                   \
                    .systick_calib = 0x40000000 | 1000},                                 \
    .dpidr = 0x0BC11477, .ap_idr = 0x04770031, .ap_base = 0xF0000003, .page_size = 2048, \
    .ahb_start = 0x40020000, .gpio = &sim_gpio_swd_analog,                               \
    .pins_off = {0x40021034, 1, 0x50000000, 0}, .standby = {0x4002103C, 1u << 28, 0x40007000, 3}

#endif
