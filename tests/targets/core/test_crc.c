/* SPDX-License-Identifier: MIT */
/* gdb's CRC of long ranges: by the core where that is possible, over the wire else, and nobody can
 * tell afterwards which of them it was. */
#include "core_bench.h"

#include <stdlib.h>

#include "base/crc32.h"
#include "probe/fault_injection.h"

#define SYST_CSR 0xE000E010u
#define SYST_RVR 0xE000E014u
#define SYST_CVR 0xE000E018u
#define DWT_CTRL 0xE0001000u
#define DWT_CYCCNT 0xE0001004u
#define FP_CTRL 0xE0002000u
#define MPU_CTRL 0xE000ED94u
#define DHCSR 0xE000EDF0u

#define DBGMCU_CR 0xE0042004u
#define IWDG_STOP (1u << 8)
#define WWDG_STOP (1u << 9)
#define RCC_APB1ENR 0x4002101Cu
#define WWDGEN (1u << 11)
#define WWDG_CR 0x40002C00u
#define IWDG_KR 0x40003000u
#define IWDG_RLR 0x40003008u

enum {
    FLASH = 0x08000000,
    FLASH_SIZE = 0x10000,
    SRAM = 0x20000000,
    SRAM_SIZE = 0x5000,
    WATCHED = SRAM + 0x10, /* programs.S writes into it */
    LONG = 0xA000,
};

/* The board as the program sees it. */
struct sight {
    uint32_t registers[R_CONTROL + 1], units[7], dhcsr;
    uint8_t ram[SRAM_SIZE];
};

static void see(struct bench *bench, struct sight *sight)
{
    static const uint32_t units[] = {SYST_CSR,   SYST_RVR, SYST_CVR, DWT_CTRL,
                                     DWT_CYCCNT, FP_CTRL,  MPU_CTRL};

    for (size_t i = 0; i <= R_CONTROL; i++)
        sight->registers[i] = bench_reg(bench, i);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        sight->units[i] = bench_raw(bench, units[i]);
    sight->dhcsr = bench_raw(bench, DHCSR) & 0xB; /* C_MASKINTS, C_HALT, C_DEBUGEN */
    for (size_t i = 0; i < SRAM_SIZE; i += 4) {
        uint32_t word = bench_raw(bench, SRAM + (uint32_t)i);
        memcpy(sight->ram + i, &word, 4);
    }
}

static void assert_unchanged(struct bench *bench, const struct sight *before)
{
    static struct sight now;

    target_drop_caches(bench->target);
    see(bench, &now);
    assert_memory_equal(&now, before, sizeof now);
}

static uint32_t raw_register(struct bench *bench, unsigned number)
{
    struct ops ops;
    uint32_t value = 0;

    ops_init(&ops, bench->probe);
    ops_reg_read(&ops, number, &value);
    bench_ok(bench, ops_flush(&ops));
    return value;
}

/* A program in its midst: registers with something in them, SysTick and the cycle counter on. */
static void set_up(struct bench *bench)
{
    static uint8_t ram[SRAM_SIZE];

    bench_at(bench, AT_LOOP);
    for (size_t i = 0; i < sizeof ram; i++)
        ram[i] = (uint8_t)(i * 131 >> 3);
    bench_ok(bench, target_write(bench->target, SRAM, ram, sizeof ram));
    for (size_t i = 0; i < R_SP; i++)
        bench_set_reg(bench, i, 0x11111111u * (uint32_t)i + 5);
    bench_set_word(bench, SYST_RVR, 7999);
    bench_set_word(bench, SYST_CVR, 0);
    bench_set_word(bench, SYST_CSR, 7);
    bench_set_word(bench, DWT_CTRL, bench_word(bench, DWT_CTRL) | 1);
    bench_step(bench);
}

static uint32_t expected_crc(struct bench *bench, uint32_t address, size_t length)
{
    uint8_t *data = malloc(length);

    assert_non_null(data);
    bench_ok(bench, target_read(bench->target, address, data, length, NULL));
    uint32_t crc = crc32_add(CRC32_START, data, length);
    free(data);
    return crc;
}

static uint64_t executed(struct bench *bench)
{
    return probe_stats(bench->probe)->instructions;
}

/* The CRC comes out right, by the core or without it. */
static void check_crc(struct bench *bench, uint32_t address, size_t length, bool by_core)
{
    uint32_t expected = expected_crc(bench, address, length), crc = 0;
    uint64_t before = executed(bench);

    bench_ok(bench, target_crc(bench->target, address, length, &crc));
    assert_int_equal(crc, expected);
    assert_int_equal(executed(bench) > before, by_core);
}

static void the_core_leaves_no_trace(void **state)
{
    static const uint32_t ends[] = {0, 1, 2, 3, 4, 63};
    struct bench *bench = *state;
    static struct sight before;

    set_up(bench);
    see(bench, &before);
    for (uint32_t skip = 0; skip < 4; skip++)
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            check_crc(bench, FLASH + skip, LONG + ends[i], true);
    assert_unchanged(bench, &before);
    check_crc(bench, FLASH, FLASH_SIZE, true);
    assert_unchanged(bench, &before);
}

static void the_program_goes_on_as_if_nothing_was(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_ok(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, WATCHED, 4));
    check_crc(bench, FLASH, LONG, true);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_BREAKPOINT_HW);
    check_crc(bench, FLASH, LONG, true);
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_BREAKPOINT_HW);
    /* The watchpoint is on the chip again as soon as the program runs. */
    bench_at(bench, AT_STORES);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_WATCHPOINT);
}

static void what_the_core_cannot_do_comes_over_the_wire(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    check_crc(bench, FLASH, 4096, false);  /* reading costs less */
    check_crc(bench, SRAM, 0x4000, false); /* what would be borrowed */
    check_crc(bench, SRAM + 0x1000, 0x4000, true);
    check_crc(bench, 0x40010000, 0x10, false);
    bench_ok(bench, target_resume(bench->target));
    uint32_t crc;
    bench_ok(bench, target_crc(bench->target, FLASH, LONG, &crc));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    bench_halt(bench);
    assert_int_equal(crc, expected_crc(bench, FLASH, LONG));
}

/* The watchdog stands while the core is halted, since DBGMCU says so, and would not while the core
 * sums up. */
static void a_window_watchdog_meets_no_running_core(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_word(bench, DBGMCU_CR, WWDG_STOP);
    bench_set_word(bench, RCC_APB1ENR, WWDGEN);
    bench_set_word(bench, WWDG_CR, 0xFF);
    check_crc(bench, FLASH, FLASH_SIZE, false);
    assert_int_equal(bench_raw(bench, WWDG_CR), 0xFF);
}

/* That one the routine feeds. */
static void an_independent_watchdog_is_fed(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_word(bench, DBGMCU_CR, IWDG_STOP);
    bench_set_word(bench, IWDG_KR, 0x5555);
    bench_set_word(bench, IWDG_RLR, 40); /* 4 ms */
    bench_set_word(bench, IWDG_KR, 0xAAAA);
    bench_set_word(bench, IWDG_KR, 0xCCCC);
    check_crc(bench, FLASH, FLASH_SIZE, true);
}

static void breakpoints_in_ram_are_not_seen(void **state)
{
    struct bench *bench = *state;
    enum { CODE = SRAM + 0x2000 };
    uint32_t before, crc;

    bench_at(bench, AT_LOOP);
    before = expected_crc(bench, SRAM + 0x1000, 0x4000);
    bench_break_at(bench, BREAKPOINT_SW, CODE);
    bench_step(bench); /* now it stands in memory */
    assert_int_equal(bench_raw(bench, CODE) & 0xFF00, 0xBE00);
    bench_ok(bench, target_crc(bench->target, SRAM + 0x1000, 0x4000, &crc));
    assert_int_equal(crc, before);
}

static void what_runs_past_the_last_address_is_refused(void **state)
{
    struct bench *bench = *state;
    uint32_t crc;

    bench_at(bench, AT_LOOP);
    bench_fails(bench, target_crc(bench->target, 0xFFFFFFF0, 17, &crc), ERR_ARGUMENT);
    bench_fails(bench,
                target_crc(bench->target, FLASH, SIZE_MAX >> 32 ? 0x100000000 : SIZE_MAX, &crc),
                ERR_ARGUMENT);
    bench_fails(bench, target_crc(bench->target, 0xFFFFFFF0, 16, &crc), ERR_FAULT);
}

static void pass(void *user) {}

static bool cancel_when_asked(void *user)
{
    struct bench *bench = user;

    atomic_store(&bench->job.cancelled, true);
    return true;
}

static void a_cancel_leaves_no_trace(void **state)
{
    struct bench *bench = *state;
    static struct sight before;
    uint32_t crc;

    set_up(bench);
    see(bench, &before);
    bench->job.waiting = cancel_when_asked; /* asked in the midst of it */
    bench->job.between = pass;
    bench->job.between_user = bench;
    enum err err = target_crc(bench->target, FLASH, FLASH_SIZE, &crc);
    bench->job.waiting = NULL;
    bench->job.between = NULL;
    atomic_store(&bench->job.cancelled, false);
    bench_fails(bench, err, ERR_CANCELLED);
    assert_unchanged(bench, &before);
}

static struct sight at_checkpoint;
static unsigned checkpoints;

static bool somebody_waits(void *user)
{
    return true;
}

static void look_at_board(void *user)
{
    struct bench *bench = user;

    checkpoints++;
    assert_unchanged(bench, &at_checkpoint);
}

static void others_get_their_turn(void **state)
{
    struct bench *bench = *state;
    uint32_t crc;

    set_up(bench);
    see(bench, &at_checkpoint);
    uint32_t expected = expected_crc(bench, FLASH, FLASH_SIZE);
    checkpoints = 0;
    bench->job.waiting = somebody_waits;
    bench->job.between = look_at_board;
    bench->job.between_user = bench;
    bench_ok(bench, target_crc(bench->target, FLASH, FLASH_SIZE, &crc));
    bench->job.waiting = NULL;
    bench->job.between = NULL;
    assert_int_equal(crc, expected);
    assert_in_range(checkpoints, 1, 4);
}

static void resume_for_others(void *user)
{
    struct bench *bench = user;

    if (++checkpoints == 1)
        bench_ok(bench, target_resume(bench->target));
}

static void others_may_let_the_core_run(void **state)
{
    struct bench *bench = *state;
    uint32_t crc;

    bench_at(bench, AT_LOOP);
    uint32_t expected = expected_crc(bench, FLASH, FLASH_SIZE);
    checkpoints = 0;
    bench->job.waiting = somebody_waits;
    bench->job.between = resume_for_others;
    bench->job.between_user = bench;
    bench_ok(bench, target_crc(bench->target, FLASH, FLASH_SIZE, &crc));
    bench->job.waiting = NULL;
    bench->job.between = NULL;
    assert_int_equal(crc, expected);
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
}

static bool press_reset(void *user)
{
    struct bench *bench = user;

    if (checkpoints++ == 0) {
        bench_hands(bench, "nrst", "press");
        bench_hands(bench, "nrst", "release");
    }
    return false;
}

/* The sentence says so; what the program has in RAM by then is its own. */
static void a_reset_in_between_is_told(void **state)
{
    struct bench *bench = *state;
    uint32_t crc;

    set_up(bench);
    checkpoints = 0;
    bench->job.waiting = press_reset;
    bench->job.between = pass;
    bench->job.between_user = bench;
    enum err err = target_crc(bench->target, FLASH, FLASH_SIZE, &crc);
    bench->job.waiting = NULL;
    bench->job.between = NULL;
    assert_non_null(strstr(bench->job.text, "the target was reset"));
    bench_fails(bench, err, ERR_RESET_LOST);
    /* What no reset takes back was given back: breakpoints work, interrupts come. */
    assert_int_equal(bench_raw(bench, FP_CTRL) & 1, 1);
    assert_int_equal(bench_raw(bench, DHCSR) & (1u << 3), 0);
}

/* Written by gdb, and not on the core before it goes on. */
static void what_waits_to_be_written_is_not_lost(void **state)
{
    struct bench *bench = *state;
    uint32_t crc, sp = SRAM + SRAM_SIZE - 0x200;

    set_up(bench);
    bench_set_reg(bench, 13, sp);
    bench_ok(bench, target_crc(bench->target, FLASH, FLASH_SIZE, &crc));
    bench_step(bench);
    assert_int_equal(bench_reg(bench, 13), sp);
}

/* Whichever operation fails: a sum over the wire instead is no excuse for a core that was not given
 * back. */
static void a_sum_is_given_only_with_the_core_given_back(void **state)
{
    struct bench *bench = *state;
    struct fault_plan plan = {.at = 0};
    static struct sight before;
    unsigned failed = 0;
    uint32_t crc;

    set_up(bench);
    bench_step(bench); /* the registers are on the chip */
    see(bench, &before);
    for (uint64_t at = 1; plan.seen >= plan.at; at++) {
        plan = (struct fault_plan){.kind = FAULT_TIMEOUT, .at = at};
        fault_wrap(bench->probe, &plan);
        enum err err = target_crc(bench->target, FLASH, FLASH_SIZE, &crc);
        bench->probe->driver = plan.inner;
        job_clear(&bench->job);
        failed += err != ERR_OK;
        if (err) { /* told */
            set_up(bench);
            bench_step(bench);
            see(bench, &before);
        } else {
            assert_int_equal(bench_raw(bench, FP_CTRL), before.units[5]);
            assert_int_equal(bench_raw(bench, SYST_CSR) & 7, before.units[0] & 7);
            assert_int_equal(raw_register(bench, 0), before.registers[0]);
            assert_int_equal(raw_register(bench, 15), before.registers[R_PC]);
        }
    }
    assert_true(failed > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_sum_is_given_only_with_the_core_given_back),
        BENCH_TEST(the_core_leaves_no_trace),
        BENCH_TEST(the_program_goes_on_as_if_nothing_was),
        BENCH_TEST(what_the_core_cannot_do_comes_over_the_wire),
        BENCH_TEST(a_window_watchdog_meets_no_running_core),
        BENCH_TEST(an_independent_watchdog_is_fed),
        BENCH_TEST(breakpoints_in_ram_are_not_seen),
        BENCH_TEST(what_runs_past_the_last_address_is_refused),
        BENCH_TEST(a_cancel_leaves_no_trace),
        BENCH_TEST(others_get_their_turn),
        BENCH_TEST(others_may_let_the_core_run),
        BENCH_TEST(a_reset_in_between_is_told),
        BENCH_TEST(what_waits_to_be_written_is_not_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
