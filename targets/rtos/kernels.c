/* SPDX-License-Identifier: MIT */
#include "rtos/kernel.h"

extern const struct rtos_kernel rtos_freertos;

const struct rtos_kernel *const rtos_kernels[] = {&rtos_freertos, NULL};
