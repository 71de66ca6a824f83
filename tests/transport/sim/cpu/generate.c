/* SPDX-License-Identifier: MIT */
/* Encodings as patterns. A letter stands for a field, filled from its most significant bit on
 * wherever the letter occurs (more often than the field is wide: again from the start):
 *   d e     free low register to write          D E  the same of R0 to R12, R14; D and E differ
 *   s t     low register to read                S T U  any of R0 to R12, R14 to read
 *                                               V W  free register to read (stores that change
 *                                                    their base)
 *   b a x   low base, aligned base, index       B A X  the same, also high; A may be SP
 *   p q     list of low registers to store,     P Q  list of two or more registers
 *           to load (into free ones)
 *   l w m   lsb, width - 1 and msb of a bit field
 *   z       immediate that is not 0             i  any bit
 * Left out, since Unicorn 2.0.1 executes them otherwise than the hardware or they are
 * UNPREDICTABLE: PC or SP as ordinary operands, a base in its own list or as the destination of
 * its own write-back, unaligned LDM, STM, LDRD, STRD (Unicorn executes them, hardware faults),
 * SP written with bits 1:0 set (Unicorn keeps them), the DSP extension (Unicorn's M3 has it),
 * YIELD and WFE (Unicorn ends with UC_ERR_INSN_INVALID behind them), on Armv6-M MSR of APSR
 * (Unicorn's M0 has a Q flag). */
#include "generate.h"

#include <string.h>

/* clang-format off */
static const char *const narrow[] = {
    /* shift, add, subtract, move, compare */
    "00000 iiiii sss ddd", "00001 iiiii sss ddd", "00010 iiiii sss ddd", "000110 i ttt sss ddd",
    "000111 i iii sss ddd", "00100 ddd iiiiiiii", "00101 sss iiiiiiii", "0011 i ddd iiiiiiii",
    /* data processing: twice, they are many */
    "010000 iiii sss ddd", "010000 iiii sss ddd",
    /* special data: high registers, SP and PC as sources */
    "01000100 D SSSS DDD", "01000101 T SSSS TTT", "01000110 D SSSS DDD", "01000100 D 1101 DDD",
    "01000110 D 1101 DDD", "01000110 D 1111 DDD", "01000100 D 1111 DDD", "01000101 T 1101 TTT",
    /* ADR, ADD SP, extension, reversal */
    "10100 ddd iiiiiiii", "10101 ddd iiiiiiii", "10110000 i 00000 ii", "10110010 ii sss ddd",
    "10111010 0 i sss ddd", "10111010 11 sss ddd",
    /* loads and stores */
    "01001 ddd iiiiiiii", "0101 000 xxx bbb sss", "0101 001 xxx bbb sss", "0101 010 xxx bbb sss",
    "0101 011 xxx bbb ddd", "0101 1 ii xxx bbb ddd", "0110 0 iiiii bbb sss", "0110 1 iiiii bbb ddd",
    "0111 0 iiiii bbb sss", "0111 1 iiiii bbb ddd", "1000 0 iiiii bbb sss", "1000 1 iiiii bbb ddd",
    "1001 0 sss iiiiiiii", "1001 1 ddd iiiiiiii", "1011010 i pppppppp", "10111100 qqqqqqqq",
    "11000 aaa pppppppp", "11001 aaa qqqqqqqq",
    /* NOP */
    "10111111 00000000",
};

static const char *const wide[] = {
    /* shifted register: AND BIC ORR ORN EOR, ADD ADC SBC SUB RSB, MOV MVN, comparisons */
    "1110101 000i i SSSS 0 iii DDDD ii ii TTTT", "1110101 001i i SSSS 0 iii DDDD ii ii TTTT",
    "1110101 0100 i SSSS 0 iii DDDD ii ii TTTT", "1110101 1000 i SSSS 0 iii DDDD ii ii TTTT",
    "1110101 101i i SSSS 0 iii DDDD ii ii TTTT", "1110101 1101 i SSSS 0 iii DDDD ii ii TTTT",
    "1110101 1110 i SSSS 0 iii DDDD ii ii TTTT", "1110101 001i i 1111 0 iii DDDD ii ii TTTT",
    "1110101 0i00 1 SSSS 0 iii 1111 ii ii TTTT", "1110101 1000 1 SSSS 0 iii 1111 ii ii TTTT",
    "1110101 1101 1 SSSS 0 iii 1111 ii ii TTTT", "1110101 1000 i 1101 0 000 DDDD ii 00 TTTT",
    /* modified immediate, the same */
    "11110 i 0 000i i SSSS 0 iii DDDD iiiiiiii", "11110 i 0 001i i SSSS 0 iii DDDD iiiiiiii",
    "11110 i 0 0100 i SSSS 0 iii DDDD iiiiiiii", "11110 i 0 1000 i SSSS 0 iii DDDD iiiiiiii",
    "11110 i 0 101i i SSSS 0 iii DDDD iiiiiiii", "11110 i 0 1101 i SSSS 0 iii DDDD iiiiiiii",
    "11110 i 0 1110 i SSSS 0 iii DDDD iiiiiiii", "11110 i 0 001i i 1111 0 iii DDDD iiiiiiii",
    "11110 i 0 0i00 1 SSSS 0 iii 1111 iiiiiiii", "11110 i 0 1000 1 SSSS 0 iii 1111 iiiiiiii",
    "11110 i 0 1101 1 SSSS 0 iii 1111 iiiiiiii", "11110 i 0 1000 i 1101 0 iii DDDD iiiiiiii",
    /* plain immediate: ADDW SUBW ADR MOVW MOVT */
    "11110 i 1 00000 SSSS 0 iii DDDD iiiiiiii", "11110 i 1 01010 SSSS 0 iii DDDD iiiiiiii",
    "11110 i 1 00000 1111 0 iii DDDD iiiiiiii", "11110 i 1 01010 1111 0 iii DDDD iiiiiiii",
    "11110 i 1 0i100 iiii 0 iii DDDD iiiiiiii",
    /* SSAT USAT SBFX UBFX BFI BFC */
    "11110 0 1 1i000 SSSS 0 iii DDDD ii 0 iiiii", "11110 0 1 1i010 SSSS 0 zzz DDDD zz 0 iiiii",
    "11110 0 1 1i100 SSSS 0 lll DDDD ll 0 wwwww", "11110 0 1 10110 SSSS 0 lll DDDD ll 0 mmmmm",
    "11110 0 1 10110 1111 0 lll DDDD ll 0 mmmmm",
    /* registers: shifts, extension, REV REV16 RBIT REVSH, CLZ */
    "11111010 0 ii i SSSS 1111 DDDD 0000 TTTT", "11111010 0 i0i 1111 1111 DDDD 10 ii SSSS",
    "11111010 1001 SSSS 1111 DDDD 10 ii SSSS", "11111010 1011 SSSS 1111 DDDD 1000 SSSS",
    /* MUL MLA MLS SMULL UMULL SMLAL UMLAL SDIV UDIV */
    "111110110000 SSSS 1111 DDDD 0000 TTTT", "111110110000 SSSS UUUU DDDD 000 i TTTT",
    "1111101110 i 0 SSSS DDDD EEEE 0000 TTTT", "1111101111 i 0 SSSS DDDD EEEE 0000 TTTT",
    "1111101110 i 1 SSSS 1111 DDDD 1111 TTTT",
    /* stores: 12 bits, register, 8 bits with all addressing modes, SP as base */
    "11111000 1 00 0 BBBB SSSS iiiiiiiiiiii", "11111000 1 01 0 BBBB SSSS iiiiiiiiiiii",
    "11111000 1 10 0 BBBB SSSS iiiiiiiiiiii", "11111000 0 0i 0 BBBB SSSS 000000 ii XXXX",
    "11111000 0 10 0 BBBB SSSS 000000 ii XXXX", "11111000 0 0i 0 BBBB VVVV 1 ii 1 iiiiiiii",
    "11111000 0 10 0 BBBB VVVV 1 ii 1 iiiiiiii", "11111000 0 0i 0 BBBB SSSS 1 1i0 iiiiiiii",
    "11111000 0 10 0 BBBB SSSS 1 1i0 iiiiiiii", "11111000 0 10 0 1101 VVVV 1 ii 1 iiiiii 00",
    /* loads, also signed; literals; PLD */
    "1111100 i 1 0i 1 BBBB DDDD iiiiiiiiiiii", "11111000 1 10 1 BBBB DDDD iiiiiiiiiiii",
    "1111100 i 0 0i 1 BBBB DDDD 000000 ii XXXX", "11111000 0 10 1 BBBB DDDD 000000 ii XXXX",
    "1111100 i 0 0i 1 BBBB DDDD 1 ii 1 iiiiiiii", "11111000 0 10 1 BBBB DDDD 1 ii 1 iiiiiiii",
    "1111100 i 0 0i 1 BBBB DDDD 1 1i0 iiiiiiii", "11111000 0 10 1 BBBB DDDD 1 1i0 iiiiiiii",
    "11111000 0 10 1 1101 DDDD 1 ii 1 iiiiii 00", "1111100 i i 0i 1 1111 DDDD iiiiiiiiiiii",
    "11111000 i 10 1 1111 DDDD iiiiiiiiiiii", "1111100 i 1001 BBBB 1111 iiiiiiiiiiii",
    /* LDRD STRD: offset, indexed, literal */
    "11101001 i 1 0 1 AAAA DDDD EEEE iiiiiiii", "1110100 i 1 1 1 1 AAAA DDDD EEEE iiiiiiii",
    "1110100 i 0 1 1 1 AAAA DDDD EEEE iiiiiiii", "11101001 i 1 0 0 AAAA SSSS TTTT iiiiiiii",
    "1110100 i i 1 1 0 AAAA VVVV WWWW iiiiiiii", "11101001 i 1 0 1 1111 DDDD EEEE iiiiiiii",
    /* LDM STM, upwards and downwards */
    "1110100010 i 1 AAAA QQQQQQQQQQQQQQQQ", "1110100100 i 1 AAAA QQQQQQQQQQQQQQQQ",
    "1110100010 i 0 AAAA PPPPPPPPPPPPPPPP", "1110100100 i 0 AAAA PPPPPPPPPPPPPPPP",
    /* MSR, MRS of APSR; barriers, CLREX; NOP.W */
    "11110011 1000 SSSS 10001000 00000000", "11110011 1110 1111 1000 DDDD 00000000",
    "11110011 1011 1111 10001111 010 i 1111", "11110011 1011 1111 10001111 00101111",
    "11110011 1010 1111 10000000 00000000",
};

/* MRS of APSR, barriers */
static const char *const wide_v6m[] = {
    "11110011 1110 1111 1000 DDDD 00000000", "11110011 1011 1111 10001111 010 i 1111",
};
/* clang-format on */

#define PATTERNS(list) .patterns = (list), .count = sizeof(list) / sizeof *(list)

static const struct instruction_set narrow_set = {PATTERNS(narrow)};
static const struct instruction_set wide_v6m_set = {PATTERNS(wide_v6m)};
const struct instruction_set generate_armv6m = {
    PATTERNS(narrow),
    .more = &wide_v6m_set,
    .one_in = 16,
    .branches = generate_branches_v6m,
    .branch_count = GENERATE_BRANCHES_V6M,
    .aligned = true,
};
const struct instruction_set generate_armv7m = {
    PATTERNS(wide),
    .more = &narrow_set,
    .one_in = 3,
    .branches = generate_branches_v7m,
    .branch_count = GENERATE_BRANCHES_V7M,
    .it_blocks = true,
};

#define LOW_REGISTERS 0x00FFu
#define OPERANDS 0x5FFFu /* R0 to R12, R14 */

/* xorshift64*, Vigna 2014 */
uint32_t generate_random(struct generator *generator)
{
    uint64_t x = generator->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    generator->random = x;
    return (uint32_t)((x * 0x2545F4914F6CDD1Du) >> 32);
}

static unsigned one_of(struct generator *generator, uint32_t mask)
{
    unsigned bit;
    do {
        bit = generate_random(generator) & 15;
    } while (!(mask >> bit & 1));
    return bit;
}

static uint32_t some_of(struct generator *generator, uint32_t mask, int at_least)
{
    uint32_t list;
    do {
        list = generate_random(generator) & mask;
    } while (__builtin_popcount(list) < at_least);
    return list;
}

static unsigned take(struct generator *generator, uint32_t mask)
{
    unsigned taken = one_of(generator, generator->free & mask);
    generator->free &= (uint16_t) ~(1u << taken);
    return taken;
}

void generate_roles(struct generator *generator)
{
    generator->free = OPERANDS;
    generator->base = take(generator, LOW_REGISTERS);
    generator->aligned = take(generator, LOW_REGISTERS);
    generator->index = take(generator, LOW_REGISTERS);
    generator->high_base = take(generator, 0x1F00);
    generator->high_aligned = take(generator, 0x1F00);
}

unsigned generate_free_low(struct generator *generator)
{
    return one_of(generator, generator->free & LOW_REGISTERS);
}

/* Values where flags, shifts and saturation have their edges, and any others. */
static uint32_t interesting(struct generator *generator)
{
    static const uint32_t edges[] = {0, 1, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x8000, 31, 32, 33};
    uint32_t random = generate_random(generator);
    switch (random & 7) {
    case 0:
    case 1:
        return edges[(random >> 3) % (sizeof edges / sizeof *edges)];
    case 2:
        return random >> 24;
    default:
        return generate_random(generator);
    }
}

void generate_registers(struct generator *generator, uint32_t middle, uint32_t r[15])
{
    uint32_t any = generator->set->aligned ? 0xFC : 0xFF;

    for (unsigned i = 0; i < 15; i++)
        r[i] = interesting(generator);
    r[generator->index] = generate_random(generator) & any;
    r[generator->base] = middle + (generate_random(generator) & any);
    r[generator->high_base] = middle + (generate_random(generator) & any);
    r[generator->aligned] = middle + (generate_random(generator) & 0xFC);
    r[generator->high_aligned] = middle + (generate_random(generator) & 0xFC);
    r[13] = middle + (generate_random(generator) & 0xFC);
}

void generate_half(struct generator *generator, uint32_t half)
{
    uint8_t *to = generator->code + (generator->address - generator->origin);
    to[0] = (uint8_t)half;
    to[1] = (uint8_t)(half >> 8);
    generator->address += 2;
}

void generate_word(struct generator *generator, uint32_t insn)
{
    generate_half(generator, insn >> 16);
    generate_half(generator, insn & 0xFFFF);
}

/* --- patterns --- */

static unsigned aligned_base(struct generator *generator)
{
    const unsigned bases[3] = {generator->aligned, generator->high_aligned, 13};
    return bases[generate_random(generator) % 3];
}

/* The fields of one instruction, by letter. */
struct fields {
    uint8_t width[128];
    uint32_t value[128];
};

static void set(struct fields *fields, char letter, uint8_t width, uint32_t value)
{
    fields->width[(unsigned char)letter] = width;
    fields->value[(unsigned char)letter] = value;
}

static void choose_registers(struct generator *generator, struct fields *fields)
{
    uint16_t free = generator->free;
    unsigned first = one_of(generator, free);
    set(fields, 'd', 3, one_of(generator, free & LOW_REGISTERS));
    set(fields, 'D', 4, first);
    set(fields, 'E', 4, one_of(generator, free & ~(1u << first)));
    set(fields, 's', 3, generate_random(generator) & 7);
    set(fields, 't', 3, generate_random(generator) & 7);
    set(fields, 'S', 4, one_of(generator, OPERANDS));
    set(fields, 'T', 4, one_of(generator, OPERANDS));
    set(fields, 'U', 4, one_of(generator, OPERANDS));
    set(fields, 'V', 4, one_of(generator, free));
    set(fields, 'W', 4, one_of(generator, free));
    set(fields, 'b', 3, generator->base);
    set(fields, 'a', 3, generator->aligned);
    set(fields, 'x', 3, generator->index);
    set(fields, 'X', 4, generator->index);
    set(fields, 'B', 4, generate_random(generator) & 1 ? generator->base : generator->high_base);
}

static void choose_lists(struct generator *generator, struct fields *fields)
{
    unsigned base = aligned_base(generator);
    set(fields, 'A', 4, base);
    set(fields, 'p', 8, some_of(generator, LOW_REGISTERS & ~(1u << generator->aligned), 1));
    set(fields, 'q', 8, some_of(generator, generator->free & LOW_REGISTERS, 1));
    set(fields, 'P', 16, some_of(generator, OPERANDS & ~(1u << base), 2));
    set(fields, 'Q', 16, some_of(generator, generator->free, 2));
}

static void choose_bits(struct generator *generator, struct fields *fields)
{
    uint32_t lsb = generate_random(generator) & 31;
    uint32_t above = generate_random(generator) % (32 - lsb);
    set(fields, 'l', 5, lsb);
    set(fields, 'w', 5, above);
    set(fields, 'm', 5, lsb + above);
    set(fields, 'z', 5, generate_random(generator) % 31 + 1);
    set(fields, 'i', 32, generate_random(generator));
}

static const char *choose_pattern(struct generator *generator)
{
    const struct instruction_set *set = generator->set;

    while (set->more && generate_random(generator) % set->one_in == 0)
        set = set->more;
    return set->patterns[generate_random(generator) % set->count];
}

void generate_plain(struct generator *generator)
{
    const char *pattern = choose_pattern(generator);
    struct fields fields = {0};
    uint8_t used[128] = {0};
    uint32_t insn = 0;
    unsigned length = 0;

    choose_registers(generator, &fields);
    choose_lists(generator, &fields);
    choose_bits(generator, &fields);
    for (const char *p = pattern; *p; p++) {
        unsigned char letter = (unsigned char)*p;
        if (letter == ' ')
            continue;
        uint32_t bit = letter - '0';
        if (letter != '0' && letter != '1')
            bit = fields.value[letter] >>
                  (fields.width[letter] - 1 - used[letter]++ % fields.width[letter]);
        insn = insn << 1 | (bit & 1);
        length++;
    }
    if (length == 32)
        generate_word(generator, insn);
    else
        generate_half(generator, insn);
}

/* IT with one to four instructions; now and then the last one is a branch over a halfword. */
static void it_block(struct generator *generator)
{
    uint32_t mask = generate_random(generator) % 15 + 1;
    uint32_t condition = generate_random(generator) % 14;
    int count = 4 - __builtin_ctz(mask);
    generate_half(generator, 0xBF00 | condition << 4 | mask);
    while (--count > 0)
        generate_plain(generator);
    if (generate_random(generator) % 8 == 0) {
        generate_half(generator, 0xE000); /* B to the next but one */
        generate_half(generator, 0xBF00);
    } else {
        generate_plain(generator);
    }
}

void generate_unit(struct generator *generator)
{
    const struct instruction_set *set = generator->set;
    uint32_t random = generate_random(generator) % 32;

    if (random < 4 && set->it_blocks)
        it_block(generator);
    else if (random < 7)
        set->branches[generate_random(generator) % set->branch_count](generator);
    else
        generate_plain(generator);
}
