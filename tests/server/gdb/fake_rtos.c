/* SPDX-License-Identifier: MIT */
/* Threads made of variables: those of fake.threads once both symbols are known, of which the first
 * runs. Register n of thread t reads 0xT000 + n, but 12, which was not kept; writes are noted. */
#include <stdlib.h>
#include <string.h>

#include "fake_target.h"
#include "rtos/rtos.h"

struct rtos {
    unsigned known;
};

static const char *const names[] = {"pxFirst", "pxSecond"};
static const struct rtos_thread core_alone = {.id = RTOS_CORE, .name = "core"};
static const struct rtos_thread threads[] = {
    {.id = 1, .handle = 0x20000100, .name = "first", .state = "Running"},
    {.id = 2, .handle = 0x20000200, .name = "second", .state = "Blocked"},
    {.id = 0x1A, .handle = 0x20000300, .name = "", .state = "Ready"},
};

struct rtos *rtos_create(void)
{
    return calloc(1, sizeof(struct rtos));
}

void rtos_destroy(struct rtos *rtos)
{
    free(rtos);
}

bool rtos_choose(struct rtos *rtos, const char *name)
{
    (void)rtos;
    return strcmp(name, "auto") == 0;
}

bool rtos_is_choice(const char *name)
{
    return strcmp(name, "auto") == 0;
}

const char *rtos_symbol(const struct rtos *rtos, size_t index)
{
    (void)rtos;
    return index < 2 ? names[index] : NULL;
}

void rtos_forget_symbols(struct rtos *rtos)
{
    rtos->known = 0;
}

void rtos_set_symbol(struct rtos *rtos, size_t index, uint32_t address)
{
    if (address == 0x20000000 + index)
        rtos->known |= 1u << index;
}

enum err rtos_look(struct rtos *rtos, struct target *target)
{
    (void)rtos;
    (void)target;
    return ERR_OK;
}

const struct rtos_thread *rtos_thread(const struct rtos *rtos, size_t index)
{
    if (rtos->known != 3)
        return index ? NULL : &core_alone;
    return index < sizeof threads / sizeof *threads ? &threads[index] : NULL;
}

const char *rtos_take_warning(struct rtos *rtos)
{
    (void)rtos;
    return NULL;
}

enum err rtos_read_register(struct rtos *rtos, struct target *target, uint32_t id, size_t index,
                            uint64_t *value)
{
    (void)rtos;
    (void)target;
    *value = id << 12 | index;
    return index == 12 ? job_fail(fake.job, ERR_NOT_HALTED, "not kept") : ERR_OK;
}

enum err rtos_write_register(struct rtos *rtos, struct target *target, uint32_t id, size_t index,
                             uint64_t value)
{
    (void)rtos;
    (void)target;
    fake_note("thread %x register %zu = %llx;", (unsigned)id, index, (unsigned long long)value);
    return ERR_OK;
}

enum err rtos_read_ahead(struct rtos *rtos, struct target *target, uint32_t address)
{
    (void)rtos;
    (void)target;
    (void)address;
    return ERR_OK;
}

/* Thread 2 comes to run at once; 0x1A does not. */
enum err rtos_run_thread(struct rtos *rtos, struct target *target, uint32_t id,
                         struct target_stop *stop, bool *there)
{
    (void)rtos;
    (void)target;
    fake_note("thread %x runs;", (unsigned)id);
    *stop = (struct target_stop){.reason = STOP_NONE};
    *there = id == 2;
    return ERR_OK;
}
