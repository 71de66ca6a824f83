/* SPDX-License-Identifier: MIT */
/* Probes, for callers (targets/ and server/). Implementers of drivers include driver.h.
 * A probe is used by one thread at a time: the worker that opened it. */
#ifndef PROBED_PROBE_H
#define PROBED_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/job.h"

struct probe;
struct probe_driver;

/* What is known of a probe before it is opened. Plain data, may be copied. */
struct probe_info {
    const struct probe_driver *driver;
    char product[64];  /* "ST-LINK/V2", "simulated Blue Pill" */
    char serial[64];   /* normalised; empty when it has none */
    char place[32];    /* "usb:1-2.3", "sim:0": tells two probes with one serial apart */
    char firmware[32]; /* "V2J43S7" once opened, else empty */
    uint16_t vid, pid; /* 0 for the simulator */
    char spec[192];    /* the words that describe it, behind the driver's name; else empty */
    char advice[160];  /* not usable: one sentence on what to do; else empty */
};

struct probe_list {
    struct probe_info *items;
    size_t count;
};

/* How to get onto the wire. */
enum probe_connect {
    PROBE_CONNECT_NORMAL,      /* leave the running target undisturbed */
    PROBE_CONNECT_UNDER_RESET, /* NRST held low from before the first edge on SWD until the
                                  caller releases it with probe_nrst() */
};

enum probe_nrst { PROBE_NRST_RELEASE, PROBE_NRST_ASSERT };

/* Counters since open; speed is USB round trips and waiting, so they are counted. */
struct probe_stats {
    uint64_t flushes;      /* run() calls of the driver */
    uint64_t operations;   /* operations in them */
    uint64_t dap_accesses; /* DP and AP register accesses, if the driver sees them */
    uint64_t waits;        /* accesses answered WAIT */
    uint64_t repeats;      /* accesses done again because the wire garbled them */
    uint64_t transfers;    /* USB transfers, both directions */
    uint64_t bytes;        /* USB payload bytes, both directions */
    uint64_t instructions; /* simulator: instructions executed by the core */
};

/* All probes that all drivers see now; free with probe_list_free(). A driver that cannot look hides
 * nobody: that is a line in the job's log, and an error only if nothing else is found. Any thread;
 * blocks. */
enum err probe_scan(struct probe_list *list, struct job *job);
void probe_list_free(struct probe_list *list);
/* Appends a copy of `info`; ERR_NO_MEMORY. */
enum err probe_list_add(struct probe_list *list, const struct probe_info *info);

/* --- selector.c: a user's words for a probe --- */

/* Whether a selector means this probe: its whole place ("usb:1-2.3"), its "vid:pid", or a part of
 * its serial number; with "stlink:" before it, among that driver's only. A probe that words
 * describe is meant by just these. */
bool probe_selected(const struct probe_info *info, const char *selector);
/* False: no probe will ever be meant, since there is no such driver; `why` (160 bytes) says so. */
bool probe_selector_check(const char *selector, char *why, size_t why_size);
/* No scan finds it, the selector itself says all of it: "sim:BOARD[,FAULT...]" is a simulated
 * board, "replay:FILE" answers what stands in a wire log (docs/wire-log.md). */
bool probe_is_described(const char *selector);
/* The file of which the selector says that it be played back; NULL: it means another probe. */
const char *probe_replayed_file(const char *selector);
/* Such a probe. `number` tells several of one kind apart, in serial and place. ERR_ARGUMENT with a
 * sentence that lists what there is; whether a file can be read shows at probe_open(). */
enum err probe_describe(const char *selector, unsigned number, struct probe_info *info,
                        struct job *job);

/* probe_describe() of "sim:SPEC", number 0. */
enum err probe_sim_info(const char *spec, struct probe_info *info, struct job *job);
/* Whether a word begins as such a spec: with the name of a board that there is. */
bool probe_sim_named(const char *word);
/* The names of the simulated boards, one after the other; NULL: no more. */
const char *probe_sim_board(size_t index);
/* What can be wrong with one or the other of them, likewise: "noise" and how its value is written,
 * "=N", or "". False: no more. */
bool probe_sim_fault(size_t index, const char **name, const char **value);

/* Opens; *probe is the caller's, to be closed. Does not touch the target. `wire` (may be NULL)
 * gets the wire log. ERR_PROBE_GONE, ERR_PROBE_ACCESS, ERR_PROBE with a sentence. */
enum err probe_open(const struct probe_info *info, struct job *job, FILE *wire,
                    struct probe **probe);
/* NULL is fine. Releases NRST and the target's debug port as far as possible. */
void probe_close(struct probe *probe);

/* The job on whose behalf the probe works from now on: its cancel flag and error sentence. */
void probe_set_job(struct probe *probe, struct job *job);
struct job *probe_job(const struct probe *probe);
struct clock *probe_clock(const struct probe *probe);
const struct probe_info *probe_info(const struct probe *probe);
const struct probe_stats *probe_stats(struct probe *probe);

/* Wakes the debug port: line reset, JTAG-to-SWD switch, DPIDR, debug power-up, AP 0 ready.
 * *dpidr may be NULL. ERR_NO_TARGET, ERR_POWER, ERR_PARITY.. After an error it may be called
 * again. Also the way back after the target lost power. */
enum err probe_connect(struct probe *probe, enum probe_connect how, uint32_t *dpidr);
/* The debug port may sleep: powers debug down; the probe stays open. */
enum err probe_disconnect(struct probe *probe);

/* Takes the highest speed not above khz; *actual_khz may be NULL. 0: the driver's own choice, from
 * the next connection on. */
enum err probe_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz);
/* What the last of these asked for. */
uint32_t probe_asked_khz(const struct probe *probe);
/* What the last successful probe_set_speed() got, or a driver went down to by itself; 0: neither,
 * the probe's default. */
uint32_t probe_speed_khz(const struct probe *probe);
/* What SWD runs at, whoever chose it; 0: it has not run yet. */
uint32_t probe_now_khz(const struct probe *probe);
/* Its firmware has one speed of SWD: to ask for another does not help. */
bool probe_one_speed(const struct probe *probe);
/* The end of a sentence on `error`: ": " and what helps if it is ERR_PARITY, else empty. */
const char *probe_hint(const struct probe *probe, enum err err);
/* Drives the probe's NRST pin; nothing tells whether it is wired. */
enum err probe_nrst(struct probe *probe, enum probe_nrst level);
/* Target voltage in millivolts; ERR_UNSUPPORTED when the probe cannot measure. */
enum err probe_vtref(struct probe *probe, uint32_t *millivolts);
/* What the target's supply is: as somebody who knows said, or as measured. */
void probe_say_supply(struct probe *probe, uint32_t millivolts); /* 0: nobody knows */
enum err probe_supply(struct probe *probe, uint32_t *millivolts);

/* --- the trace wire, TRACESWO --- */

/* The highest rate its UART takes, in baud; 0: it has none. */
uint32_t probe_trace_limit(const struct probe *probe);
/* Begins to take what comes at `baud`, anew if it did already. What came before is forgotten.
 * ERR_UNSUPPORTED with a sentence. */
enum err probe_trace_start(struct probe *probe, uint32_t baud);
/* What has come since, as far as there is room: *count bytes, 0: nothing. What came while the probe
 * had no room is lost, and nothing says so. */
enum err probe_trace_read(struct probe *probe, uint8_t *bytes, size_t capacity, size_t *count);
enum err probe_trace_stop(struct probe *probe);
/* Between start and stop. */
bool probe_traces(const struct probe *probe);

/* After a flush that failed at a memory access: its address, as exactly as the driver knows it;
 * what the failed operation read before that address has been delivered. False: not known. */
bool probe_failed_address(const struct probe *probe, uint32_t *address);
/* From now on accesses by that AP look into the data cache of the core behind it, or do not; by
 * probes whose raw accesses are ours to shape. */
void probe_look_into_caches(struct probe *probe, uint8_t ap, bool on);
/* After a flush that ended with ERR_TIMEOUT: it was an OP_WAIT (ops.h) that ended without what it
 * waited for; all before it was done. False: another operation did not come to its end. */
bool probe_wait_timed_out(const struct probe *probe);
/* A serial port of the board that no tty shows: what its program has sent since the last call, and
 * a character for it, if it listens and there is room for one. Without one: nothing, and false. */
size_t probe_serial_take(struct probe *probe, char *text, size_t capacity);
bool probe_serial_listens(struct probe *probe);
void probe_serial_put(struct probe *probe, char character);
/* A driver's own monitor command ("sim power off"); words after the driver's name. Output goes to
 * the job. ERR_UNSUPPORTED when the driver has none, ERR_ARGUMENT with a usage sentence. */
enum err probe_command(struct probe *probe, int argc, const char *const argv[]);

/* After ERR_PROBE_GONE: true if this probe is the same one when it is back, so keep it open and
 * probe_connect() it again (the simulated board keeps its flash); false: close it. */
bool probe_outlives_cable(const struct probe *probe);

/* It answers from a record: what failed once will fail again. */
bool probe_is_recorded(const struct probe_info *info);

/* Name of the driver: "sim", "stlink", "cmsis-dap". */
const char *probe_driver_name(const struct probe *probe);

#endif
