/* SPDX-License-Identifier: MIT */
/* Who made a chip that we have no table for, and which CMSIS-Pack would program it. Pure. */
#ifndef PROBED_MAKER_H
#define PROBED_MAKER_H

#include <stddef.h>
#include <stdint.h>

/* One clause: "a CMSIS-Pack of its maker's, Nordic Semiconductor
 * (NordicSemiconductor.nRF_Device..), does: --pack FILE.pack --chip NAME". `maker`: JEP106 as the
 * ROM table has it, continuation code in the upper byte; 0: not known. */
void maker_pack_text(uint16_t maker, char *text, size_t size);

#endif
