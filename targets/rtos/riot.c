/* SPDX-License-Identifier: MIT */
/* RIOT: a table of threads by their numbers. sched.h and thread.h since 2020.04; the frame of its
 * Cortex-M ports became another in 2020.10. */
#include "rtos/kernel.h"

#include <stdio.h>

enum { THREADS, COUNT, ACTIVE, MAX, NAME_OFFSET, SYMBOLS };

static const struct kernel_symbol symbols[SYMBOLS] = {
    [THREADS] = {"sched_threads", false},       [COUNT] = {"sched_num_threads", false},
    [ACTIVE] = {"sched_active_pid", false},     [MAX] = {"max_threads", true},
    [NAME_OFFSET] = {"_tcb_name_offset", true},
};

enum { STACK_POINTER = 0, STATUS = 4, PRIORITY = 5, PIDS = 33 }; /* of which 0 is none's */

static const char *status_name(uint8_t status)
{
    static const char *const names[] = {"Stopped",
                                        "Zombie",
                                        "Sleeping",
                                        "Waits for a mutex",
                                        "Waits for a message",
                                        "Sends a message",
                                        "Waits for a reply",
                                        "Waits for any flag",
                                        "Waits for all flags",
                                        "Waits for a mailbox",
                                        "Waits for a condition",
                                        "Running",
                                        "Ready"};

    return status < sizeof names / sizeof *names ? names[status] : "Unknown state";
}

static void add(struct kernel_look *look, uint32_t thread, unsigned pid)
{
    struct rtos_thread *added = kernel_add(look, thread);

    if (!added)
        return;
    if (look->symbols[NAME_OFFSET]) {
        uint8_t offset = view_byte(look->view, look->symbols[NAME_OFFSET]);
        uint32_t name = view_word(look->view, thread + offset);

        view_text(look->view, name, added->name, sizeof added->name);
    }
    if (!added->name[0])
        snprintf(added->name, sizeof added->name, "pid %u", pid);
    snprintf(added->state, sizeof added->state, "%s, pid %u, prio %u",
             thread == look->current ? "Running"
                                     : status_name(view_byte(look->view, thread + STATUS)),
             pid, (unsigned)view_byte(look->view, thread + PRIORITY));
}

static bool list(struct kernel_look *look)
{
    uint32_t table = look->symbols[THREADS], left = view_word(look->view, look->symbols[COUNT]);
    unsigned active = view_half(look->view, look->symbols[ACTIVE]);
    unsigned pids = look->symbols[MAX] ? view_byte(look->view, look->symbols[MAX]) : PIDS;

    if (active == 0 || active >= pids || left == 0)
        return false;
    view_want(look->view, table, 4 * pids);
    look->current = view_word(look->view, table + 4 * active);
    if (!kernel_may_be(look, look->current))
        return false;
    for (unsigned pid = 1; pid < pids && left > 0; pid++) {
        uint32_t thread = view_word(look->view, table + 4 * pid);

        if (!thread)
            continue;
        left--;
        if (kernel_may_be(look, thread))
            add(look, thread, pid);
        else
            kernel_damaged(look, thread, "no memory for a thread");
    }
    return true;
}

static bool frame(struct kernel_look *look, uint32_t thread, struct frame *frame)
{
    static const struct frame_layout *const layouts[] = {&frame_layout_r4_exc, &frame_layout_exc_r4,
                                                         NULL};
    static const struct frame_layout *const layouts_v6m[] = {&frame_layout_r8_r4_exc,
                                                             &frame_layout_exc_r8_r4, NULL};
    uint32_t pointer = view_word(look->view, thread + STACK_POINTER);

    if (!kernel_may_be(look, pointer))
        return false;
    view_want(look->view, pointer, 104);
    return frame_find(look->view, look->small_core ? layouts_v6m : layouts, pointer, 0, 0, frame);
}

const struct rtos_kernel rtos_riot = {
    .name = "RIOT",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
