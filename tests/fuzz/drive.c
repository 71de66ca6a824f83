/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target in the test run, with any compiler: a fixed number of inputs from a fixed
 * seed, mutants of the target's own seeds. Arguments: how many inputs; or files to run again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { INPUT_MAX = 2048, INPUTS = 20000 };

/* xorshift64*, Vigna: the same numbers everywhere. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static uint8_t some_byte(uint64_t *random)
{
    static const char likely[] = "$#+-*}:;,=0123456789abcdefmMxXgGpPvqQcCsSrZzHTDkR?!\n\x03";

    if (next(random) % 4)
        return (uint8_t)likely[next(random) % (sizeof likely - 1)];
    return (uint8_t)next(random);
}

static size_t mutate(uint64_t *random, uint8_t *data, size_t size)
{
    size_t at = size ? next(random) % size : 0;
    size_t tail = size - at;
    size_t part = tail ? next(random) % (tail < 8 ? tail : 8) : 0;

    switch (next(random) % 4) {
    case 0: /* change */
        if (size > 0)
            data[at] = some_byte(random);
        return size;
    case 1: /* insert */
        if (size == INPUT_MAX)
            return size;
        memmove(data + at + 1, data + at, tail);
        data[at] = some_byte(random);
        return size + 1;
    case 2: /* remove */
        memmove(data + at, data + at + part, tail - part);
        return size - part;
    default: /* repeat */
        if (size + part > INPUT_MAX)
            return size;
        memmove(data + at + part, data + at, tail);
        return size + part;
    }
}

static void run_generated(unsigned long count)
{
    uint64_t random = UINT64_C(0x9E3779B97F4A7C15);
    size_t seeds = 0;

    while (fuzz_seeds[seeds])
        seeds++;
    for (unsigned long i = 0; i < count; i++) {
        uint8_t data[INPUT_MAX];
        const char *seed = fuzz_seeds[next(&random) % seeds];
        size_t size = strlen(seed);

        memcpy(data, seed, size);
        for (uint64_t n = next(&random) % 12; n > 0; n--)
            size = mutate(&random, data, size);
        LLVMFuzzerTestOneInput(data, size);
    }
}

static int run_file(const char *name)
{
    static uint8_t data[1 << 20];
    FILE *file = fopen(name, "rb");

    if (!file) {
        perror(name);
        return 1;
    }
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    return 0;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long count = argc > 1 ? strtoul(argv[1], &end, 10) : INPUTS;

    if (argc > 1 && *end) {
        int failed = 0;

        for (int i = 1; i < argc; i++)
            failed |= run_file(argv[i]);
        return failed;
    }
    run_generated(count);
    printf("%lu inputs\n", count);
    return 0;
}
