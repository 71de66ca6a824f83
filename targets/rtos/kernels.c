/* SPDX-License-Identifier: MIT */
#include "rtos/kernel.h"

extern const struct rtos_kernel rtos_freertos, rtos_zephyr, rtos_threadx, rtos_chibios, rtos_nuttx,
    rtos_riot, rtos_rtx5, rtos_ucos3;

const struct rtos_kernel *const rtos_kernels[] = {&rtos_freertos, &rtos_zephyr, &rtos_threadx,
                                                  &rtos_chibios,  &rtos_nuttx,  &rtos_riot,
                                                  &rtos_rtx5,     &rtos_ucos3,  NULL};
