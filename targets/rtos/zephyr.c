/* SPDX-License-Identifier: MIT */
/* Zephyr, built with CONFIG_DEBUG_THREAD_INFO (CONFIG_OPENOCD_SUPPORT before 2.6): a table of
 * offsets in the flash says where everything is. kernel/thread_info.c, arch/arm/core/cortex_m. */
#include "rtos/kernel.h"

#include <stdio.h>
#include <string.h>

enum { KERNEL, OFFSETS, OLD_OFFSETS, COUNT, OLD_COUNT, SWITCH, SWITCH_LR, SWITCH_STACK, SYMBOLS };

/* The older names are there, too, in both generations. */
static const struct kernel_symbol symbols[SYMBOLS] = {
    [KERNEL] = {"_kernel", false},
    [OFFSETS] = {"_kernel_thread_info_offsets", true},
    [OLD_OFFSETS] = {"_kernel_openocd_offsets", true},
    [COUNT] = {"_kernel_thread_info_num_offsets", true},
    [OLD_COUNT] = {"_kernel_openocd_num_offsets", true},
    /* With CONFIG_USE_SWITCH threads are not switched by PendSV. */
    [SWITCH] = {"arm_m_cs_ptrs", true},
    [SWITCH_LR] = {"arm_m_exc_lr_ptr", true},
    [SWITCH_STACK] = {"arm_m_switch_stack_buffer", true},
};

enum offset {
    VERSION,
    CURRENT, /* in _kernel */
    THREADS, /* likewise: the first of all */
    ENTRY,   /* all others in a thread */
    NEXT,
    STATE,
    OPTIONS,
    PRIORITY,
    STACK_POINTER,
    NAME,
    ARCH,
    PREEMPT_FLOAT, /* in what ARCH says */
    COOP_FLOAT,
    MODE_EXC_RETURN, /* likewise */
    OFFSETS_USED
};
enum { OF_VERSION_0 = 9, THREAD_BYTES = 192 };
#define NOT_THERE UINT32_MAX

/* From the table, which may be shorter. */
static uint32_t offset_of(struct kernel_look *look, enum offset which)
{
    uint32_t table = look->symbols[look->symbols[OFFSETS] ? OFFSETS : OLD_OFFSETS];
    uint32_t counter = look->symbols[look->symbols[COUNT] ? COUNT : OLD_COUNT];
    uint32_t version = view_word(look->view, table);
    uint32_t count = counter ? view_word(look->view, counter) : OFFSETS_USED;

    if (version == 0 && count > OF_VERSION_0)
        count = OF_VERSION_0;
    return (uint32_t)which < count ? view_word(look->view, table + 4 * (uint32_t)which) : NOT_THERE;
}

/* 0 if the table has no such place. */
static uint32_t at(struct kernel_look *look, uint32_t base, enum offset which)
{
    uint32_t offset = offset_of(look, which);

    return offset == NOT_THERE ? 0 : base + offset;
}

static void append_state(uint8_t bits, char *text, size_t size)
{
    static const char *const names[] = {"dummy",     "pending",  "sleeping",   "dead",
                                        "suspended", "aborting", "suspending", "queued"};
    size_t used = 0;

    snprintf(text, size, "%s", "Idle");
    for (unsigned i = 0; i < 8; i++)
        if (bits >> i & 1 && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "+" : "", names[i]);
    if (bits == 1 << 7)
        snprintf(text, size, "Ready");
    else if (text[0] >= 'a')
        text[0] = (char)(text[0] - 'a' + 'A');
}

static void add(struct kernel_look *look, uint32_t block)
{
    struct rtos_thread *thread = kernel_add(look, block);
    char state[60] = "Running";

    if (!thread)
        return;
    if (at(look, block, NAME))
        view_text(look->view, at(look, block, NAME), thread->name, sizeof thread->name);
    if (block != look->current)
        append_state(view_byte(look->view, at(look, block, STATE)), state, sizeof state);
    snprintf(thread->state, sizeof thread->state, "%s, prio %d", state,
             (int8_t)view_byte(look->view, at(look, block, PRIORITY)));
}

static bool has_table(struct kernel_look *look)
{
    enum { VERSIONS = 2, FAR = 4096 };

    for (int i = CURRENT; i <= STACK_POINTER; i++)
        if (i != ENTRY && offset_of(look, (enum offset)i) > FAR)
            return false;
    return offset_of(look, VERSION) < VERSIONS;
}

static bool list(struct kernel_look *look)
{
    uint32_t table = look->symbols[look->symbols[OFFSETS] ? OFFSETS : OLD_OFFSETS];

    if (!table)
        return false;
    view_want(look->view, table, sizeof(uint32_t) * OFFSETS_USED);
    if (!has_table(look)) {
        kernel_damaged(look, table, "no table of offsets of Zephyr");
        return false;
    }
    uint32_t block = view_word(look->view, at(look, look->symbols[KERNEL], THREADS));
    look->current = view_word(look->view, at(look, look->symbols[KERNEL], CURRENT));
    if (!block || !kernel_may_be(look, look->current))
        return false;
    for (; block; block = view_word(look->view, at(look, block, NEXT))) {
        size_t before = kernel_count(look);

        if (!kernel_may_be(look, block)) {
            kernel_damaged(look, block, "no memory for a thread");
            break;
        }
        view_want(look->view, block, THREAD_BYTES);
        add(look, block);
        if (kernel_count(look) == before) { /* a loop, or too many */
            kernel_damaged(look, block, "a thread that was there before");
            break;
        }
    }
    return kernel_count(look) > 0;
}

/* --- registers --- */

/* PendSV leaves r4 to r11 in the thread, up to where it keeps PSP. */
static bool pended_frame(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    enum { EXC_RETURN_SHORT = 0x10 };
    uint32_t kept = at(look, block, STACK_POINTER), arch = at(look, block, ARCH);
    uint32_t psp = view_word(look->view, kept);
    bool knows = arch && offset_of(look, MODE_EXC_RETURN) != NOT_THERE;
    bool fpu =
        knows && !(view_byte(look->view, at(look, arch, MODE_EXC_RETURN)) & EXC_RETURN_SHORT);

    memset(frame, 0, sizeof *frame);
    if (!kernel_may_be(look, psp))
        return false;
    frame->layout = "r4-r11 in the thread";
    frame_take_words(frame, 4, 8, kept - 32);
    if (fpu && offset_of(look, PREEMPT_FLOAT) != NOT_THERE)
        frame_take_words(frame, FRAME_S0 + 16, 16, at(look, arch, PREEMPT_FLOAT));
    frame_take_pushed(look->view, psp, fpu, frame);
    return frame_is_plausible(look->view, frame);
}

/* With CONFIG_USE_SWITCH the context is on the stack, in one of two generations, each with or
 * without words for the FPU and for PSPLIM. */
struct switched {
    bool old, fpu, limit;
};
static const struct switched switched[] = {
    {false, true, true}, {false, true, false}, {false, false, true}, {false, false, false},
    {true, true, true},  {true, true, false},  {true, false, true},  {true, false, false},
};
enum { SWITCHED = sizeof switched / sizeof *switched };

static bool switched_frame(struct kernel_look *look, const struct switched *how, uint32_t words,
                           struct frame *frame)
{
    uint32_t fpu = how->fpu ? view_word(look->view, words) : 0;
    uint32_t next = words + (how->fpu ? 4 : 0);

    memset(frame, 0, sizeof *frame);
    if (fpu > 1)
        return false;
    if (fpu) {
        frame_take_words(frame, FRAME_S0 + (how->old ? 0 : 16), how->old ? 32 : 16, next);
        next += how->old ? 128 : 64;
        if (how->old) {
            frame->at[FRAME_FPSCR] = next;
            next += 4;
        }
    }
    if (how->limit) {
        frame->at[FRAME_PSPLIM] = next;
        if (view_word(look->view, next) > words ||
            !kernel_may_be(look, view_word(look->view, next)))
            return false;
        next += 4;
    }
    if (!how->old) {
        frame->layout = "on the stack, r4-r11 first (Zephyr 2026)";
        frame_take_words(frame, 4, 8, next);
        frame_take_pushed(look->view, next + 32, fpu != 0, frame);
        return view_word(look->view, frame->at[FRAME_PC]) & 1 &&
               frame_is_plausible(look->view, frame);
    }
    frame->layout = "on the stack, APSR first (Zephyr 2025)";
    frame_take_words(frame, 0, 13, next + 4);
    frame_take_words(frame, FRAME_LR, 2, next + 56);
    frame->sp = next + 64;
    return !(view_word(look->view, next) & 0x07F0FFFFu) &&
           view_word(look->view, frame->at[FRAME_PC]) & 1 && frame_is_plausible(look->view, frame);
}

/* The table has no offset of switch_handle: it is the place in the thread from which a pointer
 * leads to such a context. The same for all threads, so a chance is seen once at most. */
enum { KNOWN_PLACE, KNOWN_FORM };

static bool learn_switched(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    if (look->view->gathers) /* nothing is learnt of what is not read yet */
        return false;
    for (uint32_t place = 4; place < THREAD_BYTES; place += 4) {
        uint32_t words = view_word(look->view, block + place);

        if (!kernel_may_be(look, words) || words == block)
            continue;
        for (uint32_t i = 0; i < SWITCHED; i++)
            if (switched_frame(look, &switched[i], words, frame)) {
                look->memory[KNOWN_PLACE] = place;
                look->memory[KNOWN_FORM] = i;
                return true;
            }
    }
    return false;
}

static bool frame(struct kernel_look *look, uint32_t block, struct frame *frame)
{
    bool switches =
        look->symbols[SWITCH] || look->symbols[SWITCH_LR] || look->symbols[SWITCH_STACK];

    if (!switches)
        return pended_frame(look, block, frame);
    uint32_t place = look->memory[KNOWN_PLACE];
    if (place && switched_frame(look, &switched[look->memory[KNOWN_FORM]],
                                view_word(look->view, block + place), frame))
        return true;
    return learn_switched(look, block, frame);
}

const struct rtos_kernel rtos_zephyr = {
    .name = "Zephyr",
    .symbols = symbols,
    .symbol_count = SYMBOLS,
    .on_psp = true,
    .list = list,
    .frame = frame,
};
