/* SPDX-License-Identifier: MIT */
/* As tasks.c and list.c of FreeRTOS keep them. */
#include "tasks.h"

enum { PRIORITIES = 6 };

typedef struct {
    uint8_t bytes[LIST_SIZE];
} list_t __attribute__((aligned(LIST_ALIGN)));

#if CORES > 1
void *pxCurrentTCBs[CORES];
#define pxCurrentTCB pxCurrentTCBs[0]
#else
void *volatile pxCurrentTCB;
#endif
static list_t pxReadyTasksLists[PRIORITIES], xDelayedTaskList1, xDelayedTaskList2,
    xPendingReadyList, xSuspendedTaskList, xTasksWaitingTermination;
static list_t *volatile pxDelayedTaskList, *volatile pxOverflowDelayedTaskList;
static volatile uint32_t uxCurrentNumberOfTasks, xSchedulerRunning;
#if TOP_PRIORITY
const uint32_t uxTopUsedPriority = PRIORITIES - 1;
#endif
static list_t queue; /* of those who wait for an event */
static uint8_t blocks[TASKS][TASK_SIZE] __attribute__((aligned(8)));

static void put_tick(uint32_t base, uint32_t offset, uint32_t low, uint32_t high)
{
    uint32_t value[2] = {low, high};

    for (unsigned i = 0; i < TICK_BYTES; i++)
        ((volatile uint8_t *)(base + offset))[i] = ((uint8_t *)value)[i];
}

static void put_checks(uint32_t base, uint32_t first, uint32_t second)
{
    (void)base;
    (void)first;
    (void)second;
#if CHECKS
    put_tick(base, first, 0x5A5A5A5A, 0x5A5A5A5A);
    put_tick(base, second, 0x5A5A5A5A, 0x5A5A5A5A);
#endif
}

#if CHECKS
#define CHECK(of, which) of##_##which
#else
#define CHECK(of, which) 0
#endif

static void initialise(list_t *list)
{
    uint32_t base = (uint32_t)list, end = base + LIST_END;

    put_checks(base, CHECK(LIST, CHECK1), CHECK(LIST, CHECK2));
#if CHECKS
    put_tick(end, ITEM_CHECK1, 0x5A5A5A5A, 0x5A5A5A5A);
#endif
    put(base, LIST_COUNT, 0);
    put(base, LIST_INDEX, end);
    put_tick(end, ITEM_VALUE, 0xFFFFFFFF, 0xFFFFFFFF);
    put(end, ITEM_NEXT, end);
    put(end, ITEM_PREV, end);
}

static void insert(list_t *list, uint32_t item, uint32_t owner, uint32_t value)
{
    uint32_t base = (uint32_t)list, end = base + LIST_END;
    uint32_t last = *(uint32_t *)(end + ITEM_PREV);

    put_checks(item, CHECK(ITEM, CHECK1), CHECK(ITEM, CHECK2));
    put_tick(item, ITEM_VALUE, value, 0);
    put(item, ITEM_NEXT, end);
    put(item, ITEM_PREV, last);
    put(item, ITEM_OWNER, owner);
    put(item, ITEM_CONTAINER, base);
    put(last, ITEM_NEXT, item);
    put(end, ITEM_PREV, item);
    put(base, LIST_COUNT, *(uint32_t *)(base + LIST_COUNT) + 1);
}

void kernel_start(void)
{
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        put(block, TASK_EVENT + ITEM_OWNER, block);
        put(block, TASK_PRIORITY, truth[i].priority);
        put(block, TASK_STACK, (uint32_t)stacks[i]);
        put_text(block + TASK_NAME, truth[i].name, NAME_SIZE);
    }
    pxDelayedTaskList = &xDelayedTaskList1;
    pxOverflowDelayedTaskList = &xDelayedTaskList2;
    uxCurrentNumberOfTasks = TASKS;
}

static void insert_task(unsigned i)
{
    uint32_t block = truth[i].block, item = block + TASK_STATE, event = block + TASK_EVENT;

    put(event, ITEM_CONTAINER, 0);
    switch (truth[i].role) {
    case RUNNING:
    case READY:
    case NEWBORN:
        insert(&pxReadyTasksLists[truth[i].priority], item, block, 0);
        break;
    case DELAYED:
        insert(&xDelayedTaskList1, item, block, 1234);
        break;
    case WAITING: /* with a limit, beyond the overflow of ticks */
        insert(&xDelayedTaskList2, item, block, 17);
        insert(&queue, event, block, PRIORITIES - truth[i].priority);
        break;
    case WAITING_LONG:
        insert(&xSuspendedTaskList, item, block, 0);
        insert(&queue, event, block, PRIORITIES - truth[i].priority);
        break;
    case SUSPENDED:
        insert(&xSuspendedTaskList, item, block, 0);
        break;
    case DELETED:
        insert(&xTasksWaitingTermination, item, block, 0);
        break;
    }
}

void kernel_publish(void)
{
    list_t *others[] = {&xDelayedTaskList1,  &xDelayedTaskList2,        &xPendingReadyList,
                        &xSuspendedTaskList, &xTasksWaitingTermination, &queue};

    for (unsigned i = 0; i < PRIORITIES; i++)
        initialise(&pxReadyTasksLists[i]);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        initialise(others[i]);
    for (unsigned i = 0; i < TASKS; i++)
        insert_task(i);
    pxCurrentTCB = (void *)truth[current].block;
    xSchedulerRunning = 1;
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
