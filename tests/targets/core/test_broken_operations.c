/* SPDX-License-Identifier: MIT */
/* One operation of a call fails, each in its turn: the call says so, or it has done all the same
 * what it was asked for. */
#include "base/crc32.h"
#include "core_bench.h"
#include "probe/fault_injection.h"

enum { PLACE = 0x20001000, SIZE = 600, OPERATIONS_MAX = 100 };

static uint8_t out[SIZE], in[SIZE];
static uint32_t sum;

/* --- calls, and what is there when one was good --- */

static enum err halt(struct bench *b)
{
    return target_halt(b->target, &b->stop);
}

static enum err resume(struct bench *b)
{
    return target_resume(b->target);
}

static enum err step(struct bench *b)
{
    return target_step(b->target, &b->stop);
}

static enum err step_range(struct bench *b)
{
    return target_step_range(b->target, AT_RANGE, AT_RANGE_END, &b->stop);
}

static enum err reset_halt(struct bench *b)
{
    return target_reset(b->target, TARGET_RESET_HALT);
}

static enum err read_memory(struct bench *b)
{
    memset(in, 0, sizeof in);
    return target_read(b->target, PLACE + 1, in, sizeof in - 2, NULL);
}

static enum err read_halfwords(struct bench *b)
{
    memset(in, 0, sizeof in);
    return target_read_width(b->target, PLACE, 2, in, 10);
}

static enum err write_memory(struct bench *b)
{
    return target_write(b->target, PLACE + 1, out, sizeof out - 2);
}

/* Points reach the chip with the next resume. */
static enum err breakpoint(struct bench *b)
{
    enum err err = target_breakpoint_set(b->target, 0, BREAKPOINT_HW, AT_LOOP, 2);

    return err ? err : target_resume(b->target);
}

static enum err ram_breakpoint(struct bench *b)
{
    enum err err = target_breakpoint_set(b->target, 0, BREAKPOINT_SW, PLACE, 2);

    return err ? err : target_resume(b->target);
}

static enum err watchpoint(struct bench *b)
{
    enum err err = target_watchpoint_set(b->target, 0, WATCH_WRITE, PLACE, 4);

    return err ? err : target_resume(b->target);
}

static enum err poll(struct bench *b)
{
    return target_poll(b->target, &b->stop);
}

static enum err crc(struct bench *b)
{
    return target_crc(b->target, PLACE, SIZE, &sum);
}

static void is_halted(struct bench *b)
{
    assert_int_equal(target_state(b->target), TARGET_HALTED);
    assert_true(bench_raw(b, 0xE000EDF0) & 1u << 17); /* S_HALT */
}

static void runs(struct bench *b)
{
    assert_int_equal(target_state(b->target), TARGET_RUNNING);
    assert_int_equal(bench_raw(b, 0xE000EDF0) & 1u << 17, 0);
}

static void stands_behind_one(struct bench *b)
{
    is_halted(b);
    assert_in_range(bench_reg(b, R_PC), AT_RANGE + 2, AT_RANGE + 4);
}

static void stands_behind_the_range(struct bench *b)
{
    is_halted(b);
    assert_int_equal(bench_reg(b, R_PC), AT_RANGE_END);
    assert_int_equal(bench_reg(b, 0), 100);
}

static void stands_at_reset(struct bench *b)
{
    is_halted(b);
    assert_int_equal(bench_reg(b, R_PC), AT_RESET);
}

static void bytes_were_read(struct bench *b)
{
    (void)b;
    assert_memory_equal(in, out + 1, sizeof in - 2);
}

static void halfwords_were_read(struct bench *b)
{
    (void)b;
    assert_memory_equal(in, out, 20);
}

static void bytes_were_written(struct bench *b)
{
    target_drop_caches(b->target);
    assert_int_equal(target_read(b->target, PLACE + 1, in, sizeof in - 2, NULL), ERR_OK);
    assert_memory_equal(in, out, sizeof in - 2);
}

static void it_is_gdbs(struct bench *b)
{
    (void)b;
    assert_int_equal(sum, crc32_add(CRC32_START, out, sizeof out));
}

static void comparator_is_on(struct bench *b)
{
    assert_true(bench_raw(b, 0xE0002000) & 1); /* FP_CTRL */
    assert_true(bench_raw(b, 0xE0002008) & 1); /* FP_COMP0 */
}

static void bkpt_is_there(struct bench *b)
{
    assert_int_equal(bench_raw(b, PLACE) & 0xFF00, 0xBE00);
}

static void watch_is_on(struct bench *b)
{
    assert_int_equal(bench_raw(b, 0xE0001020), PLACE); /* DWT_COMP0 */
    assert_int_not_equal(bench_raw(b, 0xE0001028), 0); /* DWT_FUNCTION0 */
}

static const struct call {
    const char *name;
    enum err (*run)(struct bench *b);
    void (*check)(struct bench *b);
    uint32_t at; /* where the core stands, or from where it runs */
    bool running;
} calls[] = {
    {"halt", halt, is_halted, AT_FOREVER, true},
    {"resume", resume, runs, AT_FOREVER, false},
    {"step", step, stands_behind_one, AT_RANGE, false},
    {"step a range", step_range, stands_behind_the_range, AT_RANGE, false},
    {"reset", reset_halt, stands_at_reset, AT_RANGE, false},
    {"read", read_memory, bytes_were_read, AT_RANGE, false},
    {"read halfwords", read_halfwords, halfwords_were_read, AT_RANGE, false},
    {"write", write_memory, bytes_were_written, AT_RANGE, false},
    {"breakpoint", breakpoint, comparator_is_on, AT_FOREVER, false},
    {"breakpoint in RAM", ram_breakpoint, bkpt_is_there, AT_FOREVER, false},
    {"watchpoint", watchpoint, watch_is_on, AT_FOREVER, false},
    {"poll", poll, runs, AT_FOREVER, true},
    {"crc", crc, it_is_gdbs, AT_RANGE, false},
};

static struct bench *ready(const struct call *call)
{
    void *state = NULL;

    assert_int_equal(bench_setup(&state), 0);
    struct bench *b = state;
    bench_halt(b);
    bench_ok(b, target_write(b->target, PLACE, out, sizeof out));
    bench_at(b, call->at);
    target_drop_caches(b->target);
    if (call->running)
        bench_ok(b, target_resume(b->target));
    return b;
}

/* Whether the call has so many operations. */
static bool breaks_at(const struct call *call, enum fault_kind kind, unsigned at)
{
    struct fault_plan plan = {.kind = kind, .at = at};
    struct bench *b = ready(call);
    void *state = b;

    fault_wrap(b->probe, &plan);
    enum err err = call->run(b);
    b->probe->driver = plan.inner;
    job_clear(&b->job);
    bool struck = plan.seen >= at;
    if (!err)
        call->check(b);
    if (!struck)
        assert_int_equal(err, ERR_OK);
    bench_teardown(&state);
    return struck;
}

static void what_fails_is_said_or_done_again(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_NO_ACK, FAULT_REFUSED};

    (void)state;
    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 31 + i / 256 + 1);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
            unsigned at = 1;

            while (at < OPERATIONS_MAX && breaks_at(&calls[i], kinds[kind], at))
                at++;
            assert_true(at > 1); /* something was broken */
        }
}

static const struct call resumes = {"resume", resume, NULL, AT_FOREVER, false};

/* C_MASKINTS of a step stays on the chip if the write that takes it back does not arrive. */
static void interrupts_come_again_whatever_failed(void **state)
{
    static const uint32_t ticks = 0x20000004, icsr = 0xE000ED04;
    bool struck = true;
    unsigned failed = 0;

    (void)state;
    for (unsigned at = 1; struck && at < OPERATIONS_MAX; at++) {
        struct fault_plan plan = {.kind = FAULT_REFUSED, .at = at};
        struct bench *b = ready(&resumes);
        void *bench = b;

        bench_step(b);
        bench_set_word(b, ticks, 0);
        fault_wrap(b->probe, &plan);
        enum err err = target_resume(b->target);
        b->probe->driver = plan.inner;
        job_clear(&b->job);
        struck = plan.seen >= at;
        failed += err != ERR_OK;
        bench_ok(b, target_halt(b->target, &b->stop));
        bench_ok(b, target_resume(b->target));
        bench_set_word(b, icsr, 1u << 26); /* PENDSTSET */
        bench_ok(b, bench_poll(b, 1000));
        assert_int_equal(bench_word(b, ticks), 1);
        bench_teardown(&bench);
    }
    assert_true(failed > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_fails_is_said_or_done_again),
                                       cmocka_unit_test(interrupts_come_again_whatever_failed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
