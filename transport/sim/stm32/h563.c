/* SPDX-License-Identifier: MIT */
/* The STM32H563ZI (RM0481; data sheet DS14258): a Cortex-M33 behind access port 1. TrustZone is off
 * as delivered; that it can be switched on is all that is here of it. SRAM and flash show once
 * more elsewhere in the chip (0x0A000000; secure ones 0x04000000, 0x10000000 higher), not here. */
#include "sim/stm32/stm32_internal.h"

enum { AHB1, AHB2, AHB4, APB1L, APB1H, APB2, APB3 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1LFZR = 8, DBGMCU_APB1HFZR = 12, DBGMCU_APB2FZR = 16 };

/* clang-format off */
#define UART(name, base, bus, bit, number, pclk) \
    {name, base, &sim_device_usart_isr, .gate = {bus, bit}, .irq = (number), .clock = (pclk)}
#define TIMER(n, base, device, bit, number)                                                   \
    {"TIM" #n, base, &(device), .gate = {APB1L, bit}, .irq = (number), .clock = SIM_TIMCLK1,   \
     .freeze = {DBGMCU_APB1LFZR, bit}}
#define PORT(letter, n) \
    {"GPIO" #letter, 0x42020000 + 0x400 * (n), &sim_device_gpio, .gate = {AHB2, n}, .unit = SIM_P##letter}
/* clang-format on */

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    UART("USART3", 0x40004800, APB1L, 18, 60, SIM_PCLK1),
    UART("USART1", 0x40013800, APB2, 14, 58, SIM_PCLK2),
    UART("USART2", 0x40004400, APB1L, 17, 59, SIM_PCLK1),
    UART("UART4", 0x40004C00, APB1L, 19, 61, SIM_PCLK1),
    UART("UART5", 0x40005000, APB1L, 20, 62, SIM_PCLK1),
    TIMER(2, 0x40000000, sim_device_tim32, 0, 45),
    TIMER(3, 0x40000400, sim_device_tim, 1, 46),
    TIMER(4, 0x40000800, sim_device_tim, 2, 47),
    TIMER(5, 0x40000C00, sim_device_tim32, 3, 48),
    PORT(A, 0),
    PORT(B, 1),
    PORT(C, 2),
    PORT(D, 3),
    PORT(E, 4),
    PORT(F, 5),
    PORT(G, 6),
    PORT(H, 7),
    PORT(I, 8),
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {DBGMCU_APB1LFZR, 12}},
    {"FLASH", 0x40022000, &sim_device_h5_flash, .gate = SIM_UNGATED, .irq = 6},
    {"ICACHE", 0x40030400, &sim_device_icache, .gate = SIM_UNGATED},
    {"SBS", 0x44000400, &sim_device_latches, .gate = {APB3, 1}},
    {"PWR", 0x44020800, &sim_device_h5_pwr, .gate = SIM_UNGATED},
    {"RCC", 0x44020C00, &sim_device_rcc, .gate = SIM_UNGATED},
    {"DBGMCU", 0x44024000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40003000}, /* TIM6, TIM7, TIM12 to TIM14, WWDG */
    {0x40003400, 0x40004400}, /* SPI2, SPI3 */
    {0x40005400, 0x4000B000}, /* I2C, I3C, CRS, USART6 to UART8, CEC, DTS, LPTIM2, FDCAN, UCPD */
    {0x40012C00, 0x40013800}, /* TIM1, SPI1, TIM8 */
    {0x40014000, 0x40016C00}, /* TIM15 to TIM17, SPI4, SPI6, SAI, USB */
    {0x40020000, 0x40022000}, /* GPDMA1, GPDMA2 */
    {0x40023000, 0x40030400}, /* CRC, CORDIC, FMAC, RAMCFG, ETH */
    {0x40030800, 0x40036C00}, /* DCACHE, GTZC, BKPSRAM */
    {0x42022400, 0x42030400}, /* ADC, DAC, DCMI */
    {0x420C0000, 0x420C4000}, /* AES, HASH, RNG, SAES, PKA */
    {0x44002000, 0x44008000}, /* SPI5, LPUART1, I2C3, I2C4, LPTIM, VREFBUF, RTC, TAMP */
    {0x44022000, 0x44022400}, /* EXTI */
    {0x46005000, 0x4600C000}, /* OTFDEC, SDMMC */
    {0x47000000, 0x47002000}, /* FMC, OCTOSPI1 */
    {0, 0},
};

/* What access port 0 leads to (RM0481, 59.5): its ROM table lists DBGMCU, where that has no more
 * than its identification. */
static const uint32_t table[] = {0xE00E4000, 0};
static const struct sim_debug_unit units[] = {
    {0xE00E0000, SIM_DESIGNER_ST, 0x484, 1, table},
    {0xE00E4000, SIM_DESIGNER_ST, 0x000, 15, NULL},
    {0},
};

const struct sim_chip sim_chip_h563zi = {
    .name = "STM32H563ZI",
    .core = &sim_core_m33,
    .integration = {.irqs = 131,
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x484,
                    .systick_calib = 0x40000000 | 999}, /* 1 ms at 1 MHz */
    .dpidr = 0x6BA02477,
    .ap_idr = 0x84770001,
    .ap_base = 0xE00FE003,
    .core_ap = 1,
    .core_open = sim_h5_core_open,
    .aps = {[0] = {.idr = 0x54770002, .base = 0xE00E0003, .units = units, .dbgmcu = 0xE0044000}},
    .power_on_mv = 1710,
    .memories = {{SIM_FLASH, 0x08000000, 2048 * 1024},
                 {SIM_RAM, 0x20000000, 640 * 1024},    /* SRAM1, SRAM2, SRAM3 */
                 {SIM_SYSTEM, 0x0BF80000, 128 * 1024}, /* boot loader */
                 {SIM_OTP, 0x08FFF000, 2048},
                 {SIM_SYSTEM, 0x08FFF800, 2048}}, /* unique id, size register, package */
    .size_register = 0x08FFF80C,
    .unique_id = 0x08FFF800,
    .page_size = 8192,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB1] = {"AHB1ENR", 0x88, 0x60, 0xF10BD103, 0xD0000100},
              [AHB2] = {"AHB2ENR", 0x8C, 0x64, 0xC01F1DFF, 0xC0000000},
              [AHB4] = {"AHB4ENR", 0x94, 0x6C, 0x00111880, 0},
              [APB1L] = {"APB1LENR", 0x9C, 0x74, 0xDFFEC9FF, 0},
              [APB1H] = {"APB1HENR", 0xA0, 0x78, 0x4080002B, 0},
              [APB2] = {"APB2ENR", 0xA4, 0x7C, 0x017F7800, 0},
              [APB3] = {"APB3ENR", 0xA8, 0x80, 0x00318FE2, 0}},
    .rcc = &sim_h5_rcc,
    .flash = &sim_h5_flash,
    .gpio = &sim_gpio_analog,
    .dbgmcu = {.idcode = 0x10016484, /* REV_ID 1001 (Z), DEV_ID 484 */
               .access_ports = sim_h5_access_ports,
               .trace_pin = {0xF0, 0x30},
               .writable = {[DBGMCU_CR / 4] = 0x000100F6,
                            [DBGMCU_APB1LFZR / 4] = 0x00E019FF,
                            [DBGMCU_APB1HFZR / 4] = 0x00000020,
                            [DBGMCU_APB2FZR / 4] = 0x00072800}},
    .pins_off = {0x44020C8C, 1, 0x42020000, 0},
    .can_be_closed = true,
};
