/* SPDX-License-Identifier: MIT */
/* The CRC of a long range by a routine on the halted core (routines/crc.S): much less goes over the
 * wire. RAM and registers are borrowed for the time of the call and put back. Worker thread. */
#ifndef PROBED_CRC_BY_CORE_H
#define PROBED_CRC_BY_CORE_H

#include "core/core.h"

/* Adds what is at `address` to *crc. *done is less than `length` where the rest is a few bytes, or
 * the job was cancelled or somebody waits: go on behind a checkpoint. It is 0 where the range has
 * to be read over the wire:
 * - the core runs, is lent to a flash session, or has caches or two worlds (no routine for these);
 * - a window watchdog runs: it would meet the running core, and cannot be fed at any time;
 * - there is no RAM to borrow beside the range, or a part of the range cannot be read;
 * - breakpoints stand in the range as instructions, which nobody shall see;
 * - it is short, so that reading costs less.
 * `address` is a multiple of 4.
 * Errors are those after which a wire is no help: the target was reset or is gone. */
enum err crc_by_core(struct core *core, uint32_t address, size_t length, uint32_t *crc,
                     size_t *done);

#endif
