/* SPDX-License-Identifier: MIT */
/* Chips whose core is behind another access port have debug units alone behind AP 0, which answer
 * whoever asks: who the chip is, and whether the way to its core is open. */
#ifndef PROBED_CONNECT_DEBUG_PORT_H
#define PROBED_CONNECT_DEBUG_PORT_H

#include "connect/findings.h"
#include "probe/ops.h"

/* No core answered. Fills findings->told and findings->shut, or leaves them. Errors are those that
 * end all (a probe that is gone, a cancel); the queue is empty, before and behind, and what the job
 * says stays. */
enum err debug_port_ask(struct ops *ops, struct findings *findings);

#endif
