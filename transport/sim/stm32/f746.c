/* SPDX-License-Identifier: MIT */
/* The STM32F746ZG (RM0385; data sheet DS10916): most of an F4's peripherals around a Cortex-M7. */
#include "sim/stm32/f4_rows.h"

#define F7_USART(name, base, bus, bit, number, pclk)                                            \
    {                                                                                           \
        name, base, &sim_device_usart_isr, .gate = {bus, bit}, .irq = (number), .clock = (pclk) \
    }

static const struct sim_peripheral peripherals[] = {
    F7_USART("USART3", 0x40004800, APB1, 18, 39, SIM_PCLK1), /* the Nucleo's virtual COM port */
    F7_USART("USART1", 0x40011000, APB2, 4, 37, SIM_PCLK2),
    F7_USART("USART2", 0x40004400, APB1, 17, 38, SIM_PCLK1),
    F7_USART("USART6", 0x40011400, APB2, 5, 71, SIM_PCLK2),
    F7_USART("UART4", 0x40004C00, APB1, 19, 52, SIM_PCLK1),
    F7_USART("UART5", 0x40005000, APB1, 20, 53, SIM_PCLK1),
    F4_TIMERS,
    F4_TIMER_1,
    F4_PORTS_A_TO_E,
    F4_PORTS_F_TO_G,
    F4_PORT_H,
    F4_PORT_I,
    F4_PORT(J, 0x40022400, 9),
    F4_PORT(K, 0x40022800, 10),
    F4_WATCHDOGS,
    F4_EXTI,
    F4_CRC,
    F4_CONTROLLERS(SIM_F4_PWR_OVERDRIVE),
};

/* Among them I2C and SPI, which are not those of the F4. */
static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40002C00}, /* TIM6, TIM7, TIM12 to TIM14, LPTIM1, RTC */
    {0x40003800, 0x40004400}, /* SPI2, SPI3, SPDIFRX */
    {0x40005400, 0x40007000}, /* I2C1 to I2C4, CAN1, CAN2, CEC */
    {0x40007400, 0x40008000}, /* DAC, UART7, UART8 */
    {0x40010400, 0x40010800}, /* TIM8 */
    {0x40012000, 0x40012400}, /* ADCs */
    {0x40012C00, 0x40013800}, /* SDMMC1, SPI1, SPI4 */
    {0x40014000, 0x40014C00}, /* TIM9, TIM10, TIM11 */
    {0x40015000, 0x40017000}, /* SPI5, SPI6, SAI1, SAI2, LCD-TFT */
    {0x40024000, 0x40025000}, /* backup SRAM */
    {0x40026000, 0x40026800}, /* DMA1, DMA2 */
    {0x40028000, 0x4002BC00}, /* Ethernet, DMA2D */
    {0x40040000, 0x40080000}, /* USB OTG HS */
    {0x50000000, 0x50061000}, /* USB OTG FS, DCMI, RNG */
    {0xA0000000, 0xA0002000}, /* FMC, QUADSPI */
    {0, 0},
};

/* 2.2.2: the flash and the boot loader for the core's port for tightly coupled memory. */
static const struct sim_alias aliases[] = {
    {0x00200000, 1024 * 1024, 0x08000000},
    {0x00100000, 60 * 1024, 0x1FF00000},
    {0, 0, 0},
};

const struct sim_chip sim_chip_f746zg = {
    .name = "STM32F746ZG",
    .core = &sim_core_m7_r0p1,
    .integration = {.irqs = 98, /* 10.1.1 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x449,
                    .systick_calib = 0x40000000 | 18750, /* 10.1.2 */
                    .icache_kib = 4,
                    .dcache_kib = 4,
                    .itcm_kib = 16,
                    .dtcm_kib = 64},
    .dpidr = 0x5BA02477,
    .ap_idr = 0x74770001,
    .ap_base = 0xE00FD003,
    .power_on_mv = 1700,
    .memories = {{SIM_FLASH, 0x08000000, 1024 * 1024},
                 {SIM_RAM, 0x20000000, 320 * 1024}, /* DTCM, SRAM1, SRAM2 */
                 {SIM_RAM, 0x00000000, 16 * 1024},  /* ITCM */
                 {SIM_SYSTEM, 0x1FF00000, 60 * 1024},
                 {SIM_OTP, 0x1FF0F000, 1040},
                 {SIM_SYSTEM, 0x1FF0F410, 0x3F0}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFF0000, 32}},
    .aliases = aliases,
    .size_register = 0x1FF0F442,
    .unique_id = 0x1FF0F420,
    .page_size = 32 * 1024,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {F4_AHB1ENR(0x7EF417FF, 0x00100000), F4_AHB2ENR(0x000000C1), F4_AHB3ENR(0x00000003),
              F4_APB1ENR(0xFFFFCBFF), F4_APB2ENR(0x04F77F33)},
    .rcc = &sim_f7_rcc,
    .flash = &sim_f74x_flash,
    .gpio = &sim_gpio,
    .exti_port = sim_syscfg_exti_port,
    .dbgmcu = F4_DBGMCU(0x10016449, 0x07E01FFF, 0x00070003), /* REV_ID 1001 (Z), DEV_ID 449 */
    .pins_off = {0x40023830, 1, 0x40020000, 0},
    .standby = {0x40023840, 1u << 28, 0x40007000, 1u << 1},
};
