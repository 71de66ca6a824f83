/* SPDX-License-Identifier: MIT */
/* Values of option fields that mean the same in many families, whatever their bits are called: a
 * field's `values` by VALUES(). */
#ifndef PROBED_VALUES_H
#define PROBED_VALUES_H

#include "flash/options.h"

#define VALUES(list) list, sizeof(list) / sizeof *(list)

extern const struct option_value stm32_watchdog[2], stm32_reset_in_stop[2],
    stm32_reset_in_standby[2];
/* 1 is on; 0 is on. */
extern const struct option_value stm32_off_on[2], stm32_on_off[2];
/* A level or another that a manual's table makes something of. */
extern const struct option_value stm32_bit[2];
extern const struct option_value stm32_boot_by[2];
/* Only the end of read protection, which erases all, takes it back. */
extern const struct option_value stm32_sprmod[2];

/* --- from L4 on --- */

extern const struct option_value stm32_rdp[3], stm32_wwdg[2], stm32_iwdg_low_power[2],
    stm32_reset_in_shutdown[2], stm32_banks[2], stm32_nrst_mode[3], stm32_bor_lev[5];
/* Set only, until read protection ends. */
extern const struct option_value stm32_pcrop_rdp[2];
/* Set only; if anything takes it back, it is the end of read protection. */
extern const struct option_value stm32_set_only[2];
/* Pins set up for a supply below 2.5 V are damaged by a higher one. */
extern const struct option_value stm32_hslv[2];

#endif
