/* SPDX-License-Identifier: MIT */
/* Instructions a second of the interpreter alone, on the flat machine. Of use in a release build:
 *   meson setup build-release --buildtype=release && meson test -C build-release --benchmark
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "flat.h"

#define INSTRUCTIONS 100000000u
#define MEMORY_SIZE 4096u

struct loop {
    const char *name;
    uint16_t halves[16];
};

static const struct loop loops[] = {
    {"subs, bne", {0x3801, 0xD1FD, 0xE7FC}},
    /* adds r1, r0; eors r2, r1; lsls r3, r2, #3; add.w r4, r4, r3, ror #7; b */
    {"arithmetic", {0x1809, 0x404A, 0x00D3, 0xEB04, 0x14F3, 0xE7F9}},
    /* ldr r1, [r7]; adds r1, #1; str r1, [r7]; ldrb r2, [r7, #1]; push, pop {r4-r6}; b */
    {"memory", {0x6839, 0x3101, 0x6039, 0x787A, 0xB470, 0xBC70, 0xE7F8}},
    /* cmp r0, #5; ite lt; addlt r1, #1; subge r2, #1; udiv r3, r1, r2; clz; bl 1f; 1: b */
    {"mixed",
     {0x2805, 0xBFB4, 0x3101, 0x3A01, 0xFBB1, 0xF3F2, 0xFAB3, 0xF483, 0xF000, 0xF800, 0xE7F4}},
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(void)
{
    static uint8_t code[MEMORY_SIZE], ram[MEMORY_SIZE];
    static struct flat flat;
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        flat_init(&flat, &flat_armv7m, code, sizeof code, ram, sizeof ram);
        for (size_t k = 0; k < sizeof loops[i].halves / 2; k++)
            put_le16(code + 2 * k, loops[i].halves[k]);
        flat.cpu.r[7] = FLAT_RAM;
        flat.cpu.r[13] = FLAT_RAM + MEMORY_SIZE;
        double start = now();
        while (flat.cpu.instructions < INSTRUCTIONS && !flat.faults)
            sim_insn_execute(&flat.cpu);
        double seconds = now() - start;
        if (flat.faults || flat.cpu.r[15] > FLAT_CODE + 32)
            return 1;
        printf("%-12s %6.1f million instructions/s, %.2f cycles each\n", loops[i].name,
               (double)flat.cpu.instructions / seconds / 1e6,
               (double)flat.cpu.cycles / (double)flat.cpu.instructions);
    }
    return 0;
}
