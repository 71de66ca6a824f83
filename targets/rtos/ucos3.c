/* SPDX-License-Identifier: MIT */
/* uC/OS-III with OS_CFG_DBG_EN. What its control blocks hold depends on the build: a program may
 * say it in the constants that OpenOCD's helper file for it has; else the list of all tasks tells,
 * whose links point at each other, and what the tasks say of themselves together. os.h and the
 * ports of uC-OS3. */
#include "rtos/kernel.h"

#include <stdio.h>

enum symbol {
    RUNNING,
    CURRENT,
    TASKS,
    COUNT,
    PRIORITY,
    SP_OFFSET,
    NAME_OFFSET,
    STATE_OFFSET,
    PRIORITY_OFFSET,
    PREVIOUS_OFFSET,
    NEXT_OFFSET,
    SYMBOLS
};

static const struct kernel_symbol symbols[SYMBOLS] = {
    [RUNNING] = {"OSRunning", false},
    [CURRENT] = {"OSTCBCurPtr", false},
    [TASKS] = {"OSTaskDbgListPtr", false},
    [COUNT] = {"OSTaskQty", false},
    [PRIORITY] = {"OSPrioCur", true},
    [SP_OFFSET] = {"openocd_OS_TCB_StkPtr_offset", true},
    [NAME_OFFSET] = {"openocd_OS_TCB_NamePtr_offset", true},
    [STATE_OFFSET] = {"openocd_OS_TCB_TaskState_offset", true},
    [PRIORITY_OFFSET] = {"openocd_OS_TCB_Prio_offset", true},
    [PREVIOUS_OFFSET] = {"openocd_OS_TCB_DbgPrevPtr_offset", true},
    [NEXT_OFFSET] = {"openocd_OS_TCB_DbgNextPtr_offset", true},
};

/* struct os_tcb: the stack pointer is first, and this is as all versions have it. */
enum { TCB_NAME = 0x0C };
/* Behind the name; and no build has more of it. */
enum { TCB_FIRST = 0x10, TCB_LARGEST = 512 };
enum { MOST_TASKS = 1024 };

/* struct kernel_look.memory: places, found once; 0: not yet */
enum { PLACE_PREVIOUS, PLACE_NEXT, PLACE_STATE, PLACE_PRIORITY };

/* What the program says of a place. 0: nothing that can be. */
static uint32_t said(struct kernel_look *look, enum symbol symbol)
{
    uint32_t place = look->symbols[symbol] ? view_word(look->view, look->symbols[symbol]) : 0;

    return place < TCB_LARGEST ? place : 0;
}

/* --- the links --- */

/* The list of all tasks is as long as there are some, and leads back. */
static bool links_at(struct kernel_look *look, uint32_t previous, uint32_t next, unsigned count)
{
    uint32_t before = 0, task = view_word(look->view, look->symbols[TASKS]);

    for (unsigned n = 0; n < count; n++) {
        if (!kernel_may_be(look, task) || view_word(look->view, task + previous) != before)
            return false;
        before = task;
        task = view_word(look->view, task + next);
    }
    return task == 0;
}

static bool learn_links(struct kernel_look *look, unsigned count)
{
    uint32_t *places = look->memory;

    places[PLACE_PREVIOUS] = said(look, PREVIOUS_OFFSET);
    places[PLACE_NEXT] = said(look, NEXT_OFFSET);
    if (places[PLACE_PREVIOUS] && places[PLACE_NEXT])
        return true;
    for (uint32_t at = TCB_FIRST; at < TCB_LARGEST && !look->view->late; at += 4) {
        if (!links_at(look, at, at + 4, count))
            continue;
        places[PLACE_PREVIOUS] = at;
        places[PLACE_NEXT] = at + 4;
        return true;
    }
    places[PLACE_NEXT] = 0;
    return false;
}

/* --- states --- */

/* OS_TASK_STATE_ */
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
    enum { DELETED = 255 };

    if (state == DELETED)
        return "Deleted";
    return state < sizeof names / sizeof *names ? names[state] : "Unknown state";
}

/* PendOn, PendStatus, TaskState and Prio are a word: it pends on something if its state says so. */
static bool is_state(struct kernel_look *look, uint32_t task, uint32_t at)
{
    enum { MOST_KINDS = 16, MOST_STATUSES = 8, MOST_STATES = 8, STATE_PENDS = 2 };
    uint8_t bytes[4];

    view_read(look->view, task + at, bytes, sizeof bytes);
    bool current = task == look->current;
    if (current && bytes[2] != 0)
        return false;
    if (current && look->symbols[PRIORITY] &&
        bytes[3] != view_byte(look->view, look->symbols[PRIORITY]))
        return false;
    return bytes[0] < MOST_KINDS && bytes[1] < MOST_STATUSES && bytes[2] < MOST_STATES &&
           (bytes[0] != 0) == ((bytes[2] & STATE_PENDS) != 0);
}

/* Of all tasks, whose priorities are not all the same (idle has its own): what is zero in all is no
 * state. */
static bool states_at(struct kernel_look *look, uint32_t at, unsigned count)
{
    uint32_t task = view_word(look->view, look->symbols[TASKS]);
    uint8_t first = view_byte(look->view, task + at + 3);
    bool differ = false;

    for (unsigned n = 0; n < count && kernel_may_be(look, task); n++) {
        if (!is_state(look, task, at))
            return false;
        differ |= view_byte(look->view, task + at + 3) != first;
        task = view_word(look->view, task + look->memory[PLACE_NEXT]);
    }
    return differ;
}

static void learn_states(struct kernel_look *look, unsigned count)
{
    uint32_t *places = look->memory;

    places[PLACE_STATE] = said(look, STATE_OFFSET);
    places[PLACE_PRIORITY] = said(look, PRIORITY_OFFSET);
    if (places[PLACE_STATE] && places[PLACE_PRIORITY])
        return;
    places[PLACE_STATE] = places[PLACE_PRIORITY] = 0;
    for (uint32_t at = TCB_FIRST; at < places[PLACE_PREVIOUS] && !look->view->late; at += 4) {
        if (!states_at(look, at, count))
            continue;
        places[PLACE_STATE] = at + 2;
        places[PLACE_PRIORITY] = at + 3;
        return;
    }
}

/* --- the list --- */

static void describe(struct kernel_look *look, uint32_t task, struct rtos_thread *thread)
{
    const uint32_t *places = look->memory;
    uint32_t name = said(look, NAME_OFFSET);
    bool runs = task == look->current;

    view_text(look->view, view_word(look->view, task + (name ? name : TCB_NAME)), thread->name,
              sizeof thread->name);
    if (!places[PLACE_STATE])
        snprintf(thread->state, sizeof thread->state, "%s", runs ? "Running" : "Does not run");
    else
        snprintf(thread->state, sizeof thread->state, "%s, prio %u",
                 runs ? "Running" : state_name(view_byte(look->view, task + places[PLACE_STATE])),
                 view_byte(look->view, task + places[PLACE_PRIORITY]));
}

static void walk(struct kernel_look *look, unsigned count)
{
    const uint32_t *places = look->memory;
    uint32_t task = view_word(look->view, look->symbols[TASKS]);

    for (unsigned n = 0; n < count && task && !look->view->late; n++) {
        if (!kernel_may_be(look, task)) {
            kernel_damaged(look, task, "no memory for a task");
            return;
        }
        view_want(look->view, task, places[PLACE_NEXT] + 4);
        struct rtos_thread *thread = kernel_add(look, task);
        if (!thread) {
            kernel_damaged(look, task, "a list that leads into itself");
            return;
        }
        describe(look, task, thread);
        task = view_word(look->view, task + places[PLACE_NEXT]);
    }
}

static bool list(struct kernel_look *look)
{
    for (int i = 0; i < SYMBOLS; i++)
        if (look->symbols[i])
            view_want(look->view, look->symbols[i], 4);
    unsigned count = view_half(look->view, look->symbols[COUNT]);
    bool several = count > 1; /* one alone has links to nothing, as many words are */
    look->current = view_word(look->view, look->symbols[CURRENT]);
    if (view_byte(look->view, look->symbols[RUNNING]) != 1 || count == 0 || !look->current)
        return false;
    if (count > MOST_TASKS || !kernel_may_be(look, look->current) ||
        (several && !look->memory[PLACE_NEXT] && !learn_links(look, count))) {
        kernel_damaged(look, look->symbols[TASKS],
                       "not as any uC/OS-III has it; is this the program that the symbols are of?");
        return false;
    }
    if (several && !look->memory[PLACE_STATE])
        learn_states(look, count);
    walk(look, count);
    return true;
}

/* The same places for all cores; before 3.07 without EXC_RETURN. */
static bool frame(struct kernel_look *look, uint32_t task, struct frame *frame)
{
    static const struct frame_layout *const layouts[] = {&frame_layout_r4_exc, &frame_layout_r4,
                                                         NULL};
    uint32_t sp = view_word(look->view, task + said(look, SP_OFFSET));

    if (!kernel_may_be(look, sp))
        return false;
    view_want(look->view, sp, 104);
    return frame_find(look->view, layouts, sp, 0, 0, frame);
}

const struct rtos_kernel rtos_ucos3 = {
    .name = "uCOS-III",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
