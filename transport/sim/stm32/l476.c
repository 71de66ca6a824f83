/* SPDX-License-Identifier: MIT */
/* The STM32L476RG (RM0351; data sheet DS10198). */
#include "sim/stm32/l4_rows.h"

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    L4_USART2,
    L4_USART1,
    L4_USART3,
    L4_UART4,
    L4_UART("UART5", 0x40005000, APB1, 20, 53, SIM_PCLK1),
    L4_TIMERS_2_TO_4,
    L4_TIMER(5, 0x40000C00, sim_device_tim32, 3, 50),
    L4_SYSTEM,
    L4_PORTS_A_TO_C,
    L4_PORT(D, 0x48000C00, 3),
    L4_PORT(H, 0x48001C00, 7),
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40002400, 0x40003000}, /* LCD, RTC, WWDG */
    {0x40003800, 0x40004000}, /* SPI2, SPI3 */
    {0x40005400, 0x40006800}, /* I2C1, I2C2, I2C3, CAN1 */
    {0x40007400, 0x40008C00}, /* DAC1, OPAMP, LPTIM1, LPUART1, SWPMI1 */
    {0x40009400, 0x40009800}, /* LPTIM2 */
    {0x40010030, 0x40010800}, /* VREFBUF, COMP, EXTI */
    {0x40011C00, 0x40012000}, /* FIREWALL */
    {0x40012800, 0x40013800}, /* SDMMC1, TIM1, SPI1, TIM8 */
    {0x40014000, 0x40014C00}, /* TIM15, TIM16, TIM17 */
    {0x40015400, 0x40016800}, /* SAI1, SAI2, DFSDM1 */
    {0x40020000, 0x40020800}, /* DMA1, DMA2 */
    {0x40023000, 0x40024400}, /* CRC, TSC */
    {0x48001000, 0x48001C00}, /* GPIOE, GPIOF, GPIOG: of larger packages */
    {0x50000000, 0x50061000}, /* USB OTG FS, ADC, RNG */
    {0xA0000000, 0xA0001400}, /* FMC, QUADSPI */
    {0, 0},
};

const struct sim_chip sim_chip_l476rg = {
    .name = "STM32L476RG",
    L4_COMMON,
    .integration = {.irqs = 82, /* 13.3 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x415,
                    .systick_calib = 0x40000000 | 9999}, /* 1 ms at 10 MHz */
    .memories = L4_MEMORIES(1024, 96, 32),
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = {L4_AHB1ENR(0x00011103), L4_AHB2ENR(0x000430FF), L4_AHB3ENR(0x00000101),
              L4_APB1ENR1(0xF2FECA3F, 0), L4_APB1ENR2(0x00000025), L4_APB2ENR(0x01677C81)},
    .rcc = &sim_l4_rcc,
    .flash = &sim_l4_flash,
    .dbgmcu = {.idcode = 0x10076415, /* REV_ID 1007 (4), DEV_ID 415 */
               .trace_pin = {0xE0, 0x20},
               .writable = {[DBGMCU_CR / 4] = 0x000000E7,
                            [DBGMCU_APB1_FZR1 / 4] = 0x82E01C3F,
                            [DBGMCU_APB1_FZR2 / 4] = 0x00000020,
                            [DBGMCU_APB2_FZR / 4] = 0x00072800}},
};
