/* SPDX-License-Identifier: MIT */
/* What probes of several makers say of themselves. Sizes and counts are those of the kinds that
 * there are (full speed, reports of 64 and 512 bytes, high speed); names as their makers spell
 * them. */
#include "dap_model.h"

#include <string.h>

enum {
    BASE = DAP_HAS_SWD | DAP_HAS_ATOMIC,
    SWO = DAP_HAS_SWO_UART,
    STREAM = DAP_HAS_SWO_UART | DAP_HAS_SWO_STREAM,
    COM = DAP_HAS_COM_PORT,
};

/* clang-format off */
const struct dap_config dap_configs[] = {
    {"daplink", 0x0D28, 0x0204, 0x1000, false, false, true, 64, 4, BASE | COM, 0, 10000,
     "ARM", "DAPLink CMSIS-DAP", "9940000032044e4500257009997b00386781000097969900", "0257", "2.0.0", "CMSIS-DAP v2"},
    {"daplink-v1", 0x0D28, 0x0204, 0x1000, true, false, true, 64, 4, BASE | COM, DAP_STALE_ANSWER, 2000,
     "ARM", "DAPLink CMSIS-DAP", "9940000034544e45001500018aa90045c8a1000097969900", "0254", "0254", "CMSIS-DAP v1"},
    {"debugprobe", 0x2E8A, 0x000C, 0x0220, false, false, false, 64, 8, BASE | COM, 0, 24000,
     "Raspberry Pi", "Debugprobe on Pico (CMSIS-DAP)", "E6614103E72C5A2F", "2.1.1", "2.1.1", "CMSIS-DAP v2 Interface"},
    {"debugprobe-old", 0x2E8A, 0x000C, 0x0102, false, false, false, 64, 2, BASE | COM, DAP_LOSES_PIPELINED, 24000,
     "Raspberry Pi", "Picoprobe (CMSIS-DAP)", "E6614103E72C5A30", "1.10", "2.0.0", "CMSIS-DAP v2 Interface"},
    {"mcu-link", 0x1FC9, 0x0143, 0x0100, false, true, false, 512, 4, BASE | STREAM | DAP_HAS_TIME, 0, 15000,
     "NXP Semiconductors", "MCU-LINK (r0FF) CMSIS-DAP V3.128", "JQAQBQAQUALPV", "V3.128", "2.1.1", "MCU-Link CMSIS-DAP"},
    {"ice", 0x03EB, 0x2141, 0x0101, true, true, false, 512, 1, BASE | SWO, DAP_FULL_PACKETS_ONLY | DAP_CLOCK_FALLS_BACK, 8000,
     "Atmel Corp.", "Atmel-ICE CMSIS-DAP", "J41800051234", "01.2D", "1.0", "CMSIS-DAP"},
    {"nameless", 0xC251, 0x2750, 0x0100, false, false, false, 64, 1, BASE | SWO, DAP_NO_NAMES | DAP_SWO_WITHOUT_BUFFER, 1000,
     "", "CMSIS-DAP", "", "", "1.1.0", NULL},
    {"short-blocks", 0x1A86, 0x8012, 0x0100, false, false, false, 64, 2, BASE, DAP_SHORT_BLOCKS, 6000,
     "wch.cn", "WCH CMSIS-DAP", "0001A0000000", "1.0", "1.1.0", "WCH CMSIS-DAP"},
    {NULL, 0, 0, 0, false, false, false, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */

const struct dap_config *dap_config_find(const char *name)
{
    for (const struct dap_config *config = dap_configs; config->name; config++)
        if (strcmp(config->name, name) == 0)
            return config;
    return NULL;
}
