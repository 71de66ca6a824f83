/* SPDX-License-Identifier: MIT */
/* The STM32WB55RG (RM0434; data sheet DS11929) as it is sold: its second core, with the radio, is
 * not there for anybody but the firmware upgrade service, and is not simulated. SRAM2 shows at
 * 0x10000000, too, on the chip. */
#include "sim/stm32/wb_rows.h"

static const struct sim_peripheral peripherals[] = {
    /* The Nucleo's virtual COM port comes first: it is what `sim uart` shows. */
    WB_USART1,
    WB_TIM2(28),
    WB_SYSTEM,
    WB_PORTS_A_TO_C,
    WB_PORT(D, 0x48000C00, 3),
    WB_PORT(E, 0x48001000, 4),
    WB_PORT(H, 0x48001C00, 7),
};

static const struct sim_range unmodelled[] = {
    WB_UNMODELLED,
    {0x40002400, 0x40002800}, /* LCD */
    {0x40003800, 0x40003C00}, /* SPI2 */
    {0x40006000, 0x40007000}, /* CRS, USB and its memory */
    {0x40015400, 0x40015800}, /* SAI1 */
    {0x40024000, 0x40024400}, /* TSC */
    {0x50040000, 0x50060400}, /* ADC, AES1 */
    {0xA0001000, 0xA0001400}, /* QUADSPI */
    {0, 0},
};

const struct sim_chip sim_chip_wb55rg = {
    .name = "STM32WB55RG",
    WB_COMMON,
    .core = &sim_core_m4f,
    .integration = {.irqs = 63,
                    .priority_bits = 4,
                    .rom_designer = SIM_DESIGNER_ST,
                    .rom_part = 0x495,
                    .systick_calib = 0x40000000 | 4000},
    .memories = {{SIM_FLASH, 0x08000000, 1024 * 1024},
                 {SIM_RAM, 0x20000000, 256 * 1024}, /* SRAM1, SRAM2a, SRAM2b */
                 {SIM_SYSTEM, 0x1FFF0000, 28 * 1024},
                 {SIM_OTP, 0x1FFF7000, 1024},
                 {SIM_SYSTEM, 0x1FFF7400, 3 * 1024}, /* unique id, size register, package */
                 {SIM_OPTIONS, 0x1FFF8000, 4 * 1024}},
    .page_size = 4096,
    .peripherals = peripherals,
    .peripheral_count = sizeof peripherals / sizeof *peripherals,
    .unmodelled = unmodelled,
    .gates = WB_GATES(0x00011007, 0x0001209F, 0x021F0100, 0x85A04E01, 0x00000021, 0x00265800),
    .rcc = &sim_wb_rcc,
    .flash = &sim_wb_flash,
    .dbgmcu = {.idcode = 0x20016495, /* REV_ID 2001 (Y), DEV_ID 495 */
               .trace_pin = {0x20, 0x20},
               .writable = {[DBGMCU_CR / 4] = 0x10000027,
                            [DBGMCU_APB1FZR1 / 4] = 0x80A01C01,
                            [DBGMCU_APB1FZR1 / 4 + 1] = 0x80A01401,
                            [DBGMCU_APB1FZR2 / 4] = 0x00000020,
                            [DBGMCU_APB1FZR2 / 4 + 1] = 0x00000020,
                            [DBGMCU_APB2FZR / 4] = 0x00060800,
                            [DBGMCU_APB2FZR / 4 + 1] = 0x00060800}},
};
