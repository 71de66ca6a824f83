/* SPDX-License-Identifier: MIT */
/* WAIT, FAULT, garbled answers, silence: what is repeated, what is reported, in which words. */
#include "dap_bench.h"

#include "base/bytes.h"

/* --- WAIT --- */

static void wait_is_retried(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    put_le32(b->fake.ram, 0x1234);
    fake_dap_trouble(&b->fake, 2, 30, SWD_WAIT);
    ops_read32(&b->ops, FAKE_RAM, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value, 0x1234);
    assert_int_equal(b->probe->stats.waits, 30);
}

static void wait_has_a_limit(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    fake_dap_trouble(&b->fake, 2, 1u << 30, SWD_WAIT);
    b->fake.troubles[0].times = 5000; /* longer than half a second of 100 us pauses */
    ops_read32(&b->ops, FAKE_RAM + 0x10, &value);
    enum err err = ops_flush(&b->ops);
    assert_int_equal(err, ERR_WAIT);
    assert_string_equal(b->job.text, "AP0 read of 32 bits at 0x20000010: WAIT: the target kept "
                                     "answering WAIT");
    assert_in_range(b->fake.now_us, 500000, 700000);
}

/* --- FAULT --- */

static void a_refused_read_is_named_and_cleared(void **state)
{
    struct bench *b = *state;
    uint32_t value = 1, address;

    ops_write32(&b->ops, FAKE_RAM, 0x77);
    ops_read32(&b->ops, FAKE_HOLE, &value);
    ops_write32(&b->ops, FAKE_RAM, 0x88);
    assert_int_equal(ops_flush(&b->ops), ERR_FAULT);
    assert_string_equal(b->job.text, "AP0 read of 32 bits at 0x20002000: FAULT: the target refused "
                                     "the access");
    assert_int_equal(value, 1);
    assert_int_equal(get_le32(b->fake.ram), 0x77);
    assert_true(probe_failed_address(b->probe, &address));
    assert_int_equal(address, FAKE_HOLE);
    job_clear(&b->job);
    ops_read32(&b->ops, FAKE_RAM, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value, 0x77);
    assert_false(probe_failed_address(b->probe, &address));
}

/* The port reports a failed write at the access behind it: the sentence must name the write. */
static void a_refused_write_is_named(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    ops_write16(&b->ops, FAKE_HOLE + 2, 0x77);
    ops_read32(&b->ops, FAKE_RAM, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_FAULT);
    assert_string_equal(b->job.text, "AP0 write of 16 bits at 0x20002002: FAULT: the target "
                                     "refused the access");
}

static void a_refused_last_write_is_seen(void **state)
{
    struct bench *b = *state;

    ops_write8(&b->ops, FAKE_HOLE + 1, 0x77);
    assert_int_equal(ops_flush(&b->ops), ERR_FAULT);
    assert_string_equal(b->job.text, "AP0 write of 8 bits at 0x20002001: FAULT: the target "
                                     "refused the access");
}

/* Neither TAR nor SELECT is written between the two: which one was refused must still be known. */
static void a_write_then_a_read_next_to_it(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    b->fake.bad_word = FAKE_RAM + 0x104;
    ops_write32(&b->ops, FAKE_RAM + 0x100, 1);
    ops_read32(&b->ops, FAKE_RAM + 0x104, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_FAULT);
    assert_string_equal(b->job.text, "AP0 read of 32 bits at 0x20000104: FAULT: the target refused "
                                     "the access");
    assert_int_equal(get_le32(b->fake.ram + 0x100), 1);
    job_clear(&b->job);
    ops_write32(&b->ops, FAKE_RAM + 0x104, 1);
    ops_read32(&b->ops, FAKE_RAM + 0x108, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_FAULT);
    assert_string_equal(b->job.text, "AP0 write of 32 bits at 0x20000104: FAULT: the target "
                                     "refused the access");
}

static void a_block_is_delivered_up_to_the_fault(void **state)
{
    struct bench *b = *state;
    uint8_t data[64];
    uint32_t address;

    memset(data, 0xEE, sizeof data);
    for (int i = 0; i < 32; i++)
        b->fake.ram[FAKE_RAM_SIZE - 32 + i] = (uint8_t)i;
    ops_read(&b->ops, FAKE_HOLE - 32, 4, data, 16);
    assert_int_equal(ops_flush(&b->ops), ERR_FAULT);
    assert_memory_equal(data, b->fake.ram + FAKE_RAM_SIZE - 32, 32);
    assert_int_equal(data[32], 0xEE);
    assert_true(probe_failed_address(b->probe, &address));
    assert_int_equal(address, FAKE_HOLE);
}

/* After trouble TAR may be anywhere: it is written again, even where it seems to stand right. */
static void trouble_empties_the_caches(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    b->fake.bad_word = FAKE_RAM + 0x104;
    ops_read32(&b->ops, FAKE_RAM + 0x104, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_FAULT);
    put_le32(b->fake.ram + 0x108, 0x1234);
    ops_read32(&b->ops, FAKE_RAM + 0x108, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value, 0x1234);
}

/* --- garbled --- */

static void a_garbled_read_is_repeated(void **state)
{
    struct bench *b = *state;
    uint8_t data[64];

    for (int i = 0; i < 64; i++)
        b->fake.ram[i] = (uint8_t)(3 * i);
    fake_dap_trouble(&b->fake, 7, 1, SWD_PARITY);
    fake_dap_trouble(&b->fake, 15, 1, SWD_PARITY);
    ops_read(&b->ops, FAKE_RAM, 4, data, 16);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_memory_equal(data, b->fake.ram, 64);
}

static void a_wire_that_stays_garbled_is_an_error(void **state)
{
    struct bench *b = *state;
    uint32_t value = 5;

    fake_dap_trouble(&b->fake, 0, 1000, SWD_PARITY);
    ops_read32(&b->ops, FAKE_RAM, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_PARITY);
    assert_int_equal(value, 5);
}

/* Each look at a word that is waited for is an access of its own: a wire that garbles one in nine
 * must not end a wait of many looks. */
static void a_long_wait_survives_garbled_looks(void **state)
{
    struct bench *b = *state;

    for (unsigned i = 0; i < FAKE_TROUBLES; i++)
        fake_dap_trouble(&b->fake, 4 + 9 * i, 1, SWD_PARITY);
    b->fake.ram[4] = 0xF1;
    ops_wait32(&b->ops, FAKE_RAM + 4, 0x0F, 0x03, 20000);
    assert_int_equal(ops_flush(&b->ops), ERR_TIMEOUT);
}

static void a_fifo_is_not_read_twice(void **state)
{
    struct bench *b = *state;
    uint8_t data[16];
    struct op op = {.kind = OP_READ, .width = 4, .address = FAKE_RAM, .count = 4, .data = data};

    fake_dap_trouble(&b->fake, 3, 1, SWD_PARITY);
    assert_int_equal(probe_run(b->probe, &op, 1), ERR_PARITY);
    assert_int_equal(fake_dap_count(&b->fake, 0, AP_DRW, true), 2);
    /* One element alone may be read again. */
    job_clear(&b->job);
    op.count = 1;
    fake_dap_arm(&b->fake);
    fake_dap_trouble(&b->fake, 3, 1, SWD_PARITY);
    assert_int_equal(probe_run(b->probe, &op, 1), ERR_OK);
    assert_int_equal(b->probe->stats.repeats, 1);
}

/* Any of them: CSW, TAR, data. */
static void a_dropped_write_is_sent_again(void **state)
{
    struct bench *b = *state;

    for (unsigned at = 0; at < 6; at++) {
        memset(b->fake.ram, 0, 16);
        dap_forget(&b->probe->dap);
        b->fake.csw = 0;
        b->fake.tar = 0;
        fake_dap_arm(&b->fake);
        fake_dap_trouble(&b->fake, at, 1, SWD_OK);
        b->fake.troubles[0].drop_write = true;
        ops_write(&b->ops, FAKE_RAM, 4, "abcdefghijklmnop", 4);
        assert_int_equal(ops_flush(&b->ops), ERR_OK);
        assert_memory_equal(b->fake.ram, "abcdefghijklmnop", 16);
    }
}

/* --- silence --- */

static void one_lost_acknowledge_is_survived(void **state)
{
    struct bench *b = *state;
    uint8_t data[32];

    for (int i = 0; i < 32; i++)
        b->fake.ram[i] = (uint8_t)(5 * i);
    fake_dap_trouble(&b->fake, 5, 1, SWD_NONE);
    ops_read(&b->ops, FAKE_RAM, 4, data, 8);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_memory_equal(data, b->fake.ram, 32);
    assert_int_equal(b->fake.line_resets, 1);
}

static void silence_is_reported_after_one_attempt(void **state)
{
    struct bench *b = *state;
    uint32_t value = 5;

    b->fake.alive = false;
    ops_read32(&b->ops, FAKE_RAM + 8, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_NO_TARGET);
    assert_string_equal(b->job.text,
                        "AP0 read of 32 bits at 0x20000008: no ACK: no target answers");
    assert_int_equal(b->fake.line_resets, 1);
    assert_int_equal(value, 5);
}

static void a_second_silence_in_one_flush_is_the_end(void **state)
{
    struct bench *b = *state;
    uint8_t data[64];

    fake_dap_trouble(&b->fake, 5, 1, SWD_NONE);
    fake_dap_trouble(&b->fake, 20, 1, SWD_NONE);
    ops_read(&b->ops, FAKE_RAM, 4, data, 16);
    assert_int_equal(ops_flush(&b->ops), ERR_NO_TARGET);
    assert_int_equal(b->fake.line_resets, 1);
}

/* A chip that was powered off and on does not get the rest of what was meant for it before. */
static void a_power_cycle_is_noticed(void **state)
{
    struct bench *b = *state;

    b->fake.needs_line = true;
    b->fake.ctrl = 0;
    ops_write32(&b->ops, FAKE_RAM, 0xBAD);
    assert_int_equal(ops_flush(&b->ops), ERR_RESET_LOST);
    assert_int_equal(get_le32(b->fake.ram), 0);
    job_clear(&b->job);
    ops_write32(&b->ops, FAKE_RAM, 0x600D);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(get_le32(b->fake.ram), 0x600D);
}

/* --- waiting, cancel --- */

static void waiting_ends_when_the_bits_are_there(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    b->fake.ram[4] = 0xF3;
    put_le32(b->fake.ram + 8, 0x99);
    ops_wait32(&b->ops, FAKE_RAM + 4, 0x0F, 0x03, 1000);
    ops_read32(&b->ops, FAKE_RAM + 8, &value);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    assert_int_equal(value, 0x99);
    assert_int_equal(b->fake.calls, 2);
}

static void waiting_has_a_limit(void **state)
{
    struct bench *b = *state;

    b->fake.ram[4] = 0xF1;
    ops_wait32(&b->ops, FAKE_RAM + 4, 0x0F, 0x03, 20000);
    ops_write32(&b->ops, FAKE_RAM + 8, 1);
    assert_int_equal(ops_flush(&b->ops), ERR_TIMEOUT);
    assert_string_equal(b->job.text, "0x20000004 reads 0x000000f1 after 20 ms: bits 0x0000000f did "
                                     "not become 0x00000003");
    assert_in_range(b->fake.now_us, 20000, 30000);
    assert_int_equal(b->fake.ram[8], 0);
}

/* Whatever was waited for before, a word or a register's transfer. */
static void each_wait_has_its_own_limit(void **state)
{
    struct bench *b = *state;
    uint32_t value;

    b->fake.later[0].at_us = b->fake.now_us + 15000;
    b->fake.later[0].offset = 4;
    b->fake.later[1].at_us = b->fake.now_us + 30000;
    b->fake.later[1].offset = 8;
    b->fake.later[0].value = b->fake.later[1].value = 3;
    ops_wait32(&b->ops, FAKE_RAM + 4, 0x0F, 0x03, 20000);
    ops_wait32(&b->ops, FAKE_RAM + 8, 0x0F, 0x03, 20000);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
    b->fake.not_ready = 60; /* some 8 ms */
    b->fake.later[0].at_us = b->fake.now_us + 20000;
    b->fake.later[0].value = 7;
    ops_reg_read(&b->ops, 0, &value);
    ops_wait32(&b->ops, FAKE_RAM + 4, 0x0F, 0x07, 16000);
    assert_int_equal(ops_flush(&b->ops), ERR_OK);
}

static void a_cancelled_job_stops_waiting(void **state)
{
    struct bench *b = *state;

    atomic_store(&b->job.cancelled, true);
    ops_wait32(&b->ops, FAKE_RAM, 1, 1, 10000000);
    assert_int_equal(ops_flush(&b->ops), ERR_CANCELLED);
    assert_in_range(b->fake.now_us, 0, 50000);
}

static void a_cancelled_job_stops_a_block(void **state)
{
    struct bench *b = *state;
    static uint8_t data[FAKE_RAM_SIZE];

    atomic_store(&b->job.cancelled, true);
    ops_read(&b->ops, FAKE_RAM, 4, data, sizeof data / 4);
    assert_int_equal(ops_flush(&b->ops), ERR_CANCELLED);
    assert_int_equal(b->fake.calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(wait_is_retried),
        BENCH_TEST(wait_has_a_limit),
        BENCH_TEST(a_refused_read_is_named_and_cleared),
        BENCH_TEST(a_refused_write_is_named),
        BENCH_TEST(a_refused_last_write_is_seen),
        BENCH_TEST(a_write_then_a_read_next_to_it),
        BENCH_TEST(a_block_is_delivered_up_to_the_fault),
        BENCH_TEST(trouble_empties_the_caches),
        BENCH_TEST(a_garbled_read_is_repeated),
        BENCH_TEST(a_wire_that_stays_garbled_is_an_error),
        BENCH_TEST(a_long_wait_survives_garbled_looks),
        BENCH_TEST(a_fifo_is_not_read_twice),
        BENCH_TEST(a_dropped_write_is_sent_again),
        BENCH_TEST(one_lost_acknowledge_is_survived),
        BENCH_TEST(silence_is_reported_after_one_attempt),
        BENCH_TEST(a_second_silence_in_one_flush_is_the_end),
        BENCH_TEST(a_power_cycle_is_noticed),
        BENCH_TEST(waiting_ends_when_the_bits_are_there),
        BENCH_TEST(waiting_has_a_limit),
        BENCH_TEST(each_wait_has_its_own_limit),
        BENCH_TEST(a_cancelled_job_stops_waiting),
        BENCH_TEST(a_cancelled_job_stops_a_block),
    };

    return cmocka_run_group_tests_name("recovery", tests, NULL, NULL);
}
