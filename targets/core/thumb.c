/* SPDX-License-Identifier: MIT */
/* The encodings are those of A5.2 (16 bits) and A5.3 (32 bits). */
#include "core/thumb.h"

#include <stddef.h>

enum { SP = 13, PC = 15 };

/* The first row that fits decides; what fits none is THUMB_OTHER. */
struct row {
    uint16_t mask, value;
    enum thumb_flow flow;
};

static const struct row narrow[] = {
    {0xC000, 0x0000, THUMB_ON},    /* shift, add, subtract, move, compare */
    {0xFC00, 0x4000, THUMB_ON},    /* data processing */
    {0xFF87, 0x4487, THUMB_OTHER}, /* ADD pc, .. */
    {0xFF87, 0x4687, THUMB_OTHER}, /* MOV pc, .. */
    {0xFF00, 0x4700, THUMB_OTHER}, /* BX, BLX */
    {0xF000, 0x4000, THUMB_ON},    /* the rest of the high registers; LDR literal */
    {0xF000, 0x5000, THUMB_ON},    /* load and store .. */
    {0xE000, 0x6000, THUMB_ON},    {0xE000, 0x8000, THUMB_ON},
    {0xF000, 0xA000, THUMB_ON},                                /* ADR, ADD from SP */
    {0xFF00, 0xB000, THUMB_ON},                                /* ADD, SUB to SP */
    {0xFF00, 0xB200, THUMB_ON},                                /* extend */
    {0xFE00, 0xB400, THUMB_ON},                                /* PUSH */
    {0xFF00, 0xBC00, THUMB_ON},                                /* POP without PC */
    {0xFFC0, 0xBA80, THUMB_OTHER}, {0xFF00, 0xBA00, THUMB_ON}, /* reverse */
    {0xFFFF, 0xBF00, THUMB_ON},                                /* NOP */
    {0xF000, 0xC000, THUMB_ON},                                /* LDM, STM */
};

static struct thumb jump(uint32_t pc, uint8_t size, uint32_t offset, unsigned sign_bit)
{
    if (offset >> sign_bit & 1)
        offset |= ~0u << sign_bit;
    return (struct thumb){THUMB_JUMP, size, pc + 4 + offset};
}

static struct thumb decode_narrow(uint32_t pc, uint16_t first)
{
    if ((first & 0xF800) == 0xE000)
        return jump(pc, 2, (first & 0x7FFu) << 1, 11);
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
        if ((first & narrow[i].mask) == narrow[i].value)
            return (struct thumb){narrow[i].flow, 2, pc + 2};
    return (struct thumb){THUMB_OTHER, 2, pc + 2};
}

/* A7.7.12 and A7.7.18: I1 = NOT(J1 EOR S), I2 = NOT(J2 EOR S). */
static struct thumb long_jump(uint32_t pc, uint16_t first, uint16_t second)
{
    uint32_t s = first >> 10 & 1, i1 = !(second >> 13 & 1) ^ s, i2 = !(second >> 11 & 1) ^ s;

    return jump(
        pc, 4, s << 24 | i1 << 23 | i2 << 22 | (first & 0x3FFu) << 12 | (second & 0x7FFu) << 1, 24);
}

/* TST, TEQ, CMN, CMP: Rd is PC, since there is no result (A5.3.1, A5.3.11). */
static bool compares(uint16_t first)
{
    uint16_t operation = first & 0x1F0;

    return operation == 0x010 || operation == 0x090 || operation == 0x110 || operation == 0x1B0;
}

static bool goes_on(uint16_t first, uint16_t second)
{
    bool result_is_pc = (second >> 8 & 0xF) == PC;
    bool load_to_pc = (first & 0x10) && second >> 12 == PC;

    if ((first & 0xF800) == 0xF000) /* data processing, immediate; with bit 15 set: control */
        return !(second >> 15) && (!result_is_pc || (!(first & 0x200) && compares(first)));
    switch (first >> 8) {
    case 0xE8:
    case 0xE9: /* of the multiple and exclusive ones only PUSH and POP */
        return first == 0xE92D || (first == 0xE8BD && !(second >> 15));
    case 0xEA:
    case 0xEB: /* data processing, shifted register */
        return !result_is_pc || compares(first);
    case 0xF8: /* load and store of one register */
        return !load_to_pc;
    case 0xF9: /* load and extend the sign */
        return (first & 0x10) && !load_to_pc;
    case 0xFA: /* data processing by register */
        return !result_is_pc;
    case 0xFB: /* multiply; what is no division has a second result in the long forms */
        return !result_is_pc && ((second & 0xF0) == 0xF0 || !(first & 0x80) || second >> 12 != PC);
    case 0xEC:
    case 0xED:
    case 0xEE: /* coprocessors, the FPU among them, have no way to PC */
        return true;
    default:
        return false;
    }
}

static bool is_wide(uint16_t first)
{
    return (first & 0xE000) == 0xE000 && (first & 0x1800);
}

struct thumb thumb_decode(uint32_t pc, uint16_t first, uint16_t second)
{
    if (!is_wide(first))
        return decode_narrow(pc, first);
    if ((first & 0xF800) == 0xF000 && (second & 0x9000) == 0x9000)
        return long_jump(pc, first, second); /* BL, B.W */
    return (struct thumb){goes_on(first, second) ? THUMB_ON : THUMB_OTHER, 4, pc + 4};
}

/* 32 bits: the base is in the lowest four of the first half-word. */
static const struct {
    uint16_t mask, value;
} stores[] = {
    {0xFE00, 0x5000}, {0xFE00, 0x5200}, {0xFE00, 0x5400}, /* STR, STRH, STRB by register */
    {0xF800, 0x6000}, {0xF800, 0x7000}, {0xF800, 0x8000}, /* by immediate; from SP: 0x9000 */
    {0xF800, 0xC000},                                     /* STM */
    {0xFE10, 0xE800},                                     /* multiple, dual, exclusive */
    {0xFE10, 0xEC00}, {0xFC00, 0xFC00},                   /* coprocessors */
    {0xFF10, 0xF800},                                     /* one register */
};

bool thumb_may_store(uint16_t first)
{
    if (is_wide(first) && (first & 0xF) == SP && first < 0xFC00)
        return false;
    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
        if ((first & stores[i].mask) == stores[i].value)
            return true;
    return false;
}
