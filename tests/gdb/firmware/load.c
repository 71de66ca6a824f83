/* SPDX-License-Identifier: MIT */
/* A program whose time is known: three parts in one function, one in another, which is inlined. */
#include <stdint.h>

volatile uint32_t sum;

__attribute__((noinline)) void three_quarters(void)
{
    for (int i = 0; i < 300; i++)
        sum += 1;
}

static inline __attribute__((always_inline)) void one_quarter(void)
{
    for (int i = 0; i < 100; i++)
        sum += 2;
}

__attribute__((noinline)) void around(void)
{
    one_quarter();
}

int main(void)
{
    for (;;) {
        three_quarters();
        around();
    }
}
