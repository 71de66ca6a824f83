/* SPDX-License-Identifier: MIT */
/* ChibiOS/RT with its registry of threads (CH_CFG_USE_REGISTRY): `ch_debug` says where all is, and
 * became longer with RT 7. chregistry.c and chcore.h (Armv6-M, Armv7-M) of 2.x to 21.11. */
#include "rtos/kernel.h"

#include <stdio.h>
#include <string.h>

enum { DEBUG, INSTANCE, SYSTEM, KERNEL, READY_LIST, SYMBOLS };

static const struct kernel_symbol symbols[SYMBOLS] = {
    [DEBUG] = {"ch_debug", false},
    [INSTANCE] = {"ch0", true},     /* RT 7 and later; links point into threads, at their links */
    [SYSTEM] = {"ch_system", true}, /* likewise, with the registry of several cores */
    [KERNEL] = {"ch", true},        /* RT 3 to 6 */
    [READY_LIST] = {"rlist", true}, /* 2.x */
};

/* chdebug_t, in bytes. */
enum {
    MAGIC = 0,
    SIZE = 5,
    OFF_PRIORITY = 0x0B,
    OFF_CONTEXT = 0x0C,
    OFF_NEWER = 0x0D,
    OFF_NAME = 0x0F,
    OFF_STATE = 0x11,
    CONTEXT_SIZE = 0x1A, /* from here on since RT 7 */
    OFF_SYSTEM_LIST = 0x1F,
    OFF_INSTANCE_CURRENT = 0x25,
    OFF_INSTANCE_LIST = 0x28,
    USED = 0x2C,
    SIZE_OLD = 0x16
};
enum { IS_CHIBIOS = 0x6E69616D }; /* "main" */

static uint8_t field(struct kernel_look *look, uint32_t which)
{
    return view_byte(look->view, look->symbols[DEBUG] + which);
}

static bool is_new(struct kernel_look *look)
{
    return field(look, SIZE) > SIZE_OLD;
}

static const char *state_name(uint8_t state)
{
    static const char *const names[] = {"Ready",
                                        "Running",
                                        "Not started",
                                        "Suspended",
                                        "Waits in a queue",
                                        "Waits for a semaphore",
                                        "Waits for a mutex",
                                        "Waits for a condition",
                                        "Sleeping",
                                        "Waits for a thread's end",
                                        "Waits for an event",
                                        "Waits for events",
                                        "Sends, queued",
                                        "Sends a message",
                                        "Waits for a message",
                                        "Ended"};

    return state < sizeof names / sizeof *names ? names[state] : "Unknown state";
}

static void add(struct kernel_look *look, uint32_t block)
{
    struct rtos_thread *thread = kernel_add(look, block);
    uint32_t priority = block + field(look, OFF_PRIORITY);

    if (!thread)
        return;
    uint32_t name = view_word(look->view, block + field(look, OFF_NAME));
    if (name)
        view_text(look->view, name, thread->name, sizeof thread->name);
    snprintf(thread->state, sizeof thread->state, "%s, prio %u",
             block == look->current
                 ? "Running"
                 : state_name(view_byte(look->view, block + field(look, OFF_STATE))),
             (unsigned)view_word(look->view, priority));
}

/* Where the ring of threads begins and ends, and in what the running one is named. */
struct registry {
    uint32_t head, current;
    uint32_t link; /* of a thread, to which links point; 0: they point to the thread */
};

static bool find_registry(struct kernel_look *look, struct registry *registry)
{
    uint32_t old = look->symbols[look->symbols[KERNEL] ? KERNEL : READY_LIST];

    if (is_new(look)) {
        uint32_t instance = look->symbols[INSTANCE], system = look->symbols[SYSTEM];
        uint8_t in_system = field(look, OFF_SYSTEM_LIST);

        registry->head =
            system && in_system ? system + in_system : instance + field(look, OFF_INSTANCE_LIST);
        registry->current = instance + field(look, OFF_INSTANCE_CURRENT);
        registry->link = field(look, OFF_NEWER);
        return instance != 0;
    }
    registry->head = old;
    registry->current = old + field(look, OFF_NAME);
    registry->link = 0;
    return old != 0;
}

static uint32_t next_of(struct kernel_look *look, const struct registry *registry, uint32_t node)
{
    return view_word(look->view, node + (registry->link ? 0 : field(look, OFF_NEWER)));
}

static void walk(struct kernel_look *look, const struct registry *registry)
{
    uint32_t node = next_of(look, registry, registry->head);

    while (node != registry->head) {
        uint32_t block = node - registry->link;
        size_t before = kernel_count(look);

        if (!kernel_may_be(look, block)) {
            kernel_damaged(look, block, "no memory for a thread");
            return;
        }
        view_want(look->view, block, 64);
        add(look, block);
        if (kernel_count(look) == before) {
            kernel_damaged(look, block, "a thread that was there before");
            return;
        }
        node = next_of(look, registry, node);
    }
}

static bool list(struct kernel_look *look)
{
    struct registry registry;

    view_want(look->view, look->symbols[DEBUG], USED);
    if (view_word(look->view, look->symbols[DEBUG] + MAGIC) != IS_CHIBIOS) {
        kernel_damaged(look, look->symbols[DEBUG], "no description of ChibiOS/RT");
        return false;
    }
    if (!find_registry(look, &registry))
        return false;
    look->current = view_word(look->view, registry.current);
    if (!kernel_may_be(look, look->current) ||
        !view_word(look->view, registry.head + (registry.link ? 0 : field(look, OFF_NEWER))))
        return false;
    walk(look, &registry);
    return kernel_count(look) > 0;
}

/* --- registers --- */

/* A switch is a call: what a call may change was not kept. */
static bool take(struct kernel_look *look, uint32_t pointer, bool fpu, struct frame *frame)
{
    uint32_t r4 = pointer + (fpu ? 64 : 0);

    memset(frame, 0, sizeof *frame);
    frame->layout = look->small_core ? "r8-r11 r4-r7 PC, a call"
                    : fpu            ? "s16-s31 r4-r11 PC, a call"
                                     : "r4-r11 PC, a call";
    if (fpu)
        frame_take_words(frame, FRAME_S0 + 16, 16, pointer);
    frame_take_words(frame, 4, 4, look->small_core ? r4 + 16 : r4);
    frame_take_words(frame, 8, 4, look->small_core ? r4 : r4 + 16);
    frame->at[FRAME_PC] = r4 + 32;
    frame->sp = r4 + 36;
    return view_word(look->view, frame->at[FRAME_PC]) & 1 && frame_is_plausible(look->view, frame);
}

static bool frame(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    enum { WITH_FPU = 0x64, LIMIT = 4 };
    uint32_t pointer = view_word(look->view, block + field(look, OFF_CONTEXT));
    uint32_t size = is_new(look) ? field(look, CONTEXT_SIZE) : 0;

    if (!kernel_may_be(look, pointer))
        return false;
    view_want(look->view, pointer, 104);
    if (size % 0x20 == 4 + LIMIT) /* PSPLIM in front */
        pointer += LIMIT;
    if (size)
        return take(look, pointer, size >= WITH_FPU, frame);
    return take(look, pointer, false, frame) || take(look, pointer, true, frame);
}

const struct rtos_kernel rtos_chibios = {
    .name = "ChibiOS",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
