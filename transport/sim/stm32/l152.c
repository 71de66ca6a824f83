/* SPDX-License-Identifier: MIT */
/* The STM32L152RC and the L152RE, which has more of all (RM0038; data sheets DS10002, DS10262). */
#include "sim/stm32/stm32_internal.h"

enum { AHB, APB2, APB1 }; /* gates[] below */
enum { DBGMCU_CR = 4, DBGMCU_APB1_FZ = 8, DBGMCU_APB2_FZ = 12 };

/* clang-format off */
#define TIMER(n, base, device, bit, number)                                                 \
    {"TIM" #n, base, &(device), .gate = {APB1, bit}, .irq = (number), .clock = SIM_TIMCLK1, \
     .freeze = {DBGMCU_APB1_FZ, bit}}
#define PORT(letter, base, bit) \
    {"GPIO" #letter, base, &sim_device_gpio, .gate = {AHB, bit}, .unit = SIM_P##letter}
/* clang-format on */

/* clang-format off */
#define BOTH                                                                                       \
    /* The virtual COM port of the boards comes first: it is what `sim uart` shows. */             \
    {"USART2", 0x40004400, &sim_device_usart, .gate = {APB1, 17}, .irq = 38, .clock = SIM_PCLK1},  \
    {"USART1", 0x40013800, &sim_device_usart, .gate = {APB2, 14}, .irq = 37, .clock = SIM_PCLK2},  \
    {"USART3", 0x40004800, &sim_device_usart, .gate = {APB1, 18}, .irq = 39, .clock = SIM_PCLK1},  \
    TIMER(2, 0x40000000, sim_device_tim, 0, 28),                                                   \
    TIMER(3, 0x40000400, sim_device_tim, 1, 29),                                                   \
    TIMER(4, 0x40000800, sim_device_tim, 2, 30),                                                   \
    TIMER(5, 0x40000C00, sim_device_tim32, 3, 46),                                                 \
    {"WWDG", 0x40002C00, &sim_device_wwdg, .gate = {APB1, 11}, .irq = 0, .clock = SIM_PCLK1,       \
     .freeze = {DBGMCU_APB1_FZ, 11}},                                                              \
    {"IWDG", 0x40003000, &sim_device_iwdg, .gate = SIM_UNGATED, .freeze = {DBGMCU_APB1_FZ, 12}},   \
    {"PWR", 0x40007000, &sim_device_f4_pwr, .gate = {APB1, 28}, .unit = SIM_F4_PWR_L1},            \
    {"SYSCFG", 0x40010000, &sim_device_f4_syscfg, .gate = {APB2, 0}},                              \
    PORT(A, 0x40020000, 0),                                                                        \
    PORT(B, 0x40020400, 1),                                                                        \
    PORT(C, 0x40020800, 2),                                                                        \
    PORT(D, 0x40020C00, 3),                                                                        \
    PORT(E, 0x40021000, 4),                                                                        \
    PORT(H, 0x40021400, 5),                                                                        \
    {"RCC", 0x40023800, &sim_device_rcc, .gate = SIM_UNGATED, .irq = 5},                           \
    {"FLASH", 0x40023C00, &sim_device_l0_flash, .gate = SIM_UNGATED, .irq = 4},                    \
    {"DBGMCU", 0xE0042000, &sim_device_dbgmcu, .gate = SIM_UNGATED}
/* clang-format on */

static const struct sim_peripheral of_rc[] = {BOTH};
static const struct sim_peripheral of_re[] = {
    BOTH,
    PORT(F, 0x40021800, 6),
    PORT(G, 0x40021C00, 7),
};

static const struct sim_range unmodelled[] = {
    {0x40001000, 0x40001800}, /* TIM6, TIM7 */
    {0x40002400, 0x40002C00}, /* LCD, RTC */
    {0x40003800, 0x40004000}, /* SPI2, SPI3 */
    {0x40004C00, 0x40006400}, /* UART4, UART5, I2C1, I2C2, USB */
    {0x40007400, 0x40008000}, /* DAC, COMP, RI, OPAMP */
    {0x40010400, 0x40011400}, /* EXTI, TIM9 to TIM11 */
    {0x40012400, 0x40012800}, /* ADC */
    {0x40013000, 0x40013400}, /* SPI1 */
    {0x40023000, 0x40023400}, /* CRC */
    {0x40026000, 0x40026800}, /* DMA1, DMA2 */
    {0, 0},
};

#define MEMORIES(flash_kib, eeprom_kib, ram_kib)                                                \
    {                                                                                           \
        {SIM_FLASH, 0x08000000, (flash_kib)*1024}, {SIM_EEPROM, 0x08080000, (eeprom_kib)*1024}, \
            {SIM_RAM, 0x20000000, (ram_kib)*1024}, {SIM_SYSTEM, 0x1FF00000, 8 * 1024},          \
            {SIM_OPTIONS, 0x1FF80000, 0x88},                                                    \
        {                                                                                       \
            SIM_SYSTEM, 0x1FF800CC, 0x1C                                                        \
        } /* size register, unique id */                                                        \
    }
#define COMMON                                                                                    \
    .core = &sim_core_m3_r2p0, .dpidr = 0x2BA01477, .ap_idr = 0x24770011, .ap_base = 0xE00FF003,  \
    .power_on_mv = 1500, .size_register = 0x1FF800CC, .unique_id = 0x1FF800D0,                    \
    .unique_id_third = 0x14, .page_size = 256, .unmodelled = unmodelled, .ahb_start = 0x40020000, \
    .rcc = &sim_l1_rcc, .gpio = &sim_gpio, .pins_off = {0x4002381C, 1, 0x40020000, 0},            \
    .standby = {0x40023824, 1u << 28, 0x40007000, 1u << 1}
/* 10.1.1; 10.1.2: 1 ms at 4 MHz */
#define INTEGRATION(id)                                                                    \
    {                                                                                      \
        .irqs = 57, .priority_bits = 4, .rom_designer = SIM_DESIGNER_ST, .rom_part = (id), \
        .systick_calib = 0x40000000 | 4000                                                 \
    }
#define DBGMCU(code)                                               \
    {                                                              \
        .idcode = (code), .trace_pin = {0xE0, 0x20}, .writable = { \
            [DBGMCU_CR / 4] = 0x000000E7,                          \
            [DBGMCU_APB1_FZ / 4] = 0x00601C3F,                     \
            [DBGMCU_APB2_FZ / 4] = 0x0000001C                      \
        }                                                          \
    }

const struct sim_chip sim_chip_l152rc = {
    .name = "STM32L152RC",
    COMMON,
    .integration = INTEGRATION(0x427),
    .memories = MEMORIES(256, 8, 32),
    .peripherals = of_rc,
    .peripheral_count = sizeof of_rc / sizeof *of_rc,
    .gates = {[AHB] = {"AHBENR", 0x1C, 0x10, 0x0300903F, 0x00008000}, /* 6.3.8 to 6.3.10 */
              [APB2] = {"APB2ENR", 0x20, 0x14, 0x00005A1D, 0},
              [APB1] = {"APB1ENR", 0x24, 0x18, 0xB0E6CA3F, 0}},
    .flash = &sim_l1_cat3_flash,
    .dbgmcu = DBGMCU(0x10386427), /* REV_ID 1038 (X), DEV_ID 427 */
};

const struct sim_chip sim_chip_l152re = {
    .name = "STM32L152RE",
    COMMON,
    .integration = INTEGRATION(0x437),
    .memories = MEMORIES(512, 16, 80),
    .peripherals = of_re,
    .peripheral_count = sizeof of_re / sizeof *of_re,
    .gates = {[AHB] = {"AHBENR", 0x1C, 0x10, 0x030090FF, 0x00008000},
              [APB2] = {"APB2ENR", 0x20, 0x14, 0x00005A1D, 0},
              [APB1] = {"APB1ENR", 0x24, 0x18, 0xB0FECA3F, 0}},
    .flash = &sim_l1_cat5_flash,
    .dbgmcu = DBGMCU(0x10006437), /* REV_ID 1000 (A), DEV_ID 437 */
};
