/* SPDX-License-Identifier: MIT */
/* As kernel/thread.c and arch/arm/core/cortex_m of Zephyr keep threads: switched by PendSV, or
 * (SWITCHED) with the whole context on the stack, in one of two generations. */
#define OWN_FRAMES
#include "tasks.h"

uint8_t _kernel[KERNEL_SIZE] __attribute__((aligned(4)));
static uint8_t blocks[TASKS][THREAD_SIZE] __attribute__((aligned(8)));

#if OLD_NAMES
#define TABLE _kernel_openocd_offsets
#define TABLE_SIZE _kernel_openocd_size_t_size
#else
#define TABLE _kernel_thread_info_offsets
#define TABLE_SIZE _kernel_thread_info_size_t_size
const uint32_t _kernel_thread_info_num_offsets __attribute__((used)) = 15;
#endif
const uint8_t TABLE_SIZE __attribute__((used)) = 4;
const uint32_t TABLE[15] __attribute__((used)) = {
    TABLE_VERSION,  KERNEL_CURRENT,  KERNEL_THREADS, THREAD_ENTRY, THREAD_NEXT, THREAD_STATE,
    THREAD_OPTIONS, THREAD_PRIORITY, THREAD_PSP,     THREAD_NAME,  THREAD_ARCH,
#ifdef __ARM_FP
    ARCH_FLOAT,
#else
    0xFFFFFFFF,
#endif
    0xFFFFFFFF,     ARCH_MODE,       0xFFFFFFFF};
#if SWITCHED
uint32_t arm_m_switch_stack_buffer __attribute__((used)) = 64;
#endif

static void put_byte(uint32_t base, uint32_t offset, uint8_t value)
{
    *(volatile uint8_t *)(base + offset) = value;
}

void kernel_start(void)
{
#if SWITCHED
    __asm__ volatile("" ::"r"(&arm_m_switch_stack_buffer));
#endif
    for (unsigned i = 0; i < TASKS; i++) {
        uint32_t block = truth[i].block = (uint32_t)blocks[i];

        put_byte(block, THREAD_PRIORITY, (uint8_t)truth[i].priority);
        put_text(block + THREAD_NAME, truth[i].name, 32);
        put(block, THREAD_NEXT, i + 1 < TASKS ? (uint32_t)blocks[i + 1] : 0);
    }
    put((uint32_t)_kernel, KERNEL_THREADS, (uint32_t)blocks[0]);
}

void kernel_publish(void)
{
    static const uint8_t states[] = {
        [READY] = 0x80,     [NEWBORN] = 0x80,   [DELAYED] = 4, [WAITING] = 2,
        [WAITING_LONG] = 2, [SUSPENDED] = 0x10, [DELETED] = 8};

    for (unsigned i = 0; i < TASKS; i++)
        put_byte(truth[i].block, THREAD_STATE, states[truth[i].role]);
    put((uint32_t)_kernel, KERNEL_CURRENT, truth[current].block);
}

uint32_t *kernel_pointer(unsigned task)
{
    return (uint32_t *)(truth[task].block + (SWITCHED ? THREAD_SWITCH : THREAD_PSP));
}

void kernel_keep_exc_return(unsigned task, uint32_t exc_return)
{
    put_byte(truth[task].block + THREAD_ARCH, ARCH_MODE, (uint8_t)exc_return);
}

static void copy(uint32_t *to, const uint32_t *from, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        to[i] = from[i];
}

#if !SWITCHED
void leave(struct saved *regs, uint32_t *pushed, int fpu)
{
    uint32_t block = truth[current].block;

    copy((uint32_t *)(block + THREAD_PSP - 32), regs->r4, 4);
    copy((uint32_t *)(block + THREAD_PSP - 16), regs->r8, 4);
#ifdef __ARM_FP
    if (fpu)
        copy((uint32_t *)(block + THREAD_ARCH + ARCH_FLOAT), regs->s16, 16);
#endif
    *kernel_pointer(current) = (uint32_t)pushed;
}

uint32_t *come(struct saved *regs, int fpu)
{
    uint32_t block = truth[current].block;

    copy(regs->r4, (uint32_t *)(block + THREAD_PSP - 32), 4);
    copy(regs->r8, (uint32_t *)(block + THREAD_PSP - 16), 4);
#ifdef __ARM_FP
    if (fpu)
        copy(regs->s16, (uint32_t *)(block + THREAD_ARCH + ARCH_FLOAT), 16);
#endif
    return (uint32_t *)*kernel_pointer(current);
}
#elif SWITCHED == 2026
/* have_fpu (with CONFIG_FPU) and s16-s31, PSPLIM, r4-r11, and the frame as the core has it; of an
 * address that has bit 0 set, and without the word that the core left out. */
void leave(struct saved *regs, uint32_t *pushed, int fpu)
{
    uint32_t *words =
        (uint32_t *)((uint32_t)pushed - 4 * (8 + LIMITED + WITH_FPU + (fpu ? 16 : 0)));
    unsigned at = 0, size = fpu ? 26 : 8;

    if (pushed[7] & 0x200) { /* moved up by that word */
        for (unsigned i = size; i-- > 0;)
            pushed[i + 1] = pushed[i];
        pushed++;
        words++;
        pushed[7] &= ~0x200u;
    }
    pushed[6] |= 1;
#if WITH_FPU
    words[at++] = (uint32_t)fpu;
    if (fpu)
        copy(&words[at], regs->s16, 16);
    at += fpu ? 16 : 0;
#endif
    if (LIMITED)
        words[at++] = (uint32_t)stacks[current];
    copy(&words[at], regs->r4, 4);
    copy(&words[at + 4], regs->r8, 4);
    *kernel_pointer(current) = (uint32_t)words;
}

uint32_t *come(struct saved *regs, int fpu)
{
    uint32_t *words = (uint32_t *)*kernel_pointer(current), *pushed;

#if WITH_FPU
    words++;
    if (fpu)
        copy(regs->s16, words, 16);
    words += fpu ? 16 : 0;
#endif
    words += LIMITED;
    copy(regs->r4, words, 4);
    copy(regs->r8, words + 4, 4);
    pushed = words + 8;
    pushed[6] &= ~1u;
    if ((uint32_t)pushed & 4) { /* the core wants it aligned, and moves back by itself */
        for (unsigned i = 0; i < (fpu ? 26u : 8u); i++)
            pushed[(int)i - 1] = pushed[i];
        pushed--;
        pushed[7] |= 0x200;
    }
    return pushed;
}
#else
/* have_fpu (with CONFIG_FPU), s0-s31 and FPSCR, PSPLIM, APSR, r0-r12, lr, pc. */
void leave(struct saved *regs, uint32_t *pushed, int fpu)
{
    uint32_t top = (uint32_t)pushed + (fpu ? 0x68 : 0x20) + (pushed[7] & 0x200 ? 4 : 0);
    uint32_t frame[60];
    unsigned at = 0;

#if WITH_FPU
    frame[at++] = (uint32_t)fpu;
    if (fpu) {
        copy(&frame[at], pushed + 8, 16);
        copy(&frame[at + 16], regs->s16, 16);
        frame[at + 32] = pushed[24];
        at += 33;
    }
#endif
    if (LIMITED)
        frame[at++] = (uint32_t)stacks[current];
    frame[at++] = pushed[7] & 0xF8000000;
    copy(&frame[at], pushed, 4);
    copy(&frame[at + 4], regs->r4, 4);
    copy(&frame[at + 8], regs->r8, 4);
    frame[at + 12] = pushed[4];
    frame[at + 13] = pushed[5];
    frame[at + 14] = pushed[6] | 1;
    at += 15;
    copy((uint32_t *)(top - 4 * at), frame, at);
    *kernel_pointer(current) = top - 4 * at;
}

uint32_t *come(struct saved *regs, int fpu)
{
    uint32_t frame[60], *words = (uint32_t *)*kernel_pointer(current);
    unsigned at = 0;

    copy(frame, words, 60);
    const uint32_t *fp = &frame[1];
    at += WITH_FPU ? (fpu ? 34 : 1) : 0;
    at += LIMITED;
    uint32_t top = (uint32_t)(words + at + 16);
    uint32_t *pushed = (uint32_t *)((top - (fpu ? 0x68 : 0x20)) & ~7u);
    copy(regs->r4, &frame[at + 5], 4);
    copy(regs->r8, &frame[at + 9], 4);
    copy(pushed, &frame[at + 1], 4);
    pushed[4] = frame[at + 13];
    pushed[5] = frame[at + 14];
    pushed[6] = frame[at + 15] & ~1u;
    pushed[7] = frame[at] | 1u << 24 | (top & 4 ? 0x200 : 0);
#ifdef __ARM_FP
    if (fpu) {
        copy(regs->s16, fp + 16, 16);
        copy(pushed + 8, fp, 16);
        pushed[24] = fp[32];
    }
#else
    (void)fp;
#endif
    return pushed;
}
#endif
