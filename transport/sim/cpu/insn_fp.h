/* SPDX-License-Identifier: MIT */
/* What the files insn_fp*.c share. The registers may be used: sim_fp_check() was asked. */
#ifndef PROBED_SIM_INSN_FP_H
#define PROBED_SIM_INSN_FP_H

#include "sim/cpu/insn_internal.h"

/* 11101110.. with bit 4 clear. */
sim_insn_handler sim_insn_fp_data;

#endif
