/* SPDX-License-Identifier: MIT */
/* The SWD side of the modelled firmware: what it does on the wire, and the status byte it makes of
 * it. */
#ifndef PROBED_STLINK_SWD_H
#define PROBED_STLINK_SWD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/board/board.h"

/* Status bytes of replies. */
enum stlink_status {
    ST_OK = 0x80,
    ST_FAULT_OLD = 0x81,
    ST_UNKNOWN = 0x01,
    ST_NO_DEVICE = 0x05,
    ST_COMMAND_ERROR = 0x08,
    ST_GET_IDCODE = 0x09,
    ST_ALIGNMENT = 0x0A,
    ST_POWER = 0x0B,
    ST_IN_USE = 0x0E,
    ST_AP_WAIT = 0x10,
    ST_AP_FAULT = 0x11,
    ST_AP_ERROR = 0x12,
    ST_AP_PARITY = 0x13,
    ST_DP_WAIT = 0x14,
    ST_DP_FAULT = 0x15,
    ST_DP_ERROR = 0x16,
    ST_DP_PARITY = 0x17,
    ST_WRITE_DATA = 0x18,
    ST_BAD_AP = 0x1D,
    ST_FREQ_CHANGED = 0x40,
    ST_UNKNOWN_COMMAND = 0x42,
};

struct stlink_swd {
    struct sim_board *board;
    uint32_t select;
    bool select_known;
    uint32_t last_fault;     /* address of the last memory fault */
    uint8_t core_ap;         /* the board's one AP is found under this number */
    bool names_write_errors; /* a refusal because of garbled data has a status of its own */
    bool wants_vtref;        /* no level shifter works without */
    uint32_t csw_override;   /* bits 31:8 of CSW given with a memory command, 0: default */
};

/* Line reset, DPIDR, power-up. */
uint8_t stlink_swd_enter(struct stlink_swd *swd);
uint8_t stlink_swd_dpidr(struct stlink_swd *swd, uint32_t *dpidr);
uint8_t stlink_swd_dp(struct stlink_swd *swd, bool read, uint8_t reg, uint32_t *value);
uint8_t stlink_swd_ap(struct stlink_swd *swd, uint8_t ap, bool read, uint8_t reg, uint32_t *value);
/* `length` bytes at an address, in accesses of `width`. The target address does not move if
 * !increment. */
uint8_t stlink_swd_read(struct stlink_swd *swd, uint8_t ap, uint32_t address, unsigned width,
                        bool increment, uint8_t *data, uint32_t length);
uint8_t stlink_swd_write(struct stlink_swd *swd, uint8_t ap, uint32_t address, unsigned width,
                         bool increment, const uint8_t *data, uint32_t length);
uint8_t stlink_swd_read32(struct stlink_swd *swd, uint8_t ap, uint32_t address, uint32_t *value);
uint8_t stlink_swd_write32(struct stlink_swd *swd, uint8_t ap, uint32_t address, uint32_t value);
/* Core registers by DCRSR selector. */
uint8_t stlink_swd_reg_read(struct stlink_swd *swd, uint8_t ap, uint8_t regsel, uint32_t *value);
uint8_t stlink_swd_reg_write(struct stlink_swd *swd, uint8_t ap, uint8_t regsel, uint32_t value);

#endif
