/* SPDX-License-Identifier: MIT */
#include "rtos/frames.h"

#include <string.h>

enum {
    PUSHED_WORDS = 8,
    PUSHED_LONG = 26, /* S0 to S15, FPSCR and a word of nothing */
    EXC_RETURN_SHORT = 1 << 4,
    XPSR_PADDED = 1 << 9,
    XPSR_T = 1 << 24,
    XPSR_IPSR = 0x1FF,
    XPSR_ZERO = 0xD << 20, /* DDI 0403, B1.4.2; bit 21 is Armv8.1-M's */
};

#define NO NOWHERE
/*                       name, r4, r8, exc_return, s16, pushed, control, psplim, psp, s0, fixed */
#define LAYOUT(id, ...) const struct frame_layout frame_layout_##id = {__VA_ARGS__}
/* clang-format off */
LAYOUT(r4,                   "r4-r11",                               0, 4, NO, NO, 8, NO, NO, NO, NO, false);
LAYOUT(exc_r4,               "EXC_RETURN r4-r11",                    1, 5,  0,  9, 9, NO, NO, NO, NO, false);
LAYOUT(r4_exc,               "r4-r11 EXC_RETURN",                    0, 4,  8,  9, 9, NO, NO, NO, NO, false);
LAYOUT(limit_exc_r4,         "PSPLIM EXC_RETURN r4-r11",             2, 6,  1, 10, 10, NO, 0, NO, NO, false);
LAYOUT(keys_limit_exc_r4,    "PAC keys PSPLIM EXC_RETURN r4-r11",    6, 10, 5, 14, 14, NO, 4, NO, NO, false);
LAYOUT(secure_limit_exc_r4,  "xSecureContext PSPLIM EXC_RETURN r4-r11", 3, 7, 2, 11, 11, NO, 1, NO, NO, false);
LAYOUT(control_r4_exc,       "CONTROL r4-r11 EXC_RETURN",            1, 5,  9, 10, 10, 0, NO, NO, NO, false);
LAYOUT(control_r4,           "CONTROL r4-r11",                       1, 5, NO, NO, 9, 0, NO, NO, NO, false);
LAYOUT(exc_fp_r4,            "EXC_RETURN s16-s31 r4-r11",            1, 5,  0,  1, 9, NO, NO, NO, NO, false);
LAYOUT(exc_r8_r4,            "EXC_RETURN r8-r11 r4-r7",              5, 1,  0, NO, 9, NO, NO, NO, NO, false);
LAYOUT(r8_r4_exc,            "r8-r11 r4-r7 EXC_RETURN",              4, 0,  8, NO, 9, NO, NO, NO, NO, false);
LAYOUT(fp_r4,                "s16-s31 r4-r11",                       0, 4, NO,  0, 8, NO, NO, NO, NO, false);
/* In the control block, from behind its last word: */
LAYOUT(mpu_v7m,         "MPU, Armv7-M", -18, -14, -10, -52,  -8, -19, NO, -9, -36, true);
LAYOUT(mpu_v8m,         "MPU, Armv8-M", -20, -16,  -1, -53, -12,  -2, -3, -4, -37, true);
LAYOUT(mpu_v8m_secure,  "MPU, Armv8-M, TrustZone", -21, -17, -1, -54, -13, -2, -3, -4, -38, true);
LAYOUT(mpu_v6m,         "MPU, Armv6-M", -19, -15,  -1,  NO, -11,  -2, NO, -3,  NO, true);
/* clang-format on */

bool frame_is_exc_return(uint32_t word)
{
    return (word & 0xFFFFFF80u) == 0xFFFFFF80u && (word & 0x0E) == 0x0C;
}

void frame_take_words(struct frame *frame, unsigned slot, unsigned count, uint32_t address)
{
    for (unsigned i = 0; i < count; i++)
        frame->at[slot + i] = address + 4 * i;
}

static void take_basic(struct frame *frame, uint32_t address)
{
    frame_take_words(frame, 0, 4, address);
    frame->at[12] = address + 16;
    frame->at[FRAME_LR] = address + 20;
    frame->at[FRAME_PC] = address + 24;
    frame->at[FRAME_XPSR] = address + 28;
}

static void take_float(struct frame *frame, uint32_t address)
{
    frame_take_words(frame, FRAME_S0, 16, address);
    frame->at[FRAME_FPSCR] = address + 64;
}

/* The core leaves out a word where the stack stood at an odd one. */
static void set_sp(struct view *view, struct frame *frame, uint32_t address, bool fpu)
{
    uint32_t xpsr = view_word(view, frame->at[FRAME_XPSR]);

    frame->sp = address + 4 * (fpu ? PUSHED_LONG : PUSHED_WORDS) + (xpsr & XPSR_PADDED ? 4 : 0);
}

void frame_take_pushed(struct view *view, uint32_t address, bool fpu, struct frame *frame)
{
    view_want(view, address, 4 * PUSHED_WORDS);
    take_basic(frame, address);
    if (fpu)
        take_float(frame, address + 4 * PUSHED_WORDS);
    set_sp(view, frame, address, fpu);
}

/* The address of the word of a layout that is `place`. */
static uint32_t word_of(const struct frame_layout *layout, uint32_t pointer, int place, bool fpu)
{
    bool behind = fpu && layout->s16 != NOWHERE && !layout->fixed && place >= layout->s16;

    return pointer + (uint32_t)(4 * (place + (behind ? 16 : 0)));
}

static void take_added(const struct frame_layout *layout, uint32_t pointer, bool fpu,
                       struct frame *frame)
{
    frame_take_words(frame, 4, 4, word_of(layout, pointer, layout->r4, fpu));
    frame_take_words(frame, 8, 4, word_of(layout, pointer, layout->r8, fpu));
    if (layout->control != NOWHERE)
        frame->at[FRAME_CONTROL] = word_of(layout, pointer, layout->control, fpu);
    if (layout->psplim != NOWHERE)
        frame->at[FRAME_PSPLIM] = word_of(layout, pointer, layout->psplim, fpu);
    if (fpu && layout->s16 != NOWHERE)
        frame_take_words(frame, FRAME_S0 + 16, 16, pointer + (uint32_t)(4 * layout->s16));
}

void frame_take(struct view *view, const struct frame_layout *layout, uint32_t pointer,
                uint32_t exc_return, struct frame *frame)
{
    if (layout->exc_return != NOWHERE)
        exc_return = view_word(view, pointer + (uint32_t)(4 * layout->exc_return));
    bool fpu = !(exc_return & EXC_RETURN_SHORT);
    uint32_t pushed = word_of(layout, pointer, layout->pushed, fpu);

    memset(frame, 0, sizeof *frame);
    frame->layout = layout->name;
    take_added(layout, pointer, fpu, frame);
    if (layout->psp == NOWHERE) {
        frame_take_pushed(view, pushed, fpu, frame);
        return;
    }
    take_basic(frame, pushed);
    if (fpu && layout->s0 != NOWHERE)
        take_float(frame, pointer + (uint32_t)(4 * layout->s0));
    set_sp(view, frame, view_word(view, pointer + (uint32_t)(4 * layout->psp)), fpu);
}

bool frame_is_plausible(struct view *view, const struct frame *frame)
{
    uint32_t pc = view_word(view, frame->at[FRAME_PC]);

    if (frame->at[FRAME_XPSR]) {
        uint32_t xpsr = view_word(view, frame->at[FRAME_XPSR]);

        if (!(xpsr & XPSR_T) || xpsr & (XPSR_IPSR | XPSR_ZERO))
            return false;
    }
    return pc > 1 && view_is_memory(view, pc) && frame->sp % 4 == 0;
}

static bool fits(struct view *view, const struct frame_layout *layout, uint32_t pointer,
                 uint32_t low, uint32_t high, struct frame *frame)
{
    if (layout->exc_return != NOWHERE &&
        !frame_is_exc_return(view_word(view, pointer + (uint32_t)(4 * layout->exc_return))))
        return false;
    frame_take(view, layout, pointer, EXC_RETURN_SHORT, frame);
    return frame_is_plausible(view, frame) && (!low || frame->sp > low) &&
           (!high || frame->sp <= high);
}

/* Layouts that keep EXC_RETURN have more to be wrong in, and are believed before those that do
 * not. */
bool frame_find(struct view *view, const struct frame_layout *const *candidates, uint32_t pointer,
                uint32_t low, uint32_t high, struct frame *frame)
{
    for (int keeps = 1; keeps >= 0; keeps--)
        for (size_t i = 0; candidates[i]; i++)
            if ((candidates[i]->exc_return != NOWHERE) == keeps &&
                fits(view, candidates[i], pointer, low, high, frame))
                return true;
    memset(frame, 0, sizeof *frame);
    return false;
}
