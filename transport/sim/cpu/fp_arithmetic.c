/* SPDX-License-Identifier: MIT */
/* The arithmetic of singles: see fp.h. */
#include "sim/cpu/fp.h"

#define INFINITY_BITS 0x7F800000u

static uint32_t invalid(uint32_t *fpscr)
{
    *fpscr |= FPSCR_IOC;
    return FP_DEFAULT_NAN;
}

static uint32_t signed_bits(bool sign, uint32_t magnitude)
{
    return (uint32_t)sign << 31 | magnitude;
}

static enum fp_rounding rounding_of(uint32_t fpscr)
{
    return (enum fp_rounding)FPSCR_RMODE(fpscr);
}

static uint32_t round_as_set(struct fp_parts parts, uint32_t *fpscr)
{
    return fp_round(parts, rounding_of(*fpscr), fpscr);
}

/* A sum of exactly nothing is positive unless rounding goes down. */
static uint32_t no_difference(uint32_t fpscr)
{
    return signed_bits(rounding_of(fpscr) == FP_DOWN, 0);
}

/* FPProcessNaNs(): signalling ones first. True: the result is in *result. */
static bool take_nan(const uint32_t operands[], const struct fp_parts parts[], unsigned count,
                     uint32_t *result, uint32_t *fpscr)
{
    for (enum fp_class wanted = FP_SIGNALLING; wanted >= FP_QUIET; wanted--) {
        for (unsigned i = 0; i < count; i++) {
            if (parts[i].class != wanted)
                continue;
            *result = fp_nan(operands[i], fpscr);
            return true;
        }
    }
    return false;
}

/* --- sums --- */

/* Both are numbers. The larger one's leading bit goes to bit 62: what is shifted out of the other
 * then lies below anything that counts. */
static uint32_t add_numbers(struct fp_parts a, struct fp_parts b, uint32_t *fpscr)
{
    a.exponent -= __builtin_clzll(a.mantissa) - 1;
    a.mantissa <<= __builtin_clzll(a.mantissa) - 1;
    b.exponent -= __builtin_clzll(b.mantissa) - 1;
    b.mantissa <<= __builtin_clzll(b.mantissa) - 1;
    if (b.exponent > a.exponent || (b.exponent == a.exponent && b.mantissa > a.mantissa)) {
        struct fp_parts larger = b;
        b = a;
        a = larger;
    }
    b.mantissa = fp_shift_sticky(b.mantissa, (unsigned)(a.exponent - b.exponent));
    a.mantissa = a.sign == b.sign ? a.mantissa + b.mantissa : a.mantissa - b.mantissa;
    return a.mantissa == 0 ? no_difference(*fpscr) : round_as_set(a, fpscr);
}

/* No NaN is among them. */
static uint32_t add_parts(struct fp_parts a, struct fp_parts b, uint32_t *fpscr)
{
    if (a.class == FP_INFINITY && b.class == FP_INFINITY && a.sign != b.sign)
        return invalid(fpscr);
    if (a.class == FP_INFINITY || b.class == FP_INFINITY)
        return signed_bits(a.class == FP_INFINITY ? a.sign : b.sign, INFINITY_BITS);
    if (a.class == FP_ZEROES && b.class == FP_ZEROES)
        return a.sign == b.sign ? signed_bits(a.sign, 0) : no_difference(*fpscr);
    if (a.class == FP_ZEROES)
        return round_as_set(b, fpscr);
    return b.class == FP_ZEROES ? round_as_set(a, fpscr) : add_numbers(a, b, fpscr);
}

/* Of a NaN the sign is not turned. */
static uint32_t sum(uint32_t a, uint32_t b, bool subtracts, uint32_t *fpscr)
{
    const uint32_t operands[] = {a, b};
    struct fp_parts parts[] = {fp_unpack(a, fpscr), fp_unpack(b, fpscr)};
    uint32_t result;

    if (take_nan(operands, parts, 2, &result, fpscr))
        return result;
    parts[1].sign ^= subtracts;
    return add_parts(parts[0], parts[1], fpscr);
}

uint32_t fp_add(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    return sum(a, b, false, fpscr);
}

uint32_t fp_subtract(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    return sum(a, b, true, fpscr);
}

/* --- products --- */

/* Infinity times nothing. */
static bool is_senseless(struct fp_parts a, struct fp_parts b)
{
    return (a.class == FP_INFINITY && b.class == FP_ZEROES) ||
           (a.class == FP_ZEROES && b.class == FP_INFINITY);
}

/* Exact; no NaN is among them, and they are not senseless. */
static struct fp_parts product(struct fp_parts a, struct fp_parts b)
{
    struct fp_parts result = {.sign = a.sign != b.sign};

    if (a.class == FP_INFINITY || b.class == FP_INFINITY) {
        result.class = FP_INFINITY;
    } else if (a.class == FP_ZEROES || b.class == FP_ZEROES) {
        result.class = FP_ZEROES;
    } else {
        result.class = FP_NUMBER;
        result.exponent = a.exponent + b.exponent;
        result.mantissa = a.mantissa * b.mantissa;
    }
    return result;
}

static uint32_t pack(struct fp_parts parts, uint32_t *fpscr)
{
    if (parts.class == FP_NUMBER)
        return round_as_set(parts, fpscr);
    return signed_bits(parts.sign, parts.class == FP_INFINITY ? INFINITY_BITS : 0);
}

uint32_t fp_multiply(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    const uint32_t operands[] = {a, b};
    const struct fp_parts parts[] = {fp_unpack(a, fpscr), fp_unpack(b, fpscr)};
    uint32_t result;

    if (take_nan(operands, parts, 2, &result, fpscr))
        return result;
    if (is_senseless(parts[0], parts[1]))
        return invalid(fpscr);
    return pack(product(parts[0], parts[1]), fpscr);
}

/* A product has 48 bits, so that a sum of 63 has room for all that can decide the rounding. */
uint32_t fp_fused(uint32_t a, uint32_t b, uint32_t c, uint32_t *fpscr)
{
    const uint32_t operands[] = {c, a, b};
    const struct fp_parts addend = fp_unpack(c, fpscr);
    const struct fp_parts parts[] = {addend, fp_unpack(a, fpscr), fp_unpack(b, fpscr)};
    bool senseless = is_senseless(parts[1], parts[2]);
    uint32_t result;

    if (senseless && addend.class == FP_QUIET)
        return invalid(fpscr);
    if (take_nan(operands, parts, 3, &result, fpscr))
        return result;
    return senseless ? invalid(fpscr) : add_parts(addend, product(parts[1], parts[2]), fpscr);
}

/* --- quotients and roots --- */

uint32_t fp_divide(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    const uint32_t operands[] = {a, b};
    const struct fp_parts parts[] = {fp_unpack(a, fpscr), fp_unpack(b, fpscr)};
    struct fp_parts n = parts[0], d = parts[1];
    bool sign = n.sign != d.sign;
    uint32_t result;

    if (take_nan(operands, parts, 2, &result, fpscr))
        return result;
    if (n.class == d.class && n.class != FP_NUMBER) /* 0 / 0, infinity / infinity */
        return invalid(fpscr);
    if (n.class == FP_INFINITY || d.class == FP_ZEROES) {
        *fpscr |= n.class == FP_INFINITY ? 0 : FPSCR_DZC;
        return signed_bits(sign, INFINITY_BITS);
    }
    if (n.class == FP_ZEROES || d.class == FP_INFINITY)
        return signed_bits(sign, 0);
    int up = __builtin_clzll(n.mantissa) - 1; /* so that 39 bits of quotient are sure */
    n.mantissa <<= up;
    uint64_t quotient = n.mantissa / d.mantissa, rest = n.mantissa % d.mantissa;
    return round_as_set((struct fp_parts){FP_NUMBER, sign, n.exponent - d.exponent - up - 1,
                                          quotient << 1 | (rest != 0)},
                        fpscr);
}

/* The largest whose square is not above. */
static uint64_t integer_root(uint64_t square)
{
    uint64_t root = 0;

    for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
        if ((root | bit) * (root | bit) <= square)
            root |= bit;
    return root;
}

uint32_t fp_square_root(uint32_t a, uint32_t *fpscr)
{
    struct fp_parts parts = fp_unpack(a, fpscr);

    if (parts.class >= FP_QUIET)
        return fp_nan(a, fpscr);
    if (parts.class == FP_ZEROES)
        return signed_bits(parts.sign, 0);
    if (parts.sign)
        return invalid(fpscr);
    if (parts.class == FP_INFINITY)
        return a;
    int up = __builtin_clzll(parts.mantissa) - 1;
    if ((parts.exponent - up) & 1) /* has to be even */
        up--;
    parts.mantissa <<= up;
    parts.exponent -= up;
    uint64_t root = integer_root(parts.mantissa);
    return round_as_set((struct fp_parts){FP_NUMBER, false, parts.exponent / 2 - 1,
                                          root << 1 | (root * root != parts.mantissa)},
                        fpscr);
}

/* --- comparison --- */

uint32_t fp_compare(uint32_t a, uint32_t b, bool quiet_too, uint32_t *fpscr)
{
    enum { EQUAL = 6, LESS = 8, GREATER = 2, UNORDERED = 3 };
    struct fp_parts x = fp_unpack(a, fpscr), y = fp_unpack(b, fpscr);

    if (x.class >= FP_QUIET || y.class >= FP_QUIET) {
        if (quiet_too || x.class == FP_SIGNALLING || y.class == FP_SIGNALLING)
            *fpscr |= FPSCR_IOC;
        return (uint32_t)UNORDERED << 28;
    }
    /* In the order of sign and magnitude; all zeroes are one. */
    int64_t left = x.class == FP_ZEROES ? 0 : (int64_t)(a & ~FP_SIGN);
    int64_t right = y.class == FP_ZEROES ? 0 : (int64_t)(b & ~FP_SIGN);
    left = x.sign ? -left : left;
    right = y.sign ? -right : right;
    return (left == right ? EQUAL : left < right ? LESS : GREATER) * (1u << 28);
}
