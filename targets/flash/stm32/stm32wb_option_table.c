/* SPDX-License-Identifier: MIT */
/* What the option bytes of WB and WL mean: RM0434, RM0473 (WB1x) and RM0453, "Embedded flash
 * memory". What the second core has for itself (SFR, SRRVR, ESE) only that one can change once it
 * was secured, and it is nowhere promised that anybody can take it back: no way leads back from it.
 * Where the WL's second core starts from is nothing of that kind. */
#include "flash/stm32/stm32l4_option_table.h"

enum { OPTR = STM32L4_OF_OPTR };
enum { PCROP1ASR = 3, PCROP1AER, PCROP1BSR, PCROP1BER, IPCCBR, SFR, SRRVR };

/* Of bits with no way back, in either direction. */
static const struct option_value on_off_for_good[] = {
    {1, NULL, "off", NULL, true},
    {0, NULL, "on", NULL, true},
};
static const struct option_value off_on_for_good[] = {
    {0, NULL, "off", NULL, true},
    {1, NULL, "on", NULL, true},
};
static const struct option_value boots_from_for_good[] = {
    {1, NULL, "flash", NULL, true},
    {0, NULL, "sram", NULL, true},
};
static const struct option_value boots_from[] = {
    {1, NULL, "flash", NULL, false},
    {0, NULL, "sram", NULL, false},
};

/* clang-format off */
#define COMMON_FIELDS OPTR_FIRST_FIELDS(stm32_rdp, 9), OPTR_BOOT_FIELDS
#define SRAM2_PE                                                                                   \
    {"SRAM2_PE", "parity check of SRAM2", NULL, NULL, 0, OPTR, 24, 1, VALUES(stm32_on_off)}
#define PCROP(bits)                                                                                          \
    {"PCROP_RDP", "PCROP area at the end of RDP", NULL, NULL, 0, PCROP1AER, 31, 1, VALUES(stm32_pcrop_rdp)}, \
    {"PCROP1A_STRT", "PCROP area A from", NULL, NULL, 0, PCROP1ASR, 0, bits, NULL, 0},                       \
    {"PCROP1A_END", "PCROP area A up to", NULL, NULL, 0, PCROP1AER, 0, bits, NULL, 0},                       \
    {"PCROP1B_STRT", "PCROP area B from", NULL, NULL, 0, PCROP1BSR, 0, bits, NULL, 0},                       \
    {"PCROP1B_END", "PCROP area B up to", NULL, NULL, 0, PCROP1BER, 0, bits, NULL, 0}
/* Numbers with no way back first: told by their places. */
#define SECURE(page_bits, vector_bits, from)                                                  \
    {"SFSA", "secure flash from page", NULL, NULL, 0, SFR, 0, page_bits, NULL, 0},            \
    {"SBRSA", "secure part of SRAM2a from", NULL, NULL, 0, SRRVR, 18, 5, NULL, 0},            \
    {"SNBRSA", "secure part of SRAM2b from", NULL, NULL, 0, SRRVR, 25, 5, NULL, 0},           \
    {"SBRV", "vector of the second core", NULL, NULL, 0, SRRVR, 0, vector_bits, NULL, 0},     \
    {"FSD", "secure flash", NULL, NULL, 0, SFR, page_bits, 1, VALUES(on_off_for_good)},       \
    {"DDS", "debug of the second core", NULL, NULL, 0, SFR, 12, 1, VALUES(on_off_for_good)},  \
    {"BRSD", "secure part of SRAM2a", NULL, NULL, 0, SRRVR, 23, 1, VALUES(on_off_for_good)},  \
    {"NBRSD", "secure part of SRAM2b", NULL, NULL, 0, SRRVR, 30, 1, VALUES(on_off_for_good)}, \
    {"C2OPT", "second core starts from", NULL, NULL, 0, SRRVR, 31, 1, VALUES(from)},          \
    {"ESE", "system security", NULL, NULL, 0, OPTR, 8, 1, VALUES(off_on_for_good)},           \
    {"IPCCDBA", "IPCC buffer in SRAM2", NULL, NULL, 0, IPCCBR, 0, 14, NULL, 0}
#define WB_FIELDS                                                                               \
    COMMON_FIELDS, PCROP(9), SECURE(8, 18, boots_from_for_good), SRAM2_PE,                      \
    {"SRAM2_RST", "SRAM2 erased by a reset", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_on_off)}, \
    {"AGC_TRIM", "gain of the radio", NULL, NULL, 0, OPTR, 29, 3, NULL, 0}
/* clang-format on */

static const struct option_field fields_of_wb[] = {WB_FIELDS};
static const struct option_field fields_of_wb1[] = {
    WB_FIELDS,
    {"IRHEN", "internal reset holder", NULL, NULL, 0, OPTR, 15, 1, VALUES(stm32_off_on)},
};
static const struct option_field fields_of_wl[] = {
    COMMON_FIELDS,
    PCROP(8),
    SECURE(7, 16, boots_from),
    {"HDPSA", "hidden flash from page", NULL, NULL, 0, SFR, 16, 7, NULL, 0},
    {"HDPAD", "hidden flash", NULL, NULL, 0, SFR, 23, 1, VALUES(on_off_for_good)},
    {"SUBGHZSPISD", "secure radio", NULL, NULL, 0, SFR, 31, 1, VALUES(on_off_for_good)},
    SRAM2_PE,
    {"SRAM_RST", "SRAM erased by a reset", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_on_off)},
    {"BOOT_LOCK", "boot lock", NULL, NULL, 0, OPTR, 30, 1, VALUES(stm32_set_only)},
    {"C2BOOT_LOCK", "boot lock of the second core", NULL, NULL, 0, OPTR, 31, 1,
     VALUES(stm32_set_only)},
};

/* PCROP areas; SFSA, SBRSA, SNBRSA; SBRV behind them; HDPSA. */
enum {
    AT_PCROP = 12,
    AT_SECURE = AT_PCROP + 5,
    AT_SBRV = AT_SECURE + 3,
    AT_HDPSA = AT_SECURE + 11
};
#define GUARDED (15u << (AT_PCROP + 1) | 7u << AT_SECURE)

#define TABLE(list, guarded, bits_of_page) \
    STM32L4_TABLE(list, stm32wb_registers, STM32WB_OF_ALL, guarded, bits_of_page, 0)

const struct flash_options stm32wb_option_table =
    TABLE(fields_of_wb, GUARDED | 1u << AT_SBRV, 0xFF);
const struct flash_options stm32wb1_option_table =
    TABLE(fields_of_wb1, GUARDED | 1u << AT_SBRV, 0xFF);
const struct flash_options stm32wl_option_table =
    TABLE(fields_of_wl, GUARDED | 1u << AT_HDPSA, 0x7F);
