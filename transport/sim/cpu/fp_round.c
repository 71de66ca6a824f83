/* SPDX-License-Identifier: MIT */
/* Taking numbers apart and putting them together. */
#include "sim/cpu/fp.h"

const struct fp_format fp_half = {.fraction = 10, .exponent = 5};
const struct fp_format fp_half_alternative = {.fraction = 10, .exponent = 5, .numbers_only = true};
const struct fp_format fp_single = {.fraction = 23, .exponent = 8, .flushes = true};
const struct fp_format fp_double = {.fraction = 52, .exponent = 11, .flushes = true};

static int bias_of(const struct fp_format *format)
{
    return (1 << (format->exponent - 1)) - 1;
}

/* The exponent of infinities and NaNs. */
static int top_of(const struct fp_format *format)
{
    return (1 << format->exponent) - 1;
}

static uint64_t quiet_bit(const struct fp_format *format)
{
    return UINT64_C(1) << (format->fraction - 1);
}

uint64_t fp_signed(const struct fp_format *format, bool sign, uint64_t magnitude)
{
    return (sign ? fp_sign_bit(format) : 0) | magnitude;
}

uint64_t fp_infinity(const struct fp_format *format, bool sign)
{
    return fp_signed(format, sign, (uint64_t)top_of(format) << format->fraction);
}

uint64_t fp_default_nan(const struct fp_format *format)
{
    return fp_infinity(format, false) | quiet_bit(format);
}

uint64_t fp_nan(const struct fp_format *format, uint64_t a, uint32_t *fpscr)
{
    if (!(a & quiet_bit(format)))
        *fpscr |= FPSCR_IOC;
    return *fpscr & FPSCR_DN ? fp_default_nan(format) : a | quiet_bit(format);
}

void fp_normalise(struct fp_parts *parts)
{
    if (parts->high == 0) {
        parts->high = parts->low;
        parts->low = 0;
        parts->exponent -= 64;
    }
    unsigned up = (unsigned)__builtin_clzll(parts->high);
    if (up == 0)
        return;
    parts->high = parts->high << up | parts->low >> (64 - up);
    parts->low <<= up;
    parts->exponent -= (int)up;
}

static enum fp_class class_of_special(const struct fp_format *format, uint64_t fraction)
{
    if (fraction == 0)
        return FP_INFINITY;
    return fraction & quiet_bit(format) ? FP_QUIET : FP_SIGNALLING;
}

struct fp_parts fp_unpack(const struct fp_format *format, uint64_t a, uint32_t *fpscr)
{
    uint64_t one = UINT64_C(1) << format->fraction, fraction = a & (one - 1);
    int biased = (int)(a >> format->fraction) & top_of(format);
    struct fp_parts parts = {.class = FP_ZEROES, .sign = a & fp_sign_bit(format)};

    if (biased == top_of(format) && !format->numbers_only) {
        parts.class = class_of_special(format, fraction);
        return parts;
    }
    if (biased == 0 && fraction != 0 && format->flushes && *fpscr & FPSCR_FZ) {
        *fpscr |= FPSCR_IDC;
        fraction = 0;
    }
    if (biased == 0 && fraction == 0)
        return parts;
    parts.class = FP_NUMBER;
    parts.high = biased == 0 ? fraction : fraction | one;
    parts.exponent = (biased == 0 ? 1 : biased) - bias_of(format) + 63 - format->fraction;
    fp_normalise(&parts);
    return parts;
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
    case FP_AWAY:
        return rest >= half;
    default:
        return false;
    }
}

static uint64_t overflow(const struct fp_format *format, bool sign, enum fp_rounding rounding,
                         uint32_t *fpscr)
{
    bool to_infinity = rounding == FP_NEAREST || rounding == (sign ? FP_DOWN : FP_UP);

    if (format->numbers_only) {
        *fpscr |= FPSCR_IOC;
        return fp_signed(format, sign, fp_sign_bit(format) - 1);
    }
    *fpscr |= FPSCR_OFC | FPSCR_IXC;
    return fp_infinity(format, sign) - (to_infinity ? 0 : 1);
}

uint64_t fp_round(const struct fp_format *format, struct fp_parts parts, enum fp_rounding rounding,
                  uint32_t *fpscr)
{
    unsigned below = 63u - format->fraction; /* bits that do not fit */
    uint64_t mantissa = parts.high | (parts.low != 0);
    uint64_t limit = format->numbers_only ? fp_sign_bit(format) : fp_infinity(format, false);
    int biased = parts.exponent + bias_of(format);
    bool tiny = biased < 1;

    if (tiny && format->flushes && *fpscr & FPSCR_FZ) {
        *fpscr |= FPSCR_UFC;
        return fp_signed(format, parts.sign, 0);
    }
    if (tiny) {
        mantissa = fp_shift_sticky(mantissa, (unsigned)(1 - biased));
        biased = 1;
    }
    uint64_t rest = mantissa & ((UINT64_C(1) << below) - 1), kept = mantissa >> below;
    if (fp_rounds_up(rounding, parts.sign, kept & 1, rest, UINT64_C(1) << (below - 1)))
        kept++;
    /* The leading one adds 1 to the exponent; one that a carry made, another. */
    uint64_t magnitude = ((uint64_t)(biased - 1) << format->fraction) + kept;
    if (biased > top_of(format) || magnitude >= limit)
        return overflow(format, parts.sign, rounding, fpscr);
    if (rest != 0)
        *fpscr |= FPSCR_IXC | (tiny ? FPSCR_UFC : 0);
    return fp_signed(format, parts.sign, magnitude);
}
