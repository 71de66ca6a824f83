/* SPDX-License-Identifier: MIT */
/* As sched/ and arch/arm/src/armv7-m of NuttX keep them. */
#define OWN_FRAMES
#include "tasks.h"

struct {
    void *head, *tail;
} g_readytorun;
enum { PIDS = 16 };
static void *pids[PIDS];
void **g_pidhash = pids;
volatile int g_npidhash = PIDS;
static uint8_t blocks[TASKS][TASK_SIZE] __attribute__((aligned(4)));

#define AT(i) (uint16_t)(4 * (SAVED_PUSHED + (i)))
static const uint16_t registers[17] = {AT(0),
                                       AT(1),
                                       AT(2),
                                       AT(3),
                                       4 * SAVED_R4,
                                       4 * SAVED_R4 + 4,
                                       4 * SAVED_R4 + 8,
                                       4 * SAVED_R4 + 12,
                                       4 * SAVED_R4 + 16,
                                       4 * SAVED_R4 + 20,
                                       4 * SAVED_R4 + 24,
                                       4 * SAVED_R4 + 28,
                                       AT(4),
                                       0,
                                       AT(5),
                                       AT(6),
                                       AT(7)};
/* The pointer is a slot of eight bytes. */
const struct __attribute__((packed, aligned(4))) {
    uint16_t words[INFO_TABLE / 2];
    const void *table;
    uint32_t filler;
} g_tcbinfo __attribute__((used)) = {{
                                         [0] = TASK_PID,
                                         [1] = TASK_STATE,
                                         [2] = TASK_PRIORITY,
                                         [3] = TASK_NAME,
#if INFO_REGS == 8
                                         [4] = TASK_REGS,
                                         [5] = 17,
                                         [6] = 17,
#else
                                         [4] = TASK_STACK,
                                         [5] = TASK_STACK_SIZE,
                                         [6] = TASK_REGS,
                                         [7] = 17,
#if INFO_TABLE == 0x12
                                         [8] = 17,
#endif
#endif
                                     },
                                     registers,
                                     0};

void kernel_start(void)
{
    __asm__ volatile("" ::"r"(&g_tcbinfo), "r"(&g_npidhash));
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        put_text(block + TASK_NAME, truth[i].name, 24);
        *(volatile uint16_t *)(block + TASK_PID) = (uint16_t)(3 * i + 1);
        *(volatile uint8_t *)(block + TASK_PRIORITY) = (uint8_t)truth[i].priority;
        pids[(3 * i + 1) % PIDS] = blocks[i];
    }
}

void kernel_publish(void)
{
    static const uint8_t states[] = {
        [READY] = 2,        [NEWBORN] = 2,   [DELAYED] = 6, [WAITING] = 8,
        [WAITING_LONG] = 5, [SUSPENDED] = 4, [DELETED] = 0};

    for (unsigned i = 0; i < TASKS; i++)
        *(volatile uint8_t *)(truth[i].block + TASK_STATE) =
            i == current ? 3 : states[truth[i].role];
    g_readytorun.head = blocks[current];
}

uint32_t *kernel_pointer(unsigned task)
{
    return (uint32_t *)(truth[task].block + TASK_REGS);
}

void kernel_keep_exc_return(unsigned task, uint32_t exc_return)
{
    (void)task;
    (void)exc_return;
}

static void copy(uint32_t *to, const uint32_t *from, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        to[i] = from[i];
}

/* R13, BASEPRI, R4-R11, CONTROL, EXC_RETURN, [S16-S31], then what the core pushed. */
void leave(struct saved *regs, uint32_t *pushed, int fpu)
{
    uint32_t *area = pushed - SAVED_PUSHED;

    area[0] = (uint32_t)pushed + (fpu ? 0x68 : 0x20);
    area[1] = 0;
    copy(&area[SAVED_R4], regs->r4, 4);
    copy(&area[SAVED_R4 + 4], regs->r8, 4);
    area[SAVED_R4 + 8] = 2;
    area[SAVED_R4 + 9] = regs->exc_return;
#ifdef __ARM_FP
    copy(&area[SAVED_R4 + 10], regs->s16, 16);
#endif
    *kernel_pointer(current) = (uint32_t)area;
}

uint32_t *come(struct saved *regs, int fpu)
{
    uint32_t *area = (uint32_t *)*kernel_pointer(current);

    (void)fpu;
    copy(regs->r4, &area[SAVED_R4], 4);
    copy(regs->r8, &area[SAVED_R4 + 4], 4);
#ifdef __ARM_FP
    copy(regs->s16, &area[SAVED_R4 + 10], 16);
#endif
    return area + SAVED_PUSHED;
}
