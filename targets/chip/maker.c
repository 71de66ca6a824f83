/* SPDX-License-Identifier: MIT */
#include "chip/maker.h"

#include <stdio.h>

/* JEP106; packs as the index of Keil's (keil.com/pack) names them. */
static const struct {
    uint16_t id;
    const char *name, *pack;
} makers[] = {
    {0x00E, "Freescale (NXP)", "NXP.<chip>_DFP"},
    {0x015, "NXP", "NXP.<chip>_DFP"},
    {0x017, "Texas Instruments", "TexasInstruments.<family>_DFP"},
    {0x01F, "Atmel (Microchip)", "Microchip.<family>_DFP"},
    {0x020, "ST", "Keil.STM32<family>xx_DFP"},
    {0x029, "Microchip", "Microchip.<family>_DFP"},
    {0x034, "Cypress (Infineon)", "Infineon.<family>_DFP"},
    {0x041, "Infineon", "Infineon.<family>_DFP"},
    {0x244, "Nordic Semiconductor", "NordicSemiconductor.nRF_DeviceFamilyPack"},
    {0x673, "Energy Micro (Silicon Labs)", "SiliconLabs.GeckoPlatform_<family>_DFP"},
    {0x751, "GigaDevice", "GigaDevice.<family>_DFP"},
    {0x927, "Raspberry Pi", "RaspberryPi.Pico_DFP"},
};

void maker_pack_text(uint16_t maker, char *text, size_t size)
{
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (makers[i].id == maker) {
            snprintf(text, size,
                     "a CMSIS-Pack of its maker's, %s (%s), programs it: --pack FILE.pack --chip "
                     "NAME",
                     makers[i].name, makers[i].pack);
            return;
        }
    snprintf(text, size, "a CMSIS-Pack of its maker's programs it: --pack FILE.pack --chip NAME");
}
