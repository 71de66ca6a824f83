/* SPDX-License-Identifier: MIT */
/* How many commands a debugger's steps cost, from target.h down. A command is two or three USB
 * transfers; the core's registers, and memory that gdb will ask for, come along. */
#include "stlink_bench.h"

#include "target.h"

#define CODE (RAM + 0x1020)

/* A halt is three commands on a V2 (two on a V3) and two more for the code and the stack that gdb
 * asks for next: where they are is known only then. A step knows it before. */
static const struct row {
    const char *firmware;
    unsigned halt, step; /* commands */
} rows[] = {{"V2J43", 5, 3}, {"V3", 4, 2}};

/* A loop of four instructions in RAM, running. */
static void run_loop(struct target *target)
{
    struct target_stop stop;

    assert_int_equal(target_halt(target, &stop), ERR_OK);
    assert_int_equal(target_write(target, CODE, "\x01\x30\x00\xbf\x00\xbf\xfb\xe7", 8), ERR_OK);
    assert_int_equal(target_write_register(target, 13, RAM + 0x2000), ERR_OK);
    assert_int_equal(target_write_register(target, 15, CODE), ERR_OK);
    assert_int_equal(target_write_register(target, 16, 1u << 24), ERR_OK);
    assert_int_equal(target_resume(target), ERR_OK);
}

/* As gdb looks after a stop. */
static void look(struct target *target)
{
    uint8_t bytes[4];
    uint64_t pc, value;
    size_t count;

    target_registers(target, &count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(target_read_register(target, i, &value), ERR_OK);
    assert_int_equal(target_read_register(target, 15, &pc), ERR_OK);
    assert_in_range(pc, CODE, CODE + 6);
    assert_int_equal(target_read(target, (uint32_t)pc, bytes, 4, NULL), ERR_OK);
    assert_int_equal(target_read(target, RAM + 0x2000, bytes, 4, NULL), ERR_OK);
}

static void check(const struct row *row)
{
    struct bench bench;
    struct target *target;
    struct target_stop stop;
    uint64_t mark = 0;

    bench_open(&bench, row->firmware, "bluepill");
    assert_int_equal(target_create(bench.probe, &target), ERR_OK);
    assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
    run_loop(target);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    look(target);
    assert_int_equal(target_resume(target), ERR_OK);
    bench_commands(&bench, &mark);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    unsigned halt = (unsigned)bench_commands(&bench, &mark);
    look(target);
    unsigned looked = (unsigned)bench_commands(&bench, &mark);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    look(target);
    bench_commands(&bench, &mark);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    look(target);
    unsigned step = (unsigned)bench_commands(&bench, &mark);
    print_message("%s: halt %u and %u for gdb's look, step with that look %u\n", row->firmware,
                  halt, looked, step);
    assert_in_range(halt, 1, row->halt);
    assert_in_range(step, 1, row->step);
    target_destroy(target);
    bench_close(&bench);
}

static void few_commands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_commands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
