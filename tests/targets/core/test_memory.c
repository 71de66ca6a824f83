/* SPDX-License-Identifier: MIT */
/* Memory of any alignment and length, errors that name the address, and what is cached. */
#include "core_bench.h"

#include <stdio.h>

#include "base/bytes.h"

#define RAM 0x20001000u
#define RAM_END 0x20005000u
#define ODR 0x4001080Cu /* GPIOA */
#define SYST_RVR 0xE000E014u

static void every_alignment_and_length(void **state)
{
    struct bench *bench = *state;
    uint8_t pattern[40], written[24], read[40];

    bench_halt(bench);
    for (unsigned i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(0x80 + i);
    for (unsigned i = 0; i < sizeof written; i++)
        written[i] = (uint8_t)(i + 1);
    for (unsigned at = 0; at < 5; at++)
        for (unsigned length = 0; length < sizeof written; length++) {
            bench_ok(bench, target_write(bench->target, RAM, pattern, sizeof pattern));
            bench_ok(bench, target_write(bench->target, RAM + 4 + at, written, length));
            bench_ok(bench, target_read(bench->target, RAM, read, sizeof read, NULL));
            assert_memory_equal(read, pattern, 4 + at);
            assert_memory_equal(read + 4 + at, written, length);
            assert_memory_equal(read + 4 + at + length, pattern + 4 + at + length,
                                sizeof read - 4 - at - length);
            size_t done;
            target_drop_caches(bench->target);
            bench_ok(bench,
                     target_read(bench->target, RAM + 4 + at, read, length ? length : 1, &done));
            assert_memory_equal(read, written, length);
        }
}

/* gdb asks for words around a crashed pc a dozen times. */
static void a_refusal_is_remembered_while_the_core_stands(void **state)
{
    struct bench *bench = *state;
    uint8_t data[4];

    bench_halt(bench);
    assert_int_equal(target_read(bench->target, RAM_END, data, 4, NULL), ERR_FAULT);
    job_clear(&bench->job);
    bench_count(bench);
    assert_int_equal(target_read(bench->target, RAM_END + 2, data, 2, NULL), ERR_FAULT);
    assert_non_null(strstr(bench->job.text, "0x20005000: FAULT"));
    assert_int_equal(bench_flushes(bench), 0);
    job_clear(&bench->job);
    bench_set_word(bench, ODR, 0); /* may have switched something on */
    bench_count(bench);
    assert_int_equal(target_read(bench->target, RAM_END, data, 4, NULL), ERR_FAULT);
    assert_true(bench_flushes(bench) > 0);
    job_clear(&bench->job);
    bench_ok(bench, target_resume(bench->target));
    bench_halt(bench);
    bench_count(bench);
    assert_int_equal(target_read(bench->target, RAM_END, data, 4, NULL), ERR_FAULT);
    assert_true(bench_flushes(bench) > 0);
    job_clear(&bench->job);
}

static void big_blocks(void **state)
{
    struct bench *bench = *state;
    static uint8_t out[12001], in[12001];

    bench_halt(bench);
    for (unsigned i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 7 + i / 256);
    bench_ok(bench, target_write(bench->target, RAM + 1, out, sizeof out));
    bench_ok(bench, target_read(bench->target, RAM + 1, in, sizeof in, NULL));
    assert_memory_equal(in, out, sizeof in);
}

static void a_running_core_s_memory_is_live(void **state)
{
    struct bench *bench = *state;
    uint32_t before = bench_word(bench, 0x20000000);

    clock_sleep_us(probe_clock(bench->probe), 100);
    assert_int_not_equal(bench_word(bench, 0x20000000), before);
    bench_set_word(bench, RAM, 0x12345678);
    assert_int_equal(bench_word(bench, RAM), 0x12345678);
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
}

static void the_end_of_memory_is_found_exactly(void **state)
{
    struct bench *bench = *state;
    static uint8_t data[0x2000];
    static const unsigned before[] = {1, 2, 3, 4, 7, 64, 100, 1000, 4096};
    size_t done;

    bench_halt(bench);
    for (unsigned i = 0; i < sizeof before / sizeof before[0]; i++) {
        bench_count(bench);
        bench_ok(bench, target_read(bench->target, RAM_END - before[i], data, sizeof data, &done));
        assert_int_equal(done, before[i]);
        assert_true(bench_flushes(bench) < 12);
    }
    bench_fails(bench, target_read(bench->target, RAM_END - 4, data, 8, NULL), ERR_FAULT);
    bench_fails(bench, target_read(bench->target, RAM_END, data, 1, &done), ERR_FAULT);
    assert_int_equal(done, 0);
}

static void an_error_names_the_address_and_the_width(void **state)
{
    struct bench *bench = *state;
    uint8_t data[64];

    bench_halt(bench);
    assert_int_equal(target_read(bench->target, RAM_END - 8, data, 64, NULL), ERR_FAULT);
    assert_non_null(strstr(bench->job.text, "0x20005000"));
    assert_non_null(strstr(bench->job.text, "32"));
    assert_non_null(strstr(bench->job.text, "FAULT"));
    job_clear(&bench->job);
    assert_int_equal(target_read(bench->target, RAM_END + 1, data, 1, NULL), ERR_FAULT);
    assert_non_null(strstr(bench->job.text, "0x20005001"));
    job_clear(&bench->job);
    assert_int_equal(target_write(bench->target, RAM_END, data, 4), ERR_FAULT);
    assert_non_null(strstr(bench->job.text, "0x20005000"));
    job_clear(&bench->job);
    /* and the target is as usable as before */
    bench_set_word(bench, RAM, 0xCAFE);
    assert_int_equal(bench_word(bench, RAM), 0xCAFE);
}

static void an_error_before_is_not_forgotten(void **state)
{
    struct bench *bench = *state;
    uint8_t data[64];
    size_t done;

    bench_halt(bench);
    job_fail(&bench->job, ERR_FILE, "something else");
    assert_int_equal(target_read(bench->target, RAM_END - 8, data, 64, &done), ERR_OK);
    assert_int_equal(done, 8);
    assert_int_equal(bench->job.err, ERR_FILE);
    assert_string_equal(bench->job.text, "something else");
    job_clear(&bench->job);
}

/* Only where the architecture has code and data. */
static void memory_that_is_lacking_is_told_from_what_is_no_memory(void **state)
{
    static const struct {
        uint32_t address;
        bool lacks;
    } cases[] = {{0x08000000, false}, {0x0800FFFF, false}, {0x08010000, true},
                 {0x20004FFF, false}, {0x20005000, true},  {0x3FFFFFFF, true},
                 {0x40000000, false}, {0x60000000, false}};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(target_lacks_memory(bench->target, cases[i].address), cases[i].lacks);
}

static void addresses_do_not_wrap(void **state)
{
    struct bench *bench = *state;
    uint8_t data[16];

    bench_halt(bench);
    bench_fails(bench, target_read(bench->target, 0xFFFFFFF8, data, 16, NULL), ERR_ARGUMENT);
    bench_fails(bench, target_write(bench->target, 0xFFFFFFF8, data, 16), ERR_ARGUMENT);
}

static void widths_are_kept(void **state)
{
    struct bench *bench = *state;
    uint8_t data[4] = {0x34, 0x12, 0, 0};

    bench_halt(bench);
    bench_ok(bench, target_write_width(bench->target, RAM, 2, data, 2));
    assert_int_equal(bench_word(bench, RAM), 0x00001234);
    bench_ok(bench, target_read_width(bench->target, RAM, 1, data, 4));
    assert_memory_equal(data, "\x34\x12\x00\x00", 4);
    bench_fails(bench, target_read_width(bench->target, RAM + 1, 2, data, 1), ERR_ALIGNMENT);
    bench_fails(bench, target_read_width(bench->target, RAM, 3, data, 1), ERR_ARGUMENT);
    /* GPIO registers accept words only (RM0008, 9.2) */
    assert_int_equal(target_read_width(bench->target, ODR, 4, data, 1), ERR_OK);
}

static void flash_takes_halfwords_as_they_are(void **state)
{
    struct bench *bench = *state;
    uint32_t operations;

    bench_halt(bench);
    /* an aligned word, an aligned halfword: one access each, of that width */
    operations = (uint32_t)probe_stats(bench->probe)->operations;
    uint8_t data[4];
    bench_ok(bench, target_read(bench->target, SYST_RVR, data, 4, NULL));
    assert_int_equal(probe_stats(bench->probe)->operations - operations, 2); /* and DHCSR */
    operations = (uint32_t)probe_stats(bench->probe)->operations;
    bench_ok(bench, target_read(bench->target, 0x40000002, data, 2, NULL));
    assert_int_equal(probe_stats(bench->probe)->operations - operations, 2);
}

static void memory_is_read_once_while_halted(void **state)
{
    struct bench *bench = *state;
    uint8_t data[200];

    bench_halt(bench);
    bench_ok(bench, target_read(bench->target, RAM, data, sizeof data, NULL));
    bench_count(bench);
    for (int i = 0; i < 10; i++)
        bench_ok(bench, target_read(bench->target, RAM + (uint32_t)i, data, 150, NULL));
    assert_int_equal(bench_flushes(bench), 0);
    bench_word(bench, SYST_RVR);
    bench_word(bench, SYST_RVR);
    assert_int_equal(bench_flushes(bench), 2);
}

static void raw_write(struct bench *bench, uint32_t address, uint32_t value)
{
    struct ops ops;

    ops_init(&ops, bench->probe);
    ops_write32(&ops, address, value);
    bench_ok(bench, ops_flush(&ops));
}

/* Around what was read ahead, in parts, at a stop; the truth is read past the cache. */
static void check_every_read_near(struct bench *bench, uint32_t address)
{
    enum { BEFORE = 48, AROUND = 160, LONGEST = 70 };
    uint8_t truth[AROUND + LONGEST], read[LONGEST];
    uint32_t start = (address - BEFORE) & ~3u;

    bench_ok(bench, target_read_width(bench->target, start, 2, truth, sizeof truth / 2));
    for (uint32_t at = 0; at < AROUND; at++) {
        size_t length = 1 + at * 7 % LONGEST;
        bench_ok(bench, target_read(bench->target, start + at, read, length, NULL));
        assert_memory_equal(read, truth + at, length);
    }
}

static void what_is_known_in_parts_is_true(void **state)
{
    struct bench *bench = *state;
    uint8_t pattern[256];

    bench_halt(bench);
    for (unsigned i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 5 + 1);
    bench_ok(bench, target_write(bench->target, RAM + 0x80, pattern, sizeof pattern));
    bench_set_reg(bench, R_SP, RAM + 0x100);
    for (unsigned i = 0; i < 6; i++) {
        bench_ok(bench, target_step(bench->target, &bench->stop));
        check_every_read_near(bench, bench->stop.pc);
        bench_ok(bench, target_step(bench->target, &bench->stop));
        check_every_read_near(bench, RAM + 0x110);
    }
}

static void ram_is_read_again_after_a_while(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    bench_set_word(bench, RAM, 1);
    assert_int_equal(bench_word(bench, RAM), 1);
    raw_write(bench, RAM, 2); /* as DMA would */
    assert_int_equal(bench_word(bench, RAM), 1);
    clock_sleep_us(probe_clock(bench->probe), 101000);
    assert_int_equal(bench_word(bench, RAM), 2);
    raw_write(bench, RAM, 3);
    target_drop_caches(bench->target);
    assert_int_equal(bench_word(bench, RAM), 3);
}

static void what_the_program_changed_is_seen(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_reg(bench, 0, RAM);
    bench_set_reg(bench, 1, 41);
    bench_set_word(bench, RAM, 0);
    assert_int_equal(bench_word(bench, RAM), 0);
    bench_step(bench);
    bench_step(bench);
    assert_int_equal(bench_word(bench, RAM), 42);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_set_word(bench, RAM, 5);
    assert_int_equal(bench_word(bench, RAM), 5);
}

static void flash_stays_known_over_a_step(void **state)
{
    struct bench *bench = *state;
    uint8_t data[64];

    bench_at(bench, AT_RESET);
    bench_ok(bench, target_read(bench->target, 0x08000100, data, 64, NULL));
    bench_step(bench);
    bench_count(bench);
    bench_ok(bench, target_read(bench->target, 0x08000100, data, 64, NULL));
    assert_int_equal(bench_flushes(bench), 0);
    bench_ok(bench, target_resume(bench->target));
    bench_halt(bench);
    bench_count(bench);
    bench_ok(bench, target_read(bench->target, 0x08000100, data, 64, NULL));
    assert_int_equal(bench_flushes(bench), 1);
}

struct pace {
    struct bench *bench;
    uint64_t last_us, longest_us;
    unsigned count, cancel_at;
};

static void note_checkpoint(void *user)
{
    struct pace *pace = user;
    uint64_t now = clock_now_us(probe_clock(pace->bench->probe));

    if (now - pace->last_us > pace->longest_us)
        pace->longest_us = now - pace->last_us;
    pace->last_us = now;
    if (++pace->count == pace->cancel_at)
        atomic_store(&pace->bench->job.cancelled, true);
}

static void long_reads_leave_room_for_others(void **state)
{
    struct bench *bench = *state;
    static uint8_t data[0x4000];
    static const uint32_t speeds[] = {100, 480, 1800, 4000};

    bench_halt(bench);
    for (unsigned i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        struct pace pace = {.bench = bench};
        bench_ok(bench, probe_set_speed(bench->probe, speeds[i], NULL));
        bench_ok(bench, target_read(bench->target, RAM, data, 4096, NULL)); /* learns */
        pace.last_us = clock_now_us(probe_clock(bench->probe));
        bench->job.between = note_checkpoint;
        bench->job.between_user = &pace;
        bench_ok(bench, target_read(bench->target, RAM, data, sizeof data, NULL));
        pace.last_us = clock_now_us(probe_clock(bench->probe));
        bench_ok(bench, target_write(bench->target, RAM, data, sizeof data));
        assert_true(pace.longest_us <= 50000);
        assert_true(pace.count > 0);
        bench->job.between = NULL;
    }
}

static enum err read_words(struct bench *bench, uint8_t *data, size_t length)
{
    return target_read_width(bench->target, RAM, 4, data, length / 4);
}

static enum err write_words(struct bench *bench, uint8_t *data, size_t length)
{
    return target_write_width(bench->target, RAM, 4, data, length / 4);
}

static enum err write_bytes(struct bench *bench, uint8_t *data, size_t length)
{
    return target_write(bench->target, RAM, data, length);
}

static void whatever_is_long_lets_others_in_and_can_be_cancelled(void **state)
{
    static enum err (*const calls[])(struct bench *, uint8_t *, size_t) = {read_words, write_words,
                                                                           write_bytes};
    struct bench *bench = *state;
    static uint8_t data[0x4000];

    bench_halt(bench);
    bench_ok(bench, probe_set_speed(bench->probe, 480, NULL));
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct pace pace = {.bench = bench, .cancel_at = 3};

        bench->job.between = note_checkpoint;
        bench->job.between_user = &pace;
        enum err err = calls[i](bench, data, sizeof data);
        bench->job.between = NULL;
        atomic_store(&bench->job.cancelled, false);
        bench_fails(bench, err, ERR_CANCELLED);
        assert_int_equal(pace.count, 3);
    }
}

static void a_long_read_can_be_cancelled(void **state)
{
    struct bench *bench = *state;
    static uint8_t data[0x4000];
    struct pace pace = {.bench = bench, .cancel_at = 2};
    size_t done;

    bench_halt(bench);
    bench_ok(bench, probe_set_speed(bench->probe, 480, NULL));
    bench->job.between = note_checkpoint;
    bench->job.between_user = &pace;
    enum err err = target_read(bench->target, RAM, data, sizeof data, &done);
    bench->job.between = NULL;
    atomic_store(&bench->job.cancelled, false);
    bench_fails(bench, err, ERR_CANCELLED);
    assert_in_range(done, 1, sizeof data - 1);
    assert_int_equal(bench_word(bench, 0x08000000), 0x20005000);
}

static void the_crc_is_gdb_s(void **state)
{
    struct bench *bench = *state;
    uint32_t crc;

    bench_halt(bench);
    bench_ok(bench, target_write(bench->target, RAM, "123456789", 9));
    bench_ok(bench, target_crc(bench->target, RAM, 9, &crc));
    assert_int_equal(crc, 0x0376E6E7);
    bench_ok(bench, target_crc(bench->target, RAM, 0, &crc));
    assert_int_equal(crc, 0xFFFFFFFF);
    bench_fails(bench, target_crc(bench->target, RAM_END - 2, 4, &crc), ERR_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(every_alignment_and_length),
        BENCH_TEST(big_blocks),
        BENCH_TEST(a_refusal_is_remembered_while_the_core_stands),
        BENCH_TEST(a_running_core_s_memory_is_live),
        BENCH_TEST(the_end_of_memory_is_found_exactly),
        BENCH_TEST(an_error_names_the_address_and_the_width),
        BENCH_TEST(an_error_before_is_not_forgotten),
        BENCH_TEST(memory_that_is_lacking_is_told_from_what_is_no_memory),
        BENCH_TEST(addresses_do_not_wrap),
        BENCH_TEST(widths_are_kept),
        BENCH_TEST(flash_takes_halfwords_as_they_are),
        BENCH_TEST(memory_is_read_once_while_halted),
        BENCH_TEST(what_is_known_in_parts_is_true),
        BENCH_TEST(ram_is_read_again_after_a_while),
        BENCH_TEST(what_the_program_changed_is_seen),
        BENCH_TEST(flash_stays_known_over_a_step),
        BENCH_TEST(long_reads_leave_room_for_others),
        BENCH_TEST(a_long_read_can_be_cancelled),
        BENCH_TEST(whatever_is_long_lets_others_in_and_can_be_cancelled),
        BENCH_TEST(the_crc_is_gdb_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
