/* SPDX-License-Identifier: MIT */
/* Through which calls a halted core came to where it stands, back to main: by the frame information
 * of its program (image/frame_rules.h), and through the frames that exceptions push (DDI 0403,
 * B1.5.6 to B1.5.8). What cannot be is not followed: the trace says where and why it ends.
 * Worker thread. */
#ifndef PROBED_BACKTRACE_H
#define PROBED_BACKTRACE_H

#include "image/debug_info.h"
#include "image/frame_rules.h"
#include "target.h"

enum { BACKTRACE_FRAMES = 64 };

/* The innermost comes first. Texts are the debug information's. */
struct backtrace_frame {
    uint32_t pc; /* of the next instruction: behind the call, but in the innermost frame and in one
                    that was interrupted */
    const char *function; /* NULL: not known */
    const char *file;     /* NULL: not known */
    unsigned line;        /* 0: not known */
    bool inlined;         /* into the frame that follows: it has no registers of its own */
    unsigned exception;   /* the frame before is its handler's, which interrupted this one; 0: it
                             called it, or is the innermost */
};

struct backtrace {
    struct backtrace_frame frames[BACKTRACE_FRAMES];
    size_t count;
    char end[160]; /* why it ends before main or the reset; empty: it does not */
};

/* Where it begins. */
struct backtrace_start {
    struct frame_registers registers;
    uint32_t psp;
    unsigned exception; /* whose handler runs; 0: none */
};

/* Of the selected core, which is halted: else ERR_NOT_HALTED. `info` NULL: nothing but what
 * exceptions push, and LR, is known. */
enum err backtrace_take(struct target *target, const struct debug_info *info,
                        struct backtrace *trace);
/* From other registers than the core's: those of a thread that does not run. */
void backtrace_walk(struct target *target, const struct debug_info *info,
                    const struct backtrace_start *start, struct backtrace *trace);
/* "HardFault", "SysTick", "interrupt 6" to `text`, and returns it. */
enum { BACKTRACE_EXCEPTION = 24 };
const char *backtrace_exception(unsigned exception, char text[BACKTRACE_EXCEPTION]);

#endif
