/* SPDX-License-Identifier: MIT */
/* ThreadX 6 (Azure RTOS, Eclipse ThreadX): all threads hang in a ring. tx_api.h of ThreadX 6.0 to
 * 6.4, whose Cortex-M ports put nothing of their own before the names. */
#include "rtos/kernel.h"

#include <stdio.h>

enum { CURRENT, CREATED, COUNT, SYSTEM_STATE, SYMBOLS };

static const struct kernel_symbol symbols[SYMBOLS] = {
    [CURRENT] = {"_tx_thread_current_ptr", false},
    [CREATED] = {"_tx_thread_created_ptr", false},
    [COUNT] = {"_tx_thread_created_count", false},
    [SYSTEM_STATE] = {"_tx_thread_system_state", true},
};

/* TX_THREAD, in bytes. */
enum {
    ID = 0,
    STACK_POINTER = 8,
    STACK_START = 0x0C,
    STACK_END = 0x10,
    NAME = 0x28,
    PRIORITY = 0x2C,
    STATE = 0x30,
    NEXT = 0x88,
    USED = 0x90
};
enum { IS_THREAD = 0x54485244 };
#define INITIALISING 0xF0F0F0F0u /* and above */

static const char *state_name(uint32_t state, char *text, size_t size)
{
    static const char *const names[] = {"Ready",
                                        "Completed",
                                        "Terminated",
                                        "Suspended",
                                        "Sleeping",
                                        "Waits for a queue",
                                        "Waits for a semaphore",
                                        "Waits for event flags",
                                        "Waits for a block of memory",
                                        "Waits for bytes of memory",
                                        "Waits for a driver",
                                        "Waits for a file",
                                        "Waits for TCP/IP",
                                        "Waits for a mutex",
                                        "Priority changes"};

    if (state < sizeof names / sizeof *names)
        return names[state];
    snprintf(text, size, "State %u", (unsigned)state);
    return text;
}

static void add(struct kernel_look *look, uint32_t block)
{
    struct rtos_thread *thread = kernel_add(look, block);
    uint32_t name = view_word(look->view, block + NAME);
    char text[24];

    if (!thread)
        return;
    const char *state = state_name(view_word(look->view, block + STATE), text, sizeof text);
    view_text(look->view, name, thread->name, sizeof thread->name);
    snprintf(thread->state, sizeof thread->state, "%s, prio %u",
             block == look->current ? "Running" : state,
             (unsigned)view_word(look->view, block + PRIORITY));
}

static bool list(struct kernel_look *look)
{
    uint32_t first = view_word(look->view, look->symbols[CREATED]);
    uint32_t count = view_word(look->view, look->symbols[COUNT]);
    uint32_t block = first;

    if (look->symbols[SYSTEM_STATE] &&
        view_word(look->view, look->symbols[SYSTEM_STATE]) >= INITIALISING)
        return false;
    look->current = view_word(look->view, look->symbols[CURRENT]);
    for (uint32_t n = 0; n < count && block && (n == 0 || block != first); n++) {
        if (!kernel_may_be(look, block)) {
            kernel_damaged(look, block, "no memory for a thread");
            break;
        }
        view_want(look->view, block, USED);
        if (view_word(look->view, block + ID) != IS_THREAD) {
            kernel_damaged(look, block, "no thread");
            break;
        }
        add(look, block);
        block = view_word(look->view, block + NEXT);
    }
    return kernel_count(look) > 0;
}

static bool frame(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    static const struct frame_layout *const layouts[] = {&frame_layout_exc_fp_r4, NULL};
    static const struct frame_layout *const layouts_v6m[] = {&frame_layout_exc_r8_r4, NULL};
    uint32_t pointer = view_word(look->view, block + STACK_POINTER);

    if (!kernel_may_be(look, pointer))
        return false;
    view_want(look->view, pointer, 104);
    return frame_find(look->view, look->small_core ? layouts_v6m : layouts, pointer,
                      view_word(look->view, block + STACK_START),
                      view_word(look->view, block + STACK_END) + 1, frame);
}

const struct rtos_kernel rtos_threadx = {
    .name = "ThreadX",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
