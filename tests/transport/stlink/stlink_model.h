/* SPDX-License-Identifier: MIT */
/* An ST-Link's firmware as a pure model: bytes of the OUT endpoint in, bytes of the IN endpoint
 * out. Its far end is a simulated board at the level of SWD packets. No USB and no operating system
 * here: unit tests call it in-process, the umockdev front end puts it before real libusb programs.
 * One thread at a time; no globals.
 *
 * What firmware versions can do, and where they stop, follows the ST-Link sheet in the project's
 * notes (docs/stlink.md): the protocol has no public specification. */
#ifndef PROBED_STLINK_MODEL_H
#define PROBED_STLINK_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware.h"
#include "sim/board/board.h"
#include "usb_identity.h"

enum stlink_generation { STLINK_V2, STLINK_V2_1, STLINK_V3 };

enum stlink_quirk {
    STLINK_RAW_SERIAL = 1 << 0,     /* old firmware: the 12 bytes themselves, as UTF-16 units */
    STLINK_VTREF_INTERNAL = 1 << 1, /* the sense pin of a copy sees its own 3.3 V */
    STLINK_VTREF_REF_ZERO = 1 << 2, /* the reference of a copy reads 0 */
    STLINK_WANTS_VTREF = 1 << 3,    /* level shifters that the target supplies */
    STLINK_WANTS_GENUINE = 1 << 4,  /* refuses a chip whose ROM table is not ST's */
};

struct stlink_config {
    const char *name; /* "V2J43" */
    enum stlink_generation generation;
    uint16_t pid;
    uint8_t j; /* JTAG/SWD firmware number */
    uint8_t m; /* mass storage number (V2-1, V3) */
    uint8_t s; /* SWIM number (V2) */
    const char *product;
    const char *serial; /* 24 hex digits */
    unsigned quirks;    /* enum stlink_quirk bits */
};

/* Ready-made ones, ended by a NULL name. */
extern const struct stlink_config stlink_configs[];
const struct stlink_config *stlink_config_find(const char *name);

struct stlink_model;

/* `board` stays the caller's. NULL without memory. */
struct stlink_model *stlink_model_create(const struct stlink_config *config,
                                         struct sim_board *board);
void stlink_model_destroy(struct stlink_model *model);
/* USB reset: mode and half commands are forgotten, the target is not touched. */
void stlink_model_usb_reset(struct stlink_model *model);

/* One bulk OUT transfer on the command endpoint. */
void stlink_model_out(struct stlink_model *model, const uint8_t *data, size_t length);
/* One bulk IN transfer: moves at most `capacity` bytes of the reply; 0 when there is none (the
 * endpoint NAKs: the host's transfer stays pending). */
size_t stlink_model_in(struct stlink_model *model, uint8_t *data, size_t capacity);

/* The same from the trace endpoint. */
size_t stlink_model_trace_in(struct stlink_model *model, uint8_t *data, size_t capacity);

struct usb_identity stlink_identity(const struct stlink_config *config);
struct firmware stlink_firmware(struct stlink_model *model);

/* The board's core is behind this access port; behind 0 is nothing then. */
void stlink_model_core_behind(struct stlink_model *model, uint8_t ap);
uint16_t stlink_model_pid(const struct stlink_model *model);
/* Commands the host sent since creation, for benchmarks. */
uint64_t stlink_model_commands(const struct stlink_model *model);

#endif
