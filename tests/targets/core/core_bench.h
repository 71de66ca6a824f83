/* SPDX-License-Identifier: MIT */
/* A simulated Blue Pill on the bench, with the programs of programs.S in its flash. */
#ifndef PROBED_TEST_CORE_BENCH_H
#define PROBED_TEST_CORE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probe/ops.h"
#include "probe/probe.h"
#include "programs.h"
#include "target.h"

struct bench {
    struct log log;
    struct job job;
    struct probe *probe;
    struct target *target;
    struct target_stop stop;
    char output[4096]; /* what the program said */
    size_t output_length;
    unsigned warnings;
    uint64_t flushes_before;
};

/* gdb's register numbers on an Armv7-M core without FPU. */
enum {
    R_SP = 13,
    R_LR = 14,
    R_PC = 15,
    R_XPSR = 16,
    R_MSP,
    R_PSP,
    R_PRIMASK,
    R_BASEPRI,
    R_FAULTMASK,
    R_CONTROL
};

#define RAM_CODE 0x20000400u /* where bench_ram_code goes */

#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

/* Opens the board, no connection yet. `faults` as in "bluepill,FAULT..", NULL for none. Time stands
 * still between operations: every run is alike. */
struct bench *bench_open(const char *faults);
/* cmocka set-up and tear-down: a connected board whose core runs `reset`, programmed. */
int bench_setup(void **state);
int bench_teardown(void **state);
/* Programs the image, resets, lets the core run. */
void preloaded_program(struct bench *bench);
/* The F1's flash by hand: its keys; one half-word, with PG set (RAM takes it too). */
void bench_unlock_flash(struct bench *bench);
void bench_program_half(struct bench *bench, uint32_t address, uint16_t value);
/* movs r0, #1; adds r0, #1; adds r0, #1; b . - 4: halts, and puts it to where pc is then. */
extern const uint16_t bench_ram_code[4];
void bench_code_to_ram(struct bench *bench);
void bench_close(struct bench *bench);

/* Fails the test with the job's sentence. */
void bench_ok(struct bench *bench, enum err err);
/* The operation failed with `expected`; forgets the sentence. */
void bench_fails(struct bench *bench, enum err err, enum err expected);

void bench_halt(struct bench *bench);
/* Halts, then pc = address, sp = 0x20004000, PRIMASK clear, SysTick off. */
void bench_at(struct bench *bench, uint32_t address);
uint32_t bench_reg(struct bench *bench, size_t index);
void bench_set_reg(struct bench *bench, size_t index, uint32_t value);
uint32_t bench_word(struct bench *bench, uint32_t address);
void bench_set_word(struct bench *bench, uint32_t address, uint32_t value);
/* A word straight from the probe, past the target. */
uint32_t bench_raw(struct bench *bench, uint32_t address);
/* Lets the core run until it stops; at most a second of the board's time. */
void bench_run(struct bench *bench);
/* One poll after some of the board's time. */
enum err bench_poll(struct bench *bench, uint64_t after_us);
void bench_step(struct bench *bench);
/* A breakpoint of the first owner's. */
void bench_break_at(struct bench *bench, enum breakpoint_kind kind, uint32_t address);
/* What the last step, run or poll ended with; a macro, for the line of the test that it names. */
#define bench_assert_stopped(bench, why, where)        \
    do {                                               \
        assert_int_equal((bench)->stop.reason, (why)); \
        assert_int_equal((bench)->stop.pc, (where));   \
    } while (0)
void bench_hands(struct bench *bench, const char *one, const char *two);
/* Counts flushes from here; how many it were. */
void bench_count(struct bench *bench);
unsigned bench_flushes(struct bench *bench);

#endif
