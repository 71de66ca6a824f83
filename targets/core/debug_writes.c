/* SPDX-License-Identifier: MIT */
/* Debug registers that somebody writes as memory (mww, gdb's `set {int}`, a script): what is
 * believed of them is looked at again. A comparator that we use is ours, and is written again
 * before the core runs; the others are left as they were written, for tracing perhaps. Sections
 * cited are of the Armv7-M Architecture Reference Manual, DDI 0403. */
#include "core/debug_writes.h"

#include "core/core.h"

#define DWT_START 0xE0001000u
#define FPB_START 0xE0002000u
#define UNIT_SIZE 0x1000u
#define CORE_DEBUG DHCSR /* DHCSR, DCRSR, DCRDR, DEMCR (C1.6) */
#define CORE_DEBUG_SIZE 16u
#define DWT_COMP_STRIDE 16u

struct stretch {
    uint32_t address;
    size_t length;
};

static bool hits(struct stretch written, uint32_t start, uint32_t size)
{
    return written.address < (uint64_t)start + size &&
           (uint64_t)written.address + written.length > start;
}

bool debug_write_concerns(uint32_t address, size_t length)
{
    struct stretch written = {address, length};

    return hits(written, DWT_START, UNIT_SIZE) || hits(written, FPB_START, UNIT_SIZE) ||
           hits(written, CORE_DEBUG, CORE_DEBUG_SIZE);
}

enum err debug_write_begin(struct core *core, uint32_t address, size_t length)
{
    if (core->borrowed)
        return job_fail(core->target->job, ERR_BUSY,
                        "the debug registers are in use while flash is being programmed: write "
                        "0x%08x when that is done",
                        address);
    if (hits((struct stretch){address, length}, CORE_DEBUG, CORE_DEBUG_SIZE))
        regs_queue_dirty(core);
    return ERR_OK;
}

static void forget_comparators(struct core *core, struct stretch written)
{
    for (unsigned i = 0; i < core->dwt.count; i++)
        if (hits(written, DWT_COMP(i), DWT_COMP_STRIDE) && core->dwt.written[i].function)
            core->dwt.written[i].function = DWT_FUNCTION_UNKNOWN;
    for (unsigned i = 0; i < core->fpb.count; i++)
        if (hits(written, FP_COMP0 + 4 * i, 4) && core->fpb.written[i])
            core->fpb.written[i] = FP_COMP_UNKNOWN;
    if (hits(written, FP_CTRL, 4))
        core->fpb.switch_unsure = true;
}

/* It may run now, or have made a step. Catches that were written to DEMCR are the writer's choice
 * from here on; others there may be those of a step under way. */
static enum err look(struct core *core, struct stretch written)
{
    uint32_t dhcsr = 0, demcr = 0;

    ops_read32(&core->ops, DEMCR, &demcr);
    ops_read32(&core->ops, DHCSR, &dhcsr);
    enum err err = core_flush(core);
    if (err)
        return err;
    core_saw_dhcsr(core, dhcsr);
    core_new_epoch(core);
    core->demcr = demcr;
    if (hits(written, DEMCR, 4))
        core->vector_catch = demcr & DEMCR_VC_ALL;
    core->masked = dhcsr & DHCSR_C_MASKINTS;
    if (core->state == TARGET_HALTED && !(dhcsr & DHCSR_S_HALT))
        core->state = TARGET_RUNNING;
    return ERR_OK;
}

enum err debug_write_end(struct core *core, uint32_t address, size_t length)
{
    struct stretch written = {address, length};

    forget_comparators(core, written);
    return hits(written, CORE_DEBUG, CORE_DEBUG_SIZE) ? look(core, written) : ERR_OK;
}
