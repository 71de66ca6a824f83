/* SPDX-License-Identifier: MIT */
/* The ST-Link protocol as bytes: ids, versions, abilities, commands, status codes, serials. Pure;
 * any thread. ST publishes no specification: docs/stlink.md says what is known and how sure it is.
 */
#ifndef PROBED_STLINK_WIRE_H
#define PROBED_STLINK_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { STLINK_VID = 0x0483, STLINK_COMMAND_SIZE = 16, STLINK_SERIAL_SIZE = 25 };

/* One row a product id. */
struct stlink_product {
    uint16_t pid;
    const char *name;
    const char *advice; /* not usable for debugging: what to do; else NULL */
    enum err err;       /* ..and what kind of trouble that is */
};

extern const struct stlink_product stlink_products[]; /* ended by pid 0 */
const struct stlink_product *stlink_product(uint16_t pid);

/* Firmware numbers as printed on the tin: V2J43S7. */
struct stlink_version {
    uint8_t generation; /* 2: V2 and V2-1; 3: V3 and V3PWR */
    uint8_t j, m, s, b, p;
};

/* From GET_VERSION's 6 bytes; false: GET_VERSION_EX must be asked. */
bool stlink_decode_version(const uint8_t reply[6], uint16_t pid, struct stlink_version *version);
void stlink_decode_version_ex(const uint8_t reply[12], struct stlink_version *version);
void stlink_format_version(const struct stlink_version *version, char *text, size_t size);

/* What the firmware can do; set once at open, asked for everywhere else. */
struct stlink_caps {
    bool last_status2;   /* GETLASTRWSTATUS2 */
    bool swd_freq;       /* V2 speed command */
    bool com_freq;       /* V3 speed commands */
    bool dap_regs;       /* raw DP and AP access */
    bool mem16;          /* 16-bit memory access */
    bool fifo_write;     /* 32-bit write without address increment */
    bool fifo_read;      /* likewise read */
    bool init_ap;        /* APs other than 0 must be opened.. */
    bool init_ap0;       /* ..and AP 0 too */
    bool rw_misc;        /* scripts of word accesses; CSW and AP in memory commands */
    uint32_t trace_baud; /* the most that its UART takes; what its buffer is asked to hold */
    uint16_t trace_buffer;
    uint16_t misc_max; /* items in one script */
    uint16_t block8;   /* bytes of one 8-bit command */
    uint16_t block;    /* bytes of one 16- or 32-bit command */
    /* A command stays between multiples of this (0: it may go on): where TAR's increment may wrap.
     * That newer firmware minds it itself is how other programs use it. */
    uint16_t boundary;
};

struct stlink_caps stlink_caps(const struct stlink_version *version);

/* Status byte of a reply. */
enum { STLINK_STATUS_OK = 0x80, STLINK_STATUS_FREQ_CHANGED = 0x40 };

struct stlink_status {
    uint8_t code;
    const char *text;
    enum err err;
    bool retry; /* the target said WAIT */
};

const struct stlink_status *stlink_status(uint8_t code);

/* Command blocks: zeroed 16 bytes with the numbers in place. */
void stlink_command(uint8_t command[STLINK_COMMAND_SIZE], uint8_t group, uint8_t op);

enum {
    STLINK_GET_VERSION = 0xF1,
    STLINK_DEBUG = 0xF2,
    STLINK_DFU = 0xF3,
    STLINK_SWIM = 0xF4,
    STLINK_GET_MODE = 0xF5,
    STLINK_GET_VOLTAGE = 0xF7,
    STLINK_GET_VERSION_EX = 0xFB
};

enum stlink_debug_op {
    STLINK_READMEM_32 = 0x07,
    STLINK_WRITEMEM_32 = 0x08,
    STLINK_READMEM_8 = 0x0C,
    STLINK_WRITEMEM_8 = 0x0D,
    STLINK_LEAVE = 0x21,
    STLINK_ENTER = 0x30,
    STLINK_READ_IDCODES = 0x31,
    STLINK_READREG = 0x33,
    STLINK_WRITEREG = 0x34,
    STLINK_WRITEDEBUGREG = 0x35,
    STLINK_READDEBUGREG = 0x36,
    STLINK_READALLREGS = 0x3A,
    STLINK_LAST_STATUS = 0x3B,
    STLINK_DRIVE_NRST = 0x3C,
    STLINK_LAST_STATUS2 = 0x3E,
    STLINK_TRACE_START = 0x40,
    STLINK_TRACE_STOP = 0x41,
    STLINK_TRACE_COUNT = 0x42,
    STLINK_SWD_FREQ = 0x43,
    STLINK_READ_DAP = 0x45,
    STLINK_WRITE_DAP = 0x46,
    STLINK_READMEM_16 = 0x47,
    STLINK_WRITEMEM_16 = 0x48,
    STLINK_INIT_AP = 0x4B,
    STLINK_WRITEMEM_32_FIFO = 0x50,
    STLINK_MISC_OUT = 0x51,
    STLINK_MISC_IN = 0x52,
    STLINK_READMEM_32_FIFO = 0x54,
    STLINK_SET_COM_FREQ = 0x61,
    STLINK_GET_COM_FREQ = 0x62,
};

enum stlink_mode {
    STLINK_MODE_DFU = 0,
    STLINK_MODE_MASS = 1,
    STLINK_MODE_DEBUG = 2,
    STLINK_MODE_SWIM = 3,
    STLINK_MODE_BOOTLOADER = 4
};

/* The op for a memory access, 0 if the firmware has none for it. */
uint8_t stlink_memory_op(const struct stlink_caps *caps, bool write, unsigned width,
                         bool increment);

/* V2 speeds: the highest not above `khz` (the lowest if none); its divisor and real value. */
void stlink_v2_speed(uint32_t khz, uint16_t *divisor, uint32_t *actual_khz);

/* Target voltage in mV from GET_TARGET_VOLTAGE's 8 bytes; false: the probe has no reading. */
bool stlink_decode_voltage(const uint8_t reply[8], uint32_t *millivolts);

/* The 24 hex digits of a raw string descriptor in either of the two formats; empty if neither. */
void stlink_serial(const uint8_t *descriptor, size_t length, char serial[STLINK_SERIAL_SIZE]);
/* Whether a serial, or a unique part of it, names this probe. Old tools spelled every byte above 7F
 * as 3F: a 3F in a request of 24 digits matches any such byte. Case does not matter. */
bool stlink_serial_matches(const char *serial, const char *request);

#endif
