/* SPDX-License-Identifier: MIT */
#include "core_bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "probe/ops.h"

static void keep_output(void *user, const char *text, size_t length)
{
    struct bench *bench = user;
    size_t room = sizeof bench->output - 1 - bench->output_length;

    length = length < room ? length : room;
    memcpy(bench->output + bench->output_length, text, length);
    bench->output_length += length;
}

static void keep_log(void *user, enum log_level level, const char *line)
{
    struct bench *bench = user;

    if (level <= LOG_WARN)
        bench->warnings++;
}

struct bench *bench_open(const char *faults)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct probe_info info;
    char board[128];

    assert_non_null(bench);
    snprintf(board, sizeof board, "%s,still", faults ? faults : "bluepill");
    bench->log = (struct log){.level = LOG_WARN, .write = keep_log, .user = bench};
    job_init(&bench->job, &bench->log);
    bench->job.output = keep_output;
    bench->job.user = bench;
    bench_ok(bench, probe_sim_info(board, &info, &bench->job));
    bench_ok(bench, probe_open(&info, &bench->job, NULL, &bench->probe));
    bench_ok(bench, probe_set_speed(bench->probe, 4000, NULL));
    bench_ok(bench, target_create(bench->probe, &bench->target));
    return bench;
}

void bench_close(struct bench *bench)
{
    target_destroy(bench->target);
    probe_close(bench->probe);
    free(bench);
}

void bench_ok(struct bench *bench, enum err err)
{
    if (err)
        fail_msg("%s: %s", err_text(err), job_text(&bench->job, err));
    assert_int_equal(bench->job.err, ERR_OK);
}

void bench_fails(struct bench *bench, enum err err, enum err expected)
{
    if (err != expected)
        fail_msg("\"%s\" instead of \"%s\": %s", err_text(err), err_text(expected),
                 job_text(&bench->job, err));
    assert_int_equal(bench->job.err, expected);
    job_clear(&bench->job);
}

/* --- the STM32F1's flash, by hand (RM0008, 3.3.3): keys, mass erase, halfwords --- */

void bench_unlock_flash(struct bench *bench)
{
    enum { KEYR = 0x40022004 };

    bench_set_word(bench, KEYR, 0x45670123);
    bench_set_word(bench, KEYR, 0xCDEF89AB);
}

void bench_program_half(struct bench *bench, uint32_t address, uint16_t value)
{
    uint8_t half[2];

    put_le16(half, value);
    bench_ok(bench, target_write_width(bench->target, address, 2, half, 1));
    clock_sleep_us(probe_clock(bench->probe), 100);
}

static void write_flash(struct bench *bench)
{
    enum { SR = 0x4002200C, CR = 0x40022010, PG = 1, MER = 4, STRT = 64 };

    bench_unlock_flash(bench);
    bench_set_word(bench, CR, MER);
    bench_set_word(bench, CR, MER | STRT);
    while (bench_word(bench, SR) & 1)
        clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_set_word(bench, CR, PG);
    for (uint32_t i = 0; i < sizeof programs_image / 2; i++)
        bench_program_half(bench, 0x08000000 + 2 * i, programs_image[i]);
    bench_set_word(bench, CR, 0x80);
}

void preloaded_program(struct bench *bench)
{
    bench_halt(bench);
    write_flash(bench);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_RUN));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
}

const uint16_t bench_ram_code[4] = {0x2001, 0x3001, 0x3001, 0xE7FC};

void bench_code_to_ram(struct bench *bench)
{
    bench_halt(bench);
    bench_ok(bench, target_write(bench->target, RAM_CODE, bench_ram_code, sizeof bench_ram_code));
    bench_at(bench, RAM_CODE);
}

/* --- each test --- */

int bench_setup(void **state)
{
    struct bench *bench = bench_open(NULL);

    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
    preloaded_program(bench);
    *state = bench;
    return 0;
}

int bench_teardown(void **state)
{
    bench_close(*state);
    return 0;
}

void bench_halt(struct bench *bench)
{
    struct target_stop stop;

    bench_ok(bench, target_halt(bench->target, &stop));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
}

void bench_at(struct bench *bench, uint32_t address)
{
    bench_halt(bench);
    bench_set_reg(bench, R_XPSR, 0x01000000);
    bench_set_reg(bench, R_CONTROL, 0);
    bench_set_reg(bench, R_PRIMASK, 0);
    bench_set_reg(bench, R_SP, 0x20004000);
    bench_set_reg(bench, R_PC, address);
}

uint32_t bench_reg(struct bench *bench, size_t index)
{
    uint64_t value = 0;

    bench_ok(bench, target_read_register(bench->target, index, &value));
    return (uint32_t)value;
}

void bench_set_reg(struct bench *bench, size_t index, uint32_t value)
{
    bench_ok(bench, target_write_register(bench->target, index, value));
}

uint32_t bench_word(struct bench *bench, uint32_t address)
{
    uint8_t bytes[4] = {0};

    bench_ok(bench, target_read(bench->target, address, bytes, 4, NULL));
    return get_le32(bytes);
}

void bench_set_word(struct bench *bench, uint32_t address, uint32_t value)
{
    uint8_t bytes[4];

    put_le32(bytes, value);
    bench_ok(bench, target_write(bench->target, address, bytes, 4));
}

uint32_t bench_raw(struct bench *bench, uint32_t address)
{
    struct ops ops;
    uint32_t value = 0;

    ops_init(&ops, bench->probe);
    ops_read32(&ops, address, &value);
    bench_ok(bench, ops_flush(&ops));
    return value;
}

enum err bench_poll(struct bench *bench, uint64_t after_us)
{
    clock_sleep_us(probe_clock(bench->probe), after_us);
    return target_poll(bench->target, &bench->stop);
}

void bench_run(struct bench *bench)
{
    bench_ok(bench, target_resume(bench->target));
    for (int i = 0; i < 1000; i++) {
        bench_ok(bench, bench_poll(bench, 1000));
        if (bench->stop.reason != STOP_NONE)
            return;
    }
    fail_msg("the core did not stop within a second");
}

void bench_step(struct bench *bench)
{
    bench_ok(bench, target_step(bench->target, &bench->stop));
}

void bench_break_at(struct bench *bench, enum breakpoint_kind kind, uint32_t address)
{
    bench_ok(bench, target_breakpoint_set(bench->target, 0, kind, address, 2));
}

void bench_hands(struct bench *bench, const char *one, const char *two)
{
    const char *const argv[] = {one, two};

    bench_ok(bench, probe_command(bench->probe, two ? 2 : 1, argv));
}

void bench_count(struct bench *bench)
{
    bench->flushes_before = probe_stats(bench->probe)->flushes;
}

unsigned bench_flushes(struct bench *bench)
{
    return (unsigned)(probe_stats(bench->probe)->flushes - bench->flushes_before);
}
