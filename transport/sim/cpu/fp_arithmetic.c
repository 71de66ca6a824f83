/* SPDX-License-Identifier: MIT */
/* Sums, products, quotients, roots and comparisons: see fp.h. */
#include "sim/cpu/fp.h"

static uint64_t invalid(const struct fp_format *format, uint32_t *fpscr)
{
    *fpscr |= FPSCR_IOC;
    return fp_default_nan(format);
}

static uint64_t round_as_set(const struct fp_format *format, struct fp_parts parts, uint32_t *fpscr)
{
    return fp_round(format, parts, fp_rounding_of(*fpscr), fpscr);
}

/* A sum of exactly nothing is positive unless rounding goes down. */
static uint64_t no_difference(const struct fp_format *format, uint32_t fpscr)
{
    return fp_signed(format, fp_rounding_of(fpscr) == FP_DOWN, 0);
}

/* FPProcessNaNs(): signalling ones first. True: the result is in *result. */
static bool take_nan(const struct fp_format *format, const uint64_t operands[],
                     const struct fp_parts parts[], unsigned count, uint64_t *result,
                     uint32_t *fpscr)
{
    for (enum fp_class wanted = FP_SIGNALLING; wanted >= FP_QUIET; wanted--) {
        for (unsigned i = 0; i < count; i++) {
            if (parts[i].class != wanted)
                continue;
            *result = fp_nan(format, operands[i], fpscr);
            return true;
        }
    }
    return false;
}

/* --- sums --- */

static void shift_right(struct fp_parts *parts, unsigned by)
{
    if (by >= 64) {
        parts->low = fp_shift_sticky(parts->high, by - 64) | (parts->low != 0);
        parts->high = 0;
    } else if (by > 0) {
        parts->low = fp_shift_sticky(parts->low, by) | parts->high << (64 - by);
        parts->high >>= by;
    }
    parts->exponent += (int)by;
}

static bool is_smaller(const struct fp_parts *a, const struct fp_parts *b)
{
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent;
    return a->high != b->high ? a->high < b->high : a->low < b->low;
}

/* Adds with the sign of the larger one. */
static void accumulate(struct fp_parts *sum, const struct fp_parts *b)
{
    uint64_t low = sum->low;

    if (sum->sign == b->sign) {
        sum->low += b->low;
        sum->high += b->high + (sum->low < low);
    } else {
        sum->low -= b->low;
        sum->high -= b->high + (sum->low > low);
    }
}

/* Both are numbers. A bit is left for the carry. What is shifted out of the smaller one then lies
 * below anything that counts: a product has 106 bits at most. */
static uint64_t add_numbers(const struct fp_format *format, struct fp_parts a, struct fp_parts b,
                            uint32_t *fpscr)
{
    if (is_smaller(&a, &b)) {
        struct fp_parts larger = b;
        b = a;
        a = larger;
    }
    shift_right(&a, 1);
    shift_right(&b, (unsigned)(a.exponent - b.exponent));
    accumulate(&a, &b);
    if (a.high == 0 && a.low == 0)
        return no_difference(format, *fpscr);
    fp_normalise(&a);
    return round_as_set(format, a, fpscr);
}

/* No NaN is among them. */
static uint64_t add_parts(const struct fp_format *format, struct fp_parts a, struct fp_parts b,
                          uint32_t *fpscr)
{
    if (a.class == FP_INFINITY && b.class == FP_INFINITY && a.sign != b.sign)
        return invalid(format, fpscr);
    if (a.class == FP_INFINITY || b.class == FP_INFINITY)
        return fp_infinity(format, a.class == FP_INFINITY ? a.sign : b.sign);
    if (a.class == FP_ZEROES && b.class == FP_ZEROES)
        return a.sign == b.sign ? fp_signed(format, a.sign, 0) : no_difference(format, *fpscr);
    if (a.class == FP_ZEROES)
        return round_as_set(format, b, fpscr);
    return b.class == FP_ZEROES ? round_as_set(format, a, fpscr) : add_numbers(format, a, b, fpscr);
}

/* Of a NaN the sign is not turned. */
static uint64_t sum(const struct fp_format *format, uint64_t a, uint64_t b, bool subtracts,
                    uint32_t *fpscr)
{
    const uint64_t operands[] = {a, b};
    struct fp_parts parts[] = {fp_unpack(format, a, fpscr), fp_unpack(format, b, fpscr)};
    uint64_t result;

    if (take_nan(format, operands, parts, 2, &result, fpscr))
        return result;
    parts[1].sign ^= subtracts;
    return add_parts(format, parts[0], parts[1], fpscr);
}

uint64_t fp_add(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr)
{
    return sum(format, a, b, false, fpscr);
}

uint64_t fp_subtract(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr)
{
    return sum(format, a, b, true, fpscr);
}

/* --- products --- */

/* Infinity times nothing. */
static bool is_senseless(struct fp_parts a, struct fp_parts b)
{
    return (a.class == FP_INFINITY && b.class == FP_ZEROES) ||
           (a.class == FP_ZEROES && b.class == FP_INFINITY);
}

/* By halves of the words. */
static void multiply_words(uint64_t a, uint64_t b, uint64_t *high, uint64_t *low)
{
    uint64_t a1 = a >> 32, a0 = (uint32_t)a, b1 = b >> 32, b0 = (uint32_t)b;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (uint32_t)middle;

    *high = a1 * b1 + (middle >> 32) + (other >> 32);
    *low = other << 32 | (uint32_t)(a0 * b0);
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
        result.exponent = a.exponent + b.exponent + 1;
        multiply_words(a.high, b.high, &result.high, &result.low);
        fp_normalise(&result);
    }
    return result;
}

static uint64_t pack(const struct fp_format *format, struct fp_parts parts, uint32_t *fpscr)
{
    if (parts.class == FP_NUMBER)
        return round_as_set(format, parts, fpscr);
    return parts.class == FP_INFINITY ? fp_infinity(format, parts.sign)
                                      : fp_signed(format, parts.sign, 0);
}

uint64_t fp_multiply(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr)
{
    const uint64_t operands[] = {a, b};
    const struct fp_parts parts[] = {fp_unpack(format, a, fpscr), fp_unpack(format, b, fpscr)};
    uint64_t result;

    if (take_nan(format, operands, parts, 2, &result, fpscr))
        return result;
    if (is_senseless(parts[0], parts[1]))
        return invalid(format, fpscr);
    return pack(format, product(parts[0], parts[1]), fpscr);
}

uint64_t fp_fused(const struct fp_format *format, uint64_t a, uint64_t b, uint64_t c,
                  uint32_t *fpscr)
{
    const uint64_t operands[] = {c, a, b};
    const struct fp_parts addend = fp_unpack(format, c, fpscr);
    const struct fp_parts parts[] = {addend, fp_unpack(format, a, fpscr),
                                     fp_unpack(format, b, fpscr)};
    bool senseless = is_senseless(parts[1], parts[2]);
    uint64_t result;

    if (senseless && addend.class == FP_QUIET)
        return invalid(format, fpscr);
    if (take_nan(format, operands, parts, 3, &result, fpscr))
        return result;
    return senseless ? invalid(format, fpscr)
                     : add_parts(format, addend, product(parts[1], parts[2]), fpscr);
}

/* --- quotients and roots --- */

/* Both are numbers. Bit by bit: the first one of the quotient counts 1. */
static uint64_t divide_numbers(const struct fp_format *format, struct fp_parts n, struct fp_parts d,
                               uint32_t *fpscr)
{
    struct fp_parts result = {FP_NUMBER, n.sign != d.sign, n.exponent - d.exponent, 0, 0};
    uint64_t rest = n.high >> 1, divisor = d.high >> 1; /* their lowest bits are 0 */

    for (unsigned i = 0; i < 64; i++) {
        bool fits = rest >= divisor;
        result.high = result.high << 1 | fits;
        rest = (rest - (fits ? divisor : 0)) << 1;
    }
    result.low = rest != 0;
    fp_normalise(&result);
    return round_as_set(format, result, fpscr);
}

uint64_t fp_divide(const struct fp_format *format, uint64_t a, uint64_t b, uint32_t *fpscr)
{
    const uint64_t operands[] = {a, b};
    const struct fp_parts parts[] = {fp_unpack(format, a, fpscr), fp_unpack(format, b, fpscr)};
    struct fp_parts n = parts[0], d = parts[1];
    bool sign = n.sign != d.sign;
    uint64_t result;

    if (take_nan(format, operands, parts, 2, &result, fpscr))
        return result;
    if (n.class == d.class && n.class != FP_NUMBER) /* 0 / 0, infinity / infinity */
        return invalid(format, fpscr);
    if (n.class == FP_INFINITY || d.class == FP_ZEROES) {
        *fpscr |= n.class == FP_INFINITY ? 0 : FPSCR_DZC;
        return fp_infinity(format, sign);
    }
    if (n.class == FP_ZEROES || d.class == FP_INFINITY)
        return fp_signed(format, sign, 0);
    return divide_numbers(format, n, d, fpscr);
}

/* Two bits of the radicand for each bit of the root, as on paper; 56 are enough to round by. */
static struct fp_parts root_of(struct fp_parts parts)
{
    enum { BITS = 56 };
    bool odd = parts.exponent & 1;
    uint64_t radicand = odd ? parts.high : parts.high >> 1, root = 0, rest = 0;

    for (unsigned i = 0; i < BITS; i++) {
        rest = rest << 2 | radicand >> 62;
        radicand <<= 2;
        bool fits = rest >= (root << 2 | 1);
        rest -= fits ? root << 2 | 1 : 0;
        root = root << 1 | fits;
    }
    return (struct fp_parts){FP_NUMBER, false, (parts.exponent - odd) / 2, root << (64 - BITS),
                             rest != 0};
}

uint64_t fp_square_root(const struct fp_format *format, uint64_t a, uint32_t *fpscr)
{
    struct fp_parts parts = fp_unpack(format, a, fpscr);

    if (parts.class >= FP_QUIET)
        return fp_nan(format, a, fpscr);
    if (parts.class == FP_ZEROES)
        return fp_signed(format, parts.sign, 0);
    if (parts.sign)
        return invalid(format, fpscr);
    return parts.class == FP_INFINITY ? a : round_as_set(format, root_of(parts), fpscr);
}
