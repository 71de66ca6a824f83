/* SPDX-License-Identifier: MIT */
/* Expands memory and core-register operations into DP and AP register accesses, for drivers whose
 * probe offers only those: such a driver writes `.run = mem_ap_run` and implements transfer() and
 * line_reset(). Packs accesses of one flush into as few transfer() calls as possible, keeps CSW,
 * TAR and SELECT cached, rewrites TAR at each 1 KiB boundary (IHI 0031, C2.2.2). */
#ifndef PROBED_MEM_AP_H
#define PROBED_MEM_AP_H

#include "probe/ops.h"

enum err mem_ap_run(struct probe *probe, struct op *ops, size_t count);

#endif
