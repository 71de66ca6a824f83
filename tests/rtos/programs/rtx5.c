/* SPDX-License-Identifier: MIT */
/* As rtx_kernel.c and rtx_thread.c of CMSIS-RTX keep them. */
#include "tasks.h"

static const char os_id[] = "RTX V5.9.1";
uint8_t osRtxInfo[INFO_SIZE] __attribute__((aligned(4)));
static uint8_t blocks[TASKS][THREAD_SIZE] __attribute__((aligned(4)));

static void put_byte(uint32_t base, uint32_t offset, uint8_t value)
{
    *(volatile uint8_t *)(base + offset) = value;
}

void kernel_start(void)
{
    put((uint32_t)osRtxInfo, INFO_OS_ID, (uint32_t)os_id);
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        put_byte(block, THREAD_ID, 0xF1);
        put(block, THREAD_NAME, (uint32_t)truth[i].name);
        put_byte(block, THREAD_PRIORITY, (uint8_t)truth[i].priority);
        put(block, THREAD_STACK_MEM, (uint32_t)stacks[i]);
        put(block, THREAD_STACK_SIZE, sizeof stacks[i]);
    }
}

static void push(uint32_t head, uint32_t block, uint32_t next)
{
    uint32_t *link = (uint32_t *)((uint32_t)osRtxInfo + head);

    put(block, next, *link);
    *link = block;
}

void kernel_publish(void)
{
    static const uint8_t states[] = {
        [RUNNING] = 2,    [READY] = 1,           [NEWBORN] = 1,   [DELAYED] = 0x13,
        [WAITING] = 0x93, [WAITING_LONG] = 0x53, [SUSPENDED] = 3, [DELETED] = 4};
    uint32_t info = (uint32_t)osRtxInfo;

    put(info, INFO_READY, 0);
    put(info, INFO_DELAY, 0);
    put(info, INFO_WAIT, 0);
    put(info, INFO_TERMINATE, 0);
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block;
        enum role role = truth[i].role;

        put_byte(block, THREAD_STATE, i == current ? 2 : states[role]);
        if (i == current)
            continue;
        if (role == READY || role == NEWBORN || role == RUNNING)
            push(INFO_READY, block, THREAD_THREAD_NEXT);
        else if (role == DELAYED || role == WAITING) {
            push(INFO_DELAY, block, THREAD_DELAY_NEXT);
            put(block, THREAD_DELAY, role == DELAYED ? 1234 - 17 : 17); /* behind the one before */
        } else
            push(INFO_WAIT, block, THREAD_DELAY_NEXT);
    }
    put(info, INFO_CURRENT, truth[current].block);
    put_byte(info, INFO_STATE, 2);
}

uint32_t *kernel_pointer(unsigned task)
{
    return (uint32_t *)(truth[task].block + THREAD_SP);
}

void kernel_keep_exc_return(unsigned task, uint32_t exc_return)
{
    put_byte(truth[task].block, THREAD_STACK_FRAME, (uint8_t)exc_return);
}
