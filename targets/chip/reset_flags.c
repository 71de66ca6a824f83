/* SPDX-License-Identifier: MIT */
#include "chip/reset_flags.h"

/* Reset flags: the register, and how they stand in it from bit 31 down (RM0008, 7.3.10; RM0351,
 * 6.4.29; RM0456, "RCC_CSR"; RM0433, 8.7.40). */
enum flags_layout { FROM_BIT_31, OF_H7 };
static const struct {
    enum chip_family_id family;
    uint32_t address;
    enum flags_layout layout;
} flag_registers[] = {
    {CHIP_F0, 0x40021024, FROM_BIT_31},    {CHIP_F1, 0x40021024, FROM_BIT_31},
    {CHIP_F1_XL, 0x40021024, FROM_BIT_31}, {CHIP_F3, 0x40021024, FROM_BIT_31},
    {CHIP_F2, 0x40023874, FROM_BIT_31},    {CHIP_F4, 0x40023874, FROM_BIT_31},
    {CHIP_F7, 0x40023874, FROM_BIT_31},    {CHIP_L0, 0x40021050, FROM_BIT_31},
    {CHIP_L1, 0x40023834, FROM_BIT_31},    {CHIP_L4, 0x40021094, FROM_BIT_31},
    {CHIP_L5, 0x40021094, FROM_BIT_31},    {CHIP_G4, 0x40021094, FROM_BIT_31},
    {CHIP_G0, 0x40021060, FROM_BIT_31},    {CHIP_C0, 0x40021060, FROM_BIT_31},
    {CHIP_WB, 0x58000094, FROM_BIT_31},    {CHIP_WL, 0x58000094, FROM_BIT_31},
    {CHIP_U5, 0x46020CF4, FROM_BIT_31},    {CHIP_H5, 0x44020CF4, FROM_BIT_31},
    {CHIP_H7, 0x580244D0, OF_H7},          {CHIP_H7AB, 0x580244D0, OF_H7},
};

static const struct {
    enum measured_reset flag;
    uint8_t bits[2]; /* by layout */
} flag_bits[] = {
    {MEASURED_LOW_POWER, {31, 30}}, {MEASURED_WWDG, {30, 28}},     {MEASURED_IWDG, {29, 26}},
    {MEASURED_SOFTWARE, {28, 24}},  {MEASURED_POWER_ON, {27, 23}}, {MEASURED_PIN, {26, 22}},
};

enum err reset_flags_read(struct ops *ops, enum chip_family_id family, bool *known, uint32_t *flags)
{
    *known = false;
    for (size_t i = 0; i < sizeof flag_registers / sizeof *flag_registers; i++) {
        uint32_t word = 0;
        if (flag_registers[i].family != family)
            continue;
        ops_read32(ops, flag_registers[i].address, &word);
        enum err err = ops_flush(ops);
        *known = err == ERR_OK;
        for (size_t k = 0; !err && k < sizeof flag_bits / sizeof *flag_bits; k++)
            if (word >> flag_bits[k].bits[flag_registers[i].layout] & 1)
                *flags |= flag_bits[k].flag;
        return err;
    }
    return ERR_OK;
}
