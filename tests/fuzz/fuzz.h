/* SPDX-License-Identifier: MIT */
/* What a fuzz target provides: libFuzzer's entry, and seeds for the test run's own driver. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const char *const fuzz_seeds[]; /* NULL at the end */

#endif
