/* SPDX-License-Identifier: MIT */
/* As os/rt of ChibiOS keeps threads. A switch is a call. */
#define OWN_FRAMES
#include "tasks.h"

#define NEW_FORM (INSTANCE_LIST != 0)
static uint8_t blocks[TASKS][THREAD_SIZE] __attribute__((aligned(8)));
#if NEW_FORM
uint8_t ch0[64] __attribute__((aligned(4)));
#define SYSTEM ch0
#define HEAD INSTANCE_LIST
#define CURRENT INSTANCE_CURRENT
#elif RLIST
uint8_t rlist[64] __attribute__((aligned(4)));
#define SYSTEM rlist
#else
uint8_t ch[64] __attribute__((aligned(4)));
#define SYSTEM ch
#endif
#if !NEW_FORM
#define HEAD THREAD_NEWER
#define CURRENT THREAD_NAME
#endif

const uint8_t ch_debug[0x2B] __attribute__((used, aligned(4))) = {
    'm',
    'a',
    'i',
    'n',
    0,
    NEW_FORM ? 0x2B : 0x16,
    0,
    0x38,
    4,
    4,
    (uint8_t)THREAD_SIZE,
    [0x0B] = THREAD_PRIORITY,
    [0x0C] = THREAD_CONTEXT,
    [0x0D] = THREAD_NEWER,
    [0x0E] = THREAD_OLDER,
    [0x0F] = THREAD_NAME,
    [0x10] = THREAD_LIMIT,
    [0x11] = THREAD_STATE,
#if NEW_FORM
    [0x1A] = CONTEXT_BYTES,
    [0x1B] = 4,
    [0x1C] = 1,
    [0x25] = INSTANCE_CURRENT,
    [0x28] = INSTANCE_LIST,
#endif
};

/* What links point to: in the new form the links themselves. */
static uint32_t node_of(unsigned task)
{
    return truth[task].block + (NEW_FORM ? THREAD_NEWER : 0);
}

static uint32_t head(void)
{
    return (uint32_t)SYSTEM + (NEW_FORM ? HEAD : 0);
}

static void link_nodes(uint32_t from, uint32_t to)
{
    uint32_t newer = NEW_FORM ? 0 : THREAD_NEWER, older = NEW_FORM ? 4 : THREAD_OLDER;

    put(from, newer, to);
    put(to, older, from);
}

void kernel_start(void)
{
    __asm__ volatile("" ::"r"(ch_debug));
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        put(block, THREAD_PRIORITY, truth[i].priority);
        put(block, THREAD_NAME, (uint32_t)truth[i].name);
    }
}

void kernel_publish(void)
{
    static const uint8_t states[] = {
        [DELAYED] = 8, [WAITING] = 5, [WAITING_LONG] = 6, [SUSPENDED] = 3, [DELETED] = 15};
    uint32_t last = head();

    for (unsigned i = 0; i < TASKS; i++) {
        *(volatile uint8_t *)(truth[i].block + THREAD_STATE) =
            i == current ? 1 : states[truth[i].role];
        link_nodes(last, node_of(i));
        last = node_of(i);
    }
    link_nodes(last, head());
    put((uint32_t)SYSTEM, CURRENT, truth[current].block);
}

uint32_t *kernel_pointer(unsigned task)
{
    return (uint32_t *)(truth[task].block + THREAD_CONTEXT);
}

void kernel_keep_exc_return(unsigned task, uint32_t exc_return)
{
    (void)task;
    (void)exc_return;
}

static void note_call(uint32_t *context)
{
    uint32_t *pc = context + CONTEXT_BYTES / 4 - 1;

    truth[current].pc = *pc & ~1u;
    truth[current].sp = (uint32_t)(pc + 1);
}

/* Of a thread that never ran. */
void leave(struct saved *regs, uint32_t *pushed, int fpu)
{
    uint32_t *context = pushed + 8 - CONTEXT_BYTES / 4, pc = pushed[6];

    (void)regs;
    (void)fpu;
    for (unsigned i = 0; i + 1 < CONTEXT_BYTES / 4; i++)
        context[i] = 0;
    context[CONTEXT_BYTES / 4 - 1] = pc | 1;
    note_call(context);
    *kernel_pointer(current) = (uint32_t)context;
}

uint32_t *come(struct saved *regs, int fpu)
{
    (void)regs;
    (void)fpu;
    return 0;
}

extern volatile unsigned next;

/* Called by the switch with the context just kept; returns that of the thread that comes. */
uint32_t cooperate(uint32_t *context)
{
    note_call(context);
    *kernel_pointer(current) = (uint32_t)context;
    truth[current].role = truth[current].role == RUNNING ? READY : truth[current].role;
    current = next;
    if (current == 0)
        truth[0].role = RUNNING;
    kernel_publish();
    return *kernel_pointer(current);
}
