/* SPDX-License-Identifier: MIT */
/* Which kernel it is, and its list of threads in one epoch of the core. */
#include "rtos/rtos_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/core.h"

struct rtos *rtos_create(void)
{
    struct rtos *rtos = calloc(1, sizeof *rtos);

    if (!rtos)
        return NULL;
    rtos->next_id = 1;
    return rtos;
}

void rtos_destroy(struct rtos *rtos)
{
    if (rtos)
        view_free(&rtos->view);
    free(rtos);
}

/* --- which one --- */

static bool may_be(const struct rtos *rtos, size_t kernel)
{
    return !rtos->none && (!rtos->chosen || rtos->chosen == rtos_kernels[kernel]);
}

static const struct rtos_kernel *named(const char *name)
{
    for (size_t i = 0; rtos_kernels[i]; i++)
        if (strcasecmp(rtos_kernels[i]->name, name) == 0)
            return rtos_kernels[i];
    return NULL;
}

bool rtos_is_choice(const char *name)
{
    return strcasecmp(name, "auto") == 0 || strcasecmp(name, "none") == 0 || named(name);
}

bool rtos_choose(struct rtos *rtos, const char *name)
{
    if (!rtos_is_choice(name))
        return false;
    rtos->chosen = named(name);
    rtos->none = strcasecmp(name, "none") == 0;
    rtos->fresh = false;
    return true;
}

const char *rtos_chosen(const struct rtos *rtos)
{
    return rtos->none ? "none" : rtos->chosen ? rtos->chosen->name : "auto";
}

void rtos_names(char *text, size_t size)
{
    struct buf buf;

    buf_init(&buf, text, size - 1);
    for (size_t i = 0; rtos_kernels[i]; i++)
        buf_printf(&buf, "%s%s", i ? ", " : "", rtos_kernels[i]->name);
    text[buf.length] = '\0';
}

/* Of all kernels, whichever is chosen: that may change when no symbols come any more. */
const char *rtos_symbol(const struct rtos *rtos, size_t index)
{
    (void)rtos;
    for (size_t i = 0; rtos_kernels[i]; i++) {
        if (index < rtos_kernels[i]->symbol_count)
            return rtos_kernels[i]->symbols[index].name;
        index -= rtos_kernels[i]->symbol_count;
    }
    return NULL;
}

void rtos_forget_symbols(struct rtos *rtos)
{
    memset(rtos->symbols, 0, sizeof rtos->symbols);
    memset(rtos->memory, 0, sizeof rtos->memory);
    rtos->fresh = rtos->told = false;
}

void rtos_set_symbol(struct rtos *rtos, size_t index, uint32_t address)
{
    for (size_t i = 0; rtos_kernels[i]; i++) {
        if (index < rtos_kernels[i]->symbol_count) {
            rtos->symbols[i][index] = address;
            rtos->fresh = false;
            return;
        }
        index -= rtos_kernels[i]->symbol_count;
    }
}

static bool has_symbols(const struct rtos *rtos, size_t kernel)
{
    for (size_t i = 0; i < rtos_kernels[kernel]->symbol_count; i++)
        if (!rtos_kernels[kernel]->symbols[i].optional && !rtos->symbols[kernel][i])
            return false;
    return true;
}

/* Its place in the table; that of the NULL behind the last: none. */
static size_t kernel_of(const struct rtos *rtos)
{
    size_t i = 0;

    while (rtos_kernels[i] && (!may_be(rtos, i) || !has_symbols(rtos, i)))
        i++;
    return i;
}

const char *rtos_kernel_name(const struct rtos *rtos)
{
    const struct rtos_kernel *kernel = rtos_kernels[kernel_of(rtos)];

    return kernel ? kernel->name : NULL;
}

/* --- the list --- */

bool kernel_may_be(const struct kernel_look *look, uint32_t handle)
{
    return handle && handle % 4 == 0 && view_is_ram(look->view, handle);
}

void kernel_damaged(struct kernel_look *look, uint32_t address, const char *what)
{
    struct rtos *rtos = look->rtos;

    if (rtos->damaged)
        return;
    rtos->damaged = true;
    snprintf(rtos->damage, sizeof rtos->damage,
             "the list of threads of %s is damaged (0x%08x: %s): those shown are what could be "
             "read of it",
             rtos->kernel->name, address, what);
}

size_t kernel_count(const struct kernel_look *look)
{
    return look->rtos->count;
}

struct rtos_known *rtos_known(struct rtos *rtos, uint32_t handle)
{
    for (size_t i = 0; i < rtos->known_count; i++)
        if (rtos->known[i].handle == handle)
            return &rtos->known[i];
    return NULL;
}

/* The id that it had, or the next one. */
static uint32_t id_of(struct rtos *rtos, uint32_t handle)
{
    const struct rtos_known *known = rtos_known(rtos, handle);

    return known ? known->id : rtos->next_id++;
}

struct rtos_thread *kernel_add(struct kernel_look *look, uint32_t handle)
{
    struct rtos *rtos = look->rtos;

    for (size_t i = 0; i < rtos->count; i++)
        if (rtos->threads[i].handle == handle)
            return NULL;
    if (rtos->count == RTOS_THREADS) {
        rtos->endless = true;
        return NULL;
    }
    struct rtos_thread *thread = &rtos->threads[rtos->count++];
    *thread = (struct rtos_thread){.id = id_of(rtos, handle), .handle = handle};
    return thread;
}

/* What was found keeps its id at the next look, and what was not gives its own up. */
static void remember(struct rtos *rtos)
{
    struct rtos_known known[RTOS_THREADS];

    for (size_t i = 0; i < rtos->count; i++) {
        const struct rtos_thread *thread = &rtos->threads[i];
        const struct rtos_known *before = rtos_known(rtos, thread->handle);

        known[i] = (struct rtos_known){thread->handle, thread->id, before ? before->sp : 0};
    }
    memcpy(rtos->known, known, rtos->count * sizeof *known);
    rtos->known_count = rtos->count;
}

static void one_thread(struct rtos *rtos, const char *state)
{
    rtos->count = 1;
    rtos->threads[0] = (struct rtos_thread){.id = RTOS_CORE};
    snprintf(rtos->threads[0].name, sizeof rtos->threads[0].name, "core");
    snprintf(rtos->threads[0].state, sizeof rtos->threads[0].state, "%s", state);
}

/* --- what the core does --- */

static const char *exception_name(uint32_t number, char *text, size_t size)
{
    static const char *const names[16] = {
        [2] = "NMI",      [3] = "HardFault",  [4] = "MemManage fault",
        [5] = "BusFault", [6] = "UsageFault", [7] = "SecureFault",
        [11] = "SVC",     [12] = "DebugMon",  [14] = "PendSV",
        [15] = "SysTick"};

    if (number >= 16)
        snprintf(text, size, "interrupt %u", (unsigned)number - 16);
    else if (names[number])
        snprintf(text, size, "%s", names[number]);
    else
        snprintf(text, size, "exception %u", (unsigned)number);
    return text;
}

static void append(char *state, const char *what, uint32_t exception)
{
    char name[24];
    size_t length = strlen(state);

    snprintf(state + length, RTOS_STATE - length, "%s%s %s", length ? ", " : "", what,
             exception_name(exception, name, sizeof name));
}

/* Threads that do not run yet, or not any more. */
static bool on_main_stack(const struct core *core, uint32_t exception)
{
    enum { SPSEL = 2 << 24 };

    return !exception && !(core->regs.word[SLOT_SPECIAL] & SPSEL);
}

static void show_running(struct rtos *rtos, struct kernel_look *look, uint32_t exception)
{
    size_t i = 0;

    while (i < rtos->count && rtos->threads[i].handle != look->current)
        i++;
    if (i == rtos->count) { /* the kernel's own code, or a list without the one that runs */
        struct rtos_thread *thread = kernel_add(look, look->current);
        if (!thread) {
            thread = &rtos->threads[rtos->count - 1];
            thread->handle = look->current;
        }
        snprintf(thread->name, sizeof thread->name, "%s", look->current ? "" : "scheduler");
        snprintf(thread->state, sizeof thread->state, "Running");
        i = (size_t)(thread - rtos->threads);
    }
    struct rtos_thread first = rtos->threads[i];
    memmove(&rtos->threads[1], &rtos->threads[0], i * sizeof first);
    rtos->threads[0] = first;
    if (exception)
        append(rtos->threads[0].state, "interrupted by", exception);
}

static void warn_of_limits(struct kernel_look *look)
{
    const struct view *view = look->view;
    struct rtos *rtos = look->rtos;

    if (view->refused)
        kernel_damaged(look, view->refused_at, "no memory that can be read");
    else if (view->late)
        kernel_damaged(look, 0, "too long to be read");
    if (!rtos->endless)
        return;
    rtos->damaged = true;
    snprintf(rtos->damage, sizeof rtos->damage,
             "the list of threads of %s has more than %d: none of them is shown; is this the "
             "program that the symbols are of?",
             rtos->kernel->name, RTOS_THREADS);
}

struct kernel_look rtos_kernel_look(struct rtos *rtos, const struct core *core, size_t kernel)
{
    return (struct kernel_look){.view = &rtos->view,
                                .symbols = rtos->symbols[kernel],
                                .memory = rtos->memory[kernel],
                                .small_core = !core->profile->fault_status,
                                .two_states = core->profile->banks,
                                .rtos = rtos};
}

static void list_threads(struct rtos *rtos, struct core *core, size_t kernel)
{
    uint32_t exception = core->regs.word[SLOT_XPSR] & XPSR_IPSR;
    struct kernel_look look = rtos_kernel_look(rtos, core, kernel);

    rtos->kernel = rtos_kernels[kernel];
    rtos->count = 0;
    rtos->damaged = rtos->endless = false;
    rtos->frame_of = 0;
    memset(rtos->ahead, 0, sizeof rtos->ahead);
    bool threads = !(rtos->kernel->on_psp && on_main_stack(core, exception));
    if (threads) {
        view_begin(&rtos->view, core);
        threads = rtos->kernel->list(&look);
        warn_of_limits(&look);
    }
    rtos->current = look.current;
    rtos->has_threads = threads && rtos->count > 0 && !rtos->endless;
    if (rtos->has_threads) {
        show_running(rtos, &look, exception);
        remember(rtos);
        return;
    }
    one_thread(rtos, exception ? "halted" : "");
    if (exception)
        append(rtos->threads[0].state, "in", exception);
}

/* None of these ever goes back: the sum is the same while all of them are. */
static uint32_t memory_epoch(const struct target *target)
{
    uint32_t epoch = target->writes;

    for (unsigned i = 0; i < TARGET_CORES_MAX; i++)
        epoch += target->cores[i].epoch + target->cores[i].steps;
    return epoch;
}

enum err rtos_look(struct rtos *rtos, struct target *target)
{
    size_t kernel = kernel_of(rtos);

    if (!rtos_kernels[kernel] || (rtos->count == 0 && target_state(target) != TARGET_HALTED)) {
        rtos->has_threads = rtos->fresh = false;
        one_thread(rtos, "");
        return ERR_OK;
    }
    if (target_state(target) != TARGET_HALTED)
        return ERR_OK;
    if (rtos->fresh && rtos->epoch == memory_epoch(target))
        return ERR_OK;
    rtos->has_threads = false;
    one_thread(rtos, "");
    struct core *core = target->core;
    enum err err = regs_need(core);
    if (err)
        return err;
    list_threads(rtos, core, kernel);
    rtos->epoch = memory_epoch(target);
    rtos->fresh = !rtos->view.err;
    if (rtos->view.err) {
        rtos->has_threads = false;
        one_thread(rtos, "");
    }
    return rtos->view.err;
}

const struct rtos_thread *rtos_thread(const struct rtos *rtos, size_t index)
{
    return index < rtos->count ? &rtos->threads[index] : NULL;
}

const struct rtos_thread *rtos_find(const struct rtos *rtos, uint32_t id)
{
    for (size_t i = 0; i < rtos->count; i++)
        if (rtos->threads[i].id == id)
            return &rtos->threads[i];
    return NULL;
}

uint32_t rtos_running(const struct rtos *rtos)
{
    return rtos->count ? rtos->threads[0].id : RTOS_CORE;
}

const char *rtos_take_warning(struct rtos *rtos)
{
    if (!rtos->damaged || rtos->told)
        return NULL;
    rtos->told = true;
    return rtos->damage;
}
