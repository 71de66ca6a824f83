/* SPDX-License-Identifier: MIT */
/* Option bytes of U5: RM0456, 7.4 and 7.5. How they are read and written: stm32l4_options.c; here
 * is what they mean, and which changes the chip takes from a debug probe. */
#include "core/core.h"
#include "flash/controller.h"
#include "flash/stm32/optr_fields.h"
#include "flash/stm32/stm32u5.h"
#include "probe/ops.h"

/* Places of the words. */
enum {
    OPTR,
    WRP1AR,
    WRP1BR,
    WRP2AR,
    WRP2BR,
    NSBOOTADD0R,
    NSBOOTADD1R,
    SECBOOTADD0R,
    SECWM1R1,
    SECWM1R2,
    SECWM2R1,
    SECWM2R2,
    FIRST_SECURE = SECBOOTADD0R,
};
enum { RDP = 0xFF, RDP_OPEN = 0xAA };

const struct option_register stm32u5_option_registers[STM32U5_OPTION_WORDS] = {
    {NULL, STM32U5_OPTR},        {NULL, STM32U5_WRP1AR},       {NULL, STM32U5_WRP1BR},
    {NULL, STM32U5_WRP2AR},      {NULL, STM32U5_WRP2BR},       {NULL, STM32U5_NSBOOTADD0R},
    {NULL, STM32U5_NSBOOTADD1R}, {NULL, STM32U5_SECBOOTADD0R}, {NULL, STM32U5_SECWM1R1},
    {NULL, STM32U5_SECWM1R2},    {NULL, STM32U5_SECWM2R1},     {NULL, STM32U5_SECWM2R2},
};

/* --- what they mean (7.9.20 to 7.9.31) --- */

static const struct option_value rdp[] = {
    {0xAA, NULL, "off", NULL, false},
    {0xBB, NULL, "level1", NULL, false},
    {0xCC, NULL, "level2", NULL, true},
};
/* Off: the pages of the area stay as protected as they are, until read protection ends. */
static const struct option_value unlock[] = {
    {1, NULL, "on", NULL, false},
    {0, NULL, "off", NULL, true},
};

/* TZEN, and what it guards, goes off only as read protection ends with TZEN = 0, which only a
 * change of both at once does. */
/* clang-format off */
/* One-way numbers stand among the first: they are told by their places. */
#define COMMON_FIELDS(bits)                                                                          \
    OPTR_FIRST_FIELDS(rdp, 8),                                                                       \
    {"SECBOOTADD0", "secure boot address / 128", NULL, NULL, 0, SECBOOTADD0R, 7, 25, NULL, 0},       \
    {"SECWM1_PSTRT", "secure area 1 from", NULL, NULL, 0, SECWM1R1, 0, bits, NULL, 0},               \
    {"SECWM1_PEND", "secure area 1 up to", NULL, NULL, 0, SECWM1R1, 16, bits, NULL, 0},              \
    {"HDP1_PEND", "hide protection area 1 up to", NULL, NULL, 0, SECWM1R2, 16, bits, NULL, 0},       \
    {"SECWM2_PSTRT", "secure area 2 from", NULL, NULL, 0, SECWM2R1, 0, bits, NULL, 0},               \
    {"SECWM2_PEND", "secure area 2 up to", NULL, NULL, 0, SECWM2R1, 16, bits, NULL, 0},              \
    {"HDP2_PEND", "hide protection area 2 up to", NULL, NULL, 0, SECWM2R2, 16, bits, NULL, 0},       \
    {"HDP1EN", "hide protection area 1", NULL, NULL, 0, SECWM1R2, 31, 1, VALUES(stm32_set_only)},    \
    {"HDP2EN", "hide protection area 2", NULL, NULL, 0, SECWM2R2, 31, 1, VALUES(stm32_set_only)},    \
    {"BOOT_LOCK", "boot lock", NULL, NULL, 0, SECBOOTADD0R, 0, 1, VALUES(stm32_set_only)},           \
    {"TZEN", "TrustZone", NULL, "trustzone", 1, OPTR, 31, 1, VALUES(stm32_set_only)},                \
    OPTR_NSWBOOT0_FIELDS,                                                                            \
    {"NSBOOTADD0", "boot address 0 / 128", NULL, NULL, 0, NSBOOTADD0R, 7, 25, NULL, 0},              \
    {"NSBOOTADD1", "boot address 1 / 128", NULL, NULL, 0, NSBOOTADD1R, 7, 25, NULL, 0},              \
    {"SWAP_BANK", "second bank first", NULL, NULL, 0, OPTR, 20, 1, VALUES(stm32_off_on)},            \
    {"DUALBANK", "banks of a smaller flash", NULL, NULL, 0, OPTR, 21, 1, VALUES(stm32_banks)},       \
    {"SRAM_RST", "other RAM erased by a reset", NULL, NULL, 0, OPTR, 15, 1, VALUES(stm32_on_off)},   \
    {"SRAM2_RST", "SRAM2 erased by a reset", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_on_off)},      \
    {"SRAM2_ECC", "ECC of SRAM2", NULL, NULL, 0, OPTR, 24, 1, VALUES(stm32_on_off)},                 \
    {"BKPRAM_ECC", "ECC of the backup RAM", NULL, NULL, 0, OPTR, 22, 1, VALUES(stm32_on_off)},       \
    {"PA15_PUPEN", "pull-up of PA15", NULL, NULL, 0, OPTR, 28, 1, VALUES(stm32_off_on)},             \
    {"IO_VDD_HSLV", "fast pins at low VDD", NULL, NULL, 0, OPTR, 29, 1, VALUES(stm32_hslv)},       \
    {"IO_VDDIO2_HSLV", "fast pins at low VDDIO2", NULL, NULL, 0, OPTR, 30, 1, VALUES(stm32_hslv)},   \
    {"WRP1A_UNLOCK", "area 1A can be changed", NULL, NULL, 0, WRP1AR, 31, 1, VALUES(unlock)},        \
    {"WRP1B_UNLOCK", "area 1B can be changed", NULL, NULL, 0, WRP1BR, 31, 1, VALUES(unlock)},        \
    {"WRP2A_UNLOCK", "area 2A can be changed", NULL, NULL, 0, WRP2AR, 31, 1, VALUES(unlock)},        \
    {"WRP2B_UNLOCK", "area 2B can be changed", NULL, NULL, 0, WRP2BR, 31, 1, VALUES(unlock)}
#define SRAM3 {"SRAM3_ECC", "ECC of SRAM3", NULL, NULL, 0, OPTR, 23, 1, VALUES(stm32_on_off)}
/* clang-format on */
enum { FIRST_ONE_WAY = 9, ONE_WAY = 7 }; /* SECBOOTADD0 to HDP2_PEND */

static const struct option_field fields_of_u53[] = {COMMON_FIELDS(5)};
static const struct option_field fields_of_u57[] = {COMMON_FIELDS(7), SRAM3};
static const struct option_field fields_of_u59[] = {COMMON_FIELDS(8), SRAM3};

#define TABLE(list, bits_of_page)                                                             \
    {                                                                                         \
        .says = "stm32l4x", .registers = stm32u5_option_registers, .fields = (list),          \
        .register_count = STM32U5_OPTION_WORDS, .field_count = sizeof(list) / sizeof *(list), \
        .one_way_fields = ((1u << ONE_WAY) - 1) << FIRST_ONE_WAY,                             \
        .blocks = {.reg = WRP1AR,                                                             \
                   .most = 1,                                                                 \
                   .ranges = 2,                                                               \
                   .next_bank = 2,                                                            \
                   .page_bits = (bits_of_page)},                                              \
        .unlock_keeps_others = true, .hides_in_force = true, .read = stm32l4_options_read,    \
        .write = stm32l4_options_write, .lock = stm32l4_options_lock,                         \
        .unlock = stm32l4_options_unlock, .seal = stm32l4_options_seal,                       \
        .load = stm32l4_options_load, .load_command = "option_load"                           \
    }

const struct flash_options stm32u53_option_table = TABLE(fields_of_u53, 0x1F);
const struct flash_options stm32u5_option_table = TABLE(fields_of_u57, 0x7F);
const struct flash_options stm32u59_option_table = TABLE(fields_of_u59, 0xFF);

/* --- which changes it takes --- */

static bool secure_words_differ(const uint32_t *before, const uint32_t *after)
{
    for (unsigned i = FIRST_SECURE; i < STM32U5_OPTION_WORDS; i++)
        if (before[i] != after[i])
            return true;
    return false;
}

/* OEM1: with a key in the chip read protection ends for those alone who know it (7.7.2). */
static enum err allow_to_end_protection(struct target *target)
{
    uint32_t sr = 0;

    ops_read32(&target->core->ops, controller_at(target, STM32U5_NSSR), &sr);
    enum err err = core_flush_halted(target->core);
    if (err || !(sr & STM32U5_NSSR_OEM1LOCK))
        return err;
    return job_fail(target->job, ERR_UNSUPPORTED,
                    "read protection of this chip ends for those alone who know its key OEM1, "
                    "which was set before (OEM1LOCK): STM32CubeProgrammer takes the key, probed "
                    "does not; nothing was changed");
}

enum err stm32u5_options_allow(struct target *target, const uint32_t *before, const uint32_t *after)
{
    if (before[OPTR] & ~after[OPTR] & STM32U5_OPTR_TZEN)
        return job_fail(target->job, ERR_UNSUPPORTED,
                        "TrustZone goes off only in the moment in which read protection ends "
                        "(level 1 to off, with TZEN = 0), which probed does not do: "
                        "STM32CubeProgrammer's \"-tzenreg\" does; nothing was changed");
    if (secure_words_differ(before, after))
        return job_fail(target->job, ERR_UNSUPPORTED,
                        "BOOT_LOCK, SECBOOTADD0, SECWM and HDP are changed by secure accesses "
                        "with TrustZone on, which a debug probe's are not; nothing was changed");
    bool ends = (after[OPTR] & RDP) == RDP_OPEN && (before[OPTR] & RDP) != RDP_OPEN;
    return ends ? allow_to_end_protection(target) : ERR_OK;
}
