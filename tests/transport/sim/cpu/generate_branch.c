/* SPDX-License-Identifier: MIT */
/* Branches of all kinds. Each jumps over one instruction that must not be executed (or may be, if
 * the branch is conditional); its offset is filled in once the target is known. */
#include "generate.h"

static uint32_t here(const struct generator *generator)
{
    return generator->address;
}

/* Appends the skipped instruction; returns the branch's target. */
static uint32_t skipped(struct generator *generator)
{
    generate_plain(generator);
    return here(generator);
}

/* Writes over a branch at `at` without moving on. */
static void patch(struct generator *generator, uint32_t at, uint32_t insn, bool wide)
{
    uint32_t address = generator->address;
    generator->address = at;
    if (wide)
        generate_word(generator, insn);
    else
        generate_half(generator, insn);
    generator->address = address;
}

/* B T1, B T2, and if there are three kinds, CBZ and CBNZ. */
static void narrow_of(struct generator *generator, uint32_t kinds)
{
    uint32_t at = here(generator), random = generate_random(generator);
    generate_half(generator, 0xBF00);
    uint32_t halves = (skipped(generator) - (at + 4)) / 2; /* one halfword skipped: 0 */
    uint32_t condition = (random >> 8) % 14, n = random >> 16 & 7;
    if (random % kinds == 0)
        patch(generator, at, 0xD000 | condition << 8 | halves, false);
    else if (random % kinds == 1)
        patch(generator, at, 0xE000 | halves, false);
    else
        patch(generator, at, (random & 0x80 ? 0xB900 : 0xB100) | halves << 3 | n, false);
}

static void narrow(struct generator *generator)
{
    narrow_of(generator, 3);
}

/* B T3, B T4, BL: short ones, whose J bits say "positive". */
static void wide(struct generator *generator)
{
    uint32_t at = here(generator), random = generate_random(generator);
    generate_word(generator, 0xF3AF8000);
    uint32_t halves = (skipped(generator) - (at + 4)) / 2;
    uint32_t condition = (random >> 8) % 14;
    if (random % 3 == 0)
        patch(generator, at, 0xF0008000 | condition << 22 | halves, true);
    else
        patch(generator, at, (random % 3 == 1 ? 0xF000B800 : 0xF000F800) | halves, true);
}

/* ADR.W d, target | 1 at `at`. */
static void patch_adr(struct generator *generator, uint32_t at, unsigned d, uint32_t target)
{
    patch(generator, at, 0xF20F0000 | d << 8 | (target - ((at + 4) & ~3u)), true);
}

/* BX, BLX, MOV PC, PUSH and POP PC with an address in a register. */
static void by_register(struct generator *generator)
{
    uint32_t at = here(generator), random = generate_random(generator);
    unsigned d = generate_free_low(generator);
    generate_word(generator, 0);
    switch (random % 4) {
    case 0:
        generate_half(generator, 0x4700 | d << 3);
        break;
    case 1:
        generate_half(generator, 0x4780 | d << 3);
        break;
    case 2:
        generate_half(generator, 0x4687 | d << 3);
        break;
    default:
        generate_half(generator, 0xB400 | 1u << d);
        generate_half(generator, 0xBD00);
        break;
    }
    patch_adr(generator, at, d, skipped(generator) | 1);
}

/* ADD PC, Rd: the offset is loaded by MOVW. */
static void by_addition(struct generator *generator)
{
    unsigned d = generate_free_low(generator);
    uint32_t at = here(generator);
    generate_word(generator, 0);
    generate_half(generator, 0x4487 | d << 3);
    patch(generator, at, 0xF2400000 | d << 8 | (skipped(generator) - (at + 8)), true);
}

/* LDR.W PC, [PC, #0]: needs its literal at a word address. */
static void by_literal(struct generator *generator)
{
    if (here(generator) & 2)
        generate_half(generator, 0xBF00);
    generate_word(generator, 0xF8DFF000);
    uint32_t at = here(generator);
    generate_word(generator, 0);
    uint32_t target = skipped(generator) | 1;
    patch(generator, at, target << 16 | target >> 16, true);
}

/* TBB and TBH with a table of four entries that all lead behind the skipped instruction. */
static void by_table(struct generator *generator)
{
    uint32_t random = generate_random(generator);
    unsigned d = generate_free_low(generator);
    bool halfwords = random & 1;
    generate_half(generator, 0x2000 | d << 8 | (random >> 8 & 3));
    generate_word(generator, 0xE8DFF000 | (halfwords ? 0x10u : 0) | d);
    uint32_t table = here(generator);
    for (unsigned i = 0; i < (halfwords ? 4 : 2); i++)
        generate_half(generator, 0);
    uint32_t entry = (skipped(generator) - table) / 2;
    for (unsigned i = 0; i < (halfwords ? 4 : 2); i++)
        patch(generator, table + 2 * i, halfwords ? entry : entry << 8 | entry, false);
}

/* Two or three rounds backwards; the body is a comparison, which spoils no counter. */
static void loop(struct generator *generator)
{
    unsigned d = generate_free_low(generator);
    bool is_wide = generate_random(generator) & 1;
    generate_half(generator, 0x2000 | d << 8 | (2 + (generate_random(generator) & 1)));
    generate_half(generator, 0x4280 | (generate_random(generator) & 0x3F));
    generate_half(generator, 0x3801 | d << 8);
    if (is_wide)
        generate_word(generator, 0xF47FAFFC); /* BNE.W to the comparison */
    else
        generate_half(generator, 0xD1FC);
}

/* LDREX, then STREX to the same place, then one more, which must fail. Unicorn compares addresses
 * and values, the Cortex-M3 does not: so other addresses are left out. */
static void exclusive(struct generator *generator)
{
    unsigned n = generator->aligned, t = generator->high_base, x = generator->index;
    unsigned d = generate_free_low(generator);
    uint32_t imm = generate_random(generator) & 0xFF;
    switch (imm % 3) {
    case 0:
        generate_word(generator, 0xE8500F00 | n << 16 | d << 12 | imm);
        generate_word(generator, 0xE8400000 | n << 16 | t << 12 | d << 8 | imm);
        generate_word(generator, 0xE8400000 | n << 16 | x << 12 | d << 8 | imm);
        break;
    case 1:
        generate_word(generator, 0xE8D00F4F | n << 16 | d << 12);
        generate_word(generator, 0xE8C00F40 | n << 16 | t << 12 | d);
        break;
    default:
        generate_word(generator, 0xE8D00F5F | n << 16 | d << 12);
        generate_word(generator, 0xE8C00F50 | n << 16 | t << 12 | d);
        break;
    }
}

void (*const generate_branches_v7m[GENERATE_BRANCHES_V7M])(struct generator *) = {
    narrow, narrow, wide, wide, by_register, by_addition, by_literal, by_table, loop, exclusive,
};

/* LDAEXB LDAEXH LDAEX, then STLEXB.. to the same place, twice. */
static void exclusive_ordered(struct generator *generator)
{
    uint32_t n = generator->aligned, t = generator->high_base, size = 0x10;
    unsigned d = generate_free_low(generator);

    size *= generate_random(generator) % 3;
    generate_word(generator, 0xE8D00FCF | n << 16 | d << 12 | size);
    generate_word(generator, 0xE8C00FC0 | n << 16 | t << 12 | d | size);
    generate_word(generator, 0xE8C00FC0 | n << 16 | generator->index << 12 | d | size);
}

void (*const generate_branches_v8m[GENERATE_BRANCHES_V8M])(struct generator *) = {
    narrow,     wide,     wide, by_register, by_register,       by_addition,
    by_literal, by_table, loop, exclusive,   exclusive_ordered,
};

/* --- Armv6-M: without ADR.W, MOVW and wide branches --- */

static void narrow_v6m(struct generator *generator)
{
    narrow_of(generator, 2);
}

static void link_v6m(struct generator *generator)
{
    uint32_t at = here(generator);
    generate_word(generator, 0xF3AF8000);
    uint32_t halves = (skipped(generator) - (at + 4)) / 2;
    patch(generator, at, 0xF000F800 | halves, true);
}

/* ADR reaches words, so the target is one. */
static void by_register_v6m(struct generator *generator)
{
    static const uint16_t kinds[] = {0x4700, 0x4780, 0x4687}; /* BX, BLX, MOV PC */
    uint32_t at = here(generator), random = generate_random(generator);
    unsigned d = generate_free_low(generator);
    generate_half(generator, 0);
    generate_half(generator, 0x3001 | d << 8); /* ADDS d, #1 */
    if (random % 4 < 3) {
        generate_half(generator, kinds[random % 4] | d << 3);
    } else {
        generate_half(generator, 0xB400 | 1u << d);
        generate_half(generator, 0xBD00);
    }
    if (skipped(generator) & 2)
        generate_half(generator, 0xBF00);
    patch(generator, at, 0xA000 | d << 8 | (here(generator) - ((at + 4) & ~3u)) / 4, false);
}

static void by_addition_v6m(struct generator *generator)
{
    unsigned d = generate_free_low(generator);
    uint32_t at = here(generator);
    generate_half(generator, 0);
    generate_half(generator, 0x4487 | d << 3);
    patch(generator, at, 0x2000 | d << 8 | (skipped(generator) - (at + 6)), false);
}

static void loop_v6m(struct generator *generator)
{
    unsigned d = generate_free_low(generator);
    generate_half(generator, 0x2000 | d << 8 | (2 + (generate_random(generator) & 1)));
    generate_half(generator, 0x4280 | (generate_random(generator) & 0x3F));
    generate_half(generator, 0x3801 | d << 8);
    generate_half(generator, 0xD1FC);
}

void (*const generate_branches_v6m[GENERATE_BRANCHES_V6M])(struct generator *) = {
    narrow_v6m, link_v6m, by_register_v6m, by_addition_v6m, loop_v6m,
};
