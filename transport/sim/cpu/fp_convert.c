/* SPDX-License-Identifier: MIT */
/* Singles from and to integers, fixed-point numbers and halves: see fp.h. */
#include "sim/cpu/fp.h"

uint32_t fp_from_fixed(uint32_t value, unsigned width, unsigned fraction, bool is_signed,
                       enum fp_rounding rounding, uint32_t *fpscr)
{
    int64_t number = is_signed ? (int32_t)(value << (32 - width)) >> (32 - width)
                               : (int64_t)(value & (UINT32_MAX >> (32 - width)));
    struct fp_parts parts = {FP_NUMBER, number < 0, -(int)fraction,
                             (uint64_t)(number < 0 ? -number : number)};

    return number == 0 ? 0 : fp_round(parts, rounding, fpscr);
}

/* The magnitude as an integer, at most 2^33; `inexact` if it is not all. */
static uint64_t to_integer(struct fp_parts parts, enum fp_rounding rounding, bool *inexact)
{
    enum { TOO_LARGE = 33, GUARD = 32 };
    int top = 63 - __builtin_clzll(parts.mantissa) + parts.exponent;

    *inexact = false;
    if (top >= TOO_LARGE)
        return UINT64_C(1) << TOO_LARGE;
    int down = -parts.exponent;
    if (down <= 0)
        return parts.mantissa << -down;
    /* 24 bits and 32 of guard: what is lost below is sticky */
    uint64_t guarded = fp_shift_sticky(parts.mantissa << GUARD, (unsigned)down);
    uint64_t whole = guarded >> GUARD, rest = guarded & UINT32_MAX;
    *inexact = rest != 0;
    return whole + fp_rounds_up(rounding, parts.sign, whole & 1, rest, UINT64_C(1) << (GUARD - 1));
}

uint32_t fp_to_fixed(uint32_t a, unsigned width, unsigned fraction, bool is_signed,
                     enum fp_rounding rounding, uint32_t *fpscr)
{
    struct fp_parts parts = fp_unpack(a, fpscr);
    int64_t top = INT64_C(1) << (is_signed ? width - 1 : width), number = 0;
    int64_t bottom = is_signed ? -top : 0;
    bool inexact = false;

    if (parts.class >= FP_QUIET) {
        *fpscr |= FPSCR_IOC;
        return 0;
    }
    if (parts.class == FP_INFINITY) {
        number = INT64_C(1) << 33;
    } else if (parts.class == FP_NUMBER) {
        parts.exponent += (int)fraction;
        number = (int64_t)to_integer(parts, rounding, &inexact);
    }
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

/* --- halves: 1 sign, 5 exponent, 10 fraction; with AHP there are no infinities and NaNs --- */

enum { HALF_BIAS = 15, HALF_FRACTION = 10, HALF_TOP = 31, BELOW = 63 - HALF_FRACTION };

uint32_t fp_from_half(uint16_t half, uint32_t *fpscr)
{
    uint32_t sign = (uint32_t)(half >> 15) << 31, fraction = half & 0x3FF;
    int exponent = half >> HALF_FRACTION & HALF_TOP;
    uint32_t exact = 0; /* no denormal of a half is one of a single: nothing to flush or round */

    if (exponent == HALF_TOP && !(*fpscr & FPSCR_AHP)) {
        uint32_t wide = sign | 0x7F800000 | fraction << 13;
        return fraction ? fp_nan(wide, fpscr) : wide;
    }
    if (exponent == 0 && fraction == 0)
        return sign;
    if (exponent != 0)
        fraction |= 1u << HALF_FRACTION;
    else
        exponent = 1;
    return fp_round(
        (struct fp_parts){FP_NUMBER, sign != 0, exponent - HALF_BIAS - HALF_FRACTION, fraction},
        FP_NEAREST, &exact);
}

static uint16_t round_half(struct fp_parts parts, uint32_t *fpscr)
{
    enum fp_rounding rounding = (enum fp_rounding)FPSCR_RMODE(*fpscr);
    unsigned up = (unsigned)__builtin_clzll(parts.mantissa);
    uint64_t mantissa = parts.mantissa << up;
    int biased = parts.exponent - (int)up + 63 + HALF_BIAS;
    bool tiny = biased < 1, alternative = *fpscr & FPSCR_AHP;
    uint32_t sign = (uint32_t)parts.sign << 15;

    if (tiny) {
        mantissa = fp_shift_sticky(mantissa, (unsigned)(1 - biased));
        biased = 1;
    }
    uint64_t rest = mantissa & ((UINT64_C(1) << BELOW) - 1);
    uint32_t kept = (uint32_t)(mantissa >> BELOW);
    kept += fp_rounds_up(rounding, parts.sign, kept & 1, rest, UINT64_C(1) << (BELOW - 1));
    uint64_t magnitude = ((uint64_t)(biased - 1) << HALF_FRACTION) + kept;
    if (alternative && magnitude >= 0x8000) {
        *fpscr |= FPSCR_IOC;
        return (uint16_t)(sign | 0x7FFF);
    }
    if (!alternative && magnitude >= HALF_TOP << HALF_FRACTION) {
        bool to_infinity = rounding == FP_NEAREST || rounding == (parts.sign ? FP_DOWN : FP_UP);
        *fpscr |= FPSCR_OFC | FPSCR_IXC;
        return (uint16_t)(sign | (to_infinity ? 0x7C00 : 0x7BFF));
    }
    if (rest != 0)
        *fpscr |= FPSCR_IXC | (tiny ? FPSCR_UFC : 0);
    return (uint16_t)(sign | (uint32_t)magnitude);
}

static uint16_t half_nan(uint32_t a, uint32_t *fpscr)
{
    bool alternative = *fpscr & FPSCR_AHP;
    uint32_t quiet = fp_nan(a, fpscr);

    if (!alternative)
        return (uint16_t)((quiet >> 16 & 0x8000) | 0x7E00 | (quiet >> 13 & 0x1FF));
    *fpscr |= FPSCR_IOC;
    return (uint16_t)(a >> 16 & 0x8000);
}

uint16_t fp_to_half(uint32_t a, uint32_t *fpscr)
{
    struct fp_parts parts = fp_unpack(a, fpscr);
    uint16_t sign = (uint16_t)(a >> 16 & 0x8000);

    if (parts.class >= FP_QUIET)
        return half_nan(a, fpscr);
    if (parts.class == FP_NUMBER)
        return round_half(parts, fpscr);
    if (parts.class == FP_ZEROES)
        return sign;
    if (!(*fpscr & FPSCR_AHP))
        return (uint16_t)(sign | 0x7C00);
    *fpscr |= FPSCR_IOC;
    return (uint16_t)(sign | 0x7FFF);
}
