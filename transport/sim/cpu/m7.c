/* SPDX-License-Identifier: MIT */
/* What a Cortex-M7 has in its system control block beyond an M4: identification and maintenance of
 * its caches, control of its tightly coupled memories (Cortex-M7 TRM, DDI 0489, 3.3). */
#include "sim/cpu/system_internal.h"

enum {
    CLIDR = 0xD78,
    CTR = 0xD7C,
    CCSIDR = 0xD80,
    CSSELR = 0xD84,
    CSSELR_INSTRUCTION = 1,
    LINE = 32,
    ITCMCR = 0xF90,
    DTCMCR = 0xF94,
    AHBPCR = 0xF98,
    CACR = 0xF9C,
    AHBSCR = 0xFA0,
    TCM_ENABLED = 1,
    AHBSCR_RESET = 0x800, /* INITCOUNT 1 */
    AHBPCR_RESET = 0x9,   /* enabled, 512 MiB */
};
#define CLIDR_BOTH 0x09000003u /* instructions and data, at one level */
#define CTR_LINES 0x8303C003u  /* of 32 bytes, both */

/* Registers that keep what is written to them. */
static const struct {
    uint16_t offset;
    uint32_t writable;
} kept[SIM_M7_KEPT] = {
    {CSSELR, 0xF}, {ITCMCR, 0x7}, {DTCMCR, 0x7}, {AHBPCR, 0x1}, {CACR, 0x7}, {AHBSCR, 0xFFFF},
};

static uint32_t *find(struct sim_cpu *cpu, uint32_t offset, uint32_t *writable)
{
    for (unsigned i = 0; i < SIM_M7_KEPT; i++) {
        *writable = kept[i].writable;
        if (kept[i].offset == offset)
            return &cpu->system->m7[i];
    }
    return NULL;
}

static void put(struct sim_cpu *cpu, uint32_t offset, uint32_t value)
{
    uint32_t writable;

    *find(cpu, offset, &writable) = value;
}

/* SZ counts doublings: 3 is 4 KiB. */
static uint32_t tcm_control(uint32_t kib)
{
    return kib ? TCM_ENABLED | (uint32_t)(__builtin_ctz(kib) + 1) << 3 : 0;
}

void sim_m7_reset(struct sim_cpu *cpu)
{
    if (!cpu->model->m7)
        return;
    put(cpu, CSSELR, 0);
    put(cpu, ITCMCR, tcm_control(cpu->integration->itcm_kib));
    put(cpu, DTCMCR, tcm_control(cpu->integration->dtcm_kib));
    put(cpu, AHBPCR, AHBPCR_RESET);
    put(cpu, CACR, 0);
    put(cpu, AHBSCR, AHBSCR_RESET);
}

/* The instruction cache has two ways, the data cache four. */
static uint32_t cache_size(const struct sim_cpu *cpu, bool instruction)
{
    const struct sim_integration *chip = cpu->integration;
    uint32_t ways = instruction ? 2 : 4;
    uint32_t kib = instruction ? chip->icache_kib : chip->dcache_kib;
    uint32_t attributes = 0xFu << 28; /* write-through, write-back, allocation of both kinds */

    return kib ? attributes | (kib * 1024 / LINE / ways - 1) << 13 | (ways - 1) << 3 | 1 : 0;
}

bool sim_m7_has(const struct sim_cpu *cpu, uint32_t offset)
{
    return cpu->model->m7 &&
           ((offset >= CLIDR && offset <= CSSELR) || (offset >= 0xF50 && offset < 0xFB0));
}

uint32_t sim_m7_read(struct sim_cpu *cpu, uint32_t offset)
{
    uint32_t writable, *reg = find(cpu, offset, &writable), selected = cpu->system->m7[0];

    if (offset == CLIDR)
        return CLIDR_BOTH;
    if (offset == CTR)
        return CTR_LINES;
    if (offset == CCSIDR) /* of level 1 */
        return selected >> 1 ? 0 : cache_size(cpu, selected & CSSELR_INSTRUCTION);
    return reg ? *reg : 0;
}

void sim_m7_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t writable, *reg = find(cpu, offset, &writable);

    if (sim_cache_maintain(cpu, offset, value & lanes))
        return;
    if (reg)
        *reg = (*reg & ~(lanes & writable)) | (value & lanes & writable);
}
