/* SPDX-License-Identifier: MIT */
/* A flat machine for single instructions written as halfwords: 4 KiB of code and of RAM, the stack
 * in the middle of RAM. */
#ifndef PROBED_TEST_FIXTURE_H
#define PROBED_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "flat.h"

#define MEMORY_SIZE 4096u
#define RAM_END (FLAT_RAM + MEMORY_SIZE)

struct fixture {
    struct flat flat;
    uint8_t code[MEMORY_SIZE], ram[MEMORY_SIZE];
};

/* Fresh machine with `count` halfwords at its PC; returns its core. */
static inline struct sim_cpu *fixture_load(struct fixture *fixture,
                                           const struct sim_core_model *model,
                                           const uint16_t *halves, size_t count)
{
    memset(fixture, 0, sizeof *fixture);
    flat_init(&fixture->flat, model, fixture->code, MEMORY_SIZE, fixture->ram, MEMORY_SIZE);
    for (size_t i = 0; i < count; i++)
        put_le16(fixture->code + 2 * i, halves[i]);
    fixture->flat.cpu.r[13] = FLAT_RAM + MEMORY_SIZE / 2;
    return &fixture->flat.cpu;
}

#define LOAD(fixture, ...) LOAD_MODEL(fixture, &flat_armv7m, __VA_ARGS__)
#define LOAD_MODEL(fixture, model, ...)                           \
    fixture_load(fixture, model, (const uint16_t[]){__VA_ARGS__}, \
                 sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

#define FLAG_N SIM_APSR_N
#define FLAG_Z SIM_APSR_Z
#define FLAG_C SIM_APSR_C
#define FLAG_V SIM_APSR_V

#endif
