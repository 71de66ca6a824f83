/* SPDX-License-Identifier: MIT */
/* The wire log: what was asked of a probe and what came back, one line each, for reading and for
 * replaying (replay.c). docs/wire-log.md has the format. All functions do nothing when probe->wire
 * is NULL, except wire_put_request(). Worker thread. */
#ifndef PROBED_WIRE_LOG_H
#define PROBED_WIRE_LOG_H

#include "probe/driver.h"

void wire_log_open(struct probe *probe);
/* After a run: the operations up to the failed one with their results; `dhcsr` are the sticky bits
 * that the driver noted in it (probe_note_dhcsr()). */
void wire_log_ops(struct probe *probe, const struct op *ops, size_t count, enum err err,
                  uint32_t dhcsr);
/* After a driver's transfer(): `done` accesses, then the one that `ack` answered. */
void wire_log_dap(struct probe *probe, const struct dap_access *list, size_t count, size_t done,
                  enum swd_ack ack);
/* Anything else: "nrst assert" and its result, a number if `value` is not NULL. */
void wire_log_call(struct probe *probe, const char *request, enum err err, const uint32_t *value);

/* The trace wire is listened to at a rate, 0: no more; and what came by it. Notes, since when that
 * is looked at is a matter of the wall's time. */
void wire_log_trace_start(struct probe *probe, uint32_t baud);
void wire_log_trace(struct probe *probe, const uint8_t *bytes, size_t length);
/* What a person did to the board, and what was said of it. */
void wire_log_control(struct probe *probe, const char *request, enum err err, const char *reply);
/* "control" and the words, as much as there is room for. */
void wire_control_request(int argc, const char *const argv[], char *request, size_t size);

/* The request part of an operation's line, as replay.c compares it. */
void wire_put_request(FILE *to, const struct op *op);
/* `length` bytes in hexadecimal, as the log has them; false: they are none. */
bool wire_take_hex(const char *digits, uint8_t *to, size_t length);
/* What calls are named in the log. */
const char *wire_connect_name(enum probe_connect how);
const char *wire_nrst_name(enum probe_nrst level);

#endif
