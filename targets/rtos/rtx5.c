/* SPDX-License-Identifier: MIT */
/* RTX5 (CMSIS-RTOS2 of Keil, Mbed OS 5 and 6): rtx_os.h of CMSIS-RTX 5.9. */
#include "rtos/kernel.h"

#include <stdio.h>

enum { INFO, SYMBOLS };

static const struct kernel_symbol symbols[SYMBOLS] = {[INFO] = {"osRtxInfo", false}};

/* osRtxInfo_t and osRtxThread_t, in bytes. */
enum {
    KERNEL_STATE = 8,
    RUNNING_THREAD = 0x14,
    READY_LIST = 0x24,
    IDLE = 0x28,
    DELAY_LIST = 0x2C,
    WAIT_LIST = 0x30,
    TERMINATE_LIST = 0x34,
    INFO_USED = 0x38
};
enum {
    ID = 0,
    STATE = 1,
    NAME = 4,
    THREAD_NEXT = 8,
    DELAY_NEXT = 0x10,
    DELAY = 0x1C, /* ticks after the thread before it in the list */
    PRIORITY = 0x20,
    STACK_FRAME = 0x22,
    STACK_MEMORY = 0x30,
    STACK_SIZE = 0x34,
    STACK_POINTER = 0x38,
    USED = 0x44
};
enum { IS_THREAD = 0xF1, STATE_RUNNING = 2, STATE_SUSPENDED = 4, EXC_RETURN_SECURE = 0x40 };

struct state_name {
    uint8_t state;
    const char *name;
};
static const struct state_name state_names[] = {
    {0x00, "Inactive"},
    {0x01, "Ready"},
    {0x02, "Running"},
    {0x03, "Blocked"},
    {0x04, "Terminated"},
    {0x13, "Delayed"},
    {0x23, "Waits for a thread's end"},
    {0x33, "Waits for thread flags"},
    {0x43, "Waits for event flags"},
    {0x53, "Waits for a mutex"},
    {0x63, "Waits for a semaphore"},
    {0x73, "Waits for a memory pool"},
    {0x83, "Waits for a message"},
    {0x93, "Waits for room for a message"},
};

static const char *name_of(uint8_t state)
{
    for (size_t i = 0; i < sizeof state_names / sizeof *state_names; i++)
        if (state_names[i].state == state)
            return state_names[i].name;
    return "Unknown state";
}

/* False: it is none, and what it would lead to is not followed. */
static bool add(struct kernel_look *look, uint32_t block, const char *left)
{
    if (!kernel_may_be(look, block)) {
        kernel_damaged(look, block, "no memory for a thread");
        return false;
    }
    view_want(look->view, block, USED);
    if (view_byte(look->view, block + ID) != IS_THREAD) {
        kernel_damaged(look, block, "no thread");
        return false;
    }
    struct rtos_thread *thread = kernel_add(look, block);
    if (!thread)
        return false;
    view_text(look->view, view_word(look->view, block + NAME), thread->name, sizeof thread->name);
    snprintf(thread->state, sizeof thread->state, "%s%s, prio %d",
             block == look->current ? "Running" : name_of(view_byte(look->view, block + STATE)),
             left, (int8_t)view_byte(look->view, block + PRIORITY));
    return true;
}

/* A thread that was there before ends it, so rings do. */
static void walk(struct kernel_look *look, uint32_t head, uint32_t next)
{
    uint32_t block = view_word(look->view, look->symbols[INFO] + head);
    char left[32] = "";

    for (uint32_t ticks = 0; block; block = view_word(look->view, block + next)) {
        view_want(look->view, block, USED);
        ticks += kernel_may_be(look, block) ? view_word(look->view, block + DELAY) : 0;
        if (head == DELAY_LIST)
            snprintf(left, sizeof left, ", %u ticks left", (unsigned)ticks);
        if (!add(look, block, left))
            return;
    }
}

static bool list(struct kernel_look *look)
{
    uint32_t info = look->symbols[INFO];

    view_want(look->view, info, INFO_USED);
    look->current = view_word(look->view, info + RUNNING_THREAD);
    uint8_t state = view_byte(look->view, info + KERNEL_STATE);
    if (state < STATE_RUNNING || state > STATE_SUSPENDED || !look->current ||
        !add(look, look->current, ""))
        return false;
    walk(look, READY_LIST, THREAD_NEXT);
    walk(look, DELAY_LIST, DELAY_NEXT);
    walk(look, WAIT_LIST, DELAY_NEXT);
    walk(look, TERMINATE_LIST, THREAD_NEXT);
    return true;
}

/* The low byte of EXC_RETURN stands in the block. Of a thread that was interrupted in Secure state
 * nothing is on this side. */
static bool frame(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    uint32_t pointer = view_word(look->view, block + STACK_POINTER);
    uint32_t low = view_word(look->view, block + STACK_MEMORY);
    uint32_t exc_return = 0xFFFFFF00u | view_byte(look->view, block + STACK_FRAME);

    if (!kernel_may_be(look, pointer) || pointer < low ||
        (look->two_states && exc_return & EXC_RETURN_SECURE))
        return false;
    view_want(look->view, pointer, 104);
    frame_take(look->view, &frame_layout_fp_r4, pointer, exc_return, frame);
    return frame_is_plausible(look->view, frame) &&
           frame->sp <= low + view_word(look->view, block + STACK_SIZE);
}

const struct rtos_kernel rtos_rtx5 = {
    .name = "RTX5",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
