/* SPDX-License-Identifier: MIT */
/* Single-precision arithmetic as FPv4-SP does it (DDI 0403, A2.5 and the pseudocode functions FP*()
 * of chapter A2 and appendix D): rounding modes, flush to zero, default NaN and cumulative flags
 * are those of an FPSCR. In integers: no host float, so that every machine gets the same bits. */
#ifndef PROBED_SIM_FP_H
#define PROBED_SIM_FP_H

#include <stdbool.h>
#include <stdint.h>

#define FPSCR_IOC (1u << 0) /* invalid operation */
#define FPSCR_DZC (1u << 1) /* division by zero */
#define FPSCR_OFC (1u << 2) /* overflow */
#define FPSCR_UFC (1u << 3) /* underflow */
#define FPSCR_IXC (1u << 4) /* inexact */
#define FPSCR_IDC (1u << 7) /* input denormal */
#define FPSCR_FZ (1u << 24)
#define FPSCR_DN (1u << 25)
#define FPSCR_AHP (1u << 26)
#define FPSCR_RMODE(fpscr) ((fpscr) >> 22 & 3)
#define FPSCR_NZCV 0xF0000000u
#define FPSCR_WRITABLE 0xF7C0009Fu
enum fp_rounding { FP_NEAREST, FP_UP, FP_DOWN, FP_ZERO }; /* as RMode */

#define FP_SIGN 0x80000000u
#define FP_DEFAULT_NAN 0x7FC00000u

/* All take and give the bits of singles; flags are added to *fpscr. */
uint32_t fp_add(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_subtract(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_multiply(uint32_t a, uint32_t b, uint32_t *fpscr);
/* a * b + c, rounded once. */
uint32_t fp_fused(uint32_t a, uint32_t b, uint32_t c, uint32_t *fpscr);
uint32_t fp_divide(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_square_root(uint32_t a, uint32_t *fpscr);
/* NZCV in place. `quiet_too`: any NaN is an invalid operation. */
uint32_t fp_compare(uint32_t a, uint32_t b, bool quiet_too, uint32_t *fpscr);

/* A number of `width` bits with `fraction` of them behind the point, to a single; and back, with
 * saturation. */
uint32_t fp_from_fixed(uint32_t value, unsigned width, unsigned fraction, bool is_signed,
                       enum fp_rounding rounding, uint32_t *fpscr);
uint32_t fp_to_fixed(uint32_t a, unsigned width, unsigned fraction, bool is_signed,
                     enum fp_rounding rounding, uint32_t *fpscr);
uint32_t fp_from_half(uint16_t half, uint32_t *fpscr);
uint16_t fp_to_half(uint32_t a, uint32_t *fpscr);

/* --- for the files fp_*.c --- */

/* A number taken apart: mantissa * 2^exponent. */
struct fp_parts {
    enum fp_class { FP_ZEROES, FP_NUMBER, FP_INFINITY, FP_QUIET, FP_SIGNALLING } class;
    bool sign;
    int exponent;
    uint64_t mantissa; /* not 0 */
};

/* FPUnpack(): with FZ, a denormal becomes zero and IDC. */
struct fp_parts fp_unpack(uint32_t a, uint32_t *fpscr);
/* FPRound(): the lowest bit of the mantissa may stand for all that was below it. */
uint32_t fp_round(struct fp_parts parts, enum fp_rounding rounding, uint32_t *fpscr);
/* One of the operands is a NaN: FPProcessNaN(). */
uint32_t fp_nan(uint32_t a, uint32_t *fpscr);
/* Shifts right by any amount, keeping in the lowest bit whether one got lost. */
static inline uint64_t fp_shift_sticky(uint64_t value, unsigned by)
{
    if (by == 0)
        return value;
    return by >= 64 ? value != 0 : value >> by | (value << (64 - by) != 0);
}
/* Does what is cut off, `rest` of `unit`, round the magnitude up? */
bool fp_rounds_up(enum fp_rounding rounding, bool sign, bool odd, uint64_t rest, uint64_t half);

#endif
