/* SPDX-License-Identifier: MIT */
/* As os_task.c of uC/OS-III keeps them. */
#include "tasks.h"

uint8_t OSRunning;
void *OSTCBCurPtr, *OSTaskDbgListPtr;
uint16_t OSTaskQty;
static uint8_t blocks[TASKS][TASK_SIZE] __attribute__((aligned(4)));
#if CONSTANTS
#define CONSTANT(name, value) \
    const uint32_t openocd_OS_TCB_##name##_offset __attribute__((used)) = value
CONSTANT(StkPtr, TASK_POINTER);
CONSTANT(NamePtr, TASK_NAME);
CONSTANT(TaskState, TASK_STATE);
CONSTANT(Prio, TASK_PRIORITY);
CONSTANT(DbgPrevPtr, TASK_PREVIOUS);
CONSTANT(DbgNextPtr, TASK_NEXT);
#endif

void kernel_start(void)
{
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        put(block, TASK_NAME, (uint32_t)truth[i].name);
        put(block, TASK_LIMIT, (uint32_t)stacks[i]);
        *(volatile uint8_t *)(block + TASK_PRIORITY) = (uint8_t)truth[i].priority;
        put(block, TASK_PREVIOUS, i ? (uint32_t)blocks[i - 1] : 0);
        put(block, TASK_NEXT, i + 1 < TASKS ? (uint32_t)blocks[i + 1] : 0);
    }
    OSTaskDbgListPtr = blocks[0];
}

void kernel_publish(void)
{
    static const uint8_t states[] = {
        [DELAYED] = 1, [WAITING] = 3, [WAITING_LONG] = 2, [SUSPENDED] = 4, [DELETED] = 255};

    for (unsigned i = 0; i < TASKS; i++)
        *(volatile uint8_t *)(truth[i].block + TASK_STATE) = states[truth[i].role];
    OSTCBCurPtr = blocks[current];
    OSTaskQty = TASKS;
    OSRunning = 1;
}

uint32_t *kernel_pointer(unsigned task)
{
    return (uint32_t *)truth[task].block;
}

void kernel_keep_exc_return(unsigned task, uint32_t exc_return)
{
    (void)task;
    (void)exc_return;
}
