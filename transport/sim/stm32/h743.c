/* SPDX-License-Identifier: MIT */
/* The STM32H743ZI (RM0433; data sheet DS12110): a Cortex-M7 with double precision, two banks of
 * flash, memories in three domains, and two access ports besides the core's. */
#include "sim/stm32/stm32_internal.h"

enum { AHB3, AHB1, AHB2, AHB4, APB3, APB1L, APB1H, APB2, APB4 }; /* gates[] below */
enum { CR = 0x04, APB3FZ1 = 0x34, APB1LFZ1 = 0x3C, APB2FZ1 = 0x4C, APB4FZ1 = 0x54 }; /* DBGMCU */

/* clang-format off */
#define UART(name, base, bus, bit, number, pclk) \
    {name, base, &sim_device_usart_isr, .gate = {bus, bit}, .irq = (number), .clock = (pclk)}
#define TIMER(n, base, device, bit, number)                                                    \
    {"TIM" #n, base, &(device), .gate = {APB1L, bit}, .irq = (number), .clock = SIM_TIMCLK1,  \
     .freeze = {APB1LFZ1, bit}}
#define PORT(letter, number) \
    {"GPIO" #letter, 0x58020000 + 0x400 * (number), &sim_device_gpio, .gate = {AHB4, number}, .unit = SIM_P##letter}

static const struct sim_peripheral peripherals[] = {
    UART("USART1", 0x40011000, APB2, 4, 37, SIM_PCLK2),
    UART("USART2", 0x40004400, APB1L, 17, 38, SIM_PCLK1),
    UART("USART3", 0x40004800, APB1L, 18, 39, SIM_PCLK1), /* to the ST-Link */
    UART("UART4", 0x40004C00, APB1L, 19, 52, SIM_PCLK1),
    UART("USART6", 0x40011400, APB2, 5, 71, SIM_PCLK2),
    TIMER(2, 0x40000000, sim_device_tim32, 0, 28),
    TIMER(3, 0x40000400, sim_device_tim, 1, 29),
    TIMER(4, 0x40000800, sim_device_tim, 2, 30),
    TIMER(5, 0x40000C00, sim_device_tim32, 3, 50),
    PORT(A, 0), PORT(B, 1), PORT(C, 2), PORT(D, 3), PORT(E, 4), PORT(F, 5), PORT(G, 6), PORT(H, 7),
    {"WWDG1", 0x50003000, &sim_device_wwdg, .gate = {APB3, 6}, .irq = 0, .clock = SIM_PCLK1, .freeze = {APB3FZ1, 6}},
    {"FLASH", 0x52002000, &sim_device_h7_flash, .gate = SIM_UNGATED, .irq = 4},
    {"SYSCFG", 0x58000400, &sim_device_h7_syscfg, .gate = {APB4, 1}},
    {"IWDG1", 0x58004800, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {APB4FZ1, 18}},
    {"RCC", 0x58024400, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 5},
    {"PWR", 0x58024800, &sim_device_h7_pwr, .gate = SIM_UNGATED},
    {"CRC", 0x58024C00, &sim_device_crc, .gate = {AHB4, 19}},
    {"DBGMCU", 0x5C001000, &sim_device_dbgmcu, .gate = SIM_UNGATED},
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40004400}, /* TIM6 to TIM14, LPTIM1, SPI2, SPI3, SPDIFRX */
    {0x40005000, 0x4000AC00}, /* UART5, I2C1 to I2C3, CEC, DAC1, UART7, UART8, CRS, SWPMI1, OPAMP, MDIOS, FDCAN */
    {0x40010000, 0x40010800}, /* TIM1, TIM8 */
    {0x40013000, 0x40018000}, /* SPI1, SPI4, TIM15 to TIM17, SPI5, SAI1 to SAI3, DFSDM1, HRTIM */
    {0x40020000, 0x400C0000}, /* DMA1, DMA2, DMAMUX1, ADC1, ADC2, ETH, USB1, USB2 */
    {0x48020000, 0x48023400}, /* DCMI, RNG, SDMMC2, RAMECC2 */
    {0x50001000, 0x50002000}, /* LTDC */
    {0x51000000, 0x51100000}, /* GPV */
    {0x52000000, 0x52002000}, /* MDMA, DMA2D */
    {0x52003000, 0x52009400}, /* JPEG, FMC, QUADSPI, SDMMC1, RAMECC1 */
    {0x58000000, 0x58000400}, /* EXTI */
    {0x58000800, 0x58004800}, /* LPUART1, SPI6, I2C4, LPTIM2 to LPTIM5, COMP, VREFBUF, RTC */
    {0x58005400, 0x58005800}, /* SAI4 */
    {0x58022000, 0x58022C00}, /* GPIOI to GPIOK: of larger packages */
    {0x58025400, 0x58027400}, /* BDMA, DMAMUX2, ADC3, HSEM, RAMECC3 */
    {0, 0},
};

/* On the bus that AP 2 reaches (60.5): RM0433, figure 797 and table 554. */
static const uint32_t table_1[] = {0xE00E3000, 0xE00E4000, 0xE00E5000, 0xE00F0000, 0};
static const uint32_t table_2[] = {0xE00F1000, 0xE00F3000, 0xE00F4000, 0xE00F5000, 0};
enum { ROM_TABLE = 1, CORESIGHT = 9, PRIMECELL = 15 };
static const struct sim_debug_unit units[] = {
    {0xE00E0000, SIM_DESIGNER_ST, 0x450, ROM_TABLE, table_1},
    {0xE00E3000, SIM_DESIGNER_ARM, 0x914, CORESIGHT, NULL}, /* SWO */
    {0xE00E4000, SIM_DESIGNER_ARM, 0x908, CORESIGHT, NULL}, /* its funnel */
    {0xE00E5000, SIM_DESIGNER_ARM, 0x101, PRIMECELL, NULL}, /* TSG */
    {0xE00F0000, SIM_DESIGNER_ST, 0x001, ROM_TABLE, table_2},
    {0xE00F1000, SIM_DESIGNER_ARM, 0x906, CORESIGHT, NULL}, /* CTI */
    {0xE00F3000, SIM_DESIGNER_ARM, 0x908, CORESIGHT, NULL}, /* the trace's funnel */
    {0xE00F4000, SIM_DESIGNER_ARM, 0x961, CORESIGHT, NULL}, /* ETF */
    {0xE00F5000, SIM_DESIGNER_ARM, 0x912, CORESIGHT, NULL}, /* TPIU */
    {0, 0, 0, 0, NULL},
};
/* clang-format on */

/* ITCM stands at 0, and nothing else. */
static const struct sim_alias no_aliases[] = {{0, 0, 0}};

const struct sim_chip sim_chip_h743zi = {
    .name = "STM32H743ZI",
    .core = &sim_core_m7_r1p1,
    .integration = {.irqs = 150, /* 19.1.2 */
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x450,
                    .cti = true,
                    .systick_calib = 0x40000000 | 3999},
    .dpidr = 0x6BA02477,
    .ap_idr = 0x84770001,
    .ap_base = 0xE00FE003,
    .power_on_mv = 1670,
    .memories = {{SIM_FLASH, 0x08000000, 2048 * 1024},
                 {SIM_RAM, 0x20000000, 128 * 1024}, /* DTCM */
                 {SIM_RAM, 0x00000000, 64 * 1024},  /* ITCM */
                 {SIM_RAM, 0x24000000, 512 * 1024}, /* AXI SRAM */
                 {SIM_RAM, 0x30000000, 288 * 1024}, /* SRAM1 to SRAM3 */
                 {SIM_RAM, 0x38000000, 64 * 1024},  /* SRAM4 */
                 {SIM_RAM, 0x38800000, 4 * 1024},   /* backup SRAM */
                 {SIM_SYSTEM, 0x1FF00000, 128 * 1024}},
    .aliases = no_aliases,
    .size_register = 0x1FF1E880,
    .unique_id = 0x1FF1E800,
    .page_size = 128 * 1024,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .ahb_start = 0x40020000,
    .gates = {[AHB3] = {"AHB3ENR", 0xD4, 0x7C, 0x00015031, 0},
              [AHB1] = {"AHB1ENR", 0xD8, 0x80, 0x1E038023, 0},
              [AHB2] = {"AHB2ENR", 0xDC, 0x84, 0xE0000241, 0},
              [AHB4] = {"AHB4ENR", 0xE0, 0x88, 0x132807FF, 0},
              [APB3] = {"APB3ENR", 0xE4, 0x8C, 0x00000048, 0},
              [APB1L] = {"APB1LENR", 0xE8, 0x90, 0xE8FFC3FF, 0},
              [APB1H] = {"APB1HENR", 0xEC, 0x94, 0x00000136, 0},
              [APB2] = {"APB2ENR", 0xF0, 0x98, 0x31D73033, 0},
              [APB4] = {"APB4ENR", 0xF4, 0x9C, 0x0021DEAA, 0x00010000}},
    .rcc = &sim_h7_rcc,
    .flash = &sim_h7_flash,
    .gpio = &sim_gpio_analog,
    .dbgmcu = {.idcode = 0x20036450, /* REV_ID 2003 (V), DEV_ID 450 */
               .writable = {[CR / 4] = 0x107001BF,
                            [APB3FZ1 / 4] = 0x00000040,
                            [APB1LFZ1 / 4] = 0x00E003FF,
                            [APB2FZ1 / 4] = 0x20070003,
                            [APB4FZ1 / 4] = 0x00051E80}},
    .pins_off = {0x580244E0, 1, 0x58020000, 0},
    .aps = {[1] = {.idr = 0x84770001, .base = 0x00000002},
            [2] = {.idr = 0x54770002, .base = 0xE00E0003, .units = units, .dbgmcu = 0xE00E1000}},
};
