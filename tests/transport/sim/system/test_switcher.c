/* SPDX-License-Identifier: MIT */
/* A compiled program switches between two tasks some thousand times and both compute what the host
 * computes. Run with a debugger's breakpoints in the way, too, and measured. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "machine.h"
#include "switcher.h"

enum { ENOUGH_CYCLES = 20000000 };

static void load(struct machine *m)
{
    FILE *file = fopen(getenv("SWITCHER"), "rb");

    assert_non_null(file);
    assert_true(fread(m->flash, 1, sizeof m->flash, file) > 64);
    fclose(file);
}

static uint32_t expected_hash(uint32_t number)
{
    uint32_t hash = number;

    for (uint32_t round = 0; round < SWITCHER_ROUNDS; round++)
        hash = switcher_round(hash, round);
    return hash;
}

static uint32_t result(struct machine *m, size_t field)
{
    return machine_peek(m, SWITCHER_RESULT + (uint32_t)field);
}

static void expect_success(struct machine *m)
{
    assert_true(sim_cpu_is_halted(m->cpu));
    assert_int_equal(machine_read(m, DFSR) & DFSR_BKPT, DFSR_BKPT);
    assert_int_equal(result(m, offsetof(struct switcher_result, done)), SWITCHER_TASKS);
    for (uint32_t i = 0; i < SWITCHER_TASKS; i++)
        assert_int_equal(result(m, offsetof(struct switcher_result, hash) + 4 * i),
                         expected_hash(i));
    assert_true(result(m, offsetof(struct switcher_result, switches)) > 5000);
    assert_true(result(m, offsetof(struct switcher_result, ticks)) > 2000);
}

static void tasks_compute_undisturbed_by_switches(void **state)
{
    struct machine *m = *state;

    load(m);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_run(m, ENOUGH_CYCLES);
    expect_success(m);
}

static void comparators_that_do_not_match_change_nothing(void **state)
{
    struct machine *m = *state;

    load(m);
    machine_write(m, DHCSR, DBGKEY | C_DEBUGEN);
    machine_write(m, FP_CTRL, 3);
    machine_write(m, FP_COMP(0), 0xC0000000 | 0x08007000 | 1);
    machine_write(m, DEMCR, TRCENA);
    machine_write(m, DWT_COMP(0), SRAM + 0x4FF0);
    machine_write(m, DWT_FUNCTION(0), 7);
    machine_run(m, ENOUGH_CYCLES);
    expect_success(m);
}

/* Halting and stepping at odd moments must not be noticed either. */
static void interruptions_by_the_debugger_change_nothing(void **state)
{
    struct machine *m = *state;

    load(m);
    for (unsigned cycles = 1000; cycles < 2000; cycles += 7) {
        machine_run(m, cycles);
        machine_halt(m);
        for (unsigned i = 0; i < 5; i++)
            machine_step(m);
        uint32_t r0 = machine_get(m, 0);
        machine_set(m, 0, ~r0);
        machine_set(m, 0, r0);
        machine_run(m, 10000);
        machine_resume(m);
    }
    machine_run(m, ENOUGH_CYCLES);
    expect_success(m);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(tasks_compute_undisturbed_by_switches),
        MACHINE_TEST(comparators_that_do_not_match_change_nothing),
        MACHINE_TEST(interruptions_by_the_debugger_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
