/* SPDX-License-Identifier: MIT */
/* NuttX: `g_tcbinfo` says where all is, and became longer in 12.3 and 12.4. include/nuttx/sched.h,
 * sched/sched/sched_get_tcbinfo; arch/arm/src/armv7-m/arm_schedulecontext. */
#include "rtos/kernel.h"

#include <stdio.h>
#include <string.h>

enum { READY, PIDS, PID_COUNT, INFO, SYMBOLS };

static const struct kernel_symbol symbols[SYMBOLS] = {
    [READY] = {"g_readytorun", false},
    [PIDS] = {"g_pidhash", false},
    [PID_COUNT] = {"g_npidhash", false},
    [INFO] = {"g_tcbinfo", false},
};

/* tcbinfo_s: half words, then the address of a table of them. Where that stands tells which it is.
 */
enum { OFF_PID = 0, OFF_STATE = 2, OFF_PRIORITY = 4, OFF_NAME = 6, INFO_USED = 0x18 };
struct form {
    uint8_t table, regs; /* regs 0: the save area is in the block, and there is no pointer to it */
};
static const struct form forms[] = {{0x0C, 0}, {0x0E, 8}, {0x10, 0x0C}, {0x12, 0x0C}};
enum { REGISTERS = 17, TABLE_MAX = 1024, ABSENT = 0xFFFF, PIDS_MAX = 1024 };

static uint16_t field(struct kernel_look *look, uint32_t which)
{
    return view_half(look->view, look->symbols[INFO] + which);
}

static bool is_table(struct kernel_look *look, uint32_t table)
{
    if (table % 2 || !view_is_memory(look->view, table))
        return false;
    view_want(look->view, table, 2 * REGISTERS);
    for (uint32_t i = 0; i < REGISTERS; i++) {
        uint16_t offset = view_half(look->view, table + 2 * i);

        if (offset != ABSENT && (offset % 4 || offset >= TABLE_MAX))
            return false;
    }
    return view_half(look->view, table + 2 * 13) != ABSENT &&
           view_half(look->view, table + 2 * 15) != ABSENT;
}

/* The pointer is in a slot of eight bytes without padding. */
static const struct form *form_of(struct kernel_look *look, uint32_t *table)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        *table = field(look, forms[i].table) | (uint32_t)field(look, forms[i].table + 2u) << 16;
        if (is_table(look, *table))
            return &forms[i];
    }
    return NULL;
}

static const char *state_name(uint8_t state)
{
    static const char *const names[] = {"Invalid",           "Pending",  "Ready",
                                        "Running",           "Inactive", "Waits for a semaphore",
                                        "Waits for a signal"};

    return state < sizeof names / sizeof *names ? names[state] : "Waits";
}

static void add(struct kernel_look *look, uint32_t block)
{
    struct rtos_thread *thread = kernel_add(look, block);
    uint16_t name = field(look, OFF_NAME);
    unsigned pid = view_half(look->view, block + field(look, OFF_PID));

    if (!thread)
        return;
    if (name && name != ABSENT)
        view_text(look->view, block + name, thread->name, sizeof thread->name);
    if (!thread->name[0])
        snprintf(thread->name, sizeof thread->name, "pid %u", pid);
    snprintf(thread->state, sizeof thread->state, "%s, pid %u, prio %u",
             block == look->current
                 ? "Running"
                 : state_name(view_byte(look->view, block + field(look, OFF_STATE))),
             pid, (unsigned)view_byte(look->view, block + field(look, OFF_PRIORITY)));
}

static bool list(struct kernel_look *look)
{
    uint32_t pids = view_word(look->view, look->symbols[PIDS]), table;
    uint32_t count = view_word(look->view, look->symbols[PID_COUNT]);

    look->current = view_word(look->view, look->symbols[READY]);
    if (!kernel_may_be(look, look->current) || !kernel_may_be(look, pids) || !count)
        return false;
    view_want(look->view, look->symbols[INFO], INFO_USED);
    if (!form_of(look, &table)) {
        kernel_damaged(look, look->symbols[INFO], "no description of NuttX");
        return false;
    }
    if (count > PIDS_MAX) {
        kernel_damaged(look, look->symbols[PID_COUNT], "more processes than anybody has");
        count = PIDS_MAX;
    }
    view_want(look->view, pids, 4 * count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t block = view_word(look->view, pids + 4 * i);

        if (block && kernel_may_be(look, block))
            add(look, block);
        else if (block)
            kernel_damaged(look, block, "no memory for a process");
    }
    return kernel_count(look) > 0;
}

/* Where each register is in the save area stands in the table. The stack pointer there does not
 * know of the word that the core left out. */
static bool frame(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    enum { XPSR_PADDED = 1 << 9, SP = 13 };
    uint32_t table, area;
    const struct form *form = form_of(look, &table);

    memset(frame, 0, sizeof *frame);
    if (!form)
        return false;
    area = form->regs ? view_word(look->view, block + field(look, form->regs)) : block;
    if (!kernel_may_be(look, area))
        return false;
    frame->layout = "by the table of g_tcbinfo";
    view_want(look->view, area, 104);
    for (uint32_t i = 0; i < REGISTERS; i++) {
        uint16_t offset = view_half(look->view, table + 2 * i);

        if (i != SP && offset != ABSENT)
            frame->at[i] = area + offset;
    }
    frame->sp = view_word(look->view, area + view_half(look->view, table + 2 * SP));
    if (frame->at[FRAME_XPSR] && view_word(look->view, frame->at[FRAME_XPSR]) & XPSR_PADDED)
        frame->sp += 4;
    return frame_is_plausible(look->view, frame);
}

/* Its threads may run on the main stack. */
const struct rtos_kernel rtos_nuttx = {
    .name = "NuttX",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = false,
    .list = list,
    .frame = frame,
};
