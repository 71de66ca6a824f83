/* SPDX-License-Identifier: MIT */
/* A register's value as gdb has it: its bytes in the target's order, which is little endian. Pure.
 */
#ifndef PROBED_REGISTER_BYTES_H
#define PROBED_REGISTER_BYTES_H

#include "base/buf.h"
#include "target.h"

/* Appends as many hex digits as the register has. */
void register_bytes_put(struct buf *out, const struct target_register *reg, uint64_t value);
/* As many `x` of one whose value is not known. */
void register_bytes_put_unknown(struct buf *out, const struct target_register *reg);
/* Of `length` bytes that gdb sent; at most 8. */
uint64_t register_bytes_value(const char *bytes, size_t length);

#endif
