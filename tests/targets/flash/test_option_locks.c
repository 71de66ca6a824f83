/* SPDX-License-Identifier: MIT */
/* Whichever operation of a change of option bytes fails: what guards them, and the flash, is shut
 * behind it, in every family. A program of the user's that writes by mistake finds a lock. */
#include <string.h>

#include "flash/options.h"
#include "flash_bench.h"
#include "probe/fault_injection.h"
#include "probe/ops.h"

enum { OPERATIONS_MAX = 500 };

/* What is shut: bits of up to two registers. */
static const struct board {
    const char *name;
    const char *word, *back;
    struct {
        uint32_t address, set, clear;
    } shut[2];
} boards[] = {
    {"bluepill,still",
     "nRST_STOP=RSTSTOP",
     "nRST_STOP=NORSTSTOP",
     {{0x40022010, 1u << 7, 1u << 9}}},
    {"nucleo-f072,still",
     "nRST_STOP=RSTSTOP",
     "nRST_STOP=NORSTSTOP",
     {{0x40022010, 1u << 7, 1u << 9}}},
    {"nucleo-f446,still",
     "nRST_STOP=reset",
     "nRST_STOP=no-reset",
     {{0x40023C10, 1u << 31, 0}, {0x40023C14, 1, 2}}},
    {"nucleo-f746,still",
     "nRST_STOP=reset",
     "nRST_STOP=no-reset",
     {{0x40023C10, 1u << 31, 0}, {0x40023C14, 1, 2}}},
    {"nucleo-l053,still", "BOR_LEV=1.8V", "BOR_LEV=off", {{0x40022004, 7, 0}}},
    {"nucleo-l152,still", "nRST_STOP=reset", "nRST_STOP=no-reset", {{0x40023C04, 7, 0}}},
    {"nucleo-l476,still", "nRST_STOP=reset", "nRST_STOP=no-reset", {{0x40022014, 3u << 30, 0}}},
    {"nucleo-g071,still", "nRST_STOP=reset", "nRST_STOP=no-reset", {{0x40022014, 3u << 30, 0}}},
    {"nucleo-wb55,still", "nRST_STOP=reset", "nRST_STOP=no-reset", {{0x58004014, 3u << 30, 0}}},
    {"nucleo-u575,still", "nRST_STOP=reset", "nRST_STOP=no-reset", {{0x40022028, 3u << 30, 0}}},
    {"nucleo-h563,still",
     "NRST_STOP=reset",
     "NRST_STOP=no-reset",
     {{0x40022028, 1, 0}, {0x4002201C, 1, 2}}},
    {"nucleo-h743,still",
     "nRST_STOP_D1=reset",
     "nRST_STOP_D1=no-reset",
     {{0x5200200C, 1, 0}, {0x52002018, 1, 2}}},
};

static enum err change(struct bench *bench, const char *word)
{
    const struct flash_options *table = flash_options_for(bench->target);
    struct option_state before, wanted;
    enum err err = table->read(bench->target, &before);

    if (err)
        return err;
    wanted = before;
    err = option_take(&bench->job, table, bench->target, 1, &word, wanted.stored);
    return err ? err : option_change(bench->target, table, &before, &wanted, false);
}

static void assert_shut(struct bench *bench, const struct board *board, unsigned at,
                        const char *said)
{
    for (size_t i = 0; i < 2 && board->shut[i].address; i++) {
        uint32_t word = bench_word(bench, board->shut[i].address);

        if ((word & board->shut[i].set) != board->shut[i].set || word & board->shut[i].clear)
            fail_msg("%s, operation %u: 0x%08x reads 0x%08x: %s", board->name, at,
                     board->shut[i].address, word, said);
    }
}

/* False: it was through before. */
static bool breaks_at(struct bench *bench, const struct board *board, enum fault_kind kind,
                      unsigned at)
{
    struct fault_plan plan = {.kind = kind, .at = at};
    char said[sizeof bench->job.text];

    bench_job(bench);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_ok(bench, change(bench, board->back));
    fault_wrap(bench->probe, &plan);
    enum err err = change(bench, board->word);
    bench->probe->driver = plan.inner;
    snprintf(said, sizeof said, "%s", job_text(&bench->job, err));
    bench_job(bench);
    assert_shut(bench, board, at, said);
    if (plan.seen < at && err)
        fail_msg("%s: %s", board->name, said);
    return plan.seen >= at;
}

static void option_bytes_are_locked_again(enum fault_kind kind)
{
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        unsigned at = 1;
        void *state;

        assert_int_equal(bench_up_with(&state, boards[i].name), 0);
        while (breaks_at(state, &boards[i], kind, at))
            assert_in_range(++at, 2, OPERATIONS_MAX);
        bench_down(&state);
        assert_in_range(at, 5, OPERATIONS_MAX);
    }
}

static void they_are_locked_again_after_a_time_limit(void **state)
{
    (void)state;
    option_bytes_are_locked_again(FAULT_TIMEOUT);
}

static void they_are_locked_again_after_a_refusal(void **state)
{
    (void)state;
    option_bytes_are_locked_again(FAULT_REFUSED);
}

/* --- the end of read protection of F4 and F7 that the hardware's watchdogs have to be kept from
 * --- */

enum { OPTCR = 0x40023C14, LONG_OPERATIONS_MAX = 5000 };

static enum err unlock(struct bench *bench)
{
    return flash_options_for(bench->target)->unlock(bench->target);
}

static void lock_with_watchdogs(struct bench *bench, uint32_t watchdogs)
{
    const struct flash_options *table = flash_options_for(bench->target);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_ok(bench, table->unlock(bench->target));
    bench_power_cycle(bench);
    struct option_state state = bench_option_state(bench, table);

    state.stored[0] &= ~watchdogs;
    bench_ok(bench, table->write(bench->target, &state));
    bench_ok(bench, table->lock(bench->target));
    bench_power_cycle(bench);
}

static bool unlock_breaks_at(struct bench *bench, uint32_t watchdogs, unsigned at)
{
    struct fault_plan plan = {.kind = FAULT_TIMEOUT, .at = at};
    char said[sizeof bench->job.text];

    bench_job(bench);
    lock_with_watchdogs(bench, watchdogs);
    fault_wrap(bench->probe, &plan);
    enum err err = unlock(bench);
    bench->probe->driver = plan.inner;
    snprintf(said, sizeof said, "%s", job_text(&bench->job, err));
    bench_job(bench);
    if (bench_word(bench, OPTCR) & watchdogs && !strstr(said, "(WDG_SW, WWDG_SW)"))
        fail_msg("operation %u: OPTCR reads 0x%08x: %s", at, bench_word(bench, OPTCR), said);
    return plan.seen >= at;
}

static void the_hardwares_watchdogs_are_so_behind_a_failed_end_of_protection(void **state)
{
    static const struct {
        const char *name;
        uint32_t watchdogs;
    } with[] = {{"blackpill-f401,still", 1u << 5}, {"nucleo-f746,still", 3u << 4}};

    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        unsigned at = 1;
        void *bench;

        assert_int_equal(bench_up_with(&bench, with[i].name), 0);
        while (unlock_breaks_at(bench, with[i].watchdogs, at))
            assert_in_range(at += 1 + at / 16, 2, LONG_OPERATIONS_MAX);
        bench_down(&bench);
        assert_in_range(at, 50, LONG_OPERATIONS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_locked_again_after_a_time_limit),
        cmocka_unit_test(they_are_locked_again_after_a_refusal),
        cmocka_unit_test(the_hardwares_watchdogs_are_so_behind_a_failed_end_of_protection),
    };

    return cmocka_run_group_tests_name("option_locks", tests, NULL, NULL);
}
