/* SPDX-License-Identifier: MIT */
/* The table of those that look at a stop first. */
#include <stddef.h>

#include "core/semihosting.h"
#include "core/stop_filter.h"

const struct stop_filter *const stop_filters[] = {
    &semihosting_filter,
    NULL,
};
