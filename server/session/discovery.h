/* SPDX-License-Identifier: MIT */
/* Which probe is meant, among those plugged in. */
#ifndef PROBED_DISCOVERY_H
#define PROBED_DISCOVERY_H

#include "probe/probe.h"

/* The only probe, or the only one that one of the selectors means (probe_selected()). Of several
 * the one that `info` describes (driver NULL: none), wherever it is plugged in now. ERR_NO_PROBE,
 * ERR_OTHER_PROBE (none of those that are there, all listed), or ERR_ARGUMENT (several, all listed)
 * with a sentence. Blocks; worker thread. */
enum err discovery_find(const char *const *selectors, size_t count, struct probe_info *info,
                        struct job *job);

#endif
