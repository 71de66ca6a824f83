/* SPDX-License-Identifier: MIT */
#include "work.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a */
static uint32_t hash_bytes(uint32_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

static uint32_t hash_word(uint32_t hash, uint32_t word)
{
    return hash_bytes(hash, &word, sizeof word);
}

static uint32_t hash_long(uint32_t hash, uint64_t word)
{
    return hash_bytes(hash, &word, sizeof word);
}

static uint32_t next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static uint64_t next_long(uint32_t *seed)
{
    uint64_t high = next(seed);
    return high << 32 | next(seed);
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t sort_and_search(uint32_t seed)
{
    static int32_t numbers[300];
    const size_t count = sizeof numbers / sizeof *numbers;
    uint32_t hash = 1;
    for (size_t i = 0; i < count; i++)
        numbers[i] = (int32_t)next(&seed);
    int32_t wanted = numbers[77];
    qsort(numbers, count, sizeof *numbers, by_value);
    const int32_t *found = bsearch(&wanted, numbers, count, sizeof *numbers, by_value);
    hash = hash_word(hash, (uint32_t)(found - numbers));
    return hash_bytes(hash, numbers, sizeof numbers);
}

static uint32_t print(uint32_t seed)
{
    char text[160];
    uint32_t hash = 2;
    for (int i = 0; i < 40; i++) {
        uint32_t a = next(&seed), b = next(&seed);
        snprintf(text, sizeof text, "%d|%u|%08x|%-6o|%+d|%c|%.5s|%*d|%#x|%%", (int)a, (unsigned)b,
                 (unsigned)a, (unsigned)(b & 0xFFF), (int)(a >> 20), (int)('A' + (b & 15)),
                 "abcdefgh", (int)(a & 15), (int)b, (unsigned)a);
        hash = hash_bytes(hash, text, strlen(text));
        hash = hash_word(hash, (uint32_t)strtol(text, NULL, 10));
    }
    return hash;
}

static uint32_t divide_long(uint32_t seed)
{
    uint32_t hash = 3;
    for (int i = 0; i < 200; i++) {
        uint64_t a = next_long(&seed), b = next_long(&seed);
        b = b >> (next(&seed) & 63) | 1;
        int64_t c = (int64_t)(a >> 1) - (int64_t)(b << 3 >> 1), d = (int64_t)(b >> 2) - 5;
        hash = hash_long(hash, a / b);
        hash = hash_long(hash, a % b);
        hash = hash_long(hash, a * b + (a << (b & 63)) + (a >> (b & 31)));
        hash = hash_long(hash, d ? (uint64_t)(c / d) ^ (uint64_t)(c % d) : 7);
        hash = hash_word(hash, (uint32_t)a / ((uint32_t)b | 1) + (uint32_t)((int32_t)a % 1000));
    }
    return hash;
}

struct fields {
    unsigned a : 3, b : 11, c : 18;
    signed d : 5, e : 20, f : 7;
};

static uint32_t fiddle_bits(uint32_t seed)
{
    struct fields fields = {0};
    uint32_t hash = 4;
    for (int i = 0; i < 300; i++) {
        uint32_t x = next(&seed);
        fields.a = x & 7;
        fields.b += x >> 9 & 0x7FF;
        fields.d = (int)(x & 15) - 8;
        fields.e = (int)(x >> 13 & 0x7FFFF) - 0x40000;
        hash = hash_word(hash, fields.a + fields.b + (uint32_t)fields.d * (uint32_t)fields.e);
        hash = hash_word(hash, (uint32_t)__builtin_popcount(x) + (uint32_t)__builtin_clz(x | 1));
        hash = hash_word(hash, __builtin_bswap32(x) ^ (x << (i & 31)) ^ (x >> (32 - i % 32) % 32));
        hash = hash_word(hash, (uint32_t)(int8_t)x + (uint32_t)(int16_t)(x >> 8) + (uint16_t)x);
    }
    return hash;
}

/* Dense enough for a jump table. */
static uint32_t operate(unsigned op, uint32_t a, uint32_t b)
{
    switch (op) {
    case 0:
        return a + b;
    case 1:
        return a - b;
    case 2:
        return a * b;
    case 3:
        return b ? a / b : ~a;
    case 4:
        return a & ~b;
    case 5:
        return a ^ b >> 3;
    case 6:
        return a > b ? a : b;
    case 7:
        return (uint32_t)((int32_t)a >> (b & 31));
    case 8:
        return a << (b & 31) | a >> ((32 - (b & 31)) & 31);
    case 9:
        return (int32_t)a < (int32_t)b ? a - 7 : b + 9;
    case 10:
        return (uint32_t)((uint64_t)a * b >> 32);
    case 11:
        return (uint32_t)((int64_t)(int32_t)a * (int32_t)b >> 32);
    default:
        return op;
    }
}

static uint32_t interpret(uint32_t seed)
{
    uint32_t (*volatile call)(unsigned, uint32_t, uint32_t) = operate;
    uint32_t hash = 5, accumulator = 1;
    for (int i = 0; i < 1000; i++) {
        uint32_t x = next(&seed);
        accumulator = call(x & 15, accumulator, x >> 4);
        hash = hash_word(hash, accumulator);
    }
    return hash;
}

static uint32_t calculate(uint32_t seed)
{
    uint32_t hash = 6;
    double sum = 0.5;
    float single = 1.25f;
    for (int i = 0; i < 100; i++) {
        double x = (double)(int32_t)next(&seed) / 65536.0;
        sum = sum * 0.75 + x / 3.0 - (x > sum ? 1.0 : -1.0);
        single = single * 0.5f + (float)x;
        uint64_t bits;
        uint32_t single_bits;
        memcpy(&bits, &sum, sizeof bits);
        memcpy(&single_bits, &single, sizeof single_bits);
        hash = hash_word(hash_long(hash, bits), single_bits);
        hash = hash_word(hash, (uint32_t)(int32_t)sum);
    }
    return hash;
}

static uint32_t handle_strings(uint32_t seed)
{
    static char buffer[257], copy[300];
    uint32_t hash = 7;
    for (int i = 0; i < 60; i++) {
        uint32_t x = next(&seed);
        size_t length = x & 255, shift = x >> 8 & 31;
        memset(buffer, (int)('a' + x % 26), length);
        buffer[length] = 0;
        memcpy(copy + shift, buffer, length + 1);
        memmove(copy + shift / 2, copy + shift, length + 1);
        hash = hash_word(hash, (uint32_t)strlen(copy + shift / 2));
        hash = hash_word(hash, (uint32_t)(strcmp(copy + shift / 2, buffer) == 0));
        const char *found = strchr(copy + shift / 2, 'a' + (int)(x >> 13) % 26);
        hash = hash_word(hash, found ? (uint32_t)(found - copy) : 999);
        hash = hash_bytes(hash, copy, sizeof copy);
    }
    return hash;
}

static uint32_t ackermann(uint32_t m, uint32_t n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n ? ackermann(m, n - 1) : 1);
}

/* Any double but infinities and NaNs, which are written otherwise elsewhere. */
static double next_double(uint32_t *seed)
{
    double value;
    uint64_t bits = next_long(seed);

    if ((bits >> 52 & 0x7FF) == 0x7FF)
        bits ^= UINT64_C(1) << 60;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t print_numbers(uint32_t seed)
{
    char text[400];
    uint32_t hash = 8;
    for (int i = 0; i < 20; i++) {
        double any = next_double(&seed), usual = (double)(int32_t)next(&seed) / 1000.0;
        float single = (float)usual * 1.5f;
        snprintf(text, sizeof text, "%.17g|%e|%f|%.2f|%8.3f|%+g|%-12.1f", any, any, usual, usual,
                 (double)single, (double)single, usual / 7.0);
        hash = hash_bytes(hash, text, strlen(text));
        double back = strtod(text, NULL);
        hash = hash_bytes(hash, &back, sizeof back);
    }
    return hash;
}

/* What is rounded as IEEE 754 says, so that all machines agree. */
static uint32_t round_numbers(uint32_t seed)
{
    uint32_t hash = 9;
    for (int i = 0; i < 100; i++) {
        double a = (double)(int32_t)next(&seed) / 4096.0, b = (double)(int32_t)next(&seed) / 7.0;
        const double doubles[] = {floor(a), ceil(a),    rint(a),    trunc(a),     round(a),
                                  fabs(b),  fmax(a, b), fmin(a, b), sqrt(fabs(b))};
        const float singles[] = {floorf((float)a), rintf((float)b), fmaxf((float)a, (float)b),
                                 sqrtf(fabsf((float)b)), (float)a / (float)b};
        hash = hash_bytes(hash, doubles, sizeof doubles);
        hash = hash_bytes(hash, singles, sizeof singles);
        hash = hash_long(hash, (uint64_t)(int64_t)(a * b));
        hash = hash_word(hash, (uint32_t)(int32_t)lrint(a) + (a < b) + 2u * (a >= b));
    }
    return hash;
}

static void descend(jmp_buf back, uint32_t depth, double kept)
{
    if (depth > 0)
        descend(back, depth - 1, kept + 1.25);
    else if (kept >= 0.0)
        longjmp(back, (int)kept);
}

/* What comes back over some frames. */
static uint32_t land(uint32_t depth, double start)
{
    jmp_buf back;
    int landed = setjmp(back);

    if (landed == 0)
        descend(back, depth, start);
    return (uint32_t)landed;
}

static uint32_t jump(uint32_t seed)
{
    uint32_t hash = 10;
    double kept = 1.0;
    for (uint32_t i = 0; i < 20; i++) {
        kept += 0.5;
        hash = hash_word(hash, land(next(&seed) & 7, kept));
        hash = hash_word(hash, (uint32_t)(kept * 2.0));
    }
    return hash;
}

void work(uint32_t hashes[WORK_PARTS])
{
    hashes[0] = sort_and_search(2463534242u);
    hashes[1] = print(88675123u);
    hashes[2] = divide_long(521288629u);
    hashes[3] = fiddle_bits(362436069u);
    hashes[4] = interpret(123456789u);
    hashes[5] = calculate(1812433253u);
    hashes[6] = handle_strings(69069u);
    hashes[7] = ackermann(2, 7);
    hashes[8] = print_numbers(2463534242u);
    hashes[9] = round_numbers(521288629u);
    hashes[10] = jump(362436069u);
}
