/* SPDX-License-Identifier: MIT */
/* One-time programmable memory: what is written there stays for ever, so nobody writes it by
 * mistake. Pure data. */
#ifndef PROBED_OTP_H
#define PROBED_OTP_H

#include <stdbool.h>
#include <stdint.h>

/* A byte of it, or one that locks it. */
bool chip_is_otp(uint16_t dev_id, uint32_t address);

#endif
