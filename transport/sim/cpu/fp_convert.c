/* SPDX-License-Identifier: MIT */
/* From and to integers, fixed-point numbers and other formats: see fp.h. */
#include "sim/cpu/fp.h"

uint64_t fp_from_fixed(const struct fp_format *format, uint32_t value, unsigned width,
                       unsigned fraction, bool is_signed, enum fp_rounding rounding,
                       uint32_t *fpscr)
{
    int64_t number = is_signed ? (int32_t)(value << (32 - width)) >> (32 - width)
                               : (int64_t)(value & (UINT32_MAX >> (32 - width)));
    struct fp_parts parts = {FP_NUMBER, number < 0, 63 - (int)fraction,
                             (uint64_t)(number < 0 ? -number : number), 0};

    if (number == 0)
        return 0;
    fp_normalise(&parts);
    return fp_round(format, parts, rounding, fpscr);
}

/* The magnitude of a number below 2^63 as an integer; `inexact` if it is not all. */
static uint64_t to_integer(const struct fp_parts *parts, enum fp_rounding rounding, bool *inexact)
{
    int whole_bits = parts->exponent + 1;
    uint64_t whole = whole_bits <= 0 ? 0 : parts->high >> (64 - whole_bits);
    uint64_t rest = whole_bits <= 0 ? fp_shift_sticky(parts->high, (unsigned)-whole_bits)
                                    : parts->high << whole_bits;

    *inexact = rest != 0;
    return whole + fp_rounds_up(rounding, parts->sign, whole & 1, rest, UINT64_C(1) << 63);
}

uint32_t fp_to_fixed(const struct fp_format *format, uint64_t a, unsigned width, unsigned fraction,
                     bool is_signed, enum fp_rounding rounding, uint32_t *fpscr)
{
    enum { TOO_LARGE = 33 };
    struct fp_parts parts = fp_unpack(format, a, fpscr);
    int64_t top = INT64_C(1) << (is_signed ? width - 1 : width), number = 0;
    int64_t bottom = is_signed ? -top : 0;
    bool inexact = false;

    parts.exponent += (int)fraction;
    if (parts.class >= FP_QUIET) {
        *fpscr |= FPSCR_IOC;
        return 0;
    }
    if (parts.class == FP_INFINITY || (parts.class == FP_NUMBER && parts.exponent >= TOO_LARGE))
        number = INT64_C(1) << TOO_LARGE;
    else if (parts.class == FP_NUMBER)
        number = (int64_t)to_integer(&parts, rounding, &inexact);
    if (parts.sign)
        number = -number;
    if (number < bottom || number >= top) {
        *fpscr |= FPSCR_IOC;
        number = number < bottom ? bottom : top - 1;
    } else if (inexact) {
        *fpscr |= FPSCR_IXC;
    }
    return (uint32_t)number;
}

uint64_t fp_to_integral(const struct fp_format *format, uint64_t a, enum fp_rounding rounding,
                        bool tells, uint32_t *fpscr)
{
    struct fp_parts parts = fp_unpack(format, a, fpscr);
    bool inexact;

    if (parts.class >= FP_QUIET)
        return fp_nan(format, a, fpscr);
    if (parts.class == FP_ZEROES)
        return fp_signed(format, parts.sign, 0);
    if (parts.class == FP_INFINITY || parts.exponent >= format->fraction)
        return a;
    struct fp_parts whole = {FP_NUMBER, parts.sign, 63, to_integer(&parts, rounding, &inexact), 0};
    if (inexact && tells)
        *fpscr |= FPSCR_IXC;
    if (whole.high == 0)
        return fp_signed(format, parts.sign, 0);
    fp_normalise(&whole);
    return fp_round(format, whole, rounding, fpscr);
}

/* What is left of a NaN is what stands highest in its fraction. */
static uint64_t convert_nan(const struct fp_format *to, const struct fp_format *from, uint64_t a,
                            uint32_t *fpscr)
{
    bool sign = a & fp_sign_bit(from);
    uint64_t quiet = fp_nan(from, a, fpscr);

    if (to->numbers_only) {
        *fpscr |= FPSCR_IOC;
        return fp_signed(to, sign, 0);
    }
    uint64_t fraction = (quiet << (64 - from->fraction)) >> (64 - to->fraction);
    return fp_infinity(to, quiet & fp_sign_bit(from)) | fraction;
}

uint64_t fp_convert(const struct fp_format *to, const struct fp_format *from, uint64_t a,
                    uint32_t *fpscr)
{
    struct fp_parts parts = fp_unpack(from, a, fpscr);

    if (parts.class >= FP_QUIET)
        return convert_nan(to, from, a, fpscr);
    if (parts.class == FP_NUMBER)
        return fp_round(to, parts, fp_rounding_of(*fpscr), fpscr);
    if (parts.class == FP_ZEROES)
        return fp_signed(to, parts.sign, 0);
    if (!to->numbers_only)
        return fp_infinity(to, parts.sign);
    *fpscr |= FPSCR_IOC;
    return fp_signed(to, parts.sign, fp_sign_bit(to) - 1);
}
