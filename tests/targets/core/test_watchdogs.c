/* SPDX-License-Identifier: MIT */
/* Watchdogs of boards whose program does not feed them in time: they stand with the core. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/job.h"
#include "probe/ops.h"
#include "probe/probe.h"
#include "target.h"

enum { LONG_US = 2000000 }; /* that of `reset-loop` takes half a second at most */

/* Reference manuals: DBGMCU_CR, where the watchdogs' bits stand, and what clocks these registers.
 */
static const struct board {
    const char *spec; /* a seed with which the watchdog resets */
    uint32_t cr, freeze, bits, clock, clock_bit;
} boards[] = {
    {"bluepill,reset-loop,still,seed=1", 0xE0042004, 0xE0042004, 0x300, 0, 0},
    {"blackpill-f411,reset-loop,still,seed=1", 0xE0042004, 0xE0042008, 0x1800, 0, 0},
    {"nucleo-l476,reset-loop,still,seed=1", 0xE0042004, 0xE0042008, 0x1800, 0, 0},
    {"f031,reset-loop,still,seed=1", 0x40015804, 0x40015808, 0x1800, 0x40021018, 1u << 22},
    {"nucleo-u575,reset-loop,still,seed=1", 0xE0044004, 0xE0044008, 0x1800, 0, 0},
    {"nucleo-h743,reset-loop,still,seed=1", 0x5C001004, 0x5C001054, 0x40000, 0, 0},
};
enum { BOARDS = sizeof boards / sizeof *boards };

struct visit {
    struct job job;
    struct probe *probe;
    struct target *target;
};

static void begin(struct visit *visit, const struct board *board)
{
    struct probe_info info;

    job_init(&visit->job, NULL);
    if (probe_sim_info(board->spec, &info, &visit->job) != ERR_OK ||
        probe_open(&info, &visit->job, NULL, &visit->probe) != ERR_OK ||
        target_create(visit->probe, &visit->target) != ERR_OK ||
        target_connect(visit->target, TARGET_CONNECT_NORMAL) != ERR_OK)
        fail_msg("%s: %s", board->spec, visit->job.text);
}

static void end(struct visit *visit)
{
    target_destroy(visit->target);
    probe_close(visit->probe);
}

static uint32_t word(struct visit *visit, uint32_t address)
{
    struct ops ops;
    uint32_t value = 0;

    ops_init(&ops, visit->probe);
    ops_read32(&ops, address, &value);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    return value;
}

static void write_word(struct visit *visit, uint32_t address, uint32_t value)
{
    struct ops ops;

    ops_init(&ops, visit->probe);
    ops_write32(&ops, address, value);
    assert_int_equal(ops_flush(&ops), ERR_OK);
}

static void a_halted_core_is_not_reset_by_its_watchdog(void **state)
{
    unsigned good = 0;

    (void)state;
    for (size_t i = 0; i < BOARDS; i++) {
        struct target_stop stop;
        struct visit visit;

        begin(&visit, &boards[i]);
        assert_int_equal(target_halt(visit.target, &stop), ERR_OK);
        clock_sleep_us(probe_clock(visit.probe), LONG_US);
        if (target_measure(visit.target, &stop) == ERR_OK &&
            target_state(visit.target) == TARGET_HALTED)
            good++;
        else
            print_error("%s: %s\n", boards[i].spec, visit.job.text);
        end(&visit);
    }
    assert_int_equal(good, BOARDS);
}

/* Nothing but power resets these registers. */
static void the_bits_are_given_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < BOARDS; i++) {
        const struct board *board = &boards[i];
        struct target_stop stop;
        struct visit visit;

        begin(&visit, board);
        assert_int_equal(target_halt(visit.target, &stop), ERR_OK);
        assert_int_equal(word(&visit, board->freeze) & board->bits, board->bits);
        assert_int_equal(target_disconnect(visit.target), ERR_OK);
        if (board->clock)
            write_word(&visit, board->clock, word(&visit, board->clock) | board->clock_bit);
        assert_int_equal(word(&visit, board->freeze) & board->bits, 0);
        assert_int_equal(word(&visit, board->cr), 0);
        end(&visit);
    }
}

/* What its program had set is its own. */
static void bits_of_the_program_stay(void **state)
{
    (void)state;
    for (size_t i = 0; i < BOARDS; i++) {
        const struct board *board = &boards[i];
        uint32_t one = board->bits & ~(board->bits - 1);
        struct target_stop stop;
        struct visit visit;

        begin(&visit, board);
        assert_int_equal(target_halt(visit.target, &stop), ERR_OK);
        assert_int_equal(target_disconnect(visit.target), ERR_OK);
        if (board->clock)
            write_word(&visit, board->clock, word(&visit, board->clock) | board->clock_bit);
        write_word(&visit, board->freeze, one);
        assert_int_equal(target_connect(visit.target, TARGET_CONNECT_NORMAL), ERR_OK);
        assert_int_equal(word(&visit, board->freeze) & board->bits, board->bits);
        assert_int_equal(target_disconnect(visit.target), ERR_OK);
        if (board->clock)
            write_word(&visit, board->clock, word(&visit, board->clock) | board->clock_bit);
        assert_int_equal(word(&visit, board->freeze) & board->bits, one);
        end(&visit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_halted_core_is_not_reset_by_its_watchdog),
        cmocka_unit_test(the_bits_are_given_back),
        cmocka_unit_test(bits_of_the_program_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
