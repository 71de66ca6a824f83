/* SPDX-License-Identifier: MIT */
/* The program that is debugged on every simulated board: it needs its core and nothing else of the
 * chip. Lines that tests stop at carry a mark in a comment. */
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)

#ifdef __ARM_FP
volatile uint8_t has_fpu = 1;
#else
volatile uint8_t has_fpu = 0;
#endif
volatile uint32_t ticks, rounds;
volatile int32_t total;
volatile float length = 2.5f, width = 1.5f, area;

__attribute__((noinline)) void count_a_tick(void)
{
    ticks++; /* mark: tick */
}

void SysTick_Handler(void)
{
    count_a_tick();
}

__attribute__((noinline)) int32_t add(int32_t a, int32_t b)
{
    return a + b; /* mark: add */
}

__attribute__((noinline)) float multiply(float a, float b)
{
    float product = a * b;

    return product; /* mark: multiply */
}

__attribute__((noinline)) float wait_for_a_tick(float a)
{
    uint32_t before = ticks;
    float kept = a * 2.0f;

    while (ticks == before)
        kept += 1.0f; /* mark: waits */
    return kept;
}

volatile uint32_t crash; /* where to read */

__attribute__((noinline)) void work(void)
{
    if (crash)
        total = *(volatile int32_t *)(uintptr_t)crash;
    int32_t one = 20; /* mark: work */
    int32_t sum = add(one, 22);

    total = sum;
    area = multiply(length, width); /* mark: floats */
    rounds++;                       /* mark: done */
}

int main(void)
{
    has_fpu |= 0; /* mark: main */
    SYST_RVR = 20000;
    SYST_CVR = 0;
    SYST_CSR = 7;
    for (;;) {
        work();
        wait_for_a_tick(width); /* mark: between */
    }
}
