/* SPDX-License-Identifier: MIT */
/* What an Armv8-M core has above older ones, for a debugging session: a process stack with a limit,
 * something larger than a word to watch, code in RAM, and a stack that overflows when asked to. */
#include <stdint.h>

volatile int table[7], other[5];
volatile unsigned rounds, depth, overflow;
volatile float total;
uint64_t process_stack[64];

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static __attribute__((noinline)) int dig(int n)
{
    volatile int room[8];

    room[0] = n;
    depth = (unsigned)n;
    return dig(n + 1) + room[0];
}

/* In C it would be rounds++; but no compiler puts code into a section of data without a warning. */
__asm(".pushsection .data.in_ram, \"aw\"\n"
      ".align 2\n"
      ".thumb_func\n"
      ".type in_ram, %function\n"
      "in_ram:\n"
      "    ldr r0, =rounds\n"
      "    ldr r1, [r0]\n"
      "    adds r1, #1\n"
      "    str r1, [r0]\n"
      "    bx lr\n"
      ".ltorg\n"
      ".size in_ram, . - in_ram\n"
      ".popsection\n");
void in_ram(void);

__attribute__((noinline)) void fill(int i)
{
    table[i] = (int)rounds;
}

void SVC_Handler(void)
{
    other[1] = (int)rounds;
}

/* Thread mode goes on on the process stack: main has no other from here on. */
static inline __attribute__((always_inline)) void take_process_stack(void)
{
    __asm volatile("msr psplim, %0\n"
                   "msr psp, %1\n"
                   "movs r3, #2\n"
                   "msr control, r3\n"
                   "isb\n" ::"r"(process_stack),
                   "r"(process_stack + 64)
                   : "r3");
}

__attribute__((noinline)) void work(void)
{
    total = total + 0.5f; /* mark: begin */
    fill(3);
    __asm volatile("svc 0");
    void (*volatile call)(void) = in_ram;
    call();
    if (overflow)
        dig(0);
}

int main(void)
{
    take_process_stack();
    for (;;)
        work();
}
