/* SPDX-License-Identifier: MIT */
/* A write that shares a script with what lets the core go, and does not arrive: the instruction is
 * stepped all the same, once, a core that goes is not left masked, and nothing is believed that is
 * not so. */
#include "stlink_bench.h"

#include "base/bytes.h"
#include "core/core.h"
#include "flash/flash.h"
#include "target.h"

#define NOWHERE 0x60000000u
#define FLASH 0x08000000u
#define WATCHED (RAM + 0x800)
#define MASKED (DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT | DHCSR_C_MASKINTS)

/* Sends the first write to `address` in a script to where nobody is, once. */
struct thief {
    uint32_t address;
    unsigned stolen, scripts;
    unsigned masks; /* writes of MASKED that were left alone */
};

static void steal(void *user, const struct pipe_exchange *x)
{
    struct thief *thief = user;
    const uint8_t *command = x->command;
    uint8_t *data = (uint8_t *)(uintptr_t)x->out;

    if (command[0] != STLINK_DEBUG || command[1] != STLINK_MISC_OUT)
        return;
    uint32_t items = get_le32(command + 2);
    uint8_t *operands = data + (items + 3) / 4 * 4;
    thief->scripts++;
    for (uint32_t i = 0; i + 1 < items; i++) {
        if (data[i] != 1 || get_le32(operands + 4 * i) != thief->address)
            continue;
        if (thief->stolen == 0) {
            put_le32(operands + 4 * i, NOWHERE);
            thief->stolen = 1;
        } else if (get_le32(operands + 4 * (i + 1)) == MASKED) {
            thief->masks++;
        }
    }
}

static void poll(struct target *target, struct target_stop *stop)
{
    stop->reason = STOP_NONE;
    for (int i = 0; i < 100 && stop->reason == STOP_NONE; i++)
        assert_int_equal(target_poll(target, stop), ERR_OK);
}

/* adds r0, #1; nop; back. Stands at its first instruction, with a breakpoint there. */
static struct target *open_loop(struct bench *bench, struct thief *thief, uint32_t address)
{
    static const uint16_t image[] = {0x3001, 0xBF00, 0xE7FC, 0xBF00};
    struct target_stop stop;
    struct target *target;
    struct flash *flash;

    bench_open(bench, "V2J43", "bluepill");
    assert_int_equal(target_create(bench->probe, &target), ERR_OK);
    assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    assert_int_equal(flash_open(target, &flash), ERR_OK);
    assert_int_equal(flash_write(flash, FLASH + 0x40, image, sizeof image), ERR_OK);
    assert_int_equal(flash_done(flash), ERR_OK);
    flash_close(flash);
    assert_int_equal(target_write_register(target, 0, 0), ERR_OK);
    assert_int_equal(target_write_register(target, 13, RAM + 0x2000), ERR_OK);
    assert_int_equal(target_write_register(target, 15, FLASH + 0x42), ERR_OK);
    assert_int_equal(target_write_register(target, 16, 1u << 24), ERR_OK);
    assert_int_equal(target_breakpoint_set(target, 0, BREAKPOINT_HW, FLASH + 0x40, 2), ERR_OK);
    assert_int_equal(target_resume(target), ERR_OK);
    poll(target, &stop);
    assert_int_equal(stop.pc, FLASH + 0x40);
    *thief = (struct thief){.address = address};
    bench->pipe.spy = steal;
    bench->pipe.spy_user = thief;
    return target;
}

static void assert_at(struct target *target, uint32_t pc, uint32_t rounds)
{
    uint64_t value;

    assert_int_equal(target_read_register(target, 15, &value), ERR_OK);
    assert_int_equal(value, pc);
    assert_int_equal(target_read_register(target, 0, &value), ERR_OK);
    assert_int_equal(value, rounds);
}

static void a_breakpoint_that_was_not_lifted_is_stepped_over(void **state)
{
    struct target_stop stop;
    struct thief thief;
    struct bench bench;

    (void)state;
    struct target *target = open_loop(&bench, &thief, FP_COMP0);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    assert_int_equal(thief.stolen, 1);
    assert_int_equal(stop.reason, STOP_STEP);
    assert_at(target, FLASH + 0x42, 1);
    assert_int_equal(target_resume(target), ERR_OK); /* it is still there */
    poll(target, &stop);
    assert_int_equal(stop.reason, STOP_BREAKPOINT_HW);
    assert_at(target, FLASH + 0x40, 1);
    target_destroy(target);
    bench_close(&bench);
}

static void a_mask_that_may_not_be_there_is_written_again(void **state)
{
    struct target_stop stop;
    struct thief thief;
    struct bench bench;

    (void)state;
    struct target *target = open_loop(&bench, &thief, DHCSR);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    assert_int_equal(thief.stolen, 1);
    assert_at(target, FLASH + 0x42, 1);
    assert_int_equal(thief.masks, 0);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    assert_in_range(thief.masks, 1, 2);
    assert_at(target, FLASH + 0x44, 1);
    thief.masks = 0;
    assert_int_equal(target_step(target, &stop), ERR_OK); /* now it is known */
    assert_int_equal(thief.masks, 0);
    target_destroy(target);
    bench_close(&bench);
}

static uint32_t dhcsr(struct target *target)
{
    uint8_t bytes[4];

    assert_int_equal(target_read_width(target, DHCSR, 4, bytes, 1), ERR_OK);
    return get_le32(bytes);
}

/* A program that waits for an interrupt would wait for ever. */
static void a_core_that_goes_is_not_left_masked(void **state)
{
    struct target_stop stop;
    struct thief thief;
    struct bench bench;

    (void)state;
    struct target *target = open_loop(&bench, &thief, NOWHERE);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    assert_int_equal(target_breakpoint_clear(target, 0, BREAKPOINT_HW, FLASH + 0x40, 2), ERR_OK);
    assert_int_equal(dhcsr(target) & DHCSR_C_MASKINTS, DHCSR_C_MASKINTS);
    thief = (struct thief){.address = DHCSR};
    assert_int_equal(target_resume(target), ERR_OK);
    assert_int_equal(thief.stolen, 1);
    assert_int_equal(dhcsr(target) & (DHCSR_C_MASKINTS | DHCSR_S_HALT), 0);
    assert_int_equal(target_poll(target, &stop), ERR_OK);
    assert_int_equal(stop.reason, STOP_NONE);
    target_destroy(target);
    bench_close(&bench);
}

/* Counts r0 down, then writes what is watched: a stop that does not come again by going on. */
static struct target *open_countdown(struct bench *bench, struct thief *thief)
{
    static const uint16_t image[] = {0x3801, 0xD1FD, 0x6011, 0xE7FB};
    struct target_stop stop;
    struct flash *flash;
    struct target *target = open_loop(bench, thief, NOWHERE);

    assert_int_equal(target_breakpoint_clear(target, 0, BREAKPOINT_HW, FLASH + 0x40, 2), ERR_OK);
    assert_int_equal(flash_open(target, &flash), ERR_OK);
    assert_int_equal(flash_write(flash, FLASH + 0x40, image, sizeof image), ERR_OK);
    assert_int_equal(flash_done(flash), ERR_OK);
    flash_close(flash);
    assert_int_equal(target_write_register(target, 0, 1), ERR_OK);
    assert_int_equal(target_write_register(target, 15, FLASH + 0x40), ERR_OK);
    assert_int_equal(target_write_register(target, 2, WATCHED), ERR_OK);
    assert_int_equal(target_watchpoint_set(target, 0, WATCH_WRITE, WATCHED, 4), ERR_OK);
    assert_int_equal(target_resume(target), ERR_OK);
    poll(target, &stop);
    assert_int_equal(stop.reason, STOP_WATCHPOINT);
    return target;
}

/* Whether the core stands by itself before, while or after it is halted to be unmasked. */
static void a_stop_while_the_mask_is_mended_is_told(void **state)
{
    enum { LONGEST = 30000, STEP = 310 };
    struct target_stop stop;
    struct thief thief;
    struct bench bench;
    unsigned at_once = 0, later = 0;

    (void)state;
    struct target *target = open_countdown(&bench, &thief);
    for (uint32_t rounds = 1; rounds < LONGEST; rounds += STEP) {
        assert_int_equal(target_step(target, &stop), ERR_OK);
        assert_int_equal(target_write_register(target, 0, rounds), ERR_OK);
        thief = (struct thief){.address = DHCSR};
        assert_int_equal(target_resume(target), ERR_OK);
        assert_int_equal(thief.stolen, 1);
        if (dhcsr(target) & DHCSR_S_HALT)
            at_once++;
        else
            later++;
        sim_board_advance_us(bench.board, 20000);
        poll(target, &stop);
        assert_int_equal(stop.reason, STOP_WATCHPOINT);
        assert_at(target, FLASH + 0x46, 0);
    }
    assert_true(at_once > 0 && later > 0);
    target_destroy(target);
    bench_close(&bench);
}

static void what_follows_a_missed_write_counts(void **state)
{
    struct thief thief = {.address = FP_COMP0};
    bool missed = false;
    struct bench bench;
    uint32_t dfsr = 0;

    (void)state;
    bench_open_halted(&bench, "V2J43");
    bench.pipe.spy = steal;
    bench.pipe.spy_user = &thief;
    for (int round = 0; round < 2; round++) {
        ops_write32_loosely(&bench.ops, FP_COMP0, 0x48000041, &missed);
        ops_write32(&bench.ops, SCB_DFSR, DFSR_ALL);
        ops_write32(&bench.ops, DHCSR, DHCSR_STEP);
        ops_wait32(&bench.ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 10000);
        ops_write32_loosely(&bench.ops, FP_COMP0 + 4, 0, &missed);
        ops_read32(&bench.ops, SCB_DFSR, &dfsr);
        bench_flush(&bench);
        assert_int_equal(missed, round == 0);
        assert_int_equal(thief.scripts, 1);
        assert_int_equal(dfsr & DFSR_HALTED, DFSR_HALTED);
        ops_read32(&bench.ops, FP_COMP0, &dfsr);
        bench_flush(&bench);
        assert_int_equal(dfsr, round == 0 ? 0 : 0x48000041);
        missed = false;
        thief.scripts = 0;
    }
    assert_true(bench.probe->stats.repeats > 0); /* the wire failed */
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_breakpoint_that_was_not_lifted_is_stepped_over),
        cmocka_unit_test(a_mask_that_may_not_be_there_is_written_again),
        cmocka_unit_test(a_core_that_goes_is_not_left_masked),
        cmocka_unit_test(a_stop_while_the_mask_is_mended_is_told),
        cmocka_unit_test(what_follows_a_missed_write_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
