/* SPDX-License-Identifier: MIT */
/* The STM32F103C8, medium density (RM0008; data sheet DS5319). */
#include "sim/stm32/stm32_internal.h"

enum { AHB, APB2, APB1 }; /* gates[] below */
enum { DBGMCU_CR = 4 };

static const struct sim_peripheral peripherals[] = {
    {"TIM2", 0x40000000, &sim_device_tim, .gate = {APB1, 0}, .irq = 28, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_CR, 10}},
    {"AFIO", 0x40010000, &sim_device_f1_afio, .gate = {APB2, 0}},
    {"GPIOA", 0x40010800, &sim_device_f1_gpio, .gate = {APB2, 2}, .unit = SIM_PA},
    {"GPIOB", 0x40010C00, &sim_device_f1_gpio, .gate = {APB2, 3}, .unit = SIM_PB},
    {"GPIOC", 0x40011000, &sim_device_f1_gpio, .gate = {APB2, 4}, .unit = SIM_PC},
    {"GPIOD", 0x40011400, &sim_device_f1_gpio, .gate = {APB2, 5}, .unit = SIM_PD},
    {"GPIOE", 0x40011800, &sim_device_f1_gpio, .gate = {APB2, 6}, .unit = SIM_PE},
    {"USART1", 0x40013800, &sim_device_usart, .gate = {APB2, 14}, .irq = 37, .clock = SIM_PCLK2},
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED},
    /* FLITFEN counts asleep only */
    {"FLASH", 0x40022000, &sim_device_f1_flash, .gate = SIM_UNGATED, .irq = 4},
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40000400, 0x40000C00}, /* TIM3, TIM4 */
    {0x40002800, 0x40003400}, /* RTC, WWDG, IWDG */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40004400, 0x40004C00}, /* USART2, USART3 */
    {0x40005400, 0x40006800}, /* I2C, USB, bxCAN */
    {0x40006C00, 0x40007400}, /* BKP, PWR */
    {0x40010400, 0x40010800}, /* EXTI */
    {0x40012400, 0x40013400}, /* ADC, TIM1, SPI1 */
    {0x40020000, 0x40020400}, /* DMA1 */
    {0x40023000, 0x40023400}, /* CRC */
    {0, 0},
};

/* What takes PA13 and PA14 away from the debug port. */
static const uint16_t swj_off[] = {
    0x4803,         /*        ldr   r0, =0x40021018  RCC_APB2ENR */
    0x2101,         /*        movs  r1, #1           AFIOEN */
    0x6001,         /*        str   r1, [r0] */
    0x4803,         /*        ldr   r0, =0x40010004  AFIO_MAPR */
    0xF04F, 0x6180, /*        mov   r1, #0x04000000  SWJ_CFG = 100: JTAG and SWD off */
    0x6001,         /*        str   r1, [r0] */
    0xE7FE,         /*        b     . */
    0x1018, 0x4002, 0x0004, 0x4001,
};
static const struct sim_program swj_off_program = {swj_off, sizeof swj_off / sizeof *swj_off};

/* Arm's own ROM table, where nobody changed it. */
static const struct sim_clone clone = {
    .core = &sim_core_m3_r2p0,
    .integration = {.irqs = 43,
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ARM,
                    .rom_part = 0x4C3,
                    .systick_calib = 0x40000000 | 9000},
    .dpidr = 0x2BA01477,
};

const struct sim_chip sim_chip_f103c8 = {
    .name = "STM32F103C8",
    .core = &sim_core_m3_r1p1,
    .integration = {.irqs = 43, /* 10.1.2 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x410,
                    .systick_calib = 0x40000000 | 9000}, /* 10.1.1: 1 ms at 9 MHz */
    .dpidr = 0x1BA01477,
    .ap_idr = 0x14770011,
    .ap_base = 0xE00FF003,
    .clone = &clone,
    .power_on_mv = 1920, /* data sheet, table 13 */
    .memories = {{SIM_FLASH, 0x08000000, 64 * 1024},
                 {SIM_RAM, 0x20000000, 20 * 1024},
                 {SIM_SYSTEM, 0x1FFFF000, 2 * 1024},
                 {SIM_OPTIONS, 0x1FFFF800, 16}},
    .size_register = 0x1FFFF7E0,
    .unique_id = 0x1FFFF7E8,
    .page_size = 1024,
    .most_flash = 128 * 1024, /* the F103xB is the same die */
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40018000,
    .gates = {[AHB] = {"AHBENR", 0x14, 0, 0x00000055, 0x00000014}, /* 7.3.4 to 7.3.8 */
              [APB2] = {"APB2ENR", 0x18, 0x0C, 0x00005E7D, 0},
              [APB1] = {"APB1ENR", 0x1C, 0x10, 0x1AE64807, 0}},
    .rcc = &sim_f1_rcc,
    .flash = &sim_f1_flash,
    .gpio = &sim_f1_gpio,
    /* REV_ID 2003, DEV_ID 410. The program reads 0 (errata sheet ES096, 2.3). */
    .dbgmcu = {.idcode = 0x20036410,
               .hidden_from_program = true,
               .writable = {[DBGMCU_CR / 4] = 0x001FFFE7}},
    .swj_off = &swj_off_program,
};
