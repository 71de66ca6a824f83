/* SPDX-License-Identifier: MIT */
/* Where the registers of a thread that does not run are: what the core pushed (DDI 0403, B1.5.6)
 * and what the kernel's switch added, as a table of layouts, of which the words on the stack
 * themselves say which it is. Worker thread. */
#ifndef PROBED_RTOS_FRAMES_H
#define PROBED_RTOS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rtos/view.h"

enum frame_slot {
    FRAME_LR = 14, /* before it r0 to r12, and none of SP */
    FRAME_PC,
    FRAME_XPSR,
    FRAME_CONTROL,
    FRAME_PSPLIM,
    FRAME_BASEPRI,
    FRAME_FPSCR,
    FRAME_S0,
    FRAME_SLOTS = FRAME_S0 + 32
};

/* Where each register's word is; 0: it was not kept. */
struct frame {
    uint32_t at[FRAME_SLOTS];
    uint32_t sp;        /* of the thread, behind all that was pushed */
    const char *layout; /* its name */
};

enum { NOWHERE = -128 };

/* Places in words from the pointer that the kernel keeps. What the kernel adds for the FPU (s16 to
 * s31) is there if EXC_RETURN says that the core pushed the long frame. */
struct frame_layout {
    const char *name;
    int8_t r4, r8;     /* r4 to r7, r8 to r11 */
    int8_t exc_return; /* NOWHERE: not kept; the FPU was not in use */
    int8_t s16;        /* NOWHERE: not kept */
    int8_t pushed;     /* what the core pushed, or a copy of it */
    int8_t control, psplim;
    int8_t psp; /* NOWHERE: what the core pushed is here; else a copy is, and this points
                   to it */
    int8_t s0;  /* of a copy: s0 to s15, FPSCR */
    bool fixed; /* s16 moves nothing behind it */
};

extern const struct frame_layout frame_layout_r4, frame_layout_exc_r4, frame_layout_r4_exc,
    frame_layout_limit_exc_r4, frame_layout_keys_limit_exc_r4, frame_layout_secure_limit_exc_r4,
    frame_layout_control_r4_exc, frame_layout_control_r4, frame_layout_mpu_v7m,
    frame_layout_mpu_v8m, frame_layout_mpu_v8m_secure, frame_layout_mpu_v6m, frame_layout_exc_fp_r4,
    frame_layout_exc_r8_r4, frame_layout_r8_r4_exc, frame_layout_fp_r4;

/* The layout among `candidates` (the likeliest first, NULL behind the last) that the words at
 * `pointer` fit; a stack that is known reaches from `low` up to below `high` (0: not known).
 * False: none. */
bool frame_find(struct view *view, const struct frame_layout *const *candidates, uint32_t pointer,
                uint32_t low, uint32_t high, struct frame *frame);
/* By this layout, whatever the words say; `exc_return` for those that do not keep it. */
void frame_take(struct view *view, const struct frame_layout *layout, uint32_t pointer,
                uint32_t exc_return, struct frame *frame);
/* What the core pushed at `address`; with the FPU's registers: the long one. */
void frame_take_pushed(struct view *view, uint32_t address, bool fpu, struct frame *frame);
/* `count` slots from `slot` on, whose words follow each other. */
void frame_take_words(struct frame *frame, unsigned slot, unsigned count, uint32_t address);
/* PC and xPSR are such as a thread has that does not run. */
bool frame_is_plausible(struct view *view, const struct frame *frame);
bool frame_is_exc_return(uint32_t word);

#endif
