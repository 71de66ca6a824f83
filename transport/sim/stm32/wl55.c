/* SPDX-License-Identifier: MIT */
/* The STM32WL55JC (RM0453; data sheet DS13293): a Cortex-M4 without FPU, and a Cortex-M0+ that it
 * lets go by PWR_CR4.C2BOOT. SRAM2 shows at 0x10000000, too, on the chip. */
#include "sim/stm32/wb_rows.h"

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port is LPUART1; what `sim uart` shows is this. */
    {"USART2", 0x40004400, &sim_device_usart_isr, .gate = {APB1, 17}, .irq = 37,
     .clock = SIM_PCLK1},
    WB_USART1,
    WB_TIM2(26),
    WB_SYSTEM,
    WB_PORTS_A_TO_C,
    WB_PORT(H, 0x48001C00, 7),
};

static const struct sim_range unmodelled[] = {
    WB_UNMODELLED,
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40007400, 0x40007800}, /* DAC */
    {0x58010000, 0x58010400}, /* SUBGHZSPI */
    {0, 0},
};

const struct sim_chip sim_chip_wl55jc = {
    .name = "STM32WL55JC",
    WB_COMMON,
    .core = &sim_core_m4,
    .integration = {.irqs = 62,
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x497,
                    .systick_calib = 0x40000000 | 4000},
    .memories = {{SIM_FLASH, 0x08000000, 256 * 1024},
                 {SIM_RAM, 0x20000000, 64 * 1024}, /* SRAM1, SRAM2 */
                 {SIM_SYSTEM, 0x1FFF0000, 28 * 1024},
                 {SIM_OTP, 0x1FFF7000, 1024},
                 {SIM_SYSTEM, 0x1FFF7400, 1024}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFF7800, 2 * 1024}},
    .page_size = 2048,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = WB_GATES(0x00001007, 0x00000087, 0x021F0000, 0xA0E24C01, 0x00000061, 0x00065A00),
    .rcc = &sim_wl_rcc,
    .flash = &sim_wl_flash,
    .dbgmcu = {.idcode = 0x10036497, /* REV_ID 1003 (Y), DEV_ID 497 */
               .writable = {[DBGMCU_CR / 4] = 0x00000007,
                            [DBGMCU_APB1FZR1 / 4] = 0x80E01C01,
                            [DBGMCU_APB1FZR1 / 4 + 1] = 0x80E01401,
                            [DBGMCU_APB1FZR2 / 4] = 0x00000060,
                            [DBGMCU_APB1FZR2 / 4 + 1] = 0x00000060,
                            [DBGMCU_APB2FZR / 4] = 0x00060800,
                            [DBGMCU_APB2FZR / 4 + 1] = 0x00060800}},
    .second = {.core = &sim_core_m0p,
               .integration = {.irqs = 32,
                               .priority_bits = 2,
                               .rom_designer = SIM_DESIGNER_ARM,
                               .rom_part = 0x4C0,
                               .systick_calib = 0x40000000 | 4000},
               .ap_idr = 0x84770001,
               .ap_base = 0xF0000003,
               .booted = sim_wb_core2_booted},
};
