/* SPDX-License-Identifier: MIT */
/* Rows of the chips' tables: what every F2 and F4 has at the same place, with the same bits and
 * interrupts (RM0033, RM0090, RM0368, RM0383, RM0390). A chip lists what it has. */
#ifndef PROBED_SIM_F4_ROWS_H
#define PROBED_SIM_F4_ROWS_H

#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, APB1, APB2, AHB3 }; /* gates[] of the chips: not all have the last one */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZ = 8, DBGMCU_APB2_FZ = 12 };

/* clang-format off */
#define F4_USART(n, base, bus, bit, number, pclk) \
    {"USART" #n, base, &sim_device_usart, .gate = {bus, bit}, .irq = (number), .clock = (pclk)}
#define F4_USART1 F4_USART(1, 0x40011000, APB2,  4, 37, SIM_PCLK2)
#define F4_USART2 F4_USART(2, 0x40004400, APB1, 17, 38, SIM_PCLK1)
#define F4_USART3 F4_USART(3, 0x40004800, APB1, 18, 39, SIM_PCLK1)
#define F4_USART6 F4_USART(6, 0x40011400, APB2,  5, 71, SIM_PCLK2)

#define F4_TIMER(n, base, device, bit, number)                                            \
    {"TIM" #n, base, &(device), .gate = {APB1, bit}, .irq = (number), .clock = SIM_TIMCLK1, \
     .freeze = {DBGMCU_APB1_FZ, bit}}
#define F4_TIMERS                                           \
    F4_TIMER(2, 0x40000000, sim_device_tim32, 0, 28),       \
    F4_TIMER(3, 0x40000400, sim_device_tim, 1, 29),         \
    F4_TIMER(4, 0x40000800, sim_device_tim, 2, 30),         \
    F4_TIMER(5, 0x40000C00, sim_device_tim32, 3, 50)

#define F4_PORT(letter, base, bit) \
    {"GPIO" #letter, base, &sim_device_gpio, .gate = {AHB1, bit}, .unit = SIM_P##letter}
#define F4_PORTS_A_TO_E          \
    F4_PORT(A, 0x40020000, 0),   \
    F4_PORT(B, 0x40020400, 1),   \
    F4_PORT(C, 0x40020800, 2),   \
    F4_PORT(D, 0x40020C00, 3),   \
    F4_PORT(E, 0x40021000, 4)
#define F4_PORTS_F_TO_G          \
    F4_PORT(F, 0x40021400, 5),   \
    F4_PORT(G, 0x40021800, 6)
#define F4_PORT_H F4_PORT(H, 0x40021C00, 7)
#define F4_PORT_I F4_PORT(I, 0x40022000, 8)

/* In the order of their kinds: a line each, break to compare, event and error. */
static const uint8_t f4_exti_irqs[32] = {6,  7,  8,  9,  10, 23, 23, 23, 23, 23, 40, 40,
                                         40, 40, 40, 40, 1,  41, 42, 0,  0,  2,  3};
static const uint32_t f4_exti_lines = 0x0067FFFF;
static const uint8_t f4_tim1_irqs[] = {24, 25, 26, 27};
static const uint8_t f4_i2c1_irqs[] = {31, 32}, f4_i2c2_irqs[] = {33, 34};
#define F4_WATCHDOGS                                                                           \
    {"WWDG", 0x40002C00, &sim_device_wwdg, .gate = {APB1, 11}, .irq = 0, .clock = SIM_PCLK1,   \
     .freeze = {DBGMCU_APB1_FZ, 11}},                                                          \
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {DBGMCU_APB1_FZ, 12}}
#define F4_TIMER_1                                                                             \
    {"TIM1", 0x40010000, &sim_device_tim, .gate = {APB2, 0}, .irqs = f4_tim1_irqs,             \
     .clock = SIM_TIMCLK2, .freeze = {DBGMCU_APB2_FZ, 0}}
#define F4_EXTI                                                                                \
    {"EXTI", 0x40013C00, &sim_device_exti, .gate = SIM_UNGATED, .irqs = f4_exti_irqs,          \
     .facts = &f4_exti_lines}
#define F4_CRC {"CRC", 0x40023000, &sim_device_crc, .gate = {AHB1, 12}}
#define F4_MORE                                                                                \
    F4_WATCHDOGS,                                                                              \
    {"SPI2", 0x40003800, &sim_device_spi, .gate = {APB1, 14}, .irq = 36, .clock = SIM_PCLK1},  \
    {"I2C1", 0x40005400, &sim_device_i2c, .gate = {APB1, 21}, .irqs = f4_i2c1_irqs},           \
    {"I2C2", 0x40005800, &sim_device_i2c, .gate = {APB1, 22}, .irqs = f4_i2c2_irqs},           \
    F4_TIMER_1,                                                                                \
    {"SPI1", 0x40013000, &sim_device_spi, .gate = {APB2, 12}, .irq = 35, .clock = SIM_PCLK2},  \
    F4_EXTI,                                                                                   \
    F4_CRC

/* `kind`: of enum sim_f4_pwr. */
#define F4_CONTROLLERS(kind)                                                                   \
    {"PWR", 0x40007000, &sim_device_f4_pwr, .gate = {APB1, 28}, .unit = (kind)},               \
    {"SYSCFG", 0x40013800, &sim_device_f4_syscfg, .gate = {APB2, 14}},                         \
    {"RCC", 0x40023800, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 5},                                 \
    {"FLASH", 0x40023C00, &sim_device_f4_flash, .gate = SIM_UNGATED, .irq = 4},                \
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED}
#define F4_SYSTEM(kind) F4_MORE, F4_CONTROLLERS(kind)

/* Those that all have and none models. */
#define F4_UNMODELLED                                                    \
    {0x40002800, 0x40002C00}, /* RTC */                                  \
    {0x40003400, 0x40003800}, /* I2S2ext */                              \
    {0x40003C00, 0x40004400}, /* SPI3, I2S3ext */                        \
    {0x40005C00, 0x40006000}, /* I2C3 */                                 \
    {0x40012000, 0x40012400}, /* ADCs */                                 \
    {0x40012C00, 0x40013000}, /* SDIO */                                 \
    {0x40013400, 0x40013800}, /* SPI4 */                                 \
    {0x40014000, 0x40014C00}, /* TIM9, TIM10, TIM11 */                   \
    {0x40026000, 0x40026800}, /* DMA1, DMA2 */                           \
    {0x50000000, 0x50040000}  /* USB OTG FS */
/* ..and those of the larger ones. */
#define F4_UNMODELLED_MORE                                               \
    {0x40001000, 0x40002400}, /* TIM6, TIM7, TIM12 to TIM14 */           \
    {0x40004C00, 0x40005400}, /* UART4, UART5 */                         \
    {0x40006000, 0x40007000}, /* FMPI2C, CAN1, CAN2, CEC */              \
    {0x40007400, 0x40007800}, /* DAC */                                  \
    {0x40010400, 0x40010800}, /* TIM8 */                                 \
    {0x40024000, 0x40025000}, /* backup SRAM */                          \
    {0x40040000, 0x40080000}, /* USB OTG HS */                           \
    {0x50050000, 0x50061000}, /* DCMI, RNG */                            \
    {0xA0000000, 0xA0001400}  /* FMC or FSMC, QUADSPI: behind them is nothing on these boards */

/* Registers of gates, by the bits that a chip has and those that are on after a reset: RM0033,
 * 5.3.10 to 5.3.14; RM0090, RM0390, 6.3.10 to 6.3.14; RM0368, RM0383, 6.3.9 to 6.3.12. */
#define F4_AHB1ENR(bits, at_reset) [AHB1] = {"AHB1ENR", 0x30, 0x10, (bits), (at_reset)}
#define F4_AHB2ENR(bits) [AHB2] = {"AHB2ENR", 0x34, 0x14, (bits), 0}
#define F4_AHB3ENR(bits) [AHB3] = {"AHB3ENR", 0x38, 0x18, (bits), 0}
#define F4_APB1ENR(bits) [APB1] = {"APB1ENR", 0x40, 0x20, (bits), 0}
#define F4_APB2ENR(bits) [APB2] = {"APB2ENR", 0x44, 0x24, (bits), 0}

#define F4_DBGMCU(code, apb1, apb2)                     \
    {.idcode = (code),                                  \
     .trace_pin = {0xE0, 0x20},                         \
     .writable = {[DBGMCU_CR / 4] = 0x000000E7,         \
                  [DBGMCU_APB1_FZ / 4] = (apb1),        \
                  [DBGMCU_APB2_FZ / 4] = (apb2)}}

/* Those behind the program's flash and RAM. */
#define F4_SYSTEM_MEMORIES                                              \
    {SIM_SYSTEM, 0x1FFF0000, 30 * 1024},                                \
    {SIM_OTP, 0x1FFF7800, 528},                                         \
    {SIM_SYSTEM, 0x1FFF7A10, 0x30}, /* unique id, size register, package */ \
    {SIM_OPTIONS, 0x1FFFC000, 16}
#define F4_MEMORIES(flash_kib, ram_kib)                                 \
    {{SIM_FLASH, 0x08000000, (flash_kib) * 1024},                       \
     {SIM_RAM, 0x20000000, (ram_kib) * 1024},                           \
     F4_SYSTEM_MEMORIES}
/* clang-format on */

/* Fields that are alike. */
#define F4_COMMON                                                                                  \
    .dpidr = 0x2BA01477, .ap_idr = 0x24770011, .ap_base = 0xE00FF003, .size_register = 0x1FFF7A22, \
    .unique_id = 0x1FFF7A10, .page_size = 16 * 1024, .ahb_start = 0x40020000, .rcc = &sim_f4_rcc,  \
    .exti_port = sim_syscfg_exti_port, .gpio = &sim_gpio,                                          \
    .pins_off = {0x40023830, 1, 0x40020000, 0},                                                    \
    .standby = {0x40023840, 1u << 28, 0x40007000, 1u << 1}

#endif
