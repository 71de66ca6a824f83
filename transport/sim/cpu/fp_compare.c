/* SPDX-License-Identifier: MIT */
/* Which of two numbers is larger: see fp.h. */
#include "sim/cpu/fp.h"

/* In the order of sign and magnitude; all zeroes are one. */
static int64_t ordinal(const struct fp_format *format, const struct fp_parts *parts, uint64_t a)
{
    int64_t magnitude = parts->class == FP_ZEROES ? 0 : (int64_t)(a & ~fp_sign_bit(format));

    return parts->sign ? -magnitude : magnitude;
}

uint32_t fp_compare(const struct fp_format *format, uint64_t a, uint64_t b, bool quiet_too,
                    uint32_t *fpscr)
{
    enum { EQUAL = 6, LESS = 8, GREATER = 2, UNORDERED = 3 };
    struct fp_parts x = fp_unpack(format, a, fpscr), y = fp_unpack(format, b, fpscr);

    if (x.class >= FP_QUIET || y.class >= FP_QUIET) {
        if (quiet_too || x.class == FP_SIGNALLING || y.class == FP_SIGNALLING)
            *fpscr |= FPSCR_IOC;
        return (uint32_t)UNORDERED << 28;
    }
    int64_t left = ordinal(format, &x, a), right = ordinal(format, &y, b);
    return (left == right ? EQUAL : left < right ? LESS : GREATER) * (1u << 28);
}

/* Flushed, if it was a denormal and FZ says so. */
static uint64_t as_read(const struct fp_format *format, const struct fp_parts *parts, uint64_t a)
{
    return parts->class == FP_ZEROES ? fp_signed(format, parts->sign, 0) : a;
}

uint64_t fp_extreme(const struct fp_format *format, uint64_t a, uint64_t b, bool minimum,
                    uint32_t *fpscr)
{
    struct fp_parts x = fp_unpack(format, a, fpscr), y = fp_unpack(format, b, fpscr);

    if (x.class == FP_SIGNALLING || (x.class == FP_QUIET && y.class == FP_QUIET))
        return fp_nan(format, a, fpscr);
    if (y.class == FP_SIGNALLING)
        return fp_nan(format, b, fpscr);
    if (x.class == FP_QUIET)
        return as_read(format, &y, b);
    if (y.class == FP_QUIET)
        return as_read(format, &x, a);
    if (x.class == FP_ZEROES && y.class == FP_ZEROES) /* the negative one is below the other */
        return fp_signed(format, minimum ? x.sign || y.sign : x.sign && y.sign, 0);
    bool less = ordinal(format, &x, a) < ordinal(format, &y, b);
    return less == minimum ? as_read(format, &x, a) : as_read(format, &y, b);
}
