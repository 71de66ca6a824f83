/* SPDX-License-Identifier: MIT */
/* Breakpoints in flash and RAM, their owners, watchpoints, and programs' own BKPTs. */
#include "core_bench.h"

#include "base/bytes.h"
#include "core/dwt.h"
#include "core/fpb.h"

#define SHARED_COUNT 0x20000008u
#define WATCHED 0x20000010u

static void a_breakpoint_in_flash_stops_each_round(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
    assert_int_equal(bench_reg(bench, 1), 0);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
    assert_int_equal(bench_reg(bench, 1), 1);
}

static void both_halves_of_a_word_stop(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP + 2);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP + 2);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
}

static void a_software_breakpoint_in_flash_becomes_a_hardware_one(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_SW, AT_LOOP + 4);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP + 4);
}

/* An interrupt that is due when the core is let go must not keep it at its breakpoint. */
static void a_breakpoint_is_left_though_an_interrupt_is_due(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_run(bench);
    bench_set_word(bench, 0x20000004, 0);        /* ticks */
    bench_set_word(bench, 0xE000ED04, 1u << 26); /* ICSR.PENDSTSET */
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
    assert_int_equal(bench_reg(bench, 1), 1);
    assert_int_equal(bench_word(bench, 0x20000004), 1);
}

static void owners_share_a_breakpoint(void **state)
{
    struct bench *bench = *state;
    struct target *target = bench->target;

    bench_at(bench, AT_RESET);
    bench_ok(bench, target_breakpoint_set(target, 1, BREAKPOINT_HW, AT_LOOP, 2));
    bench_ok(bench, target_breakpoint_set(target, 2, BREAKPOINT_HW, AT_LOOP, 2));
    bench_ok(bench, target_breakpoint_clear(target, 1, BREAKPOINT_HW, AT_LOOP, 2));
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
    bench_ok(bench, target_breakpoints_drop_owner(target, 2));
    bench_ok(bench, target_resume(target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
}

static void comparators_run_out(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    for (uint32_t i = 0; i < 6; i++)
        bench_break_at(bench, BREAKPOINT_HW, AT_SAYS_HELLO + 4 * i);
    bench_break_at(bench, BREAKPOINT_HW, AT_SAYS_HELLO + 4);
    bench_fails(bench,
                target_breakpoint_set(bench->target, 0, BREAKPOINT_HW, AT_SAYS_HELLO + 24, 2),
                ERR_NO_RESOURCE);
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_HW, AT_SAYS_HELLO, 2));
    bench_break_at(bench, BREAKPOINT_HW, AT_SAYS_HELLO + 24);
    bench_fails(bench, target_breakpoint_set(bench->target, 0, BREAKPOINT_HW, 0x60000000, 2),
                ERR_NO_RESOURCE);
}

static void only_what_changed_is_written(void **state)
{
    struct bench *bench = *state;
    struct ops ops;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_run(bench);
    bench_set_reg(bench, R_PC, AT_RESET);
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_HW, AT_LOOP, 2));
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    /* Cleared behind the target's back: it would come back if it were written again. */
    ops_init(&ops, bench->probe);
    ops_write32(&ops, FP_COMP0, 0);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    bench_ok(bench, target_resume(bench->target));
    assert_int_equal(bench_raw(bench, FP_COMP0), 0);
}

static void a_running_core_gets_its_breakpoint_at_once(void **state)
{
    struct bench *bench = *state;

    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_ok(bench, bench_poll(bench, 1000));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
}

static void assert_original(struct bench *bench)
{
    uint8_t bytes[8], half[2];

    bench_ok(bench, target_read(bench->target, RAM_CODE, bytes, sizeof bytes, NULL));
    assert_memory_equal(bytes, bench_ram_code, sizeof bytes);
    bench_ok(bench, target_read_width(bench->target, RAM_CODE + 2, 2, half, 1));
    assert_memory_equal(half, (const uint8_t *)bench_ram_code + 2, 2);
    bench_ok(bench, target_read(bench->target, RAM_CODE + 3, bytes, 1, NULL));
    assert_int_equal(bytes[0], 0x30);
}

static void a_breakpoint_in_ram_is_not_seen(void **state)
{
    struct bench *bench = *state;

    bench_code_to_ram(bench);
    bench_break_at(bench, BREAKPOINT_SW, RAM_CODE + 2);
    assert_original(bench);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_SW, RAM_CODE + 2);
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, 0xBE00);
    assert_original(bench);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_SW, RAM_CODE + 2);
    assert_int_equal(bench_reg(bench, 0), 3);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, RAM_CODE + 4);
    assert_int_equal(bench_reg(bench, 0), 4);
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_SW, RAM_CODE + 2, 2));
    bench_step(bench);
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, 0x3001);
}

static void a_hardware_breakpoint_in_ram_is_done_in_software(void **state)
{
    struct bench *bench = *state;

    bench_code_to_ram(bench);
    bench_break_at(bench, BREAKPOINT_HW, RAM_CODE + 2);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_SW, RAM_CODE + 2);
}

static void writing_over_a_breakpoint_keeps_it(void **state)
{
    struct bench *bench = *state;
    uint8_t half[2];

    bench_code_to_ram(bench);
    bench_break_at(bench, BREAKPOINT_SW, RAM_CODE + 2);
    bench_run(bench);
    put_le16(half, 0x3007);
    bench_ok(bench, target_write(bench->target, RAM_CODE + 2, half, 2));
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, 0xBE00);
    bench_ok(bench, target_read(bench->target, RAM_CODE + 2, half, 2, NULL));
    assert_int_equal(get_le16(half), 0x3007);
    bench_ok(bench, target_write(bench->target, RAM_CODE + 2, "\x05", 1));
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, 0xBE00);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_SW, RAM_CODE + 2);
    assert_int_equal(bench_reg(bench, 0), 1 + 5 + 1);
    bench_ok(bench, target_disconnect(bench->target));
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, 0x3005);
}

static void writing_over_several_breakpoints_keeps_them_all(void **state)
{
    struct bench *bench = *state;
    uint8_t code[8];

    bench_code_to_ram(bench);
    bench_break_at(bench, BREAKPOINT_SW, RAM_CODE + 2);
    bench_break_at(bench, BREAKPOINT_SW, RAM_CODE + 4);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_SW, RAM_CODE + 2);
    bench_ok(bench, target_write(bench->target, RAM_CODE, bench_ram_code, sizeof bench_ram_code));
    for (uint32_t at = 2; at <= 4; at += 2)
        assert_int_equal(bench_raw(bench, RAM_CODE + (at & ~3u)) >> 8 * (at & 3) & 0xFFFF, 0xBE00);
    bench_ok(bench, target_read(bench->target, RAM_CODE, code, sizeof code, NULL));
    assert_memory_equal(code, bench_ram_code, sizeof code);
}

static void an_owner_that_leaves_takes_breakpoints_off_at_once(void **state)
{
    struct bench *bench = *state;

    bench_code_to_ram(bench);
    bench_break_at(bench, BREAKPOINT_SW, RAM_CODE + 2);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    for (uint32_t i = 0; i < 3; i++)
        bench_ok(bench,
                 target_watchpoint_set(bench->target, 0, WATCH_WRITE, 0x20000700 + 4 * i, 4));
    bench_run(bench);
    assert_int_not_equal(bench_raw(bench, 0xE0002008), 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_not_equal(bench_raw(bench, 0xE0001028 + 16 * i) & 0xF, 0);
    bench_ok(bench, target_breakpoints_drop_owner(bench->target, 0));
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, 0x3001);
    assert_int_equal(bench_raw(bench, 0xE0002008), 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(bench_raw(bench, 0xE0001028 + 16 * i) & 0xF, 0);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
}

static void a_bkpt_of_the_program_is_passed_by(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STOP_FIVE);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BKPT, AT_STOP_FIVE);
    assert_int_equal(bench->stop.bkpt, 5);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 100));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 7), 77);
    bench_at(bench, AT_STOP_FIVE);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, AT_STOP_FIVE + 2);
    bench_at(bench, AT_STOP_FIVE);
    bench_break_at(bench, BREAKPOINT_HW, AT_STOP_FIVE);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 100));
    assert_int_equal(bench->stop.reason, STOP_NONE);
}

/* gdb lifts its own when it wants to pass it: one that it leaves at pc is to be hit (`jump` to a
 * breakpoint, a call of a function with one at its beginning). */
static void one_who_continues_hits_what_is_his_at_pc(void **state)
{
    static const struct {
        uint32_t address;
        enum breakpoint_kind kind;
        enum stop_reason reason;
    } cases[] = {{AT_LOOP, BREAKPOINT_HW, STOP_BREAKPOINT_HW},
                 {AT_LOOP, BREAKPOINT_SW, STOP_BREAKPOINT_HW}, /* in flash */
                 {RAM_CODE + 2, BREAKPOINT_SW, STOP_BREAKPOINT_SW}};
    struct bench *bench = *state;

    bench_code_to_ram(bench);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench_ok(bench,
                 target_breakpoint_set(bench->target, 3, cases[i].kind, cases[i].address, 2));
        bench_at(bench, cases[i].address);
        bench_ok(bench, target_continue(bench->target, 3));
        bench_ok(bench, bench_poll(bench, 1000));
        bench_assert_stopped(bench, cases[i].reason, cases[i].address);
        bench_ok(bench,
                 target_breakpoint_clear(bench->target, 3, cases[i].kind, cases[i].address, 4));
        bench_ok(bench, target_continue(bench->target, 3));
        bench_ok(bench, bench_poll(bench, 1000));
        assert_int_equal(bench->stop.reason, STOP_NONE);
        bench_halt(bench);
    }
}

static void one_who_continues_passes_what_others_have_at_pc(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STORES + 4);
    bench_set_reg(bench, 0, WATCHED);
    bench_break_at(bench, BREAKPOINT_HW, AT_STORES + 4);
    bench_ok(bench, target_breakpoint_set(bench->target, 3, BREAKPOINT_HW, AT_STORES + 6, 2));
    bench_ok(bench, target_continue(bench->target, 3));
    bench_ok(bench, bench_poll(bench, 1000));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_STORES + 6);
}

/* The program's own BKPT under a breakpoint that is deleted or disabled at its stop: told already.
 */
static void a_bkpt_under_a_cleared_breakpoint_is_passed_by(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STOP_FIVE - 2);
    bench_break_at(bench, BREAKPOINT_HW, AT_STOP_FIVE);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_STOP_FIVE);
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_HW, AT_STOP_FIVE, 2));
    bench_ok(bench, target_continue(bench->target, 0));
    bench_ok(bench, bench_poll(bench, 100));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 7), 77);
}

static void watch(struct bench *bench, enum watch_kind kind, uint32_t address, uint32_t length)
{
    bench_ok(bench, target_watchpoint_set(bench->target, 0, kind, address, length));
}

static void assert_watched(struct bench *bench, enum watch_kind kind, uint32_t address,
                           uint32_t from, uint32_t to)
{
    assert_int_equal(bench->stop.reason, STOP_WATCHPOINT);
    assert_int_equal(bench->stop.watch[0].address, address);
    assert_int_equal(bench->stop.watch[0].kind, kind);
    assert_in_range(bench->stop.pc, from, to);
}

static void watchpoints_tell_reads_from_writes(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STORES);
    watch(bench, WATCH_WRITE, WATCHED, 4);
    bench_run(bench);
    assert_watched(bench, WATCH_WRITE, WATCHED, AT_STORES + 6, AT_STORES + 10);
    bench_at(bench, AT_STORES);
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_WRITE, WATCHED, 4));
    watch(bench, WATCH_READ, WATCHED, 4);
    bench_run(bench);
    assert_watched(bench, WATCH_READ, WATCHED, AT_LOADS + 2, AT_LOADS + 6);
    bench_at(bench, AT_STORES);
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_READ, WATCHED, 4));
    watch(bench, WATCH_ACCESS, WATCHED + 1, 1);
    bench_run(bench);
    assert_watched(bench, WATCH_ACCESS, WATCHED + 1, AT_STORES + 6, AT_STORES + 10);
    bench_run(bench);
    assert_watched(bench, WATCH_ACCESS, WATCHED + 1, AT_LOADS + 2, AT_LOADS + 6);
}

static void a_watchpoint_cleared_with_another_length_is_gone(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STORES);
    watch(bench, WATCH_WRITE, WATCHED, 4);
    watch(bench, WATCH_WRITE, WATCHED, 1);
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_WRITE, WATCHED, 1));
    bench_run(bench);
    assert_watched(bench, WATCH_WRITE, WATCHED, AT_STORES + 6, AT_STORES + 10);
    bench_at(bench, AT_STORES);
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_WRITE, WATCHED, 2));
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
}

static void the_right_one_of_several_watchpoints_is_named(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STORES);
    watch(bench, WATCH_WRITE, 0x20000802, 6);
    watch(bench, WATCH_READ, WATCHED, 4);
    bench_run(bench);
    assert_watched(bench, WATCH_READ, WATCHED, AT_LOADS + 2, AT_LOADS + 6);
}

/* One instruction stores two words: as many points as were set are told, whatever comparators they
 * took. */
static void one_instruction_may_hit_several_watchpoints(void **state)
{
    static const uint16_t code[] = {0xC006, 0xBF00, 0xBF00, 0xE7FE}; /* stmia r0!, {r1, r2} */
    struct bench *bench = *state;
    struct target_stop *stop = &bench->stop;

    for (int several = 0; several < 2; several++) {
        bench_halt(bench);
        bench_ok(bench, target_write(bench->target, RAM_CODE, code, sizeof code));
        bench_at(bench, RAM_CODE);
        bench_set_reg(bench, 0, 0x20000810);
        if (several) {
            bench_ok(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, 0x20000810, 4));
            bench_ok(bench, target_watchpoint_set(bench->target, 1, WATCH_WRITE, 0x20000814, 4));
        } else {
            watch(bench, WATCH_WRITE, 0x20000813, 2); /* two comparators */
        }
        bench_run(bench);
        assert_watched(bench, WATCH_WRITE, several ? 0x20000810 : 0x20000813, RAM_CODE + 2,
                       RAM_CODE + 6);
        assert_int_equal(stop->watch[1].owners, several ? 2 : 0);
        assert_int_equal(stop->watch[1].address, several ? 0x20000814 : 0);
        assert_int_equal(stop->watch[2].owners, 0);
        assert_int_equal(stop->owners, several ? 3 : 1);
        bench_ok(bench, target_breakpoints_drop_owner(bench->target, 0));
        bench_ok(bench, target_breakpoints_drop_owner(bench->target, 1));
    }
}

static void a_neighbour_of_the_watched_bytes_does_not_count(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STORES);
    watch(bench, WATCH_ACCESS, WATCHED + 2, 6);
    watch(bench, WATCH_ACCESS, WATCHED, 1);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
}

static void step_onto_the_watched(struct bench *bench)
{
    bench_at(bench, AT_STORES + 4);
    bench_set_reg(bench, 0, WATCHED);
    watch(bench, WATCH_WRITE, WATCHED, 4);
    bench_step(bench);
    assert_watched(bench, WATCH_WRITE, WATCHED, AT_STORES + 6, AT_STORES + 6);
}

static void a_step_can_end_at_a_watchpoint(void **state)
{
    struct bench *bench = *state;

    step_onto_the_watched(bench);
    bench_at(bench, AT_STORES);
    bench_ok(bench, target_step_range(bench->target, AT_STORES, AT_LOADS, &bench->stop));
    assert_watched(bench, WATCH_WRITE, WATCHED, AT_STORES + 6, AT_STORES + 8);
}

/* As gdb steps on from one: it takes the watchpoint away, and puts it back before it continues. */
static void a_cleared_watchpoint_ends_no_step(void **state)
{
    struct bench *bench = *state;

    step_onto_the_watched(bench);
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_WRITE, WATCHED, 4));
    bench_set_reg(bench, R_PC, AT_STORES + 4);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, AT_STORES + 6);
    watch(bench, WATCH_READ, WATCHED, 4); /* another one, perhaps in the same place of the list */
    bench_set_reg(bench, R_PC, AT_STORES + 4);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, AT_STORES + 6);
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_READ, WATCHED, 4));
    watch(bench, WATCH_WRITE, WATCHED, 4);
    bench_set_reg(bench, R_PC, AT_STORES + 4);
    bench_step(bench);
    assert_watched(bench, WATCH_WRITE, WATCHED, AT_STORES + 6, AT_STORES + 6);
}

static void what_was_cleared_is_off_the_chip_when_the_core_runs(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STORES);
    bench_set_reg(bench, 0, WATCHED);
    bench_break_at(bench, BREAKPOINT_HW, AT_STORES);
    bench_break_at(bench, BREAKPOINT_HW, AT_STORES + 6);
    watch(bench, WATCH_WRITE, WATCHED, 4);
    bench_step(bench);
    bench_ok(bench, target_resume(bench->target));
    bench_halt(bench);
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_HW, AT_STORES, 2));
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_HW, AT_STORES + 6, 2));
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_WRITE, WATCHED, 4));
    bench_at(bench, AT_STORES);
    bench_set_reg(bench, 0, WATCHED);
    bench_step(bench);
    bench_set_reg(bench, R_PC, AT_STORES);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(bench_raw(bench, FP_COMP0 + 4 * i), 0);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(bench_raw(bench, DWT_FUNCTION(i)) & 0xF, 0);
}

/* gdb lifts what stands at pc, steps, and sets it again: it is there before the core goes. */
static void a_breakpoint_that_was_stepped_over_is_there_again(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP + 2);
    for (int round = 0; round < 3; round++) {
        bench_run(bench);
        bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
        for (uint32_t i = 0; i < 4; i += 2)
            bench_ok(bench,
                     target_breakpoint_clear(bench->target, 0, BREAKPOINT_HW, AT_LOOP + i, 2));
        bench_step(bench);
        bench_assert_stopped(bench, STOP_STEP, AT_LOOP + 2);
        bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
        if (round > 0)
            continue;
        bench_break_at(bench, BREAKPOINT_HW, AT_LOOP + 2);
        bench_run(bench);
        bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
        bench_run(bench);
        bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP + 2);
    }
}

static void leaving_a_breakpoint_onto_a_watchpoint_stops(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STORES + 4);
    bench_set_reg(bench, 0, WATCHED);
    bench_break_at(bench, BREAKPOINT_HW, AT_STORES + 4);
    watch(bench, WATCH_WRITE, WATCHED, 4);
    bench_run(bench);
    assert_watched(bench, WATCH_WRITE, WATCHED, AT_STORES + 6, AT_STORES + 6);
}

static void watchpoint_comparators_run_out(void **state)
{
    struct bench *bench = *state;
    struct target *target = bench->target;

    bench_halt(bench);
    for (uint32_t i = 0; i < 4; i++)
        watch(bench, WATCH_WRITE, WATCHED + 4 * i, 4);
    watch(bench, WATCH_WRITE, WATCHED, 4);
    bench_fails(bench, target_watchpoint_set(target, 0, WATCH_WRITE, 0x20000100, 1),
                ERR_NO_RESOURCE);
    bench_ok(bench, target_breakpoints_drop_owner(target, 0));
    bench_fails(bench, target_watchpoint_set(target, 0, WATCH_WRITE, 0x20000001, 30),
                ERR_NO_RESOURCE);
    watch(bench, WATCH_WRITE, 0x20000003, 5);
    bench_fails(bench, target_watchpoint_set(target, 0, WATCH_WRITE, 0x20000000, 0), ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_breakpoint_in_flash_stops_each_round),
        BENCH_TEST(both_halves_of_a_word_stop),
        BENCH_TEST(a_software_breakpoint_in_flash_becomes_a_hardware_one),
        BENCH_TEST(a_breakpoint_is_left_though_an_interrupt_is_due),
        BENCH_TEST(owners_share_a_breakpoint),
        BENCH_TEST(comparators_run_out),
        BENCH_TEST(only_what_changed_is_written),
        BENCH_TEST(a_running_core_gets_its_breakpoint_at_once),
        BENCH_TEST(a_breakpoint_in_ram_is_not_seen),
        BENCH_TEST(a_hardware_breakpoint_in_ram_is_done_in_software),
        BENCH_TEST(writing_over_a_breakpoint_keeps_it),
        BENCH_TEST(writing_over_several_breakpoints_keeps_them_all),
        BENCH_TEST(an_owner_that_leaves_takes_breakpoints_off_at_once),
        BENCH_TEST(a_bkpt_of_the_program_is_passed_by),
        BENCH_TEST(one_who_continues_hits_what_is_his_at_pc),
        BENCH_TEST(one_who_continues_passes_what_others_have_at_pc),
        BENCH_TEST(a_bkpt_under_a_cleared_breakpoint_is_passed_by),
        BENCH_TEST(a_watchpoint_cleared_with_another_length_is_gone),
        BENCH_TEST(watchpoints_tell_reads_from_writes),
        BENCH_TEST(the_right_one_of_several_watchpoints_is_named),
        BENCH_TEST(one_instruction_may_hit_several_watchpoints),
        BENCH_TEST(a_neighbour_of_the_watched_bytes_does_not_count),
        BENCH_TEST(a_step_can_end_at_a_watchpoint),
        BENCH_TEST(a_cleared_watchpoint_ends_no_step),
        BENCH_TEST(what_was_cleared_is_off_the_chip_when_the_core_runs),
        BENCH_TEST(a_breakpoint_that_was_stepped_over_is_there_again),
        BENCH_TEST(leaving_a_breakpoint_onto_a_watchpoint_stops),
        BENCH_TEST(watchpoint_comparators_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
