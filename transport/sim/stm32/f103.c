/* SPDX-License-Identifier: MIT */
/* The STM32F103C8, medium density (RM0008; data sheet DS5319). */
#include "sim/stm32/stm32_internal.h"

enum { AHB, APB2, APB1 }; /* gates[] below */
enum { DBGMCU_CR = 4 };

/* In the order of their kinds. */
static const uint8_t exti_irqs[32] = {6,  7,  8,  9,  10, 23, 23, 23, 23, 23,
                                      40, 40, 40, 40, 40, 40, 1,  41, 42};
static const uint32_t exti_lines = 0x7FFFF;
static const uint8_t dma_irqs[] = {11, 12, 13, 14, 15, 16, 17};
static const uint8_t tim1_irqs[] = {24, 25, 26, 27}; /* break, update, trigger, compare */
/* Which timers are ITR0 to ITR3 of each: table 86. */
static const uint8_t tim1_itrs[] = {5, 2, 3, 4}, tim2_itrs[] = {1, 0, 3, 4},
                     tim3_itrs[] = {1, 2, 5, 4}, tim4_itrs[] = {1, 2, 3, 0};
static const uint8_t i2c1_irqs[] = {31, 32}, i2c2_irqs[] = {33, 34}; /* event, error */
static const uint8_t can_irqs[] = {19, 20, 21, 22}; /* send, FIFO 0, FIFO 1, status */

/* Requests of DMA: 13.3.7, table 78. Timers: update, compare 1 to 4, trigger; ports: receive, send.
 */
static const struct sim_peripheral peripherals[] = {
    {"TIM2", 0x40000000, &sim_device_tim, .gate = {APB1, 0}, .irq = 28, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_CR, 10}, .dma = {2, 5, 7, 1, 7}, .unit = 2, .facts = tim2_itrs},
    {"TIM3", 0x40000400, &sim_device_tim, .gate = {APB1, 1}, .irq = 29, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_CR, 11}, .dma = {3, 6, 0, 2, 3, 6}, .unit = 3, .facts = tim3_itrs},
    {"TIM4", 0x40000800, &sim_device_tim, .gate = {APB1, 2}, .irq = 30, .clock = SIM_TIMCLK1,
     .freeze = {DBGMCU_CR, 12}, .dma = {7, 1, 4, 5}, .unit = 4, .facts = tim4_itrs},
    /* ST's own examples use it without BKPEN */
    {"RTC", 0x40002800, &sim_device_f1_rtc, .gate = SIM_UNGATED, .irq = 3},
    {"WWDG", 0x40002C00, &sim_device_wwdg, .gate = {APB1, 11}, .irq = 0, .clock = SIM_PCLK1,
     .freeze = {DBGMCU_CR, 9}},
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {DBGMCU_CR, 8}},
    {"SPI2", 0x40003800, &sim_device_spi, .gate = {APB1, 14}, .irq = 36, .clock = SIM_PCLK1,
     .dma = {4, 5}},
    {"USART2", 0x40004400, &sim_device_usart, .gate = {APB1, 17}, .irq = 38, .clock = SIM_PCLK1,
     .dma = {6, 7}},
    {"USART3", 0x40004800, &sim_device_usart, .gate = {APB1, 18}, .irq = 39, .clock = SIM_PCLK1,
     .dma = {3, 2}},
    {"I2C1", 0x40005400, &sim_device_i2c, .gate = {APB1, 21}, .irqs = i2c1_irqs},
    {"I2C2", 0x40005800, &sim_device_i2c, .gate = {APB1, 22}, .irqs = i2c2_irqs},
    {"CAN", 0x40006400, &sim_device_can, .gate = {APB1, 25}, .irqs = can_irqs},
    {"BKP", 0x40006C00, &sim_device_f1_bkp, .gate = {APB1, 27}},
    {"PWR", 0x40007000, &sim_device_pwr, .gate = {APB1, 28}, .facts = &sim_pwr_f1},
    {"AFIO", 0x40010000, &sim_device_f1_afio, .gate = {APB2, 0}},
    {"EXTI", 0x40010400, &sim_device_exti, .gate = SIM_UNGATED, .irqs = exti_irqs,
     .facts = &exti_lines},
    {"GPIOA", 0x40010800, &sim_device_f1_gpio, .gate = {APB2, 2}, .unit = SIM_PA},
    {"GPIOB", 0x40010C00, &sim_device_f1_gpio, .gate = {APB2, 3}, .unit = SIM_PB},
    {"GPIOC", 0x40011000, &sim_device_f1_gpio, .gate = {APB2, 4}, .unit = SIM_PC},
    {"GPIOD", 0x40011400, &sim_device_f1_gpio, .gate = {APB2, 5}, .unit = SIM_PD},
    {"GPIOE", 0x40011800, &sim_device_f1_gpio, .gate = {APB2, 6}, .unit = SIM_PE},
    {"ADC1", 0x40012400, &sim_device_f1_adc, .gate = {APB2, 9}, .irq = 18, .clock = SIM_ADCCLK,
     .dma = {1}},
    {"ADC2", 0x40012800, &sim_device_f1_adc, .gate = {APB2, 10}, .irq = 18, .clock = SIM_ADCCLK},
    {"TIM1", 0x40012C00, &sim_device_tim, .gate = {APB2, 11}, .irqs = tim1_irqs,
     .clock = SIM_TIMCLK2, .freeze = {DBGMCU_CR, 13}, .dma = {5, 2, 3, 6, 4, 4}, .unit = 1,
     .facts = tim1_itrs},
    {"SPI1", 0x40013000, &sim_device_spi, .gate = {APB2, 12}, .irq = 35, .clock = SIM_PCLK2,
     .dma = {2, 3}},
    {"USART1", 0x40013800, &sim_device_usart, .gate = {APB2, 14}, .irq = 37, .clock = SIM_PCLK2,
     .dma = {5, 4}},
    {"DMA1", 0x40020000, &sim_device_dma, .gate = {AHB, 0}, .irqs = dma_irqs},
    {"RCC", 0x40021000, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 5},
    /* FLITFEN counts asleep only */
    {"FLASH", 0x40022000, &sim_device_f1_flash, .gate = SIM_UNGATED, .irq = 4},
    {"CRC", 0x40023000, &sim_device_crc, .gate = {AHB, 6}},
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40005C00, 0x40006400}, /* USB and its memory */
    {0, 0},
};

/* What the copies' ROM tables say: Arm's own numbers where nobody changed them. */
#define COPY(designer, part)                                                            \
    {                                                                                   \
        .irqs = 43, .priority_bits = 4, .rom_designer = (designer), .rom_part = (part), \
        .systick_calib = 0x40000000 | 9000                                              \
    }
enum { SIM_DESIGNER_GIGADEVICE = 7 << 8 | 0x51, SIM_DESIGNER_HK = 0x55 };

/* As Black Magic Debug and reports of their owners have them. */
static const struct sim_clone clones[] = {
    {.name = "cks32",
     .core = &sim_core_m3_r2p0,
     .integration = COPY(SIM_DESIGNER_ARM, 0x4C3),
     .dpidr = 0x2BA01477,
     .idcode = 0x20036410},
    {.name = "apm32",
     .core = &sim_core_m3_r2p1,
     .integration = COPY(SIM_DESIGNER_ARM, 0x4C3),
     .dpidr = 0x2BA01477,
     .idcode = 0x20036410},
    {.name = "gd32",
     .core = &sim_core_m3_r2p1,
     .integration = COPY(SIM_DESIGNER_GIGADEVICE, 0x76F),
     .dpidr = 0x1BA01477,
     .idcode = 0x13030410,
     .ram_above = true},
    {.name = "ch32",
     .core = &sim_core_m3_r2p1,
     .integration = COPY(SIM_DESIGNER_ARM, 0x4C3),
     .dpidr = 0x2BA01477,
     .idcode = 0x20000410,
     .size_unset = true},
    {.name = "hk32",
     .core = &sim_core_m3_r2p1,
     .integration = COPY(SIM_DESIGNER_HK, 0x29B),
     .dpidr = 0x2BA01477,
     .idcode = 0x20036410},
    /* No copy: a chip that nobody's table has. It only happens to have this flash controller. */
    {.name = "foreign",
     .core = &sim_core_m3_r2p1,
     .integration = COPY(SIM_DESIGNER_ARM, 0x4C3),
     .dpidr = 0x2BA01477,
     .idcode = 0x10010F00,
     .size_unset = true},
    {.name = NULL},
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
    .clones = clones,
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
    .exti_port = sim_f1_exti_port,
    /* REV_ID 2003, DEV_ID 410. The program reads 0 (errata sheet ES096, 2.3). */
    .dbgmcu = {.idcode = 0x20036410,
               .hidden_from_program = true,
               .trace_pin = {0xE0, 0x20},
               .writable = {[DBGMCU_CR / 4] = 0x001FFFE7}},
    .pins_off = {0x40021018, 1, 0x40010004, 0x04000000},
    .standby = {0x4002101C, 1u << 28, 0x40007000, 1u << 1},
};
