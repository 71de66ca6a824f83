/* SPDX-License-Identifier: MIT */
/* A bank that erases for longer than a slice: the bus would stall whoever reads it, so nobody does,
 * and everybody else is served. The flash of the simulated chip is made slow on the way to it. */
#include <string.h>

#include "core/core.h"
#include "flash_bench.h"
#include "probe/driver.h"

enum { SR = 0x4002200C, CR = 0x40022010, CR_STRT = 1 << 6, CR_LOCKED = 0x80 };

/* --- a slow flash --- */

struct slow {
    struct probe_driver driver;
    const struct probe_driver *inner;
    uint32_t erase_us;
    uint64_t until_us;
    unsigned stalls; /* accesses that would have stalled the bus */
};

static struct slow *slow_of(const struct probe *probe)
{
    return (struct slow *)((uintptr_t)probe->driver - offsetof(struct slow, driver));
}

static bool is_flash(uint32_t address)
{
    return address - FLASH < FLASH_SIZE || address < FLASH_SIZE;
}

static enum err wait_slowly(struct probe *probe, const struct op *op, uint64_t left_us)
{
    bool in_vain = op->timeout_us < left_us;

    clock_sleep_us(probe_clock(probe), in_vain ? op->timeout_us : left_us);
    if (!in_vain)
        return ERR_OK;
    probe->failed = op;
    return job_fail(probe->job, ERR_TIMEOUT, "0x%08x: still busy", op->address);
}

static enum err run_one(struct probe *probe, struct slow *slow, struct op *op)
{
    uint64_t now = clock_now_us(probe_clock(probe));
    bool busy = now < slow->until_us;
    enum err err = ERR_OK;

    if (busy && (op->kind == OP_READ || op->kind == OP_WRITE) && is_flash(op->address))
        slow->stalls++;
    if (busy && op->kind == OP_WAIT && op->address == SR)
        err = wait_slowly(probe, op, slow->until_us - now);
    if (op->kind == OP_WRITE && op->address == CR && op->value & CR_STRT)
        slow->until_us = now + slow->erase_us;
    return err ? err : slow->inner->run(probe, op, 1);
}

static enum err run_slowly(struct probe *probe, struct op *ops, size_t count)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && !err; i++)
        err = run_one(probe, slow_of(probe), &ops[i]);
    return err;
}

/* --- the bench: another session that acts while the flash is busy --- */

static struct slow slow;
static struct job other;
static uint8_t before[PAGE_SIZE];
static bool acted;
static uint64_t other_took_us;

static int setup(void **state)
{
    if (bench_up(state))
        return -1;
    struct bench *bench = *state;
    bench_fill(before, sizeof before, 3);
    if (bench_load(bench, FLASH, before, sizeof before, NULL))
        return -1;
    slow = (struct slow){.driver = *bench->probe->driver, .inner = bench->probe->driver};
    slow.driver.run = run_slowly;
    bench->probe->driver = &slow.driver;
    acted = false;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    bench->probe->driver = slow.inner;
    return bench_down(state);
}

/* Once, when the flash is busy. */
static void act_as_other(struct bench *bench, enum err (*act)(struct bench *))
{
    uint64_t began_us = bench_now_us(bench);

    bench->act_at++;
    if (acted || began_us >= slow.until_us)
        return;
    acted = true;
    job_init(&other, NULL);
    struct job *mine = target_set_job(bench->target, &other);
    enum err err = act(bench);
    target_set_job(bench->target, mine);
    assert_int_equal(err, other.err);
    other_took_us = bench_now_us(bench) - began_us;
    bench->checkpoint_us = bench_now_us(bench); /* that time is not the erase's */
}

/* `length` 0: mass erase. */
static enum err erase(struct bench *bench, uint32_t length, uint32_t takes_us,
                      void (*act)(struct bench *))
{
    slow.erase_us = takes_us;
    bench_job(bench);
    bench->act = act;
    bench->act_at = act ? 1 : 0;
    bench->checkpoint_us = bench_now_us(bench);
    return flash_erase_now(bench->target, FLASH, length);
}

/* --- others meanwhile --- */

static uint8_t seen[64];

static enum err read_flash(struct bench *bench)
{
    return target_read(bench->target, FLASH + 512, seen, sizeof seen, NULL);
}

static void reads_flash(struct bench *bench)
{
    act_as_other(bench, read_flash);
}

static void a_reader_waits_for_the_end(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(erase(bench, PAGE_SIZE, 300000, reads_flash), ERR_OK);
    assert_true(acted);
    assert_int_equal(other.err, ERR_OK);
    assert_in_range(other_took_us, 200000, 300000);
    for (size_t i = 0; i < sizeof seen; i++)
        assert_int_equal(seen[i], 0xFF);
    assert_int_equal(slow.stalls, 0);
    bench_assert_filled(bench, FLASH, 0xFF, PAGE_SIZE);
}

/* A gdb gives up after 2 s. */
static void a_reader_is_told_when_it_takes_too_long(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(erase(bench, 0, 1900000, reads_flash), ERR_OK);
    assert_int_equal(other.err, ERR_BUSY);
    assert_string_equal(other.text, "the flash is being erased, which goes on for a while: "
                                    "0x08000200 cannot be read or written meanwhile");
    assert_in_range(other_took_us, 1000000, 1100000);
    assert_int_equal(slow.stalls, 0);
    assert_int_equal(read_flash(bench), ERR_OK); /* and then it can be read */
    bench_assert_filled(bench, FLASH, 0xFF, PAGE_SIZE);
}

static void what_is_cached_is_read_at_once(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(read_flash(bench), ERR_OK);
    memset(seen, 0, sizeof seen);
    assert_int_equal(erase(bench, PAGE_SIZE, 300000, reads_flash), ERR_OK);
    assert_true(acted);
    assert_int_equal(other.err, ERR_OK);
    assert_int_equal(other_took_us, 0);
    assert_memory_equal(seen, before + 512, sizeof seen);
    assert_int_equal(read_flash(bench), ERR_OK);
    assert_int_equal(seen[0], 0xFF); /* forgotten by now */
}

static enum err use_aliases(struct bench *bench)
{
    uint32_t word = 0;
    enum err err = target_read_width(bench->target, 0x00000200, 4, &word, 1);

    assert_int_equal(word, 0xFFFFFFFF);
    return err;
}

static void uses_aliases(struct bench *bench)
{
    act_as_other(bench, use_aliases);
}

static void the_alias_at_zero_is_as_busy(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(erase(bench, PAGE_SIZE, 300000, uses_aliases), ERR_OK);
    assert_true(acted);
    assert_int_equal(other.err, ERR_OK);
    assert_in_range(other_took_us, 200000, 300000);
    assert_int_equal(slow.stalls, 0);
}

static enum err use_all_else(struct bench *bench)
{
    uint64_t pc;
    uint32_t word = 0x12345678;
    enum err err = target_write(bench->target, RAM + 0x4000, &word, sizeof word);

    if (!err)
        err = target_read_width(bench->target, SR, 4, &word, 1);
    return err ? err : target_read_register(bench->target, 15, &pc);
}

static void uses_all_else(struct bench *bench)
{
    act_as_other(bench, use_all_else);
}

static void all_else_is_served_meanwhile(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(erase(bench, PAGE_SIZE, 300000, uses_all_else), ERR_OK);
    assert_true(acted);
    assert_int_equal(other.err, ERR_OK);
    assert_in_range(other_took_us, 0, 20000);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    assert_in_range(bench->checkpoints, 300000 / SLICE_LIMIT_US, 20);
}

/* --- ways out --- */

static void cancels(struct bench *bench)
{
    bench->act_at++;
    if (bench_now_us(bench) < slow.until_us)
        atomic_store(&bench->job.cancelled, true);
}

static void a_cancel_waits_for_the_end(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(erase(bench, 0, 1500000, cancels), ERR_CANCELLED);
    assert_true(bench_now_us(bench) >= slow.until_us);
    assert_non_null(strstr(bench->job.text, "flash: 0x08000000-0x080003ff erased"));
    bench_job(bench);
    assert_int_equal(bench_word(bench, CR), CR_LOCKED);
    bench_assert_filled(bench, FLASH, 0xFF, PAGE_SIZE);
    assert_int_equal(slow.stalls, 0);
}

/* What went wrong is told, not that somebody wanted an end. */
static void an_erase_that_fails_behind_a_cancel_is_an_error(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(erase(bench, PAGE_SIZE, 600000000, cancels), ERR_TIMEOUT);
    assert_null(strstr(bench->job.text, "interrupted"));
    assert_non_null(strstr(bench->job.text, "0x4002200c"));
}

/* Nobody waits forever for a clone that hangs, nor longer than its limit for a reader. */
static void an_erase_that_never_ends_is_an_error(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(erase(bench, PAGE_SIZE, 600000000, NULL), ERR_TIMEOUT);
    assert_in_range(bench->checkpoints, 5, 30);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_reader_waits_for_the_end),
        TEST(a_reader_is_told_when_it_takes_too_long),
        TEST(what_is_cached_is_read_at_once),
        TEST(the_alias_at_zero_is_as_busy),
        TEST(all_else_is_served_meanwhile),
        TEST(a_cancel_waits_for_the_end),
        TEST(an_erase_that_never_ends_is_an_error),
        TEST(an_erase_that_fails_behind_a_cancel_is_an_error),
    };

    return cmocka_run_group_tests_name("busy", tests, NULL, NULL);
}
