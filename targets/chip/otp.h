/* SPDX-License-Identifier: MIT */
/* One-time programmable memory: what is written there stays for ever, so nobody writes it by
 * mistake. Pure data. */
#ifndef PROBED_OTP_H
#define PROBED_OTP_H

#include <stdbool.h>
#include <stdint.h>

enum { CHIP_OTP_MAX = 0x800 }; /* of any chip, bytes */

struct chip_otp {
    uint32_t start, size;
    uint8_t locks; /* at its end: so many bytes, one a block; 0x00: nobody writes that any more */
    bool unsure;   /* where the locks are: sources differ */
};

/* False: the chip has none, or it is not known where. */
bool chip_otp(uint16_t dev_id, struct chip_otp *otp);
/* A byte of it, or one that locks it. */
bool chip_is_otp(uint16_t dev_id, uint32_t address);

#endif
