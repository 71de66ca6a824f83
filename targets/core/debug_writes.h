/* SPDX-License-Identifier: MIT */
/* Around a write to memory that may be one to debug registers of which something is believed.
 * Worker thread. */
#ifndef PROBED_DEBUG_WRITES_H
#define PROBED_DEBUG_WRITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct core;

/* It may reach debug registers of which something is believed. */
bool debug_write_concerns(uint32_t address, size_t length);
/* Queues what has to be there before. ERR_BUSY: a routine of ours needs them. */
enum err debug_write_begin(struct core *core, uint32_t address, size_t length);
/* After its flush, which must not have asked whether the core still stands. */
enum err debug_write_end(struct core *core, uint32_t address, size_t length);

#endif
