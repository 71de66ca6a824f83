/* SPDX-License-Identifier: MIT */
/* uC/OS-III with OS_CFG_DBG_EN: a list of all tasks, whose control blocks are as the application
 * configured them. Constants that OpenOCD's users link say where all is; without them what the list
 * itself tells is shown. os.h of uC-OS3 3.08. */
#include "rtos/kernel.h"

#include <stdio.h>

enum {
    RUNNING,
    CURRENT,
    FIRST,
    QUANTITY,
    AT_POINTER,
    AT_NAME,
    AT_STATE,
    AT_PRIORITY,
    AT_PREVIOUS,
    AT_NEXT,
    SYMBOLS
};

static const struct kernel_symbol symbols[SYMBOLS] = {
    [RUNNING] = {"OSRunning", false},
    [CURRENT] = {"OSTCBCurPtr", false},
    [FIRST] = {"OSTaskDbgListPtr", false},
    [QUANTITY] = {"OSTaskQty", false},
    [AT_POINTER] = {"openocd_OS_TCB_StkPtr_offset", true},
    [AT_NAME] = {"openocd_OS_TCB_NamePtr_offset", true},
    [AT_STATE] = {"openocd_OS_TCB_TaskState_offset", true},
    [AT_PRIORITY] = {"openocd_OS_TCB_Prio_offset", true},
    [AT_PREVIOUS] = {"openocd_OS_TCB_DbgPrevPtr_offset", true},
    [AT_NEXT] = {"openocd_OS_TCB_DbgNextPtr_offset", true},
};
/* What no configuration moves, in bytes. */
enum { STACK_POINTER = 0, NAME = 0x0C, BLOCK_MAX = 512 };
/* struct kernel_look.memory: where DbgPrevPtr is, behind which DbgNextPtr stands. */
enum { KNOWN_LINKS };

static uint32_t place(struct kernel_look *look, unsigned symbol, uint32_t otherwise)
{
    return look->symbols[symbol] ? view_word(look->view, look->symbols[symbol]) : otherwise;
}

static const char *state_name(uint8_t state)
{
    static const char *const names[] = {"Ready",
                                        "Delayed",
                                        "Waits",
                                        "Waits with a limit",
                                        "Suspended",
                                        "Delayed and suspended",
                                        "Waits, suspended",
                                        "Waits with a limit, suspended"};

    return state < sizeof names / sizeof *names ? names[state] : "Deleted";
}

static void add(struct kernel_look *look, uint32_t block)
{
    struct rtos_thread *thread = kernel_add(look, block);

    if (!thread)
        return;
    view_text(look->view, view_word(look->view, block + place(look, AT_NAME, NAME)), thread->name,
              sizeof thread->name);
    const char *state = block == look->current ? "Running" : "Does not run";
    if (look->symbols[AT_STATE] && block != look->current)
        state = state_name(view_byte(look->view, block + place(look, AT_STATE, 0)));
    if (look->symbols[AT_PRIORITY])
        snprintf(thread->state, sizeof thread->state, "%s, prio %u", state,
                 (unsigned)view_byte(look->view, block + place(look, AT_PRIORITY, 0)));
    else
        snprintf(thread->state, sizeof thread->state, "%s", state);
}

/* The first task has none before it, and the second has the first. */
static bool learn_links(struct kernel_look *look, uint32_t first)
{
    if (look->symbols[AT_NEXT])
        look->memory[KNOWN_LINKS] = place(look, AT_NEXT, 4) - 4;
    for (uint32_t at = NAME + 4; !look->memory[KNOWN_LINKS] && at < BLOCK_MAX; at += 4) {
        uint32_t next = view_word(look->view, first + at + 4);

        if (view_word(look->view, first + at) == 0 && next != first && kernel_may_be(look, next) &&
            view_word(look->view, next + at) == first)
            look->memory[KNOWN_LINKS] = at;
    }
    return look->memory[KNOWN_LINKS] != 0;
}

static bool list(struct kernel_look *look)
{
    uint32_t left = view_half(look->view, look->symbols[QUANTITY]);
    uint32_t block = view_word(look->view, look->symbols[FIRST]);

    look->current = view_word(look->view, look->symbols[CURRENT]);
    if (view_byte(look->view, look->symbols[RUNNING]) != 1 || !kernel_may_be(look, block) ||
        !kernel_may_be(look, look->current))
        return false;
    if (!learn_links(look, block)) {
        kernel_damaged(look, block, "no task that others follow");
        return false;
    }
    for (; block && left > 0; left--) {
        if (!kernel_may_be(look, block)) {
            kernel_damaged(look, block, "no memory for a task");
            break;
        }
        view_want(look->view, block, look->memory[KNOWN_LINKS] + 8);
        add(look, block);
        block = view_word(look->view, block + look->memory[KNOWN_LINKS] + 4);
    }
    return kernel_count(look) > 0;
}

static bool frame(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    static const struct frame_layout *const layouts[] = {&frame_layout_r4_exc, &frame_layout_r4,
                                                         NULL};
    uint32_t pointer = view_word(look->view, block + place(look, AT_POINTER, STACK_POINTER));

    if (!kernel_may_be(look, pointer))
        return false;
    view_want(look->view, pointer, 104);
    return frame_find(look->view, layouts, pointer, 0, 0, frame);
}

const struct rtos_kernel rtos_ucos3 = {
    .name = "uCOS-III",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
