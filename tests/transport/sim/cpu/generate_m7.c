/* SPDX-License-Identifier: MIT */
/* What a Cortex-M7 has above a Cortex-M4, as patterns: see generate.c. Every second one of them is
 * of doubles. Left out: as in generate_m4.c. */
#include "generate.h"

/* clang-format off */
static const char *const m7[] = {
    /* VSEL; VMAXNM VMINNM; VRINTA N P M, VCVTA N P M; VRINTR VRINTZ, VRINTX: singles */
    "11111110 0 i ii iiii iiii 1010 i0i 0 iiii", "11111110 1 i 00 iiii iiii 1010 iii 0 iiii",
    "11111110 1 i 11 10ii iiii 1010 01i 0 iiii", "11111110 1 i 11 11ii iiii 1010 i1i 0 iiii",
    "11101110 1 i 11 0110 iiii 1010 i1i 0 iiii", "11101110 1 i 11 0111 iiii 1010 01i 0 iiii",
    /* ..doubles */
    "11111110 0 0 ii iiii iiii 1011 000 0 iiii", "11111110 1 0 00 iiii iiii 1011 0i0 0 iiii",
    "11111110 1 0 11 10ii iiii 1011 010 0 iiii", "11111110 1 i 11 11ii iiii 1011 i10 0 iiii",
    "11101110 1 0 11 0110 iiii 1011 i10 0 iiii", "11101110 1 0 11 0111 iiii 1011 010 0 iiii",
    /* VMLA VMLS VNMLA VNMLS VMUL VNMUL VADD VSUB; VDIV; VFMA VFMS VFNMA VFNMS */
    "11101110 0 0 ii iiii iiii 1011 0i0 0 iiii", "11101110 0 0 ii iiii iiii 1011 0i0 0 iiii",
    "11101110 0 0 11 iiii iiii 1011 0i0 0 iiii", "11101110 1 0 00 iiii iiii 1011 000 0 iiii",
    "11101110 1 0 01 iiii iiii 1011 0i0 0 iiii", "11101110 1 0 10 iiii iiii 1011 0i0 0 iiii",
    "11101110 1 0 01 iiii iiii 1011 0i0 0 iiii", "11101110 1 0 10 iiii iiii 1011 0i0 0 iiii",
    /* VMOV VABS VNEG VSQRT, VCVTB VCVTT, VCMP VCMPE, VCVT VCVTR of integers and fixed-point */
    "11101110 1 0 11 iiii iiii 1011 0000 iiii", "11101110 1 0 11 000i iiii 1011 i100 iiii",
    "11101110 1 0 11 0001 iiii 1011 1100 iiii", "11101110 1 0 11 0010 iiii 1011 i1i0 iiii",
    "11101110 1 i 11 0011 iiii 1011 i100 iiii", "11101110 1 0 11 0100 iiii 1011 i100 iiii",
    "11101110 1 0 11 0101 iiii 1011 i100 0000", "11101110 1 0 11 1000 iiii 1011 i1i0 iiii",
    "11101110 1 i 11 110i iiii 1011 i100 iiii", "11101110 1 0 11 1i1i iiii 1011 01i0 0iii",
    "11101110 1 0 11 1i1i iiii 1011 11i0 iiii",
    /* VCVT between the two */
    "11101110 1 i 11 0111 iiii 1011 1100 iiii", "11101110 1 0 11 0111 iiii 1010 11i0 iiii",
    "11101110 1 i 11 0111 iiii 1011 1100 iiii", "11101110 1 0 11 0111 iiii 1010 11i0 iiii",
};
/* clang-format on */

const struct instruction_set generate_m7 = {
    .patterns = m7,
    .count = sizeof m7 / sizeof *m7,
    .more = &generate_m4f,
    .one_in = 2,
    .branches = generate_branches_v7m,
    .branch_count = GENERATE_BRANCHES_V7M,
    .it_blocks = true,
};

/* Zeroes, infinities, NaNs, denormals, where other kinds of numbers end, numbers of alike size, a
 * number that a single or a word can hold, and any others. */
uint64_t generate_double(struct generator *generator)
{
    static const uint64_t edges[] = {
        0,
        1,
        0x000FFFFFFFFFFFFF,
        0x0010000000000000,
        0x3FF0000000000000,
        0x7FEFFFFFFFFFFFFF,
        0x7FF0000000000000,
        0x7FF8000000000000,
        0x7FF0000000000001,
        0x41E0000000000000,
        0x41DFFFFFFFC00000,
        0x47EFFFFFF0000000,
        0x3810000000000000,
        0x40EFFE0000000000,
    };
    uint64_t any = (uint64_t)generate_random(generator) << 32 | generate_random(generator);
    uint64_t sign = any & UINT64_C(0x8000000000000000);

    switch (generate_random(generator) & 7) {
    case 0:
    case 1:
        return sign | edges[(any >> 3 & 0xFF) % (sizeof edges / sizeof *edges)];
    case 2:
        return sign | (any & 0x000FFFFFFFFFFFFF);
    case 3:
    case 4:
        return sign | (0x3FE0000000000000 + (any & 0x007FFFFFFFFFFFFF));
    case 5:
        return sign | (0x3800000000000000 + (any & 0x0FFFFFFFE0000000));
    default:
        return any;
    }
}
