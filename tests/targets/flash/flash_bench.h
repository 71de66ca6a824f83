/* SPDX-License-Identifier: MIT */
/* A simulated board on the bench, a Blue Pill if nothing else is said: probe and target connected,
 * hands to touch the board. */
#ifndef PROBED_TEST_FLASH_BENCH_H
#define PROBED_TEST_FLASH_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flash/flash.h"
#include "flash/stm32/stm32f1.h"
#include "probe/probe.h"
#include "target.h"

enum { FLASH = 0x08000000, FLASH_SIZE = 0x10000, PAGE_SIZE = 1024, RAM = 0x20000000 };

struct bench {
    struct job job;
    struct probe *probe;
    struct target *target;
    struct flash *flash;
    bool (*waiting)(void *user);       /* of the next job */
    const struct flash_driver *driver; /* NULL: the family's */
    unsigned checkpoints;              /* seen so far in this job */
    unsigned cancel_at, act_at;        /* which checkpoint cancels, or calls act(); 0: none */
    void (*act)(struct bench *bench);
    uint64_t checkpoint_us, longest_us; /* time of the last one; longest time between two */
};

/* cmocka setup and teardown: *state is the bench; the core is halted after a reset. */
int bench_up(void **state);
int bench_up_with(void **state, const char *board);
int bench_down(void **state);
/* A fresh job, as every packet has one. */
void bench_job(struct bench *bench);
uint64_t bench_now_us(const struct bench *bench);
void bench_hands(struct bench *bench, const char *noun, const char *verb);

/* Switches the board off and on, connects again. */
void bench_power_cycle(struct bench *bench);
/* A fresh job, and what the option bytes are. */
struct stm32f1_options bench_options(struct bench *bench);

/* A reproducible image without long runs of one value. */
void bench_fill(uint8_t *data, size_t length, uint32_t seed);
/* One whole session: announce, write in pieces as gdb does, done, close. */
enum err bench_load(struct bench *bench, uint32_t address, const uint8_t *data, uint32_t length,
                    struct flash_report *report);
void bench_assert_memory(struct bench *bench, uint32_t address, const uint8_t *data,
                         uint32_t length);
/* All bytes of the stretch are this. */
void bench_assert_filled(struct bench *bench, uint32_t address, uint8_t value, uint32_t length);

#endif
