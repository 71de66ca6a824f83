/* SPDX-License-Identifier: MIT */
/* The simulated board as hardware: what a probe's wires touch (SWD, NRST, VTref) and what a tester
 * does to it. No probe, no host protocol here: the sim driver (sim/probe.c) is one user, the
 * emulated ST-Link of the tests is another. One thread at a time; no globals. */
#ifndef PROBED_SIM_BOARD_H
#define PROBED_SIM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adi/dap.h"

struct sim_board;

/* `spec` is "BOARD[,WORD...]": faults (NAME[=N]), "seed=N" of what they draw, "still" or
 * "realtime", "flash=KIB". NULL on a wrong one or without memory; `error` (400 bytes hold every
 * one) then holds a sentence that names the boards or faults there are. Power is on. */
struct sim_board *sim_board_create(const char *spec, char *err, size_t error_size);
void sim_board_destroy(struct sim_board *board);
/* Whether a spec begins with the name of a board that there is; its faults are not looked at. */
bool sim_board_named(const char *spec);
/* The names of the boards there are, one after the other; NULL: no more. */
const char *sim_board_listed(size_t index);
/* "Blue Pill". */
const char *sim_board_name(const struct sim_board *board);

/* Virtual time, microseconds since creation. */
uint64_t sim_board_now_us(const struct sim_board *board);
/* Lets virtual time pass: the core runs, flash operations go on, timers count. */
void sim_board_advance_us(struct sim_board *board, uint64_t us);

/* SWCLK frequency: what a register access costs in virtual time. */
void sim_board_set_swclk(struct sim_board *board, uint32_t khz);
/* One SWD packet: request, ACK, data phase. Raw wire rules: AP reads are posted (the value is that
 * of the previous AP read), RDBUFF holds the last one, sticky flags make FAULT. `reg` is A[3:2]
 * as a byte address (0, 4, 8, C). */
enum swd_ack sim_board_swd(struct sim_board *board, bool ap, bool read, uint8_t reg,
                           uint32_t *value);
/* 50 or more ones, then the JTAG-to-SWD sequence, ones, idle. */
void sim_board_swd_line_reset(struct sim_board *board);

/* The probe's NRST output: true pulls the wire low. */
void sim_board_nrst(struct sim_board *board, bool asserted);
/* What a probe that looks at that pin sees: its own pull, or somebody else's where the wire leads
 * to the chip. */
bool sim_board_nrst_is_low(const struct sim_board *board);
/* What the probe's voltage sense pin sees. */
uint32_t sim_board_vtref_mv(const struct sim_board *board);
/* False after the fault `vanish` struck or `unplug`: the probe itself is gone from its host. */
bool sim_board_probe_present(const struct sim_board *board);

/* What keeps the probe itself from being used: for whoever plays it. */
enum sim_probe_trouble {
    SIM_PROBE_FINE,
    SIM_PROBE_IN_USE,        /* by another program */
    SIM_PROBE_NO_PERMISSION, /* this user may not open it */
    SIM_PROBE_LOADER,        /* it waits for firmware, and has no other */
    SIM_PROBE_OLD_FIRMWARE,
};
enum sim_probe_trouble sim_board_probe_trouble(const struct sim_board *board);
/* The chip sold with another one's name, as a probe that only works with the maker's own sees it */
bool sim_board_is_genuine(const struct sim_board *board);

/* Names of the faults that this board can have, one after the other; NULL: no more. */
const char *sim_board_fault(const struct sim_board *board, size_t index);
/* Of the faults of all boards: the name, and how its value is written, or "". False: no more. */
bool sim_fault_listed(size_t index, const char **name, const char **value);

/* The probe's receiver of SWO: a UART at `baud`, 0: off, with so many bytes of buffer. False: out
 * of memory. What it has is given away by take(), which returns how much. */
bool sim_board_swo_listen(struct sim_board *board, uint32_t baud, size_t capacity);
size_t sim_board_swo_waiting(struct sim_board *board);
size_t sim_board_swo_take(struct sim_board *board, uint8_t *bytes, size_t capacity);

/* Instructions executed so far. */
uint64_t sim_board_instructions(const struct sim_board *board);
/* Characters the program sent by its first serial port since the last call; returns the count. */
size_t sim_board_uart_take(struct sim_board *board, char *text, size_t capacity);
/* Takes the next remark on what the program or the debugger did that the hardware passes over in
 * silence: one sentence. False: there is none. */
bool sim_board_remark(struct sim_board *board, char *text, size_t size);
/* The program listens to a serial port, and there is room for one more character. */
bool sim_board_uart_listens(const struct sim_board *board);
/* Feeds a character to the program's serial port; lost if there is no room. */
void sim_board_uart_put(struct sim_board *board, char character);

/* Board controls: "power off|on", "plug", "unplug", "nrst press|release", "boot0 0|1",
 * "fault +NAME|-NAME", "pin [PA0 [0|1|float]]", "uart". `reply` gets text for the user. False: a
 * usage sentence in reply. */
bool sim_board_control(struct sim_board *board, int argc, const char *const argv[], char *reply,
                       size_t reply_size);
/* What passes while nobody looks, for those who drive the board's time: as much as on the wall;
 * nothing ("still" in the spec); or always just as much as on the wall ("realtime"). */
enum sim_pace { SIM_PACE_CATCH_UP, SIM_PACE_STILL, SIM_PACE_REALTIME };
enum sim_pace sim_board_pace(const struct sim_board *board);

#endif
