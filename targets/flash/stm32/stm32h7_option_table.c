/* SPDX-License-Identifier: MIT */
/* What the option bytes of H7 mean: RM0433, RM0399, RM0455 and RM0468, 4.4 and 4.9. */
#include "flash/controller_change.h"
#include "flash/stm32/option_values.h"
#include "flash/stm32/stm32h7.h"

/* In the order of the words: those of all, then what only some have. */
enum { OPTSR, BOOT, PRAR1, SCAR1, WPSN1, OF_ALL };
enum { WPSN2 = OF_ALL, PRAR2, SCAR2, OF_TWO, BOOT4 = OF_TWO, OF_TWO_CORES };
enum { OPTSR2 = OF_ALL, OF_H72 };

/* clang-format off */
#define REGISTERS_OF_ALL                                                                           \
    [OPTSR] = {NULL, STM32H7_OPTSR_PRG}, [BOOT] = {NULL, STM32H7_BOOT_PRG},                        \
    [PRAR1] = {NULL, STM32H7_PRAR_PRG}, [SCAR1] = {NULL, STM32H7_SCAR_PRG},                        \
    [WPSN1] = {NULL, STM32H7_WPSN_PRG}
static const struct option_register registers_of_two[OF_TWO_CORES] = {
    REGISTERS_OF_ALL,
    [WPSN2] = {NULL, STM32H7_WPSN_PRG + STM32H7_BANK_2},
    [PRAR2] = {NULL, STM32H7_PRAR_PRG + STM32H7_BANK_2},
    [SCAR2] = {NULL, STM32H7_SCAR_PRG + STM32H7_BANK_2},
    [BOOT4] = {NULL, STM32H7_BOOT4_PRG},
};
static const struct option_register registers_of_h72[OF_H72] = {
    REGISTERS_OF_ALL,
    [OPTSR2] = {NULL, STM32H7_OPTSR2_PRG},
};
/* clang-format on */

static const struct option_value bor_lev[] = {
    {0, NULL, "off", "no brown-out reset above the power-on level", false},
    {1, NULL, "2.1V", "brown-out reset below 2.1 V", false},
    {2, NULL, "2.4V", "brown-out reset below 2.4 V", false},
    {3, NULL, "2.7V", "brown-out reset below 2.7 V", false},
};
static const struct option_value st_ram_size[] = {
    {0, NULL, "2K", NULL, false},
    {1, NULL, "4K", NULL, false},
    {2, NULL, "8K", NULL, false},
    {3, NULL, "16K", NULL, false},
};
static const struct option_value itcm_size[] = {
    {0, NULL, "64K", NULL, false},
    {1, NULL, "128K", NULL, false},
    {2, NULL, "192K", NULL, false},
    {3, NULL, "256K", NULL, false},
};

/* clang-format off */
/* PCROP and secure areas: from and up to units of 256 bytes of a bank. */
#define AREAS(n)                                                                                   \
    {"PROT_START" #n, "PCROP area " #n " from", NULL, NULL, 0, PRAR##n, 0, 12, NULL, 0},           \
    {"PROT_END" #n, "PCROP area " #n " up to", NULL, NULL, 0, PRAR##n, 16, 12, NULL, 0},           \
    {"SEC_START" #n, "secure area " #n " from", NULL, NULL, 0, SCAR##n, 0, 12, NULL, 0},           \
    {"SEC_END" #n, "secure area " #n " up to", NULL, NULL, 0, SCAR##n, 16, 12, NULL, 0}
/* What is told by their places comes first. */
#define FIRST                                                                                      \
    {"RDP", "read protection", NULL, NULL, 0, OPTSR, 8, 8, VALUES(stm32_rdp)}, AREAS(1)
enum { AT_AREAS = 1, AREAS_OF_BANK = 4 };
#define COMMON_FIELDS                                                                                   \
    {"DMEP1", "PCROP area 1 at the end of RDP", NULL, NULL, 0, PRAR1, 31, 1, VALUES(stm32_pcrop_rdp)},  \
    {"DMES1", "secure area 1 at the end of RDP", NULL, NULL, 0, SCAR1, 31, 1, VALUES(stm32_pcrop_rdp)}, \
    {"SECURITY", "secure areas", NULL, NULL, 0, OPTSR, 21, 1, VALUES(stm32_set_only)},                  \
    {"BOR_LEV", "brown-out reset", NULL, "bor_lev", 0, OPTSR, 2, 2, VALUES(bor_lev)},                   \
    {"IWDG1_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OPTSR, 4, 1, VALUES(stm32_watchdog)},     \
    {"NRST_STOP_D1", "stop mode of domain 1", NULL, "reset_in_stop", 0, OPTSR, 6, 1,                    \
     VALUES(stm32_reset_in_stop)},                                                                      \
    {"NRST_STBY_D1", "standby mode of domain 1", NULL, "reset_in_standby", 0, OPTSR, 7, 1,              \
     VALUES(stm32_reset_in_standby)},                                                                   \
    {"FZ_IWDG_STOP", "watchdog in stop", NULL, NULL, 0, OPTSR, 17, 1, VALUES(stm32_iwdg_low_power)},    \
    {"FZ_IWDG_SDBY", "watchdog in standby", NULL, NULL, 0, OPTSR, 18, 1, VALUES(stm32_iwdg_low_power)}, \
    {"ST_RAM_SIZE", "DTCM for the secure boot", NULL, NULL, 0, OPTSR, 19, 2, VALUES(st_ram_size)},      \
    {"IO_HSLV", "fast pins below 2.5 V", NULL, NULL, 0, OPTSR, 29, 1, VALUES(stm32_hslv)},            \
    {"BOOT_ADD0", "boots at, with BOOT0 low", NULL, NULL, 0, BOOT, 0, 16, NULL, 0},                     \
    {"BOOT_ADD1", "boots at, with BOOT0 high", NULL, NULL, 0, BOOT, 16, 16, NULL, 0}
#define SECOND_BANK                                                                                     \
    {"DMEP2", "PCROP area 2 at the end of RDP", NULL, NULL, 0, PRAR2, 31, 1, VALUES(stm32_pcrop_rdp)},  \
    {"DMES2", "secure area 2 at the end of RDP", NULL, NULL, 0, SCAR2, 31, 1, VALUES(stm32_pcrop_rdp)}, \
    {"SWAP_BANK", "banks swapped", NULL, NULL, 0, OPTSR, 31, 1, VALUES(stm32_off_on)}
#define SECOND_CORE                                                                                \
    {"IWDG2_SW", "watchdog 2", NULL, NULL, 0, OPTSR, 5, 1, VALUES(stm32_watchdog)},                \
    {"BCM4", "Cortex-M4 boots by itself", NULL, NULL, 0, OPTSR, 22, 1, VALUES(stm32_off_on)},      \
    {"BCM7", "Cortex-M7 boots by itself", NULL, NULL, 0, OPTSR, 23, 1, VALUES(stm32_off_on)},      \
    {"NRST_STOP_D2", "stop mode of domain 2", NULL, NULL, 0, OPTSR, 24, 1,                         \
     VALUES(stm32_reset_in_stop)},                                                                 \
    {"NRST_STBY_D2", "standby mode of domain 2", NULL, NULL, 0, OPTSR, 25, 1,                      \
     VALUES(stm32_reset_in_standby)},                                                              \
    {"BOOT_CM4_ADD0", "Cortex-M4 boots at, with BOOT0 low", NULL, NULL, 0, BOOT4, 0, 16, NULL, 0}, \
    {"BOOT_CM4_ADD1", "Cortex-M4 boots at, with BOOT0 high", NULL, NULL, 0, BOOT4, 16, 16, NULL, 0}
/* clang-format on */

static const struct option_field fields_of_two[] = {FIRST, AREAS(2), COMMON_FIELDS, SECOND_BANK};
static const struct option_field fields_of_two_cores[] = {FIRST, AREAS(2), COMMON_FIELDS,
                                                          SECOND_BANK, SECOND_CORE};
static const struct option_field fields_of_h72[] = {
    FIRST,
    COMMON_FIELDS,
    {"TCM_AXI_SHARED", "ITCM", NULL, NULL, 0, OPTSR2, 0, 2, VALUES(itcm_size)},
    {"CPUFREQ_BOOST", "550 MHz", NULL, NULL, 0, OPTSR2, 2, 1, VALUES(stm32_off_on)},
};
static const struct option_field fields_of_h7ab[] = {
    FIRST,
    AREAS(2),
    COMMON_FIELDS,
    SECOND_BANK,
    {"VDDMMC_HSLV", "fast pins of VDDMMC below 2.5 V", NULL, NULL, 0, OPTSR, 16, 1,
     VALUES(stm32_hslv)},
};

/* A number of one of the areas leads nowhere back but by the end of read protection. */
#define ONE_WAY(banks) (((1u << (banks)*AREAS_OF_BANK) - 1) << AT_AREAS)

/* A bit of WPSN for so many bytes. */
#define TABLE(list, its_registers, count, banks, bytes)                                          \
    {                                                                                            \
        .says = "stm32h7x", .registers = (its_registers), .fields = (list),                      \
        .register_count = (count), .field_count = sizeof(list) / sizeof *(list),                 \
        .one_way_fields = ONE_WAY(banks),                                                        \
        .blocks = {.reg = WPSN1, .most = 32, .size = (bytes), .by_bank = true}, .at_once = true, \
        .reset_loads = true, .unlock_keeps_others = true, .erases_bank = true,                   \
        .unlocked_says = "stm32h7x unlocked", .read = stm32h7_options_read,                      \
        .write = stm32h7_options_write, .lock = stm32h7_options_lock,                            \
        .unlock = stm32h7_options_unlock, .seal = stm32h7_options_seal,                          \
        .load = controller_load_by_reset                                                         \
    }

enum { KIB = 1024 };
const struct flash_options stm32h7_option_table =
    TABLE(fields_of_two, registers_of_two, OF_TWO, 2, 128 * KIB);
const struct flash_options stm32h7_two_cores_option_table =
    TABLE(fields_of_two_cores, registers_of_two, OF_TWO_CORES, 2, 128 * KIB);
const struct flash_options stm32h72_option_table =
    TABLE(fields_of_h72, registers_of_h72, OF_H72, 1, 128 * KIB);
const struct flash_options stm32h7ab_option_table =
    TABLE(fields_of_h7ab, registers_of_two, OF_TWO, 2, 32 * KIB);
