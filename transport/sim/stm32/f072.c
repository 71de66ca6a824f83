/* SPDX-License-Identifier: MIT */
/* The STM32F072xB (RM0091; data sheet DS9826). */
#include "sim/stm32/f0_rows.h"

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    F0_USART(2, 0x40004400, APB1, 17, 28, SIM_PCLK1),
    F0_USART1,
    F0_TIMERS,
    F0_SYSTEM,
    F0_PORTS_A_TO_C,
    F0_PORT_D,
    F0_PORT_E,
    F0_PORT_F,
};

static const struct sim_range unmodelled[] = {
    F0_UNMODELLED,
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40004800, 0x40005000}, /* USART3, USART4 */
    {0x40005400, 0x40006800}, /* I2C1, I2C2, USB, CAN */
    {0x40006C00, 0x40007C00}, /* CRS, PWR, DAC, CEC */
    {0x40014000, 0x40014C00}, /* TIM15, TIM16, TIM17 */
    {0x40024000, 0x40024400}, /* TSC */
    {0, 0},
};

const struct sim_chip sim_chip_f072rb = {
    .name = "STM32F072RB",
    F0_COMMON,
    .integration = F0_INTEGRATION(0x448),
    .memories = {{SIM_FLASH, 0x08000000, 128 * 1024},
                 {SIM_RAM, 0x20000000, 16 * 1024},
                 {SIM_SYSTEM, 0x1FFFC800, 12 * 1024},
                 {SIM_OPTIONS, 0x1FFFF800, 16}},
    .page_size = 2048,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {F0_AHBENR(0x017E0055), F0_APB2ENR(0x00475A01), F0_APB1ENR(0x7AEE4933)},
    .dbgmcu = F0_DBGMCU(0x20016448, 0x02201D33, 0x00070800), /* REV_ID 2001, DEV_ID 448 */
};
