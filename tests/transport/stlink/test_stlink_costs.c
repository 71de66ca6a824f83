/* SPDX-License-Identifier: MIT */
/* How many commands a debugger's steps cost, from target.h down. A command is two or three USB
 * transfers; the core's registers, and memory that gdb will ask for, come along. */
#include "stlink_bench.h"

#include "base/bytes.h"
#include "flash/flash.h"
#include "target.h"

#define CODE (RAM + 0x1020)
#define FLASH 0x08000000u

/* A halt is three commands on a V2 (two on a V3) and two more for the code and the stack that gdb
 * asks for next: where they are is known only then. A step knows it before. A person is slower than
 * ICSR_FRESH_US: then a `next` costs two more. */
static const struct row {
    const char *firmware;
    unsigned halt, step, next; /* commands */
} rows[] = {{"V2J43", 5, 3, 7}, {"V3", 4, 2, 6}};

static struct target *open_target(struct bench *bench, const struct row *row)
{
    struct target *target;

    bench_open(bench, row->firmware, "bluepill");
    assert_int_equal(target_create(bench->probe, &target), ERR_OK);
    assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
    return target;
}

/* A poll lets the core go on for a while. */
static void go_to_a_stop(struct target *target, struct target_stop *stop)
{
    stop->reason = STOP_NONE;
    assert_int_equal(target_resume(target), ERR_OK);
    for (int i = 0; i < 100 && stop->reason == STOP_NONE; i++)
        assert_int_equal(target_poll(target, stop), ERR_OK);
    assert_int_not_equal(stop->reason, STOP_NONE);
}

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
    struct target_stop stop;
    uint64_t mark = 0;

    struct target *target = open_target(&bench, row);
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

static void look_at(struct target *target, const struct target_stop *stop, uint32_t pc)
{
    uint8_t bytes[4];
    uint64_t value;
    size_t count;

    assert_int_equal(stop->pc, pc);
    target_registers(target, &count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(target_read_register(target, i, &value), ERR_OK);
    assert_int_equal(target_read(target, pc, bytes, 4, NULL), ERR_OK);
    assert_int_equal(target_read(target, RAM + 0x2000, bytes, 4, NULL), ERR_OK);
}

/* Stands at a call at FLASH + 0x40 of a function at FLASH + 0x60, which returns at once. */
static void load_a_call(struct target *target)
{
    static const uint16_t image[64] = {[0x1F] = 0xBF00, 0xF000, 0xF80E,
                                       0xBF00,          0xE7FE, [0x30] = 0x4770};
    struct flash *flash;
    struct target_stop stop;

    assert_int_equal(flash_open(target, &flash), ERR_OK);
    assert_int_equal(flash_write(flash, FLASH, image, sizeof image), ERR_OK);
    assert_int_equal(flash_done(flash), ERR_OK);
    flash_close(flash);
    assert_int_equal(target_write_register(target, 13, RAM + 0x2000), ERR_OK);
    assert_int_equal(target_write_register(target, 15, FLASH + 0x3E), ERR_OK);
    assert_int_equal(target_write_register(target, 16, 1u << 24), ERR_OK);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    look_at(target, &stop, FLASH + 0x40);
}

/* As gdb does it: out of the line into the function, a breakpoint where that returns to, go. */
static void next_over(struct target *target)
{
    struct target_stop stop;

    assert_int_equal(target_step_range(target, FLASH + 0x40, FLASH + 0x44, &stop), ERR_OK);
    look_at(target, &stop, FLASH + 0x60);
    assert_int_equal(target_breakpoint_set(target, 0, BREAKPOINT_HW, FLASH + 0x44, 2), ERR_OK);
    go_to_a_stop(target, &stop);
    look_at(target, &stop, FLASH + 0x44);
    assert_int_equal(target_breakpoint_clear(target, 0, BREAKPOINT_HW, FLASH + 0x44, 2), ERR_OK);
}

static void check_next(const struct row *row)
{
    struct bench bench;
    struct target_stop stop;
    uint64_t mark = 0;

    struct target *target = open_target(&bench, row);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    for (int i = 0; i < 2; i++) { /* the second time nothing is left to be learnt */
        load_a_call(target);
        bench_commands(&bench, &mark);
        next_over(target);
    }
    unsigned next = (unsigned)bench_commands(&bench, &mark);
    print_message("%s: next over a call %u\n", row->firmware, next);
    assert_in_range(next, 1, row->next);
    target_destroy(target);
    bench_close(&bench);
}

/* --- USB transfers of all kinds --- */

enum { WATCHED = RAM + 0x800 };

static uint64_t transfers(const struct bench *bench, uint64_t *mark)
{
    uint64_t used = bench->pipe.pipe.transfers - *mark;

    *mark = bench->pipe.pipe.transfers;
    return used;
}

static void read_word(struct target *target, uint32_t address)
{
    uint8_t bytes[4];

    assert_int_equal(target_read(target, address, bytes, 4, NULL), ERR_OK);
}

/* adds r1, #1; str r1, [r0]; nop; back */
static void run_stores(struct target *target)
{
    run_loop(target);
    struct target_stop stop;
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    assert_int_equal(target_write(target, CODE, "\x01\x31\x01\x60\x00\xbf\xfb\xe7", 8), ERR_OK);
    assert_int_equal(target_write_register(target, 0, WATCHED), ERR_OK);
    assert_int_equal(target_write_register(target, 15, CODE), ERR_OK);
}

/* As gdb does it: goes on, reads what is watched, takes the watchpoint away, steps, reads again. */
static void hit(struct target *target)
{
    struct target_stop stop;

    assert_int_equal(target_watchpoint_set(target, 0, WATCH_WRITE, WATCHED, 4), ERR_OK);
    go_to_a_stop(target, &stop);
    assert_int_equal(stop.reason, STOP_WATCHPOINT);
    read_word(target, WATCHED);
    assert_int_equal(target_watchpoint_clear(target, 0, WATCH_WRITE, WATCHED, 4), ERR_OK);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    look(target);
    read_word(target, WATCHED);
}

static void what_is_watched_comes_along(void **state)
{
    struct bench bench;
    struct target *target = open_target(&bench, &rows[0]);
    uint64_t mark = 0;

    (void)state;
    run_stores(target);
    hit(target);
    transfers(&bench, &mark);
    hit(target);
    uint64_t used = transfers(&bench, &mark);
    print_message("a watchpoint hit: %llu transfers\n", (unsigned long long)used);
    assert_in_range(used, 1, 14);
    target_destroy(target);
    bench_close(&bench);
}

/* adds r0, #1; nop; back, in flash. */
static void run_rounds(struct target *target)
{
    static const uint16_t image[] = {0x3001, 0xBF00, 0xE7FC, 0xBF00};
    struct flash *flash;
    struct target_stop stop;

    assert_int_equal(target_halt(target, &stop), ERR_OK);
    assert_int_equal(flash_open(target, &flash), ERR_OK);
    assert_int_equal(flash_write(flash, FLASH + 0x40, image, sizeof image), ERR_OK);
    assert_int_equal(flash_done(flash), ERR_OK);
    flash_close(flash);
    assert_int_equal(target_write_register(target, 13, RAM + 0x2000), ERR_OK);
    assert_int_equal(target_write_register(target, 15, FLASH + 0x42), ERR_OK);
    assert_int_equal(target_write_register(target, 16, 1u << 24), ERR_OK);
}

/* As gdb does it: goes on to the breakpoint, takes it away, steps, and sets it again. */
static void go_round(struct target *target)
{
    struct target_stop stop;

    assert_int_equal(target_breakpoint_set(target, 0, BREAKPOINT_HW, FLASH + 0x40, 2), ERR_OK);
    go_to_a_stop(target, &stop);
    look_at(target, &stop, FLASH + 0x40);
    assert_int_equal(target_breakpoint_clear(target, 0, BREAKPOINT_HW, FLASH + 0x40, 2), ERR_OK);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    look_at(target, &stop, FLASH + 0x42);
}

static void a_breakpoint_passed_costs_little(void **state)
{
    struct bench bench;
    struct target *target = open_target(&bench, &rows[0]);
    uint64_t mark = 0;

    (void)state;
    run_rounds(target);
    go_round(target);
    transfers(&bench, &mark);
    go_round(target);
    assert_in_range(transfers(&bench, &mark), 1, 14);
    target_destroy(target);
    bench_close(&bench);
}

/* Nothing that was known of the core is believed any more: does it stand, is an interrupt due? */
static void a_person_steps_slowly(void **state)
{
    struct bench bench;
    struct target *target = open_target(&bench, &rows[0]);
    struct target_stop stop;
    uint64_t mark = 0;

    (void)state;
    run_rounds(target);
    for (uint32_t i = 0; i < 2; i++) {
        sim_board_advance_us(bench.board, 1000000);
        transfers(&bench, &mark);
        assert_int_equal(target_step(target, &stop), ERR_OK);
        look_at(target, &stop, FLASH + 0x44 - 4 * i);
    }
    assert_in_range(transfers(&bench, &mark), 1, 10);
    target_destroy(target);
    bench_close(&bench);
}

/* A backtrace reads the code of one caller after the other. */
static void callers_come_along(void **state)
{
    struct bench bench;
    struct target *target = open_target(&bench, &rows[0]);
    static const uint32_t callers[] = {FLASH + 0x200, FLASH + 0x400, FLASH + 0x600, FLASH + 0x800};
    struct target_stop stop;
    uint64_t mark = 0;

    (void)state;
    run_loop(target);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    assert_int_equal(target_write_register(target, 14, callers[0] | 1), ERR_OK);
    for (uint32_t i = 1; i < 4; i++) {
        uint8_t word[4];
        put_le32(word, callers[i] | 1);
        assert_int_equal(target_write(target, RAM + 0x2000 + 12 * i, word, 4), ERR_OK);
    }
    assert_int_equal(target_step(target, &stop), ERR_OK);
    look(target);
    transfers(&bench, &mark);
    for (size_t i = 0; i < 4; i++)
        read_word(target, callers[i]);
    assert_in_range(transfers(&bench, &mark), 1, 4);
    target_destroy(target);
    bench_close(&bench);
}

/* 16 KiB as gdb asks for them; the first long read has nothing to learn from. */
static void long_reads_begin_with_long_slices(void **state)
{
    static uint8_t bytes[8192];
    struct bench bench;
    struct target *target = open_target(&bench, &rows[0]);
    struct target_stop stop;
    uint64_t mark = 0;

    (void)state;
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    transfers(&bench, &mark);
    assert_int_equal(target_read(target, RAM, bytes, sizeof bytes, NULL), ERR_OK);
    assert_int_equal(target_read(target, RAM + 0x2000, bytes, sizeof bytes, NULL), ERR_OK);
    assert_in_range(transfers(&bench, &mark), 1, 20);
    target_destroy(target);
    bench_close(&bench);
}

/* A way in that works at once costs what it always did; a chip that does not answer is given up
 * soon, however many ways there are. */
static void connecting_costs_little(void **state)
{
    static const struct {
        const char *firmware, *board;
        enum target_connect how;
        unsigned commands;
        uint64_t limit_us;
    } cases[] = {
        {"V2J43", "bluepill", TARGET_CONNECT_NORMAL, 33, 60000},
        {"V2J43", "bluepill", TARGET_CONNECT_LADDER, 33, 60000},
        {"V3", "bluepill", TARGET_CONNECT_NORMAL, 35, 60000},
        {"V2J43", "bluepill,noack", TARGET_CONNECT_NORMAL, 150, 1000000},
        {"V2J43", "bluepill,noack", TARGET_CONNECT_LADDER, 200, 1000000},
        {"V3", "bluepill,noack", TARGET_CONNECT_LADDER, 200, 1000000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        struct target *target;
        uint64_t mark = 0;

        bench_open(&bench, cases[i].firmware, cases[i].board);
        assert_int_equal(target_create(bench.probe, &target), ERR_OK);
        bench_commands(&bench, &mark);
        uint64_t began = clock_now_us(probe_clock(bench.probe));
        enum err err = target_connect(target, cases[i].how);
        uint64_t took = clock_now_us(probe_clock(bench.probe)) - began;
        assert_int_equal(err == ERR_OK, strchr(cases[i].board, ',') == NULL);
        unsigned used = (unsigned)bench_commands(&bench, &mark);
        print_message("%s, %s: %u commands, %u us: %s\n", cases[i].firmware, cases[i].board, used,
                      (unsigned)took, bench.job.text);
        assert_in_range(used, 1, cases[i].commands);
        assert_in_range(took, 1, cases[i].limit_us);
        target_destroy(target);
        bench_close(&bench);
    }
}

static void few_commands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(&rows[i]);
        check_next(&rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_watched_comes_along),
        cmocka_unit_test(a_breakpoint_passed_costs_little),
        cmocka_unit_test(a_person_steps_slowly),
        cmocka_unit_test(callers_come_along),
        cmocka_unit_test(long_reads_begin_with_long_slices),
        cmocka_unit_test(few_commands),
        cmocka_unit_test(connecting_costs_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
