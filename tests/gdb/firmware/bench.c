/* SPDX-License-Identifier: MIT */
/* The program that the gdb tests debug: something for every command, chosen by `command`. The lines
 * that tests stop at carry a mark in a comment, so that moving code does not break tests. */
#include <stdint.h>
#include <stdio.h>

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define SCB_CCR REG(0xE000ED14)

enum command { IDLE, CALLS, LOOP, TICKS, RAM, WATCH, FAULT_BUS, FAULT_UNDEF, FAULT_DIV0, BKPT, SEMIHOST, EXIT, SLEEP };

struct point {
    int16_t x, y;
    int32_t weight;
};

volatile enum command command = IDLE;
volatile uint32_t ticks, rounds, idle_rounds, calls;
volatile uint8_t bytes[8];
volatile uint16_t halves[4];
volatile uint32_t words[4] = {0x11223344, 0x55667788, 0x99aabbcc, 0xddeeff00};
volatile struct point point = {-3, 4, 70000};
const char greeting[] = "hello, flash";
volatile int result;

void SysTick_Handler(void)
{
    ticks++; /* mark: systick */
}

__attribute__((noinline)) int add(int a, int b)
{
    return a + b; /* mark: add */
}

__attribute__((noinline)) void count_a_call(void)
{
    calls++;
}

__attribute__((noinline)) int factorial(int n)
{
    if (n <= 1)
        return 1; /* mark: factorial base */
    return n * factorial(n - 1);
}

__attribute__((noinline, section(".ramcode"))) int ram_add(int a, int b)
{
    int sum = a;

    sum += b; /* mark: ram body */
    return sum;
}

static void do_calls(void)
{
    int a = 2;       /* mark: calls start */
    int b = add(a, 3);
    int c = add(b, 4);
    result = factorial(c - 4);
    count_a_call(); /* mark: plain call */
    rounds++; /* mark: calls end */
}

static void do_loop(void)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < 1000; i++) sum += i * i; /* mark: loop */
    result = (int)sum; /* mark: after loop */
}

static void do_ticks(void)
{
    uint32_t start = ticks; /* mark: ticks start */
    while (ticks == start); /* mark: ticks wait */
    rounds++; /* mark: ticks over */
    rounds++;
    rounds++; /* mark: ticks end */
}

static void do_ram(void)
{
    int (*volatile call)(int, int) = ram_add;

    result = call(20, 22); /* mark: ram call */
    rounds++; /* mark: ram end */
}

static void do_watch(void)
{
    words[1] = 1; /* mark: watch start */
    bytes[3] = (uint8_t)words[2];
    halves[1] = 0xBEEF;
    words[1] = 2;
    point.weight++;
    rounds++; /* mark: watch end */
}

static void do_fault(enum command kind)
{
    volatile int zero = 0;

    if (kind == FAULT_BUS)
        result = (int)REG(0x60000000); /* mark: fault bus */
    if (kind == FAULT_UNDEF)
        __asm__ volatile(".short 0xDE00"); /* mark: fault undef */
    if (kind == FAULT_DIV0) {
        SCB_CCR |= 1u << 4;
        result = 7 / zero; /* mark: fault div0 */
    }
}

static int semihost(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void do_semihost(void)
{
    static const char text[] = "by write\n";
    uint32_t block[3] = {1, (uint32_t)(uintptr_t)text, sizeof text - 1};

    semihost(0x04, "by write0\n");
    semihost(0x03, "c");
    semihost(0x03, "\n");
    result = semihost(0x05, block);
    rounds++; /* mark: semihost end */
}

static void run(enum command now)
{
    switch (now) {
    case CALLS: do_calls(); break;
    case LOOP: do_loop(); break;
    case TICKS: do_ticks(); break;
    case RAM: do_ram(); break;
    case WATCH: do_watch(); break;
    case FAULT_BUS:
    case FAULT_UNDEF:
    case FAULT_DIV0: do_fault(now); break;
    case BKPT: __asm__ volatile("bkpt 3"); rounds++; break; /* mark: bkpt */
    case SEMIHOST: do_semihost(); break;
    case EXIT: semihost(0x18, (void *)0x20026); break;
    case SLEEP: __asm__ volatile("wfi"); break; /* mark: sleep */
    default: idle_rounds++; break; /* mark: idle */
    }
}

int main(void)
{
    int local = 42; /* mark: main */

    SYST_RVR = 8000 - 1;
    SYST_CVR = 0;
    SYST_CSR = 7;
    for (;;) {
        run(command); /* mark: dispatch */
        local++;
    }
}
