/* SPDX-License-Identifier: MIT */
/* What a Cortex-M4 has above a Cortex-M3, as patterns: see generate.c. Left out: fixed-point
 * numbers of 32 bits to singles, which Unicorn 2.0.1 rounds as FPSCR says; they round to nearest
 * (DDI 0403, A7.7.227). */
#include "generate.h"

/* clang-format off */
static const char *const m4f[] = {
    /* parallel addition and subtraction: S and U; plain, saturating, halving */
    "111110101 0 0i SSSS 1111 DDDD 0 i 0i TTTT", "111110101 0 0i SSSS 1111 DDDD 0 i 10 TTTT",
    "111110101 i 10 SSSS 1111 DDDD 0 i 0i TTTT", "111110101 i 10 SSSS 1111 DDDD 0 i 10 TTTT",
    "111110101 1 0i SSSS 1111 DDDD 0 i 0i TTTT", "111110101 1 0i SSSS 1111 DDDD 0 i 10 TTTT",
    /* QADD QDADD QSUB QDSUB, SEL */
    "111110101000 SSSS 1111 DDDD 10 ii TTTT", "111110101010 SSSS 1111 DDDD 1000 TTTT",
    /* SXTAH UXTAH, SXTAB16 UXTAB16, SXTAB UXTAB, also without an addend */
    "11111010000 i SSSS 1111 DDDD 10 ii TTTT", "11111010001 i SSSS 1111 DDDD 10 ii TTTT",
    "11111010010 i SSSS 1111 DDDD 10 ii TTTT", "11111010001 i 1111 1111 DDDD 10 ii TTTT",
    /* PKHBT PKHTB, SSAT16 USAT16 */
    "111010101100 SSSS 0 iii DDDD ii i0 TTTT", "11110 0 1 1i010 SSSS 0 000 DDDD 0000 iiii",
    /* SMLAxy, SMLAD, SMLAW, SMLSD, SMMLA, SMMLS, USADA8; the same without an accumulator */
    "111110110001 SSSS UUUU DDDD 00 ii TTTT", "111110110010 SSSS UUUU DDDD 000 i TTTT",
    "111110110011 SSSS UUUU DDDD 000 i TTTT", "111110110100 SSSS UUUU DDDD 000 i TTTT",
    "111110110101 SSSS UUUU DDDD 000 i TTTT", "111110110110 SSSS UUUU DDDD 000 i TTTT",
    "111110110111 SSSS UUUU DDDD 0000 TTTT",  "111110110001 SSSS 1111 DDDD 00 ii TTTT",
    "111110110010 SSSS 1111 DDDD 000 i TTTT", "111110110011 SSSS 1111 DDDD 000 i TTTT",
    "111110110100 SSSS 1111 DDDD 000 i TTTT", "111110110101 SSSS 1111 DDDD 000 i TTTT",
    "111110110111 SSSS 1111 DDDD 0000 TTTT",
    /* SMLALxy, SMLALD, SMLSLD, UMAAL */
    "111110111100 SSSS DDDD EEEE 10 ii TTTT", "111110111100 SSSS DDDD EEEE 110 i TTTT",
    "111110111101 SSSS DDDD EEEE 110 i TTTT", "111110111110 SSSS DDDD EEEE 0110 TTTT",
    /* MSR of APSR with GE */
    "11110011 1000 SSSS 1000 ii 00 00000000",
    /* VMLA VMLS VNMLA VNMLS VMUL VNMUL VADD VSUB; VDIV; VFMA VFMS VFNMA VFNMS: three times */
    "11101110 0 i ii iiii iiii 1010 iii 0 iiii", "11101110 0 i ii iiii iiii 1010 iii 0 iiii",
    "11101110 0 i ii iiii iiii 1010 iii 0 iiii", "11101110 0 i 11 iiii iiii 1010 iii 0 iiii",
    "11101110 1 i 00 iiii iiii 1010 i0i 0 iiii", "11101110 1 i 00 iiii iiii 1010 i0i 0 iiii",
    "11101110 1 i 01 iiii iiii 1010 iii 0 iiii", "11101110 1 i 10 iiii iiii 1010 iii 0 iiii",
    "11101110 1 i 01 iiii iiii 1010 iii 0 iiii", "11101110 1 i 10 iiii iiii 1010 iii 0 iiii",
    /* VMOV VABS VNEG VSQRT, VCVTB VCVTT, VCMP VCMPE, VCVT VCVTR of integers and fixed-point */
    "11101110 1 i 11 iiii iiii 1010 0000 iiii", "11101110 1 i 11 000i iiii 1010 i1i0 iiii",
    "11101110 1 i 11 0001 iiii 1010 11i0 iiii", "11101110 1 i 11 001i iiii 1010 i1i0 iiii",
    "11101110 1 i 11 001i iiii 1010 i1i0 iiii", "11101110 1 i 11 0100 iiii 1010 i1i0 iiii",
    "11101110 1 i 11 0101 iiii 1010 i100 0000", "11101110 1 i 11 1000 iiii 1010 i1i0 iiii",
    "11101110 1 i 11 110i iiii 1010 i1i0 iiii", "11101110 1 i 11 1i1i iiii 1010 01i0 0iii",
    "11101110 1 i 11 111i iiii 1010 11i0 iiii",
    /* VLDR VSTR, also literal; VLDM VSTM upwards and downwards, VPUSH VPOP */
    "11101101 i i 0 i AAAA iiii 1010 iiiiiiii", "11101101 i 0 0 i AAAA iiii 1011 iiiiiiii",
    "11101101 i i 0 1 1111 iiii 1010 iiiiiiii", "11101101 i 0 0 1 1111 iiii 1011 iiiiiiii",
    "11101100 1 i i i AAAA 0iii 1010 00000 ii 1", "11101100 1 0 i i AAAA 0iii 1011 00000 1i 0",
    "11101101 0 i 1 i AAAA 0iii 1010 00000 ii 1", "11101101 0 0 1 i AAAA 0iii 1011 00000 1i 0",
    /* VMOV with the core's registers, one and two; halves of doubles; VMRS VMSR */
    "11101110 0000 iiii SSSS 1010 i 0010000", "11101110 0001 iiii DDDD 1010 i 0010000",
    "111011000100 SSSS TTTT 1010 00 i 1 0iii", "111011000101 EEEE DDDD 1010 00 i 1 0iii",
    "111011000100 SSSS TTTT 1011 0001 iiii", "111011000101 EEEE DDDD 1011 0001 iiii",
    "11101110 00 i 0 iiii SSSS 1011 00010000", "11101110 00 i 1 iiii DDDD 1011 00010000",
    "1110111011100001 SSSS 101000010000", "1110111011110001 DDDD 101000010000",
    "1110111011110001 1111 101000010000", "1110111011110001 DDDD 101000010000",
};
/* clang-format on */

const struct instruction_set generate_m4f = {
    .patterns = m4f,
    .count = sizeof m4f / sizeof *m4f,
    .more = &generate_armv7m,
    .one_in = 2,
    .branches = generate_branches_v7m,
    .branch_count = GENERATE_BRANCHES_V7M,
    .it_blocks = true,
};

/* Zeroes, infinities, NaNs, denormals, integers, numbers of alike size, and any others. */
uint32_t generate_single(struct generator *generator)
{
    static const uint32_t edges[] = {0,          0x00000001, 0x007FFFFF, 0x00800000,
                                     0x3F800000, 0x7F7FFFFF, 0x7F800000, 0x7FC00000,
                                     0x7F800001, 0x4F000000, 0x4EFFFFFF, 0x47800000};
    uint32_t random = generate_random(generator), sign = random & 0x80000000;

    switch (random & 7) {
    case 0:
    case 1:
        return sign | edges[(random >> 3 & 0xFF) % (sizeof edges / sizeof *edges)];
    case 2:
        return sign | (random >> 8 & 0x007FFFFF);
    case 3:
    case 4:
        return sign | (0x3F000000 + (random >> 4 & 0x03FFFFFF));
    default:
        return generate_random(generator);
    }
}
