/* SPDX-License-Identifier: MIT */
/* Random programs of valid instructions for the differential test. */
#ifndef PROBED_TEST_GENERATE_H
#define PROBED_TEST_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct generator;

/* What a kind of core executes. Encodings: see generate.c. */
struct instruction_set {
    const char *const *patterns;
    size_t count;
    const struct instruction_set *more; /* and these: one instruction in `one_in`; NULL: none */
    unsigned one_in;
    void (*const *branches)(struct generator *); /* generate_branch.c */
    size_t branch_count;
    bool it_blocks;
    bool aligned; /* accesses have to be */
};
extern const struct instruction_set generate_armv6m, generate_armv7m, generate_m4f, generate_m7,
    generate_m33;

/* A block: straight code with branches inside, from `start` to `end`. Some registers are kept as
 * pointers into RAM, others may hold anything. */
struct generator {
    uint64_t random;
    const struct instruction_set *set;
    uint8_t *code;    /* the whole code memory */
    uint32_t address; /* of the next halfword, on the target */
    uint32_t origin;  /* of the code memory, on the target */

    /* Roles of registers in this block. */
    unsigned base, aligned, index;    /* low */
    unsigned high_base, high_aligned; /* R8 to R12 */
    uint16_t free;                    /* bit mask: those without a role, R13 and R15 never */
};

uint32_t generate_random(struct generator *generator);
/* Deals out the roles. */
void generate_roles(struct generator *generator);
/* Start values of R0 to R14 that fit the roles; pointers point around `middle`. */
void generate_registers(struct generator *generator, uint32_t middle, uint32_t r[15]);
/* A number of floating point that may be anything. */
uint32_t generate_single(struct generator *generator);
uint64_t generate_double(struct generator *generator);
/* Appends one instruction of at least 2 bytes, an IT block, or a short sequence that branches. */
void generate_unit(struct generator *generator);

/* generate_branch.c: kinds of code that branches over an instruction or two. */
enum { GENERATE_BRANCHES_V6M = 5, GENERATE_BRANCHES_V7M = 10, GENERATE_BRANCHES_V8M = 11 };
extern void (*const generate_branches_v6m[GENERATE_BRANCHES_V6M])(struct generator *);
extern void (*const generate_branches_v7m[GENERATE_BRANCHES_V7M])(struct generator *);
extern void (*const generate_branches_v8m[GENERATE_BRANCHES_V8M])(struct generator *);

/* For the two files: appends halfwords, one instruction of the table, a register by role. */
void generate_half(struct generator *generator, uint32_t half);
void generate_word(struct generator *generator, uint32_t insn);
void generate_plain(struct generator *generator);
unsigned generate_free_low(struct generator *generator);

#endif
