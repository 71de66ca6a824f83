/* SPDX-License-Identifier: MIT */
/* The STM32G431KB (RM0440, category 2; data sheet DS12589). Its CCM SRAM shows behind SRAM2, too;
 * here what is at 0x10000000 is another memory. */
#include "sim/stm32/l4_rows.h"

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo-32's virtual COM port comes first: it is what `sim uart` shows. */
    L4_USART2,        L4_USART1, L4_USART3,       L4_UART4,
    L4_TIMERS_2_TO_4, L4_SYSTEM, L4_PORTS_A_TO_C, L4_PORT(F, 0x48001400, 5),
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40002000, 0x40003000}, /* CRS, TAMP, RTC, WWDG */
    {0x40003800, 0x40004000}, /* SPI2, SPI3 */
    {0x40005400, 0x40006800}, /* I2C1, I2C2, USB, FDCAN1 */
    {0x40007800, 0x40008400}, /* I2C3, LPTIM1, LPUART1 */
    {0x4000A000, 0x4000B000}, /* UCPD1, the memories of USB and FDCAN1 */
    {0x40010030, 0x40010800}, /* VREFBUF, COMP, OPAMP, EXTI */
    {0x40012C00, 0x40013800}, /* TIM1, SPI1, TIM8 */
    {0x40014000, 0x40014C00}, /* TIM15, TIM16, TIM17 */
    {0x40015400, 0x40015800}, /* SAI1 */
    {0x40020000, 0x40021000}, /* DMA1, DMA2, DMAMUX, CORDIC */
    {0x40021400, 0x40021800}, /* FMAC */
    {0x40023000, 0x40023400}, /* CRC */
    {0x48000C00, 0x48001400}, /* GPIOD, GPIOE: of larger packages */
    {0x48001800, 0x48001C00}, /* GPIOG */
    {0x50000000, 0x50061000}, /* ADC, DAC, RNG */
    {0, 0},
};

const struct sim_chip sim_chip_g431kb = {
    .name = "STM32G431KB",
    L4_COMMON,
    .integration = {.irqs = 102, /* 14.3 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x468,
                    .systick_calib = 0x40000000 | 1000}, /* 1 ms at 1 MHz */
    .memories = L4_MEMORIES(128, 32, 10),
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {L4_AHB1ENR(0x0000111F), L4_AHB2ENR(0x0405207F), L4_APB1ENR1(0xD2EECD37, 0x00000400),
              L4_APB1ENR2(0x00000101), L4_APB2ENR(0x00277801)},
    .rcc = &sim_g4_rcc,
    .flash = &sim_g4_flash,
    .dbgmcu = {.idcode = 0x20016468, /* REV_ID 2001 (Z), DEV_ID 468 */
               .trace_pin = {0xE0, 0x20},
               .writable = {[DBGMCU_CR / 4] = 0x000000E7,
                            [DBGMCU_APB1_FZR1 / 4] = 0xC0601C37,
                            [DBGMCU_APB1_FZR2 / 4] = 0x00000002,
                            [DBGMCU_APB2_FZR / 4] = 0x00072800}},
};
