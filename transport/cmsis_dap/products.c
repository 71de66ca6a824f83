/* SPDX-License-Identifier: MIT */
#include "cmsis_dap/products.h"

#include <stddef.h>
#include <string.h>

/* Ids as OpenOCD, pyOCD and probe-rs have them; the quirk: raspberrypi/debugprobe 2.2.0. */
const struct cmsis_product cmsis_products[] = {
    {0x0D28, 0x0204, "DAPLink", 0, 0},
    {0x2E8A, 0x000C, "Raspberry Pi Debug Probe", CMSIS_QUIRK_ONE_PACKET, 0x0220},
    {0x1FC9, 0x0090, "NXP LPC-Link2", 0, 0},
    {0x1FC9, 0x0143, "NXP MCU-Link", 0, 0},
    {0x03EB, 0x2111, "Atmel EDBG", 0, 0},
    {0x03EB, 0x2140, "Atmel JTAGICE3", 0, 0},
    {0x03EB, 0x2141, "Atmel-ICE", 0, 0},
    {0x03EB, 0x2144, "Atmel Power Debugger", 0, 0},
    {0x03EB, 0x2145, "Atmel mEDBG", 0, 0},
    {0x03EB, 0x216C, "Microchip EDBGC", 0, 0},
    {0x03EB, 0x2175, "Microchip nEDBG", 0, 0},
    {0x04B4, 0xF138, "Cypress KitProg", 0, 0},
    {0x04B4, 0xF148, "Cypress KitProg", 0, 0},
    {0x04B4, 0xF151, "Cypress MiniProg4", 0, 0},
    {0x04B4, 0xF152, "Cypress MiniProg4", 0, 0},
    {0x04B4, 0xF153, "Cypress KitProg3", 0, 0},
    {0x04B4, 0xF154, "Cypress KitProg3", 0, 0},
    {0x04B4, 0xF155, "Cypress KitProg3", 0, 0},
    {0x04B4, 0xF166, "Cypress KitProg", 0, 0},
    {0xC251, 0x2750, "Keil ULINKplus", 0, 0},
    {0x30CC, 0x9527, "CMSIS-DAP", 0, 0},
    {0x1A86, 0x8011, "WCH-Link", 0, 0},
    {0x1A86, 0x8012, "WCH-Link", 0, 0},
    {0, 0, NULL, 0, 0},
};

const struct cmsis_product *cmsis_product(uint16_t vid, uint16_t pid)
{
    for (const struct cmsis_product *product = cmsis_products; product->name; product++)
        if (product->vid == vid && product->pid == pid)
            return product;
    return NULL;
}

uint32_t cmsis_quirks(uint16_t vid, uint16_t pid, uint16_t release)
{
    const struct cmsis_product *product = cmsis_product(vid, pid);

    if (!product || (product->well_from && release >= product->well_from))
        return 0;
    return product->quirks;
}

bool cmsis_named(const char *name)
{
    static const char *const parts[] = {"CMSIS-DAP", "CMSIS_DAP", "WCH-Link"};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(name, parts[i]))
            return true;
    return false;
}
