/* SPDX-License-Identifier: MIT */
/* How the flash controllers of the STM32L4, G4, G0, C0, WB and WL differ, for l4_flash.c and
 * l4_options.c: times as the data sheets DS10198, DS12232 and DS13866 have them (6.3.10, 5.3.9). */
#include "sim/stm32/l4_flash_internal.h"

/* RDERRIE, ERRIE, EOPIE, FSTPG, MER2, PNB, MER1, PER, PG; and where the second bank is chosen. */
#define CR_KEPT 0x070487FFu
#define BKER_OF_L4 (1u << 11)
#define BKER_OF_G0 (1u << 13)
#define L4_TIMES .program_ns = 81690, .page_erase_ns = 22020000, .mass_erase_ns = 22130000
#define G0_TIMES .program_ns = 85000, .page_erase_ns = 22000000, .mass_erase_ns = 22000000

/* EOP and OPERR tell only those who asked for the interrupt. */
#define REGISTERS(reset_of_acr, bits_of_acr, busy_flags, ...)                                    \
    {                                                                                            \
        .acr = 0x00, .keyr = 0x08, .sr = 0x10, .cr = 0x14, .acr_reset = (reset_of_acr),          \
        .acr_writable = (bits_of_acr), .busy = (busy_flags), .done = 1u << 0,        /* EOP */   \
            .errors = SIM_L4_ERRORS, .operation_error = 1u << 1,                     /* OPERR */ \
            .start = SIM_L4_CR_STARTS, .lock = SIM_L4_CR_LOCK, .done_irq = 1u << 24, /* EOPIE */ \
            .error_irq = 1u << 25,                                                   /* ERRIE */ \
            .done_needs_irq = true, .keys = {0x45670123, 0xCDEF89AB},                            \
        .ecc = {.unit = 8, .first = 0x18, .irq_enable = 1u << 24, __VA_ARGS__},                  \
    }
static const struct sim_flash_registers registers_of_l4 =
    REGISTERS(0x00000600, 0x00007F07, SIM_L4_BSY, .banks = true, .bank = 1u << 19);
static const struct sim_flash_registers registers_of_g4 =
    REGISTERS(0x00040600, 0x00047F0F, SIM_L4_BSY, .bank = 0);
static const struct sim_flash_registers registers_of_g0 =
    REGISTERS(0x00040600, 0x00050F07, SIM_L4_BSY | SIM_L4_CFGBSY, .address_shift = 3);
static const struct sim_flash_registers registers_of_g0b =
    REGISTERS(0x00040600, 0x00050F07, SIM_L4_BSY | SIM_L4_BSY2 | SIM_L4_CFGBSY, .second = 0x1C,
              .banks = true, .address_shift = 3);

/* Offset, bits there are, as delivered: OPTR, PCROP1SR, PCROP1ER, WRP1AR, WRP1BR; another bank's.
 */
static const struct sim_l4_family l4 = {
    L4_TIMES,
    .page_bits = 0xFF,
    .cr_kept = CR_KEPT | BKER_OF_L4,
    .bker = BKER_OF_L4,
    .two_banks = 1u << 21,
    .nrst_stop = 12,
    .options = {{0x20, 0x0FBF77FF, 0xFFEFF8AA},
                {0x24, 0x0000FFFF, 0xFFFFFFFF},
                {0x28, 0x8000FFFF, 0x7FFF0000},
                {0x2C, 0x00FF00FF, 0xFF00FFFF},
                {0x30, 0x00FF00FF, 0xFF00FFFF},
                {0x44, 0x0000FFFF, 0xFFFFFFFF},
                {0x48, 0x0000FFFF, 0xFFFF0000},
                {0x4C, 0x00FF00FF, 0xFF00FFFF},
                {0x50, 0x00FF00FF, 0xFF00FFFF}},
};
static const struct sim_l4_family g4_category_2 = {
    L4_TIMES,
    .page_bits = 0x3F,
    .cr_kept = CR_KEPT,
    .nrst_stop = 12,
    .options = {{0x20, 0x7F8F77FF, 0xFFEFF8AA},
                {0x24, 0x00007FFF, 0xFFFFFFFF},
                {0x28, 0x80007FFF, 0x7FFF8000},
                {0x2C, 0x007F007F, 0xFF00FFFF},
                {0x30, 0x007F007F, 0xFF00FFFF},
                {0x70, 0x000100FF, 0xFFFEFF00}},
};

/* OPTR, PCROP1ASR, PCROP1AER, WRP1AR, WRP1BR, PCROP1BSR, PCROP1BER, SECR (RM0444, 3.7.8 to
 * 3.7.21). */
#define ONE_BANK(optr, pcrop, wrp, sec_size)                                                  \
    {                                                                                         \
        {0x20, (optr), 0xFFFFFEAA}, {0x24, (pcrop), 0xFFFFFFFF},                              \
            {0x28, 1u << 31 | (pcrop), 0x7FFFFFFF & ~(pcrop)},                                \
            {0x2C, (wrp) << 16 | (wrp), 0xFF00FFFF}, {0x30, (wrp) << 16 | (wrp), 0xFF00FFFF}, \
            {0x34, (pcrop), 0xFFFFFFFF}, {0x38, (pcrop), ~(pcrop)},                           \
        {                                                                                     \
            0x80, 1u << 16 | (sec_size), ~(1u << 16 | (sec_size))                             \
        }                                                                                     \
    }
#define G0_COMMON                                                                  \
    G0_TIMES, .cr_kept = CR_KEPT | BKER_OF_G0, .nrst_stop = 13, .empty = 1u << 16, \
              .boot = {.by_option = 1u << 24, .nboot0 = 1u << 26, .nboot1 = 1u << 25}
static const struct sim_l4_family g07 = {
    G0_COMMON,
    .page_bits = 0x3F,
    .secr = 7,
    .options = ONE_BANK(0x3F4FFFFF, 0xFFu, 0x3Fu, 0x7Fu),
};
/* Single-bank: pages up to 255. The rest of the second bank, of PCROP1B and SECR follow. */
static const struct sim_l4_family g0b = {
    G0_COMMON,
    .page_bits = 0xFF,
    .bker = BKER_OF_G0,
    .two_banks = 1u << 21,
    .nswap = 1u << 20,
    .secr = 13,
    .options = {{0x20, 0x3F7FFFFF, 0xFFFFFEAA},
                {0x24, 0x000001FF, 0xFFFFFFFF},
                {0x28, 0x800001FF, 0x7FFFFE00},
                {0x2C, 0x007F007F, 0xFF00FFFF},
                {0x30, 0x007F007F, 0xFF00FFFF},
                {0x44, 0x000001FF, 0xFFFFFFFF},
                {0x48, 0x000001FF, 0xFFFFFE00},
                {0x4C, 0x007F007F, 0xFF00FFFF},
                {0x50, 0x007F007F, 0xFF00FFFF},
                {0x34, 0x000001FF, 0xFFFFFFFF},
                {0x38, 0x000001FF, 0xFFFFFE00},
                {0x54, 0x000001FF, 0xFFFFFFFF},
                {0x58, 0x000001FF, 0xFFFFFE00},
                {0x80, 0x0FF100FF, 0xF00EFF00}},
};
static const struct sim_l4_family c03 = {
    G0_COMMON,
    .page_bits = 0x0F,
    .secr = 7,
    .options = ONE_BANK(0x3FEFFFFF, 0x3Fu, 0x0Fu, 0x1Fu),
};

/* OPTR, PCROP1ASR, PCROP1AER, WRP1AR, WRP1BR, PCROP1BSR, PCROP1BER, IPCCBR; SFR, SRRVR (RM0434 and
 * RM0453, "FLASH registers"). ESE is not written. */
#define WITH_RADIO(optr, optr_factory, pcrop, wrp, sfr, sfr_factory, srrvr, srrvr_factory) \
    {                                                                                      \
        {0x20, (optr), (optr_factory)}, {0x24, (pcrop), 0xFFFFFFFF},                       \
            {0x28, 1u << 31 | (pcrop), 0x7FFFFFFF & ~(pcrop)},                             \
            {0x2C, (wrp) << 16 | (wrp), ~((wrp) << 16)},                                   \
            {0x30, (wrp) << 16 | (wrp), ~((wrp) << 16)}, {0x34, (pcrop), 0xFFFFFFFF},      \
            {0x38, (pcrop), ~(pcrop)}, {0x3C, 0x00003FFF, 0xFFFFC000},                     \
            {0x80, (sfr), (sfr_factory)},                                                  \
        {                                                                                  \
            0x84, (srrvr), (srrvr_factory)                                                 \
        }                                                                                  \
    }
#define WB_COMMON                                                                   \
    L4_TIMES, .cr_kept = CR_KEPT & ~(1u << 15), .nrst_stop = 12, .empty = 1u << 16, \
              .boot = {.by_pin = 1u << 26, .nboot0 = 1u << 27, .nboot1 = 1u << 23}
/* As it is sold: the firmware upgrade service has the last 12 pages. */
static const struct sim_l4_family wb55 = {
    WB_COMMON,
    .page_bits = 0xFF,
    .secure = {.sfr = 8, .srrvr = 9, .sfsa = 0xFF, .fsd = 1u << 8},
    .optverr_at_reset = true,
    .options = WITH_RADIO(0xEF8F7EFF, 0x3FFFF1AA, 0x1FFu, 0xFFu, 0x000011FF, 0xFFFFEEF4, 0xFEFFFFFF,
                          0x9F2BD000),
};
static const struct sim_l4_family wl55 = {
    WB_COMMON,
    .page_bits = 0x7F,
    .secure = {.sfr = 8, .srrvr = 9, .sfsa = 0x7F, .fsd = 1u << 7},
    .options = WITH_RADIO(0xCF8F7EFF, 0x3FFFF0AA, 0xFFu, 0x7Fu, 0x80FF10FF, 0xFFFFEFFF, 0xFEFCFFFF,
                          0xFFFF8000),
};
static const struct sim_flash_registers registers_of_wb =
    REGISTERS(0x00000600, 0x00019F07, SIM_L4_BSY | SIM_L4_CFGBSY, .address_shift = 3);

#define CONTROLLER_OF(its_device, family, its_registers)                                         \
    .device = &(its_device), .registers = &(its_registers), .l4 = &(family), .stalling = {0x14}, \
    .factory = sim_l4_options_factory, .load_options = sim_l4_options_load,                      \
    .is_protected = sim_l4_is_protected, .is_sealed = sim_l4_is_sealed,                          \
    .set_protection = sim_l4_set_protection, .seal = sim_l4_seal,                                \
    .protect_writing = sim_l4_protect_writing, .protects_writing = sim_l4_protects_writing,      \
    .readable = sim_flash_accessible, .user_options = sim_l4_user_options,                       \
    .busy_until = sim_flash_busy_until, .write = sim_l4_write
#define CONTROLLER(family, its_registers) CONTROLLER_OF(sim_device_l4_flash, family, its_registers)
const struct sim_flash_kind sim_l4_flash = {CONTROLLER(l4, registers_of_l4),
                                            .show_second_first = sim_l4_show_second_first};
const struct sim_flash_kind sim_g4_flash = {CONTROLLER(g4_category_2, registers_of_g4)};
const struct sim_flash_kind sim_g07_flash = {CONTROLLER(g07, registers_of_g0),
                                             .boots = sim_l4_boots};
const struct sim_flash_kind sim_g0b_flash = {CONTROLLER(g0b, registers_of_g0b),
                                             .boots = sim_l4_boots};
const struct sim_flash_kind sim_c03_flash = {CONTROLLER(c03, registers_of_g0),
                                             .boots = sim_l4_boots};
#define WITH_SECOND_CORE(family)                                     \
    {                                                                \
        CONTROLLER_OF(sim_device_wb_flash, family, registers_of_wb), \
            .boots = sim_l4_boots, .open_flash = sim_l4_open_flash,  \
    }
const struct sim_flash_kind sim_wb_flash = WITH_SECOND_CORE(wb55);
const struct sim_flash_kind sim_wl_flash = WITH_SECOND_CORE(wl55);
