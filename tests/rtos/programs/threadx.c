/* SPDX-License-Identifier: MIT */
/* As tx_thread_create.c of ThreadX keeps its threads. */
#include "tasks.h"

void *_tx_thread_current_ptr, *_tx_thread_created_ptr;
uint32_t _tx_thread_created_count, _tx_thread_system_state = 0xF0F0F0F0;
static uint8_t blocks[TASKS][THREAD_SIZE] __attribute__((aligned(4)));

void kernel_start(void)
{
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        put(block, THREAD_ID, 0x54485244);
        put(block, THREAD_STACK_START, (uint32_t)stacks[i]);
        put(block, THREAD_STACK_END, (uint32_t)(stacks[i] + STACK_WORDS) - 1);
        put(block, THREAD_STACK_SIZE, sizeof stacks[i]);
        put(block, THREAD_NAME, (uint32_t)truth[i].name);
        put(block, THREAD_PRIORITY, truth[i].priority);
        put(block, THREAD_CREATED_NEXT, (uint32_t)blocks[(i + 1) % TASKS]);
        put(block, THREAD_CREATED_PREVIOUS, (uint32_t)blocks[(i + TASKS - 1) % TASKS]);
    }
    _tx_thread_created_ptr = blocks[0];
    _tx_thread_created_count = TASKS;
}

void kernel_publish(void)
{
    static const uint8_t states[] = {
        [DELAYED] = 4, [WAITING] = 5, [WAITING_LONG] = 13, [SUSPENDED] = 3, [DELETED] = 2};

    for (unsigned i = 0; i < TASKS; i++)
        put(truth[i].block, THREAD_STATE, states[truth[i].role]);
    _tx_thread_current_ptr = blocks[current];
    _tx_thread_system_state = 0;
}

uint32_t *kernel_pointer(unsigned task)
{
    return (uint32_t *)(truth[task].block + THREAD_STACK_POINTER);
}

void kernel_keep_exc_return(unsigned task, uint32_t exc_return)
{
    (void)task;
    (void)exc_return;
}
