/* SPDX-License-Identifier: MIT */
/* Ranges are stepped by running to comparators where that is quicker; what comes of it has to be
 * what single steps come to, wherever a range begins and ends and whatever stops it. */
#include "core_bench.h"

#include "core/core.h"

enum { CASES = 600, STEPS_MAX = 150, REGISTERS = 17 };

struct place {
    uint32_t start, end;
};

/* Where a case may begin: code that calls nobody else's memory. */
static const struct place places[] = {
    {AT_STRAIGHT, AT_STRAIGHT_END},    {AT_RANGE, AT_RANGE_CALL + 8}, {AT_STORES, AT_BAD_READ},
    {AT_BAD_READ, AT_BAD_DIVIDE},      {AT_SHARED, AT_TICK_START},    {AT_RESET, AT_FOREVER},
    {AT_BAD_DIVIDE, AT_STOP_FIVE + 6},
};

struct scene {
    uint32_t pc, start, end, breakpoint, watched;
};

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

static struct scene make_scene(void)
{
    const struct place *place = &places[random_below(sizeof places / sizeof *places)];
    uint32_t half_words = (place->end - place->start) / 2;
    struct scene scene = {.pc = place->start};

    if (random_below(2))
        scene.pc += 2 * random_below(half_words); /* in the middle of an instruction, too */
    scene.start = scene.pc - 2 * random_below(6);
    scene.end = scene.pc + 2 + 2 * random_below(32);
    if (random_below(3) == 0)
        scene.breakpoint = place->start + 2 * random_below(half_words);
    if (random_below(4) == 0)
        scene.watched = random_below(2) ? 0x20000008 : 0x20003FF4;
    return scene;
}

static void set(struct bench *bench, const struct scene *scene)
{
    static const uint8_t zeros[256];

    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT)); /* no fault is active */
    bench_at(bench, scene->pc);
    bench_ok(bench, target_write(bench->target, 0x20000000, zeros, sizeof zeros));
    bench_ok(bench, target_write(bench->target, 0x20003F00, zeros, sizeof zeros));
    for (unsigned i = 0; i < 13; i++)
        bench_set_reg(bench, i, 0x20000080 + 4 * i);
    bench_set_reg(bench, R_LR, AT_RANGE_END | 1);
    bench_set_reg(bench, R_XPSR, 0x01000000);
}

static bool is_outside(const struct bench *bench, const struct scene *scene)
{
    return bench->stop.pc < scene->start || bench->stop.pc >= scene->end;
}

/* Single steps as a debugger would take them. False: they do not end. */
static bool walk(struct bench *bench, const struct scene *scene)
{
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        bench_step(bench);
        if (bench->stop.reason != STOP_STEP)
            return true;
        if (scene->breakpoint && bench->stop.pc == scene->breakpoint) {
            bench->stop.reason = STOP_BREAKPOINT_HW;
            return true;
        }
        if (is_outside(bench, scene))
            return true;
    }
    return false;
}

static void compare(struct bench *bench, const struct scene *scene)
{
    uint32_t expected[REGISTERS];
    struct target_stop stop;

    set(bench, scene);
    if (!walk(bench, scene))
        return;
    stop = bench->stop;
    for (size_t i = 0; i < REGISTERS; i++)
        expected[i] = bench_reg(bench, i);
    set(bench, scene);
    bench_ok(bench, target_step_range(bench->target, scene->start, scene->end, &bench->stop));
    if (bench->stop.reason != stop.reason || bench->stop.pc != stop.pc)
        fail_msg("0x%08x in 0x%08x-0x%08x, breakpoint 0x%08x, watched 0x%08x: %d at 0x%08x, single "
                 "steps: %d at 0x%08x",
                 scene->pc, scene->start, scene->end, scene->breakpoint, scene->watched,
                 (int)bench->stop.reason, bench->stop.pc, (int)stop.reason, stop.pc);
    for (size_t i = 0; i < REGISTERS; i++)
        assert_int_equal(bench_reg(bench, i), expected[i]);
}

static void a_range_ends_as_single_steps_do(void **state)
{
    struct bench *bench = *state;

    for (unsigned i = 0; i < CASES; i++) {
        struct scene scene = make_scene();

        if (scene.breakpoint)
            bench_break_at(bench, BREAKPOINT_HW, scene.breakpoint);
        if (scene.watched)
            bench_ok(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, scene.watched, 4));
        compare(bench, &scene);
        bench_ok(bench, target_breakpoints_drop_owner(bench->target, 0));
    }
}

static void straight_code_costs_little(void **state)
{
    struct bench *bench = *state;
    struct scene scene = {.pc = AT_STRAIGHT, .start = AT_STRAIGHT, .end = AT_STRAIGHT + 10};

    set(bench, &scene);
    bench_step(bench);
    set(bench, &scene);
    bench_count(bench);
    bench_ok(bench, target_step_range(bench->target, scene.start, scene.end, &bench->stop));
    bench_assert_stopped(bench, STOP_STEP, scene.end);
    unsigned flushes = bench_flushes(bench);
    print_message("four instructions: %u flushes\n", flushes);
    assert_in_range(flushes, 1, 3);
}

/* Users' breakpoints are not given up for one of ours: here, the one in a fault's handler. */
static void without_a_comparator_it_steps(void **state)
{
    struct bench *bench = *state;
    struct scene scene = {.pc = AT_BAD_READ, .start = AT_BAD_READ, .end = AT_BAD_READ_AT + 4};

    set(bench, &scene);
    bench_set_word(bench, 0xE000ED24, 1u << 17); /* SHCSR.BUSFAULTENA */
    for (uint32_t i = 0; i < 5; i++)
        bench_break_at(bench, BREAKPOINT_HW, AT_SAYS_HELLO + 4 * i);
    bench_break_at(bench, BREAKPOINT_HW, AT_FOREVER);
    bench_ok(bench, target_step_range(bench->target, scene.start, scene.end, &bench->stop));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_FOREVER);
}

/* A clone may have less RAM than its name says, and a stack that begins at its end. */
static void memory_that_is_not_there_is_no_obstacle(void **state)
{
    struct bench *bench = *state;
    struct scene scene = {.pc = AT_STRAIGHT, .start = AT_STRAIGHT, .end = AT_STRAIGHT + 8};

    set(bench, &scene);
    for (size_t i = 0; i < bench->target->regions.count; i++)
        if (bench->target->regions.items[i].kind == REGION_RAM)
            bench->target->regions.items[i].size += 4096;
    bench_set_reg(bench, R_SP, 0x20005000);
    bench_ok(bench, target_step_range(bench->target, scene.start, scene.end, &bench->stop));
    assert_int_equal(bench->stop.pc, scene.end);
    assert_int_equal(bench_reg(bench, 1), 2);
    bench->target->core->no_ahead = false;
    bench_step(bench);
    bench->target->core->no_ahead = false;
    bench_break_at(bench, BREAKPOINT_HW, AT_SHARED);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_SHARED);
}

static void cancel(void *user)
{
    struct bench *bench = user;

    atomic_store(&bench->job.cancelled, true);
}

static void a_loop_in_the_range_goes_on_until_cancelled(void **state)
{
    struct bench *bench = *state;
    struct scene scene = {.pc = AT_LOOP, .start = AT_LOOP, .end = AT_LOOP + 6};

    set(bench, &scene);
    bench->job.between = cancel;
    bench->job.between_user = bench;
    bench_ok(bench, target_step_range(bench->target, scene.start, scene.end, &bench->stop));
    assert_int_equal(bench->stop.reason, STOP_REQUEST);
    atomic_store(&bench->job.cancelled, false);
    bench->job.between = NULL;
}

/* With the catch off the fault's handler runs: it is found there, and soon. */
static void a_fault_that_nothing_catches_is_not_lost(void **state)
{
    struct bench *bench = *state;
    struct scene scene = {.pc = AT_BAD_READ, .start = AT_BAD_READ, .end = AT_BAD_READ_AT + 4};

    set(bench, &scene);
    bench_ok(bench, target_set_vector_catch(bench->target, 0));
    bench_ok(bench, target_step_range(bench->target, scene.start, scene.end, &bench->stop));
    assert_int_equal(bench->stop.pc, AT_HARD_FAULT);
}

/* A range that the core does not stand in: the comparator would be where pc is, which is lifted. */
static void a_way_back_to_pc_is_stepped(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_reg(bench, 0, 0x20000000);
    bench_set_reg(bench, 1, 0);
    bench_ok(bench, target_step_range(bench->target, AT_LOOP + 2, AT_LOOP + 8, &bench->stop));
    bench_assert_stopped(bench, STOP_STEP, AT_LOOP);
    assert_int_equal(bench_reg(bench, 1), 1);
}

/* The program's own handler for BusFault, in a vector table of its own. */
static void take_bus_faults(struct bench *bench, uint32_t handler)
{
    const uint32_t shcsr = 0xE000ED24, enable = 1 << 17, vtor = 0xE000ED08, table = 0x20000200;

    bench_set_word(bench, table + 4 * 5, handler | 1);
    bench_set_word(bench, vtor, table);
    bench_set_word(bench, shcsr, enable);
}

static void a_fault_the_program_handles_ends_at_the_handler_s_first_instruction(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_BAD_READ);
    take_bus_faults(bench, AT_TICK_SHARED);
    bench_count(bench);
    bench_ok(bench,
             target_step_range(bench->target, AT_BAD_READ, AT_BAD_READ_AT + 2, &bench->stop));
    bench_assert_stopped(bench, STOP_STEP, AT_TICK_SHARED);
    assert_int_equal(bench_reg(bench, R_XPSR) & 0x1FF, 5);
    assert_true(bench_flushes(bench) < 6); /* it ran */
    /* Catching was the walk's alone. */
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_at(bench, AT_BAD_READ);
    take_bus_faults(bench, AT_FOREVER);
    bench_ok(bench, target_step_range(bench->target, AT_BAD_READ, AT_BAD_READ_AT, &bench->stop));
    assert_int_equal(bench->stop.pc, AT_BAD_READ_AT);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, R_PC), AT_FOREVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_range_ends_as_single_steps_do),
        BENCH_TEST(straight_code_costs_little),
        BENCH_TEST(without_a_comparator_it_steps),
        BENCH_TEST(memory_that_is_not_there_is_no_obstacle),
        BENCH_TEST(a_loop_in_the_range_goes_on_until_cancelled),
        BENCH_TEST(a_fault_that_nothing_catches_is_not_lost),
        BENCH_TEST(a_way_back_to_pc_is_stepped),
        BENCH_TEST(a_fault_the_program_handles_ends_at_the_handler_s_first_instruction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
