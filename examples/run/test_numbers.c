/* SPDX-License-Identifier: MIT */
/* A test that runs on the chip: what it prints is the test's output, what main returns its result. */
#include <stdio.h>
#include <stdlib.h>

void initialise_monitor_handles(void); /* newlib's: printf and its like go by semihosting */

static int failures;

static void expect(const char *what, long is, long should_be)
{
    printf("%s %s: %ld\n", is == should_be ? "ok  " : "FAIL", what, is);
    failures += is != should_be;
}

int main(void)
{
    volatile long seven = 7;

    initialise_monitor_handles();
    expect("product", 6 * seven, 42);
    expect("quotient", 50 / seven, 7);
    expect("text", strtol("-12", NULL, 10), WRONG_ON_PURPOSE ? 12 : -12);
    return failures;
}
