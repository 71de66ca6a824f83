/* SPDX-License-Identifier: MIT */
/* From the reference manuals' chapters "Embedded flash memory" and "Debug support". */
#include "chip/families.h"

#include <stddef.h>

/* clang-format off */
/* Flash at, controller at; erased value. */
#define AT(flash, controller, erased) flash, controller, erased

/* Read protection: address, shift, mask, open value. H5, C5, H7RS have a life cycle in place of a
 * protection level, WB0 a lock byte. */
#define NO_RDP       {0, 0, 0, 0, 0}
#define RDP_F0       {0x4002201C, 1, 0x03, 0x00, 0}
#define RDP_F1       {0x4002201C, 1, 0x01, 0x00, 0}
#define RDP_F4       {0x40023C14, 8, 0xFF, 0xAA, 0}
#define RDP(address) {address,    0, 0xFF, 0xAA, 0}
#define RDP_M33      {0x40022040, 0, 0xFF, 0xAA, 0x55} /* RM0456, 7.6.2 */
#define RDP_H7       {0x5200201C, 8, 0xFF, 0xAA, 0}

#define IWDG 0x40003000

/* RM0008 31.16.3 (F1: watchdogs in DBGMCU_CR), RM0090 38.16.3 and 38.16.4 (F4: in DBGMCU_APB1_FZ;
 * F2, F3, F7, L1, L4, G4 alike), RM0091 32.9 and 6.4.7 (F0), RM0444 40.9 and 5.4.15 (G0; C0 alike);
 * RM0434 and RM0453, "Debug support" (WB, WL). */
#define NO_DBGMCU {0, 0, 0, 0, 0}
#define DBGMCU_F0 {0x40015804, 0x40015808, 0x1800, 0x40021018, 1u << 22} /* APB2ENR.DBGMCUEN */
#define DBGMCU_L0 {0x40015804, 0x40015808, 0x1800, 0x40021034, 1u << 22} /* APB2ENR.DBGEN: RM0367 */
#define DBGMCU_F1 {0xE0042004, 0xE0042004, 0x0300, 0, 0} /* DBG_IWDG_STOP, DBG_WWDG_STOP */
#define DBGMCU_G0 {0x40015804, 0x40015808, 0x1800, 0x4002103C, 1u << 27} /* APBENR1.DBGEN */
#define DBGMCU_F4 {0xE0042004, 0xE0042008, 0x1800, 0, 0}
#define DBGMCU_WB {0xE0042004, 0xE004203C, 0x1800, 0, 0} /* APB1FZR1; of the first core */
#define DBGMCU_H5 {0x44024004, 0x44024008, 0x1800, 0, 0} /* RM0481, 59.12 */
#define DBGMCU_H7 {0x5C001004, 0x5C001054, 0xC0000, 0, 0} /* APB4FZ1: WDGLSD1, WDGLSD2 */
#define DBGMCU_U5 {0xE0044004, 0xE0044008, 0x1800, 0, 0} /* RM0456, 75.12.4; L5, U3, WBA alike */

/* microsoft/uf2, uf2families.json */
#define UF2(...) {__VA_ARGS__}
#define NO_UF2   {0}

/* ECCD, and ECCD2 where there is one (RM0351, 3.7.7; RM0440, 3.7.7; RM0444, 3.7.7 and 3.7.8;
 * RM0456, 7.9.12; RM0481, 7.11.41). */
#define NO_ECC {{0, 0}, 0, 0}
#define ECC_L4 {{0x18, 0}, 0xA0000000, 0x18}
#define ECC_G0 {{0x18, 0x1C}, 0x80000000, 0x18}
#define ECC_C0 {{0x18, 0}, 0x80000000, 0x18}
#define ECC_U5 {{0x30, 0}, 0x80000000, 0x30}
#define ECC_H5 {{0x104, 0}, 0x80000000, 0x100}

#define M0_MAP   (MAP_SYSTEM_1FF | MAP_BOOT_ALIAS)
#define M3_MAP   (MAP_SYSTEM_1FF | MAP_BIT_BAND | MAP_BOOT_ALIAS | MAP_EXTERNAL)
#define F1_MAP   (MAP_SYSTEM_F1 | MAP_BIT_BAND | MAP_BOOT_ALIAS | MAP_EXTERNAL)
#define F4_MAP   (MAP_SYSTEM_F4 | MAP_BIT_BAND | MAP_BOOT_ALIAS | MAP_EXTERNAL)
#define M33_MAP  (MAP_SYSTEM_HIGH | MAP_OTHER_RAM | MAP_EXTERNAL)
#define H7_MAP   (MAP_ITCM | MAP_OTHER_RAM | MAP_EXTERNAL)

/* Name, OpenOCD's names, flash, read protection, watchdog, debug register, map, first RAM: that of
 * H7 is the DTCM; UF2 ids. */
const struct chip_family chip_families[CHIP_FAMILY_COUNT] = {
    [CHIP_F0]    = {"F0",    "stm32f0x",   "stm32f1x", AT(0x08000000, 0x40022000, 0xFF), RDP_F0,          IWDG, DBGMCU_F0, M0_MAP, 0, UF2(0x647824B6), NO_ECC},
    [CHIP_F1]    = {"F1",    "stm32f1x",   "stm32f1x", AT(0x08000000, 0x40022000, 0xFF), RDP_F1,          IWDG, DBGMCU_F1, F1_MAP, 0, UF2(0x5EE21072), NO_ECC},
    [CHIP_F1_XL] = {"F1 XL", "stm32f1x",   "stm32f1x", AT(0x08000000, 0x40022000, 0xFF), RDP_F1,          IWDG, DBGMCU_F1, F1_MAP, 0, UF2(0x5EE21072), NO_ECC},
    [CHIP_F2]    = {"F2",    "stm32f2x",   "stm32f2x", AT(0x08000000, 0x40023C00, 0xFF), RDP_F4,          IWDG, DBGMCU_F4, F4_MAP, 0, UF2(0x5D1A0A2E), NO_ECC},
    [CHIP_F3]    = {"F3",    "stm32f3x",   "stm32f1x", AT(0x08000000, 0x40022000, 0xFF), RDP_F0,          IWDG, DBGMCU_F4, M3_MAP | MAP_CODE_RAM, 0, UF2(0x6B846188), NO_ECC},
    [CHIP_F4]    = {"F4",    "stm32f4x",   "stm32f2x", AT(0x08000000, 0x40023C00, 0xFF), RDP_F4,          IWDG, DBGMCU_F4, F4_MAP | MAP_CODE_RAM, 0, UF2(0x57755A57, 0x6D0922FA, 0x8FB060FE), NO_ECC},
    [CHIP_F7]    = {"F7",    "stm32f7x",   "stm32f2x", AT(0x08000000, 0x40023C00, 0xFF), RDP_F4,          IWDG, DBGMCU_F4, MAP_SYSTEM_1FF | MAP_ITCM_FLASH | MAP_EXTERNAL, 0, UF2(0x53B80F00), NO_ECC},
    [CHIP_L0]    = {"L0",    "stm32l0",    "stm32lx",  AT(0x08000000, 0x40022000, 0x00), RDP(0x4002201C), IWDG, DBGMCU_L0, M0_MAP, 0, UF2(0x202E3A91), NO_ECC},
    [CHIP_L1]    = {"L1",    "stm32l1",    "stm32lx",  AT(0x08000000, 0x40023C00, 0x00), RDP(0x40023C1C), IWDG, DBGMCU_F4, M3_MAP, 0, UF2(0x1E1F432D), NO_ECC},
    [CHIP_L4]    = {"L4",    "stm32l4x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP(0x40022020), IWDG, DBGMCU_F4, M3_MAP | MAP_CODE_RAM, 0, UF2(0x00FF6919), ECC_L4},
    [CHIP_L5]    = {"L5",    "stm32l5x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP_M33        , IWDG, DBGMCU_U5, M33_MAP, 0, UF2(0x04240BDF), NO_ECC},
    [CHIP_G0]    = {"G0",    "stm32g0x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP(0x40022020), IWDG, DBGMCU_G0, M0_MAP, 0, UF2(0x300F5633), ECC_G0},
    [CHIP_G4]    = {"G4",    "stm32g4x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP(0x40022020), IWDG, DBGMCU_F4, M3_MAP | MAP_CODE_RAM, 0, UF2(0x4C71240A), ECC_L4},
    [CHIP_C0]    = {"C0",    "stm32c0x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP(0x40022020), IWDG, DBGMCU_G0, M0_MAP, 0, NO_UF2, ECC_C0},
    [CHIP_C5]    = {"C5",    NULL,         NULL,       AT(0x08000000, 0x40022000, 0xFF), NO_RDP,          IWDG, NO_DBGMCU, M33_MAP, 0, NO_UF2, NO_ECC},
    [CHIP_U0]    = {"U0",    "stm32u0x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP(0x40022020), IWDG, NO_DBGMCU, M0_MAP, 0, NO_UF2, NO_ECC},
    [CHIP_U3]    = {"U3",    "stm32u3x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP_M33        , IWDG, DBGMCU_U5, M33_MAP, 0, NO_UF2, NO_ECC},
    [CHIP_U5]    = {"U5",    "stm32u5x",   "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP_M33        , IWDG, DBGMCU_U5, M33_MAP, 0, NO_UF2, ECC_U5},
    [CHIP_WB]    = {"WB",    "stm32wbx",   "stm32l4x", AT(0x08000000, 0x58004000, 0xFF), RDP(0x58004020), IWDG, DBGMCU_WB, M0_MAP | MAP_EXTERNAL | MAP_CODE_RAM, 0, UF2(0x70D16653), ECC_C0},
    [CHIP_WL]    = {"WL",    "stm32wlx",   "stm32l4x", AT(0x08000000, 0x58004000, 0xFF), RDP(0x58004020), IWDG, DBGMCU_WB, M0_MAP | MAP_CODE_RAM, 0, UF2(0x21460FF0), ECC_C0},
    [CHIP_WB0]   = {"WB0",   "stm32wb0x",  NULL,       AT(0x10040000, 0x40001000, 0xFF), NO_RDP,             0, NO_DBGMCU, MAP_SYSTEM_1FF, 0, NO_UF2, NO_ECC},
    [CHIP_WBA]   = {"WBA",   "stm32wbax",  "stm32l4x", AT(0x08000000, 0x40022000, 0xFF), RDP_M33        , IWDG, DBGMCU_U5, M33_MAP, 0, NO_UF2, NO_ECC},
    [CHIP_H5]    = {"H5",    "stm32h5x",   "stm32h5x", AT(0x08000000, 0x40022000, 0xFF), NO_RDP,          IWDG, DBGMCU_H5, M33_MAP | MAP_DATA_FLASH, 0, NO_UF2, ECC_H5},
    [CHIP_H7]    = {"H7",    "stm32h7x",   "stm32h7x", AT(0x08000000, 0x52002000, 0xFF), RDP_H7,    0x58004800, DBGMCU_H7, H7_MAP | MAP_SYSTEM_1FF, 0x20000, UF2(0x6DB66082), NO_ECC},
    [CHIP_H7AB]  = {"H7A/B", "stm32h7x",   "stm32h7x", AT(0x08000000, 0x52002000, 0xFF), RDP_H7,    0x58004800, DBGMCU_H7, H7_MAP | MAP_SYSTEM_HIGH, 0x20000, UF2(0x6DB66082), NO_ECC},
    [CHIP_H7RS]  = {"H7R/S", "stm32h7rsx", "stm32h7x", AT(0x08000000, 0x52002000, 0xFF), NO_RDP,    0x58004800, NO_DBGMCU, H7_MAP | MAP_SYSTEM_HIGH, 0x10000, UF2(0x6DB66082), NO_ECC},
    [CHIP_NO_FLASH] = {"none", NULL,       NULL,       AT(0,          0, 0xFF), NO_RDP,             0, NO_DBGMCU, 0, 0, NO_UF2, NO_ECC},
};
/* clang-format on */
