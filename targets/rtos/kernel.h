/* SPDX-License-Identifier: MIT */
/* Between rtos.c and the files of the kernels. A kernel is one `const struct rtos_kernel` at the
 * end of its file, and its line in kernels.c: what it is called, which symbols tell of it, and two
 * functions that read. What they read may be broken in any way: they end at the limits of view.h
 * and of kernel_add(), and what is odd they tell by kernel_damaged(). Worker thread. */
#ifndef PROBED_RTOS_KERNEL_H
#define PROBED_RTOS_KERNEL_H

#include "rtos/frames.h"
#include "rtos/rtos.h"
#include "rtos/view.h"

struct kernel_symbol {
    const char *name;
    bool optional; /* builds of the kernel do without it */
};

/* One look at a halted program. */
struct kernel_look {
    struct view *view;
    const uint32_t *symbols; /* addresses, in the order of the kernel's; 0: not there */
    /* What of it becomes known by looking, and stays so while the program is the same: the kernel's
     * own use. All zero at first. */
    uint32_t *memory;
    uint32_t current; /* the control block of the running thread; 0: none runs */
    bool small_core;  /* without the Main extension: Armv6-M and the like */
    bool two_states;  /* it has the Security Extension */
    struct rtos *rtos;
};

enum { KERNEL_MEMORY = 8, KERNEL_SYMBOLS = 24 };

struct rtos_kernel {
    const char *name;
    const struct kernel_symbol *symbols;
    size_t symbol_count;
    /* Threads run on the process stack: a core in thread mode on the main stack runs none, and what
     * RAM holds is from before a reset. */
    bool on_psp;
    /* Its threads, by kernel_add(), the running one (look->current) among them. False: no threads
     * yet. */
    bool (*list)(struct kernel_look *look);
    /* Of a thread that does not run. False: it cannot be told. */
    bool (*frame)(struct kernel_look *look, uint32_t thread, struct frame *frame);
};

extern const struct rtos_kernel *const rtos_kernels[]; /* NULL ends it */

/* A thread by its control block. Known already, or too many: NULL. */
struct rtos_thread *kernel_add(struct kernel_look *look, uint32_t handle);
/* Found so far. */
size_t kernel_count(const struct kernel_look *look);
/* The structures are not as the kernel leaves them; the first in a look counts. */
void kernel_damaged(struct kernel_look *look, uint32_t address, const char *what);
/* May hold a control block: aligned, in RAM. */
bool kernel_may_be(const struct kernel_look *look, uint32_t handle);

#endif
