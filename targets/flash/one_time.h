/* SPDX-License-Identifier: MIT */
/* Writing one-time programmable memory: all that is wanted is collected and looked at before the
 * first bit is written, and a unit that holds anything is never programmed again. Knows no chip:
 * the driver says how large a unit is (flash/driver.h: one_time).
 *
 * Worker thread. Errors come with a sentence in the target's job. */
#ifndef PROBED_ONE_TIME_H
#define PROBED_ONE_TIME_H

#include "chip/otp.h"
#include "target.h"

struct one_time {
    struct target *target;
    struct chip_otp area;
    uint32_t unit; /* what is programmed at once, bytes */
    uint8_t want[CHIP_OTP_MAX], now[CHIP_OTP_MAX];
    bool named[CHIP_OTP_MAX];
};

/* Somebody said that it is meant, or takes that back: until then, and on another chip again,
 * nothing lies there for flash_image(). ERR_UNSUPPORTED if the chip has none, or nobody knows how
 * to write it. No traffic. */
enum err one_time_allow(struct target *target, bool allow);
/* It was, and the address is in it. No traffic. */
bool one_time_allowed(const struct target *target, uint32_t address);

/* Allowed before. */
void one_time_init(struct one_time *once, struct target *target);
/* Bytes that all lie in it. */
void one_time_take(struct one_time *once, uint32_t address, const uint8_t *data, uint32_t size);
/* Reads what is there: ERR_PROTECTED if a unit holds something else already, or is locked;
 * ERR_ARGUMENT for what would lock by halves. Nothing is written. */
enum err one_time_look(struct one_time *once);
/* Behind that: what would be written, in lines (at least 400 bytes); empty: all of it is there. */
void one_time_describe(const struct one_time *once, char *text, size_t size);
/* Behind that: writes, reads back. No cancel is seen; leaves the core halted. *written: bytes. */
enum err one_time_write(struct one_time *once, uint32_t *written);

#endif
