/* SPDX-License-Identifier: MIT */
/* The reference manuals' tables "Flash module organization": the OTP area, with the bytes that lock
 * it where they stand behind it. F0, F1, F3, L0, L1 and H74x have none. */
#include "chip/otp.h"

#include <stddef.h>

#include "chip/chips.h"

static const struct {
    uint8_t family;  /* enum chip_family_id */
    uint16_t dev_id; /* of one that has it elsewhere; 0: all others */
    struct chip_otp otp;
} areas[] = {
    {CHIP_F2, 0, {0x1FFF7800, 0x210, 16, false}},
    {CHIP_F4, 0x463, {0x1FFF7800, 0x420, 32, true}}, /* F413 */
    {CHIP_F4, 0, {0x1FFF7800, 0x210, 16, false}},
    {CHIP_F7, 0x452, {0x1FF07800, 0x210, 16, false}},
    {CHIP_F7, 0, {0x1FF0F000, 0x410, 16, false}},
    {CHIP_L4, 0, {0x1FFF7000, 0x400, 0, false}},
    {CHIP_G0, 0, {0x1FFF7000, 0x400, 0, false}},
    {CHIP_G4, 0, {0x1FFF7000, 0x400, 0, false}},
    {CHIP_C0, 0, {0x1FFF7000, 0x400, 0, false}},
    {CHIP_U0, 0, {0x1FFF6800, 0x400, 0, false}},
    {CHIP_WB, 0, {0x1FFF7000, 0x400, 0, false}},
    {CHIP_WL, 0, {0x1FFF7000, 0x400, 0, false}},
    {CHIP_L5, 0, {0x0BFA0000, 0x200, 0, false}},
    {CHIP_U3, 0x4B2, {0x0BF8D000, 0x200, 0, false}},
    {CHIP_U3, 0, {0x0BFA0000, 0x200, 0, false}},
    {CHIP_U5, 0, {0x0BFA0000, 0x200, 0, false}},
    {CHIP_WBA, 0x4B0, {0x0BFA0000, 0x200, 0, false}},
    {CHIP_WBA, 0, {0x0BF90000, 0x200, 0, false}},
    {CHIP_H5, 0, {0x08FFF000, 0x800, 0, false}},
    {CHIP_H7AB, 0, {0x08FFF000, 0x400, 0, false}},
    {CHIP_H7RS, 0, {0x08FFF000, 0x400, 0, false}},
};

bool chip_otp(uint16_t dev_id, struct chip_otp *otp)
{
    const struct chip *chip = chip_by_dev_id(dev_id);

    for (size_t i = 0; chip && i < sizeof areas / sizeof areas[0]; i++)
        if (areas[i].family == chip->family && (!areas[i].dev_id || areas[i].dev_id == dev_id)) {
            *otp = areas[i].otp;
            return true;
        }
    return false;
}

bool chip_is_otp(uint16_t dev_id, uint32_t address)
{
    struct chip_otp otp;

    return chip_otp(dev_id, &otp) && address - otp.start < otp.size;
}
