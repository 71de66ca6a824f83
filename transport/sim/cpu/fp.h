/* SPDX-License-Identifier: MIT */
/* Arithmetic as FPv4 and FPv5 do it (DDI 0403, A2.5 and the pseudocode functions FP*() of chapter
 * A2 and appendix D): rounding modes, flush to zero, default NaN and cumulative flags are those of
 * an FPSCR. In integers: no host float, so that every machine gets the same bits. */
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
/* As RMode; the last one (ties away from zero) only some instructions of FPv5 know. */
enum fp_rounding { FP_NEAREST, FP_UP, FP_DOWN, FP_ZERO, FP_AWAY };

/* A number's layout: fraction in the lowest bits, exponent, sign. */
struct fp_format {
    uint8_t fraction, exponent; /* bits */
    bool flushes;               /* FPSCR.FZ turns denormals into zeroes */
    bool numbers_only;          /* no infinities and NaNs: halves with FPSCR.AHP */
};
extern const struct fp_format fp_half, fp_half_alternative, fp_single, fp_double;

static inline uint64_t fp_sign_bit(const struct fp_format *format)
{
    return UINT64_C(1) << (format->fraction + format->exponent);
}

/* All take and give the bits of numbers of one format; flags are added to *fpscr. */
uint64_t fp_add(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_subtract(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_multiply(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr);
/* a * b + c, rounded once. */
uint64_t fp_fused(const struct fp_format *format, uint64_t a, uint64_t b, uint64_t c,
                  uint32_t *fpscr);
uint64_t fp_divide(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr);
uint64_t fp_square_root(const struct fp_format *format, uint64_t a, uint32_t *fpscr);
/* NZCV in place. `quiet_too`: any NaN is an invalid operation. */
uint32_t fp_compare(const struct fp_format *format, uint64_t a, uint64_t b, bool quiet_too,
                    uint32_t *fpscr);
/* FPMaxNum(), FPMinNum(): a number is preferred to a quiet NaN. */
uint64_t fp_extreme(const struct fp_format *format, uint64_t a, uint64_t b, bool minimum,
                    uint32_t *fpscr);

/* A number of `width` bits with `fraction` of them behind the point, to floating point; and back,
 * with saturation. */
uint64_t fp_from_fixed(const struct fp_format *format, uint32_t value, unsigned width,
                       unsigned fraction, bool is_signed, enum fp_rounding rounding,
                       uint32_t *fpscr);
uint32_t fp_to_fixed(const struct fp_format *format, uint64_t a, unsigned width, unsigned fraction,
                     bool is_signed, enum fp_rounding rounding, uint32_t *fpscr);
/* To an integer that stays floating point; `tells`: inexact is a flag. */
uint64_t fp_to_integral(const struct fp_format *format, uint64_t a, enum fp_rounding rounding,
                        bool tells, uint32_t *fpscr);
uint64_t fp_convert(const struct fp_format *to, const struct fp_format *from, uint64_t a,
                    uint32_t *fpscr);

static inline enum fp_rounding fp_rounding_of(uint32_t fpscr)
{
    return (enum fp_rounding)FPSCR_RMODE(fpscr);
}

/* --- for the files fp_*.c --- */

/* A number taken apart: 1.something * 2^exponent, the leading one in the highest bit of `high`, the
 * rest behind it and on in `low`, which only products and sums need. */
struct fp_parts {
    enum fp_class { FP_ZEROES, FP_NUMBER, FP_INFINITY, FP_QUIET, FP_SIGNALLING } class;
    bool sign;
    int exponent;
    uint64_t high, low;
};

/* FPUnpack(): with FZ, a denormal becomes zero and IDC. */
struct fp_parts fp_unpack(const struct fp_format *format, uint64_t a, uint32_t *fpscr);
/* Moves the leading one to where it belongs; there is one. */
void fp_normalise(struct fp_parts *parts);
/* FPRound(): the lowest bit may stand for all that was below it. */
uint64_t fp_round(const struct fp_format *format, struct fp_parts parts, enum fp_rounding rounding,
                  uint32_t *fpscr);
uint64_t fp_signed(const struct fp_format *format, bool sign, uint64_t magnitude);
uint64_t fp_infinity(const struct fp_format *format, bool sign);
uint64_t fp_default_nan(const struct fp_format *format);
/* One of the operands is a NaN: FPProcessNaN(). */
uint64_t fp_nan(const struct fp_format *format, uint64_t a, uint32_t *fpscr);
/* Shifts right by any amount, keeping in the lowest bit whether one got lost. */
static inline uint64_t fp_shift_sticky(uint64_t value, unsigned by)
{
    if (by == 0)
        return value;
    return by >= 64 ? value != 0 : value >> by | (value << (64 - by) != 0);
}
/* Does what is cut off, `rest` of twice `half`, round the magnitude up? */
bool fp_rounds_up(enum fp_rounding rounding, bool sign, bool odd, uint64_t rest, uint64_t half);

#endif
