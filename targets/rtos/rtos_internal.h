/* SPDX-License-Identifier: MIT */
/* What rtos.c, thread_frames.c and thread_registers.c share. */
#ifndef PROBED_RTOS_INTERNAL_H
#define PROBED_RTOS_INTERNAL_H

#include "core/core.h"
#include "rtos/kernel.h"

enum { RTOS_KERNELS = 16 };

struct rtos_known {
    uint32_t handle, id;
    uint32_t sp; /* when somebody last asked: a guess of where it is; 0: nobody did */
};

struct rtos {
    const struct rtos_kernel *chosen; /* NULL: none, or whichever it is */
    bool none;
    uint32_t symbols[RTOS_KERNELS][KERNEL_SYMBOLS];
    uint32_t memory[RTOS_KERNELS][KERNEL_MEMORY];

    /* The last look. */
    bool fresh;     /* as of `epoch` */
    uint32_t epoch; /* of what is read of memory */
    const struct rtos_kernel *kernel;
    bool has_threads; /* threads[] are its; else one that is the core */
    uint32_t current; /* the handle of the running one */
    size_t count;
    struct rtos_thread threads[RTOS_THREADS];
    size_t known_count;
    struct rtos_known known[RTOS_THREADS];
    uint32_t next_id;
    struct view view;
    bool damaged, told;
    bool endless; /* more than any program has */
    char damage[240];

    /* Found since: by places in threads[], of which what gdb will ask was read, .. */
    bool ahead[RTOS_THREADS];
    uint32_t frame_of; /* ..and of this one (0: none), who was asked for last, */
    bool frame_found;  /* ..its frame, if it has one */
    struct frame frame;
};

/* For the kernel of the last look. */
struct kernel_look rtos_kernel_look(struct rtos *rtos, const struct core *core, size_t kernel);

/* What is remembered of a thread from look to look; NULL: it is new. */
struct rtos_known *rtos_known(struct rtos *rtos, uint32_t handle);
/* Of a thread that does not run; *frame is true until the next look. Fails as
 * rtos_read_register(). */
enum err rtos_frame(struct rtos *rtos, struct target *target, uint32_t id,
                    const struct frame **frame);

#endif
