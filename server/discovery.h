/* SPDX-License-Identifier: MIT */
/* Which probe is meant: the simulator of --sim, or one of those plugged in. */
#ifndef PROBED_DISCOVERY_H
#define PROBED_DISCOVERY_H

#include "probe.h"

/* The only probe, or the only one that matches one of the selectors (part of the serial number, or
 * the whole place). ERR_NO_PROBE or ERR_ARGUMENT (several) with a sentence that names what there
 * is. Blocks; worker thread. */
enum err discovery_find(const char *const *selectors, size_t count, struct probe_info *info,
                        struct job *job);

#endif
