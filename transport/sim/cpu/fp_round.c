/* SPDX-License-Identifier: MIT */
/* Taking singles apart and putting them together. */
#include "sim/cpu/fp.h"

enum {
    BIAS = 127,
    FRACTION = 23,
    TOP = 255,             /* the exponent of infinities and NaNs */
    BELOW = 63 - FRACTION, /* bits of a normalised mantissa that do not fit */
};
#define FRACTION_MASK ((1u << FRACTION) - 1)
#define QUIET_BIT (1u << (FRACTION - 1))

static struct fp_parts special(enum fp_class class, bool sign)
{
    return (struct fp_parts){.class = class, .sign = sign};
}

struct fp_parts fp_unpack(uint32_t a, uint32_t *fpscr)
{
    bool sign = a >> 31;
    int exponent = a >> FRACTION & TOP;
    uint32_t fraction = a & FRACTION_MASK;

    if (exponent == TOP)
        return special(fraction == 0          ? FP_INFINITY
                       : fraction & QUIET_BIT ? FP_QUIET
                                              : FP_SIGNALLING,
                       sign);
    if (exponent == 0 && fraction != 0 && *fpscr & FPSCR_FZ) {
        *fpscr |= FPSCR_IDC;
        fraction = 0;
    }
    if (exponent == 0 && fraction == 0)
        return special(FP_ZEROES, sign);
    if (exponent != 0)
        fraction |= 1u << FRACTION;
    else
        exponent = 1;
    return (struct fp_parts){FP_NUMBER, sign, exponent - BIAS - FRACTION, fraction};
}

uint32_t fp_nan(uint32_t a, uint32_t *fpscr)
{
    if (!(a & QUIET_BIT))
        *fpscr |= FPSCR_IOC;
    return *fpscr & FPSCR_DN ? FP_DEFAULT_NAN : a | QUIET_BIT;
}

bool fp_rounds_up(enum fp_rounding rounding, bool sign, bool odd, uint64_t rest, uint64_t half)
{
    switch (rounding) {
    case FP_NEAREST:
        return rest > half || (rest == half && odd);
    case FP_UP:
        return rest != 0 && !sign;
    case FP_DOWN:
        return rest != 0 && sign;
    default:
        return false;
    }
}

static uint32_t overflow(bool sign, enum fp_rounding rounding, uint32_t *fpscr)
{
    bool to_infinity = rounding == FP_NEAREST || rounding == (sign ? FP_DOWN : FP_UP);

    *fpscr |= FPSCR_OFC | FPSCR_IXC;
    return (uint32_t)sign << 31 | (((uint32_t)TOP << FRACTION) - (to_infinity ? 0 : 1));
}

uint32_t fp_round(struct fp_parts parts, enum fp_rounding rounding, uint32_t *fpscr)
{
    unsigned up = (unsigned)__builtin_clzll(parts.mantissa);
    uint64_t mantissa = parts.mantissa << up;
    int biased = parts.exponent - (int)up + 63 + BIAS;
    bool tiny = biased < 1;

    if (tiny && *fpscr & FPSCR_FZ) {
        *fpscr |= FPSCR_UFC;
        return (uint32_t)parts.sign << 31;
    }
    if (tiny) {
        mantissa = fp_shift_sticky(mantissa, (unsigned)(1 - biased));
        biased = 1;
    }
    uint64_t rest = mantissa & ((UINT64_C(1) << BELOW) - 1), half = UINT64_C(1) << (BELOW - 1);
    uint32_t kept = (uint32_t)(mantissa >> BELOW);
    if (fp_rounds_up(rounding, parts.sign, kept & 1, rest, half))
        kept++;
    /* The leading one adds 1 to the exponent; one that a carry made, another. */
    uint32_t magnitude = ((uint32_t)(biased - 1) << FRACTION) + kept;
    if (biased >= TOP || magnitude >= (uint32_t)TOP << FRACTION)
        return overflow(parts.sign, rounding, fpscr);
    if (rest != 0)
        *fpscr |= FPSCR_IXC | (tiny ? FPSCR_UFC : 0);
    return (uint32_t)parts.sign << 31 | magnitude;
}
