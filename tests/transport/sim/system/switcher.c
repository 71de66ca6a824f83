/* SPDX-License-Identifier: MIT */
/* A program for the simulated core: two tasks on stacks of their own, switched by PendSV, which
 * SysTick and the tasks themselves (SVC) ask for. Built by arm-none-eabi-gcc for the test. */
#include "switcher.h"

#define ICSR (*(volatile uint32_t *)0xE000ED04)
#define SHPR3 (*(volatile uint32_t *)0xE000ED20)
#define SYST ((volatile uint32_t *)0xE000E010)
#define RESULT ((volatile struct switcher_result *)SWITCHER_RESULT)
#define PENDSVSET (1u << 28)

enum { STACK_WORDS = 128, TICK_CYCLES = 997 };

static uint32_t stacks[SWITCHER_TASKS][STACK_WORDS];
uint32_t *stack_pointers[SWITCHER_TASKS];
uint32_t current;

static void task(uint32_t number)
{
    uint32_t hash = number;

    for (uint32_t round = 0; round < SWITCHER_ROUNDS; round++) {
        hash = switcher_round(hash, round);
        if (round % 50 == 0)
            __asm__ volatile("svc 1" ::: "memory");
    }
    RESULT->hash[number] = hash;
    __asm__ volatile("cpsid i" ::: "memory");
    uint32_t done = ++RESULT->done;
    __asm__ volatile("cpsie i" ::: "memory");
    while (done < SWITCHER_TASKS)
        done = RESULT->done;
    __asm__ volatile("bkpt 0" ::: "memory");
}

void svc_handler(void)
{
    ICSR = PENDSVSET;
}

void systick_handler(void)
{
    RESULT->ticks++;
    ICSR = PENDSVSET;
}

uint32_t *next_stack(uint32_t *sp)
{
    stack_pointers[current] = sp;
    current = (current + 1) % SWITCHER_TASKS;
    RESULT->switches++;
    return stack_pointers[current];
}

__attribute__((naked)) void pendsv_handler(void)
{
    __asm__ volatile("mrs r0, psp\n"
                     "stmdb r0!, {r4-r11}\n"
                     "push {r4, lr}\n"
                     "bl next_stack\n"
                     "pop {r4, lr}\n"
                     "ldmia r0!, {r4-r11}\n"
                     "msr psp, r0\n"
                     "bx lr\n");
}

/* A frame as PendSV finds it: R4-R11, then what the hardware pops. */
static void prepare(uint32_t number)
{
    uint32_t *sp = &stacks[number][STACK_WORDS - 16];

    for (unsigned i = 0; i < 16; i++)
        sp[i] = 0;
    sp[8] = number;
    sp[14] = (uint32_t)task;
    sp[15] = 1u << 24;
    stack_pointers[number] = sp;
}

void reset_handler(void)
{
    RESULT->done = RESULT->switches = RESULT->ticks = 0;
    current = 0;
    for (uint32_t i = 0; i < SWITCHER_TASKS; i++)
        prepare(i);
    SHPR3 = 0x00F00000; /* PendSV last, SysTick first */
    SYST[1] = TICK_CYCLES - 1;
    SYST[2] = 0;
    SYST[0] = 7;
    /* Task 0 starts as if it had been running here all the time. */
    __asm__ volatile("msr psp, %0\n"
                     "mov r0, #2\n"
                     "msr control, r0\n"
                     "isb\n"
                     "mov r0, #0\n"
                     "bx %1\n"
                     :
                     : "r"(&stacks[0][STACK_WORDS]), "r"(task)
                     : "r0", "memory");
    __builtin_unreachable();
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    (void *)0x20004000,
    (void *)reset_handler,
    [11] = (void *)svc_handler,
    [14] = (void *)pendsv_handler,
    [15] = (void *)systick_handler,
};
