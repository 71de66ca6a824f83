/* SPDX-License-Identifier: MIT */
#include "tasks.h"

uint32_t stacks[TASKS][STACK_WORDS] __attribute__((aligned(8)));
volatile unsigned current, next;
volatile uint32_t ticks;

struct truth truth[TASKS] = {
    {"main task", RUNNING, 3, 0, 0, 0, 0, 0, 0},
    {"IDLE", READY, 0, 0, 0, 0, 0, 0x11110000, 0},
    {"delayed", DELAYED, 2, 0, 0, 0, 0, 0x22220000, 0},
    {"waits", WAITING, 4, 0, 0, 0, 0, 0x33330000, 0},
    {"waits long", WAITING_LONG, 4, 0, 0, 0, 0, 0x44440000, 0},
    {"suspended", SUSPENDED, 1, 0, 0, 0, 0, 0x55550000, 0},
    {"sixteen letters", READY, 3, 0, 0, 0, 0, 0x66660000, 0},
    {"new <&>", NEWBORN, 2, 0, 0, 0, 0, 0, 0},
};

void park_even(uint32_t base, uint32_t fpu);
void park_odd(uint32_t base, uint32_t fpu);
void begin_on(uint32_t stack, void (*function)(void));

/* --- what tasks do --- */

static volatile unsigned rounds;

static void wait_for_something(unsigned task)
{
    next = 0;
    if (task & 1)
        park_odd(truth[task].base, truth[task].fpu);
    else
        park_even(truth[task].base, truth[task].fpu);
    rounds++;
}

static void work(unsigned task)
{
    wait_for_something(task);
    rounds++;
}

void body(void)
{
    for (;;) {
        work(current);
        rounds++;
    }
}

void stop_here(void)
{
    rounds++;
}

static void give_way(unsigned task)
{
    next = task;
    park_even(0, 0);
}

static void main_body(void)
{
    for (;;) {
        for (unsigned i = 1; i < TASKS; i++)
            if (truth[i].role != NEWBORN)
                give_way(i);
        stop_here();
    }
}

/* --- the switch --- */

static uint32_t psp(void)
{
    uint32_t value;

    __asm__ volatile("mrs %0, psp" : "=r"(value));
    return value;
}

static inline void copy(uint32_t *to, const uint32_t *from, unsigned words)
{
    while (words-- > 0)
        *to++ = *from++;
}

static void note(const uint32_t *pushed, int fpu)
{
    struct truth *self = &truth[current];

    self->lr = pushed[5];
    self->pc = pushed[6];
    self->sp = (uint32_t)pushed + (fpu ? 0x68 : 0x20) + (pushed[7] & 0x200 ? 4 : 0);
}

#ifdef FRAME_R4
/* A word of a frame that has it. */
#define PLACE(plain, with_fpu) words[fpu ? (with_fpu) : (plain)]

static void move(uint32_t *words, struct saved *regs, int fpu, int out)
{
    uint32_t *r4 = &PLACE(FRAME_R4, FRAME_F_R4), *r8 = &PLACE(FRAME_R8, FRAME_F_R8);

    copy(out ? r4 : regs->r4, out ? regs->r4 : r4, 4);
    copy(out ? r8 : regs->r8, out ? regs->r8 : r8, 4);
#ifdef __ARM_FP
#ifdef FRAME_F_S16
    if (fpu)
        copy(out ? &words[FRAME_F_S16] : regs->s16, out ? regs->s16 : &words[FRAME_F_S16], 16);
#endif
#endif
}

static void put_extras(uint32_t *words, uint32_t exc_return, int fpu)
{
#ifdef FRAME_EXC
    PLACE(FRAME_EXC, FRAME_F_EXC) = exc_return;
#endif
#ifdef FRAME_CONTROL
    PLACE(FRAME_CONTROL, FRAME_F_CONTROL) = 3;
#endif
#ifdef FRAME_PSPLIM
    PLACE(FRAME_PSPLIM, FRAME_F_PSPLIM) = (uint32_t)stacks[current];
#endif
#ifdef FRAME_KEY0
    for (unsigned i = 0; i < 4; i++)
        PLACE(FRAME_KEY0 + i, FRAME_F_KEY0 + i) = 0x12345679 * (i + 1);
#endif
#ifdef FRAME_SECURE
    PLACE(FRAME_SECURE, FRAME_F_SECURE) = 0;
#endif
}

#if FRAME_HELD
/* The context lies in the control block, and the pointer behind it. */
static void leave(struct saved *regs, uint32_t *pushed, int fpu)
{
    uint32_t *words = (uint32_t *)(truth[current].block + TASK_CONTEXT);

    move(words, regs, fpu, 1);
    put_extras(words, regs->exc_return, fpu);
    copy(&words[FRAME_H0], pushed, 8);
    words[FRAME_PSP] = (uint32_t)pushed;
#ifdef FRAME_S0
    if (fpu)
        copy(&words[FRAME_S0], pushed + 8, 17);
#endif
    *kernel_pointer(current) = (uint32_t)(words + FRAME_WORDS);
}

static uint32_t *come(struct saved *regs, int fpu)
{
    uint32_t *words = (uint32_t *)(*kernel_pointer(current)) - FRAME_WORDS;
    uint32_t *pushed = (uint32_t *)words[FRAME_PSP];

    move(words, regs, fpu, 0);
    copy(pushed, &words[FRAME_H0], 8);
    return pushed;
}
#else
static void leave(struct saved *regs, uint32_t *pushed, int fpu)
{
    uint32_t *words = pushed - (fpu ? FRAME_F_WORDS : FRAME_WORDS);

    move(words, regs, fpu, 1);
    put_extras(words, regs->exc_return, fpu);
    *kernel_pointer(current) = (uint32_t)words;
}

static uint32_t *come(struct saved *regs, int fpu)
{
    uint32_t *words = (uint32_t *)*kernel_pointer(current);

    move(words, regs, fpu, 0);
    return words + (fpu ? FRAME_F_WORDS : FRAME_WORDS);
}
#endif
#else
void leave(struct saved *regs, uint32_t *pushed, int fpu);
uint32_t *come(struct saved *regs, int fpu);
#endif

static uint32_t exc_returns[TASKS];

void switch_tasks(struct saved *regs)
{
    uint32_t *pushed = (uint32_t *)psp();
    int fpu = !(regs->exc_return & 0x10);

    note(pushed, fpu);
    exc_returns[current] = regs->exc_return;
    kernel_keep_exc_return(current, regs->exc_return);
    leave(regs, pushed, fpu);
    truth[current].role = truth[current].role == RUNNING ? READY : truth[current].role;
    current = next;
    if (current == 0)
        truth[0].role = RUNNING;
    regs->exc_return = exc_returns[current];
    pushed = come(regs, !(regs->exc_return & 0x10));
    __asm__ volatile("msr psp, %0" ::"r"(pushed));
    kernel_publish();
}

/* --- the beginning --- */

static void make(unsigned task)
{
    uint32_t *pushed = &stacks[task][STACK_WORDS - 8];
#if __ARM_ARCH >= 8
    struct saved regs = {.exc_return = 0xFFFFFFBC};
#else
    struct saved regs = {.exc_return = 0xFFFFFFFD};
#endif

    exc_returns[task] = regs.exc_return;
    pushed[5] = 0;
    pushed[6] = (uint32_t)body & ~1u;
    pushed[7] = 1u << 24;
    current = task;
    note(pushed, 0);
    truth[task].base = truth[task].role == NEWBORN ? 0 : truth[task].base;
#ifdef __ARM_FP
    truth[task].fpu = truth[task].role != NEWBORN && task % 3 != 0;
#endif
    kernel_keep_exc_return(task, regs.exc_return);
    leave(&regs, pushed, 0);
}

int main(void)
{
    *(volatile uint32_t *)0xE000ED14 |= 1u << 9;     /* frames are aligned to eight bytes */
    *(volatile uint32_t *)0xE000ED20 |= 0xFFu << 16; /* PendSV: lowest priority */
    kernel_start();
    for (unsigned i = TASKS; i-- > 0;)
        make(i);
    kernel_publish();
    begin_on((uint32_t)&stacks[0][STACK_WORDS], main_body);
    return 0;
}

void SysTick_Handler(void)
{
    ticks++;
}
