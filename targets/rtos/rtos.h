/* SPDX-License-Identifier: MIT */
/* The threads of the program on a core: which kernel it has, by symbols that somebody else knows
 * (gdb, an ELF file), and its threads while the core stands, read when somebody asks and kept as
 * long as the core does not run and nobody writes to memory. Of one core; outlives the target.
 * Worker thread. */
#ifndef PROBED_RTOS_H
#define PROBED_RTOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct rtos;
struct target;
struct target_stop;

enum { RTOS_THREADS = 256, RTOS_NAME = 33, RTOS_STATE = 80 };
enum { RTOS_CORE = 1 }; /* the thread's id where there are none but what the core does */

struct rtos_thread {
    uint32_t id;            /* small, and the same as long as looks find it */
    uint32_t handle;        /* its control block; 0: what runs is none of the kernel's threads */
    char name[RTOS_NAME];   /* may be empty */
    char state[RTOS_STATE]; /* "Blocked, prio 3" */
};

struct rtos *rtos_create(void); /* NULL without memory */
void rtos_destroy(struct rtos *rtos);

/* "auto", "none" or a kernel's name, in any case. False: no kernel is called so. */
bool rtos_choose(struct rtos *rtos, const char *name);
const char *rtos_chosen(const struct rtos *rtos);
/* What rtos_choose() takes. Pure; any thread. */
bool rtos_is_choice(const char *name);
/* "FreeRTOS, Zephyr": those that there are. Likewise. */
void rtos_names(char *text, size_t size);
/* The kernel that the symbols tell of; NULL: none. */
const char *rtos_kernel_name(const struct rtos *rtos);

/* Symbols that are wanted, of all kernels; NULL behind the last. */
const char *rtos_symbol(const struct rtos *rtos, size_t index);
void rtos_forget_symbols(struct rtos *rtos);
void rtos_set_symbol(struct rtos *rtos, size_t index, uint32_t address);

/* The threads as they are now, if the core stands; else as they were. Fails only as the target
 * does; then, and without a kernel, there is one thread, RTOS_CORE. */
enum err rtos_look(struct rtos *rtos, struct target *target);
/* As of the last look: always one at least, the running one first. NULL behind the last. */
const struct rtos_thread *rtos_thread(const struct rtos *rtos, size_t index);
const struct rtos_thread *rtos_find(const struct rtos *rtos, uint32_t id);
/* The one that the core runs, whose registers are the core's. */
uint32_t rtos_running(const struct rtos *rtos);
/* A sentence on what is wrong with the threads' structures, once. NULL: nothing new. */
const char *rtos_take_warning(struct rtos *rtos);

/* Of a thread that does not run; index as of target_registers(). ERR_NOT_HALTED: this register was
 * not kept. */
enum err rtos_read_register(struct rtos *rtos, struct target *target, uint32_t id, size_t index,
                            uint64_t *value);
/* To where the kernel will take it from. ERR_UNSUPPORTED: it was not kept, or is the SP. */
enum err rtos_write_register(struct rtos *rtos, struct target *target, uint32_t id, size_t index,
                             uint64_t value);
/* Memory at `address` is about to be read: if that is a thread's stack, those of others are next
 * and are read with it. Fails only as the target does. */
enum err rtos_read_ahead(struct rtos *rtos, struct target *target, uint32_t address);
/* Of a thread that does not run: the program runs until this one does, at the pc that it has now,
 * for which a comparator has to be free. Not *there: another stop came before, which is anybody's;
 * STOP_REQUEST if the job was cancelled, or if the thread did not run within some seconds, which
 * the stop's text says; STOP_NONE: gdb has to do something for the program first. */
enum err rtos_run_thread(struct rtos *rtos, struct target *target, uint32_t id,
                         struct target_stop *stop, bool *there);
/* How the kernel keeps this thread's registers, in words; NULL: it cannot be told. */
const char *rtos_layout(struct rtos *rtos, struct target *target, uint32_t id);

#endif
