/* SPDX-License-Identifier: MIT */
/* As os_task.c, os_core.c and os_tick.c of uC/OS-III keep them. */
#include "tasks.h"

enum { STATE_READY, STATE_DELAYED, STATE_PENDS, STATE_PENDS_TIMEOUT, STATE_SUSPENDED };
enum { ON_NOTHING, ON_MUTEX = 4, ON_SEMAPHORE = 6 };

uint8_t OSRunning, OSPrioCur;
uint16_t OSTaskQty;
void *OSTCBCurPtr, *OSTaskDbgListPtr;
#if CONSTANTS
const uint32_t openocd_OS_TCB_StkPtr_offset = TASK_SP;
const uint32_t openocd_OS_TCB_NamePtr_offset = TASK_NAME;
const uint32_t openocd_OS_TCB_TaskState_offset = TASK_STATE;
const uint32_t openocd_OS_TCB_Prio_offset = TASK_PRIORITY;
const uint32_t openocd_OS_TCB_DbgPrevPtr_offset = TASK_DBG_PREV;
const uint32_t openocd_OS_TCB_DbgNextPtr_offset = TASK_DBG_NEXT;
#endif
static uint8_t blocks[TASKS][TASK_SIZE] __attribute__((aligned(8)));
static uint32_t mutex[8], semaphore[8];

static const uint8_t states[] = {
    [RUNNING] = STATE_READY,      [READY] = STATE_READY,           [NEWBORN] = STATE_READY,
    [DELAYED] = STATE_DELAYED,    [WAITING] = STATE_PENDS_TIMEOUT, [WAITING_LONG] = STATE_PENDS,
    [SUSPENDED] = STATE_SUSPENDED};
static const uint8_t pends_on[] = {
    [WAITING] = ON_MUTEX, [WAITING_LONG] = ON_SEMAPHORE, [DELETED] = 0};

static void make_task(unsigned i)
{
    uint32_t block = truth[i].block = (uint32_t)blocks[i];
    uint32_t newest = (uint32_t)OSTaskDbgListPtr;

    put(block, TASK_STACK_LIMIT, (uint32_t)&stacks[i][STACK_WORDS / 10]);
    put(block, TASK_STACK_BASE, (uint32_t)stacks[i]);
    put(block, TASK_STACK_SIZE, STACK_WORDS);
    put(block, TASK_NAME, (uint32_t)truth[i].name);
    blocks[i][TASK_PRIORITY] = (uint8_t)truth[i].priority;
    put(block, TASK_DBG_PREV, 0);
    put(block, TASK_DBG_NEXT, newest);
    put(block, TASK_DBG_NAME, (uint32_t) " ");
    if (newest)
        put(newest, TASK_DBG_PREV, block);
    OSTaskDbgListPtr = (void *)block;
    OSTaskQty++;
}

void kernel_start(void)
{
    for (unsigned i = 0; i < TASKS; i++)
        make_task(i);
}

/* Those that are ready with the same priority, or wait for a tick, are linked. */
static void link_tasks(unsigned next, unsigned previous,
                       int (*belongs)(unsigned task, uint32_t priority), uint32_t priority)
{
    uint32_t last = 0;

    for (unsigned i = 0; i < TASKS; i++)
        if (belongs(i, priority)) {
            uint32_t block = truth[i].block;

            put(block, next, 0);
            put(block, previous, last);
            if (last)
                put(last, next, block);
            last = block;
        }
}

static int is_ready(unsigned task, uint32_t priority)
{
    return states[truth[task].role] == STATE_READY && truth[task].priority == priority;
}

void kernel_publish(void)
{
    for (unsigned i = 0; i < TASKS; i++) {
        enum role role = truth[i].role;

        blocks[i][TASK_STATE] = states[role];
        blocks[i][TASK_PEND_ON] = pends_on[role];
        put(truth[i].block, TASK_PEND_OBJECT,
            role == WAITING        ? (uint32_t)mutex
            : role == WAITING_LONG ? (uint32_t)semaphore
                                   : 0);
    }
    for (uint32_t priority = 0; priority < 8; priority++)
        link_tasks(TASK_NEXT, TASK_PREV, is_ready, priority);
    OSTCBCurPtr = (void *)truth[current].block;
    OSPrioCur = (uint8_t)truth[current].priority;
    OSRunning = 1;
}

uint32_t *kernel_pointer(unsigned task)
{
    return (uint32_t *)(truth[task].block + TASK_SP);
}

void kernel_keep_exc_return(unsigned task, uint32_t exc_return)
{
    (void)task;
    (void)exc_return;
}
