/* SPDX-License-Identifier: MIT */
/* Option bytes are erased and written as a whole, whatever comes in between: a cancel at any
 * operation or transfer, a wire that fails once, a probe that is gone. */
#include <string.h>

#include "flash_bench.h"
#include "probe/fault_injection.h"

enum { POINTS_MAX = 1000, RCC_CR = 0x40021000, FLASH_CR = 0x40022010, CR_LOCKED = 0x80 };
#define DBGMCU_CR 0xE0042004u

static uint8_t program[PAGE_SIZE];

/* --- the chip before and after --- */

/* A program in the flash, and options of its own in force. */
static struct bench *bench_with_program(void)
{
    void *state;

    assert_int_equal(bench_up(&state), 0);
    struct bench *bench = state;
    bench_fill(program, sizeof program, 1);
    assert_int_equal(bench_load(bench, FLASH, program, sizeof program, NULL), ERR_OK);
    struct stm32f1_options options = bench_options(bench);
    options.data[0] = 0x11;
    options.data[1] = 0x22;
    options.wrp = 0x7FFFFFFF;
    assert_int_equal(stm32f1_options_write(bench->target, &options), ERR_OK);
    bench_power_cycle(bench);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    return bench;
}

/* --- the three commands, as the monitor gives them --- */

static enum err write_data(struct bench *bench)
{
    struct stm32f1_options options;
    enum err err = stm32f1_options_read(bench->target, &options);

    options.data[0] = 0x77;
    return err ? err : stm32f1_options_write(bench->target, &options);
}

static enum err lock(struct bench *bench)
{
    return stm32f1_options_lock(bench->target);
}

static enum err unlock(struct bench *bench)
{
    return stm32f1_options_unlock(bench->target);
}

/* --- cancels --- */

struct canceller {
    struct probe_driver driver;
    const struct probe_driver *inner;
    struct job *job;
    bool transfers; /* count these, else operations */
    unsigned seen, at;
};

static struct canceller *canceller_of(const struct probe *probe)
{
    return (struct canceller *)((uintptr_t)probe->driver - offsetof(struct canceller, driver));
}

static enum err run_and_cancel(struct probe *probe, struct op *ops, size_t count)
{
    struct canceller *canceller = canceller_of(probe);
    unsigned first = canceller->at - canceller->seen;

    if (canceller->transfers)
        return canceller->inner->run(probe, ops, count);
    canceller->seen += (unsigned)count;
    if (canceller->seen < canceller->at || first == 0 || first > count)
        return canceller->inner->run(probe, ops, count);
    enum err err = canceller->inner->run(probe, ops, first);
    atomic_store(&canceller->job->cancelled, true);
    if (err || first == count)
        return err;
    return canceller->inner->run(probe, ops + first, count - first);
}

static enum err transfer_and_cancel(struct probe *probe, struct dap_access *list, size_t count,
                                    size_t *done, enum swd_ack *ack)
{
    struct canceller *canceller = canceller_of(probe);

    if (canceller->transfers && ++canceller->seen == canceller->at)
        atomic_store(&canceller->job->cancelled, true);
    return canceller->inner->transfer(probe, list, count, done, ack);
}

static enum err cancelled_at(struct bench *bench, enum err (*command)(struct bench *),
                             bool transfers, unsigned at, unsigned *seen)
{
    struct canceller canceller = {
        .inner = bench->probe->driver, .job = &bench->job, .transfers = transfers, .at = at};

    canceller.driver = *canceller.inner;
    canceller.driver.run = run_and_cancel;
    canceller.driver.transfer = transfer_and_cancel;
    bench_job(bench);
    bench->probe->driver = &canceller.driver;
    enum err err = command(bench);
    bench->probe->driver = canceller.inner;
    *seen = canceller.seen;
    bench_job(bench);
    return err;
}

struct left {
    uint32_t dbgmcu, rcc;
};

static void check_given_back(struct bench *bench, const struct left *before)
{
    assert_int_equal(bench_word(bench, FLASH_CR), CR_LOCKED);
    assert_int_equal(bench_word(bench, DBGMCU_CR), before->dbgmcu);
    assert_int_equal(bench_word(bench, RCC_CR), before->rcc);
}

/* At every point; `check` looks at the chip after a power cycle. */
static void cancel_everywhere(bool locked, enum err (*command)(struct bench *), bool transfers,
                              void (*check)(struct bench *bench, bool done))
{
    unsigned at = 1, seen = 1, done = 0, undone = 0;

    for (; seen >= at - 1 && at < POINTS_MAX; at++) {
        struct bench *bench = bench_with_program();
        void *state = bench;

        if (locked) {
            assert_int_equal(stm32f1_options_lock(bench->target), ERR_OK);
            bench_power_cycle(bench);
        }
        assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
        struct left before = {bench_word(bench, DBGMCU_CR), bench_word(bench, RCC_CR)};
        enum err err = cancelled_at(bench, command, transfers, at, &seen);
        assert_true(!err || err == ERR_CANCELLED);
        check_given_back(bench, &before);
        bench_power_cycle(bench);
        check(bench, !err);
        done += !err;
        undone += err == ERR_CANCELLED;
        bench_down(&state);
    }
    assert_int_equal(seen, at - 2); /* the last one came too late: all were tried */
    assert_in_range(done, transfers ? 8 : 20, POINTS_MAX);
    assert_in_range(undone, 1, 8);
}

static void check_written(struct bench *bench, bool done)
{
    struct stm32f1_options options = bench_options(bench);

    assert_false(options.readout_protected);
    assert_int_equal(options.rdp, 0xA5);
    assert_int_equal(options.data[0], done ? 0x77 : 0x11);
    assert_int_equal(options.data[1], 0x22);
    assert_int_equal(options.wrp, 0x7FFFFFFF);
    bench_assert_memory(bench, FLASH, program, sizeof program);
}

static void check_locked(struct bench *bench, bool done)
{
    struct stm32f1_options options = bench_options(bench);

    assert_int_equal(options.readout_protected, done);
    assert_int_equal(options.data[0], 0x11);
    assert_int_equal(options.wrp, 0x7FFFFFFF);
}

static void check_unlocked(struct bench *bench, bool done)
{
    struct stm32f1_options options = bench_options(bench);

    assert_int_equal(options.readout_protected, !done);
    assert_int_equal(options.wrp, done ? 0xFFFFFFFF : 0x7FFFFFFF);
}

static void a_cancel_at_any_operation_does_not_cut_a_change_in_two(void **state)
{
    (void)state;
    cancel_everywhere(false, write_data, false, check_written);
    cancel_everywhere(false, lock, false, check_locked);
    cancel_everywhere(true, unlock, false, check_unlocked);
}

static void a_cancel_at_any_transfer_does_not_cut_a_change_in_two(void **state)
{
    (void)state;
    cancel_everywhere(false, write_data, true, check_written);
    cancel_everywhere(false, lock, true, check_locked);
    cancel_everywhere(true, unlock, true, check_unlocked);
}

/* --- a wire that fails once, a probe that is gone --- */

static enum err broken_at(struct bench *bench, enum err (*command)(struct bench *),
                          enum fault_kind kind, unsigned at, uint64_t *seen, bool *gone)
{
    struct fault_plan plan = {.kind = kind, .at = at};

    bench_job(bench);
    fault_wrap(bench->probe, &plan);
    enum err err = command(bench);
    bench->probe->driver = plan.inner;
    *seen = plan.seen;
    *gone = plan.gone;
    return err;
}

/* Before anything is erased an error is an error; from there on it is done again. */
static void a_wire_that_fails_once_loses_nothing(void **state)
{
    static const enum fault_kind kinds[] = {FAULT_NO_ACK, FAULT_GARBLED};
    unsigned repaired = 0;

    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        uint64_t seen = 1;
        bool gone;

        for (unsigned at = 1; seen >= at - 1 && at < POINTS_MAX; at++) {
            struct bench *bench = bench_with_program();
            void *rig = bench;
            enum err err = broken_at(bench, write_data, kinds[kind], at, &seen, &gone);

            bool written = !err || strstr(bench->job.text, "were written as asked");
            bench_power_cycle(bench);
            check_written(bench, written);
            repaired += !err;
            bench_down(&rig);
        }
    }
    assert_in_range(repaired, 2 * 20, 2 * POINTS_MAX);
}

static const char may_be_erased[] = "the option bytes may be erased: no reset, no power off now";

/* Cut between the two keys of an unlock, before anything is erased, the controller refuses all
 * until a reset, which is then harmless and what its sentence asks for. */
static void repeat(struct bench *bench, enum err (*command)(struct bench *))
{
    enum err err = command(bench);

    if (err == ERR_FLASH && strstr(bench->job.text, "`monitor reset halt`, then try again")) {
        bench_job(bench);
        assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
        err = command(bench);
    }
    assert_int_equal(err, ERR_OK);
}

/* The probe is plugged in again, the target was neither reset nor switched off. */
static void a_lost_probe_costs_nothing_if_the_command_is_repeated(void **state)
{
    uint64_t seen = 1;
    bool gone;

    (void)state;
    for (unsigned at = 1; seen >= at - 1 && at < POINTS_MAX; at++) {
        struct bench *bench = bench_with_program();
        void *rig = bench;
        enum err err = broken_at(bench, write_data, FAULT_GONE, at, &seen, &gone);

        assert_int_equal(err, gone ? ERR_PROBE_GONE : ERR_OK);
        bench_job(bench);
        assert_int_equal(target_connect(bench->target, TARGET_CONNECT_NORMAL), ERR_OK);
        repeat(bench, write_data);
        bench_power_cycle(bench);
        check_written(bench, true);
        bench_down(&rig);
    }
    assert_in_range(seen, 20, POINTS_MAX);
}

/* What is said of the chip after a power cycle is true, and so is the way back. */
static void a_lost_probe_is_told_with_what_the_chip_will_be_like(void **state)
{
    uint64_t seen = 1;
    bool gone;
    unsigned locked_out = 0;

    (void)state;
    for (unsigned at = 1; seen >= at - 1 && at < POINTS_MAX; at++) {
        struct bench *bench = bench_with_program();
        void *rig = bench;
        enum err err = broken_at(bench, write_data, FAULT_GONE, at, &seen, &gone);
        bool warned = strstr(bench->job.text, may_be_erased) &&
                      strstr(bench->job.text, "After a reset the chip is read-protected") &&
                      strstr(bench->job.text, "with its flash erased");

        assert_int_equal(err, gone ? ERR_PROBE_GONE : ERR_OK);
        bench_power_cycle(bench);
        if (!bench_options(bench).readout_protected) {
            bench_assert_memory(bench, FLASH, program, sizeof program);
        } else {
            assert_true(warned);
            locked_out++;
            assert_int_equal(stm32f1_options_unlock(bench->target), ERR_OK);
            bench_power_cycle(bench);
            assert_false(bench_options(bench).readout_protected);
            bench_assert_filled(bench, FLASH, 0xFF, sizeof program);
        }
        bench_down(&rig);
    }
    assert_in_range(locked_out, 1, 6); /* from the erase until RDP is programmed */
}

static void a_lost_probe_while_unlocking_is_told_otherwise(void **state)
{
    uint64_t seen = 1;
    bool gone;
    unsigned told = 0;

    (void)state;
    for (unsigned at = 1; seen >= at - 1 && at < POINTS_MAX; at++) {
        struct bench *bench = bench_with_program();
        void *rig = bench;

        assert_int_equal(stm32f1_options_lock(bench->target), ERR_OK);
        bench_power_cycle(bench);
        enum err err = broken_at(bench, unlock, FAULT_GONE, at, &seen, &gone);
        assert_int_equal(err, gone ? ERR_PROBE_GONE : ERR_OK);
        told += strstr(bench->job.text, "the chip stays read-protected") != NULL;
        assert_null(strstr(bench->job.text, may_be_erased));
        bench_job(bench);
        assert_int_equal(target_connect(bench->target, TARGET_CONNECT_NORMAL), ERR_OK);
        repeat(bench, unlock);
        bench_power_cycle(bench);
        assert_false(bench_options(bench).readout_protected);
        bench_down(&rig);
    }
    assert_in_range(told, 20, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancel_at_any_operation_does_not_cut_a_change_in_two),
        cmocka_unit_test(a_cancel_at_any_transfer_does_not_cut_a_change_in_two),
        cmocka_unit_test(a_wire_that_fails_once_loses_nothing),
        cmocka_unit_test(a_lost_probe_costs_nothing_if_the_command_is_repeated),
        cmocka_unit_test(a_lost_probe_is_told_with_what_the_chip_will_be_like),
        cmocka_unit_test(a_lost_probe_while_unlocking_is_told_otherwise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
