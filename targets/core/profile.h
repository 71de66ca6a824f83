/* SPDX-License-Identifier: MIT */
/* The profiles of the architecture: what one kind of core has that another one lacks. Chosen from
 * what the core says of itself when it is taken over; pure data. Breakpoint comparators tell how
 * they work by themselves (FP_CTRL.REV, core/fpb.h). */
#ifndef PROBED_PROFILE_H
#define PROBED_PROFILE_H

#include "core/dwt.h"
#include "target.h"

struct core_profile {
    const char *name;                        /* as the manual has it: "Armv7-M" */
    const struct target_register *registers; /* index: gdb's number */
    uint8_t register_count;
    bool fpu;          /* FPSCR and S0 to S31 */
    bool limits;       /* MSPLIM and PSPLIM */
    bool banks;        /* stack pointers and limits of each security state */
    bool fault_status; /* CFSR, HFSR, MMFAR and BFAR stand around DFSR */
    uint32_t
        fault_catches; /* DEMCR.VC_*: faults that a program may have handlers of their own for */
    bool resets_vtor;  /* a reset sets VTOR to where the chip starts from, which is not 0 */
    bool caches;       /* CCR.DC and IC: what the debugger changes, the core may not see */
    bool late_mask;    /* erratum: what is pending when C_MASKINTS is set comes in spite of it */
    enum dwt_kind dwt;
    const struct core_profile *with_fpu;      /* what it is if MVFR0 is not 0; NULL: it has none */
    const struct core_profile *with_security; /* what it is if ID_PFR1 says so; NULL: it is never */
};

/* profile_v6m.c, profile_v7m.c, profile_v8m.c */
extern const struct core_profile profile_armv6m;
extern const struct core_profile profile_armv7m, profile_armv7em, profile_armv7em_fp;
extern const struct core_profile profile_m7, profile_m7_fp, profile_m7_early;
extern const struct core_profile profile_armv8m_base, profile_armv8m_main, profile_armv8m_main_fp;

/* The one of a core that is named so, without its FPU. */
const struct core_profile *profile_of(uint32_t cpuid);

#endif
