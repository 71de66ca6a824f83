/* SPDX-License-Identifier: MIT */
/* FreeRTOS 8 to 11. Neither sizes of its lists nor places in its control blocks are known without
 * the program's debug information: both are told by the lists themselves, which point at each
 * other in ways that no other form of them would. tasks.c and list.h of FreeRTOS-Kernel. */
#include "rtos/kernel.h"

#include <stdio.h>

enum symbol {
    CURRENT,
    CURRENT_OF_CORES,
    READY,
    DELAYED_1,
    DELAYED_2,
    PENDING,
    SUSPENDED,
    TERMINATED,
    COUNT_OF_TASKS,
    STARTED,
    TOP_PRIORITY,
    SYMBOLS
};

static const struct kernel_symbol symbols[SYMBOLS] = {
    [CURRENT] = {"pxCurrentTCB", true},
    [CURRENT_OF_CORES] = {"pxCurrentTCBs", true},
    [READY] = {"pxReadyTasksLists", false},
    [DELAYED_1] = {"xDelayedTaskList1", false},
    [DELAYED_2] = {"xDelayedTaskList2", false},
    [PENDING] = {"xPendingReadyList", false},
    [SUSPENDED] = {"xSuspendedTaskList", true},
    [TERMINATED] = {"xTasksWaitingTermination", true},
    [COUNT_OF_TASKS] = {"uxCurrentNumberOfTasks", false},
    [STARTED] = {"xSchedulerRunning", false},
    [TOP_PRIORITY] = {"uxTopUsedPriority", true},
};

/* A list and an item of it, in bytes. Integrity words, as long as a tick, move all of it, and so do
 * ticks of 64 bits; without mini items only the list is longer. */
struct list_form {
    uint8_t count, end;        /* of the list: its end is an item.. */
    uint8_t value, value_size; /* ..with the largest value */
    uint8_t next, owner, container, item;
    uint8_t mini, full; /* size of the list, by what its end is */
};
/* clang-format off */
static const struct list_form forms[] = {
    {0,  8, 0, 4,  4, 12, 16, 20, 0x14, 0x1C}, /* ticks of 16 bits, too */
    {0,  8, 0, 8,  8, 16, 20, 24, 0x18, 0x20},
    {4, 12, 4, 4,  8, 16, 20, 28, 0x20, 0x2C}, /* with integrity words.. */
    {4, 12, 2, 2,  4, 12, 16, 24, 0x1C, 0x28}, /* ..of 16 bits.. */
    {8, 16, 8, 8, 16, 24, 28, 40, 0x30, 0x40}, /* ..of 64 */
};
/* clang-format on */
enum { FORMS = sizeof forms / sizeof *forms };

/* struct kernel_look.memory */
enum { KNOWN_FORM, KNOWN_STRIDE, KNOWN_ITEM };

enum { PRIORITIES = 256, COUNT_MAX = 100000 };

static uint32_t word_at(struct kernel_look *look, enum symbol symbol)
{
    return look->symbols[symbol] ? view_word(look->view, look->symbols[symbol]) : 0;
}

/* --- lists --- */

/* portMAX_DELAY; of 16 bits, perhaps. */
static bool is_end_value(struct kernel_look *look, const struct list_form *form, uint32_t end)
{
    uint32_t at = end + form->value;

    if (form->value_size == 8 && view_word(look->view, at + 4) != UINT32_MAX)
        return false;
    return view_half(look->view, at) == UINT16_MAX;
}

/* A list of this form could be there. */
static bool is_list(struct kernel_look *look, const struct list_form *form, uint32_t list)
{
    uint32_t end = list + form->end;
    uint32_t count = view_word(look->view, list + form->count);
    uint32_t next = view_word(look->view, end + form->next);

    if (!is_end_value(look, form, end) || count > COUNT_MAX)
        return false;
    if (count == 0 || next == end)
        return count == 0 && next == end &&
               view_word(look->view, list + form->count + 4) == end; /* pxIndex */
    return kernel_may_be(look, next) && view_word(look->view, next + form->container) == list;
}

static const struct list_form *form_of(struct kernel_look *look)
{
    uint32_t ready = look->symbols[READY], pending = look->symbols[PENDING];

    if (look->memory[KNOWN_FORM])
        return &forms[look->memory[KNOWN_FORM] - 1];
    for (uint32_t i = 0; i < FORMS; i++) {
        const struct list_form *form = &forms[i];

        if (!is_list(look, form, ready) || !is_list(look, form, pending))
            continue;
        look->memory[KNOWN_FORM] = i + 1;
        look->memory[KNOWN_STRIDE] = is_list(look, form, ready + form->mini)   ? form->mini
                                     : is_list(look, form, ready + form->full) ? form->full
                                                                               : form->mini;
        return form;
    }
    return NULL;
}

/* --- tasks --- */

/* What stands where behind the items: uxPriority, pxStack, two words of a kernel for several cores,
 * pcTaskName. */
struct places {
    uint32_t state_item, event_item, priority, stack, name;
};

static struct places places_of(const struct kernel_look *look, const struct list_form *form)
{
    struct places places = {.state_item = look->memory[KNOWN_ITEM]};

    places.event_item = places.state_item + form->item;
    places.priority = places.event_item + form->item;
    places.stack = places.priority + 4;
    places.name = places.stack + 4 + (look->symbols[CURRENT_OF_CORES] ? 8 : 0);
    return places;
}

static void add_task(struct kernel_look *look, const struct list_form *form, uint32_t task,
                     const char *state)
{
    struct places places = places_of(look, form);
    struct rtos_thread *thread = kernel_add(look, task);

    if (!thread)
        return;
    view_want(look->view, task, places.name + RTOS_NAME - 17);
    uint32_t priority = view_word(look->view, task + places.priority);
    view_text(look->view, task + places.name, thread->name, sizeof thread->name);
    snprintf(thread->state, sizeof thread->state, "%s, prio %u",
             task == look->current ? "Running" : state, (unsigned)priority);
}

/* Where the items are in a task: all tasks have them alike. */
static bool learn_item(struct kernel_look *look, uint32_t item, uint32_t task)
{
    enum { LARGEST_MPU_SETTINGS = 2048 };

    if (!look->memory[KNOWN_ITEM] && item > task && item - task <= LARGEST_MPU_SETTINGS)
        look->memory[KNOWN_ITEM] = item - task;
    return look->memory[KNOWN_ITEM] != 0;
}

/* The item of a task that waits for an event lies in that event's list, too. */
static const char *suspended_state(struct kernel_look *look, const struct list_form *form,
                                   uint32_t task)
{
    uint32_t event = task + places_of(look, form).event_item;

    return view_word(look->view, event + form->container)
               ? "Blocked"
               : "Suspended, or waits for a notification";
}

static void delayed_state(struct kernel_look *look, const struct list_form *form, uint32_t item,
                          char *state, size_t size)
{
    uint32_t value = form->value_size == 2 ? view_half(look->view, item + form->value)
                                           : view_word(look->view, item + form->value);

    snprintf(state, size, "Blocked until tick %u", (unsigned)value);
}

struct walk {
    enum symbol symbol; /* whose list it is */
    uint32_t list;
    const char *state; /* NULL: as the task says */
    bool event_items;  /* it holds those */
};

static bool take_item(struct kernel_look *look, const struct list_form *form,
                      const struct walk *walk, uint32_t item)
{
    char state[48];
    const char *text = walk->state;
    uint32_t task = view_word(look->view, item + form->owner);

    if (view_word(look->view, item + form->container) != walk->list) {
        kernel_damaged(look, item, "no item of the list that leads to it");
        return false;
    }
    if (!kernel_may_be(look, task)) {
        kernel_damaged(look, task, "no memory for a task");
        return false;
    }
    if (!walk->event_items && !learn_item(look, item, task))
        return true;
    if (walk->symbol == SUSPENDED)
        text = suspended_state(look, form, task);
    if (walk->symbol == DELAYED_1) {
        delayed_state(look, form, item, state, sizeof state);
        text = state;
    }
    add_task(look, form, task, text);
    return true;
}

static void walk_list(struct kernel_look *look, const struct list_form *form,
                      const struct walk *walk, uint32_t tasks)
{
    uint32_t end = walk->list + form->end;
    uint32_t count = view_word(look->view, walk->list + form->count);
    uint32_t item = view_word(look->view, end + form->next);

    if (count > tasks) {
        kernel_damaged(look, walk->list, "a list longer than there are tasks");
        count = tasks;
    }
    for (uint32_t n = 0; n < count && item != end && !look->view->late; n++) {
        if (!kernel_may_be(look, item)) {
            kernel_damaged(look, item, "no memory for an item");
            return;
        }
        view_want(look->view, item - form->end, 96);
        if (!take_item(look, form, walk, item))
            return;
        item = view_word(look->view, item + form->next);
    }
}

static bool is_another_list(const struct kernel_look *look, uint32_t list)
{
    for (int i = 0; i < SYMBOLS; i++)
        if (i != READY && look->symbols[i] == list)
            return true;
    return false;
}

/* As many as there are priorities; where that is not known, as many as look like lists. */
static void walk_ready(struct kernel_look *look, const struct list_form *form, uint32_t tasks)
{
    uint32_t top = word_at(look, TOP_PRIORITY);
    uint32_t stride = look->memory[KNOWN_STRIDE], list = look->symbols[READY];
    bool known = look->symbols[TOP_PRIORITY] && top < PRIORITIES;

    for (uint32_t i = 0; known ? i <= top : i < PRIORITIES; i++, list += stride) {
        struct walk walk = {READY, list, "Ready", false};

        if (kernel_count(look) >= tasks)
            return;
        if (is_another_list(look, list) || !is_list(look, form, list))
            break;
        walk_list(look, form, &walk, tasks);
    }
}

static void walk_others(struct kernel_look *look, const struct list_form *form, uint32_t tasks)
{
    static const struct walk lists[] = {
        {DELAYED_1, 0, NULL, false},
        {DELAYED_2, 0, NULL, false},
        {SUSPENDED, 0, NULL, false},
        {TERMINATED, 0, "Deleted", false},
    };
    struct walk pending = {PENDING, look->symbols[PENDING], "Ready", true};

    if (look->memory[KNOWN_ITEM])
        walk_list(look, form, &pending, tasks);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct walk walk = lists[i];

        walk.list = look->symbols[walk.symbol];
        if (walk.symbol == DELAYED_2)
            walk.symbol = DELAYED_1;
        if (walk.list)
            walk_list(look, form, &walk, tasks);
    }
}

/* The running task is in a list of ready ones; any node tells where the items are. */
static bool learn_from_current(struct kernel_look *look, const struct list_form *form)
{
    enum { ITEMS = 64, NEAR = 2048 };

    for (uint32_t at = 4; !look->memory[KNOWN_ITEM] && at < NEAR; at += 4)
        if (view_word(look->view, look->current + at + form->owner) == look->current &&
            view_word(look->view, look->current + at + form->item + form->owner) == look->current)
            look->memory[KNOWN_ITEM] = at;
    return look->memory[KNOWN_ITEM] != 0;
}

static bool list(struct kernel_look *look)
{
    enum symbol current = look->symbols[CURRENT] ? CURRENT : CURRENT_OF_CORES;

    view_gather(look->view);
    for (int i = 0; i < SYMBOLS; i++)
        if (look->symbols[i])
            view_want(look->view, look->symbols[i], 32);
    view_gathered(look->view);
    uint32_t tasks = word_at(look, COUNT_OF_TASKS);
    look->current = word_at(look, current);
    if (word_at(look, STARTED) != 1 || tasks == 0 || !look->current)
        return false;
    const struct list_form *form = form_of(look);
    if (!form || !kernel_may_be(look, look->current)) {
        kernel_damaged(look, look->symbols[form ? current : READY],
                       "not as any FreeRTOS has it; is this the program that the symbols are of?");
        return false;
    }
    view_want(look->view, look->current, 96);
    if (!learn_from_current(look, form)) {
        kernel_damaged(look, look->current, "no task control block");
        return false;
    }
    add_task(look, form, look->current, "Running");
    walk_others(look, form, tasks);
    walk_ready(look, form, tasks);
    return true;
}

/* --- registers --- */

static bool frame(struct kernel_look *look, uint32_t task, struct frame *frame)
{
    static const struct frame_layout *const on_stack[] = {&frame_layout_r4_exc,
                                                          &frame_layout_limit_exc_r4,
                                                          &frame_layout_secure_limit_exc_r4,
                                                          &frame_layout_exc_r4,
                                                          &frame_layout_keys_limit_exc_r4,
                                                          &frame_layout_control_r4_exc,
                                                          &frame_layout_control_r4,
                                                          &frame_layout_r4,
                                                          NULL};
    static const struct frame_layout *const in_block[] = {
        &frame_layout_mpu_v7m, &frame_layout_mpu_v8m, &frame_layout_mpu_v8m_secure,
        &frame_layout_mpu_v6m, NULL};
    const struct list_form *form = form_of(look);
    uint32_t top = view_word(look->view, task);

    if (!form)
        return false;
    struct places places = places_of(look, form);
    bool inside = top > task && top <= task + places.state_item && places.state_item > 4;
    uint32_t stack = view_word(look->view, task + places.stack);
    if (!kernel_may_be(look, top))
        return false;
    view_want(look->view, inside ? task : top, inside ? places.state_item : 104);
    return frame_find(look->view, inside ? in_block : on_stack, top, stack, 0, frame);
}

const struct rtos_kernel rtos_freertos = {
    .name = "FreeRTOS",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
