/* SPDX-License-Identifier: MIT */
/* Flash Patch and Breakpoint unit, both revisions: DDI 0403 C1.11. It breaks; remapping is not
 * supported and FP_REMAP says so. */
#include "sim/cpu/system_internal.h"

enum {
    CTRL_ENABLE = 1u << 0,
    CTRL_KEY = 1u << 1,
    COMP_ENABLE = 1u << 0,
    COMP_FIRST = 0x008,
    REPLACE_LOWER = 1,
    REPLACE_UPPER = 2,
};

#define COMP_V1_WRITABLE 0xDFFFFFFDu
#define COMP_V1_ADDRESS 0x1FFFFFFCu

/* The halfwords at which a comparator breaks: one address, or two in a word (`*second`). False: it
 * does not break at all. */
static bool addresses_of(const struct sim_cpu *cpu, unsigned index, uint32_t *first,
                         uint32_t *second)
{
    uint32_t comp = cpu->debug->fpb.comparator[index];
    unsigned replace = comp >> 30;

    if (!(comp & COMP_ENABLE) || index >= cpu->model->fpb_code)
        return false;
    if (cpu->model->fpb_revision > 0) {
        *first = *second = comp & ~1u;
        return true;
    }
    *first = (comp & COMP_V1_ADDRESS) | (replace == REPLACE_UPPER ? 2 : 0);
    *second = (comp & COMP_V1_ADDRESS) | (replace == REPLACE_LOWER ? 0 : 2);
    return replace != 0;
}

bool sim_fpb_breaks(const struct sim_cpu *cpu, uint32_t pc)
{
    uint32_t first, second;

    if (!cpu->debug->fpb.enabled)
        return false;
    for (unsigned i = 0; i < cpu->model->fpb_code; i++)
        if (addresses_of(cpu, i, &first, &second) && (pc == first || pc == second))
            return true;
    return false;
}

bool sim_fpb_arm(const struct sim_cpu *cpu, struct sim_filter *filter)
{
    uint32_t first, second;
    bool any = false;

    for (unsigned i = 0; i < cpu->model->fpb_code && cpu->debug->fpb.enabled; i++) {
        if (!addresses_of(cpu, i, &first, &second))
            continue;
        sim_filter_add(filter, first);
        sim_filter_add(filter, second);
        any = true;
    }
    return any;
}

/* NUM_CODE is split: bits 7:4 and 14:12. */
static uint32_t read_ctrl(const struct sim_cpu *cpu)
{
    const struct sim_core_model *model = cpu->model;

    return (uint32_t)model->fpb_revision << 28 | (uint32_t)(model->fpb_code >> 4) << 12 |
           (uint32_t)model->fpb_literal << 8 | (model->fpb_code & 0xFu) << 4 |
           (cpu->debug->fpb.enabled ? CTRL_ENABLE : 0);
}

static bool is_comparator(const struct sim_cpu *cpu, uint32_t offset)
{
    return offset >= COMP_FIRST &&
           (offset - COMP_FIRST) / 4 < (uint32_t)cpu->model->fpb_code + cpu->model->fpb_literal;
}

uint32_t sim_fpb_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    if (offset == 0)
        return read_ctrl(cpu);
    return is_comparator(cpu, offset) ? cpu->debug->fpb.comparator[(offset - COMP_FIRST) / 4] : 0;
}

void sim_fpb_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger)
{
    struct sim_fpb *fpb = &cpu->debug->fpb;

    if (lanes != UINT32_MAX)
        return;
    if (offset == 0 && value & CTRL_KEY)
        fpb->enabled = value & CTRL_ENABLE;
    else if (is_comparator(cpu, offset))
        fpb->comparator[(offset - COMP_FIRST) / 4] =
            cpu->model->fpb_revision > 0 ? value : value & COMP_V1_WRITABLE;
    sim_debug_rearm(cpu);
}
