/* SPDX-License-Identifier: MIT */
/* Fault status registers in words. Pure. */
#ifndef PROBED_FAULT_TEXT_H
#define PROBED_FAULT_TEXT_H

#include "core/stop.h"

/* A sentence on a fault: which, where, what else is known of it ("": nothing), by which instruction
 * (0: not known). */
void fault_explain(const struct stop_facts *facts, unsigned exception, const char *cause,
                   uint32_t faulting_pc, char *text, size_t size);

#endif
