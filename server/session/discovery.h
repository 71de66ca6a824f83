/* SPDX-License-Identifier: MIT */
/* Which probe is meant, among those plugged in and those that words describe. Selectors are words
 * of
 * --probe (probe_choice.h). */
#ifndef PROBED_DISCOVERY_H
#define PROBED_DISCOVERY_H

#include "probe/probe.h"

/* Whether one of the selectors means the probe; there is none: any. */
bool discovery_selects(const char *const *selectors, size_t count, const struct probe_info *info);
/* Those that are plugged in and those that the selectors describe; free with probe_list_free(),
 * also after an error: ERR_ARGUMENT of a wrong description, or probe_scan()'s. Blocks. */
enum err discovery_list(const char *const *selectors, size_t count, struct probe_list *list,
                        struct job *job);
/* The only probe, or the only one that one of the selectors means (probe_selected()). Of several
 * the one that `info` describes (driver NULL: none), wherever it is plugged in now. ERR_NO_PROBE,
 * ERR_OTHER_PROBE (none of those that are there, all listed), or ERR_ARGUMENT (several, all listed)
 * with a sentence. Blocks; worker thread. */
enum err discovery_find(const char *const *selectors, size_t count, struct probe_info *info,
                        struct job *job);

#endif
