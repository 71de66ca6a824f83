/* SPDX-License-Identifier: MIT */
/* At least a million random instructions, executed by our interpreter and by Unicorn, an
 * independent implementation; registers, flags and all of RAM are compared after each block.
 *
 *   test-differential armv6m|armv7m|m4f|m7|m33 [SEED [INSTRUCTIONS]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "flat.h"
#include "generate.h"

#define CODE_SIZE (16u << 20)
#define RAM_SIZE (64u << 10)
#define CODE_MARGIN 0x1000u /* literals reach that far in front and behind */
#define FAR (17u << 20)
#define UNITS 24u /* in a block: pointers move by at most 1020 bytes a unit */
#define BLOCK_ROOM 1024u
#define APSR_FLAGS 0xF8000000u
#define APSR_FLAGS_V6M 0xF0000000u
#define APSR_GE 0x000F0000u /* Unicorn lets nobody set it: it goes on from block to block */

/* What is compared: a core of ours with one of Unicorn's. With UC_MODE_MCLASS, Unicorn 2.0.1 takes
 * the Cortex-M33 whatever model is set, which has no doubles; without it, the model counts. */
enum { ANY_M = UC_MODE_THUMB | UC_MODE_MCLASS, BY_MODEL = UC_MODE_THUMB };
static const struct core {
    const char *name;
    const struct sim_core_model *ours;
    int mode;
    int theirs;
    const struct instruction_set *set;
} cores[] = {
    {"armv6m", &flat_armv6m, ANY_M, UC_CPU_ARM_CORTEX_M0, &generate_armv6m},
    {"armv7m", &flat_armv7m, ANY_M, UC_CPU_ARM_CORTEX_M3, &generate_armv7m},
    {"m4f", &flat_m4f, ANY_M, UC_CPU_ARM_CORTEX_M4, &generate_m4f},
    {"m7", &flat_m7, BY_MODEL, UC_CPU_ARM_CORTEX_M7, &generate_m7},
    {"m33", &flat_m33, ANY_M, UC_CPU_ARM_CORTEX_M33, &generate_m33},
};

struct pair {
    const struct core *core;
    struct flat ours;
    uc_engine *theirs;
    uint8_t *code, *our_ram, *their_ram;
    struct generator generator;
    uint32_t start_registers[15];
    uint32_t start_flags;
    uint32_t start_singles[32];
};

static uint32_t flags_of(const struct pair *pair)
{
    return pair->core->ours->armv7m ? APSR_FLAGS : APSR_FLAGS_V6M;
}

static const int uc_registers[16] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4,  UC_ARM_REG_R5,
    UC_ARM_REG_R6,  UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC,
};

static bool open_unicorn(struct pair *pair)
{
    return uc_open(UC_ARCH_ARM, (uc_mode)pair->core->mode, &pair->theirs) == UC_ERR_OK &&
           uc_ctl_set_cpu_model(pair->theirs, pair->core->theirs) == UC_ERR_OK &&
           uc_mem_map_ptr(pair->theirs, FLAT_CODE, CODE_SIZE, UC_PROT_READ | UC_PROT_EXEC,
                          pair->code) == UC_ERR_OK &&
           uc_mem_map_ptr(pair->theirs, FLAT_RAM, RAM_SIZE, UC_PROT_READ | UC_PROT_WRITE,
                          pair->their_ram) == UC_ERR_OK &&
           /* where far branches land */
           uc_mem_map(pair->theirs, FLAT_CODE - FAR, FAR, UC_PROT_EXEC) == UC_ERR_OK &&
           uc_mem_map(pair->theirs, FLAT_CODE + CODE_SIZE, FAR, UC_PROT_EXEC) == UC_ERR_OK;
}

static bool open_pair(struct pair *pair, const struct core *core, uint64_t seed)
{
    *pair = (struct pair){.core = core};
    pair->code = aligned_alloc(4096, CODE_SIZE);
    pair->our_ram = aligned_alloc(4096, RAM_SIZE);
    pair->their_ram = aligned_alloc(4096, RAM_SIZE);
    if (!pair->code || !pair->our_ram || !pair->their_ram)
        return false;
    memset(pair->code, 0, CODE_SIZE);
    flat_init(&pair->ours, core->ours, pair->code, CODE_SIZE, pair->our_ram, RAM_SIZE);
    pair->generator = (struct generator){.random = seed * 2 + 1,
                                         .set = core->set,
                                         .code = pair->code,
                                         .origin = FLAT_CODE,
                                         .address = FLAT_CODE + CODE_MARGIN};
    for (unsigned i = 0; i < RAM_SIZE; i++)
        pair->our_ram[i] = pair->their_ram[i] = (uint8_t)generate_random(&pair->generator);
    return open_unicorn(pair);
}

static void close_pair(struct pair *pair)
{
    if (pair->theirs)
        uc_close(pair->theirs);
    free(pair->code);
    free(pair->our_ram);
    free(pair->their_ram);
}

static uint64_t two_singles_or_double(struct pair *pair)
{
    struct generator *generator = &pair->generator;

    if (pair->core->ours->fpu == SIM_FPV5_DP && generate_random(generator) & 1)
        return generate_double(generator);
    uint64_t high = generate_single(generator);
    return high << 32 | generate_single(generator);
}

static void start_singles(struct pair *pair)
{
    struct sim_cpu *cpu = &pair->ours.cpu;

    for (unsigned i = 0; i < 16; i++) {
        uint64_t both = two_singles_or_double(pair);
        cpu->s[2 * i] = pair->start_singles[2 * i] = (uint32_t)both;
        cpu->s[2 * i + 1] = pair->start_singles[2 * i + 1] = (uint32_t)(both >> 32);
        uc_reg_write(pair->theirs, UC_ARM_REG_D0 + (int)i, &both);
    }
}

static void start_block(struct pair *pair)
{
    struct sim_cpu *cpu = &pair->ours.cpu;
    generate_roles(&pair->generator);
    generate_registers(&pair->generator, FLAT_RAM + RAM_SIZE / 2, pair->start_registers);
    pair->start_flags = generate_random(&pair->generator) & flags_of(pair);
    memcpy(cpu->r, pair->start_registers, sizeof pair->start_registers);
    cpu->apsr = (cpu->apsr & ~flags_of(pair)) | pair->start_flags;
    cpu->r[15] = pair->generator.address;
    for (unsigned i = 0; i < 15; i++)
        uc_reg_write(pair->theirs, uc_registers[i], &cpu->r[i]);
    if (pair->core->ours->fpu)
        start_singles(pair);
    uc_reg_write(pair->theirs, UC_ARM_REG_XPSR, &pair->start_flags);
}

/* The end is a NOP of its own, so that no later block starts where Unicorn learnt to stop. */
static uint32_t generate_block(struct pair *pair)
{
    for (unsigned i = 0; i < UNITS; i++)
        generate_unit(&pair->generator);
    uint32_t end = pair->generator.address;
    generate_half(&pair->generator, 0xBF00);
    return end;
}

static bool run_both(struct pair *pair, uint32_t start, uint32_t end)
{
    if (!flat_run(&pair->ours, end, 10 * BLOCK_ROOM)) {
        printf("ours ended at %08" PRIx32 " with %u faults, the last %d at %08" PRIx32 "\n",
               pair->ours.cpu.r[15], pair->ours.faults, (int)pair->ours.fault,
               pair->ours.fault_address);
        return false;
    }
    uc_err err = uc_emu_start(pair->theirs, start | 1, end, 0, 0);
    if (err != UC_ERR_OK) {
        uint32_t pc = 0;
        uc_reg_read(pair->theirs, UC_ARM_REG_PC, &pc);
        printf("unicorn at %08" PRIx32 ": %s\n", pc, uc_strerror(err));
    }
    return err == UC_ERR_OK;
}

static bool same_singles(struct pair *pair)
{
    const struct sim_cpu *cpu = &pair->ours.cpu;
    uint32_t fpscr;
    bool equal = true;

    for (unsigned i = 0; i < 16; i++) {
        uint64_t theirs, ours = (uint64_t)cpu->s[2 * i + 1] << 32 | cpu->s[2 * i];
        uc_reg_read(pair->theirs, UC_ARM_REG_D0 + (int)i, &theirs);
        if (theirs != ours)
            printf("d%u: %016" PRIx64 ", unicorn has %016" PRIx64 "\n", i, ours, theirs);
        equal = equal && theirs == ours;
    }
    uc_reg_read(pair->theirs, UC_ARM_REG_FPSCR, &fpscr);
    if (fpscr != cpu->fpscr)
        printf("fpscr: %08" PRIx32 ", unicorn has %08" PRIx32 "\n", cpu->fpscr, fpscr);
    return equal && fpscr == cpu->fpscr;
}

static bool same(struct pair *pair)
{
    const struct sim_cpu *cpu = &pair->ours.cpu;
    uint32_t theirs, flags;
    bool equal = true;
    for (unsigned i = 0; i < 16; i++) {
        uc_reg_read(pair->theirs, uc_registers[i], &theirs);
        if (theirs != cpu->r[i])
            printf("r%u: %08" PRIx32 ", unicorn has %08" PRIx32 "\n", i, cpu->r[i], theirs);
        equal = equal && theirs == cpu->r[i];
    }
    uc_reg_read(pair->theirs, UC_ARM_REG_XPSR, &flags);
    if ((flags ^ cpu->apsr) & (flags_of(pair) | APSR_GE)) {
        printf("apsr: %08" PRIx32 ", unicorn has %08" PRIx32 "\n", cpu->apsr, flags);
        equal = false;
    }
    if (memcmp(pair->our_ram, pair->their_ram, RAM_SIZE) != 0) {
        printf("ram differs\n");
        equal = false;
    }
    if (pair->core->ours->fpu && !same_singles(pair))
        equal = false;
    return equal && cpu->itstate == 0;
}

/* What a person needs to find the instruction: the code for a disassembler, the state before. */
static void report(const struct pair *pair, uint32_t start, uint32_t end)
{
    printf("block %08" PRIx32 "..%08" PRIx32 ", flags %08" PRIx32 "\n", start, end,
           pair->start_flags);
    for (unsigned i = 0; i < 15; i++)
        printf("r%u=%08" PRIx32 " ", i, pair->start_registers[i]);
    for (unsigned i = 0; i < 32 && pair->core->ours->fpu; i++)
        printf("%ss%u=%08" PRIx32, i % 8 ? " " : "\n", i, pair->start_singles[i]);
    for (uint32_t at = start; at < end; at += 2)
        printf("%s0x%02x%02x", (at - start) % 32 ? "," : "\n.hword ",
               pair->code[at - FLAT_CODE + 1], pair->code[at - FLAT_CODE]);
    printf("\n");
}

static bool compare(struct pair *pair, uint64_t instructions)
{
    uint32_t last = FLAT_CODE + CODE_SIZE - CODE_MARGIN - BLOCK_ROOM;
    while (pair->ours.cpu.instructions < instructions) {
        uint32_t start = pair->generator.address;
        if (start > last) {
            printf("the code memory is full\n");
            return false;
        }
        start_block(pair);
        uint32_t end = generate_block(pair);
        if (!run_both(pair, start, end) || !same(pair)) {
            report(pair, start, end);
            return false;
        }
    }
    return true;
}

/* BL, B.W and B.W with a condition over their whole range: one instruction, wherever it leads.
 * Armv6-M has the first only. */
static bool compare_far_branches(struct pair *pair, unsigned count)
{
    static const uint32_t kinds[3] = {0xF000D000, 0xF0009000, 0xF0008000};
    const uint32_t at = FLAT_CODE + CODE_SIZE - CODE_MARGIN;
    unsigned kind_count = pair->core->ours->armv7m ? 3 : 1;
    bool equal = true;
    for (unsigned i = 0; equal && i < count; i++) {
        uint32_t random = generate_random(&pair->generator);
        uint32_t insn = kinds[i % kind_count] | (random & 0x07FF2FFF);
        if (i % kind_count == 2 &&
            (insn >> 23 & 7) == 7) /* no condition but the system instructions */
            insn &= ~(1u << 25);
        pair->generator.address = at;
        start_block(pair);
        generate_word(&pair->generator, insn);
        uc_ctl_remove_cache(pair->theirs, at, at + 4);
        sim_insn_execute(&pair->ours.cpu);
        equal = uc_emu_start(pair->theirs, at | 1, 0, 0, 1) == UC_ERR_OK && same(pair);
        if (!equal)
            report(pair, at, at + 4);
    }
    pair->generator.address = FLAT_CODE + CODE_MARGIN;
    return equal;
}

static const struct core *find_core(const char *name)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (strcmp(cores[i].name, name) == 0)
            return &cores[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const struct core *core = find_core(argc > 1 ? argv[1] : "armv7m");
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 20110318;
    uint64_t instructions = argc > 3 ? strtoull(argv[3], NULL, 0) : 1000000;
    struct pair pair;

    if (!core) {
        printf("no core of that name\n");
        return 1;
    }
    bool equal = open_pair(&pair, core, seed);
    if (!equal)
        printf("unicorn cannot be set up\n");
    equal = equal && compare_far_branches(&pair, 300) && compare(&pair, instructions);
    printf("%s, seed %" PRIu64 ": %" PRIu64 " instructions compared, %s\n", core->name, seed,
           pair.ours.cpu.instructions, equal ? "all equal" : "DIFFERENT");
    close_pair(&pair);
    return equal ? 0 : 1;
}
