/* SPDX-License-Identifier: MIT */
#include "probe/driver.h"

extern const struct probe_driver cmsis_dap_probe_driver; /* cmsis_dap/cmsis_dap.c */
extern const struct probe_driver replay_probe_driver;    /* replay.c */
extern const struct probe_driver sim_probe_driver;       /* sim/probe.c */
extern const struct probe_driver stlink_probe_driver;    /* stlink/stlink.c */

const struct probe_driver *const probe_drivers[] = {
    &cmsis_dap_probe_driver, &replay_probe_driver, &sim_probe_driver, &stlink_probe_driver, NULL,
};
