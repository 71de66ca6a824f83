/* SPDX-License-Identifier: MIT */
/* What the option bytes of H5 mean: RM0481 and RM0492, 7.11. */
#include "flash/controller_change.h"
#include "flash/stm32/option_values.h"
#include "flash/stm32/stm32h5.h"

enum { OPTSR, OPTSR2, NSBOOTR, OTPBLR, HDP1R, HDP2R };
enum { SECBOOTR = 6, SECWM1R, SECWM2R, EDATA1R, EDATA2R, WRP1R, H503_WRP1R = 6 };

/* None of them leads back. */
static const struct option_value product_state[] = {
    {0xED, NULL, "open", "product state open", false},
    {0x17, NULL, "provisioning", "product state provisioning", true},
    {0x2E, NULL, "iROT-provisioned", "product state iROT-provisioned", true},
    {0xC6, NULL, "TZ-closed", "product state TZ-closed: what is secure is out of reach", true},
    {0x72, NULL, "closed", "product state closed", true},
    {0x5C, NULL, "locked", "product state locked for ever", true},
    {0x9A, NULL, "regression", "product state regression", true},
    {0xA3, NULL, "NS-regression", "product state non-secure regression", true},
};
static const struct option_value bor_lev[] = {
    {0, NULL, "2.1V", "brown-out reset below 2.1 V", false},
    {1, NULL, "2.4V", "brown-out reset below 2.4 V", false},
    {2, NULL, "2.7V", "brown-out reset below 2.7 V", false},
};
/* Pins set up for a supply below 2.7 V are damaged by a higher one. */
static const struct option_value hslv[] = {
    {0, NULL, "off", NULL, false},
    {1, NULL, "below-2.7V", NULL, OPTION_HARMS},
};
static const struct option_value boot_ube[] = {
    {0xB4, NULL, "OEM-iROT", NULL, false},
    {0xC3, NULL, "ST-iROT", NULL, true},
};
static const struct option_value tzen[] = {
    {0xC3, NULL, "off", "TrustZone is off", false},
    {0xB4, NULL, "on", "TrustZone is on", true},
};
static const struct option_value boot_lock[] = {
    {0xC3, NULL, "off", NULL, false},
    {0xB4, NULL, "on", NULL, true},
};
static const struct option_value usbpd_dis[] = {
    {1, NULL, "disabled", NULL, false},
    {0, NULL, "enabled", NULL, false},
};
static const struct option_value erased[] = {
    {1, NULL, "kept", NULL, false},
    {0, NULL, "erased", NULL, false},
};

/* clang-format off */
#define COMMON_FIELDS                                                                                 \
    {"PRODUCT_STATE", "product state", NULL, NULL, 0, OPTSR, 8, 8, VALUES(product_state)},            \
    {"BOR_LEV", "brown-out reset", NULL, "bor_lev", 0, OPTSR, 0, 2, VALUES(bor_lev)},                 \
    {"BORH_EN", "brown-out reset from high", NULL, NULL, 0, OPTSR, 2, 1, VALUES(stm32_off_on)},       \
    {"IWDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OPTSR, 3, 1, VALUES(stm32_watchdog)},    \
    {"WWDG_SW", "window watchdog", NULL, NULL, 0, OPTSR, 4, 1, VALUES(stm32_wwdg)},                   \
    {"NRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OPTSR, 6, 1, VALUES(stm32_reset_in_stop)},   \
    {"NRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OPTSR, 7, 1,                          \
     VALUES(stm32_reset_in_standby)},                                                                 \
    {"IO_VDD_HSLV", "fast pins by VDD", NULL, NULL, 0, OPTSR, 16, 1, VALUES(hslv)},                   \
    {"IO_VDDIO2_HSLV", "fast pins by VDDIO2", NULL, NULL, 0, OPTSR, 17, 1, VALUES(hslv)},             \
    {"IWDG_STOP", "watchdog in stop", NULL, NULL, 0, OPTSR, 20, 1, VALUES(stm32_iwdg_low_power)},     \
    {"IWDG_STDBY", "watchdog in standby", NULL, NULL, 0, OPTSR, 21, 1, VALUES(stm32_iwdg_low_power)}, \
    {"SWAP_BANK", "banks exchanged", NULL, "swap_bank", 1, OPTSR, 31, 1, VALUES(stm32_off_on)},       \
    {"NSBOOTADD", "boot address", NULL, NULL, 0, NSBOOTR, 8, 24, NULL, 0},                            \
    {"NSBOOT_LOCK", "boot lock", NULL, NULL, 0, NSBOOTR, 0, 8, VALUES(boot_lock)},                    \
    {"BKPRAM_ECC", "ECC of BKPSRAM", NULL, NULL, 0, OPTSR2, 4, 1, VALUES(stm32_on_off)},              \
    {"SRAM2_ECC", "ECC of SRAM2", NULL, NULL, 0, OPTSR2, 6, 1, VALUES(stm32_on_off)},                 \
    {"SRAM2_RST", "SRAM2 at a reset", NULL, NULL, 0, OPTSR2, 3, 1, VALUES(erased)}
#define GUARDED(hdp_bits)                                                                          \
    {"LOCKBL", "locked blocks of OTP", NULL, NULL, 0, OTPBLR, 0, 32, NULL, 0},                     \
    {"HDP1_STRT", "hidden area 1 from", NULL, NULL, 0, HDP1R, 0, hdp_bits, NULL, 0},               \
    {"HDP1_END", "hidden area 1 up to", NULL, NULL, 0, HDP1R, 16, hdp_bits, NULL, 0},              \
    {"HDP2_STRT", "hidden area 2 from", NULL, NULL, 0, HDP2R, 0, hdp_bits, NULL, 0},               \
    {"HDP2_END", "hidden area 2 up to", NULL, NULL, 0, HDP2R, 16, hdp_bits, NULL, 0}
/* clang-format on */

/* Those without a way back that are numbers go first behind the common ones. */
enum { AT_GUARDED = 17 };
#define GUARDED_FIELDS (31u << AT_GUARDED)

static const struct option_field fields_of_h503[] = {
    COMMON_FIELDS,
    GUARDED(3),
    {"SRAM1_ECC", "ECC of SRAM1", NULL, NULL, 0, OPTSR2, 10, 1, VALUES(stm32_on_off)},
    {"SRAM1_RST", "SRAM1 at a reset", NULL, NULL, 0, OPTSR2, 9, 1, VALUES(erased)},
};
static const struct option_field fields_of_h5[] = {
    COMMON_FIELDS,
    GUARDED(7),
    {"BOOT_UBE", "root of trust", NULL, NULL, 0, OPTSR, 22, 8, VALUES(boot_ube)},
    {"TZEN", "TrustZone", NULL, "trustzone", 0xB4, OPTSR2, 24, 8, VALUES(tzen)},
    {"SRAM3_ECC", "ECC of SRAM3", NULL, NULL, 0, OPTSR2, 5, 1, VALUES(stm32_on_off)},
    {"SRAM1_3_RST", "SRAM1 and SRAM3 at a reset", NULL, NULL, 0, OPTSR2, 2, 1, VALUES(erased)},
    {"USBPD_DIS", "USB power delivery", NULL, NULL, 0, OPTSR2, 8, 1, VALUES(usbpd_dis)},
    {"SECBOOTADD", "secure boot address", NULL, NULL, 0, SECBOOTR, 8, 24, NULL, 0},
    {"SECBOOT_LOCK", "secure boot lock", NULL, NULL, 0, SECBOOTR, 0, 8, VALUES(boot_lock)},
    {"SECWM1_STRT", "secure area 1 from", NULL, NULL, 0, SECWM1R, 0, 7, NULL, 0},
    {"SECWM1_END", "secure area 1 up to", NULL, NULL, 0, SECWM1R, 16, 7, NULL, 0},
    {"SECWM2_STRT", "secure area 2 from", NULL, NULL, 0, SECWM2R, 0, 7, NULL, 0},
    {"SECWM2_END", "secure area 2 up to", NULL, NULL, 0, SECWM2R, 16, 7, NULL, 0},
    {"EDATA1_EN", "data sectors in bank 1", NULL, NULL, 0, EDATA1R, 15, 1, VALUES(stm32_off_on)},
    {"EDATA1_STRT", "so many, less one", NULL, NULL, 0, EDATA1R, 0, 3, NULL, 0},
    {"EDATA2_EN", "data sectors in bank 2", NULL, NULL, 0, EDATA2R, 15, 1, VALUES(stm32_off_on)},
    {"EDATA2_STRT", "so many, less one", NULL, NULL, 0, EDATA2R, 0, 3, NULL, 0},
};

#define TABLE(list, its_registers, count, wrp, block)                            \
    {                                                                            \
        .says = "stm32h5x", .registers = (its_registers), .fields = (list),      \
        .register_count = (count), .field_count = sizeof(list) / sizeof *(list), \
        .one_way_fields = GUARDED_FIELDS,                                        \
        .blocks = {.reg = (wrp), .most = 64, .size = (block), .by_bank = true},  \
        .by_life_cycle = true, .unlock_keeps_others = true, .reset_loads = true, \
        .read = stm32h5_options_read, .write = stm32h5_options_write,            \
        .lock = stm32h5_options_lock, .unlock = stm32h5_options_unlock,          \
        .load = controller_load_by_reset, .load_command = "options_load"         \
    }

/* WRPSG: groups of four sectors; of H503 single ones. */
const struct flash_options stm32h5_option_table =
    TABLE(fields_of_h5, stm32h5_registers, STM32H5_OPTION_WORDS, WRP1R, 4 * 8192);
const struct flash_options stm32h503_option_table =
    TABLE(fields_of_h503, stm32h503_registers, STM32H503_OPTION_WORDS, H503_WRP1R, 8192);
