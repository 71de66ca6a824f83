/* SPDX-License-Identifier: MIT */
/* The STM32U575ZI (RM0456; data sheet DS13737). TrustZone is off as delivered; that it can be
 * switched on is all that is here of it. SRAM and flash show once more elsewhere in the chip
 * (0x0A000000; secure ones 0x04000000, 0x10000000 higher), not here. */
#include "sim/stm32/l4_flash_internal.h"

enum { AHB1, AHB2, AHB2_2, AHB3, APB1, APB1_2, APB2, APB3 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1FZR1 = 8, DBGMCU_APB1FZR2 = 12, DBGMCU_APB2FZR = 16 };

/* clang-format off */
#define UART(name, base, bus, bit, number, pclk) \
    {name, base, &sim_device_usart_isr, .gate = {bus, bit}, .irq = (number), .clock = (pclk)}
#define TIMER(n, base, bit, number)                                                              \
    {"TIM" #n, base, &sim_device_tim32, .gate = {APB1, bit}, .irq = (number),                    \
     .clock = SIM_TIMCLK1, .freeze = {DBGMCU_APB1FZR1, bit}}
#define PORT(letter, n)                                                                          \
    {"GPIO" #letter, 0x42020000 + 0x400 * (n), &sim_device_gpio, .gate = {AHB2, n},              \
     .unit = SIM_P##letter}
/* clang-format on */

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    UART("USART1", 0x40013800, APB2, 14, 61, SIM_PCLK2),
    UART("USART2", 0x40004400, APB1, 17, 62, SIM_PCLK1),
    UART("USART3", 0x40004800, APB1, 18, 63, SIM_PCLK1),
    UART("UART4", 0x40004C00, APB1, 19, 64, SIM_PCLK1),
    UART("UART5", 0x40005000, APB1, 20, 65, SIM_PCLK1),
    TIMER(2, 0x40000000, 0, 45),
    TIMER(3, 0x40000400, 1, 46),
    TIMER(4, 0x40000800, 2, 47),
    TIMER(5, 0x40000C00, 3, 48),
    PORT(A, 0),
    PORT(B, 1),
    PORT(C, 2),
    PORT(D, 3),
    PORT(E, 4),
    PORT(F, 5),
    PORT(G, 6),
    PORT(H, 7),
    PORT(I, 8),
    {"WWDG", 0x40002C00, &sim_device_wwdg, .gate = {APB1, 11}, .irq = 0, .clock = SIM_PCLK1,
     .freeze = {DBGMCU_APB1FZR1, 11}},
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {DBGMCU_APB1FZR1, 12}},
    {"FLASH", 0x40022000, &sim_device_u5_flash, .gate = SIM_UNGATED, .irq = 6},
    {"CRC", 0x40023000, &sim_device_crc, .gate = {AHB1, 12}},
    {"ICACHE", 0x40030400, &sim_device_icache, .gate = SIM_UNGATED},
    {"SYSCFG", 0x46000400, &sim_device_latches, .gate = {APB3, 1}},
    {"PWR", 0x46020800, &sim_device_u5_pwr, .gate = {AHB3, 2}},
    {"RCC", 0x46020C00, &sim_device_rcc, .gate = SIM_UNGATED},
    {"DBGMCU", 0xE0044000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40005400, 0x40006400}, /* I2C1, I2C2, CRS */
    {0x40008400, 0x40009800}, /* I2C4, LPTIM2 */
    {0x4000A400, 0x4000E000}, /* FDCAN1, UCPD1 */
    {0x40012C00, 0x40013800}, /* TIM1, SPI1, TIM8 */
    {0x40014000, 0x40015C00}, /* TIM15 to TIM17, SAI1, SAI2 */
    {0x40020000, 0x40022000}, /* GPDMA1, CORDIC, FMAC */
    {0x40024000, 0x40030400}, /* TSC, MDF1, RAMCFG, DMA2D */
    {0x40031400, 0x40036C00}, /* DCACHE1, GTZC, backup SRAM */
    {0x42028000, 0x4202C800}, /* ADC1, DCMI, PSSI */
    {0x42040000, 0x42080000}, /* USB OTG FS */
    {0x420C0400, 0x420D3000}, /* HASH, RNG, OCTOSPI, SDMMC, FSMC */
    {0x46002000, 0x46008000}, /* SPI3, LPUART1, I2C3, LPTIM, OPAMP, COMP, VREFBUF, RTC, TAMP */
    {0x46020000, 0x46020400}, /* LPGPIO1 */
    {0x46021000, 0x46026000}, /* ADC4, DAC1, EXTI, GTZC2, ADF1, LPDMA1 */
    {0, 0},
};

static const struct sim_alias no_aliases[] = {{0, 0, 0}};

const struct sim_chip sim_chip_u575zi = {
    .name = "STM32U575ZI",
    .core = &sim_core_m33,
    .integration = {.irqs = 126,
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x482,
                    .systick_calib = 0x40000000 | 999}, /* 1 ms at 1 MHz */
    .dpidr = 0x0BE12477,
    .ap_idr = 0x14770015,
    .ap_base = 0xE00FE003,
    .power_on_mv = 1710,
    .memories = {{SIM_FLASH, 0x08000000, 2048 * 1024},
                 {SIM_RAM, 0x20000000, 768 * 1024},   /* SRAM1, SRAM2, SRAM3 */
                 {SIM_RAM, 0x28000000, 16 * 1024},    /* SRAM4 */
                 {SIM_SYSTEM, 0x0BF90000, 64 * 1024}, /* boot loader */
                 {SIM_OTP, 0x0BFA0000, 512},
                 {SIM_SYSTEM, 0x0BFA0500, 0x300},                /* package, unique id, size */
                 {SIM_OPTIONS, 0xF0000000, 8 * SIM_L4_OPTIONS}}, /* they have no address */
    .aliases = no_aliases,
    .size_register = 0x0BFA07A0,
    .unique_id = 0x0BFA0700,
    .page_size = 8192,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB1] = {"AHB1ENR", 0x88, 0x60, 0xD107110F, 0xD0000100}, /* 11.8.27 to 11.8.34 */
              [AHB2] = {"AHB2ENR1", 0x8C, 0x64, 0xD82655FF, 0xC0000000},
              [AHB2_2] = {"AHB2ENR2", 0x90, 0x68, 0x00000111, 0},
              [AHB3] = {"AHB3ENR", 0x94, 0x6C, 0x80001665, 0x80000000},
              [APB1] = {"APB1ENR1", 0x9C, 0x74, 0x017E483F, 0},
              [APB1_2] = {"APB1ENR2", 0xA0, 0x78, 0x00800222, 0},
              [APB2] = {"APB2ENR", 0xA4, 0x7C, 0x00677800, 0},
              [APB3] = {"APB3ENR", 0xA8, 0x80, 0x0030F8E2, 0}},
    .rcc = &sim_u5_rcc,
    .flash = &sim_u5_flash,
    .gpio = &sim_gpio_analog,
    .dbgmcu = {.idcode = 0x20016482, /* REV_ID 2001 (X), DEV_ID 482 */
               .trace_pin = {0xF0, 0x30},
               .writable = {[DBGMCU_CR / 4] = 0x000000F6,
                            [DBGMCU_APB1FZR1 / 4] = 0x0060183F,
                            [DBGMCU_APB1FZR2 / 4] = 0x00000022,
                            [DBGMCU_APB2FZR / 4] = 0x00072800}},
    .pins_off = {0x46020C8C, 1, 0x42020000, 0},
    .can_be_closed = true,
};
