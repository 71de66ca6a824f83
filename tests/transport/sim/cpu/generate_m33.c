/* SPDX-License-Identifier: MIT */
/* What a Cortex-M33 has above a Cortex-M4, as patterns: see generate.c. Exclusives that acquire and
 * release go in a sequence, in generate_branch.c. */
#include "generate.h"

/* clang-format off */
static const char *const m33[] = {
    /* LDAB LDAH LDA, STLB STLH STL */
    "111010001101 AAAA DDDD 1111 1000 1111", "111010001101 AAAA DDDD 1111 1001 1111",
    "111010001101 AAAA DDDD 1111 1010 1111", "111010001100 AAAA SSSS 1111 1000 1111",
    "111010001100 AAAA SSSS 1111 1001 1111", "111010001100 AAAA SSSS 1111 1010 1111",
    /* VSEL; VMAXNM VMINNM; VRINTA N P M, VCVTA N P M; VRINTR VRINTZ, VRINTX */
    "11111110 0 i ii iiii iiii 1010 i0i 0 iiii", "11111110 1 i 00 iiii iiii 1010 iii 0 iiii",
    "11111110 1 i 11 10ii iiii 1010 01i 0 iiii", "11111110 1 i 11 11ii iiii 1010 i1i 0 iiii",
    "11101110 1 i 11 0110 iiii 1010 i1i 0 iiii", "11101110 1 i 11 0111 iiii 1010 01i 0 iiii",
    /* left out: SG and TT, which Unicorn executes in Secure state */
};
/* clang-format on */

const struct instruction_set generate_m33 = {
    .patterns = m33,
    .count = sizeof m33 / sizeof *m33,
    .more = &generate_m4f,
    .one_in = 2,
    .branches = generate_branches_v8m,
    .branch_count = GENERATE_BRANCHES_V8M,
    .it_blocks = true,
};
