/* SPDX-License-Identifier: MIT */
/* Tasks that switch for real, and what they know of themselves; how a kernel keeps them is its
 * file's, with the offsets of layout.h (layouts.py). */
#ifndef TASKS_H
#define TASKS_H

#include <stdint.h>

#include "layout.h"

enum { STACK_WORDS = 128 };

/* What becomes of a task, in no kernel's words. */
enum role { RUNNING, READY, NEWBORN, DELAYED, WAITING, WAITING_LONG, SUSPENDED, DELETED };
enum { TASKS = 8 };

/* What the program itself knows, for who compares. */
struct truth {
    const char *name;
    enum role role;
    uint32_t priority;
    uint32_t block; /* address of its control block */
    uint32_t pc, lr, sp, base;
    uint32_t fpu; /* it had the FPU in use: s0 is base + 0x100 */
};
extern struct truth truth[TASKS];

/* r4 to r11 and EXC_RETURN of the task that leaves, and then of the one that comes. */
struct saved {
#ifdef __ARM_FP
    uint32_t s16[16], filler;
#endif
#if __ARM_ARCH_6M__
    uint32_t r8[4], r4[4];
#else
    uint32_t r4[4], r8[4];
#endif
    uint32_t exc_return;
};

extern uint32_t stacks[TASKS][STACK_WORDS];
extern volatile unsigned current;

/* --- of the kernel --- */

/* Once, before the first task runs; the tasks' blocks by then: truth[].block. */
void kernel_start(void);
/* The structures as they are with truth[].role of all tasks. */
void kernel_publish(void);
/* Where the stack pointer of a task that left is kept. */
uint32_t *kernel_pointer(unsigned task);
/* Not all kernels keep it in the frame. */
void kernel_keep_exc_return(unsigned task, uint32_t exc_return);
uint32_t kernel_exc_return(unsigned task);

static inline void put(uint32_t base, uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(base + offset) = value;
}

static inline void put_text(uint32_t at, const char *text, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        *(volatile char *)(at + i) = *text;
        text += *text != 0;
    }
}

#endif
