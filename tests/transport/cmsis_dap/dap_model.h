/* SPDX-License-Identifier: MIT */
/* A CMSIS-DAP probe's firmware as a pure model: request packets in, response packets out. Its far
 * end is a simulated board at the level of SWD packets. No USB and no operating system here: unit
 * tests call it in-process, the umockdev front end puts it before real libusb programs. One thread
 * at a time; no globals.
 * Source: the CMSIS-DAP specification, and what ARM's reference firmware makes of it (order of
 * responses, posted reads, what a count says after an error). */
#ifndef PROBED_DAP_MODEL_H
#define PROBED_DAP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dap_wire.h"
#include "firmware.h"
#include "usb_identity.h"

/* DAP_Info F0, and its second byte from bit 8 on. */
enum dap_ability {
    DAP_HAS_SWD = 1 << 0,
    DAP_HAS_JTAG = 1 << 1,
    DAP_HAS_SWO_UART = 1 << 2,
    DAP_HAS_ATOMIC = 1 << 4,
    DAP_HAS_TIME = 1 << 5,
    DAP_HAS_SWO_STREAM = 1 << 6,
    DAP_HAS_COM_PORT = 1 << 8,
};

enum dap_quirk {
    DAP_FULL_PACKETS_ONLY = 1 << 0, /* answers nothing before a report is full */
    DAP_LOSES_PIPELINED = 1 << 1,   /* a request that comes before the last answer was fetched
                                       takes that answer's place */
    DAP_CLOCK_FALLS_BACK = 1 << 2,  /* to its default, by every SWJ_Sequence */
    DAP_STALE_ANSWER = 1 << 3,      /* one of an earlier host is still there */
    DAP_SHORT_BLOCKS = 1 << 4,      /* block reads end early, with an acknowledge that says OK */
    DAP_NO_NAMES = 1 << 5,          /* its strings cannot be read: no serial number */
    DAP_SWO_WITHOUT_BUFFER = 1 << 6,
};

struct dap_config {
    const char *name; /* "debugprobe" */
    uint16_t vid, pid, bcd;
    bool hid;           /* v1: reports; else v2: bulk */
    bool high_speed;    /* USB 480 Mbit/s */
    bool disk;          /* it is a disk and a serial port in the first place */
    uint16_t packet;    /* bytes */
    uint8_t packets;    /* in flight */
    unsigned abilities; /* enum dap_ability bits */
    unsigned quirks;    /* enum dap_quirk bits */
    uint32_t max_khz;
    const char *vendor, *product, *serial, *firmware, *protocol;
    const char *interface; /* its string; NULL: none */
};

/* Ready-made ones, ended by a NULL name. */
extern const struct dap_config dap_configs[];
const struct dap_config *dap_config_find(const char *name);

struct dap_model;

/* `board` stays the caller's. NULL without memory. */
struct dap_model *dap_model_create(const struct dap_config *config, struct sim_board *board);
void dap_model_destroy(struct dap_model *model);
/* USB reset: packets are forgotten, the target is not touched. */
void dap_model_usb_reset(struct dap_model *model);

/* One request packet. False: it has no buffer for it until a response was fetched, and took
 * nothing (the endpoint NAKs). */
bool dap_model_out(struct dap_model *model, const uint8_t *data, size_t length);
/* The oldest response; of reports all bytes, else as many as it has. 0: there is none. */
size_t dap_model_in(struct dap_model *model, uint8_t *data, size_t capacity);
/* The endpoint for SWO. */
size_t dap_model_swo_in(struct dap_model *model, uint8_t *data, size_t capacity);

struct usb_identity dap_identity(const struct dap_config *config);
struct firmware dap_firmware(struct dap_model *model);

const struct dap_config *dap_model_config(const struct dap_model *model);
/* Its wires, to put the port behind them to sleep. */
struct dap_wire *dap_model_wire(struct dap_model *model);
/* Requests so far, for benchmarks. */
uint64_t dap_model_commands(const struct dap_model *model);
/* Requests that no firmware can be trusted with: longer than a packet, cut off before their end, or
 * with an answer that is longer than a packet. A host that counts right makes none. */
unsigned dap_model_violations(const struct dap_model *model);

#endif
