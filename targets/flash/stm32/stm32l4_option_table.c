/* SPDX-License-Identifier: MIT */
/* What the option bytes of L4 and G4 mean: RM0351 and RM0394, 3.7.8 to 3.7.16; RM0432, 3.7.8;
 * RM0440, 3.7.8 to 3.7.18. */
#include "flash/stm32/stm32l4_option_table.h"

enum { OPTR = STM32L4_OF_OPTR };
enum { ONE_PCROP1SR = 3, ONE_PCROP1ER, ONE_SEC1R };
enum { TWO_PCROP1SR = 5, TWO_PCROP1ER, TWO_PCROP2SR, TWO_PCROP2ER, TWO_SEC1R, TWO_SEC2R };

/* clang-format off */
#define COMMON_FIELDS OPTR_FIRST_FIELDS(stm32_rdp, 8), OPTR_BOOT_FIELDS
#define PCROP1(order, bits)                                                                                         \
    {"PCROP_RDP", "PCROP area at the end of RDP", NULL, NULL, 0, order##_PCROP1ER, 31, 1, VALUES(stm32_pcrop_rdp)}, \
    {"PCROP1_STRT", "PCROP area 1 from", NULL, NULL, 0, order##_PCROP1SR, 0, bits, NULL, 0},                        \
    {"PCROP1_END", "PCROP area 1 up to", NULL, NULL, 0, order##_PCROP1ER, 0, bits, NULL, 0}
#define PCROP2(bits)                                                                               \
    {"PCROP2_STRT", "PCROP area 2 from", NULL, NULL, 0, TWO_PCROP2SR, 0, bits, NULL, 0},           \
    {"PCROP2_END", "PCROP area 2 up to", NULL, NULL, 0, TWO_PCROP2ER, 0, bits, NULL, 0}
#define SRAM2                                                                                \
    {"SRAM2_PE", "parity check of SRAM2", NULL, NULL, 0, OPTR, 24, 1, VALUES(stm32_on_off)}, \
    {"SRAM2_RST", "SRAM2 erased by a reset", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_on_off)}
#define BFB2                                                                                       \
    {"BFB2", "boot from the second bank", NULL, NULL, 0, OPTR, 20, 1, VALUES(stm32_off_on)}
#define G4_FIELDS(order)                                                                     \
    {"NRST_MODE", "pin NRST", NULL, NULL, 0, OPTR, 28, 2, VALUES(stm32_nrst_mode)},          \
    {"IRHEN", "internal reset holder", NULL, NULL, 0, OPTR, 30, 1, VALUES(stm32_off_on)},    \
    {"SEC_SIZE1", "securable pages of bank 1", NULL, NULL, 0, order##_SEC1R, 0, 8, NULL, 0}, \
    {"BOOT_LOCK", "boot lock", NULL, NULL, 0, order##_SEC1R, 16, 1, VALUES(stm32_set_only)}
/* clang-format on */

/* PCROP first: which of them have no way back is told by their places. */
static const struct option_field fields_of_l4_small[] = {COMMON_FIELDS, PCROP1(ONE, 16), SRAM2};
static const struct option_field fields_of_l4[] = {
    COMMON_FIELDS,
    PCROP1(TWO, 16),
    PCROP2(16),
    SRAM2,
    BFB2,
    {"DUALBANK", "banks of a smaller flash", NULL, NULL, 0, OPTR, 21, 1, VALUES(stm32_banks)},
};
static const struct option_field fields_of_l4_plus[] = {
    COMMON_FIELDS,
    PCROP1(TWO, 17),
    PCROP2(17),
    SRAM2,
    BFB2,
    {"DB1M", "banks of a smaller flash", NULL, NULL, 0, OPTR, 21, 1, VALUES(stm32_banks)},
    {"DBANK", "banks", NULL, NULL, 0, OPTR, 22, 1, VALUES(stm32_banks)},
};
static const struct option_field fields_of_g4[] = {
    COMMON_FIELDS,
    PCROP1(ONE, 15),
    G4_FIELDS(ONE),
    {"SRAM_PE", "parity check of SRAM", NULL, NULL, 0, OPTR, 24, 1, VALUES(stm32_on_off)},
    {"CCMSRAM_RST", "CCM SRAM erased by a reset", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_on_off)},
};
static const struct option_field fields_of_g49[] = {
    COMMON_FIELDS,
    PCROP1(ONE, 15),
    G4_FIELDS(ONE),
    {"SRAM_PE", "parity check of SRAM", NULL, NULL, 0, OPTR, 24, 1, VALUES(stm32_on_off)},
    {"CCMSRAM_RST", "CCM SRAM erased by a reset", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_on_off)},
    {"PB4_PUPEN", "pull-up of PB4", NULL, NULL, 0, OPTR, 22, 1, VALUES(stm32_off_on)},
};
static const struct option_field fields_of_g47[] = {
    COMMON_FIELDS,
    PCROP1(TWO, 15),
    PCROP2(15),
    G4_FIELDS(TWO),
    {"SEC_SIZE2", "securable pages of bank 2", NULL, NULL, 0, TWO_SEC2R, 0, 8, NULL, 0},
    {"SRAM_PE", "parity check of SRAM", NULL, NULL, 0, OPTR, 24, 1, VALUES(stm32_on_off)},
    {"CCMSRAM_RST", "CCM SRAM erased by a reset", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_on_off)},
    BFB2,
    {"DBANK", "banks", NULL, NULL, 0, OPTR, 22, 1, VALUES(stm32_banks)},
};

/* Numbers of areas that only the end of read protection takes back, by their places in the lists.
 */
enum { AT_PCROP = 13, AT_SEC_OF_ONE = 17, AT_SEC_OF_TWO = 19, AT_SEC2 = 21 };
#define ONE_AREA (3u << AT_PCROP)
#define TWO_AREAS (15u << AT_PCROP)

/* L41x to L46x */
const struct flash_options stm32l4_small_option_table =
    STM32L4_TABLE(fields_of_l4_small, stm32l4_registers_of_one, STM32L4_OF_ONE, ONE_AREA, 0xFF, 0);
/* L47x, L49x */
const struct flash_options stm32l4_option_table =
    STM32L4_TABLE(fields_of_l4, stm32l4_registers_of_two, STM32L4_OF_TWO, TWO_AREAS, 0xFF, 0);
const struct flash_options stm32l4_plus_option_table =
    STM32L4_TABLE(fields_of_l4_plus, stm32l4_registers_of_two, STM32L4_OF_TWO, TWO_AREAS, 0xFF, 4);
const struct flash_options stm32g4_option_table =
    STM32L4_TABLE(fields_of_g4, stm32l4_registers_of_one, STM32L4_OF_ONE + 1,
                  ONE_AREA | 1u << AT_SEC_OF_ONE, 0x7F, 0);
const struct flash_options stm32g47_option_table =
    STM32L4_TABLE(fields_of_g47, stm32l4_registers_of_two, STM32L4_OF_TWO + 2,
                  TWO_AREAS | 1u << AT_SEC_OF_TWO | 1u << AT_SEC2, 0x7F, 4);
const struct flash_options stm32g49_option_table =
    STM32L4_TABLE(fields_of_g49, stm32l4_registers_of_one, STM32L4_OF_ONE + 1,
                  ONE_AREA | 1u << AT_SEC_OF_ONE, 0xFF, 0);
