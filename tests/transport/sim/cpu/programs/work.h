/* SPDX-License-Identifier: MIT */
/* A program of many small parts that ends in one number, the same on every correct machine with
 * 32-bit int, little-endian order and IEEE 754 doubles. */
#ifndef PROBED_TEST_WORK_H
#define PROBED_TEST_WORK_H

#include <stdint.h>

#define WORK_PARTS 11

/* One hash a part, so that a difference names its part. */
void work(uint32_t hashes[WORK_PARTS]);

#endif
