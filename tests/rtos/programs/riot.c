/* SPDX-License-Identifier: MIT */
/* As core/sched.c of RIOT keeps them. */
#include "tasks.h"

enum { PIDS = 33 }; /* of which 0 is none's */

void *sched_threads[PIDS];
int sched_num_threads;
int16_t sched_active_pid;
const uint8_t max_threads __attribute__((used)) = PIDS;
const uint8_t _tcb_name_offset __attribute__((used)) = THREAD_NAME;
static uint8_t blocks[TASKS][THREAD_SIZE] __attribute__((aligned(4)));

void kernel_start(void)
{
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        *(volatile uint8_t *)(block + THREAD_PRIORITY) = (uint8_t)truth[i].priority;
        put(block, THREAD_NAME, (uint32_t)truth[i].name);
        sched_threads[2 * i + 1] = blocks[i]; /* pids have gaps */
    }
}

void kernel_publish(void)
{
    static const uint8_t status[] = {
        [RUNNING] = 11, [READY] = 12,       [NEWBORN] = 12,  [DELAYED] = 2,
        [WAITING] = 4,  [WAITING_LONG] = 3, [SUSPENDED] = 8, [DELETED] = 1};

    for (unsigned i = 0; i < TASKS; i++)
        *(volatile uint8_t *)(truth[i].block + THREAD_STATUS) =
            i == current ? 11 : status[truth[i].role];
    sched_active_pid = (int16_t)(2 * current + 1);
    sched_num_threads = TASKS;
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
