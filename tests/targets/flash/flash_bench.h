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
enum { KIB = 1024 };
enum { SLICE_LIMIT_US = 50000 }; /* nobody waits longer for a checkpoint */

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
/* ..behind a wire as fast as that: what is slow is the flash. */
int bench_up_at(void **state, const char *board, uint32_t khz);
int bench_down(void **state);
/* Fails the test with the job's sentence. */
void bench_ok(struct bench *bench, enum err err);
/* A fresh job, as every packet has one. */
void bench_job(struct bench *bench);
uint64_t bench_now_us(const struct bench *bench);
void bench_hands(struct bench *bench, const char *noun, const char *verb);

/* Switches the board off and on, connects again. */
void bench_power_cycle(struct bench *bench);
/* A fresh job, and what the option bytes are. */
struct stm32f1_options bench_options(struct bench *bench);
struct option_state bench_option_state(struct bench *bench, const struct flash_options *table);

/* A reproducible image without long runs of one value. */
void bench_fill(uint8_t *data, size_t length, uint32_t seed);
/* One whole session: announce, write in pieces as gdb does, done, close. */
enum err bench_load(struct bench *bench, uint32_t address, const uint8_t *data, uint32_t length,
                    struct flash_report *report);
/* ..that must succeed. */
struct flash_report bench_loaded(struct bench *bench, uint32_t address, const uint8_t *data,
                                 uint32_t length);
/* Into a flash as delivered, within these times; returns how long it took. */
uint64_t bench_load_blank(struct bench *bench, const uint8_t *data, uint32_t length,
                          uint32_t least_ms, uint32_t most_ms);
/* What is there already is found to be, in a tenth of the time that it took at first. */
void bench_load_again(struct bench *bench, const uint8_t *data, uint32_t length, uint64_t first_us);
uint32_t bench_word(struct bench *bench, uint32_t address);
void bench_assert_memory(struct bench *bench, uint32_t address, const uint8_t *data,
                         uint32_t length);
/* All bytes of the stretch are this. */
void bench_assert_filled(struct bench *bench, uint32_t address, uint8_t value, uint32_t length);

/* Of a chip at level 1, whose option bytes can be loaded on demand: nothing is loaded, the end of
 * protection leaves `erased` bytes, and the data are loaded behind it. */
void bench_assert_protection_ends(struct bench *bench, const struct flash_options *table,
                                  const uint8_t *data, uint32_t length, uint8_t erased);
/* Level 2, the first field's `value`, is set with --irreversible only: behind it nobody reaches the
 * chip any more. */
void bench_assert_level_2_is_for_ever(struct bench *bench, const struct flash_options *table,
                                      uint32_t value);

#endif
